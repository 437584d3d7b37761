"""Networks whose decision is known, because their weights are written by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import nn

import compexp_widgets as cw


def as_it_is(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture.convert("RGB"), np.float32).transpose(2, 0, 1) / 255)


class Colours(nn.Module):
    """Logits: a constant, the mean red and the mean blue of a window, red a hundredth more than blue."""

    def __init__(self, threshold: float, window: tuple[int, int, int, int] | None) -> None:
        super().__init__()
        self.threshold, self.window = threshold, window

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.window:
            left, top, width, height = self.window
            x = x[:, :, top : top + height, left : left + width]
        red, _, blue = x.mean(dim=(2, 3)).unbind(1)
        return torch.stack([torch.full_like(red, self.threshold), red * 1.01, blue], dim=1)


def colour_network(
    threshold: float,
    window: tuple[int, int, int, int] | None = None,
    preprocess: Callable[[Image.Image], torch.Tensor] = as_it_is,
) -> cw.Network:
    """Red or blue, where there is more of it in the window (left, top, width, height) than the threshold; else dark."""
    return cw.Network.of(
        Colours(threshold, window).eval(), preprocess, name="colours", class_names=("dark", "red", "blue")
    )


class RedAndStripes(nn.Module):
    """Unit 0 fires on red, unit 1 on upright stripes of two pixels, black and white; one class for each."""

    def __init__(self) -> None:
        super().__init__()
        self.units = nn.Sequential(nn.Conv2d(3, 2, 9, padding=4), nn.ReLU())
        weight = torch.zeros(2, 3, 9, 9)
        weight[0, :, 4, 4] = torch.tensor([1.0, -1.0, -1.0])
        weight[1, :, :8, :8] = torch.tensor([1.0, 1.0, -1.0, -1.0] * 2) / 96
        self.units[0].weight.data = weight
        self.units[0].bias.data = torch.tensor([-0.5, -0.3])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        red, stripes = self.units(x).mean(dim=(2, 3)).unbind(1)
        return torch.stack([torch.full_like(red, 0.015), red, stripes], dim=1) * 100


def red_and_stripes() -> cw.Network:
    return cw.Network.of(RedAndStripes().eval(), as_it_is, name="stripes", class_names=("plain", "red", "striped"))
