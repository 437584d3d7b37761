"""How long the proof of an optimal formula takes, and how often a beam search misses that formula.

    python benchmarks/optimal_search.py [--study STUDY | --synthetic] [--max-length 3] [--seconds S] [--nodes N]

Without a study, on the demo. The synthetic data have the structure of Broden: every position has a scene, an object of
that scene, a noisy colour and up to two parts; units fire for a few planted concepts, for others by chance, and for
signatures at random. Prints the units, signatures and concepts; for every length the share of units proven, the gap of
the rest, the mean IoU, and how often and by how much a beam of 5 and of 20 misses it; and the time of one thread.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search import BeamSearch, CertifiedResult, OptimalSearch, beam_search, optimal_search
from compexp_widgets.signatures import SignatureBuilder, SignatureTable
from compexp_widgets.study import Study, open_study

Units = Iterator[NDArray[np.int64]]


def main() -> None:
    """Search, prove, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--study", help="folder of a study")
    source.add_argument("--synthetic", action="store_true", help="made up for the benchmark")
    parser.add_argument("--quantile", type=float, default=0.005)
    parser.add_argument("--units", type=int, help="only so many, evenly spread; 20 for synthetic data")
    parser.add_argument("--samples", type=int, default=400_000, help="synthetic draws; the signatures grow with them")
    parser.add_argument("--concepts", type=int, default=600, help="synthetic concepts")
    parser.add_argument("--max-length", type=int, default=3)
    parser.add_argument("--seconds", type=float, help="time budget a unit")
    parser.add_argument("--nodes", type=int, help="node budget a unit")
    parser.add_argument("--beam", type=int, default=5, help="of the warm start")
    options = parser.parse_args()
    settings = OptimalSearch(options.max_length, seconds=options.seconds, nodes=options.nodes, beam_size=options.beam)
    if options.synthetic:
        table = synthetic_table(options.samples, options.concepts)
        units = synthetic_units(table, options.units or 20, options.quantile)
    else:
        table, units = study_units(options.study, options.quantile, options.units)

    gc.disable()  # as timeit does
    results: list[CertifiedResult] = []
    spent: list[tuple[float, float]] = []
    beams: dict[int, list[list[float]]] = {5: [], 20: []}
    for number, active in enumerate(units):
        if number == 0:
            optimal_search(table, active, settings)  # what is worked out once for a table
        started = time.perf_counter(), time.process_time()
        results.append(optimal_search(table, active, settings))
        spent.append((time.perf_counter() - started[0], time.process_time() - started[1]))
        for size, found in beams.items():
            best = beam_search(table, active, BeamSearch(size, settings.max_length)).by_length
            found.append([scored.score for scored in best])

    print(f"machine     {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"signatures  {len(table):,}")
    print(f"concepts    {len(table.concepts):,}")
    print(f"positions   {table.positions:,}")
    print(f"units       {len(results):,}")
    for length in range(1, settings.max_length + 1):
        report(length, results, beams)
    regions = [result.nodes for result in results]
    print(f"regions     median {np.median(regions):,.0f}, most {max(regions):,} a unit")
    for name, each in zip(("elapsed", "processor"), 1000 * np.array(spent).T, strict=True):
        print(
            f"{name:<11} median {np.median(each):,.1f} ms, mean {each.mean():,.1f} ms, most {each.max():,.1f} ms a unit"
        )


def report(length: int, results: list[CertifiedResult], beams: dict[int, list[list[float]]]) -> None:
    """Print what was found and proven at one length, over the units that have a formula."""
    found = [(index, result) for index, result in enumerate(results) if result.by_length]
    best = np.array([result.by_length[length - 1].score for _, result in found])
    bounds = np.array([result.bounds[length - 1] for _, result in found])
    proven = bounds == best
    print(f"length {length}    proven {proven.mean():.1%}, mean IoU {best.mean():.5f}", end="")
    if not proven.all():
        excess = bounds[~proven] / best[~proven] - 1
        print(f", else the bound lies {np.median(excess):.1%} higher (median; at most {excess.max():.1%})", end="")
    print()
    for size, scores in beams.items():
        beam = np.array([scores[index][length - 1] for index, _ in found])
        missed = proven & (beam < best)
        if proven.any():
            loss = (1 - beam[missed] / best[missed]).mean() if missed.any() else 0.0
            share = missed.sum() / proven.sum()
            print(
                f"            a beam of {size} (mean {beam.mean():.5f}) misses {share:.1%} of the proven, by {loss:.1%}"
            )


def study_units(folder: str | None, quantile: float, count: int | None) -> tuple[SignatureTable, Units]:
    """The table of a study, or of the demo, and the active positions of its units."""
    if folder is None:
        from compexp_widgets import demo  # noqa: PLC0415 - made on first use, and only when asked for

        study: Study = demo.vision_study()
    else:
        study = open_study(folder)
    chosen = np.linspace(0, study.units.count - 1, count or study.units.count).astype(int).tolist()
    return study.table, (study.activity(unit, quantile).counts.by_signature() for unit in chosen)


def synthetic_table(samples: int, concepts: int) -> SignatureTable:
    """Scenes, objects, colours and parts that go together as in photographs; a sample is a region of one label set."""
    random = np.random.default_rng(0)
    scenes, objects, colours = concepts // 4, concepts // 2, 11
    parts = concepts - scenes - objects - colours
    scene = random.choice(scenes, samples, p=_zipf(scenes, 0.7))
    palette = np.stack([random.choice(objects, 40, replace=False, p=_zipf(objects, 1.0)) for _ in range(scenes)])
    thing = palette[scene, random.choice(40, samples, p=_zipf(40, 1.1))]
    hues = np.cumsum(random.dirichlet(np.full(colours, 0.5), objects), axis=1)
    colour = (random.random((samples, 1)) > hues[thing]).sum(axis=1).clip(0, colours - 1)
    parts_of = random.integers(parts, size=(objects, 2))
    shown = (random.random((objects, 1)) < 0.3)[thing] & (random.random((samples, 2)) < (0.6, 0.25))
    part = np.where(shown, scenes + objects + colours + parts_of[thing], -1)
    builder = SignatureBuilder()
    rows = builder.add(np.stack([scene, scenes + thing, scenes + objects + colour, part[:, 0], part[:, 1]]))
    table = builder.table([f"concept {index}" for index in range(concepts)])
    total = np.bincount(rows, weights=random.geometric(1 / 200, samples)).astype(np.int64)
    return SignatureTable(table.concepts, total, table.row_starts, table.row_concepts, table.leaves)


def synthetic_units(table: SignatureTable, count: int, quantile: float) -> Units:
    """Active positions of units whose log odds add up over the concepts of a signature."""
    row = np.repeat(np.arange(len(table)), np.diff(table.row_starts))
    for unit in range(count):
        random = np.random.default_rng(unit)
        taste = random.normal(0, 0.8, len(table.concepts))
        planted = random.choice(len(taste), random.integers(1, 5), p=table.concept_total / table.concept_total.sum())
        taste[planted] += random.uniform(1, 4)
        chance = random.normal(0, random.choice([1.0, 2.5]), len(table))
        odds = chance + np.bincount(row, weights=taste[table.row_concepts], minlength=len(table))
        low, high = -60.0, 60.0
        for _ in range(60):
            middle = (low + high) / 2
            rate = 1 / (1 + np.exp(-(odds + middle)))
            low, high = (low, middle) if (rate * table.total).sum() > quantile * table.positions else (middle, high)
        yield random.binomial(table.total, rate).astype(np.int64)


def _zipf(count: int, exponent: float) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.arange(1, count + 1.0) ** -exponent
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


if __name__ == "__main__":
    main()
