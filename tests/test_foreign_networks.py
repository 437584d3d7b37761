"""Networks as other libraries build them: what their layers answer, and how their axes lie."""

from collections import OrderedDict
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.layers import LayerInfo
from compexp_widgets.networks.probe import Probe

HEADS, WIDTH = 2, 12
SIZE = (12, 20)
GRID = (3, 5)
PICTURES = torch.linspace(-1, 1, 3 * 3 * 12 * 20).sin().reshape(3, 3, *SIZE)


class Attention(nn.Module):
    """Attention in the open, with a module wherever a library has one, and a wrapped answer."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.query_norm = nn.LayerNorm(WIDTH // HEADS)
        self.key_norm = nn.Identity()
        self.softmax = nn.Softmax(dim=-1)
        self.project = nn.Linear(WIDTH, WIDTH)

    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor, None]:
        images, count, _ = tokens.shape
        query, key, value = self.qkv(tokens).reshape(images, count, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        weights = self.softmax(self.query_norm(query) @ self.key_norm(key).transpose(2, 3))
        return self.project((weights @ value).transpose(1, 2).reshape(images, count, WIDTH)), None


class Mixing(nn.Module):
    """A block of an MLP mixer: the first matrix mixes the tokens."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.grow = nn.Linear(count, 24)
        self.act = nn.GELU()
        self.shrink = nn.Linear(24, count)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens + self.shrink(self.act(self.grow(tokens.transpose(1, 2)))).transpose(1, 2)


class Transformer(nn.Module):
    """Patches of 4 × 4; `prefix` tokens before them; every trouble of vision transformers in three layers."""

    def __init__(self, prefix: int = 1) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, 4, 4)
        self.prefix = nn.Parameter(torch.randn(1, prefix, WIDTH))
        count = prefix + GRID[0] * GRID[1]
        self.bias_table = nn.Embedding(HEADS, 8)
        self.attention = Attention()
        self.mixing = Mixing(count)
        self.last = nn.LayerNorm(WIDTH)
        self.attention_pool = nn.Linear(WIDTH, WIDTH)
        self.mean_pool = nn.AdaptiveAvgPool1d(1)

    def forward(self, x: torch.Tensor) -> OrderedDict[str, torch.Tensor]:
        self.bias_table(torch.arange(HEADS, device=x.device))
        patches = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.prefix.expand(len(x), -1, -1), patches], dim=1)
        tokens = self.last(self.mixing(tokens + self.attention(tokens)[0]))
        pooled = self.attention_pool(tokens.softmax(dim=1).mean(dim=1, keepdim=True))
        return OrderedDict(last=tokens, pooled=pooled, mean=self.mean_pool(tokens.transpose(1, 2)))


@pytest.fixture
def transformer() -> Transformer:
    torch.manual_seed(0)
    return Transformer().eval()


def by_name(module: nn.Module) -> dict[str, LayerInfo]:
    return {layer.name: layer for layer in cw.list_layers(module, SIZE)}


def activations(module: nn.Module, layer: str, batch: torch.Tensor = PICTURES) -> torch.Tensor:
    with Probe(module, layer) as probe:
        return probe.activations(batch)


def answer(module: nn.Module, layer: nn.Module) -> object:
    kept = []
    hook = layer.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    with torch.inference_mode():
        module(PICTURES)
    hook.remove()
    return kept[0]


@pytest.mark.parametrize("prefix", [0, 1, 2, 5])
def test_the_tensor_in_a_tuple_is_read_on_the_grid_of_its_patches(prefix):
    module = Transformer(prefix).eval()
    tokens, _ = answer(module, module.attention)
    expected = tokens[:, prefix:].transpose(1, 2).reshape(3, WIDTH, *GRID)
    assert torch.equal(activations(module, "attention"), expected)
    assert by_name(module)["attention"].note.startswith("the tensor in the tuple that it gives")


@pytest.mark.parametrize("layer", ["attention.query_norm", "attention.key_norm", "attention.softmax"])
def test_attention_heads_are_no_units(transformer, layer):
    assert by_name(transformer)[layer].why_not.startswith("its axes are those of attention heads, not of maps")
    with pytest.raises(NetworkError, match="cannot be probed: its axes are those of attention heads"):
        activations(transformer, layer)


@pytest.mark.parametrize("layer", ["mixing.grow", "mixing.act", "mixing.shrink", "mean_pool"])
def test_tokens_that_are_mixed_or_pooled_are_no_grid(transformer, layer):
    assert by_name(transformer)[layer].why_not.startswith("its tokens are on its last axis, mixed or pooled")


def test_the_layers_around_what_cannot_be_probed_can(transformer):
    layers = by_name(transformer)
    names = ["attention", "attention.qkv", "attention.project", "mixing", "last"]
    assert {layers[name].grid for name in names} == {GRID}


def test_one_token_is_one_activation_for_the_whole_image(transformer):
    layer = by_name(transformer)["attention_pool"]
    assert (layer.kind, layer.grid, layer.units) == ("flat", (1, 1), WIDTH)
    expected = answer(transformer, transformer.attention_pool)[:, 0, :, None, None]
    assert torch.equal(activations(transformer, "attention_pool"), expected)


def test_a_table_with_as_many_rows_as_images_were_shown_is_not_taken_for_activations(transformer):
    assert by_name(transformer)["bias_table"].why_not == (
        "its shape (2, 8) has no axis along which two equal images have equal answers: that of 2 entries is another, "
        "or it answers at random"
    )


class TurningNorm(nn.LayerNorm):
    """A norm that works along the first axis after the images where it is told to, as two libraries have it."""

    def __init__(self, units: int, first: bool) -> None:
        super().__init__(units)
        self.first = first

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2) if self.first else super().forward(x)


class Turning(nn.Module):
    def __init__(self, units: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, units, 4, 4)
        self.before = TurningNorm(units, first=True)
        self.after = TurningNorm(units, first=False)
        self.grow = nn.Linear(units, 2 * units)
        self.block = Back()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.block(self.grow(self.after(self.before(self.conv(x)).permute(0, 2, 3, 1))))


class Back(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(0, 3, 1, 2)


@pytest.mark.parametrize("units", [3, 5, 7])  # as many as rows, as columns, as neither
def test_a_norm_that_turns_the_axes_is_known_by_what_it_does(units):
    torch.manual_seed(0)
    module = Turning(units).eval()
    nn.init.normal_(module.before.weight)
    nn.init.normal_(module.after.bias)
    with torch.inference_mode():
        before = module.before(module.conv(PICTURES))
        after = module.after(before.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    assert torch.equal(activations(module, "before"), before)
    assert torch.equal(activations(module, "after"), after)
    assert activations(module, "grow").shape == (3, 2 * units, *GRID)
    assert torch.equal(activations(module, "block"), activations(module, "grow"))


def preprocess(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture.resize(SIZE[::-1]), np.float32).transpose(2, 0, 1) / 127.5 - 1)


# float16 has 10 bits behind the point and bfloat16 7: a share of 2⁻¹¹ and 2⁻⁸ each rounding, a few of them in a row.
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 0.003), (torch.bfloat16, 0.024)])
@pytest.mark.parametrize("layer", ["patches", "attention", "last"])
def test_a_transformer_in_half_precision_is_read_in_float32_and_close_to_it(transformer, layer, dtype, tolerance):
    network = cw.Network.of(transformer, preprocess).to("cpu", dtype)
    assert activations(network.module, layer).dtype == torch.float32
    assert cw.check_device(network, layer, PICTURES, tolerance=tolerance).difference > 0


def test_layers_are_told_apart_in_half_precision_as_in_float32(transformer):
    # How far a change spreads is told in a note, and may be lost in the rounding.
    half, full = (
        [replace(layer, note="") for layer in cw.list_layers(module, SIZE)]
        for module in (cw.Network.of(transformer, preprocess).to("cpu", torch.bfloat16).module, transformer)
    )
    assert half == full


def test_a_module_of_ones_own_put_into_half_precision_is_probed(transformer):
    expected = activations(transformer, "last")
    found = activations(transformer.half(), "last")
    assert found.dtype == torch.float32
    assert (found - expected).abs().max() < 0.003 * expected.abs().max()


def test_a_network_in_training_mode_is_noticed(transformer):
    with pytest.warns(
        UserWarning, match=r"the network was in training mode \(16 of its modules, such as Transformer\)"
    ):
        network = cw.Network.of(transformer.train(), preprocess)
    assert not network.module.training


class Takes(nn.Module):
    """A network that takes its pictures under another name, as one for pictures and text does."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 1)

    def forward(self, words: torch.Tensor, pictures: torch.Tensor | None = None) -> torch.Tensor:
        return self.conv(pictures.float())


def test_a_network_that_takes_something_else_first_is_told():
    with pytest.raises(NetworkError, match=r"the network fails on an input of shape \(2, 3, 12, 20\).*'float'"):
        activations(Takes().eval(), "conv")


@pytest.mark.parametrize("words", ["MPS backend out of memory (MPS allocated: 17.9 GB)", "can't allocate memory: you"])
def test_full_memory_is_told_on_every_device(words):
    module = nn.Sequential(nn.Conv2d(3, 2, 1), Full(words)).eval()
    with pytest.raises(NetworkError, match="the memory of cpu does not suffice for 2 images at once"):
        activations(module, "0")


class Full(nn.Module):
    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError(self.words)
