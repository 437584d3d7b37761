"""What of a picture a network sees is found out, told, and may be cut alike."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image, ImageOps
from tiny_network import TinyNetwork

import compexp_widgets as cw
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.networks.images.framing import framing

SIDE = 64
LANDSCAPE, PORTRAIT, SQUARE = (160, 120), (120, 160), (120, 120)


def tensor(picture: Image.Image) -> torch.Tensor:
    pixels = np.asarray(picture.convert("RGB"), np.float32).transpose(2, 0, 1)
    return torch.from_numpy((pixels - 120) / 57)


def squash(picture: Image.Image) -> torch.Tensor:
    return tensor(picture.resize((SIDE, SIDE)))


def centre(share: float):
    """The shorter side to the side over `share`, then the centre, as published networks do."""

    def preprocess(picture: Image.Image) -> torch.Tensor:
        by = SIDE / share / min(picture.size)
        picture = picture.resize((round(picture.width * by), round(picture.height * by)))
        left, top = (picture.width - SIDE) // 2, (picture.height - SIDE) // 2
        return tensor(picture.crop((left, top, left + SIDE, top + SIDE)))

    return preprocess


def letterbox(picture: Image.Image) -> torch.Tensor:
    return tensor(ImageOps.pad(picture, (SIDE, SIDE), color=(114, 80, 40)))


def corner(picture: Image.Image) -> torch.Tensor:
    return tensor(picture.resize((80, 80)).crop((0, 0, SIDE, SIDE)))


def standardised(picture: Image.Image) -> torch.Tensor:
    shown = squash(picture)
    return (shown - shown.mean()) / shown.std()


def negative(picture: Image.Image) -> torch.Tensor:
    return 1 - centre(0.875)(picture)


def sides(preprocess, size) -> tuple[float, ...]:
    found = framing(preprocess, size)
    assert not found.trouble
    return found.top, found.left, found.bottom, found.right


@pytest.mark.parametrize(
    ("preprocess", "size", "expected"),
    [
        (squash, LANDSCAPE, (0, 0, 1, 1)),
        (squash, PORTRAIT, (0, 0, 1, 1)),
        (standardised, LANDSCAPE, (0, 0, 1, 1)),
        (centre(1), LANDSCAPE, (0, 1 / 8, 1, 7 / 8)),
        (centre(1), PORTRAIT, (1 / 8, 0, 7 / 8, 1)),
        (centre(0.875), LANDSCAPE, (1 / 16, 0.172, 15 / 16, 0.828)),
        (centre(0.875), SQUARE, (1 / 16, 1 / 16, 15 / 16, 15 / 16)),
        (negative, SQUARE, (1 / 16, 1 / 16, 15 / 16, 15 / 16)),
        (centre(0.95), SQUARE, (0.025, 0.025, 0.975, 0.975)),
        (letterbox, LANDSCAPE, (-1 / 6, 0, 7 / 6, 1)),
        (letterbox, PORTRAIT, (0, -1 / 6, 1, 7 / 6)),
        (corner, LANDSCAPE, (0, 0, 0.8, 0.8)),
    ],
)
def test_the_part_of_a_picture_that_is_shown_is_found(preprocess, size, expected):
    assert sides(preprocess, size) == pytest.approx(expected, abs=0.02)


def test_what_is_found_is_said_with_its_shares():
    assert framing(centre(0.875), LANDSCAPE).unseen == pytest.approx(1 - 0.875**2 * 0.75, abs=0.02)
    assert (
        str(framing(squash, LANDSCAPE)) == "a picture of 160 × 120 is seen whole, things are shown 1.33 times narrower"
    )
    boxed = framing(letterbox, LANDSCAPE)
    assert (boxed.unseen, boxed.padded) == (pytest.approx(0, abs=0.01), pytest.approx(0.25, abs=0.02))
    assert boxed.padding == (114, 80, 40)
    assert str(framing(squash, SQUARE)) == "a picture of 120 × 120 is seen whole"


@pytest.mark.parametrize(
    ("preprocess", "told", "wrong"),
    [
        (lambda picture: squash(picture).flip(2), "mirrored", True),
        (lambda picture: squash(picture).flip(1), "mirrored", True),
        (lambda picture: squash(picture).transpose(1, 2), "turned by a quarter", True),
        (lambda picture: squash(picture.rotate(30)), "no upright part", False),
        (lambda picture: torch.zeros(3, SIDE, SIDE), "the same input for every test picture", False),
        (lambda picture: squash(ImageOps.equalize(picture)), "straight line", False),
    ],
)
def test_what_is_no_upright_part_of_a_picture_is_said(preprocess, told, wrong):
    found = framing(preprocess, LANDSCAPE)
    assert told in found.trouble
    assert found.wrong is wrong
    assert np.isnan(found.unseen)


# A data set of one picture of each shape: red, green and blue from left to right, in thirds.


@pytest.fixture
def data(tmp_path):
    rows = []
    for name, size in (("wide", LANDSCAPE), ("tall", PORTRAIT)):
        numbers = np.broadcast_to(np.arange(size[0]) * 3 // size[0] + 1, size[::-1]).astype(np.uint8)
        Image.fromarray(np.eye(3, dtype=np.uint8)[numbers - 1] * 255).save(tmp_path / f"{name}.png")
        Image.fromarray(numbers).save(tmp_path / f"{name}_labels.png")
        rows.append({"image": f"{name}.png", "mask": f"{name}_labels.png"})
    names = {1: "red", 2: "green", 3: "blue"}
    return cw.read_frame(pd.DataFrame(rows), names=names, folder=tmp_path, grid=(24, 24))


def network_with(preprocess) -> cw.Network:
    return cw.Network.of(TinyNetwork().eval(), preprocess, name="tiny")


@pytest.mark.parametrize("preprocess", [centre(0.875), centre(0.6), corner, squash, letterbox])
def test_network_and_data_cropped_alike_show_what_was_shown_before(data, preprocess):
    network, cropped = cw.crop_alike(network_with(preprocess), data)
    for index in range(2):
        before, after = preprocess(data.picture(index)), network.input_from(cropped.picture(index))
        # Interpolation may move an edge between two colours by a pixel.
        assert (before - after).abs().mean() < 0.04 * before.std()


@pytest.mark.parametrize("preprocess", [centre(0.875), corner, squash, letterbox])
def test_the_annotation_lies_where_the_input_shows_it(data, preprocess):
    network, cropped = cw.crop_alike(network_with(preprocess), data)
    for index in range(2):
        shown = network.input_from(cropped.picture(index)) * 57 + 120
        (labels,) = cropped.labels(index)
        at = (np.arange(24) + 0.5) / 24 * SIDE
        colours = shown[:, at.astype(int)][:, :, at.astype(int)].numpy()
        agree = (colours.argmax(axis=0) == labels)[labels >= 0]
        assert agree.mean() > 0.95
        padding = np.abs(colours - np.array([114, 80, 40])[:, None, None]).max(axis=0) < 3
        assert ((labels == -1) == padding).mean() > 0.95


def test_a_cropped_data_set_is_another_and_is_not_cropped_twice(data):
    network, cropped = cw.crop_alike(network_with(centre(0.875)), data)
    assert cropped.fingerprint != data.fingerprint
    assert dataclasses.replace(cropped, views=()).fingerprint == data.fingerprint
    with pytest.raises(DataError, match="cropped to what a network sees already"):
        cw.crop_alike(network, cropped)


def test_what_is_not_understood_is_not_cropped(data):
    with pytest.raises(NetworkError, match="the input shows the picture mirrored: it cannot be cropped alike"):
        cw.crop_alike(network_with(lambda picture: squash(picture).flip(2)), data)
