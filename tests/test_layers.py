"""Which layers of which networks can be probed."""

import pytest
import torch
from test_probe import TinyTransformer, TwoHeads
from tiny_network import TinyNetwork, tiny_network
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.layers import LayerInfo
from compexp_widgets.networks.probe import Probe, activations_of, open_probes
from compexp_widgets.networks.sources.torchvision_networks import build, torchvision_models


def by_name(layers: list[LayerInfo]) -> dict[str, LayerInfo]:
    return {layer.name: layer for layer in layers}


def test_every_layer_is_listed_with_what_it_gives_and_why_it_cannot_be_probed():
    layers = by_name(cw.list_layers(TwoHeads().eval(), (3, 8, 8)))
    assert list(layers) == ["conv", "norm", "relu:1", "relu:2", "pair", "unused", "head"]
    assert layers["conv"] == LayerInfo("conv", "Conv2d", (4, 8, 8), 4, "maps", (8, 8), True)
    assert layers["head"].kind == "flat"
    assert layers["head"].note == "one activation for the whole image"
    assert layers["relu:2"].note.startswith("call 2 of 2; works in place")
    assert layers["pair"].why_not.startswith(
        "it gives a tuple (tensor (2, 4, 8, 8), tensor (2, 4, 8, 8)), not a tensor"
    )
    assert layers["unused"].why_not == "it was not called for this picture"
    assert [name for name, layer in layers.items() if not layer.probeable] == ["pair", "unused"]


def test_the_tokens_that_are_left_out_are_named():
    layers = by_name(cw.list_layers(TinyTransformer(registers=4).eval(), (12, 20)))
    assert layers["mlp"].output_shape == (20, 16)
    assert (layers["mlp"].units, layers["mlp"].kind, layers["mlp"].grid) == (16, "tokens", (3, 5))
    assert layers["mlp"].note == "the class token and 4 register tokens are left out"
    assert by_name(cw.list_layers(TinyTransformer().eval(), (8, 8)))["mlp"].note == "the class token is left out"
    assert layers["attention.out_proj"].why_not.endswith("or its weights are used directly")


# Of the larger families the torchvision class with few and narrow blocks: the same code, built in a moment.
ARCHITECTURES = [
    (lambda: build("resnet18"), (64, 96), "layer4", 512, (2, 3)),
    (lambda: build("alexnet", num_classes=2), (95, 127), "features.12", 256, (2, 3)),
    (lambda: build("efficientnet_b0"), (64, 64), "features.8", 1280, (2, 2)),
    (lambda: torchvision_models().DenseNet(8, (2, 2), 16), (64, 64), "features", 32, (8, 8)),
    (
        lambda: torchvision_models().ConvNeXt([convnext_block(8, 16, 2), convnext_block(16, None, 1)]),
        (64, 96),
        "features.1.0.block.4",
        32,
        (16, 24),
    ),
    (
        lambda: torchvision_models().SwinTransformer([4, 4], 8, [2, 2], [2, 2], [4, 4]),
        (64, 96),
        "features.3",
        16,
        (8, 12),
    ),
    (
        lambda: torchvision_models().VisionTransformer(64, 16, 2, 2, 32, 64),
        (64, 64),
        "encoder.layers.encoder_layer_1",
        32,
        (4, 4),
    ),
]


def convnext_block(*sizes: int | None) -> object:
    return torchvision_models().convnext.CNBlockConfig(*sizes)


@pytest.mark.parametrize(("make", "size", "layer", "units", "grid"), ARCHITECTURES, ids=[a[2] for a in ARCHITECTURES])
def test_every_layer_of_an_architecture_that_is_said_to_be_probeable_is(make, size, layer, units, grid):
    module = make().eval()
    layers = [one for one in cw.list_layers(module, size) if one.probeable]
    found = by_name(layers)[layer]
    assert (found.units, found.grid) == (units, grid)
    batch = torch.rand(1, 3, *size)
    with open_probes([Probe(module, one.name) for one in layers]) as probes:
        for one, maps in zip(layers, activations_of(probes, batch), strict=True):
            assert maps.shape == (1, one.units, *one.grid)


def test_a_network_says_itself_what_it_is_shown_and_stays_in_its_mode():
    network = tiny_network()
    network.module.train()
    layers = cw.list_layers(network)
    assert network.module.training
    assert layers[0].output_shape == (5, 4, 5)
    assert layers[0].note == "probed in evaluation mode, though it is in training mode now"


class Odd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.best, self.windows, self.volume, self.blocks = (
            Give("best"),
            Give("windows"),
            Give("volume"),
            nn.ModuleList(),
        )
        self.named = Give("named")
        self.aux = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for part in (self.best, self.windows, self.volume, self.named):
            part(x)
        return x


class Give(nn.Module):
    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def forward(self, x: torch.Tensor) -> object:
        return {
            "best": x.argmax(1), "windows": x.reshape(len(x) * 4, 3, 4, 4), "volume": x[..., None],
            "named": {"out": x, "aux": x},
        }[self.what]  # fmt: skip


def test_answers_that_are_no_maps_are_explained():
    layers = by_name(cw.list_layers(Odd().eval(), (8, 8)))
    assert {name: layer.why_not for name, layer in layers.items()} == {
        "best": "it gives int64, not floating numbers",
        "windows": "its first axis has 8 entries for 2 images: they were cut up or mixed",
        "volume": "its shape (2, 3, 8, 8, 1) has 5 axes: neither maps, tokens nor a vector",
        "named": "it gives a dict with 'out', 'aux', not a tensor: probe a part of it, or the block around it",
        "blocks": "it is a list of layers and never called itself: probe one of them",
        "aux": "it was not called for this picture: used in training alone, or its weights are used directly",
    }


def test_layers_become_a_table_in_which_names_cannot_be_markup():
    module = nn.Sequential()
    module.add_module("<b>", nn.Conv2d(3, 2, 1))
    frame = cw.layers_frame(cw.list_layers(module.eval(), (4, 4)))
    assert frame.loc[0, "output shape"] == "2 × 4 × 4"
    assert "&lt;b&gt;" in frame._repr_html_()
    assert len(cw.layers_frame(cw.list_layers(TwoHeads().eval(), (8, 8)), only_probeable=True)) == 5


@pytest.mark.parametrize(
    ("network", "shape", "message"),
    [
        ("resnet18", None, r"a network is named torchvision:NAME, .* not 'resnet18'"),
        (TinyNetwork(), None, r"give input_shape=\(3, height, width\)"),
        (TinyNetwork(), (3, 0, 8), r"input_shape is \(3, height, width\) or \(height, width\), not \(3, 0, 8\)"),
        (TinyNetwork(), (8,), r"input_shape is \(3, height, width\)"),
        (TinyNetwork(), (1, 8, 8), r"the network fails on an input of shape \(2, 1, 8, 8\)"),
        (nn.Sequential(nn.LazyConv2d(3, 1)), (8, 8), "the weight '0.weight' has no shape yet"),
    ],
)
def test_layers_of_what_cannot_be_shown_a_picture_are_refused(network, shape, message):
    with pytest.raises(NetworkError, match=message):
        cw.list_layers(network, shape)
