"""A network small enough for tests: two convolutions with fixed random weights, over pictures of any size."""

from __future__ import annotations

import os
import time

import numpy as np
import torch
from PIL import Image
from torch import nn

import compexp_widgets as cw


class TinyNetwork(nn.Module):
    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.body = nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), nn.ReLU(), nn.Conv2d(6, 5, 3, 2, 1), nn.ReLU())
        self.head = nn.Linear(5, 2)
        # The last unit never fires, the others do.
        self.body[2].bias.data[:] = torch.tensor([0.5, 0.5, 0.5, 0.5, -100.0])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Lets a test interrupt the work at a moment of its choosing.
        time.sleep(float(os.environ.get("TINY_NETWORK_SLOW", "0")))
        return self.head(self.body(x).mean(dim=(2, 3)))


def preprocess(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture.resize((20, 16)), np.float32).transpose(2, 0, 1) / 255)


def load() -> tuple[nn.Module, object, tuple[str, ...]]:
    return TinyNetwork().eval(), preprocess, ("indoors", "outdoors")


def tiny_network(seed: int = 0) -> cw.Network:
    return cw.Network.of(TinyNetwork(seed).eval(), preprocess, name="tiny", class_names=("indoors", "outdoors"))
