"""From a picture to what a network is shown, in the ways that published networks were trained or probed with.

Which is right for which checkpoint:

=====================================  ============================================  ==================================
checkpoint                             preprocessing                                 source
=====================================  ============================================  ==================================
torchvision's weights                  the weights' own transforms (``published``)   torchvision's documentation
Places365, PyTorch (``.pth.tar``)      `PLACES365`: 256 × 256, centre 224, RGB,      ``run_placesCNN_basic.py`` of the
                                       ImageNet's mean and deviation                 authors (CSAILVision/places365)
the same, as Mu and Andreas probed     `probed_in_the_paper`: whole picture, RGB,    ``dissection/neuron.py`` of the
them                                   mean (124.7, 118.7, 109.5), all channels      paper's code (jayelm/compexp)
                                       divided by 255 · 0.224
Caffe's (``.caffemodel``, converted)   BGR, 0 … 255, mean subtracted:                ``train_val_alexnet.prototxt``
                                       ``Preprocessing(order="BGR", …)``             of CSAILVision/places365
=====================================  ============================================  ==================================

The "BGR mean" of the paper's code is only the order in which its reader subtracts: the channels are turned round again
before the network, which sees RGB, as its PyTorch checkpoints must. BGR is right for networks converted from Caffe.

A centre crop hides the border of a picture while its annotation covers the whole: the maps of a cropped input are not
those of the annotated picture. `Preprocessing.whole` shows the whole picture, as the paper did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from PIL import Image

from compexp_widgets.errors import NetworkError
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

Triple = tuple[float, float, float]

IMAGENET_MEAN: Triple = (123.675, 116.28, 103.53)
IMAGENET_DEVIATION: Triple = (58.395, 57.12, 57.375)


@dataclass(frozen=True)
class Preprocessing:
    """Resize, crop, subtract, divide: a picture becomes (channels in `order` − `mean`) / `deviation`.

    `size` is height and width of what the network is shown, the centre of what the picture was resized to (`resize`);
    None resizes it to `size`, so that all of it is shown. `mean` and `deviation` have one number a channel, in the
    order of `order` (``"BGR"`` as Caffe's networks want), on the scale 0 … 255 of a picture.
    """

    size: tuple[int, int] = (224, 224)
    resize: tuple[int, int] | None = None
    mean: Triple = IMAGENET_MEAN
    deviation: Triple = IMAGENET_DEVIATION
    order: Literal["RGB", "BGR"] = "RGB"
    resampling: Image.Resampling = Image.Resampling.BILINEAR

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        if self.order not in {"RGB", "BGR"}:
            raise NetworkError(f"the order of channels is RGB or BGR, not {self.order!r}")
        for name, values in (("mean", self.mean), ("deviation", self.deviation)):
            if len(values) != 3 or not np.isfinite(values).all():
                raise NetworkError(f"{name} must be three finite numbers, one a channel, not {values!r}")
        if min(self.deviation) <= 0:
            raise NetworkError(f"deviation must be above 0, not {self.deviation!r}")
        if min(self.size) < 1 or (self.resize and (self.resize[0] < self.size[0] or self.resize[1] < self.size[1])):
            raise NetworkError(f"a picture of {self.resize or self.size} has no centre of {self.size}")

    @property
    def whole(self) -> Preprocessing:
        """A copy without a crop: the whole picture, resized to `size`."""
        return replace(self, resize=None)

    def __call__(self, picture: Image.Image) -> torch.Tensor:
        """PIL picture of any size → float32, shape (3, *size)."""
        height, width = self.resize or self.size
        picture = picture.convert("RGB")
        if picture.size != (width, height):
            picture = picture.resize((width, height), self.resampling)
        top, left = round((height - self.size[0]) / 2), round((width - self.size[1]) / 2)
        pixels = np.asarray(picture, np.float32)[top : top + self.size[0], left : left + self.size[1]]
        if self.order == "BGR":
            pixels = pixels[..., ::-1]
        shown = (pixels - np.array(self.mean, np.float32)) / np.array(self.deviation, np.float32)
        return torch.from_numpy(np.ascontiguousarray(shown.transpose(2, 0, 1)))


PLACES365 = Preprocessing(resize=(256, 256))
"""The preprocessing of the authors of Places365 for PyTorch: both sides to 256, then the centre of 224."""


def probed_in_the_paper(size: tuple[int, int] = (224, 224)) -> Preprocessing:
    """The preprocessing of Mu and Andreas (2020), for Broden's pictures of 224 × 224 (AlexNet: 227).

    It is close to the published preprocessing, not equal: every channel is divided by ImageNet's blue deviation.
    """
    return Preprocessing(size=size, mean=(124.6901, 118.6897, 109.5388), deviation=(57.12, 57.12, 57.12))
