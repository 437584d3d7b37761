"""The drawing of pictures: an outline where the unit fires, hatching where the formula holds, as in the widgets."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import StudyError
from compexp_widgets.files import as_picture
from compexp_widgets.formula import Formula
from compexp_widgets.notebook_html import Html, data_address, html_of
from compexp_widgets.study.drawing import Drawing, Drawn, short_name

SMALLEST_SIDE = 224
"""Pixels: the longer side of a smaller picture is made so long before anything is drawn on it."""

THUMBNAIL_SIDE = 288
"""Pixels of the longer side of a picture in a notebook's output, shown at 60 % of it; 10 to 25 kB."""

# As in widgets/shared/page/pictures/tile_painting.js.
_DARK, _LIGHT, _HATCH = (10, 12, 16), (255, 255, 255), (255, 194, 26)


@dataclass(frozen=True, eq=False)
class DrawnPicture(Drawn):
    """A picture with its overlay."""

    plain: Image.Image
    fires: NDArray[np.bool_]
    holds: NDArray[np.bool_] | None

    @cached_property
    def picture(self) -> Image.Image:
        """RGB, of the picture's own size, or larger where that is very small."""
        scale = max(1.0, SMALLEST_SIDE / max(self.plain.size))
        return painted(_scaled(self.plain, scale), self.fires, self.holds)

    @cached_property
    def html(self) -> Html:
        small = _scaled(self.plain, THUMBNAIL_SIDE / max(self.plain.size))
        file = thumbnail_file(painted(small, self.fires, self.holds))
        return Html(f'<img src="{data_address(file)}" alt="{html_of(self.text)}">')


class PictureDrawing(Drawing):
    pictures = True
    legend = "outlined: the unit fires; hatched: the formula holds"
    html_legend = legend
    own_legend = "outlined: the unit fires"

    def given(self, sample: Any) -> list[Image.Image]:
        """A picture, the path of its file, or its pixels; RGB."""
        return [as_picture(sample, error=StudyError).convert("RGB")]

    def name(self, samples: Any, number: int) -> str:
        return short_name(samples.images[number].name) if isinstance(samples, SegmentationDataset) else ""

    def draw(
        self,
        study: Any,
        samples: Any,
        number: int,
        fires: NDArray[np.bool_],
        formula: Formula | None = None,
        holds: NDArray[np.bool_] | None = None,
    ) -> DrawnPicture:
        picture = samples.picture(number) if isinstance(samples, SegmentationDataset) else samples[number]
        told = f"fires on {fires.mean():.1%} of the picture"
        if holds is not None and formula is not None:
            told += f", the formula holds on {holds.mean():.1%}, both on {(fires & holds).mean():.1%}"
        return DrawnPicture(told, picture.convert("RGB"), fires, holds)


def thumbnail_file(picture: Image.Image) -> bytes:
    """A small JPEG file for a notebook's output."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=84)
    return file.getvalue()


def painted(
    picture: Image.Image, fires: NDArray[np.bool_] | None, holds: NDArray[np.bool_] | None = None
) -> Image.Image:
    """A picture with the positions where a unit fires outlined, and those where a formula holds hatched; where both are
    so the hatching is crossed.

    Masks are bool, of any shape (height, width); nothing is drawn of those that are None.
    """
    pixels = np.asarray(picture, np.float32)
    line = min(2.4, max(1.4, picture.width / 130))
    outline = None if fires is None else _at_size(fires, picture.size)
    if holds is not None:
        region = _at_size(holds, picture.size)
        pixels = _blended(pixels, _HATCH, 0.16 * region)
        pixels = _hatched(pixels, region, line, slope=1)
        pixels = _blended(pixels, _DARK, 0.45 * _stroke(region, 0.75))
        if outline is not None:
            both = region & outline
            pixels = _blended(pixels, _HATCH, 0.2 * both)
            pixels = _hatched(pixels, both, line, slope=-1)
    if outline is not None:
        pixels = _blended(pixels, _DARK, 0.85 * _stroke(outline, 2 * line, line))
        pixels = _blended(pixels, _LIGHT, _stroke(outline, line, line))
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))


def _scaled(picture: Image.Image, scale: float) -> Image.Image:
    if scale == 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _at_size(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """A mask at the size of a picture, without the staircase of its cells."""
    levels = Image.fromarray(mask.astype(np.uint8) * 255).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(levels) > 127


def _blended(
    pixels: NDArray[np.float32], colour: tuple[int, int, int], opacity: NDArray[np.generic]
) -> NDArray[np.float32]:
    share = np.asarray(opacity, np.float32)[..., None]
    mixed: NDArray[np.float32] = pixels + (np.array(colour, np.float32) - pixels) * share
    return mixed


def _stroke(mask: NDArray[np.bool_], width: float, inside: float = 0) -> NDArray[np.float32]:
    """The opacity of a line along the edge of a mask; at the picture's edge it lies so many pixels inside, where it can
    be seen.
    """
    from scipy.ndimage import distance_transform_edt  # noqa: PLC0415 - a tenth of a second, for whoever draws

    margin = round(inside) + 1
    inner = np.zeros_like(mask)
    inner[margin:-margin, margin:-margin] = mask[margin:-margin, margin:-margin]
    if not inner.any():
        return np.zeros(mask.shape, np.float32)
    away = np.where(inner, distance_transform_edt(inner), distance_transform_edt(~inner)) - 0.5
    opacity: NDArray[np.float32] = np.clip(width / 2 + 0.5 - away, 0, 1).astype(np.float32)
    return opacity


def _hatched(pixels: NDArray[np.float32], mask: NDArray[np.bool_], line: float, slope: int) -> NDArray[np.float32]:
    """Slanted two-tone lines; with slope 1 they rise to the right."""
    side = max(6, round(line * 7))
    rows, columns = np.indices(mask.shape, np.float32)
    away = np.abs((columns + slope * rows) % side - side / 2) / np.sqrt(2)
    width = line * 0.6
    for colour, opacity, wide in ((_DARK, 0.5, width + 0.9), (_HATCH, 1.0, width)):
        pixels = _blended(pixels, colour, opacity * mask * np.clip(wide / 2 + 0.5 - away, 0, 1))
    return pixels
