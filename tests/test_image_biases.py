"""What the formulas foretell, comes true: pastes that are read off explained units fool the demo's network.

Whoever wants a picture of one scene to be taken for another asks which units speak for it, pastes what their formulas
name, and counts on pictures that nobody has seen: painted for this test from seeds of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from compexp_widgets import Network, demo
from compexp_widgets.adversarial import Paste, Patch, PatchLibrary, Placement, shared_units
from compexp_widgets.adversarial.images.controls import scrambled
from compexp_widgets.analysis.shared_units import SharedUnit
from compexp_widgets.demo.vision_world.rendering import render_scene
from compexp_widgets.study import VisionStudy

# Seeds of the probe set, of training and of held-out pictures lie below.
FIRST_SEED = 3_000_000
PICTURES = 20


@dataclass(frozen=True)
class Case:
    """A scene, what it is to be taken for, and what the formulas say to paste."""

    source: str
    target: str
    concept: str


CASES = [
    Case("street", "fire station", "fire engine"),
    Case("desert", "kitchen", "cabinet"),
    Case("desert", "beach", "sea"),
    Case("bedroom", "kitchen", "cabinet"),
]

# In none of the formulas that speak for these targets.
OTHERS = ("palm", "tent", "cow", "parasol", "tractor")


@pytest.fixture(scope="module")
def study() -> VisionStudy:
    return demo.vision_study()


@pytest.fixture(scope="module")
def network() -> Network:
    return demo.vision_network()


def speaking(study: VisionStudy, network: Network, case: Case) -> list[tuple[SharedUnit, list[str]]]:
    """The units that speak for the target, the strongest first, and what their formulas say to add."""
    units = shared_units(study, network, case.source, case.target, count=5)
    target = network.class_names.index(case.target)
    return [
        (unit, [change.concept for change in unit.changes if change.action == "add"])
        for unit in units
        if unit.speaks_for == target
    ]


def in_the_middle(patch: Patch, picture: Image.Image) -> Paste:
    """Four fifths of the picture wide, no higher than nine tenths of it, in the middle: chosen once, for all."""
    scale = min(0.8 * picture.width / patch.size[0], 0.9 * picture.height / patch.size[1])
    width, height = (scale * side for side in patch.size)
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    return Paste(patch, Placement(left, top, width, height))


def share(network: Network, pictures: list[Image.Image], patch: Patch | None, name: str) -> float:
    """The share of pictures that are taken for a class, with a patch in the middle or without."""
    shown = [in_the_middle(patch, picture).on(picture) if patch else picture for picture in pictures]
    return float((network.respond(shown).predicted == network.class_names.index(name)).mean())


def cut_out(study: VisionStudy, concept: str, unit: int | None = None) -> Patch:
    """The best patch that comes from the half of the pictures that searches may see."""
    held_out = study.held_out_samples()
    return next(
        found.patch for found in PatchLibrary(study).find(concept, unit=unit, count=24) if not held_out[found.image]
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source} + {case.concept}")
def test_a_paste_read_off_a_formula_fools_the_network_and_other_pastes_do_not(study, network, case):
    unit = next(unit for unit, concepts in speaking(study, network, case) if case.concept in concepts)
    painted = [Image.fromarray(render_scene(case.source, FIRST_SEED + number).picture) for number in range(PICTURES)]
    right = network.respond(painted).predicted == network.class_names.index(case.source)
    eligible = [picture for picture, is_right in zip(painted, right, strict=True) if is_right]
    assert len(eligible) >= 0.9 * PICTURES
    patch = cut_out(study, case.concept, unit.unit)
    assert share(network, eligible, patch, case.target) >= 0.8
    controls = [share(network, eligible, cut_out(study, other), case.target) for other in OTHERS]
    assert np.mean(controls) < 0.2
    assert max(controls) < 0.5


@pytest.mark.parametrize("case", [case for case in CASES if case.concept != "sea"], ids=lambda case: case.concept)
def test_the_same_pixels_without_their_shape_do_not_fool_it(study, network, case):
    painted = [Image.fromarray(render_scene(case.source, FIRST_SEED + number).picture) for number in range(PICTURES)]
    unit = next(unit for unit, concepts in speaking(study, network, case) if case.concept in concepts)
    patch = cut_out(study, case.concept, unit.unit)
    assert share(network, painted, scrambled(patch, 0), case.target) < 0.2


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source} to {case.target}")
def test_the_concept_is_among_the_first_that_the_formulas_name(study, network, case):
    named = list(dict.fromkeys(concept for _, concepts in speaking(study, network, case) for concept in concepts))
    assert case.concept in named[:6]
