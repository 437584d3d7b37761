"""Does a graphics card, or half precision, give the activations that the CPU gives in float32?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image

from compexp_widgets.argument_types import checked
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.behaviour import TOLERANCE
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.pictures import Form, Layout, PictureInputs
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs
from compexp_widgets.networks.passes import Batch
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import fields_html


@dataclass(frozen=True)
class DeviceCheck:
    """The distance of a layer's activations from those of the CPU in float32.

    Attributes
    ----------
    difference, tolerance
        The largest difference of one activation, and the largest that passes, as shares of the layer's largest
        activation in size.
    moved
        Of the activations above each unit's threshold (its largest 0.5 % on these samples, at least one), the share
        that is not above it on the device.
    """

    network: str
    layer: str
    device: str
    dtype: str
    images: int
    difference: float
    moved: float
    tolerance: float

    _repr_html_ = fields_html

    def __str__(self) -> str:
        return (
            f"{self.network}, layer {self.layer}, on {self.device} in {self.dtype}: the activations of {self.images} "
            f"samples differ from the CPU's in float32 by up to {self.difference:.2g} of the largest (tolerance "
            f"{self.tolerance:g}); {self.moved:.2%} of those above their threshold fall below it"
        )


@checked(NetworkError)
def check_device(
    network: AnyNetwork,
    layer: str,
    images: Sequence[Image.Image] | PairDataset | torch.Tensor,
    *,
    tolerance: float | None = None,
    layout: Layout | Form | None = None,
    directions: Directions | None = None,
) -> DeviceCheck:
    """Compare a layer's activations with those of the CPU in float32, before a long run.

    >>> check_device(network.to("cuda", torch.float16), "layer4", [dataset.picture(i) for i in range(4)])

    Parameters
    ----------
    network
        What `Network.to` gave. Without its original (`Network.reference`), its own weights are compared, brought to
        the CPU in float32.
    images
        A few pictures or sentence pairs, or the float batch that pictures become, shape (images, 3, H, W).
    tolerance
        Largest `DeviceCheck.difference` that passes; 0.001 for float32, 0.02 for float16, 0.1 for bfloat16 if None.
    layout, directions
        As for `Probe`.

    Raises
    ------
    NetworkError
        When the difference is beyond the tolerance, an activation is not finite, or the network cannot work there.
    """
    network = as_network(network)
    network.inputs_as(PairInputs if isinstance(images, PairDataset) else PictureInputs)
    device, dtype = network.device, network.dtype
    allowed = TOLERANCE.get(_short(dtype), TOLERANCE["float32"]) if tolerance is None else tolerance
    if len(images) == 0:
        raise NetworkError("a check needs a few images, not none")
    batch = Batch(images, len(images)) if isinstance(images, torch.Tensor) else network.batch(images)
    if isinstance(images, torch.Tensor) and images.ndim != 4:
        raise NetworkError(f"a check needs a few images, not a batch of shape {tuple(images.shape)}")
    reference = network.reference or network.to("cpu", torch.float32)
    expected = _activations(reference, layer, batch, layout, directions)
    found = _activations(network, layer, batch, layout, directions)
    name = f"{network.name}, layer {layer}, on {device} in {_short(dtype)}"
    if not bool(torch.isfinite(found).all()):
        raise NetworkError(
            f"{name}: some activations are not finite ({'too large for this precision' * (dtype == torch.float16)}"
            f"{'check the weights and preprocess' * (dtype != torch.float16)}): use float32 or bfloat16"
        )
    largest = float(expected.abs().max())
    difference = float((found - expected).abs().max()) / largest if largest > 0 else float(found.abs().max())
    check = DeviceCheck(
        network.name, layer, str(device), _short(dtype), batch.count, difference, _moved(expected, found), allowed
    )
    # So written that a difference that is not a number is refused too.
    if not difference <= allowed:
        raise NetworkError(
            f"{check}. Use the CPU or a higher precision, or give a tolerance that you can answer for{_advice(network)}"
        )
    return check


def _activations(
    network: Network, layer: str, batch: Batch, layout: Layout | Form | None, directions: Directions | None
) -> torch.Tensor:
    with network.probe(layer, layout=layout, directions=directions) as probe:
        activations = probe.activations(batch)
    assert isinstance(activations, torch.Tensor)
    return activations.cpu()


def _moved(expected: torch.Tensor, found: torch.Tensor) -> float:
    """The share of activations above each unit's threshold that another device puts below it."""
    expected, found = expected.transpose(0, 1).flatten(1), found.transpose(0, 1).flatten(1)
    rank = max(1, round(expected.shape[1] * 0.005)) + 1
    if rank > expected.shape[1]:
        return 0.0
    threshold = expected.topk(rank, dim=1).values[:, -1:]
    above = expected > threshold
    return float((above & (found <= threshold)).sum() / above.sum().clamp_min(1))


def _advice(network: Network) -> str:
    """The setting that makes float32 coarser than it is called, where that may be the reason."""
    if network.device.type == "cuda" and network.dtype == torch.float32 and torch.backends.cudnn.allow_tf32:
        return "; convolutions work in TF32 here: torch.backends.cudnn.allow_tf32 = False makes them work in float32"
    return ""


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
