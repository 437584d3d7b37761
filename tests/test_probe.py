import numpy as np
import pytest
import torch
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.probe import Probe, activations_of, open_probes
from compexp_widgets.networks.sources.torchvision_networks import import_torchvision


class TwoHeads(nn.Module):
    """A small network with the troubles of large ones: in-place, reused and tuple-valued layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.pair = Pair()
        self.unused = nn.Identity()
        self.head = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.norm(self.relu(self.conv(x))))
        first, _ = self.pair(x)
        return self.head(first.mean(dim=(2, 3)))


class Pair(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x, x


@pytest.fixture
def network() -> TwoHeads:
    torch.manual_seed(0)
    return TwoHeads().eval()


BATCH = torch.linspace(-1, 1, 2 * 3 * 8 * 8).reshape(2, 3, 8, 8)


def test_a_probe_reads_what_the_layer_gave_although_it_is_overwritten_later(network):
    with torch.inference_mode():
        expected = network.conv(BATCH)
    with Probe(network, "conv") as probe:
        assert torch.equal(probe.activations(BATCH), expected)
    assert (expected < 0).any()  # the in-place ReLU that follows would have removed these


def test_the_network_is_left_as_it_was_found(network):
    network.train()
    network.norm.eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    modes = []
    network.register_forward_hook(lambda *_: modes.append(network.training))
    with pytest.warns(UserWarning, match="it is probed in evaluation mode and put back into training mode afterwards"):
        activations(network, "conv", BATCH)
    assert set(modes) == {False}
    assert network.training
    assert not network.norm.training
    assert not network.conv._forward_hooks
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_the_network_is_left_as_it_was_found_after_an_error(network):
    network.train()
    with (
        pytest.warns(UserWarning, match="training mode"),
        pytest.raises(ValueError, match="mine"),
        Probe(network, "conv"),
    ):
        raise ValueError("mine")
    assert network.training
    assert not network.conv._forward_hooks


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("relu", "layer 'relu' was called 2 times in one pass: say which call, as relu:1 … relu:2"),
        ("relu:3", "layer 'relu:3' was called 2 times in one pass"),
        ("unused", "layer 'unused' was called 0 times in one pass: it has no activations to probe"),
        ("pair", r"layer 'pair' cannot be probed: it gives a tuple \(tensor \(2, 4, 8, 8\), tensor \(2, 4, 8, 8\)\)"),
    ],
)
def test_a_layer_without_one_activation_map_is_refused(network, layer, message):
    with Probe(network, layer) as probe, pytest.raises(NetworkError, match=message):
        probe.activations(BATCH)


def test_an_unknown_layer_is_answered_with_the_nearest_ones(network):
    with pytest.raises(NetworkError, match="no layer 'con'; there are conv"):
        Probe(network, "con")


def activations(module: nn.Module, layer: str, batch: torch.Tensor, **settings: object) -> torch.Tensor:
    with Probe(module, layer, **settings) as probe:
        return probe.activations(batch)


def test_calls_of_a_reused_layer_are_told_apart(network):
    with torch.inference_mode():
        first = torch.relu(network.conv(BATCH))
        second = torch.relu(network.norm(first))
    assert torch.equal(activations(network, "relu:1", BATCH), first)
    assert torch.equal(activations(network, "relu:2", BATCH), second)


def test_a_flat_layer_has_one_activation_for_the_whole_image(network):
    with torch.inference_mode():
        expected = network(BATCH)
    assert torch.equal(activations(network, "head", BATCH), expected[:, :, None, None])


class TinyTransformer(nn.Module):
    """Patches of 4 × 4 to tokens, with a class token and registers before them; channels last at the end."""

    def __init__(self, registers: int = 0, batch_first: bool = True) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.prefix = nn.Parameter(torch.randn(1, 1 + registers, 8))
        self.batch_first = batch_first
        self.tokens = nn.Identity()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=batch_first)
        self.mlp = nn.Linear(8, 16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = self.patches(x)
        tokens = torch.cat([self.prefix.expand(len(x), -1, -1), maps.flatten(2).transpose(1, 2)], dim=1)
        tokens = self.tokens(tokens if self.batch_first else tokens.transpose(0, 1))
        return self.mlp(tokens + self.attention(tokens, tokens, tokens)[0])


WIDE = torch.linspace(-1, 1, 2 * 3 * 12 * 20).sin().reshape(2, 3, 12, 20)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("registers", [0, 1, 4])
@pytest.mark.parametrize("images", [1, 2])
def test_tokens_go_back_to_the_grid_of_their_patches_without_the_class_token(registers, batch_first, images):
    module = TinyTransformer(registers, batch_first).eval()
    with torch.inference_mode():
        expected = module.patches(WIDE[:images])
    assert expected.shape[2:] == (3, 5)
    assert torch.equal(activations(module, "tokens", WIDE[:images]), expected)
    assert activations(module, "mlp", WIDE[:images]).shape == (images, 16, 3, 5)


def test_the_class_token_can_be_asked_for():
    module = TinyTransformer().eval()
    found = activations(module, "tokens", WIDE, layout="class token")
    assert torch.equal(found[1, :, 0, 0], module.prefix[0, 0])


class Unfolding(nn.Module):
    """Patches by a matrix, not by a convolution: no layer before the tokens has a grid."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(48, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.embed(nn.functional.unfold(x, 4, stride=4).transpose(1, 2))


def test_without_a_convolution_the_grid_follows_the_picture_and_can_be_given():
    batch = torch.rand(2, 3, 8, 16)
    assert activations(Unfolding().eval(), "embed", batch).shape == (2, 6, 2, 4)
    odd = torch.rand(2, 3, 8, 18)  # two columns too many: 2 × 4 patches over a picture of 4 : 9
    with pytest.raises(NetworkError, match=r"layer 'embed' cannot be probed: its 8 tokens are no grid of patches"):
        activations(Unfolding().eval(), "embed", odd)
    given = cw.Layout("tokens", grid=(2, 4))
    assert activations(Unfolding().eval(), "embed", odd, layout=given).shape == (2, 6, 2, 4)


def test_a_layout_that_does_not_fit_is_refused(network):
    with pytest.raises(NetworkError, match=r"layer 'conv' gives shape \(2, 4, 8, 8\); the layout 'flat' has 2 axes"):
        activations(network, "conv", BATCH, layout="flat")
    with pytest.raises(NetworkError, match="layer 'conv' gives 'maps', not tokens: leave layout out"):
        activations(network, "conv", BATCH, layout="tokens")
    with pytest.raises(NetworkError, match="gives 16 tokens, which are not 1 and a grid of"):
        activations(TinyTransformer().eval(), "mlp", WIDE, layout=cw.Layout("tokens", grid=(4, 4), skipped=1))
    with pytest.raises(NetworkError, match="layout 'grid': it is one of 'maps', 'channels last'"):
        activations(network, "conv", BATCH, layout="grid")


def test_window_transformers_are_read_with_their_channels_last():
    with torch.random.fork_rng():
        module = (
            import_torchvision()
            .models.swin_transformer.SwinTransformer([4, 4], 8, [1, 1], [1, 1], [4, 4], stochastic_depth_prob=0.0)
            .eval()
        )
    batch = torch.rand(2, 3, 32, 48)
    with torch.inference_mode():
        expected = module.features(batch).permute(0, 3, 1, 2)
    assert torch.equal(activations(module, "features", batch), expected)
    assert expected.shape == (2, 16, 4, 6)
    assert activations(module, "features.1.0.mlp.1", batch).shape == (2, 32, 8, 12)


def test_half_precision_is_shown_its_own_precision_and_read_in_float32(network):
    found = activations(network.to(torch.bfloat16), "conv", BATCH)
    assert found.dtype == torch.float32
    assert torch.allclose(found, activations(network.float(), "conv", BATCH), atol=0.02)


def test_an_input_that_the_network_cannot_take_is_told(network):
    with pytest.raises(
        NetworkError, match=r"the network fails on an input of shape \(2, 4, 8, 8\), torch.float32 on cpu"
    ):
        activations(network, "conv", torch.rand(2, 4, 8, 8))


def test_several_layers_are_read_in_one_pass(network):
    passes = []
    with open_probes([Probe(network, name) for name in ("conv", "relu:2", "head")]) as probes:
        activations_of(probes, BATCH)  # the first one looks at the layers
        network.register_forward_hook(lambda *_: passes.append(1))
        found = activations_of(probes, BATCH)
    assert len(passes) == 1
    assert all(
        torch.equal(maps, activations(network, layer, BATCH))
        for maps, layer in zip(found, ["conv", "relu:2", "head"], strict=True)
    )
    with pytest.raises(NetworkError, match="the probe of 'conv' is not inside its with block"):
        activations_of(probes, BATCH)


def test_directions_are_read_in_place_of_channels(network):
    matrix = np.array([[1, -1, 0, 0], [0, 0, 2, 0.5]])
    channels = activations(network, "conv", BATCH)
    directions = cw.Directions(matrix, ["a", "b"], bias=[0.5, 0], rectified=True)
    found = activations(network, "conv", BATCH, directions=directions)
    expected = np.einsum("kc,nchw->nkhw", matrix, channels.numpy()) + np.array([0.5, 0])[:, None, None]
    assert np.allclose(found.numpy(), np.maximum(expected, 0), atol=1e-6)
    with pytest.raises(NetworkError, match="the directions are for 4 channels, 'head' has 2"):
        activations(network, "head", BATCH, directions=directions)
