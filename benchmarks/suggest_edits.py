"""The search for the smallest paste that changes a scene, on the pictures of the paper, beside placements at random.

    python benchmarks/suggest_edits.py FOLDER --network places365:resnet18 [--budget 240]
    PYTHONPATH=examples python benchmarks/suggest_edits.py FOLDER --network places365_squeezenet:load

FOLDER is ``vision/adversarial_examples`` of the public repository jayelm/compexp: ``corridor_orig.jpg``,
``igloo_mask.png`` …. The network must know the scenes of Places365; the second line's is an example, which tells where
its weights are from.

Every picture is searched twice with all three cut-outs of the paper: for a paste that makes it any other class, and for
one that makes it the class that the paper aimed at. Each is compared with as many placements drawn at random: patch and
middle uniformly, the area log-uniformly within the same limits. Prints what was tried and how often it succeeded, the
smallest share of the picture that was covered by a success, the seconds, and a table in Markdown.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from compexp_widgets.adversarial import Constraints, Patch, Placement, SearchSettings, suggest_edit
from compexp_widgets.adversarial.images.search.attempts import Candidate, PlacementEvaluator, SuggestedEdits
from compexp_widgets.cli.options import add_network_options, load_from
from compexp_widgets.networks.network import Network

CASES = (("corridor", "clean_room"), ("street", "fire_escape"), ("forest_path", "viaduct"))
CUT_OUTS = ("igloo", "nursery", "laundromat")
SMALLEST = 1 / 16
"""Of the largest area: the smallest on the grid of the search, and the smallest drawn at random."""


def main() -> None:
    """Search every picture and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with the pictures and cut-outs of the paper")
    parser.add_argument("--budget", type=int, default=240, help="placements a search (%(default)s)")
    parser.add_argument("--largest-share", type=float, default=0.25, help="of the picture (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    add_network_options(parser)
    options = parser.parse_args()
    network = load_from(options)
    print(
        f"machine    {platform.machine()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads, "
        f"Python {platform.python_version()}, torch {torch.__version__}"
    )
    print(f"network    {network.name}")
    patches = [Patch.from_file(options.folder / f"{name}_mask.png", name) for name in CUT_OUTS]
    limits = Constraints(largest_share=options.largest_share)
    rows = []
    for original, target_name in CASES:
        with Image.open(options.folder / f"{original}_orig.jpg") as file:
            picture = file.convert("RGB")
        for target in (None, class_called(network, target_name)):
            started = time.perf_counter()
            found = suggest_edit(
                network,
                picture,
                patches,
                target=target,
                constraints=limits,
                settings=SearchSettings(budget=options.budget, seed=options.seed),
            )
            seconds = time.perf_counter() - started
            drawn = at_random(network, picture, patches, target, limits, options.budget, options.seed)
            print(f"\n{found.summary(network.class_names)} {seconds:.1f} s")
            print(f"  at random: {drawn.succeeded} of {drawn.tried}{smallest(drawn, network)}")
            wanted = "any other" if target is None else target_name
            rows.append(
                f"| {original} → {wanted} | {found.succeeded} of {found.tried} | {found.grid_succeeded} of "
                f"{found.grid_tried} | {smallest(found, network).removeprefix(', ') or 'none'} | {drawn.succeeded} of "
                f"{drawn.tried}{smallest(drawn, network)} | {seconds:.1f} |"
            )
    print("\n| picture | succeeded | of them on the grid | the smallest | at random | seconds |")
    print("|---|---|---|---|---|---|", *rows, sep="\n")


def class_called(network: Network, name: str) -> int:
    """The number of a scene, whose name the network may write otherwise: ``/f/fire_escape``, ``fire_escape``."""
    named = (number for number, label in enumerate(network.class_names) if label.rpartition("/")[2] == name)
    number = next(named, None)
    if number is None:
        raise SystemExit(f"{network.name} has no class called {name}: take a network of Places365")
    return number


def smallest(found: SuggestedEdits, network: Network) -> str:
    """``, 8.8 %: laundromat, makes it laundromat``; empty where nothing succeeded."""
    if not found.best:
        return ""
    best = found.best[0]
    return f", {best.share:.1%}: {best.patch.name}, makes it {network.class_names[best.predicted]}"


def at_random(
    network: Network,
    picture: Image.Image,
    patches: list[Patch],
    target: int | None,
    limits: Constraints,
    budget: int,
    seed: int,
) -> SuggestedEdits:
    """As many placements drawn at random."""
    evaluator = PlacementEvaluator(
        network,
        picture,
        patches,
        target,
        limits,
        SearchSettings(budget=budget),
    )
    drawn = drawn_candidates(picture, patches, limits, seed)
    evaluator.run((candidate for candidate in drawn if evaluator.allows(candidate)), "grid")
    return evaluator.found()


def drawn_candidates(picture: Image.Image, patches: list[Patch], limits: Constraints, seed: int) -> Iterator[Candidate]:
    """Placements without end; what lies outside the picture counts towards the area drawn, not towards the share."""
    random = np.random.default_rng(seed)
    while True:
        number = int(random.integers(len(patches)))
        patch = patches[number]
        pixels = limits.largest_share * SMALLEST ** random.random() * picture.width * picture.height
        scale = math.sqrt(pixels / (float(patch.pixels[..., 3].mean()) / 255 * patch.size[0] * patch.size[1]))
        width, height = (max(1, round(scale * length)) for length in patch.size)
        left = round(random.random() * picture.width - width / 2)
        top = round(random.random() * picture.height - height / 2)
        yield Candidate(number, Placement(left, top, width, height))


if __name__ == "__main__":
    main()
