"""The search of Mu and Andreas (2020, section 3) as the paper describes it: one candidate formula after another.

Every mask of the data set is one long run-length mask (`pycocotools.mask`): the images stand side by side, and runs go
down the columns. A candidate's mask is merged from its parent's mask and a concept's, and its IoU with the unit's mask
is counted run by run. All concepts that occur are candidates; beam formulas and their extensions compete. Where the
description leaves a choice, the faster one is taken: AND NOT is AND with a complement that was made beforehand, a
parent's mask is kept while it is extended, and no formula is evaluated twice. Ties, which it leaves open too, are
broken as in `compexp_widgets.search`, so that both searches must go the same way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search.extensions import AND_NOT, OR, LeftDeep
from compexp_widgets.signatures import SignatureTable

Runs = dict[str, Any]
"""A mask as pycocotools keeps it: ``size`` and, compressed, ``counts``."""


@dataclass(frozen=True, eq=False)
class RunLengthMasks:
    """The masks of all concepts that occur.

    Attributes
    ----------
    masks, complements
        Concept index → where the concept holds, and where it does not.
    """

    masks: dict[int, Runs]
    complements: dict[int, Runs]

    @classmethod
    def of(cls, table: SignatureTable, positions: NDArray[np.integer]) -> RunLengthMasks:
        """The masks of a data set.

        Parameters
        ----------
        positions
            Integers, shape (images, height, width): the row of `table` that each position carries.
        """
        images, height, width = positions.shape
        if positions.size >= 2**32:
            raise SystemExit(f"pycocotools counts in 32 bits: {positions.size:,} positions are too many; give --images")
        size = (height, images * width)
        starts, rows = _signature_runs(positions)
        masks, complements = {}, {}
        for concept in np.flatnonzero(table.concept_total).tolist():
            holds = table.concept_truth(concept)[rows]
            changes = np.concatenate([[0], starts[np.flatnonzero(holds[1:] != holds[:-1]) + 1], [positions.size]])
            lengths = np.diff(changes)
            # Run lengths begin with a run of zeros, which may be empty.
            opposite = np.concatenate([[0], lengths])
            masks[concept] = _packed(opposite if holds[0] else lengths, size)
            complements[concept] = _packed(lengths if holds[0] else opposite, size)
        return cls(masks, complements)

    @property
    def megabytes(self) -> float:
        """What the compressed runs take."""
        packed = [*self.masks.values(), *self.complements.values()]
        return sum(len(mask["counts"]) for mask in packed) / 1e6

    def extended(self, mask: Runs, formula: LeftDeep) -> Runs:
        """The mask of a formula, given that of the formula without its last leaf."""
        others = self.complements if formula.operators[-1] == AND_NOT else self.masks
        merged: Runs = _coco().merge([mask, others[formula.concepts[-1]]], intersect=formula.operators[-1] != OR)
        return merged

    def of_formula(self, formula: LeftDeep) -> Runs:
        """The mask of a formula."""
        if formula.length == 1:
            return self.masks[formula.concepts[0]]
        return self.extended(self.of_formula(_parent(formula)), formula)

    def extensions(self, formula: LeftDeep | None) -> Iterator[LeftDeep]:
        """Every concept; or every formula with one leaf more than the given one."""
        if formula is None:
            yield from (LeftDeep.of([concept], []) for concept in self.masks)
            return
        for concept in self.masks:
            for operator in range(3):
                yield LeftDeep.of([*formula.concepts, concept], [*formula.operators, operator])


@dataclass(frozen=True)
class Evaluated:
    """A candidate and its IoU."""

    formula: LeftDeep
    iou: float


def active_runs(mask: NDArray[np.bool_]) -> Runs:
    """A unit's mask: bool, shape (images, height, width)."""
    images, height, width = mask.shape
    side_by_side = mask.transpose(1, 0, 2).reshape(height, images * width)
    encoded: Runs = _coco().encode(np.asfortranarray(side_by_side, np.uint8))
    return encoded


def search_by_runs(
    masks: RunLengthMasks, active: Runs, beam_size: int, max_length: int
) -> tuple[Evaluated | None, float]:
    """The whole search of one unit: the best formula, and the processor's seconds."""
    started = time.process_time()
    beam: list[Evaluated] = []
    for length in range(1, max_length + 1):
        # Extensions of shorter formulas of the beam are known already.
        parents = [None] if length == 1 else [one.formula for one in beam if one.formula.length == length - 1]
        competing = list(beam)
        for parent in parents:
            mask = masks.of_formula(parent) if parent else None
            found = (evaluated(masks, active, mask, formula) for formula in masks.extensions(parent))
            competing += [one for one in found if one.iou > 0]
        beam = sorted(competing, key=lambda one: (-one.iou, one.formula))[:beam_size]
    return (beam[0] if beam else None), time.process_time() - started


def evaluated(masks: RunLengthMasks, active: Runs, parent: Runs | None, formula: LeftDeep) -> Evaluated:
    """The IoU of a single concept, or of the extension of a formula that has the given mask."""
    mask = masks.masks[formula.concepts[0]] if parent is None else masks.extended(parent, formula)
    # Counts runs without writing the intersection: faster than the area of a merged mask, and the same number.
    return Evaluated(formula, float(_coco().iou([mask], [active], [0])[0, 0]))


@dataclass(frozen=True)
class Sample:
    """Some candidates of a search, drawn at random, length by length.

    Attributes
    ----------
    found
        Those that were evaluated.
    candidates
        How many the whole search has.
    seconds
        Estimate of the processor's seconds for the whole search.
    error
        Its standard error, in seconds.
    """

    found: tuple[Evaluated, ...]
    candidates: int
    seconds: float
    error: float


def sampled_search(
    masks: RunLengthMasks, active: Runs, beams: Sequence[Sequence[LeftDeep]], count: int, random: np.random.Generator
) -> Sample:
    """Time some candidates of a unit's search, to estimate the time of all.

    Parameters
    ----------
    beams
        For every length but the last, the formulas of the beam; only those of that length are extended.
    count
        How many candidates to evaluate, spread over the lengths as the candidates are.
    """
    parents: list[list[LeftDeep | None]] = [[None]]
    parents += [[formula for formula in beam if formula.length == length] for length, beam in enumerate(beams, 1)]
    levels = [[(parent, one) for parent in level for one in masks.extensions(parent)] for level in parents]
    candidates = sum(map(len, levels))
    found: list[Evaluated] = []
    seconds = variance = 0.0
    for level in filter(None, levels):
        share = min(len(level), max(5, round(count * len(level) / candidates)))
        kept = {parent: masks.of_formula(parent) for parent in {parent for parent, _ in level} if parent}
        spent = []
        for place in random.choice(len(level), share, replace=False).tolist():
            parent, formula = level[place]
            started = time.process_time()
            found.append(evaluated(masks, active, kept[parent] if parent else None, formula))
            spent.append(time.process_time() - started)
        seconds += len(level) * float(np.mean(spent))
        variance += len(level) ** 2 * float(np.var(spent)) / share
    return Sample(tuple(found), candidates, seconds, variance**0.5)


def _parent(formula: LeftDeep) -> LeftDeep:
    return LeftDeep.of(formula.concepts[:-1], formula.operators[:-1])


def _signature_runs(positions: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Down the columns, image after image: where a run of equal signatures begins, and its signature."""
    starts, rows = [], []
    # 200 images at once: of 112×112 positions they take 10 MB, and no copy of all positions is made.
    for first in range(0, len(positions), 200):
        order = np.ascontiguousarray(positions[first : first + 200].transpose(0, 2, 1)).reshape(-1)
        begins = np.concatenate([[0], np.flatnonzero(order[1:] != order[:-1]) + 1])
        starts.append(begins + first * positions[0].size)
        rows.append(order[begins].astype(np.int32))
    return np.concatenate(starts), np.concatenate(rows)


def _packed(lengths: NDArray[np.int64], size: tuple[int, int]) -> Runs:
    packed: Runs = _coco().frPyObjects({"counts": lengths, "size": list(size)}, *size)
    return packed


@cache
def _coco() -> Any:
    try:
        return import_module("pycocotools.mask")
    except ModuleNotFoundError as error:
        raise SystemExit(f"{error}: pip install pycocotools") from error
