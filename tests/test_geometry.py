"""Layers whose positions do not lie where they are read are not probed without a word."""

import warnings

import pytest
import torch
from PIL import Image
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.layers import LayerInfo
from compexp_widgets.networks.probe import Probe

UNITS, SIDE = 16, 16
SIZE = (3, 64, 64)
PICTURES = torch.rand(2, *SIZE, generator=torch.Generator().manual_seed(1))


def in_windows(maps: torch.Tensor) -> torch.Tensor:
    """Shape (images, units, 4, 4, 4, 4): window rows and columns, and rows and columns in each."""
    return maps.reshape(*maps.shape[:2], 4, 4, 4, 4).transpose(3, 4)


TURNS = {
    "tokens": lambda maps: maps.flatten(2).transpose(1, 2),
    "tokens column by column": lambda maps: maps.transpose(2, 3).flatten(2).transpose(1, 2),
    "tokens window by window": lambda maps: in_windows(maps).flatten(2).transpose(1, 2),
    "tokens upside down": lambda maps: maps.flip(2).flatten(2).transpose(1, 2),
    "channels last": lambda maps: maps.permute(0, 2, 3, 1),
    "windows in a grid": lambda maps: in_windows(maps).reshape(maps.shape),
}


class Turned(nn.Module):
    """A layer that gives its maps in another order of axes or positions."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.turn = TURNS[kind]

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return self.turn(maps)


class Stem(nn.Module):
    """Patches of 4 × 4, as many units as rows and columns, and then a layer that turns them."""

    def __init__(self, kind: str, units: int = UNITS) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, units, 4, 4)
        self.turned = Turned(kind)
        self.act = nn.GELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.act(self.turned(self.conv(x)))


def layers_of(module: nn.Module) -> dict[str, LayerInfo]:
    return {layer.name: layer for layer in cw.list_layers(module.eval(), SIZE)}


@pytest.mark.parametrize("layer", ["turned", "act"])
@pytest.mark.parametrize("kind", ["tokens column by column", "tokens window by window", "tokens upside down"])
def test_tokens_in_another_order_are_refused_with_what_was_seen(kind, layer):
    found = layers_of(Stem(kind))[layer]
    assert not found.probeable
    assert found.why_not.startswith(
        "read as 'tokens', its 16 × 16 positions lie elsewhere: of the change that a quarter"
    )
    assert "layout=Layout(form='tokens', grid=(16, 16), skipped=0)" in found.why_not


def test_tokens_in_raster_order_are_probed():
    found = layers_of(Stem("tokens"))
    assert found["act"].grid == (16, 16)
    assert found["act"].geometry.verdict == "right"
    assert found["act"].geometry.share > 0.9


def test_maps_of_windows_side_by_side_are_refused():
    assert "positions lie elsewhere" in layers_of(Stem("windows in a grid"))["turned"].why_not


@pytest.mark.parametrize("units", [UNITS, 24])
def test_a_tensor_is_read_the_way_that_the_change_proves(units):
    module = Stem("channels last", units).eval()
    found = layers_of(module)
    assert (found["act"].units, found["act"].grid) == (units, (16, 16))
    with torch.no_grad():
        expected = module.act(module.conv(PICTURES))
    with Probe(module, "act") as probe:
        assert torch.allclose(probe.activations(PICTURES), expected, atol=1e-6)


class Queries(nn.Module):
    """Learned queries that look at the whole picture, as a detector's do: as many as a square grid has."""

    def __init__(self, count: int = 25) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, UNITS, 4, 4)
        self.asked = nn.Parameter(torch.randn(1, count, UNITS))
        self.attention = nn.MultiheadAttention(UNITS, 2, batch_first=True)
        self.answers = nn.Linear(UNITS, UNITS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.conv(x).flatten(2).transpose(1, 2)
        return self.answers(self.attention(self.asked.expand(len(x), -1, -1), tokens, tokens)[0])


def test_queries_are_not_taken_for_a_grid():
    found = layers_of(Queries())["answers"]
    assert not found.probeable
    assert "its 5 × 5 positions" in found.why_not


class Everywhere(nn.Module):
    """Each token gets the mean of all, so that a change anywhere reaches all of them alike."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, UNITS, 4, 4)
        self.tokens = Turned("tokens")
        self.mean = Mean()
        self.still = nn.Linear(UNITS, UNITS)
        nn.init.zeros_(self.still.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.mean(self.tokens(self.conv(x)))
        return tokens + self.still(tokens)


class Mean(nn.Module):
    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens.mean(dim=1, keepdim=True).expand_as(tokens)


@pytest.mark.parametrize("layer", ["mean", "still"])
def test_where_nothing_can_be_told_a_layer_on_a_proven_grid_is_probed_and_it_is_said(layer):
    found = layers_of(Everywhere())[layer]
    assert (found.probeable, found.grid, found.geometry.verdict) == (True, (16, 16), "not told")
    assert "where its positions lie is not told" in found.note


def test_a_probe_refuses_a_layer_whose_change_lands_elsewhere():
    told = "layer 'act' cannot be probed: read as 'tokens', its 16 × 16 positions lie elsewhere"
    with Probe(Stem("tokens window by window").eval(), "act") as probe, pytest.raises(NetworkError, match=told):
        probe.activations(PICTURES)


def test_a_layout_that_is_said_is_taken_with_a_warning_where_the_change_lands_elsewhere():
    told = "layer 'act': its positions lie elsewhere than layout=Layout"
    layout = cw.Layout("tokens", (16, 16))
    probe = Probe(Stem("tokens window by window").eval(), "act", layout=layout)
    with probe, pytest.warns(UserWarning, match=told):
        assert probe.activations(PICTURES).shape == (2, UNITS, 16, 16)


def test_a_layout_that_is_said_and_right_is_taken_without_a_word():
    with warnings.catch_warnings(), Probe(Stem("tokens").eval(), "act", layout=cw.Layout("tokens", (16, 16))) as probe:
        warnings.simplefilter("error")
        probe.activations(PICTURES)


@pytest.mark.parametrize("layers", [1, 4])
def test_wide_receptive_fields_do_not_make_a_map_wrong(layers):
    torch.manual_seed(0)
    wide = [nn.Sequential(nn.Conv2d(8, 8, 9, padding=4), nn.BatchNorm2d(8), nn.ReLU()) for _ in range(layers)]
    module = nn.Sequential(nn.Conv2d(3, 8, 8, 8), *wide)
    found = cw.list_layers(module.eval(), SIZE)
    assert all(layer.probeable for layer in found)
    assert all(layer.geometry.verdict == "right" for layer in found[:5])


def test_flat_layers_have_no_geometry():
    module = nn.Sequential(nn.Conv2d(3, 8, 8, 8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
    found = cw.list_layers(module.eval(), SIZE)
    assert [layer.geometry is None for layer in found] == [False, True, True, True]
    assert all(layer.probeable for layer in found)


def test_a_picture_of_one_colour_tells_as_well():
    with Probe(Stem("tokens window by window").eval(), "act") as probe, pytest.raises(NetworkError, match="elsewhere"):
        probe.activations(torch.zeros(1, *SIZE))


class Classifier(Stem):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x).sum(dim=(1, 2))


def test_units_of_a_layer_that_is_read_the_other_way_are_made_silent():
    network = cw.Network.of(Classifier("channels last").eval(), lambda picture: PICTURES[0])
    answer = network.respond([Image.new("RGB", (64, 64))], "act", silenced=[3])
    assert answer.logits[0, 3] == 0
    assert (answer.logits[0, :3] != 0).all()
