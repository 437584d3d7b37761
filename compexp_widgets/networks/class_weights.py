"""The weight of each unit of a layer for each class, where the last layer is linear and reads the units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.network import Network, class_scores
from compexp_widgets.networks.passes import undisturbed_random


@dataclass(frozen=True, eq=False)
class LinearHead:
    """The last linear layer, where the units of a layer reach it undisturbed, and what it gets for some pictures.

    ``logits = inputs @ weights.T + bias``, but for rounding; all float32: weights of shape (classes, units), and
    inputs, the mean activation of each unit over its map, without what is below 0 where a ReLU lies between, (N,
    units).
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    inputs: NDArray[np.float32]
    logits: NDArray[np.float32]


def class_weights(network: Network, layer: str, *, layout: Layout | Form | None = None) -> NDArray[np.float32] | None:
    """The weight of each unit of a layer for each class: float32, shape (classes, units).

    Those of the last linear layer or 1 × 1 convolution, where the layer reaches it through nothing but ReLU, the mean
    over positions, flattening and dropout, and the classes are read from it directly or as means over positions; else
    None.
    """
    head = linear_head(network, layer, [], layout=layout)
    return None if head is None else head.weights


def linear_head(
    network: Network, layer: str, pictures: Sequence[Image.Image] = (), *, layout: Layout | Form | None = None
) -> LinearHead | None:
    """The last linear layer and what it gets for some pictures; None where `class_weights` is None.

    It is recognised by what arrives there for a few fixed samples and for the pictures, since ReLU, pooling and dropout
    may be functions that no hook sees.
    """
    fixed = network.inputs.fixed_samples()
    with (
        undisturbed_random(),
        network.probe(layer, layout=layout) as probe,
        _last_linear(network.module) as last,
    ):
        batch = network.batch([*pictures, *fixed] if pictures else fixed)
        maps = probe.activations(batch)
        logits = class_scores(network, probe.answer, batch.count)
    if not last or not isinstance(maps, torch.Tensor):
        return None
    part, arrived, left = last[-1]
    if arrived.ndim != left.ndim or arrived.ndim not in {2, 4}:
        return None
    # One vector a sample arrives as it is; the mean of a map may be rounded otherwise.
    near = 0.0 if maps.ndim == 2 else max(1e-4, 8 * torch.finfo(left.dtype).eps)
    arrived, left = arrived.float(), left.float()
    order = list(network.class_order or range(left.shape[1]))
    if left.shape[1] != logits.shape[1] or not _alike(_pooled(left)[:, order], logits, near):
        return None
    # What the mean of four axes is, two have already.
    single = arrived.ndim == 4 and arrived.shape[2:] == (1, 1)
    flat = arrived[:, :, 0, 0] if single else arrived
    ways = [maps, maps.clamp(min=0)] if arrived.ndim == 4 and not single else []
    means = [_pooled(maps), _pooled(maps.clamp(min=0)), _pooled(maps).clamp(min=0)]
    if not (any(_alike(arrived, way, near) for way in ways) or any(_alike(flat, way, near) for way in means)):
        return None
    weights = part.weight.detach().float().flatten(1).cpu().numpy()[order]
    bias = np.zeros(len(weights), np.float32) if part.bias is None else part.bias.detach().float().cpu().numpy()[order]
    shown = slice(0, len(pictures))
    return LinearHead(weights, bias, _pooled(arrived)[shown].cpu().numpy(), logits[shown].cpu().numpy())


@contextmanager
def _last_linear(module: nn.Module) -> Iterator[list[tuple[nn.Linear | nn.Conv2d, torch.Tensor, torch.Tensor]]]:
    """A list with the linear layer that was called last inside the block, what it got and what it gave."""
    last: list[tuple[nn.Linear | nn.Conv2d, torch.Tensor, torch.Tensor]] = []

    def keep(part: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        last.clear()
        if inputs and isinstance(inputs[0], torch.Tensor) and isinstance(output, torch.Tensor):
            assert isinstance(part, (nn.Linear, nn.Conv2d))
            # Cloned, because an in-place ReLU may overwrite it.
            last.append((part, inputs[0].detach().clone(), output.detach().clone()))

    hooks = [part.register_forward_hook(keep) for part in module.modules() if _is_linear(part)]
    try:
        yield last
    finally:
        for hook in hooks:
            hook.remove()


def _is_linear(part: nn.Module) -> bool:
    if isinstance(part, nn.Conv2d):
        return part.kernel_size == (1, 1) and part.stride == (1, 1) and part.groups == 1 and part.padding == (0, 0)
    return isinstance(part, nn.Linear)


def _pooled(tensor: torch.Tensor) -> torch.Tensor:
    """The means over positions: shape (images, channels)."""
    return tensor.mean(dim=(2, 3)) if tensor.ndim == 4 else tensor


def _alike(first: torch.Tensor, second: torch.Tensor, near: float) -> bool:
    if first.shape != second.shape:
        return False
    if near == 0:
        return torch.equal(first, second)
    largest = float(first.abs().max())
    return largest > 0 and float((first - second).abs().max()) <= near * largest
