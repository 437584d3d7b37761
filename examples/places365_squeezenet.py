"""SqueezeNet 1.1 trained on Places365, read from an .npz of weights: an example of a network of one's own.

Set PLACES365_SQUEEZENET to a folder with ``squeezenet_places365.npz`` (batch norm folded into the convolutions),
``mean_bgr_224.npy`` and ``categories.txt``, and run from this folder:

    compexp explain --network places365_squeezenet:load --layer fire9 --data FOLDER --out STUDY

The weights are those of the public repository urbste/squeezenet_places365; the project does not ship them.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

SIZE = 224


class Convolution(nn.Module):
    """A convolution that pads k // 2 and is followed by LeakyReLU with slope 0.55."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2)
        self.activation = nn.LeakyReLU(0.55)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(images, inputs, h, w) → (images, outputs, h / stride, w / stride)."""
        return self.activation(self.convolution(x))


class Fire(nn.Module):
    """Squeeze to few channels, then expand by 1×1 and 3×3 side by side (Iandola et al. 2016)."""

    def __init__(self, inputs: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = Convolution(inputs, squeezed, 1)
        self.expand1x1 = Convolution(squeezed, expanded, 1)
        self.expand3x3 = Convolution(squeezed, expanded, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(images, inputs, h, w) → (images, 2 · expanded, h, w)."""
        x = self.squeeze(x)
        return torch.cat([self.expand1x1(x), self.expand3x3(x)], dim=1)


class SqueezeNet(nn.Module):
    """BGR pictures in [−1, 1] around the mean → logits of 365 scenes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = Convolution(3, 64, 3, stride=2)
        self.fire2, self.fire3 = Fire(64, 16, 64), Fire(128, 16, 64)
        self.fire4, self.fire5 = Fire(128, 32, 128), Fire(256, 32, 128)
        self.fire6, self.fire7 = Fire(256, 48, 192), Fire(384, 48, 192)
        self.fire8, self.fire9 = Fire(384, 64, 256), Fire(512, 64, 256)
        self.conv10 = Convolution(512, 365, 1)
        self.pool = nn.MaxPool2d(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(images, 3, 224, 224) → (images, 365)."""
        x = self.pool(self.conv1(x))
        x = self.pool(self.fire3(self.fire2(x)))
        x = self.pool(self.fire5(self.fire4(x)))
        x = self.fire9(self.fire8(self.fire7(self.fire6(x))))
        return self.conv10(x).mean(dim=(2, 3))


def load() -> tuple[SqueezeNet, Preprocess, tuple[str, ...]]:
    """The network, its preprocessing and the names of its classes."""
    folder = Path(os.environ.get("PLACES365_SQUEEZENET", "."))
    network = SqueezeNet().eval()
    with np.load(folder / "squeezenet_places365.npz") as arrays:
        weights = {_parameter_name(name): torch.from_numpy(arrays[name]) for name in arrays.files}
    network.load_state_dict(weights)
    classes = tuple((folder / "categories.txt").read_text(encoding="utf-8").split())
    return network, Preprocess(np.load(folder / "mean_bgr_224.npy")), classes


class Preprocess:
    """Picture → (BGR − mean) / 255."""

    def __init__(self, mean: np.ndarray) -> None:
        self.mean = torch.from_numpy(mean).float()

    def __call__(self, picture: Image.Image) -> torch.Tensor:
        """PIL picture → float32, shape (3, 224, 224)."""
        if picture.size != (SIZE, SIZE):
            picture = picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        bgr = np.asarray(picture, np.float32)[..., ::-1].transpose(2, 0, 1)
        return (torch.from_numpy(bgr.copy()) - self.mean) / 255


def _parameter_name(name: str) -> str:
    """``fire2.squeeze.weight`` → ``fire2.squeeze.convolution.weight``."""
    module, _, parameter = name.rpartition(".")
    return f"{module}.convolution.{parameter}"
