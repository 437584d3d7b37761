"""The certified search against every formula that it covers, evaluated one by one: all left-deep ones of distinct
concepts, and up to three leaves all trees.
"""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets.errors import SearchError
from compexp_widgets.formula import And, Formula, Leaf, Not, Or, parse
from compexp_widgets.search import (
    OPERATORS,
    BeamSearch,
    CertifiedResult,
    Operator,
    OptimalSearch,
    Overlap,
    beam_search,
    optimal,
    optimal_search,
    region_tree,
)
from compexp_widgets.signatures import SignatureTable

NAMES = tuple("abcdefghij")


def best_by_length(
    truth: np.ndarray,
    total: np.ndarray,
    active: np.ndarray,
    max_length: int,
    operators: tuple[Operator, ...] = OPERATORS,
    excluded: frozenset[int] = frozenset(),
) -> list[tuple[Fraction, Formula]]:
    """By brute force: the best formula with at most n leaves, for every n, ties settled as documented.

    `truth` is bool, rows × concepts.
    """
    allowed = [c for c in range(truth.shape[1]) if c not in excluded]
    concepts, joins = np.array(allowed, int)[:, None], np.zeros((len(allowed), 0), int)
    holds = truth.T[allowed]
    best: list[tuple[Fraction, int, tuple, tuple]] = []
    for length in range(1, max_length + 1):
        both = holds @ active
        union = active.sum() + holds @ total - both
        iou = np.divide(both, union, out=np.zeros(len(both)), where=union > 0)
        candidates = [best[-1]] if best else []
        for index in np.flatnonzero((both > 0) & (iou >= iou.max(initial=0) * (1 - 1e-9))):
            exact = Fraction(int(both[index]), int(union[index]))
            candidates.append((-exact, length, tuple(concepts[index].tolist()), tuple(joins[index].tolist())))
        if not candidates:
            return []
        best.append(min(candidates))
        grown = []
        for c in allowed:
            free = ~(concepts == c).any(axis=1)
            for operator in operators:
                left, right = holds[free], truth[:, c]
                joined = left | right if operator == "OR" else left & (right if operator == "AND" else ~right)
                code = OPERATORS.index(operator)
                grown.append(
                    (np.insert(concepts[free], length, c, 1), np.insert(joins[free], length - 1, code, 1), joined)
                )
        if grown:
            concepts, joins, holds = (np.concatenate(part) for part in zip(*grown, strict=True))
    left_deep = [(-score, written(concepts, joins)) for score, _, concepts, joins in best]
    nested = best_nested(truth, total, active, allowed, operators)
    return left_deep[:2] + [nested if nested and nested[0] > found[0] else found for found in left_deep[2:]]


def best_nested(
    truth: np.ndarray, total: np.ndarray, active: np.ndarray, allowed: list[int], operators: tuple[Operator, ...]
) -> tuple[Fraction, Formula] | None:
    """By brute force: the best ``a AND NOT (b AND c)`` or ``a AND NOT (b AND NOT c)`` of distinct concepts."""
    if len(allowed) < 3 or "AND NOT" not in operators:
        return None
    triples = np.array(list(permutations(allowed, 3)))
    found: list[tuple[Fraction, tuple[int, ...], bool]] = []
    for negated in (False, True) if "AND" in operators else (True,):
        a, b, c = (truth.T[column] for column in triples.T)
        holds = a & ~(b & (c ^ negated))
        both = holds @ active
        union = active.sum() + holds @ total - both
        iou = np.divide(both, union, out=np.zeros(len(both)), where=union > 0)
        for index in np.flatnonzero((both > 0) & (iou >= iou.max() * (1 - 1e-9))):
            found.append((-Fraction(int(both[index]), int(union[index])), tuple(triples[index].tolist()), negated))
    if not found:
        return None
    score, concepts, negated = min(found)
    a, b, c = (Leaf(NAMES[concept]) for concept in concepts)
    return -score, And(a, Not(And(b, Not(c) if negated else c)))


def every_tree(truth: np.ndarray, leaves: int) -> set[bytes]:
    """The truth of every tree with so many leaves, of any form, with any concepts, on the rows."""
    if leaves == 1:
        return {column.tobytes() for column in truth.T}
    trees: set[bytes] = set()
    for left in range(1, leaves):
        for one, other in product(every_tree(truth, left), every_tree(truth, leaves - left)):
            first, second = np.frombuffer(one, bool), np.frombuffer(other, bool)
            trees |= {joined.tobytes() for joined in (first | second, first & second, first & ~second)}
    return trees


def written(concepts: tuple[int, ...], joins: tuple[int, ...]) -> Formula:
    formula: Formula = Leaf(NAMES[concepts[0]])
    for concept, join in zip(concepts[1:], joins, strict=True):
        leaf = Leaf(NAMES[concept])
        formula = Or(formula, leaf) if join == 0 else And(formula, leaf if join == 1 else Not(leaf))
    return formula


def tabulate(truth: np.ndarray, total: np.ndarray) -> SignatureTable:
    return SignatureTable.from_sets(NAMES[: truth.shape[1]], [np.flatnonzero(row).tolist() for row in truth], total)


def check(truth: np.ndarray, total: np.ndarray, active: np.ndarray, search: OptimalSearch) -> CertifiedResult:
    """The search finds and proves what brute force finds."""
    result = optimal_search(tabulate(truth, total), active, search)
    expected = best_by_length(truth, total, active, search.max_length, search.operators)
    assert [found.formula for found in result.by_length] == [formula for _, formula in expected]
    assert result.proven_left_deep
    assert result.gap == 0
    assert result.proven_length == len(expected)
    return result


FAMILIES = ("dense", "sparse", "blocky", "disjoint", "nested", "two layers", "repeated", "planted")


def random_case(family: str, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows × concepts, positions a row, active positions a row."""
    rows, width = int(random.integers(1, 14)), int(random.integers(1, 7))
    truth = random.random((rows, width)) < {"dense": 0.6, "sparse": 0.2}.get(family, 0.4)
    if family == "blocky":
        truth = np.repeat(truth[: rows // 3 + 1], 3, axis=0)[:rows]
    elif family == "disjoint":
        truth = np.eye(width + 1, dtype=bool)[random.integers(0, width + 1, rows), :width]
    elif family == "nested":
        truth = random.random((rows, 1)) < np.sort(random.random(width))
    elif family == "two layers":
        truth = np.arange(width) % 2 == 0
        truth = (random.integers(0, width, (rows, 1)) == np.arange(width)) | (
            (random.integers(0, width, (rows, 1)) == np.arange(width)) & truth
        )
    elif family == "repeated":
        truth = truth[:, random.integers(0, width, width)]
    total = random.integers(1, 30, rows) if random.random() < 0.7 else random.integers(1, 3, rows)
    active = random.integers(0, total + 1)
    if family == "planted":
        columns = random.permutation(np.resize(np.arange(width), 4))
        a, b, c, d = truth[:, columns].T
        planted = [(a & b) | c, (a & ~b) | c, (a | b) & ~c, (a | b) & c, ((a & b) | c) & ~d, a | b | c | d]
        noise = random.random(rows) < 0.15
        active = np.where(planted[random.integers(6)] ^ noise, total - random.integers(0, 2, rows), 0)
    elif random.random() < 0.3:
        active[random.random(rows) < 0.6] = 0
    return truth, total, active


@pytest.mark.parametrize("family", FAMILIES)
def test_every_length_agrees_with_brute_force_on_random_tables(family: str):
    random = np.random.default_rng(FAMILIES.index(family))
    for _ in range(80):
        check(*random_case(family, random), OptimalSearch(max_length=4, beam_size=int(random.integers(1, 3))))


@pytest.mark.parametrize("few_pairs", [0, 3, 1000])
@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_ways_of_large_tables_agree_with_brute_force(family: str, merged: bool, few_pairs: int, monkeypatch):
    monkeypatch.setattr(optimal, "MANY_ROWS", 0)
    for name in ("MANY_CONCEPTS", "MANY_CONCEPTS_OF_THREE"):
        monkeypatch.setattr(optimal, name, 99 if merged else 0)
    monkeypatch.setattr(region_tree, "FEW_PAIRS", few_pairs)
    random = np.random.default_rng(FAMILIES.index(family))
    for _ in range(25):
        check(*random_case(family, random), OptimalSearch(4, beam_size=int(random.integers(1, 4))))


@pytest.mark.parametrize("affordable", [0, 60])
def test_bounds_found_in_a_hurry_are_sound(affordable: int, monkeypatch):
    monkeypatch.setattr(optimal, "AFFORDABLE", affordable)
    random = np.random.default_rng(7)
    for family in FAMILIES * 10:
        check(*random_case(family, random), OptimalSearch(4, beam_size=1))


def test_a_region_with_many_concepts_counts_as_several(monkeypatch):
    table, active = large_case()
    whole = optimal_search(table, active, OptimalSearch(4, nodes=100))
    monkeypatch.setattr(optimal, "MANY_PAIRS", 1)
    assert optimal_search(table, active, OptimalSearch(4, nodes=100)).nodes < whole.nodes


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    width = draw(st.integers(1, 5))
    rows = draw(st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=8))
    total = draw(st.lists(st.integers(1, 6), min_size=len(rows), max_size=len(rows)))
    active = [draw(st.integers(0, count)) for count in total]
    return np.array(rows), np.array(total), np.array(active)


operator_sets = st.sets(st.sampled_from(OPERATORS), min_size=1).map(tuple)


@given(cases(), operator_sets, st.integers(1, 4), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_any_operators_and_any_length_agree_with_brute_force(case, operators, max_length: int, beam_size: int):
    check(*case, OptimalSearch(max_length=max_length, operators=operators, beam_size=beam_size))


@given(cases(), st.sets(st.integers(0, 4)))
@settings(max_examples=100, deadline=None)
def test_excluded_concepts_are_as_if_they_did_not_exist(case, excluded: set[int]):
    truth, total, active = case
    result = optimal_search(tabulate(truth, total), active, OptimalSearch(max_length=3), excluded=excluded)
    expected = best_by_length(truth, total, active, 3, excluded=frozenset(excluded))
    assert [found.formula for found in result.by_length] == [formula for _, formula in expected]


@given(cases(), st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_whatever_the_budget_no_formula_exceeds_the_bound(case, nodes: int):
    truth, total, active = case
    result = optimal_search(tabulate(truth, total), active, OptimalSearch(max_length=4, nodes=nodes, beam_size=1))
    expected = best_by_length(truth, total, active, 4)
    assert len(result.by_length) == len(expected)
    for found, bound, (best, _) in zip(result.by_length, result.bounds, expected, strict=False):
        assert found.score <= float(best) <= bound <= 1
    assert all(a <= b for a, b in pairwise(result.bounds))
    assert all(a.score <= b.score for a, b in pairwise(result.by_length))
    assert result.proven_left_deep == (result.gap == 0)


@given(cases(), st.sampled_from([None, 0, 1, 2, 3]))
@settings(max_examples=200, deadline=None)
def test_up_to_three_leaves_no_tree_of_any_form_exceeds_the_bound(case, nodes: int | None):
    truth, total, active = case
    result = optimal_search(tabulate(truth, total), active, OptimalSearch(3, nodes=nodes, beam_size=1))
    best = 0.0
    for length, bound in enumerate(result.bounds, start=1):
        for tree in every_tree(truth, length):
            holds = np.frombuffer(tree, bool)
            both, union = int(active[holds].sum()), int(active.sum() + total[holds].sum() - active[holds].sum())
            best = max(best, both / union if union else 0.0)
        assert best <= bound
    if nodes is None:
        assert result.proven
        assert result.bound == best


@pytest.mark.parametrize(
    ("text", "length", "proven"),
    [
        ("sky AND NOT (blue AND cloud)", 3, True),
        ("sky AND NOT (blue AND NOT cloud)", 3, True),
        ("(sky AND blue) OR (tree AND NOT blue)", 4, False),
        ("(sky OR blue) AND (cloud OR tree)", 4, False),
    ],
)
def test_what_only_a_tree_of_another_form_says_is_found_or_not_called_proven(text: str, length: int, proven: bool):
    sets = [[c for c in range(4) if number >> c & 1] for number in range(16)]
    table = SignatureTable.from_sets(["sky", "blue", "cloud", "tree"], sets, [100] * 16)
    active = np.where(table.truth(parse(text)), 100, 0)
    result = optimal_search(table, active, OptimalSearch(length))
    assert result.proven == proven
    assert (result.best is not None and result.best.score == 1) == proven


def test_a_formula_of_four_leaves_with_an_iou_of_1_is_proven_whatever_its_form():
    sets = [[c for c in range(4) if number >> c & 1] for number in range(16)]
    table = SignatureTable.from_sets("abcd", sets, [7] * 16)
    active = np.where(table.truth(parse("((a OR b) AND c) OR d")), 7, 0)
    assert optimal_search(table, active, OptimalSearch(4)).proven


@given(cases(), st.sampled_from([10**6, 3 * 10**9, 10**12, 10**13]))
@settings(max_examples=100, deadline=None)
def test_counts_too_large_for_exact_measures_still_give_a_proof(case, factor: int):
    truth, total, active = case
    small = check(truth, total, active, OptimalSearch(max_length=3))
    large = check(truth, total * factor, active * factor, OptimalSearch(max_length=3))
    assert [found.formula for found in large.by_length] == [found.formula for found in small.by_length]


@given(cases())
@settings(max_examples=100, deadline=None)
def test_a_formula_has_the_counts_of_its_truth(case):
    truth, total, active = case
    table = tabulate(truth, total)
    for found in optimal_search(table, active, OptimalSearch(max_length=4)).by_length:
        holds = table.truth(found.formula)
        assert found.overlap == Overlap(int(active.sum()), int(total[holds].sum()), int(active[holds].sum()))
        assert found.score == found.overlap.iou


def test_a_planted_formula_that_the_beam_misses_is_found_and_proven():
    # Neither a nor b alone is worth much, so a narrow beam starts from d and e.
    sets = [[0, 1], [2], [0, 3], [1, 4], [0], [1], []]
    table = SignatureTable.from_sets("abcde", sets, [10, 10, 12, 12, 20, 20, 50])
    active = np.array([10, 10, 5, 5, 0, 0, 0])
    beam = beam_search(table, active, BeamSearch(beam_size=1)).best
    result = optimal_search(table, active)
    assert result.best is not None
    assert beam is not None
    assert str(result.best.formula) == "(a AND b) OR c"
    assert beam.score < result.best.score == result.bound


def test_ties_go_to_the_shorter_formula_then_to_concept_order_then_to_operator_order():
    same = SignatureTable.from_sets("abcd", [[0, 1, 2], [3], []], [5, 5, 5])
    assert [str(f.formula) for f in optimal_search(same, np.array([5, 0, 0])).by_length] == ["a", "a", "a"]
    assert [str(f.formula) for f in optimal_search(same, np.array([5, 5, 0])).by_length] == ["a", "a OR d", "a OR d"]
    halves = SignatureTable.from_sets("abc", [[0, 1], [0, 2]], [5, 5])
    assert str(optimal_search(halves, np.array([5, 0])).by_length[1].formula) == "b"
    hidden = SignatureTable.from_sets("abc", [[0, 1], [0, 2], [1]], [5, 5, 5])
    assert str(optimal_search(hidden, np.array([5, 0, 0])).by_length[1].formula) == "a AND b"


def test_the_widest_table_of_three_layers_is_proven_like_brute_force():
    random = np.random.default_rng(7)
    for _ in range(12):
        truth = np.zeros((60, 10), bool)
        for layer in ((0, 4), (4, 8), (8, 10)):
            truth[np.arange(60), random.integers(*layer, 60)] = random.random(60) < 0.8
        total = random.integers(1, 500, 60)
        active = (total * random.random(60) ** 4).astype(int)
        check(truth, total, active, OptimalSearch(max_length=3))


def test_a_unit_that_no_concept_overlaps_has_no_formula_and_that_is_proven():
    table = SignatureTable.from_sets("ab", [[0], [1], []], [5, 5, 5])
    for active in ([0, 0, 3], [0, 0, 0]):
        result = optimal_search(table, np.array(active))
        assert result.best is None
        assert result.by_length == ()
        assert result.proven
        assert (result.bound, result.gap, result.proven_length) == (0, 0, 0)


def test_a_single_concept_is_its_own_best_formula_at_every_length():
    table = SignatureTable.from_sets("a", [[0], []], [5, 5])
    result = optimal_search(table, np.array([3, 1]), OptimalSearch(max_length=5))
    assert [str(found.formula) for found in result.by_length] == ["a"] * 5
    assert result.proven_length == 5


def large_case() -> tuple[SignatureTable, np.ndarray]:
    random = np.random.default_rng(3)
    sets = [random.choice(30, random.integers(1, 9), replace=False).tolist() for _ in range(400)]
    total = random.integers(1, 50, 400)
    names = [f"concept {index}" for index in range(30)]
    return SignatureTable.from_sets(names, sets, total), random.binomial(total, random.random(400) ** 6)


def test_a_node_budget_ends_at_the_same_place_every_time():
    table, active = large_case()
    search = OptimalSearch(max_length=4, nodes=20)
    first, second = (optimal_search(table, active, search) for _ in range(2))
    assert first == second
    assert not first.proven
    assert first.gap > 0


def test_a_larger_budget_narrows_the_gap():
    table, active = large_case()
    bounds = [optimal_search(table, active, OptimalSearch(max_length=4, nodes=n)).bound for n in (0, 30, 300)]
    assert bounds[0] > bounds[1] > bounds[2]


def test_without_time_there_is_still_a_formula_and_a_bound():
    table, active = large_case()
    hurried = optimal_search(table, active, OptimalSearch(max_length=4, seconds=0))
    proven = optimal_search(table, active, OptimalSearch(max_length=3))
    assert len(hurried.by_length) == 4
    assert not hurried.proven
    assert hurried.bounds[2] >= proven.bound
    assert hurried.proven_length == 1


def test_a_cancelled_search_returns_the_best_so_far_with_its_bound():
    table, active = large_case()
    answers = iter([False] * 12)
    result = optimal_search(table, active, OptimalSearch(max_length=4), cancelled=lambda: next(answers, True))
    proven = optimal_search(table, active, OptimalSearch(max_length=3))
    assert len(result.by_length) == 4
    assert not result.proven
    assert result.bounds[2] >= proven.bound


def test_every_length_is_reported_when_it_is_done():
    table, active = large_case()
    seen: list[tuple[int, float, float]] = []
    result = optimal_search(table, active, on_length=lambda n, found, bound: seen.append((n, found.score, bound)))
    assert seen == [(n + 1, result.by_length[n].score, result.bounds[n]) for n in range(3)]


def test_operators_in_any_order_make_the_same_settings():
    assert OptimalSearch(operators=("AND", "OR")) == OptimalSearch(operators=("OR", "AND"))
    assert replace(OptimalSearch(), nodes=3).nodes == 3


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"max_length": 0}, "max_length is a whole number, at least 1, not 0"),
        ({"beam_size": 0}, "beam_size is a whole number, at least 1, not 0"),
        ({"nodes": -1}, "nodes must be 0 or more, or None, not -1"),
        ({"seconds": float("nan")}, "seconds must be 0 or more, or None, not nan"),
        ({"operators": ("XOR",)}, "no operator 'XOR'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(setting: dict, message: str):
    with pytest.raises(SearchError, match=message):
        OptimalSearch(**setting)


def test_counts_from_another_table_are_refused():
    table = SignatureTable.from_sets("ab", [[0], [1]], [5, 5])
    with pytest.raises(SearchError, match="another table"):
        optimal_search(table, np.array([1, 2, 3]))


def test_the_formula_reads_back_from_its_text():
    table, active = large_case()
    best = optimal_search(table, active).best
    assert best is not None
    assert parse(str(best.formula)) == best.formula
