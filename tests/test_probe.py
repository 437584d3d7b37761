import pytest
import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.vision.probe import Probe


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
    return TwoHeads()


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
    with Probe(network, "conv") as probe:
        probe.activations(BATCH)
        assert not network.training
    assert network.training
    assert not network.norm.training
    assert not network.conv._forward_hooks
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_the_network_is_left_as_it_was_found_after_an_error(network):
    network.train()
    with pytest.raises(ValueError, match="mine"), Probe(network, "conv"):
        raise ValueError("mine")
    assert network.training
    assert not network.conv._forward_hooks


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("relu", "layer 'relu' was called 2 times in one pass"),
        ("unused", "layer 'unused' was called 0 times"),
        ("pair", "layer 'pair' gives tuple, not a tensor"),
        ("head", r"layer 'head' gives shape \(2, 2\); a vision layer gives \(images, units, h, w\)"),
    ],
)
def test_a_layer_without_one_activation_map_is_refused(network, layer, message):
    with Probe(network, layer) as probe, pytest.raises(NetworkError, match=message):
        probe.activations(BATCH)


def test_an_unknown_layer_is_answered_with_the_nearest_ones(network):
    with pytest.raises(NetworkError, match="no layer 'con'; there are conv"):
        Probe(network, "con")
