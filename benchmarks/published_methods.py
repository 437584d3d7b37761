"""Our search against the published ones, in one run on the same data.

    pip install pycocotools scipy && pip install --no-deps compositional-explanations==0.0.3.4
    python benchmarks/published_methods.py [--study FOLDER] [--units 5] [--images N] [--patience SECONDS]

(a) paper: the search of Mu and Andreas (2020), written for this benchmark from its description; see
    `run_length_search.py`. Run whole where that takes no longer than the patience; else its time is estimated from
    candidates drawn at random, length by length. Each of those must have the IoU that the signature table gives.
(b) beam, optimal: the two searches of the package `compositional-explanations` 0.0.3.4.

Beam 5, length 3, the operators OR, AND, AND NOT, and every concept that occurs. All start from the same active masks,
ours from their counts by signature. To the paper, A OR B and B OR A are two formulas of the beam, to the package one,
so (a) is compared with `BeamSearch.as_published()`, (b) with `BeamSearch()`. With a beam of 5 the package begins with
ten concepts; should that lead it further, ours is run with a beam of 10 instead. Its "optimal" is compared with
`optimal_search`, whose answer is proven.

Needs positions.npy, signatures.npz and activations.npy in the folder, as a study has them; without a folder, the demo.
`--images` takes the first images only, with the thresholds of all. Times are the processor's, in one thread, for the
search alone. Those of the package leave out what the operating system spends: it is for memory, and between nothing
and four times as much as the search itself, as the allocator's luck has it. What is made once has lines of its own:
the signature table (folded again, from label layers in memory), the run-length masks, the package's masks; and for
every unit, the counts and the run-length mask of its active mask.

Prints every unit's IoUs and times, then how many times less ours takes. Ends with status 1 when (a) or the package's
beam has another best IoU than ours, or its "optimal" a better one than what ours has proven to be optimal.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from package_search import Package
from probe_data import ProbeData
from run_length_search import RunLengthMasks, Runs, active_runs, sampled_search, search_by_runs

from compexp_widgets.search import (
    BeamSearch,
    CertifiedResult,
    OptimalSearch,
    Overlap,
    SearchResult,
    UnitCounts,
    beam_search,
    optimal_search,
)
from compexp_widgets.search.beam import beam_levels
from compexp_widgets.signatures import SignatureBuilder, SignatureTable

PACKAGE = "compositional-explanations"
VERSION = "0.0.3.4"
BEAM, LENGTH = 5, 3
SAME = 1e-6

Result = TypeVar("Result")


@dataclass(frozen=True)
class Comparison:
    """A published method and ours on one unit.

    Attributes
    ----------
    method
        Its name.
    iou, seconds
        Of the published method; no IoU where it was not run to its end.
    our_iou, our_seconds
        Of ours.
    how
        How the method's time is known: "", "estimated", or "at least" where it was given up.
    may_be_better
        Whether ours may have a better IoU; else both must have the same.
    about
        More that is known.
    sample_wrong
        Whether candidates of the published method have another IoU in the signature table.
    """

    method: str
    iou: float | None
    seconds: float
    our_iou: float
    our_seconds: float
    how: str = ""
    may_be_better: bool = False
    about: str = ""
    sample_wrong: bool = False

    @property
    def same(self) -> bool:
        """Whether both have the same best IoU."""
        return self.iou is not None and abs(self.iou - self.our_iou) <= SAME

    @property
    def better(self) -> bool:
        """Whether ours is better."""
        return self.iou is not None and self.iou < self.our_iou - SAME

    @property
    def wrong(self) -> bool:
        """Whether ours is not what it should be."""
        agrees = self.iou is None or self.same or (self.better and self.may_be_better)
        return self.sample_wrong or not agrees

    @property
    def text(self) -> str:
        """One line."""
        theirs = "no answer" if self.iou is None else f"{self.iou:.7f}"
        verdict = "MISMATCH !!!" if self.wrong else "equal" if self.same else "ours better" if self.better else ""
        return (
            f"  {self.method:<8} IoU {theirs} {self.how:>9} {self.seconds:9,.2f} s   "
            f"ours {self.our_iou:.7f} {1000 * self.our_seconds:8,.2f} ms   {verdict:<12} {self.about}".rstrip()
        )


def main() -> None:
    """Search with every method, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path, help="folder of a study; without it, the demo")
    parser.add_argument("--images", type=int, help="only so many, the first ones")
    parser.add_argument("--units", type=int, default=5, help="how many, evenly spread")
    parser.add_argument("--only", type=int, nargs="+", metavar="UNIT", help="these units instead")
    parser.add_argument("--beam-units", type=int, help="of these, how many for the package's beam; without it, all")
    parser.add_argument("--optimal-units", type=int, default=2, help="and for its optimal search")
    parser.add_argument("--candidates", type=int, default=300, help="how many to estimate the time of (a) from")
    parser.add_argument("--patience", type=float, default=120, help="processor's seconds for one search")
    parser.add_argument("--memory", type=float, default=12, help="GiB the package may take with masks as tensors")
    parser.add_argument("--quantile", type=float, default=0.005)
    options = parser.parse_args()
    torch.set_num_threads(1)
    versions = [f"{name} {_version(name)}" for name in ("numpy", "torch", "pycocotools", "scipy", PACKAGE)]
    data = ProbeData.opened(options.study or _demo(), options.images, options.quantile)
    chosen = options.only or np.unique(np.linspace(0, len(data.maps) - 1, options.units).astype(int)).tolist()
    beam_units = len(chosen) if options.beam_units is None else options.beam_units

    images, height, width = data.positions.shape
    print(f"machine   {platform.machine()}, {os.cpu_count()} cores, one used; Python {platform.python_version()}")
    print(f"          {', '.join(versions)}")
    print(f"data      {images:,} images of {height}×{width}: {data.positions.size:,} positions")
    print(
        f"          {len(data.table):,} signatures, {np.count_nonzero(data.table.concept_total):,} concepts that occur"
    )
    print(f"search    beam {BEAM}, length {LENGTH}, OR, AND, AND NOT, every concept; {len(chosen)} units")
    print("once for all units, processor's seconds:")
    seconds, folded = table_building(data)
    print(f"{seconds:11,.1f}  our signature table{_estimated(folded, images)}", flush=True)
    masks, seconds = timed(lambda: RunLengthMasks.of(data.table, data.positions))
    print(f"{seconds:11,.1f}  run-length masks of (a), {masks.megabytes:,.0f} MB", flush=True)
    found: list[Comparison] = []
    with tempfile.TemporaryDirectory() as cache:
        package = None
        if beam_units or options.optimal_units:
            package, seconds = timed(lambda: Package.of(data, cache, options.patience, options.memory))
            seconds += timed(package.prepare)[1]
            print(f"{seconds:11,.1f}  masks of the package, {package.form}", flush=True)
        for number, unit in enumerate(chosen):
            mask = data.active_mask(unit)
            active, counting = timed(partial(data.active, mask))
            runs, encoding = timed(partial(active_runs, mask))
            print(
                f"unit {unit}: {active.sum():,} active positions; of their mask "
                f"our counts {1000 * counting:,.1f} ms, run lengths {1000 * encoding:,.1f} ms"
            )
            found.append(with_paper(data.table, active, masks, runs, options))
            print(found[-1].text, flush=True)
            for method, units in (("beam", beam_units), ("optimal", options.optimal_units)):
                if package and number < units:
                    found.append(with_package(package, method, mask, data.table, active))
                    print(found[-1].text, flush=True)
    sys.exit(summary(found))


def with_paper(
    table: SignatureTable, active: NDArray[np.int64], masks: RunLengthMasks, runs: Runs, options: argparse.Namespace
) -> Comparison:
    """(a) on one unit: whole where that takes no longer than the patience, else a sample of its candidates.

    Every IoU of the sample must be that of the signature table.
    """
    our_iou, our_seconds = ours("paper", table, active)
    published = BeamSearch.as_published(max_length=LENGTH - 1)
    beams = [[one.form for one in beam] for beam in beam_levels(UnitCounts(table, active), published)]
    sample = sampled_search(masks, runs, beams, options.candidates, np.random.default_rng(0))
    wrong = 0
    for one in sample.found:
        truth = one.formula.truth(table.rows_with, len(table))
        overlap = Overlap.of(truth, table.total, active)
        wrong += abs(overlap.iou - one.iou) > SAME
    about = f"{sample.candidates:,} candidates, of which {len(sample.found):,} have "
    about += f"{wrong} WRONG IoUs" if wrong else "the table's IoU"
    iou, seconds, how = None, sample.seconds, "estimated"
    if sample.seconds > options.patience:
        about += f"; ± {sample.error:,.0f} s"
    else:
        best, seconds = search_by_runs(masks, runs, BEAM, LENGTH)
        iou, how = (best.iou if best else 0.0), ""
    return Comparison("paper", iou, seconds, our_iou, our_seconds, how, about=about, sample_wrong=wrong > 0)


def with_package(
    package: Package, method: str, mask: NDArray[np.bool_], table: SignatureTable, active: NDArray[np.int64]
) -> Comparison:
    """One of (b) on one unit."""
    iou, seconds = package.search(method, mask, LENGTH, BEAM)
    our_iou, our_seconds = ours(method, table, active)
    may_be_better, about = method == "optimal", ""
    if method == "beam" and iou is not None and iou > our_iou + SAME:
        # It has come further from one of the ten concepts it begins with.
        about = f"ours with a beam of {2 * BEAM}; with {BEAM}: {our_iou:.7f}, {1000 * our_seconds:,.2f} ms"
        may_be_better, (our_iou, our_seconds) = True, ours("wider beam", table, active)
    how = "at least" if iou is None else ""
    return Comparison(method, iou, seconds, our_iou, our_seconds, how, may_be_better, about)


def ours(method: str, table: SignatureTable, active: NDArray[np.int64]) -> tuple[float, float]:
    """IoU and processor's seconds of our search that a method is compared with."""
    searches: dict[str, Callable[[], SearchResult | CertifiedResult]] = {
        "paper": lambda: beam_search(table, active, BeamSearch.as_published(beam_size=BEAM, max_length=LENGTH)),
        "beam": lambda: beam_search(table, active, BeamSearch(beam_size=BEAM, max_length=LENGTH)),
        "wider beam": lambda: beam_search(table, active, BeamSearch(beam_size=2 * BEAM, max_length=LENGTH)),
        "optimal": lambda: optimal_search(table, active, OptimalSearch(max_length=LENGTH, beam_size=BEAM)),
    }
    result = searches[method]()
    # Some clocks of the processor are coarser than a search takes.
    rounds, spent = 0, 0.0
    while spent < 0.25:
        spent += timed(searches[method])[1]
        rounds += 1
    return result.best.overlap.iou if result.best else 0.0, spent / rounds


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """A result, and the processor's seconds it took."""
    started = time.process_time()
    result = work()
    return result, time.process_time() - started


def table_building(data: ProbeData) -> tuple[float, int]:
    """The processor's seconds to fold the label layers of all images into signatures; and of how many it was measured.

    The layers are those that the signatures tell: the first concepts of all positions, the second ones, and so on.
    """
    table = data.table
    lengths = np.diff(table.row_starts)
    layers = np.full((int(lengths.max(initial=1)), len(table)), -1, np.int32)
    row = np.repeat(np.arange(len(table)), lengths)
    layers[np.arange(len(row)) - table.row_starts[row], row] = table.row_concepts
    images = np.unique(np.linspace(0, len(data.positions) - 1, 1000).astype(int)).tolist()
    builder = SignatureBuilder()
    seconds = sum(timed(partial(builder.add, layers[:, data.positions[image]]))[1] for image in images)
    sets = np.split(table.row_concepts, table.row_starts[1:-1])
    finishing = timed(lambda: SignatureTable.from_sets(table.concepts, [one.tolist() for one in sets], table.total))[1]
    return seconds * len(data.positions) / len(images) + finishing, len(images)


def summary(found: list[Comparison]) -> int:
    """Print what the units say together; the exit status."""
    print("processor's seconds a unit, median:")
    for method in ("paper", "beam", "optimal"):
        some = [one for one in found if one.method == method]
        if not some:
            continue
        ratios = sorted(one.seconds / one.our_seconds for one in some)
        how = "estimated, " if any(one.how == "estimated" for one in some) else ""
        bound = "at least " if any(one.how == "at least" for one in some) else ""
        print(
            f"  {method:<8} {bound}{median(one.seconds for one in some):,.2f} s, "
            f"ours {1000 * median(one.our_seconds for one in some):,.2f} ms: {how}"
            f"{bound}{median(ratios):,.0f} times less ({ratios[0]:,.0f} to {ratios[-1]:,.0f}; {len(some)} units)"
        )
        answered = sum(one.iou is not None for one in some)
        print(f"           the same best IoU for {sum(one.same for one in some)} of {answered} units that it answered")
        if wider := sum(one.may_be_better for one in some if method == "beam"):
            print(
                f"           {wider} of them with our beam of {2 * BEAM}, where it has profited from beginning so wide"
            )
        if method == "optimal" and answered:
            short = [1 - one.iou / one.our_iou for one in some if one.better and one.iou is not None]
            loss = f", by {np.mean(short):.1%} on average, at most {max(short):.1%}" if short else ""
            print(f"           falls short of the proven optimum for {len(short)} of {answered}{loss}")
    wrong = sum(one.wrong for one in found)
    if wrong:
        print(f"MISMATCH !!! {wrong} of {len(found)} comparisons are not as they should be, see above")
    return 1 if wrong else 0


def _estimated(measured: int, images: int) -> str:
    return f", estimated from {measured:,} images" if measured < images else ""


def _demo() -> Path:
    from compexp_widgets import demo  # noqa: PLC0415 - made on first use, and only when asked for

    return demo.vision_study().folder


def _version(package: str) -> str:
    try:
        found = metadata.version(package)
    except metadata.PackageNotFoundError as error:
        raise SystemExit(
            f"{package} is not installed: pip install pycocotools scipy && pip install --no-deps {PACKAGE}=={VERSION}"
        ) from error
    if package == PACKAGE and found != VERSION:
        raise SystemExit(f"{PACKAGE} {found} is installed; this benchmark knows {VERSION}")
    return found


if __name__ == "__main__":
    main()
