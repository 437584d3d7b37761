"""The check of another device or precision against the CPU in float32."""

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_network import TinyNetwork, preprocess, tiny_network
from tiny_pairs import tiny_pair_network, tiny_pairs
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError

PICTURES = [
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (30, 40, 3), dtype=np.uint8)) for seed in range(3)
]


def test_the_same_device_and_precision_differs_by_nothing():
    check = cw.check_device(tiny_network().to("cpu"), "body.3", PICTURES)
    assert (check.difference, check.moved, check.images) == (0, 0, 3)
    assert (check.device, check.dtype) == ("cpu", "float32")


def test_sentence_pairs_are_checked_as_pictures_are():
    check = cw.check_device(tiny_pair_network().to("cpu", torch.float64), "1", tiny_pairs(20))
    assert check.difference < 1e-5
    assert check.images == 20
    with pytest.raises(NetworkError, match="is shown images"):
        cw.check_device(tiny_network(), "body.3", tiny_pairs(20))


@pytest.mark.parametrize(("dtype", "least", "most"), [(torch.float16, 1e-5, 0.003), (torch.bfloat16, 1e-4, 0.03)])
def test_half_precision_differs_by_its_rounding(dtype, least, most):
    check = cw.check_device(tiny_network().to("cpu", dtype), "body.3", PICTURES)
    assert least < check.difference < most
    assert "the activations of 3 samples differ from the CPU's in float32 by up to" in str(check)


def test_a_difference_beyond_the_tolerance_is_refused():
    half = tiny_network().to("cpu", torch.bfloat16)
    with pytest.raises(NetworkError, match=r"tiny, layer body.3, on cpu in bfloat16: .* \(tolerance 1e-06\)"):
        cw.check_device(half, "body.3", PICTURES, tolerance=1e-6)


def test_the_check_is_against_the_original_weights_not_the_rounded_ones():
    network = tiny_network()
    network.module.body[0].weight.data[:] *= 1 + 2**-10
    moved = network.to("cpu", torch.bfloat16)
    rounded = cw.Network.of(moved.module.float(), preprocess, name=moved.name)
    assert cw.check_device(rounded, "body.0", PICTURES).difference == 0
    assert cw.check_device(network.to("cpu", torch.bfloat16), "body.0", PICTURES).difference > 0


def test_activations_too_large_for_half_precision_are_refused():
    network = tiny_network()
    network.module.body[2].weight.data[:] *= 1e6
    with pytest.raises(NetworkError, match=r"some activations are not finite \(too large for this precision\)"):
        cw.check_device(network.to("cpu", torch.float16), "body.2", PICTURES)


class Broken(TinyNetwork):
    """Works in float32; elsewhere as a device that lacks an operator, or memory."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.dtype != torch.float32:
            raise self.error
        return super().forward(x)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            NotImplementedError("The operator 'aten::fold' is not currently implemented for the MPS device"),
            r"the network fails on an input of shape .* torch.float16 on cpu \(The operator 'aten::fold' is not",
        ),
        (torch.cuda.OutOfMemoryError("CUDA out of memory"), "the memory of cpu does not suffice for 2 images at once"),
    ],
)
def test_a_device_that_cannot_run_the_network_is_told(error, message):
    network = cw.Network.of(Broken(error).eval(), preprocess, name="broken")
    with pytest.raises(NetworkError, match=message):
        cw.check_device(network.to("cpu", torch.float16), "body.3", PICTURES)


class OtherDevice(nn.Module):
    """Gives other activations than in float32, as a faulty driver would."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x if x.dtype == torch.float32 else x.flip(1))


def test_a_faulty_device_is_found_out():
    network = cw.Network.of(OtherDevice().eval(), preprocess, name="flipped")
    with pytest.raises(NetworkError, match=r"flipped, layer body, on cpu in float16: .*Use the CPU"):
        cw.check_device(network.to("cpu", torch.float16), "body", PICTURES)


@pytest.mark.parametrize("images", [[], torch.rand(3, 8, 8), torch.rand(0, 3, 8, 8)])
def test_a_check_without_images_is_refused(images):
    with pytest.raises(NetworkError, match="a check needs a few images, not"):
        cw.check_device(tiny_network(), "body.3", images)
