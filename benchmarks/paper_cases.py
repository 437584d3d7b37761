"""The three copy-paste cases of the paper with another network, beside the paper's own outcomes.

    python benchmarks/paper_cases.py FOLDER --network places365:resnet18
    PYTHONPATH=examples python benchmarks/paper_cases.py FOLDER --network places365_squeezenet:load

FOLDER is ``vision/adversarial_examples`` of the public repository jayelm/compexp: ``corridor_orig.jpg``,
``igloo_mask.png`` …, and ``size_position_results.csv`` (there: ``size_position/results.csv``), what the authors'
network said at 3 × 216 placements. The network must know the scenes of Places365; the second line's is an example,
which tells where its weights are from.

Each case is swept twice over the published placements: as `sweep` pastes, and with the patch scaled as the published
code does, colours apart from alpha. The published code also saves each picture as JPEG in between; this does not. The
original class is the one that the picture is labelled with, as in the paper. Prints the outcomes, how many placements
have the same outcome and the same class as in the paper, the seconds, and a table in Markdown.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from compexp_widgets.adversarial import Patch, SweepGrid, sweep
from compexp_widgets.adversarial.images.evaluation.sweep import Sweep
from compexp_widgets.adversarial.images.evaluation.transfer import classes_called
from compexp_widgets.adversarial.rate import OutcomeCounts, PasteOutcome
from compexp_widgets.cli.options import add_network_options, load_from
from compexp_widgets.files.text_files import read_csv_table
from compexp_widgets.networks.network import Network

RESULTS = ("size_position_results.csv", "size_position/results.csv")


@dataclass(frozen=True)
class Case:
    """A picture, what is pasted into it, and the scenes that the paper speaks of."""

    original: str
    pasted: str
    target: str

    @property
    def words(self) -> str:
        """``corridor + igloo → clean_room``."""
        return f"{self.original} + {self.pasted} → {self.target}"


CASES = (
    Case("corridor", "igloo", "clean_room"),
    Case("street", "nursery", "fire_escape"),
    Case("forest_path", "laundromat", "viaduct"),
)


@dataclass(frozen=True)
class Published:
    """What the paper's network said at each placement: outcomes and names of classes, by left, top and size."""

    outcomes: dict[tuple[int, int, int], PasteOutcome]
    classes: dict[tuple[int, int, int], str]


def main() -> None:
    """Sweep every case and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with the pictures and the outcomes of the paper")
    parser.add_argument("--batch-size", type=int, default=8, help="placements shown at once (%(default)s)")
    parser.add_argument("--rounds", type=int, default=1, help="sweeps of each case, of which the quickest is timed")
    add_network_options(parser)
    options = parser.parse_args()
    network = load_from(options)
    print(
        f"machine    {platform.machine()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads, "
        f"Python {platform.python_version()}, torch {torch.__version__}"
    )
    print(f"network    {network.name}")
    rows = []
    for case in CASES:
        picture = read_picture(options.folder, case)
        published = read_published(options.folder, case)
        target, own, original = (only_class(network, name) for name in (case.target, case.pasted, case.original))
        seconds = []
        for _ in range(options.rounds):
            started = time.perf_counter()
            found = sweep(
                network, picture, read_patch(options.folder, case), published_grid(), batch_size=options.batch_size
            )
            seconds.append(time.perf_counter() - started)
        counts = found.counts(target, own, original)
        same_outcome, same_class = agreement(found, network, published, target, own, original)
        as_published = sweep_as_published(network, picture, options.folder, case, found)
        theirs = OutcomeCounts.of(published.outcomes.values())
        print(f"\n{case.words}: before, the network says {network.class_names[found.original]}")
        print(f"  ours       {described(found, network, counts, own)}; {min(seconds):.1f} s")
        counted = as_published.counts(target, own, original)
        print(f"  pasted as published  {described(as_published, network, counted, own)}")
        print(f"  the paper  {theirs.success} / {theirs.partial} / {theirs.failure}")
        print(f"  the same outcome at {same_outcome} of {found.done} placements, the same class at {same_class}")
        rows.append(
            f"| {case.words} | {counts.success} / {counts.partial} / {counts.failure} "
            f"| {theirs.success} / {theirs.partial} / {theirs.failure} | {same_outcome} | {same_class} "
            f"| {min(seconds):.1f} |"
        )
    print("\n| case | success / partial / failure | in the paper | same outcome | same class | seconds |")
    print("|---|---|---|---|---|---|", *rows, sep="\n")


def published_grid() -> SweepGrid:
    """The placements of the paper."""
    return SweepGrid.as_published()


def read_picture(folder: Path, case: Case) -> Image.Image:
    """The picture before anything is pasted."""
    with Image.open(folder / f"{case.original}_orig.jpg") as file:
        picture: Image.Image = file.convert("RGB")
        return picture


def read_patch(folder: Path, case: Case) -> Patch:
    """The cut-out with its transparent borders, which the published placements count."""
    path = folder / f"{case.pasted}_mask.png"
    with Image.open(path) as file:
        return Patch(np.array(file.convert("RGBA")), case.pasted, path.name)


def read_published(folder: Path, case: Case) -> Published:
    """The outcomes of one case, from rows such as ``corridor_orig_-150_-150_73.jpg,0,False,1,corridor-s``."""
    path = next((folder / name for name in RESULTS if (folder / name).is_file()), folder / RESULTS[0])
    table = read_csv_table(path, ["fname", "success", "partial_success", "failure", "predicted"])
    published = Published({}, {})
    for _, fields in table.rows:
        row = dict(zip(table.columns, fields, strict=True))
        name, *numbers = row["fname"].removesuffix(".jpg").rsplit("_", 3)
        if name == f"{case.original}_orig":
            left, top, size = map(int, numbers)
            outcome: PasteOutcome = (
                "success" if row["success"] == "1" else "failure" if row["failure"] == "1" else "partial"
            )
            published.outcomes[left, top, size] = outcome
            published.classes[left, top, size] = row["predicted"].removesuffix("-s")
    return published


def only_class(network: Network, name: str) -> int:
    """The number of a scene."""
    numbers = classes_called(network.class_names, name)
    if len(numbers) != 1:
        raise SystemExit(f"{network.name} has {len(numbers)} classes called {name}: take a network of Places365")
    return numbers[0]


def agreement(
    found: Sweep, network: Network, published: Published, target: int, own: int, original: int
) -> tuple[int, int]:
    """At how many placements the outcome, and at how many the class, is that of the paper."""
    outcomes = classes = 0
    for place, outcome, predicted in zip(
        found.placements, found.outcomes(target, own, original), found.predicted, strict=True
    ):
        where = int(place.left), int(place.top), int(place.width)
        outcomes += outcome == published.outcomes[where]
        classes += bool(classes_called([network.class_names[predicted]], published.classes[where]))
    return outcomes, classes


def sweep_as_published(network: Network, picture: Image.Image, folder: Path, case: Case, ours: Sweep) -> Sweep:
    """The same placements, pasted as the published code does but for the JPEG files between."""
    with Image.open(folder / f"{case.pasted}_mask.png") as file:
        cut_out = file.convert("RGBA")
    colours, alpha = cut_out.convert("RGB"), cut_out.getchannel("A")
    edited = []
    for place in ours.placements:
        size = round(place.width), round(place.height)
        picture_with = picture.copy()
        picture_with.paste(colours.resize(size), (int(place.left), int(place.top)), alpha.resize(size))
        edited.append(picture_with)
    return Sweep(ours.grid, ours.placements, network.respond(edited, batch_size=8).logits, ours.original_logits)


def described(found: Sweep, network: Network, counts: OutcomeCounts, own: int) -> str:
    """Outcomes, and how many of the failures are the pasted scene itself."""
    pasted = int((found.predicted == own).sum())
    return f"{counts.success} / {counts.partial} / {counts.failure} ({network.class_names[own]} at {pasted})"


if __name__ == "__main__":
    main()
