"""What NLIExplorer shows of a unit, against plain Python that counts pair by pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets.analysis.label_counts import confusion
from compexp_widgets.analysis.lexical_table import IN_FORMULA, lexical_table, without_leaf
from compexp_widgets.errors import FormulaError
from compexp_widgets.formula import Leaf, Neighbors, parse
from compexp_widgets.progress import silent
from compexp_widgets.search import OPERATORS, joined
from compexp_widgets.signatures import SignatureTable
from compexp_widgets.study.gallery import galleries

NAMES = ("a", "b", "c", "d")
FORMULAS = (None, "a", "a OR b", "(a OR b) AND NOT c", "a AND b", "(a AND NOT d) OR a", "NOT b")


@st.composite
def tables(draw):
    """A table of distinct concept sets, and the active positions of a unit."""
    sets = draw(st.lists(st.frozensets(st.integers(0, len(NAMES) - 1)), min_size=1, max_size=8, unique=True))
    total = [draw(st.integers(1, 5)) for _ in sets]
    active = [draw(st.integers(0, count)) for count in total]
    return SignatureTable.from_sets(NAMES, [sorted(one) for one in sets], total), np.array(active, np.int64)


def iou(table, active, formula):
    """Intersection over union, position by position."""
    if formula is None:
        return 0.0
    truth = table.truth(formula)
    both = sum(int(count) for count, true in zip(active, truth, strict=True) if true)
    holds = sum(int(count) for count, true in zip(table.total, truth, strict=True) if true)
    either = int(active.sum()) + holds - both
    return both / either if either else 0.0


@given(tables(), st.sampled_from(FORMULAS), st.sets(st.sampled_from(OPERATORS), min_size=1))
def test_a_lexical_table_says_what_each_concept_adds_and_what_is_lost_without_it(given_table, text, operators):
    table, active = given_table
    formula = parse(text) if text else None
    found = lexical_table(table, active, formula, tuple(operators))
    now = iou(table, active, formula)
    for index, name in enumerate(NAMES):
        leaf = Leaf(name)
        assert found.iou[index] == pytest.approx(iou(table, active, leaf))
        if formula and leaf in formula.leaves():
            assert found.way[index] == IN_FORMULA
            assert found.change[index] == pytest.approx(now - iou(table, active, without_leaf(formula, leaf)))
        else:
            reached = [iou(table, active, joined(formula, one, leaf)) for one in OPERATORS if one in operators]
            assert found.change[index] == pytest.approx(max(reached) - now)
            chosen = OPERATORS[found.way[index]]
            assert iou(table, active, joined(formula, chosen, leaf)) == pytest.approx(max(reached))


def test_an_operator_of_words_is_a_concept_of_its_own():
    leaves = (Leaf("man"), Neighbors("man"))
    table = SignatureTable(
        ("man", "NEIGHBORS(man)"), np.array([4, 2, 6]), np.array([0, 2, 3, 3]), np.array([0, 1, 1], np.int32), leaves
    )
    found = lexical_table(table, np.array([4, 2, 0]), parse("NEIGHBORS(man)"))
    assert found.way.tolist() == [OPERATORS.index("OR"), IN_FORMULA]
    assert found.change.tolist() == [0.0, 1.0]


def test_a_concept_that_is_not_in_the_formula_cannot_be_taken_out():
    with pytest.raises(FormulaError, match="a OR b does not have the concept c"):
        without_leaf(parse("a OR b"), Leaf("c"))


def test_a_formula_loses_a_leaf_wherever_it_stands():
    assert without_leaf(parse("(a OR b) AND NOT a"), Leaf("a")) == parse("b")
    assert without_leaf(parse("a OR a"), Leaf("a")) is None


labels = st.integers(0, 2)
rows = st.lists(st.tuples(st.integers(-1, 2), labels, st.booleans()), max_size=30)


@given(rows)
def test_labels_are_counted_where_they_are_asked_for(pairs):
    gold = np.array([row[0] for row in pairs], np.int8)
    predicted = np.array([row[1] for row in pairs], np.int8)
    chosen = np.array([row[2] for row in pairs], np.bool_)
    for part, counted in ((None, pairs), (chosen, [row for row in pairs if row[2]])):
        found = confusion(gold, predicted, part)
        assert found.sum() == len(counted)
        for one in (-1, 0, 1, 2):
            for other in range(3):
                expected = sum(row[:2] == (one, other) for row in counted)
                assert found[one, other] == expected


@pytest.mark.parametrize("formula", ["hyp:tok:not OR pre:tok:dog", "hyp:tok:red AND NOT pre:tok:cat"])
def test_pairs_are_ranked_by_activation(tmp_path, formula):
    study = cw.dissect_pairs(tiny_pair_network(), "0", tiny_pairs(), tmp_path, concepts=CONCEPTS, report=silent)
    activations, fires, holds = study.units.activations(1), study.fires(1, firing=0.3), study.holds(parse(formula))
    found = galleries(study, 1, study.activity(1, 0.3), parse(formula))
    numbers = range(len(study.pairs))
    strongest = sorted(numbers, key=lambda number: -activations[number])
    assert found["fires"].tolist() == [number for number in strongest if fires[number]]
    assert found["unexplained"].tolist() == [number for number in strongest if fires[number] and not holds[number]]
    weakest = sorted(numbers, key=lambda number: activations[number])
    assert found["silent"].tolist() == [number for number in weakest if holds[number] and not fires[number]]
