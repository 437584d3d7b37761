"""One door for recipes of both kinds."""

import numpy as np
import pytest
from PIL import Image

from compexp_widgets import adversarial, demo
from compexp_widgets.errors import EditError

PAIR = ("A", "man", "sleeps", "."), ("A", "man", "rests", ".")


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8))


@pytest.fixture
def of_picture(picture, tmp_path):
    pixels = np.full((5, 5, 4), 255, np.uint8)
    paste = adversarial.Paste(adversarial.Patch(pixels, "snow"), adversarial.Placement(3, 4, 20, 20))
    return adversarial.record(demo.vision_network(), picture, [paste]).save(tmp_path / "picture.json")


@pytest.fixture
def of_pair(tmp_path):
    edit = adversarial.TextEdit("append", ("outside",))
    return adversarial.TextRecipe.of(demo.nli_network(), [PAIR], edit).save(tmp_path / "pair.json")


def test_each_kind_is_known_by_its_file(of_picture, of_pair):
    assert isinstance(adversarial.load_recipe(of_picture), adversarial.ImageRecipe)
    assert isinstance(adversarial.load_recipe(of_pair), adversarial.TextRecipe)


def test_each_kind_replays_identically(of_picture, of_pair):
    assert adversarial.replay(of_picture, demo.vision_network()).agreement == "identical"
    assert adversarial.replay(of_pair, demo.nli_network()).identical


def test_a_network_of_the_other_kind_is_refused(of_picture, of_pair, picture):
    with pytest.raises(EditError, match="not ImageRecipe with Network"):
        adversarial.replay(of_picture, demo.nli_network())
    with pytest.raises(EditError, match="not TextRecipe with Network"):
        adversarial.replay(of_pair, demo.vision_network())
    with pytest.raises(EditError, match="and no picture"):
        adversarial.replay(of_pair, demo.nli_network(), picture)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"kind": "a cake"}'])
def test_a_file_without_a_recipe_is_refused_by_name(tmp_path, text):
    path = tmp_path / "cake.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EditError, match=r"cake\.json"):
        adversarial.load_recipe(path)
