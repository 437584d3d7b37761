"""The engine alone: boolean arrays in, proven formulas out, against all formulas at all positions; with NumPy alone."""

import itertools
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from document_code import code_blocks
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import compexp_widgets as cw
from compexp_widgets.formula import And, Formula, Leaf, Not, Or
from compexp_widgets.search import OPERATORS

MASK = np.array([[1, 1, 0], [0, 0, 1]], bool)


@st.composite
def masks_and_activity(draw: st.DrawFn) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray | None]:
    """Up to four masks of one shape, of one to three dimensions; where a unit is active; weights or none."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=5))
    names = draw(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=4, unique=True))
    masks = {name: draw(hnp.arrays(bool, shape)) for name in names}
    weights = draw(st.none() | hnp.arrays(np.int64, shape, elements=st.integers(0, 3)))
    if weights is not None:
        weights.flat[0] = 1
    return masks, draw(hnp.arrays(bool, shape)), weights


def overlap_of(truth: np.ndarray, active: np.ndarray, weights: np.ndarray | None) -> tuple[int, int, int]:
    each = np.ones(active.shape, int) if weights is None else weights
    return tuple(int(each[where].sum()) for where in (active, truth, truth & active))


def every_formula(masks: dict[str, np.ndarray]) -> dict[Formula, np.ndarray]:
    """Every formula of at most three masks that OR, AND and AND NOT can join in any way, and where it holds."""

    def joined(left: tuple[Formula, np.ndarray], right: tuple[Formula, np.ndarray]):
        (a, on_a), (b, on_b) = left, right
        return {Or(a, b): on_a | on_b, And(a, b): on_a & on_b, And(a, Not(b)): on_a & ~on_b}

    one = {Leaf(name): mask for name, mask in masks.items()}
    two = {k: v for pair in itertools.product(one.items(), repeat=2) for k, v in joined(*pair).items()}
    three = {
        key: value
        for short, long in itertools.product(one.items(), two.items())
        for pair in ((short, long), (long, short))
        for key, value in joined(*pair).items()
    }
    return one | two | three


def evaluated(formula: Formula, masks: dict[str, np.ndarray]) -> np.ndarray:
    """Where a formula holds, read off the masks one operator after another."""
    if isinstance(formula, Leaf):
        return masks[formula.name]
    parts = [evaluated(operand, masks) for operand in formula.operands]
    if isinstance(formula, Not):
        return ~parts[0]
    return parts[0] & parts[1] if isinstance(formula, And) else parts[0] | parts[1]


@given(masks_and_activity())
@settings(max_examples=60, deadline=None)
def test_no_formula_of_up_to_three_masks_is_better_than_the_proven_one(given_):
    masks, active, weights = given_
    found = cw.explain_masks(masks, active, proof_nodes=None, weights=weights)
    everywhere = {formula: overlap_of(truth, active, weights) for formula, truth in every_formula(masks).items()}

    def iou(counts: tuple[int, int, int]) -> float:
        return counts[2] / max(counts[0] + counts[1] - counts[2], 1)

    for length in (1, 2, 3):
        best = max((iou(counts) for formula, counts in everywhere.items() if len(formula) <= length), default=0)
        answer = found.by_length[length - 1] if found.by_length else None
        assert (answer.overlap.iou if answer else 0) == best == found.bounds[length - 1]
        if answer:
            counts = overlap_of(evaluated(answer.formula, masks), active, weights)
            assert counts == (answer.overlap.active, answer.overlap.formula_count, answer.overlap.intersection)
    assert found.proven


@given(masks_and_activity())
@settings(max_examples=60, deadline=None)
def test_the_counts_of_a_table_are_those_of_its_positions(given_):
    masks, active, weights = given_
    table = cw.SignatureTable.from_masks(masks, weights)
    each = np.ones(active.shape, int) if weights is None else weights
    assert table.concepts == tuple(masks)
    assert table.total.min() >= 1
    assert table.positions == each.sum()
    counts = table.count(active)
    for concept, (name, mask) in enumerate(masks.items()):
        truth = table.concept_truth(concept)
        assert table.total[truth].sum() == each[mask].sum()
        assert counts[truth].sum() == each[mask & active].sum()
        np.testing.assert_array_equal(table.holds(Leaf(name)), mask & (each > 0))
    sets = {
        tuple(mask[place] for mask in masks.values())
        for place in np.argwhere(each > 0).tolist()
        for place in [tuple(place)]
    }
    assert len(table) == len(sets)


@pytest.mark.parametrize("count", [23, 24, 25, 49])
def test_masks_beyond_those_folded_at_once_keep_their_places(count):
    rng = np.random.default_rng(count)
    masks = {f"m{index}": rng.random(400) < 0.3 for index in range(count)}
    table = cw.SignatureTable.from_masks(masks)
    for name, mask in masks.items():
        np.testing.assert_array_equal(table.holds(Leaf(name)), mask)


def test_several_units_are_answered_in_their_order_as_each_alone():
    rng = np.random.default_rng(1)
    masks = {name: rng.random((4, 9)) < 0.4 for name in "abc"}
    units = {7: rng.random((4, 9)) < 0.5, "x": masks["a"] & ~masks["b"]}
    found = cw.explain_masks(masks, units)
    assert list(found) == [7, "x"]
    assert str(found["x"].best.formula) == "a AND NOT b"
    for unit, active in units.items():
        assert found[unit] == cw.explain_masks(cw.SignatureTable.from_masks(masks), active)


def test_a_table_and_its_columns_may_come_as_a_data_frame():
    events = pd.DataFrame({"rain": [1, 1, 0, 0], "night": [True, False, True, False]})
    trace = pd.Series([0.1, 0.9, 0.2, 0.1])
    assert str(cw.explain_masks(events, trace > 0.5).best.formula) == "rain AND NOT night"
    assert list(cw.explain_masks(events, pd.DataFrame({"u": trace > 0.5}))) == ["u"]


def test_a_unit_that_is_nowhere_active_or_meets_no_mask_has_no_formula():
    for active in (np.zeros_like(MASK), ~MASK):
        found = cw.explain_masks({"a": MASK}, active)
        assert found.best is None
        assert found.proven


def test_what_weighs_nothing_does_not_count():
    masks = {"a": MASK}
    active = MASK.copy()
    active[1, 0] = True
    assert cw.explain_masks(masks, active).best.overlap.iou == 3 / 4
    inside = np.array([[1, 1, 1], [0, 1, 1]], bool)
    found = cw.explain_masks(masks, active, weights=inside)
    assert found.best.overlap.iou == 1
    assert not cw.SignatureTable.from_masks(masks, ~MASK).holds("a").any()


def test_operators_that_are_not_asked_for_are_not_used():
    active = MASK & ~np.eye(2, 3, dtype=bool)
    masks = {"a": MASK, "b": np.eye(2, 3, dtype=bool)}
    assert str(cw.explain_masks(masks, active).best.formula) == "a AND NOT b"
    assert "NOT" not in str(cw.explain_masks(masks, active, operators=OPERATORS[:2]).best.formula)


class Repeated:
    """A data frame in which a column stands twice."""

    def items(self):
        return iter([("a", MASK), ("a", ~MASK)])

    def iterrows(self):
        return iter(())


NAN = np.array([[np.nan, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize(
    ("masks", "active", "message"),
    [
        ({}, MASK, "there is no mask to explain with"),
        ([MASK], MASK, "masks are a dict of names and boolean arrays"),
        (pd.Series([True]), [True], "masks are a dict of names and boolean arrays"),
        ({3: MASK}, MASK, "a mask is named by a text, which stands in formulas, not by 3"),
        ({"": MASK}, MASK, "named by a text"),
        (Repeated(), MASK, "two masks are named 'a'"),
        ({"a": MASK, "b": MASK.T}, MASK, r"the mask 'b' has shape \(3, 2\), the mask 'a' \(2, 3\)"),
        ({"a": MASK * 1.0}, MASK, "the mask 'a' is of float64, not of True and False"),
        ({"a": MASK * 3}, MASK, "the mask 'a' is of int64, not of True and False: compare it"),
        ({"a": MASK.astype(np.int8) * -1}, MASK, "the mask 'a' is of int8"),
        ({"a": NAN}, MASK, "the mask 'a' has NaN at 1 of 6 positions"),
        ({"a": np.zeros((0, 3), bool)}, MASK, r"the mask 'a' is empty: its shape is \(0, 3\)"),
        ({"a": [[True], [True, False]]}, MASK, "the mask 'a' is a list that NumPy makes no array of"),
        ({"a": "masks.npy"}, MASK, "the mask 'a' is of <U9, not of True and False"),
        ({"a": MASK}, MASK[0], r"active has shape \(3,\), the masks \(2, 3\)$"),
        ({"a": MASK}, [MASK, MASK], r"active has shape \(2, 2, 3\), .* several units as a dict"),
        ({"a": MASK}, NAN, "active has NaN at 1 of 6 positions"),
        ({"a": MASK}, MASK * 0.5, "active is of float64"),
        ({"a": MASK}, {"u": MASK, 5: MASK[0]}, r"of unit 5: active has shape \(3,\)"),
    ],
)
def test_arrays_that_are_no_masks_are_refused_in_a_sentence(masks, active, message):
    with pytest.raises(cw.CompexpError, match=message):
        cw.explain_masks(masks, active)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (MASK[0], r"weights have shape \(3,\), the masks \(2, 3\)"),
        (MASK * 0.5, "weights are whole numbers, 0 or more, .* not float64"),
        (MASK * -1, "weights are whole numbers, 0 or more, .* from -1 to 0"),
        (MASK * 0, "weights are 0 everywhere"),
        (MASK * 2**53, "together at most"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights, message):
    with pytest.raises(cw.CompexpError, match=message):
        cw.explain_masks({"a": MASK}, MASK, weights=weights)


def test_what_a_table_cannot_tell_is_said():
    table = cw.SignatureTable.from_masks({"water": MASK})
    with pytest.raises(cw.CompexpError, match="weights belong to the table"):
        cw.explain_masks(table, MASK, weights=MASK)
    with pytest.raises(cw.CompexpError, match="Did you mean water"):
        table.holds("watr")
    with pytest.raises(cw.CompexpError, match="does not know its positions"):
        cw.SignatureTable.from_sets(["a"], [[0]], [1]).count(MASK)


WITH_NUMPY_ALONE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        room = name.partition(".")[0]
        if room not in sys.stdlib_module_names and room not in {"numpy", "compexp_widgets"}:
            raise ImportError(f"{name} is not to be imported")

sys.meta_path.insert(0, Absent())
exec(compile(sys.stdin.read(), "engine.md", "exec"), {"__name__": "engine"})
others = sys.modules.keys() - sys.stdlib_module_names
print(sorted(name for name in others if name[0] != "_" and "." not in name and hasattr(sys.modules[name], "__path__")))
"""


def test_the_page_of_the_engine_runs_with_numpy_alone_and_prints_what_it_says():
    blocks = code_blocks("engine.md")
    assert len(blocks) >= 5
    program = "".join(code for code, _ in blocks)
    done = subprocess.run(
        [sys.executable, "-c", WITH_NUMPY_ALONE], input=program, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "".join(printed for _, printed in blocks) + "['compexp_widgets', 'numpy']\n"
