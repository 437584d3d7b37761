"""The engine at the full size of the paper's data: signature table, thresholds, searches, proofs, memory.

    python benchmarks/broden_size.py [--profile ade20k] [--folder FOLDER] [--units 100] [--stages fold,search,…]

On made-up images and units of Broden's size and shape (see `broden_like`). The first run makes them, which takes some
minutes and 3.5 GB of disk (10 GB for ``--profile broden``); they stay in the cache folder, or in FOLDER. Every stage
runs in a process of its own, so that its peak memory is its own:

    fold     images → signature table, streaming; measured when it is made, and told again afterwards
    units    one unit after another: reading its maps, threshold, active positions
    search   beam 5 to length 3, beam 10 to length 10
    proof    the certified optimum of length 3; what beams of 5 and of 20 miss
    live     a unit never looked at before: from stored maps to the proven formula
    all      from stored maps to explanations of all 512 units, by beam alone and with proofs
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import numpy as np
from broden_like import UNITS, begun, open_broden_like, study_folder

from compexp_widgets.progress import lines
from compexp_widgets.search import BeamSearch, OptimalSearch, beam_search, optimal_search
from compexp_widgets.study import ExplanationSettings, VisionStudy
from compexp_widgets.study.images.units import VisionUnits
from compexp_widgets.study.positions import map_positions

STAGES = ("fold", "units", "search", "proof", "live", "all")


def main() -> None:
    """Run the stages, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=("ade20k", "broden", "small"), default="ade20k")
    parser.add_argument("--folder", type=Path, help="where the data are kept; by default in the cache folder")
    parser.add_argument("--units", type=int, default=100, help="units of the stages before the last, evenly spread")
    parser.add_argument("--stages", default=",".join(STAGES), help="which, separated by commas")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.folder or study_folder(options.profile)
    if options.stage:
        run(options.stage, options.profile, folder, options.units)
        return
    print(f"machine    {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    for stage in options.stages.split(","):
        arguments = [f"--profile={options.profile}", f"--folder={folder}", f"--units={options.units}"]
        subprocess.run([sys.executable, __file__, f"--stage={stage}", *arguments], check=True)


def run(stage: str, profile: str, folder: Path, count: int) -> None:
    """One stage, and the peak memory of this process."""
    if stage == "fold":
        fold(profile, folder)
        return
    gc.disable()  # as timeit does
    study = open_broden_like(profile, folder, lines(seconds=10))
    chosen = np.linspace(0, UNITS - 1, min(count, UNITS)).astype(int).tolist()
    {"units": units, "search": search, "proof": proof, "live": live, "all": explain_all}[stage](study, chosen)
    print(f"           peak memory {peak_memory():.2f} GB", flush=True)
    study.close()


def fold(profile: str, folder: Path) -> None:
    """Make the signature table, or tell how it went when it was made."""
    dataset, _ = begun(profile, folder)
    note = folder / "fold.json"
    if not note.exists():
        before, report = peak_memory(), lines(seconds=10)
        started = time.perf_counter()
        map_positions(dataset, folder, on_samples=lambda done, total: report("images folded", done, total))
        seconds = time.perf_counter() - started
        note.write_text(json.dumps({"seconds": seconds, "peak": peak_memory(), "before": before}), encoding="utf-8")
    about = json.loads(note.read_text(encoding="utf-8"))
    with np.load(folder / "signatures.npz") as table:
        signatures, entries = len(table["total"]), len(table["row_concepts"])
        concepts = len(np.unique(table["row_concepts"]))
    print(f"data       {len(dataset):,} images, {dataset.grid[0]}×{dataset.grid[1]}, {concepts:,} concepts that occur")
    print(f"table      {signatures:,} signatures of {entries / signatures:.1f} concepts")
    print(
        f"           made in {about['seconds']:.0f} s, images included; peak memory {about['peak']:.2f} GB, of which "
        f"{about['before']:.2f} GB before the first image",
        flush=True,
    )


def units(study: VisionStudy, chosen: list[int]) -> None:
    """Threshold and active positions, each unit from the file."""
    fresh = VisionUnits(study.units.maps, study.units.positions, study.units.signatures)
    spent = []
    for unit in chosen:
        times = [time.perf_counter()]
        fresh.activations(unit)
        times.append(time.perf_counter())
        threshold = fresh.threshold(unit, 0.005)
        times.append(time.perf_counter())
        active = fresh.activity(unit, ExplanationSettings().firing.limits(fresh.activations(unit))).by_signature()
        times.append(time.perf_counter())
        assert active.any() == (threshold < fresh.activations(unit).max())
        spent.append(np.diff(times))
    for name, each in zip(("read", "threshold", "activity"), np.array(spent).T, strict=True):
        told(name, each)


def search(study: VisionStudy, chosen: list[int]) -> None:
    """The two searches that the paper and its successors speak of."""
    active = activities(study, chosen)
    beam_search(study.table, active[0])  # what is worked out once for a table
    for settings in (BeamSearch(5, 3), BeamSearch(10, 10)):
        spent = []
        for each in active:
            started = time.perf_counter()
            beam_search(study.table, each, settings)
            spent.append(time.perf_counter() - started)
        told(f"beam {settings.beam_size}/{settings.max_length}", np.array(spent))


def proof(study: VisionStudy, chosen: list[int]) -> None:
    """How many optima are proven, how fast, and what beams miss."""
    active = activities(study, chosen)
    optimal_search(study.table, active[0])
    for length in (2, 3):
        results, spent = [], []
        for each in active:
            started = time.perf_counter()
            results.append(optimal_search(study.table, each, OptimalSearch(length, seconds=60)))
            spent.append(time.perf_counter() - started)
        told(f"length {length}", np.array(spent))
        proven = np.array([result.proven for result in results])
        nodes = [result.nodes for result in results]
        print(f"           proven {proven.mean():.1%} of {len(proven)} units, regions median {np.median(nodes):.0f}, "
              f"most {max(nodes)}")  # fmt: skip
        best = np.array([result.best.score if result.best else 0.0 for result in results])
        for size in (5, 20):
            found = [beam_search(study.table, each, BeamSearch(size, length)).best for each in active]
            reached = np.array([one.score if one else 0.0 for one in found])
            missed = proven & (reached < best)
            loss = (1 - reached[missed] / best[missed]).mean() if missed.any() else 0.0
            print(f"           a beam of {size} misses {missed.sum() / proven.sum():.1%} of the proven, by {loss:.1%}")


def live(study: VisionStudy, chosen: list[int]) -> None:
    """Units never looked at before, in a notebook that has looked at one."""
    study.explain_unit(chosen[-1])
    for name, settings in (("beam", ExplanationSettings(proof_nodes=0)), ("with proof", ExplanationSettings())):
        spent = []
        for unit in chosen[:-1]:
            started = time.perf_counter()
            study.explain_unit(unit, settings)
            spent.append(time.perf_counter() - started)
        told(name, np.array(spent))


def explain_all(study: VisionStudy, _chosen: list[int]) -> None:
    """All units, as ``study.explain()`` and ``compexp explain`` do it."""
    for name, nodes in (("beam", 0), ("with proof", ExplanationSettings().proof_nodes)):
        (study.folder / "explanations.sqlite").unlink(missing_ok=True)
        fresh = VisionStudy(study.folder, study.configuration, study.dataset)
        started = time.perf_counter()
        with shared_peak() as peak:
            found = fresh.explain(report=lines(seconds=10), proof_nodes=nodes)
        elapsed = time.perf_counter() - started
        proven = np.mean([one.proven for one in found])
        print(
            f"{name:<10} {len(found)} units in {elapsed:.0f} s, "
            f"mean IoU {np.mean([one.best.score if one.best else 0.0 for one in found]):.5f}, {proven:.1%} proven; "
            f"peak memory of all processes {peak[0]:.2f} GB"
        )
        fresh.close()


def activities(study: VisionStudy, chosen: list[int]) -> list[np.ndarray]:
    """Active positions by signature of the chosen units."""
    return [study.activity(unit, 0.005).counts.by_signature() for unit in chosen]


def told(name: str, seconds: np.ndarray) -> None:
    """Print median, mean and most milliseconds."""
    each = 1000 * seconds
    print(f"{name:<10} median {np.median(each):,.1f} ms, mean {each.mean():,.1f} ms, most {each.max():,.1f} ms a unit")


@contextmanager
def shared_peak() -> Iterator[list[float]]:
    """The most memory of this process and its children together, in GB, what they share counted once (Linux only)."""
    peak, ended = [float("nan")], Event()

    def watch() -> None:
        while not ended.wait(0.5):
            children = Path("/proc/self/task").glob("*/children")
            processes = {"self"}.union(*(path.read_text(encoding="utf-8").split() for path in children))
            used = 0
            for process in processes:
                with suppress(OSError):
                    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
                    used += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            peak[0] = max(used / 1e6, 0 if np.isnan(peak[0]) else peak[0])

    watcher = Thread(target=watch, daemon=True)
    if Path("/proc/self/smaps_rollup").exists():
        watcher.start()
    try:
        yield peak
    finally:
        ended.set()


def peak_memory() -> float:
    """The most memory that this process has held, in GB, with the pages of mapped files that it has touched."""
    if sys.platform == "win32":
        return float("nan")
    import resource  # noqa: PLC0415 - not on Windows

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e9 if sys.platform == "darwin" else 1e6)


if __name__ == "__main__":
    main()
