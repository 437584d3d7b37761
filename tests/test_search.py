import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_oracle import Labelled, beams

from compexp_widgets.errors import SearchError
from compexp_widgets.formula import parse
from compexp_widgets.search import (
    METRICS,
    OPERATORS,
    BeamSearch,
    OptimalSearch,
    Overlap,
    beam_search,
    certainly_below,
    optimal_search,
)
from compexp_widgets.signatures import SignatureBuilder, SignatureTable

NAMES = tuple("abcdef")


@st.composite
def labelled_positions(draw: st.DrawFn) -> Labelled:
    """Up to 40 positions with up to 6 concepts; few distinct sets, so that ties and repetitions abound."""
    width = draw(st.integers(1, 6))
    kinds = draw(st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=8))
    chosen = draw(st.lists(st.integers(0, len(kinds) - 1), min_size=1, max_size=40))
    active = draw(st.lists(st.booleans(), min_size=len(chosen), max_size=len(chosen)))
    return Labelled(np.array([kinds[k] for k in chosen]), np.array(active))


@st.composite
def searches(draw: st.DrawFn) -> BeamSearch:
    return BeamSearch(
        beam_size=draw(st.integers(1, 6)),
        max_length=draw(st.integers(1, 4)),
        operators=tuple(draw(st.sets(st.sampled_from(OPERATORS), min_size=1))),
        metric=draw(st.sampled_from(METRICS)),
        length_penalty=draw(st.sampled_from([1.0, 0.9])),
        candidate_limit=draw(st.sampled_from([None, 2])),
        distinct=draw(st.booleans()),
    )


def tabulate(data: Labelled) -> tuple[SignatureTable, np.ndarray]:
    """The table of the positions, and the unit's active positions a signature."""
    layers = np.where(data.concepts.T, np.arange(data.concepts.shape[1])[:, None], -1)
    builder = SignatureBuilder()
    rows = builder.add(layers)
    table = builder.table(NAMES[: data.concepts.shape[1]])
    return table, np.bincount(rows[data.active], minlength=len(table))


def written(formula: tuple) -> str:
    """The oracle's formula, with every pair in parentheses, as the parser reads it."""
    text = NAMES[formula[0][1]]
    for operator, concept in formula[1:]:
        text = f"({text}) {operator} {NAMES[concept]}"
    return text


@given(labelled_positions(), searches())
@settings(max_examples=400, deadline=None)
def test_every_beam_of_every_length_agrees_with_brute_force(data: Labelled, search: BeamSearch):
    table, active = tabulate(data)
    result = beam_search(table, active, search)
    expected = beams(data, search)
    best = [beam[0] for beam in expected if beam]
    assert [found.formula for found in result.by_length] == [parse(written(formula)) for formula in best]
    assert [found.formula for found in result.beam] == [parse(written(formula)) for formula in expected[-1]]
    assert [found.overlap for found in result.beam] == [data.overlap(formula) for formula in expected[-1]]


@given(labelled_positions(), searches(), st.sets(st.integers(0, 5)))
@settings(max_examples=100, deadline=None)
def test_excluded_concepts_are_as_if_they_did_not_exist(data: Labelled, search: BeamSearch, excluded: set[int]):
    table, active = tabulate(data)
    result = beam_search(table, active, search, excluded=excluded)
    expected = [beam[0] for beam in beams(data, search, frozenset(excluded)) if beam]
    assert [found.formula for found in result.by_length] == [parse(written(formula)) for formula in expected]


@given(labelled_positions())
@settings(max_examples=50, deadline=None)
def test_a_shorter_search_is_the_beginning_of_a_longer_one(data: Labelled):
    table, active = tabulate(data)
    longer = beam_search(table, active, BeamSearch(max_length=4))
    for length in (1, 2, 3):
        shorter = beam_search(table, active, BeamSearch(max_length=length))
        assert shorter.by_length == longer.by_length[:length]


@given(labelled_positions())
@settings(max_examples=100, deadline=None)
def test_a_formula_has_the_counts_of_its_truth(data: Labelled):
    table, active = tabulate(data)
    for found in beam_search(table, active, BeamSearch(max_length=4)).by_length:
        truth = table.truth(found.formula)
        assert found.overlap == Overlap(int(active.sum()), int(table.total[truth].sum()), int(active[truth].sum()))


def test_formulas_that_differ_only_in_writing_take_one_place():
    table = SignatureTable.from_sets("abc", [[0], [1], [2], []], [10, 10, 10, 70])
    active = np.array([9, 8, 5, 0])

    def beam(search: BeamSearch) -> list[str]:
        return [str(found.formula) for found in beam_search(table, active, search).beam]

    assert beam(BeamSearch.as_published(beam_size=3, max_length=2)) == ["a OR b", "b OR a", "a OR c"]
    assert beam(BeamSearch(beam_size=3, max_length=2)) == ["a OR b", "a OR c", "b OR c"]


def test_ties_go_to_the_shorter_formula_and_then_to_concept_order():
    table = SignatureTable.from_sets("abc", [[0, 1], [2], []], [5, 5, 5])
    result = beam_search(table, np.array([5, 0, 0]), BeamSearch(max_length=3))
    assert [str(found.formula) for found in result.by_length] == ["a", "a", "a"]


def test_a_unit_that_no_concept_overlaps_has_no_formula():
    table = SignatureTable.from_sets("ab", [[0], [1], []], [5, 5, 5])
    assert beam_search(table, np.array([0, 0, 3])).best is None
    assert beam_search(table, np.array([0, 0, 0])).by_length == ()


def test_a_cancelled_search_returns_the_best_so_far():
    table = SignatureTable.from_sets("ab", [[0], [1], []], [5, 5, 5])
    answers = iter([False, False, True])
    result = beam_search(table, np.array([5, 4, 0]), BeamSearch(max_length=5), cancelled=lambda: next(answers))
    assert not result.complete
    assert [str(found.formula) for found in result.by_length] == ["a", "a OR b"]


def test_counts_from_another_table_are_refused():
    table = SignatureTable.from_sets("ab", [[0], [1]], [5, 5])
    with pytest.raises(SearchError, match="another table"):
        beam_search(table, np.array([1, 2, 3]))
    with pytest.raises(SearchError, match="signature 1 has 5 positions, so 6 cannot be active"):
        beam_search(table, np.array([0, 6]))
    with pytest.raises(SearchError, match="integers"):
        beam_search(table, np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"beam_size": 0}, "beam_size is a whole number, at least 1, not 0"),
        ({"max_length": 0}, "max_length is a whole number, at least 1, not 0"),
        ({"candidate_limit": 0}, "candidate_limit is a whole number, at least 1"),
        ({"length_penalty": 0.0}, "length_penalty is above 0 and at most 1"),
        ({"metric": "accuracy"}, "no metric 'accuracy'; there are iou, precision, recall, f1"),
        ({"operators": ("XOR",)}, "no operator 'XOR'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(setting: dict, message: str):
    with pytest.raises(SearchError, match=message):
        BeamSearch(**setting)


def test_the_published_mode_only_lets_repetitions_in():
    assert BeamSearch.as_published(beam_size=7) == BeamSearch(beam_size=7, distinct=False)


@given(labelled_positions(), st.integers(1, 3), st.floats(0, 1), st.sets(st.integers(0, 5)))
@settings(max_examples=300, deadline=None)
def test_no_formula_reaches_what_all_are_certainly_below(
    data: Labelled, max_length: int, iou: float, excluded: set[int]
):
    table, active = tabulate(data)
    excluded &= set(range(len(table.concepts)))
    result = optimal_search(table, active, OptimalSearch(max_length, nodes=10**6), excluded=excluded)
    best = result.by_length[-1].score if result.by_length else 0.0
    for target in (iou, best):
        assert best < target or not certainly_below(table, active, target, max_length, excluded)


def test_a_score_that_no_concept_comes_near_is_certainly_below():
    table = SignatureTable.from_sets("ab", [[0], [1], [0, 1]], [100, 100, 100])
    active = np.array([0, 10, 2])
    assert certainly_below(table, active, 0.5, 3)
    assert not certainly_below(table, active, 0.05, 3)


def test_counts_are_kept_under_the_names_that_studies_have_always_had():
    overlap = Overlap(active=5, formula_count=4, intersection=3)
    assert overlap.to_json() == {"active": 5, "holds": 4, "both": 3}
    assert Overlap.from_json(overlap.to_json()) == overlap
