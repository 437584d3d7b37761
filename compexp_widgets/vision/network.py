"""A network ready to be probed: the module, the way from a picture to its input, and the names of its classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from PIL import Image
from torch import nn


@dataclass(frozen=True)
class Network:
    """A torch module with what is needed to show it a picture.

    Attributes
    ----------
    name
        What the network is called in titles and files.
    module
        Any module that maps a float batch of shape (images, 3, H, W) to something; left in the mode it is in.
    preprocess
        PIL image (RGB, any size) → float tensor of shape (3, H, W).
    class_names
        One name an output, where the module classifies; else empty.
    """

    name: str
    module: nn.Module
    preprocess: Callable[[Image.Image], torch.Tensor]
    class_names: tuple[str, ...] = field(default=())
