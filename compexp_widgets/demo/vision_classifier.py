"""The network of the vision world: a small residual network in torchvision's layout, with its trained weights.

Layers are named as in torchvision's ResNet (``conv1``, ``bn1``, ``relu``, ``maxpool``, ``layer1`` … ``layer4``,
``avgpool``, ``fc``). ``layer4`` keeps stride 1, so that its 128 units have maps of 14 × 14: fine enough to say where a
thing is.
"""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from torch import nn

from compexp_widgets.demo.vision_world.concepts import SCENES
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.images.pictures import PictureInputs
from compexp_widgets.networks.network import Network

WEIGHTS = Path(__file__).parent / "weights" / "vision_world.safetensors"
SIDE = 224
MEAN = (0.55, 0.55, 0.50)
DEVIATION = (0.25, 0.25, 0.25)


class BasicBlock(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut (He et al. 2016, "Deep Residual Learning", figure 2)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(images, inputs, H, W) → (images, outputs, H / stride, W / stride), not negative."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + self.downsample(x))


class SceneNetwork(nn.Module):
    """Pictures (images, 3, 224, 224) to one score a scene (images, scenes)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(BasicBlock(32, 32, 1))
        self.layer2 = nn.Sequential(BasicBlock(32, 64, 2), BasicBlock(64, 64, 1))
        self.layer3 = nn.Sequential(BasicBlock(64, 96, 2), BasicBlock(96, 96, 1))
        self.layer4 = nn.Sequential(BasicBlock(96, 128, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(128, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """What ``layer4`` gives: (images, 128, H / 16, W / 16), not negative."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        features: torch.Tensor = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return features

    def classify(self, features: torch.Tensor) -> torch.Tensor:
        """Scores before softmax, from `features`."""
        scores: torch.Tensor = self.fc(self.dropout(torch.flatten(self.avgpool(features), 1)))
        return scores

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores before softmax."""
        return self.classify(self.features(x))


def normalise(pictures: torch.Tensor) -> torch.Tensor:
    """uint8 pictures, shape (…, 3, H, W), to what the network reads: float32, same shape, about -2.2…2."""
    mean = torch.tensor(MEAN).view(3, 1, 1)
    deviation = torch.tensor(DEVIATION).view(3, 1, 1)
    return (pictures.float() / 255 - mean) / deviation


def preprocess(picture: Image.Image) -> torch.Tensor:
    """A picture of any size to float32, shape (3, 224, 224)."""
    picture = picture.convert("RGB")
    if picture.size != (SIDE, SIDE):
        picture = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    flat = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return normalise(flat.view(SIDE, SIDE, 3).permute(2, 0, 1))


def load_scene_network(path: Path = WEIGHTS) -> Network:
    """The trained network, ready to classify.

    Raises
    ------
    NetworkError
        If the weights are missing, damaged, or of another network.
    """
    module = SceneNetwork(len(SCENES))
    try:
        with safe_open(path, "pt") as file:
            module.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except (OSError, SafetensorError, RuntimeError) as error:
        raise NetworkError(
            f"{path} does not hold the weights of the vision world's network: {error}. Reinstall the package, or train "
            "the network again: python -m compexp_widgets.demo.train_vision"
        ) from error
    module.eval()
    return Network("vision world", module, PictureInputs(preprocess), SCENES)
