"""How long a formula of one's own takes on all units, and the tables of what is explained already.

    python benchmarks/formula_scores.py [STUDY] [--formulas 20] [--rounds 5]

Every formula joins two of the study's concepts. Prints the milliseconds of `study.score` when it is first asked (where
every unit fires is looked up) and of every formula after that, beside `study.overlap` unit by unit; and of `to_frame`,
`top` and `find` once all units are explained. Medians of several rounds, in one thread.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

from compexp_widgets.progress import silent
from compexp_widgets.study import Study, open_study


def main() -> None:
    """Time a study of one's own, or the demo."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", nargs="?", help="folder of a study; without it, the demo")
    parser.add_argument("--formulas", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    study = open_study(options.study) if options.study else _demo()
    leaves = [str(leaf) for leaf in study.table.leaves]
    formulas = [f"{a} OR {b}" for a, b in pairwise(leaves)][: options.formulas]
    study.explain(report=silent, proof_nodes=0)

    first = _milliseconds(lambda: study.score(formulas[0], report=silent), 1)
    every = _milliseconds(lambda: study.score(formulas, report=silent), options.rounds) / len(formulas)
    alone = _milliseconds(lambda: [study.overlap(formulas[0], unit).iou for unit in range(len(study))], 1)
    print(f"study       {study.network_name}, {study.layer}: {len(study):,} units, {len(study.table):,} signatures")
    print(f"score       {first:.0f} ms the first time, then {every:.2f} ms a formula; unit by unit {alone:.0f} ms")
    for name, work in {
        "to_frame": lambda: study.to_frame(proof_nodes=0),
        "top": lambda: study.top(20, by="lift", report=silent, proof_nodes=0),
        "find": lambda: study.find(formulas[0], report=silent, proof_nodes=0),
    }.items():
        print(f"{name:<11} {_milliseconds(work, options.rounds):.1f} ms")


def _milliseconds(work: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return 1000 * median(seconds)


def _demo() -> Study:
    from compexp_widgets import demo  # noqa: PLC0415 - made on first use, and only when asked for

    return demo.vision_study()


if __name__ == "__main__":
    main()
