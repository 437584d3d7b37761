"""Local search from a promising placement: moves and sizes whose steps halve where nothing gets better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from compexp_widgets.adversarial.images.search.attempts import Attempt, Candidate, PlacementEvaluator
from compexp_widgets.adversarial.images.search.coarse_grid import fitted, placed

MOVES = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
RESIZE = 2**0.25
"""The first step in size, half way from one rung of the grid to the next."""
SEARCHES_AT_ONCE = 4
TRIES_A_SEARCH = 80
"""About what a search takes until its steps are below a pixel; with less budget left fewer run at once."""
FADE_TRIES = 6


class LocalSearch:
    """Local search from a candidate that was tried; `step` is the first move in pixels across and down.

    A success is made smaller, moved or not; where that does not succeed, it is moved to where its margin is larger, and
    made smaller from there. A failure is moved, or made larger, to where its margin is largest.
    """

    def __init__(self, evaluator: PlacementEvaluator, start: Candidate, step: tuple[float, float]) -> None:
        self.evaluator = evaluator
        self.candidate = start
        self.step = step
        self.resize = RESIZE

    @property
    def here(self) -> Attempt:
        """The attempt where it stands."""
        return self.evaluator.attempts[self.candidate]

    def around(self) -> list[Candidate]:
        """The candidates one step away that are worth a try or were tried."""
        place = self.candidate.placement
        middle = place.left + place.width / 2, place.top + place.height / 2
        longer = max(place.width, place.height)
        patch = self.evaluator.patches[self.candidate.patch]
        resized = max(1, longer * (self.resize - 1))
        found = []
        for side, (across, down) in product((longer - resized if self.here.flips else longer + resized, longer), MOVES):
            size = (round(place.width), round(place.height)) if side == longer else fitted(patch, max(1, side))
            goal = middle[0] + across * max(1, self.step[0]), middle[1] + down * max(1, self.step[1])
            candidate = Candidate(
                self.candidate.patch, placed(goal, size, place.rotation, place.flipped, place.opacity)
            )
            if candidate != self.candidate and self._is_worth_a_try(candidate):
                found.append(candidate)
        return found

    def _is_worth_a_try(self, candidate: Candidate) -> bool:
        if self.here.flips:
            return self.evaluator.share(candidate) <= self.here.share
        return candidate in self.evaluator.attempts or self.evaluator.could_be_best(candidate)

    def go(self, around: Sequence[Candidate]) -> bool:
        """Take a step, or halve the steps; False where both are below a pixel and the search is over."""
        attempts = self.evaluator.attempts
        tried = [candidate for candidate in around if candidate in attempts]
        better = {candidate: order for candidate in tried if (order := self._order(attempts[candidate]))}
        if better:
            self.candidate = min(better, key=better.__getitem__)
            return True
        place = self.candidate.placement
        if max(self.step) <= 1 and max(place.width, place.height) * (self.resize - 1) <= 1:
            return False
        self.step = self.step[0] / 2, self.step[1] / 2
        self.resize = math.sqrt(self.resize)
        return True

    def _order(self, other: Attempt) -> tuple[float, ...]:
        """Orders what is better than here, best first; empty where it is not."""
        here = self.here
        if other.flips and (not here.flips or other.share < here.share):
            return (0, *other.rank)
        return (1, -other.margin) if other.margin > here.margin and other.flips == here.flips else ()


def refine(evaluator: PlacementEvaluator, cell: tuple[float, float], reserve: int) -> None:
    """Search from hits and near misses of the grid by turns, a few at once, until but the reserve is spent."""
    starts = _starts(evaluator, cell)
    step = cell[0] / 2, cell[1] / 2
    searches: list[LocalSearch] = []
    while evaluator.left > reserve:
        while len(searches) < max(1, min(SEARCHES_AT_ONCE, (evaluator.left - reserve) // TRIES_A_SEARCH)):
            start = next(starts, None)
            if start is None:
                break
            searches.append(LocalSearch(evaluator, start, step))
        if not searches:
            return
        steps = [search.around() for search in searches]
        fresh = dict.fromkeys(
            candidate for around in steps for candidate in around if candidate not in evaluator.attempts
        )
        evaluator.run(list(fresh)[: evaluator.left - reserve], "refined")
        searches = [search for search, around in zip(searches, steps, strict=True) if search.go(around)]


def _starts(evaluator: PlacementEvaluator, cell: tuple[float, float]) -> Iterator[Candidate]:
    """The candidates to search from: the hits that are small and sure, and the misses that are close, by turns.

    Each is of another patch, or lies a cell away from all before it.
    """
    hits = sorted(
        (item for item in evaluator.attempts.items() if item[1].flips),
        key=lambda item: (round(2 * math.log2(item[1].share)), -item[1].margin),
    )
    misses = sorted((item for item in evaluator.attempts.items() if not item[1].flips), key=lambda item: item[1].rank)
    taken: list[Candidate] = []
    for turn in range(max(len(hits), len(misses))):
        for ranked in (hits, misses):
            if turn >= len(ranked):
                continue
            candidate, attempt = ranked[turn]
            outdone = (
                not attempt.flips and evaluator.best and evaluator.best.flips and attempt.share >= evaluator.best.share
            )
            if not outdone and not any(_near(candidate, other, cell) for other in taken):
                taken.append(candidate)
                yield candidate


def _near(one: Candidate, other: Candidate, cell: tuple[float, float]) -> bool:
    a, b = one.placement, other.placement
    if one.patch != other.patch or (a.rotation, a.flipped) != (b.rotation, b.flipped):
        return False
    across, down = a.left + a.width / 2 - b.left - b.width / 2, a.top + a.height / 2 - b.top - b.height / 2
    return abs(across) < cell[0] * 0.99 and abs(down) < cell[1] * 0.99


def fade(evaluator: PlacementEvaluator) -> None:
    """Give the best success the lowest opacity with which it succeeds, by bisection."""
    low, high = evaluator.constraints.opacity
    best = evaluator.best
    if best is None or not best.flips or low == high:
        return
    start = next(candidate for candidate, attempt in evaluator.attempts.items() if attempt is best)
    opacity = low
    for _ in range(FADE_TRIES):
        candidate = Candidate(start.patch, replace(start.placement, opacity=opacity))
        if not (evaluator.left > 0 and evaluator.allows(candidate)):
            return
        evaluator.run([candidate], "faded")
        if candidate not in evaluator.attempts:
            return
        low, high = (low, opacity) if evaluator.attempts[candidate].flips else (opacity, high)
        if low == high:
            return
        opacity = (low + high) / 2
