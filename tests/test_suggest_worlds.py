"""The search for edits on networks that were trained: the demo's, and a real one on the pictures of the paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from compexp_widgets import Network, demo
from compexp_widgets.adversarial import Patch, SearchSettings, suggest_edit
from compexp_widgets.demo.train_vision import HELD_OUT_SEED
from compexp_widgets.demo.vision_world.concepts import NUMBERS
from compexp_widgets.demo.vision_world.rendering import SCENES, render_scene


def cut_out(scene: str, name: str) -> Patch:
    """All there is of an object on a picture of the world."""
    rendered = render_scene(scene, HELD_OUT_SEED)
    shown = (rendered.labels["object"] == NUMBERS["object"][name]).any(axis=0)
    alpha = np.kron(shown, np.full((2, 2), 255)).astype(np.uint8)
    return Patch(np.dstack([rendered.picture, alpha]), name).cropped()


@pytest.mark.parametrize(
    ("name", "of", "onto"), [("washing machine", "laundry room", "kitchen"), ("fire engine", "fire station", "street")]
)
def test_the_thing_that_makes_a_scene_of_the_demo_makes_it_in_the_smallest_size(name, of, onto):
    network = demo.vision_network()
    picture = Image.fromarray(render_scene(onto, HELD_OUT_SEED + 1).picture)
    patches = [cut_out(onto, "person" if onto == "street" else "stove"), cut_out(of, name)]
    found = suggest_edit(network, picture, patches, target=SCENES.index(of), settings=SearchSettings(budget=100))
    assert network.class_names[found.original] == onto
    assert found.best[0].patch.name == name
    assert found.best[0].share < 0.06
    assert found.by_patch[0].succeeded == 0


@pytest.mark.real
@pytest.mark.parametrize("original", ["corridor", "street", "forest_path"])
def test_a_cut_out_of_the_paper_turns_a_scene_into_another(real_data: Path, places365_squeezenet: Network, original):
    folder = real_data / "paper_cases"
    patches = [Patch.from_file(folder / f"{name}_mask.png", name) for name in ("igloo", "nursery", "laundromat")]
    with Image.open(folder / f"{original}_orig.jpg") as file:
        picture = file.convert("RGB")
    found = suggest_edit(places365_squeezenet, picture, patches, settings=SearchSettings(budget=64))
    names = places365_squeezenet.class_names
    assert names[found.original] == original
    assert found.tried == 64
    assert 0 < found.succeeded < 64
    assert f"64 placements of 3 patches tried, {found.succeeded} turn {original} into another class" in found.summary(
        names
    )
    for attempt in (found.best[0], found.best[-1]):
        assert attempt.share <= 0.25
        (alone,) = places365_squeezenet.respond([attempt.edit.on(picture)]).predicted
        assert alone == attempt.predicted != found.original
