"""Search for the smallest, least conspicuous paste that changes what a network answers."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, zip_longest

import numpy as np
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import LARGEST, Patch
from compexp_widgets.adversarial.images.search.attempts import Attempt, Candidate, PlacementEvaluator, SuggestedEdits
from compexp_widgets.adversarial.images.search.coarse_grid import Cell, grid_of
from compexp_widgets.adversarial.images.search.local_search import FADE_TRIES, fade, refine
from compexp_widgets.adversarial.images.search.settings import Constraints
from compexp_widgets.arguments import whole_number
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.progress import Report, silent

GRID_PART = 0.6
"""Of the budget, for the first look at all patches."""
NO_CONSTRAINTS = Constraints()


def suggest_edit(
    network: Network,
    picture: Image.Image,
    patches: Sequence[Patch],
    *,
    target: int | str | None = None,
    constraints: Constraints = NO_CONSTRAINTS,
    positions: int = 5,
    sizes: Sequence[float] | None = None,
    rotations: Sequence[float] = (0,),
    mirrored: bool = False,
    budget: int = 400,
    seed: int = 0,
    batch_size: int = 32,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
    on_better: Callable[[Attempt], None] | None = None,
    on_batch: Callable[[SuggestedEdits], None] | None = None,
) -> SuggestedEdits:
    """Look for the smallest paste that turns a picture into another class.

    >>> found = suggest_edit(network, picture, patches, target="harbour")
    >>> found.summary(network.class_names)
    >>> found.best[0].edit.on(picture)

    First a coarse grid: every patch in a few sizes at positions spread over the picture, the smallest sizes of all
    patches first, and nothing that is larger than a success. Where the grid is more than 60 % of the budget, a part of
    it is drawn at random, each size equally often, in rounds: every patch gets a first look, and after each round the
    better half of the patches goes on (successive halving, Jamieson and Talwalkar 2016). The rest of the budget goes
    into local searches from hits and near misses by turns: moved and resized in steps that halve down to a pixel. Last,
    the best is faded as far as the constraints and the answer allow.

    It is a search, not a proof: a smaller paste may exist. The same input gives the same output; `seed` matters only
    where a part of the grid is drawn.

    Parameters
    ----------
    picture
        At its own size; placements are in its pixels.
    patches
        At least one.
    target
        The wanted class, by number or by name; None: any other than the network's answer to the picture.
    constraints
        What placements must keep to. Others are not tried and not counted.
    positions
        Steps of the grid across and down.
    sizes
        Longer sides of the patches in pixels of the picture; None: five sizes, each of half the area of the next, up
        to what the constraints allow.
    rotations
        Degrees, clockwise.
    mirrored
        Try each patch mirrored, too.
    budget
        Placements that are tried at most; at least one a patch.
    batch_size
        Pictures shown to the network at once.
    cancelled
        Asked before each batch; True ends the search with what was found, and ``complete`` False.
    on_better
        Called with every attempt that is better than all before: a closer failure, a success, a smaller success.
    on_batch
        Called after each batch with what was found so far.

    Returns
    -------
    Every success, best first, with how many were tried; see `SuggestedEdits`.

    Raises
    ------
    EditError
        When a setting makes no sense, the picture has the target's class already, or no placement keeps to the
        constraints.
    NetworkError
        When the network does not classify.
    """
    _check(patches, positions, sizes, rotations, budget, batch_size)
    constraints.check_size(picture.size)
    evaluator = PlacementEvaluator(
        network,
        picture,
        patches,
        target,
        constraints,
        budget=budget,
        batch_size=batch_size,
        report=report,
        cancelled=cancelled,
        on_better=on_better,
        on_batch=on_batch,
    )
    grids = [
        grid_of(number, patch, picture.size, constraints, positions, sizes, rotations, mirrored)
        for number, patch in enumerate(patches)
    ]
    cells = sum(len(rung) for grid in grids for rung in grid)
    reserve = min(FADE_TRIES, budget // 10) if constraints.opacity[0] < constraints.opacity[1] else 0
    first = max(len(patches), round(GRID_PART * (budget - reserve)))
    if cells <= first:
        rungs = chain.from_iterable(zip_longest(*grids, fillvalue=()))
        evaluator.run(_candidates(chain.from_iterable(rungs), evaluator), "grid")
    else:
        _halving(evaluator, grids, first, seed)
    if not evaluator.attempts and not evaluator.stopped:
        raise EditError(
            f"of {cells} placements of {len(patches)} patches on the grid, none keeps to the constraints: allow a "
            "larger share, a larger region, or more positions and sizes"
        )
    cell = grids[0][0][0].reach
    refine(evaluator, cell, reserve)
    fade(evaluator)
    if not evaluator.best or not evaluator.best.flips:
        refine(evaluator, cell, reserve=0)
    report("placements tried", len(evaluator.attempts), max(1, len(evaluator.attempts)))
    return evaluator.found()


def _candidates(cells: Iterator[Cell], evaluator: PlacementEvaluator) -> Iterator[Candidate]:
    """Those candidates of the cells that could be the best, as it stands when they are asked for."""
    for cell in cells:
        candidate = cell.candidate(evaluator)
        if candidate is not None and evaluator.could_be_best(candidate):
            yield candidate


def _halving(evaluator: PlacementEvaluator, grids: Sequence[Sequence[Sequence[Cell]]], tries: int, seed: int) -> None:
    """Spend tries on a drawn part of the grid, round by round on the better half of the patches."""
    queues = [_candidates(_drawn(grid, np.random.default_rng([seed, n])), evaluator) for n, grid in enumerate(grids)]
    staying = list(range(len(grids)))
    rounds = 1 + math.ceil(math.log2(len(grids)))
    spent_before = len(evaluator.attempts)
    for number in range(rounds):
        left = tries - (len(evaluator.attempts) - spent_before)
        quota = max(1, left // (rounds - number) // len(staying))
        turns = zip_longest(*(islice(queues[patch], quota) for patch in staying))
        evaluator.run((candidate for turn in turns for candidate in turn if candidate is not None), "grid")
        ranks = _best_ranks(evaluator)
        staying = sorted(staying, key=lambda patch: ranks.get(patch, (2,)))[: math.ceil(len(staying) / 2)]


def _drawn(grid: Sequence[Sequence[Cell]], random: np.random.Generator) -> Iterator[Cell]:
    """The cells of a patch in a drawn order, each size in its turn, the largest first: it tells most about a patch."""
    shuffled = [[rung[number] for number in random.permutation(len(rung))] for rung in reversed(grid)]
    for turn in zip_longest(*shuffled):
        yield from (cell for cell in turn if cell is not None)


def _best_ranks(evaluator: PlacementEvaluator) -> dict[int, tuple[float, ...]]:
    ranks: dict[int, tuple[float, ...]] = {}
    for candidate, attempt in evaluator.attempts.items():
        ranks[candidate.patch] = min(attempt.rank, ranks.get(candidate.patch, (2,)))
    return ranks


def _check(
    patches: Sequence[Patch],
    positions: int,
    sizes: Sequence[float] | None,
    rotations: Sequence[float],
    budget: int,
    batch_size: int,
) -> None:
    if not patches:
        raise EditError("there is no patch to paste: give at least one")
    for name, value in (("positions", positions), ("batch_size", batch_size), ("budget", budget)):
        whole_number(value, name, error=EditError)
    if sizes is not None and not _are_numbers(sizes, 0, LARGEST):
        raise EditError(f"sizes are longer sides in pixels, above 0 and at most {LARGEST}, not {sizes!r:.80}")
    if not _are_numbers(rotations, -math.inf, sys.float_info.max):
        raise EditError(f"rotations are degrees, at least one, not {rotations!r:.80}")
    if budget < len(patches):
        raise EditError(f"a budget of {budget} placements is not enough for a look at each of {len(patches)} patches")


def _are_numbers(values: Sequence[float], above: float, most: float) -> bool:
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence | np.ndarray) or not len(values):
        return False
    return all(isinstance(value, (int, float, np.number)) and above < value <= most for value in values)
