"""From a promising placement to a better one: moved and resized in steps that halve where nothing gets better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from compexp_widgets.adversarial.images.search.suggested_edits import Attempt
from compexp_widgets.adversarial.images.search.trial_grid import fitted, placed
from compexp_widgets.adversarial.images.search.trials import Spot, Trials

MOVES = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
RESIZE = 2**0.25
"""The first step in size, half way from one rung of the grid to the next."""
WALKS_AT_ONCE = 4
TRIES_A_WALK = 80
"""About what a walk takes until its steps are below a pixel; with less budget left fewer are walked at once."""
FADE_TRIES = 6


class Walk:
    """A walk from one spot.

    A success is made smaller, moved or not; where that does not succeed, it is moved to where its margin is larger, and
    made smaller from there. A failure is moved, or made larger, to where its margin is largest.

    Parameters
    ----------
    start
        A spot that was tried.
    step
        Pixels across and down of the first moves.
    """

    def __init__(self, trials: Trials, start: Spot, step: tuple[float, float]) -> None:
        self.trials = trials
        self.spot = start
        self.step = step
        self.resize = RESIZE

    @property
    def here(self) -> Attempt:
        """What came of where it stands."""
        return self.trials.attempts[self.spot]

    def around(self) -> list[Spot]:
        """The spots one step away that are worth a try or were tried."""
        place = self.spot.placement
        middle = place.left + place.width / 2, place.top + place.height / 2
        longer = max(place.width, place.height)
        patch = self.trials.patches[self.spot.patch]
        resized = max(1, longer * (self.resize - 1))
        found = []
        for side, (across, down) in product((longer - resized if self.here.flips else longer + resized, longer), MOVES):
            size = (round(place.width), round(place.height)) if side == longer else fitted(patch, max(1, side))
            goal = middle[0] + across * max(1, self.step[0]), middle[1] + down * max(1, self.step[1])
            spot = Spot(self.spot.patch, placed(goal, size, place.rotation, place.flipped, place.opacity))
            if spot != self.spot and self._is_worth_a_try(spot):
                found.append(spot)
        return found

    def _is_worth_a_try(self, spot: Spot) -> bool:
        if not self.trials.allows(spot):
            return False
        if self.here.flips:
            return self.trials.share(spot) <= self.here.share
        return spot in self.trials.attempts or self.trials.could_be_best(spot)

    def go(self, around: Sequence[Spot]) -> bool:
        """Take a step, or halve the steps; False where both are below a pixel and the walk is over."""
        tried = [spot for spot in around if spot in self.trials.attempts]
        better = [spot for spot in tried if self._improves(self.trials.attempts[spot])]
        if better:
            self.spot = min(better, key=lambda spot: self._order(self.trials.attempts[spot]))
            return True
        place = self.spot.placement
        if max(self.step) <= 1 and max(place.width, place.height) * (self.resize - 1) <= 1:
            return False
        self.step = self.step[0] / 2, self.step[1] / 2
        self.resize = math.sqrt(self.resize)
        return True

    def _improves(self, other: Attempt) -> bool:
        here = self.here
        if other.flips and (not here.flips or other.share < here.share):
            return True
        return other.margin > here.margin and other.flips == here.flips

    def _order(self, other: Attempt) -> tuple[float, ...]:
        smaller = other.flips and (not self.here.flips or other.share < self.here.share)
        return (0, *other.rank) if smaller else (1, -other.margin)


def refine(trials: Trials, cell: tuple[float, float], reserve: int) -> None:
    """Walk from hits and near misses of the grid by turns, a few at once, until the budget is spent.

    Parameters
    ----------
    cell
        Width and height of the grid's cells.
    reserve
        How much of the budget is left untouched.
    """
    starts = _starts(trials, cell)
    step = cell[0] / 2, cell[1] / 2
    walks: list[Walk] = []
    while trials.left > reserve:
        while len(walks) < max(1, min(WALKS_AT_ONCE, (trials.left - reserve) // TRIES_A_WALK)):
            start = next(starts, None)
            if start is None:
                break
            walks.append(Walk(trials, start, step))
        if not walks:
            return
        steps = [walk.around() for walk in walks]
        fresh = dict.fromkeys(spot for around in steps for spot in around if spot not in trials.attempts)
        trials.run(list(fresh)[: trials.left - reserve], "refined")
        walks = [walk for walk, around in zip(walks, steps, strict=True) if walk.go(around)]


def _starts(trials: Trials, cell: tuple[float, float]) -> Iterator[Spot]:
    """Where to walk from: the hits that are small and sure, and the misses that are close, by turns.

    Each is of another patch, or lies a cell away from all before it.
    """
    hits = sorted(
        (item for item in trials.attempts.items() if item[1].flips),
        key=lambda item: (round(2 * math.log2(item[1].share)), -item[1].margin),
    )
    misses = sorted((item for item in trials.attempts.items() if not item[1].flips), key=lambda item: item[1].rank)
    taken: list[Spot] = []
    for turn in range(max(len(hits), len(misses))):
        for ranked in (hits, misses):
            if turn >= len(ranked):
                continue
            spot, attempt = ranked[turn]
            outdone = not attempt.flips and trials.best and trials.best.flips and attempt.share >= trials.best.share
            if not outdone and not any(_near(spot, other, cell) for other in taken):
                taken.append(spot)
                yield spot


def _near(one: Spot, other: Spot, cell: tuple[float, float]) -> bool:
    a, b = one.placement, other.placement
    if one.patch != other.patch or (a.rotation, a.flipped) != (b.rotation, b.flipped):
        return False
    across, down = a.left + a.width / 2 - b.left - b.width / 2, a.top + a.height / 2 - b.top - b.height / 2
    return abs(across) < cell[0] * 0.99 and abs(down) < cell[1] * 0.99


def fade(trials: Trials) -> None:
    """Give the best success the lowest opacity with which it succeeds, by bisection."""
    low, high = trials.constraints.opacity
    best = trials.best
    if best is None or not best.flips or low == high:
        return
    start = next(spot for spot, attempt in trials.attempts.items() if attempt is best)
    opacity = low
    for _ in range(FADE_TRIES):
        spot = Spot(start.patch, replace(start.placement, opacity=opacity))
        if not (trials.left > 0 and trials.allows(spot)):
            return
        trials.run([spot], "faded")
        if spot not in trials.attempts:
            return
        low, high = (low, opacity) if trials.attempts[spot].flips else (opacity, high)
        if low == high:
            return
        opacity = (low + high) / 2
