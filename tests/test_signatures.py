from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from compexp_widgets.errors import FormulaError, SearchError
from compexp_widgets.formula import Hypernym, Leaf, Neighbors, parse
from compexp_widgets.search import beam_search, optimal_search
from compexp_widgets.signatures import SignatureBuilder, SignatureTable

label_layers = hnp.arrays(
    np.int32, st.tuples(st.integers(0, 4), st.integers(1, 5), st.integers(1, 6)), elements=st.integers(-1, 5)
)


@given(st.lists(label_layers, min_size=1, max_size=4))
def test_every_position_belongs_to_the_row_with_exactly_its_concepts(batches: list[np.ndarray]):
    builder = SignatureBuilder()
    rows = [builder.add(batch) for batch in batches]
    table = builder.table("abcdef")
    seen = np.zeros(len(table), int)
    for batch, ids in zip(batches, rows, strict=True):
        assert ids.shape == batch.shape[1:]
        for position in np.ndindex(ids.shape):
            row = ids[position]
            concepts = table.row_concepts[table.row_starts[row] : table.row_starts[row + 1]]
            assert list(concepts) == sorted({int(label) for label in batch[(slice(None), *position)]} - {-1})
            seen[row] += 1
    assert list(seen) == list(table.total)
    assert table.positions == sum(ids.size for ids in rows)


@given(st.lists(label_layers, min_size=1, max_size=4))
def test_rows_are_distinct_and_numbered_alike_each_time(batches: list[np.ndarray]):
    def build() -> tuple[SignatureTable, list[bytes]]:
        builder = SignatureBuilder()
        rows = [builder.add(batch).tobytes() for batch in batches]
        return builder.table("abcdef"), rows

    (first, first_rows), (second, second_rows) = build(), build()
    assert first_rows == second_rows
    assert first.row_concepts.tobytes() == second.row_concepts.tobytes()
    sets = [tuple(row) for row in np.split(first.row_concepts, first.row_starts[1:-1])]
    assert len(set(sets)) == len(sets)


@given(
    st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=9, unique_by=tuple),
    st.data(),
)
def test_counts_by_concept_agree_with_counting_one_by_one(sets: list[set[int]], data: st.DataObject):
    table = SignatureTable.from_sets("abcde", [sorted(s) for s in sets], [1 + i for i in range(len(sets))])
    rows = data.draw(st.lists(st.integers(0, len(sets) - 1), unique=True))
    weights = data.draw(st.lists(st.integers(0, 2**40), min_size=len(rows), max_size=len(rows)))
    expected = [sum(w for r, w in zip(rows, weights, strict=True) if c in sets[r]) for c in range(5)]
    assert table.count_by_concept(np.array(rows, int), np.array(weights, int)).tolist() == expected
    assert table.concept_total.tolist() == [sum(1 + i for i, s in enumerate(sets) if c in s) for c in range(5)]


def test_the_truth_of_a_formula_is_told_row_by_row():
    table = SignatureTable.from_sets(["water", "river", "blue-c"], [[0], [0, 2], [1], [2], []], [1] * 5)
    assert table.truth(parse("(water OR river) AND NOT blue-c")).tolist() == [True, False, True, False, False]


def test_a_formula_with_an_unknown_concept_or_operator_is_refused():
    table = SignatureTable.from_sets(["water"], [[0]], [1])
    with pytest.raises(FormulaError, match="no concept named 'lava'"):
        table.truth(parse("water AND lava"))
    with pytest.raises(FormulaError, match="word vectors"):
        table.truth(parse("NEIGHBORS(water)"))


@pytest.mark.parametrize(
    ("concepts", "sets", "total", "message"),
    [
        (["a", "a"], [[0]], [1], "concept names must differ"),
        (["a"], [[0]], [1, 2], "1 signatures but 2 totals"),
        (["a"], [[1]], [1], "concept indices must lie in 0 … 0, found 1"),
        (["a"], [[0]], [0], "at least one position"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(concepts, sets, total, message):
    with pytest.raises(SearchError, match=message):
        SignatureTable.from_sets(concepts, sets, total)


@given(st.integers(0, 2**32 - 1))
def test_pairs_of_concepts_are_counted_over_all_positions(seed):
    rng = np.random.default_rng(seed)
    concepts, rows = int(rng.integers(1, 9)), int(rng.integers(1, 40))
    sets = [np.flatnonzero(rng.random(concepts) < rng.random()).tolist() for _ in range(rows)]
    table = SignatureTable.from_sets([f"c{index}" for index in range(concepts)], sets, rng.integers(1, 99, rows))
    truth = np.stack([table.concept_truth(concept) for concept in range(concepts)]).astype(int)
    np.testing.assert_array_equal(table.pair_total, truth * table.total @ truth.T)


def test_a_formula_may_use_operators_whose_truth_the_table_holds():
    leaves = (Leaf("tok:man"), Neighbors("tok:man"), Hypernym("tok:animal"))
    table = replace(
        SignatureTable.from_sets([str(leaf) for leaf in leaves], [[0, 1], [1], [2]], [1, 2, 4]), leaves=leaves
    )
    assert table.truth(parse("NEIGHBORS(tok:man) AND NOT tok:man")).tolist() == [False, True, False]
    assert table.truth(parse("HYPERNYM(tok:animal)")).tolist() == [False, False, True]
    with pytest.raises(FormulaError, match=r"NEIGHBORS\(tok:animal\) needs word vectors or WordNet"):
        table.truth(parse("NEIGHBORS(tok:animal)"))


def test_a_name_that_looks_like_an_operator_is_a_name():
    table = SignatureTable.from_sets(["NEIGHBORS(a)"], [[0], []], [1, 1])
    assert table.truth(Leaf("NEIGHBORS(a)")).tolist() == [True, False]
    with pytest.raises(FormulaError):
        table.truth(Neighbors("a"))


def test_both_searches_write_the_leaves_of_the_table():
    leaves = (Leaf("a"), Neighbors("a"))
    table = replace(SignatureTable.from_sets(["a", "NEIGHBORS(a)"], [[0, 1], [1], []], [2, 2, 2]), leaves=leaves)
    active = np.array([2, 2, 0])
    assert str(beam_search(table, active).best.formula) == "NEIGHBORS(a)"
    assert str(optimal_search(table, active).best.formula) == "NEIGHBORS(a)"
