"""The search over lexical concepts: 1,024 units on 10,000 sentence pairs, against the paper's procedure.

    python benchmarks/pair_search.py [--study FOLDER] [--published 3] [--proofs 64]

On made-up pairs of SNLI's shape (see `pairs_like`), or on a study of pairs; of a study, only units that are not silent.

(a) Beam 10, length 5, every concept that occurs: all units, on all processors, the processes' start included.
(b) The certified search, length 3: how many of some units are proven, and how long that takes.
(c) The search of Mu and Andreas (2020) as their code does it, written for this benchmark from its description: every
    candidate a mask over the pairs, made and scored one by one. The same formulas must be best at every length; times
    are the processor's, in one thread.
"""

from __future__ import annotations

import argparse
import heapq
import os
import platform
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from pairs_like import PairsLike, best_iou, pairs_like, save

from compexp_widgets.formula import And, AnyLeaf, Formula, Not, Or
from compexp_widgets.search import BeamSearch, OptimalSearch, beam_search, optimal_search
from compexp_widgets.study import PairStudy, open_study
from compexp_widgets.workers import on_all_processors

BEAM, LENGTH = 10, 5
SETTINGS = BeamSearch(beam_size=BEAM, max_length=LENGTH)


def main() -> None:
    """Search, prove, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path, help="folder of a study of sentence pairs")
    parser.add_argument("--published", type=int, default=3, help="units for the paper's procedure")
    parser.add_argument("--proofs", type=int, default=64, help="units for the certified search")
    options = parser.parse_args()
    data, names = _data(options.study)
    print(f"machine    {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    rows = np.diff(data.table.row_starts)
    print(
        f"data       {len(data.positions):,} pairs, {len(data.table):,} signatures of {rows.mean():.1f} concepts, "
        f"{np.count_nonzero(data.table.concept_total):,} concepts, {len(data.fires):,} units that fire on "
        f"{data.fires.mean():.0%} of the pairs",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        save(data, Path(folder))
        started = time.perf_counter()
        ious = list(on_all_processors(partial(best_iou, Path(folder), SETTINGS), range(len(data.fires)), chunk=16))
        seconds = time.perf_counter() - started
    print(
        f"beam       {BEAM}, length {LENGTH}: {seconds:.1f} s for all units; mean IoU {np.mean(ious):.4f}", flush=True
    )
    _prove(data, options.proofs)
    for unit in np.linspace(0, len(data.fires) - 1, options.published).astype(int).tolist():
        _compare(data, unit, names[unit])


def _data(folder: Path | None) -> tuple[PairsLike, list[int]]:
    """Pairs and units, and the number that each unit goes by."""
    if folder is None:
        made = pairs_like()
        return made, list(range(len(made.fires)))
    study = open_study(folder)
    if not isinstance(study, PairStudy):
        raise SystemExit(f"{folder} is not a study of sentence pairs")
    fires = np.stack([study.fires(unit) for unit in range(study.units.count)])
    loud = np.flatnonzero(fires.sum(axis=1) >= study.default_settings.min_active)
    return PairsLike(study.table, study.units.positions, fires[loud]), loud.tolist()


def _prove(data: PairsLike, count: int) -> None:
    settings = OptimalSearch(3, nodes=2000, beam_size=BEAM)
    proven, seconds = 0, []
    for unit in np.linspace(0, len(data.fires) - 1, count).astype(int).tolist():
        started = time.process_time()
        found = optimal_search(data.table, data.active(unit), settings)
        seconds.append(time.process_time() - started)
        proven += bool(found.by_length and found.bounds[-1] == found.by_length[-1].score)
    print(
        f"proof      length 3: {proven} of {count} units, median {1000 * median(seconds):.0f} ms, "
        f"slowest {max(seconds):.1f} s",
        flush=True,
    )


def _compare(data: PairsLike, unit: int, name: int) -> None:
    """The paper's procedure and ours, which must find the same."""
    active = data.active(unit)
    started = time.process_time()
    ours = beam_search(data.table, active, BeamSearch.as_published(beam_size=BEAM, max_length=LENGTH)).by_length
    our_seconds = time.process_time() - started
    masks = np.stack([data.table.concept_truth(concept)[data.positions] for concept in range(len(data.table.concepts))])
    started = time.process_time()
    theirs = search_by_masks(masks, data.fires[unit], data.table.leaves)
    seconds = time.process_time() - started
    same = all(abs(iou - one.overlap.iou) < 1e-9 for (iou, _), one in zip(theirs, ours, strict=True))
    verdict = "the same best IoU at every length" if same else "MISMATCH !!!"
    print(
        f"paper      unit {name}: {seconds:.1f} s, ours {1000 * our_seconds:.0f} ms, {seconds / our_seconds:,.0f} "
        f"times; {verdict}: {theirs[-1][1]} {theirs[-1][0]:.4f}",
        flush=True,
    )
    if not same:
        raise SystemExit(1)


def search_by_masks(
    masks: NDArray[np.bool_], fires: NDArray[np.bool_], leaves: tuple[AnyLeaf, ...]
) -> list[tuple[float, Formula]]:
    """The best formula of every length, its IoU first, from the masks of all concepts: bool, shape (C, pairs)."""

    def iou(mask: NDArray[np.bool_]) -> float:
        return float(np.logical_and(mask, fires).sum() / np.logical_or(mask, fires).sum())

    candidates = [concept for concept in range(len(masks)) if np.logical_and(masks[concept], fires).any()]
    found: list[tuple[float, Formula, NDArray[np.bool_]]] = [
        (iou(masks[concept]), leaves[concept], masks[concept]) for concept in candidates
    ]
    beam = heapq.nlargest(BEAM, found, key=lambda one: one[0])
    best = [beam[0][:2]]
    for _ in range(1, LENGTH):
        found = list(beam)
        for _, formula, mask in beam:
            for concept in candidates:
                leaf, other = leaves[concept], masks[concept]
                for longer, joined in (
                    (Or(formula, leaf), np.logical_or(mask, other)),
                    (And(formula, leaf), np.logical_and(mask, other)),
                    (And(formula, Not(leaf)), np.logical_and(mask, np.logical_not(other))),
                ):
                    found.append((iou(joined), longer, joined))
            found = heapq.nlargest(BEAM, found, key=lambda one: one[0])
        beam = found
        best.append(beam[0][:2])
    return best


if __name__ == "__main__":
    main()
