"""Recipes of pictures and of sentence pairs: what is written down comes again, bit by bit."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import compexp_widgets as cw
from compexp_widgets import adversarial, demo
from compexp_widgets.adversarial.recipe import Answers
from compexp_widgets.errors import EditError

REPLAY = """
import sys
from compexp_widgets import adversarial, demo
print(adversarial.replay(sys.argv[1], demo.vision_network()).agreement)
print(adversarial.replay(sys.argv[2], demo.nli_network()).agreement)
"""
OLD = Path(__file__).parent / "old_recipes"
PAIR = ("A", "man", "sleeps", "."), ("A", "man", "rests", ".")
OUTSIDE = adversarial.TextEdit("append", "outside")


def _preprocess(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture.resize((16, 16)), np.float32).transpose(2, 0, 1)) / 255


def random_network(seed: int = 0) -> cw.Network:
    """Tells pictures apart by a fixed random projection of their pixels."""
    torch.manual_seed(seed)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 3))
    return cw.Network.of(module.eval(), _preprocess, name="tiny", class_names=("hut", "lake", "<b>road</b>"))


@pytest.fixture(scope="module")
def network() -> cw.Network:
    return random_network()


@pytest.fixture
def picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8))


@pytest.fixture
def paste() -> adversarial.Paste:
    pixels = np.random.default_rng(1).integers(0, 256, (9, 7, 4), np.uint8)
    patch = adversarial.Patch(pixels, "igloo", "somewhere", ("igloo",))
    return adversarial.Paste(patch, adversarial.Placement(5.5, 3, 20, 30, 30, True, 0.8))


@pytest.fixture
def of_picture(network, picture, paste):
    return adversarial.record(network, picture, [paste], target="lake")


@pytest.fixture
def of_pair():
    return adversarial.record(demo.nli_network(), [PAIR], OUTSIDE, target="neutral")


def test_a_recipe_of_a_picture_comes_back_from_its_file_and_replays_identically(
    of_picture, network, picture, paste, tmp_path
):
    again = adversarial.replay(of_picture.save(tmp_path / "recipe.json"), network)
    assert (again.agreement, again.same_network) == ("identical", True)
    assert again.reaches_target is (again.after.predicted == ("lake",))
    assert np.array_equal(np.asarray(again.edited[0]), np.asarray(paste.on(picture)))


def test_a_recipe_of_pairs_comes_back_from_its_file_and_replays_identically(tmp_path):
    network = demo.nli_network()
    pairs = [PAIR, (("Two", "dogs", "run", "."), ("A", "dog", "runs", "."))]
    recipe = adversarial.record(network, pairs, [OUTSIDE])
    again = adversarial.replay(recipe.save(tmp_path / "recipe.json"), network)
    assert (again.agreement, again.same_network, again.reaches_target) == ("identical", True, None)
    assert again.edited == recipe.edited() == tuple(OUTSIDE.on(pair) for pair in pairs)
    assert again.before == recipe.before
    assert [sum(shares.values()) for shares in again.after.probabilities] == pytest.approx([1, 1])


@pytest.mark.parametrize("version", ["as it was", "without conditions"])
def test_recipes_of_the_first_format_replay_identically(version, tmp_path):
    for name, network in (("picture.json", demo.vision_network()), ("pairs.json", demo.nli_network())):
        value = json.loads((OLD / name).read_text(encoding="utf-8"))
        if version == "without conditions":
            del value["conditions"]
        (tmp_path / name).write_text(json.dumps(value), encoding="utf-8")
        recipe = adversarial.Recipe.load(tmp_path / name)
        assert recipe.target in ("kitchen", "neutral")
        again = adversarial.replay(recipe, network)
        assert (again.agreement, again.same_network) in {("identical", True), ("close", True)}
        assert adversarial.Recipe.from_json(recipe.to_json()).to_json() == recipe.to_json()


def test_a_picture_that_lies_in_a_file_stays_out_of_the_recipe(network, picture, paste, tmp_path):
    path = tmp_path / "pïcture.png"
    picture.save(path)
    recipe = adversarial.record(network, picture, [paste], path=path)
    assert "png" not in recipe.to_json()["samples"][0]
    assert adversarial.replay(recipe, network).agreement == "identical"


def test_a_file_with_other_pixels_does_not_stand_for_the_picture(network, picture, paste, tmp_path):
    path = tmp_path / "picture.jpg"
    picture.save(path, quality=30)
    recipe = adversarial.record(network, picture, [paste], path=path)
    assert "png" in recipe.to_json()["samples"][0]
    assert adversarial.replay(recipe, network).agreement == "identical"


def test_an_edited_picture_saved_and_loaded_gives_the_same_bits(network, picture, paste, tmp_path):
    paste.on(picture).save(tmp_path / "edited.png")
    with Image.open(tmp_path / "edited.png") as loaded:
        after = adversarial.record(network, loaded, []).before
    assert after.digest == adversarial.record(network, picture, paste).after.digest


def test_another_picture_is_refused(network, picture, paste):
    recipe = adversarial.record(network, picture, [paste], name="the hut")
    with pytest.raises(EditError, match="the hut"):
        adversarial.replay(recipe, network, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


def test_a_lost_picture_is_asked_for(network, picture, paste, tmp_path):
    path = tmp_path / "picture.png"
    picture.save(path)
    recipe = adversarial.record(network, picture, [paste], path=path)
    path.unlink()
    with pytest.raises(EditError, match=r"picture\.png.*picture="):
        adversarial.replay(recipe, network)
    assert adversarial.replay(recipe, network, picture).agreement == "identical"


def test_another_network_is_told_apart(of_picture):
    again = adversarial.replay(of_picture, random_network(seed=1))
    assert (again.same_network, again.agreement) == (False, "different")


def test_a_network_for_other_samples_is_refused(of_picture, of_pair, network, picture):
    with pytest.raises(EditError, match="NLI world is shown pairs: it is no network for edits of a picture"):
        adversarial.replay(of_picture, demo.nli_network())
    with pytest.raises(EditError, match="tiny is shown images: it is no network for edits of sentence pairs"):
        adversarial.replay(of_pair, network)
    with pytest.raises(EditError, match="no picture"):
        adversarial.replay(of_pair, demo.nli_network(), picture)


def test_last_digits_do_not_make_an_answer_different():
    logits = np.array([[1.0, 2.0, 0.5]], np.float32)
    one, other = (Answers.of(values, "abc") for values in (logits, np.nextafter(logits, np.float32(9))))
    assert one.agreement(other) == "close"
    assert one.agreement(one) == "identical"
    assert one.agreement(Answers.of(logits[:, ::-1].copy(), "abc")) == "different"


def test_a_class_that_the_network_lacks_is_no_target(network, picture, paste):
    with pytest.raises(EditError, match="no class 'igloo': it has hut, lake"):
        adversarial.record(network, picture, [paste], target="igloo")
    with pytest.raises(EditError, match="no class 'maybe'"):
        adversarial.record(demo.nli_network(), [PAIR], OUTSIDE, target="maybe")


def test_a_recipe_needs_samples_and_edits_that_apply():
    network = demo.nli_network()
    with pytest.raises(EditError, match=r"does not apply to .*'rests'.*phrase of the hypothesis first"):
        adversarial.record(network, [PAIR], adversarial.TextEdit("front"))
    with pytest.raises(EditError, match="at least one edit"):
        adversarial.record(network, [PAIR], [])
    with pytest.raises(EditError, match="at least one sample"):
        adversarial.record(network, [], OUTSIDE)


DAMAGES = [
    lambda value: value.pop("edits"),
    lambda value: value.update(format=99),
    lambda value: value.update(kind="cake"),
    lambda value: value.update(kind=["cake"]),
    lambda value: value.update(samples=[]),
    lambda value: value["before"].update(probabilities=[1]),
    lambda value: value["after"].update(predicted=["cake"]),
    lambda value: value.update(network=None),
    lambda value: value.update(conditions={"threads": 0}),
]
OF_PICTURES = [
    lambda value: value["samples"][0].update(png="not base 64!"),
    lambda value: value["edits"][0].update(edit="explode"),
    lambda value: value["edits"][0]["placement"].update(width=-1),
    lambda value: value["edits"][0]["patch"].update(png=""),
]
OF_PAIRS = [
    lambda value: value["samples"][0].update(premise="A man"),
    lambda value: value["edits"][0].update(edit="explode"),
    lambda value: value.update(target="maybe"),
]


@pytest.mark.parametrize(
    ("kind", "damage"),
    [*(("of_picture", one) for one in DAMAGES + OF_PICTURES), *(("of_pair", one) for one in DAMAGES + OF_PAIRS)],
)
def test_a_damaged_recipe_is_refused_with_its_file(kind, damage, tmp_path, request):
    value = json.loads(json.dumps(request.getfixturevalue(kind).to_json()))
    damage(value)
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(EditError, match=r"recipe\.json"):
        adversarial.Recipe.load(path)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"", b"[]", b"null", b"{}", b'{"kind": "a cake"}', b'{"recipe": "text", "format": 1}']
)
def test_a_file_without_a_recipe_is_refused_by_name(tmp_path, content):
    path = tmp_path / "cake.json"
    path.write_bytes(content)
    with pytest.raises(EditError, match=r"cake\.json"):
        adversarial.replay(path, None)


def test_the_description_says_what_is_done_and_what_comes_of_it(of_picture):
    assert of_picture.description.startswith("paste igloo: ")
    assert of_picture.after.predicted[0] in of_picture.description
    assert replace(of_picture, edits=()).description.startswith("no edit: ")


def test_recipes_replay_identically_in_a_fresh_process(of_pair, picture, paste, tmp_path):
    paths = [
        adversarial.record(demo.vision_network(), picture, [paste]).save(tmp_path / "picture.json"),
        of_pair.save(tmp_path / "pair.json"),
    ]
    run = subprocess.run(
        [sys.executable, "-c", REPLAY, *map(str, paths)], capture_output=True, text=True, check=True, cwd=OLD.parent
    )
    assert run.stdout.split() == ["identical", "identical"]
