"""How long the search for one unit takes, on a study of your own or on the demo.

    python benchmarks/search_per_unit.py [STUDY] [--quantile 0.005] [--beam 5] [--max-length 3] [--as-published]

Prints the size of the signature table and, over all units, the milliseconds spent on the threshold, on the active
positions, and on the search; medians of several rounds, in one thread.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

import numpy as np

from compexp_widgets.search import BeamSearch, beam_search
from compexp_widgets.signatures.activation_ranges import QuantileRange
from compexp_widgets.study import Study, open_study

Result = TypeVar("Result")


def main() -> None:
    """Time every unit of a study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", nargs="?", help="folder of a study; without it, the demo")
    parser.add_argument("--quantile", type=float, default=0.005)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--max-length", type=int, default=3)
    parser.add_argument("--as-published", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    settings = BeamSearch(beam_size=options.beam, max_length=options.max_length, distinct=not options.as_published)
    study = open_study(options.study) if options.study else _demo()
    units = range(study.units.count)

    firing = QuantileRange(options.quantile)
    limits, threshold_ms = _timed(lambda: [study.units.limits(unit, firing) for unit in units], options.rounds)
    counts, activity_ms = _timed(
        lambda: [study.units.activity(unit, limits[unit]).by_signature() for unit in units], options.rounds
    )
    found, search_ms = _timed(lambda: [beam_search(study.table, active, settings) for active in counts], options.rounds)

    print(f"study       {study.configuration.network}, {study.configuration.layer}")
    print(f"positions   {study.table.positions:,}")
    print(f"signatures  {len(study.table):,}")
    print(f"concepts    {len(study.table.concepts):,}")
    print(f"units       {len(units):,}")
    mode = "as published" if options.as_published else "distinct formulas"
    print(f"search      beam {settings.beam_size}, length {settings.max_length}, {mode}")
    for length in range(1, settings.max_length + 1):
        ious = [result.by_length[length - 1].overlap.iou if result.best else 0.0 for result in found]
        print(f"mean IoU    {np.mean(ious):.4f} at length {length}")
    for name, milliseconds in (("threshold", threshold_ms), ("activity", activity_ms), ("search", search_ms)):
        print(f"{name:<11} {milliseconds / len(units):.2f} ms a unit, {milliseconds / 1000:.2f} s in all")


def _timed(work: Callable[[], Result], rounds: int) -> tuple[Result, float]:
    """The result, and the median milliseconds of several rounds."""
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return result, 1000 * median(seconds)


def _demo() -> Study:
    from compexp_widgets import demo  # noqa: PLC0415 - made on first use, and only when asked for

    return demo.vision_study()


if __name__ == "__main__":
    main()
