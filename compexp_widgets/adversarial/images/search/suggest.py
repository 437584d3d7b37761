"""Search for the smallest, least conspicuous paste that changes what a network answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, zip_longest

import numpy as np

from compexp_widgets.adversarial.images.edits.paste import Patch
from compexp_widgets.adversarial.images.patches.patch_library import FoundPatch
from compexp_widgets.adversarial.images.search.attempts import TRIED, Candidate, PlacementEvaluator, SuggestedEdits
from compexp_widgets.adversarial.images.search.coarse_grid import Cell, grid_of
from compexp_widgets.adversarial.images.search.local_search import FADE_TRIES, fade, refine
from compexp_widgets.adversarial.images.search.settings import Constraints, SearchSettings
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import EditError
from compexp_widgets.files import AnyPicture, as_picture
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.progress import Report, silent

GRID_PART = 0.6
"""Of the budget, for the first look at all patches."""


@checked(EditError)
def suggest_edit(
    network: AnyNetwork,
    picture: AnyPicture,
    patches: Sequence[Patch | FoundPatch],
    *,
    target: int | str | None = None,
    constraints: Constraints | None = None,
    settings: SearchSettings | None = None,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
    on_batch: Callable[[SuggestedEdits], None] | None = None,
) -> SuggestedEdits:
    """Look for the smallest paste that turns a picture into another class.

    >>> found = suggest_edit(network, picture, PatchLibrary(study).find("boat", count=3), target="harbour")
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
        At least one; those that `PatchLibrary.find` gives will do as they are.
    target
        The wanted class, by number or by name; None: any other than the network's answer to the picture.
    constraints
        What placements must keep to; others are not tried and not counted. None: the default of `Constraints`.
    settings
        Of the search; None: the default.
    cancelled
        Asked before each batch; True ends the search with what was found, and ``complete`` False.
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
    network = as_network(network)
    picture = as_picture(picture, error=EditError)
    constraints, settings = constraints or Constraints(), settings or SearchSettings()
    budget = settings.budget
    pasted = [one.patch if isinstance(one, FoundPatch) else one for one in patches]
    if not pasted:
        raise EditError("there is no patch to paste: give at least one")
    if budget < len(pasted):
        raise EditError(f"a budget of {budget} placements is not enough for a look at each of {len(pasted)} patches")
    constraints.check_size(picture.size)
    evaluator = PlacementEvaluator(
        network, picture, pasted, target, constraints, settings, report=report, cancelled=cancelled, on_batch=on_batch
    )
    grids = [grid_of(number, patch, picture.size, constraints, settings) for number, patch in enumerate(pasted)]
    cells = sum(len(rung) for grid in grids for rung in grid)
    reserve = min(FADE_TRIES, budget // 10) if constraints.opacity[0] < constraints.opacity[1] else 0
    first = max(len(pasted), round(GRID_PART * (budget - reserve)))
    if cells <= first:
        rungs = chain.from_iterable(zip_longest(*grids, fillvalue=()))
        evaluator.run(_candidates(chain.from_iterable(rungs), evaluator), "grid")
    else:
        _halving(evaluator, grids, first, settings.seed)
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
    report(TRIED, len(evaluator.attempts), max(1, len(evaluator.attempts)))
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
    for number in range(rounds):
        quota = max(1, (tries - len(evaluator.attempts)) // (rounds - number) // len(staying))
        turns = zip_longest(*(islice(queues[patch], quota) for patch in staying))
        evaluator.run((candidate for turn in turns for candidate in turn if candidate is not None), "grid")
        ranks: dict[int, tuple[float, ...]] = {}
        for candidate, attempt in evaluator.attempts.items():
            ranks[candidate.patch] = min(attempt.rank, ranks.get(candidate.patch, (2,)))
        staying = sorted(staying, key=lambda patch: ranks.get(patch, (2,)))[: math.ceil(len(staying) / 2)]


def _drawn(grid: Sequence[Sequence[Cell]], random: np.random.Generator) -> Iterator[Cell]:
    """The cells of a patch in a drawn order, each size in its turn, the largest first: it tells most about a patch."""
    shuffled = [[rung[number] for number in random.permutation(len(rung))] for rung in reversed(grid)]
    for turn in zip_longest(*shuffled):
        yield from (cell for cell in turn if cell is not None)
