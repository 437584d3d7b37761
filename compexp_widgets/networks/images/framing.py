"""The part of a picture that a network is shown, measured with a few test pictures.

A preprocessing is any function. So waves of grey that run across and down the picture are put through it, each in four
phases: what comes out at a position of the input tells, by its phase, which place of the picture lies there, whatever
was subtracted or divided by; and where nothing of the wave comes out, there is padding. (The same is done with
projected fringes to measure surfaces: Srinivasan, Liu and Halioua 1984, "Automated phase-measuring profilometry".)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.certificate import Check
from compexp_widgets.networks.passes import undisturbed_random
from compexp_widgets.notebook_html import fields_html

UNSEEN = 0.01
"""A share of the picture from here on that the network never sees is warned of: less is rounding to whole pixels."""

LOOKED_AT = 50
"""Pictures of a data set whose sizes are measured."""

# Of the picture's side: how far places may lie from a straight line. Waves of 256 greys tell a place to .001.
_STRAIGHT = 0.01
# Of the strongest wave in the input: below it there is none.
_PADDING = 0.2
# How much of the wave is left in the mean over rows, or columns, where all of them show the same places.
_COHERENT = 0.9
_FEWEST = 2
_TURNED = "the input lies turned by a quarter"
_MIRRORED = "the input shows the picture mirrored"


@dataclass(frozen=True)
class Framing:
    """The part of a picture of one size that lies in the input; sizes are width and height in pixels.

    Attributes
    ----------
    top, left, bottom, right
        The sides of the input, as shares of the picture's height and width: 0, 0, 1, 1 is the whole of it; below 0 and
        above 1 there is padding.
    trouble, wrong
        Why nothing is known, empty where all is well; and whether that is because the input shows the picture mirrored
        or turned, so that maps would lie elsewhere.
    padding
        The colour of the padding: red, green, blue, 0 … 255.
    """

    size: tuple[int, int]
    shown_as: tuple[int, int]
    top: float = 0.0
    left: float = 0.0
    bottom: float = 1.0
    right: float = 1.0
    trouble: str = ""
    wrong: bool = False
    padding: tuple[int, int, int] = (0, 0, 0)

    _repr_html_ = fields_html

    @property
    def unseen(self) -> float:
        """The share of the picture that the network never sees; NaN where that is not known."""
        return float("nan") if self.trouble else 1 - self._common

    @property
    def padded(self) -> float:
        """The share of the input that is no picture; NaN where that is not known."""
        if self.trouble:
            return float("nan")
        return 1 - self._common / ((self.bottom - self.top) * (self.right - self.left))

    @property
    def squashed(self) -> float:
        """The ratio by which the input shows things wider than the picture: 1 where they keep their shape."""
        width, height = (self.right - self.left) * self.size[0], (self.bottom - self.top) * self.size[1]
        return (self.shown_as[0] / width) / (self.shown_as[1] / height)

    @property
    def _common(self) -> float:
        """The share of the picture that lies in the input."""
        tall, wide = min(self.bottom, 1) - max(self.top, 0), min(self.right, 1) - max(self.left, 0)
        return max(tall, 0.0) * max(wide, 0.0)

    def __str__(self) -> str:
        shown = f"a picture of {self.size[0]} × {self.size[1]}"
        if self.trouble:
            return f"which part of {shown} the network sees is not known: {self.trouble}"
        parts = [f"{self.unseen:.0%} of {shown} is never seen" if self.unseen >= UNSEEN else f"{shown} is seen whole"]
        if self.padded >= UNSEEN:
            parts.append(f"{self.padded:.0%} of the input is padding")
        if not 0.98 < self.squashed < 1.02:
            wider, by = ("wider", self.squashed) if self.squashed > 1 else ("narrower", 1 / self.squashed)
            parts.append(f"things are shown {by:.2f} times {wider}")
        return ", ".join(parts)


def framing(preprocess: Callable[[Image.Image], torch.Tensor], size: tuple[int, int]) -> Framing:
    """Measure the part of pictures of one size that a preprocessing shows, with ten test pictures.

    `Framing.trouble` says where the input is no upright, straight part of the picture.
    """
    plain = (np.full((size[1], size[0]), grey, np.uint8) for grey in (0, 255))
    with undisturbed_random():
        planes = chain(_waves(size, 1), _waves(size, 0), plain)
        *shown, black, white = (_shown(preprocess, plane) for plane in planes)
    if len({one.shape for one in (*shown, black, white)}) > 1:
        raise NetworkError(f"preprocess gives inputs of different shapes for pictures of {size[0]} × {size[1]}")
    across, down = (
        np.nan_to_num((phases[0] - phases[2]) + 1j * (phases[1] - phases[3])) for phases in (shown[:4], shown[4:])
    )
    channel = int(np.abs(across).sum(axis=(1, 2)).argmax())
    # A negative, as some preprocessings make, turns every wave by half.
    sign = -1 if np.nan_to_num(white[channel] - black[channel]).mean() < 0 else 1
    shown_as = (across.shape[2], across.shape[1])
    found = []
    for waves, axis in ((across[channel], 1), (down[channel], 0)):
        line = _line(sign * waves, axis)
        if isinstance(line, str):
            return Framing(size, shown_as, trouble=line, wrong=line in (_TURNED, _MIRRORED))
        found.append(line)
    (left, right), (top, bottom) = found
    return Framing(size, shown_as, top, left, bottom, right, padding=_padding(across, black, white))


def framing_check(preprocess: Callable[[Image.Image], torch.Tensor], dataset: SegmentationDataset) -> Check:
    """A check of the part of the pictures that a network sees; a NetworkError where they are shown mirrored or turned.

    Measured for the commonest size of up to `LOOKED_AT` pictures of the data set, and the narrowest and the widest.
    """
    chosen = np.unique(np.linspace(0, len(dataset) - 1, min(LOOKED_AT, len(dataset))).round().astype(int)).tolist()
    sizes = Counter(dataset.picture(index).size for index in chosen)
    (commonest, _), *_ = sizes.most_common(1)
    shapes = sorted(sizes, key=lambda size: (size[0] / size[1], size))
    found = [framing(preprocess, size) for size in dict.fromkeys((commonest, shapes[0], shapes[-1]))]
    for one in found:
        if one.wrong:
            raise NetworkError(
                f"{one.trouble}, so that maps would lie elsewhere than the annotation: give preprocess of evaluation, "
                "which shows pictures as they are"
            )
    return _check(found)


def _check(found: list[Framing]) -> Check:
    """One line for pictures of some sizes, the commonest first."""
    detail = "; ".join(map(str, found))
    if any(one.trouble for one in found):
        return Check("framing", "part that is seen not known", detail, held=False)
    unseen, padded = ([getattr(one, name) for one in found] for name in ("unseen", "padded"))
    if max(unseen) >= UNSEEN:
        words = f"{_shares(unseen)} of the picture never seen"
        detail += (
            ". The annotation covers all of it, so that maps lie beside their masks: show the whole picture "
            "(preprocess='whole' for published networks)"
        )
    elif max(padded) >= UNSEEN:
        words = f"{_shares(padded)} of the input is padding"
        detail += (
            ". Maps cover the padding too, the annotation does not, so that they lie beside their masks: show pictures "
            "without padding"
        )
    else:
        return Check("framing", "whole picture seen", detail)
    return Check("framing", words, f"{detail}, or network, data = cw.crop_alike(network, data)", held=False)


def _shares(shares: Sequence[float]) -> str:
    low, high = f"{min(shares):.0%}", f"{max(shares):.0%}"
    return low if low == high else f"{low[:-1]}–{high}"


def _waves(size: tuple[int, int], axis: int) -> Iterator[NDArray[np.uint8]]:
    """A wave of grey that runs once across (axis 1) or down (axis 0) a picture, in four phases."""
    width, height = size
    length = (height, width)[axis]
    turn = 2 * np.pi * (np.arange(length) + 0.5) / length
    for phase in range(4):
        grey = np.round(127.5 + 127.5 * np.cos(turn - phase * np.pi / 2)).astype(np.uint8)
        yield np.ascontiguousarray(np.broadcast_to(grey[:, None] if axis == 0 else grey, (height, width)))


def _shown(preprocess: Callable[[Image.Image], torch.Tensor], grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The input that a grey picture becomes: float64, shape (channels, H, W)."""
    tensor = preprocess(Image.fromarray(grey).convert("RGB"))
    if not (isinstance(tensor, torch.Tensor) and tensor.ndim == 3):
        raise NetworkError("preprocess must give a float tensor of shape (3, height, width)")
    shown: NDArray[np.float64] = tensor.detach().double().cpu().numpy()
    return shown


def _padding(
    waves: NDArray[np.complex128], black: NDArray[np.float64], white: NDArray[np.float64]
) -> tuple[int, int, int]:
    """The colour where nothing of the picture is; black where there is no such place."""
    size = np.abs(waves).sum(axis=0)
    outside = size <= _PADDING * size.max()
    if not outside.any() or len(waves) != 3:
        return 0, 0, 0
    there = np.unravel_index(size.argmax(), size.shape)
    colour = []
    for dark, light in zip(black, white, strict=True):
        contrast = light[there] - dark[there]
        share = (np.median(dark[outside]) - dark[there]) / contrast if contrast else 0.0
        colour.append(int(np.clip(np.nan_to_num(share), 0, 1) * 255 + 0.5))
    return colour[0], colour[1], colour[2]


def _line(waves: NDArray[np.complex128], axis: int) -> tuple[float, float] | str:
    """The two sides of the input along one axis of the picture, as shares of it; or why they are not known."""
    size = np.abs(waves)
    if not size.max() > 0:
        return "preprocess gives the same input for every test picture"
    there = size > _PADDING * size.max()
    along = _mean(waves, there, 1 - axis)
    if along is None:
        turned = _mean(waves, there, axis) is not None
        return _TURNED if turned else "the input shows no upright part of the picture"
    places = np.flatnonzero(np.abs(along) > 0)
    if len(places) > _FEWEST + 1:
        places = places[1:-1]  # the outermost are interpolated from one side
    if len(places) < _FEWEST:
        return f"the input has {len(places)} rows or columns of the picture"
    at = np.unwrap(np.angle(along[places])) / (2 * np.pi)
    centres = (places + 0.5) / len(along)
    slope, start = np.polyfit(centres, at, 1)
    if slope < 0:
        return _MIRRORED
    if not np.abs(at - (slope * centres + start)).max() < _STRAIGHT:
        return "places of the picture do not lie on a straight line in the input"
    # The wave tells places but for whole pictures: what is shown lies in the picture.
    start -= np.round(at.mean() - 0.5)
    return float(start), float(start + slope)


def _mean(waves: NDArray[np.complex128], there: NDArray[np.bool_], axis: int) -> NDArray[np.complex128] | None:
    """The mean wave over rows or columns, 0 where most are padding; None where they do not show the same places."""
    count = there.sum(axis=axis)
    some = count > count.max() / 2
    total = np.where(there, waves, 0).sum(axis=axis)
    weight = np.where(there, np.abs(waves), 0).sum(axis=axis)
    if not np.all(np.abs(total[some]) > _COHERENT * weight[some]):
        return None
    mean: NDArray[np.complex128] = np.where(some, total / np.maximum(count, 1), 0)
    return mean
