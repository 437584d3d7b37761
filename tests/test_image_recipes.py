"""Recipes of edited pictures: what is written down comes again, bit by bit."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from compexp_widgets.adversarial.images.edits.edits import apply_edits
from compexp_widgets.adversarial.images.recipe import ImageRecipe, outcome, record, replay_image
from compexp_widgets.adversarial.outcome import Outcome
from PIL import Image
from torch import nn

from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, Placement
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network

REPLAY = """
import sys
from compexp_widgets import demo
from compexp_widgets.adversarial.images.recipe import ImageRecipe, replay_image
print(replay_image(ImageRecipe.load(sys.argv[1]), demo.vision_network()).agreement)
"""


def _preprocess(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture.resize((16, 16)), np.float32).transpose(2, 0, 1)) / 255


@pytest.fixture(scope="module")
def network() -> Network:
    """Tells pictures apart by a fixed random projection of their pixels."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 3))
    return Network.of(module.eval(), _preprocess, name="tiny", class_names=("hut", "lake", "<b>road</b>"))


@pytest.fixture
def picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8))


@pytest.fixture
def paste() -> Paste:
    pixels = np.random.default_rng(1).integers(0, 256, (9, 7, 4), np.uint8)
    return Paste(Patch(pixels, "igloo", "somewhere", ("igloo",)), Placement(5.5, 3, 20, 30, 30, True, 0.8))


def test_a_recipe_comes_back_from_its_file_and_replays_identically(network, picture, paste, tmp_path):
    recipe = record(network, picture, [paste], target="lake")
    again = replay_image(ImageRecipe.load(recipe.save(tmp_path / "recipe.json")), network)
    assert again.agreement == "identical"
    assert again.same_network
    assert np.array_equal(np.asarray(again.picture), np.asarray(apply_edits(picture, [paste])))


def test_a_picture_that_lies_in_a_file_stays_out_of_the_recipe(network, picture, paste, tmp_path):
    path = tmp_path / "pïcture.png"
    picture.save(path)
    recipe = record(network, picture, [paste], path=path)
    assert "png" not in recipe.to_json()["picture"]
    assert replay_image(recipe, network).agreement == "identical"


def test_a_file_with_other_pixels_does_not_stand_for_the_picture(network, picture, paste, tmp_path):
    path = tmp_path / "picture.jpg"
    picture.save(path, quality=30)
    recipe = record(network, picture, [paste], path=path)
    assert recipe.source.png
    assert replay_image(recipe, network).agreement == "identical"


def test_an_edited_picture_saved_and_loaded_gives_the_same_bits(network, picture, paste, tmp_path):
    edited = apply_edits(picture, [paste])
    edited.save(tmp_path / "edited.png")
    with Image.open(tmp_path / "edited.png") as loaded:
        assert outcome(network, loaded).digest == outcome(network, edited).digest


def test_another_picture_is_refused(network, picture, paste):
    recipe = record(network, picture, [paste], name="the hut")
    with pytest.raises(EditError, match="the hut"):
        replay_image(recipe, network, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


def test_a_lost_picture_is_asked_for(network, picture, paste, tmp_path):
    path = tmp_path / "picture.png"
    picture.save(path)
    recipe = record(network, picture, [paste], path=path)
    path.unlink()
    with pytest.raises(EditError, match=r"picture\.png.*picture="):
        replay_image(recipe, network)
    assert replay_image(recipe, network, picture).agreement == "identical"


def test_another_network_is_told_apart(network, picture, paste):
    recipe = record(network, picture, [paste])
    torch.manual_seed(1)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 3))
    other = Network.of(module.eval(), _preprocess, class_names=network.class_names)
    again = replay_image(recipe, other)
    assert not again.same_network
    assert again.agreement == "different"


def test_last_digits_do_not_make_an_answer_different():
    logits = np.array([1.0, 2.0, 0.5], np.float32)
    one, other = (Outcome.of(values, "abc") for values in (logits, np.nextafter(logits, np.float32(9))))
    assert one.agreement(other) == "close"
    assert one.agreement(one) == "identical"
    assert one.agreement(Outcome.of(logits[::-1].copy(), "abc")) == "different"


def test_a_class_that_the_network_lacks_is_no_target(network, picture, paste):
    with pytest.raises(EditError, match="no class 'igloo'"):
        record(network, picture, [paste], target="igloo")


@pytest.mark.parametrize(
    "damage",
    [
        lambda value: value.pop("edits"),
        lambda value: value.update(format=99),
        lambda value: value.update(kind="cake"),
        lambda value: value["picture"].update(png="not base 64!"),
        lambda value: value["edits"][0].update(edit="explode"),
        lambda value: value["edits"][0]["placement"].update(width=-1),
        lambda value: value["edits"][0]["patch"].update(png=""),
        lambda value: value["before"].update(probabilities=[1]),
    ],
)
def test_a_damaged_recipe_is_refused_with_its_file(network, picture, paste, tmp_path, damage):
    value = record(network, picture, [paste]).to_json()
    damage(value)
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(EditError, match=r"recipe\.json"):
        ImageRecipe.load(path)


def test_a_file_that_is_no_json_is_refused(tmp_path):
    path = tmp_path / "recipe.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(EditError, match=r"recipe\.json"):
        ImageRecipe.load(path)


def test_the_words_say_what_is_done_and_what_comes_of_it(network, picture, paste):
    recipe = record(network, picture, [paste])
    assert recipe.description.startswith("paste igloo: ")
    assert recipe.after.predicted in recipe.description
    assert replace(recipe, edits=()).description.startswith("no edit: ")


def test_a_recipe_replays_identically_in_a_fresh_process(picture, paste, tmp_path):
    from compexp_widgets import demo  # noqa: PLC0415 - takes seconds to load

    path = record(demo.vision_network(), picture, [paste]).save(tmp_path / "recipe.json")
    run = subprocess.run(
        [sys.executable, "-c", REPLAY, str(path)], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert run.stdout.strip() == "identical"
