"""Edits of a region of a picture: give it another colour, or take it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from compexp_widgets.adversarial.images.edits.regions import (
    checked_mask,
    grown_mask,
    mask_from_json,
    mask_to_json,
    see_that_mask_fits,
    soft_mask,
)
from compexp_widgets.concepts.colours import TONES, name_colours
from compexp_widgets.errors import EditError
from compexp_widgets.files import AnyPicture, as_picture
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_CONES_BACK, _LAB_BACK = np.linalg.inv(_CONES), np.linalg.inv(_LAB)

_LEVELS = np.arange(256) / 255
_LIGHT = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)


def to_oklab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB, uint8 of shape (…, 3), in Oklab: float64, shape (…, 3), lightness 0 (black) … 1 (white), a, b."""
    found: NDArray[np.float64] = np.cbrt(_LIGHT[pixels] @ _CONES.T) @ _LAB.T
    return found


def from_oklab(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Oklab, float64 of shape (…, 3), in sRGB: uint8, same shape; what sRGB does not have is cut off a channel."""
    light = np.clip((values @ _LAB_BACK.T) ** 3 @ _CONES_BACK.T, 0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    pixels: NDArray[np.uint8] = np.rint(encoded * 255).astype(np.uint8)
    return pixels


@dataclass(frozen=True, eq=False)
class Recolour:
    """A region in another colour, with the light and shade that it has. Two are equal when all but their names is.

    Lightness stays, and so does texture; hue and saturation become those of the colour (see `oklab`). They fade
    towards black and white in proportion, since no screen shows a saturated colour there. So black, white and grey all
    do the same: they take the colour away.

    Attributes
    ----------
    mask
        bool, shape (height, width) of the picture: the region. Its edge is made soft (see `soft_mask`).
    colour
        Red, green, blue: whole numbers, 0 … 255 (sRGB).
    strength
        0 leaves the region as it is, 1 replaces its colour.
    name
        What a person calls the region.
    """

    mask: NDArray[np.bool_]
    colour: tuple[int, int, int]
    strength: float = 1.0
    name: str = "region"

    __repr__ = brief_repr
    _repr_html_ = fields_html

    __repr__ = brief_repr

    def __post_init__(self) -> None:
        checked_mask(self.mask, self.name)
        values = list(self.colour) if isinstance(self.colour, (tuple, list)) else []
        if len(values) != 3 or not all(isinstance(one, int) and 0 <= one <= 255 for one in values):
            raise EditError(f"a colour is red, green and blue, each 0 … 255, not {self.colour!r:.60}")
        object.__setattr__(self, "colour", tuple(values))
        if not (isinstance(self.strength, (int, float)) and 0 <= self.strength <= 1):
            raise EditError(f"strength of a recolouring lies in 0 … 1, not {self.strength!r:.60}")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Recolour)
            and (self.colour, self.strength) == (other.colour, other.strength)
            and np.array_equal(self.mask, other.mask)
        )

    def __hash__(self) -> int:
        return hash((self.colour, self.strength, self.mask.tobytes()))

    @property
    def description(self) -> str:
        return f"make {self.name} {self.term}"

    @property
    def term(self) -> str:
        """The colour term that is nearest to the colour, one of `TONES`."""
        return list(TONES)[int(name_colours(np.array(self.colour, np.uint8)))]

    def on(self, picture: AnyPicture) -> Image.Image:
        picture = as_picture(picture, error=EditError)
        weight = self.coverage(picture.size)
        changed = weight > 0
        edited = np.array(picture.convert("RGB"))
        lab = to_oklab(edited[changed])
        lab[:, 1:] += weight[changed][:, None].astype(np.float64) * (self._hues(lab[:, 0]) - lab[:, 1:])
        edited[changed] = from_oklab(lab)
        return Image.fromarray(edited)

    def coverage(self, size: tuple[int, int]) -> NDArray[np.float32]:
        see_that_mask_fits(self.mask, size, self.name)
        share: NDArray[np.float32] = self._soft * np.float32(self.strength)
        return share

    def to_json(self) -> dict[str, Any]:
        return {
            "edit": "recolour",
            "name": self.name,
            "mask": mask_to_json(self.mask),
            "colour": list(self.colour),
            "strength": self.strength,
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Recolour:
        return Recolour(mask_from_json(value["mask"]), value["colour"], value["strength"], str(value["name"]))

    @cached_property
    def _soft(self) -> NDArray[np.float32]:
        return soft_mask(self.mask)

    def _hues(self, lightness: NDArray[np.float64]) -> NDArray[np.float64]:
        """The colour's a and b at every lightness, of shape (N, 2): in full at its own, none in black and white."""
        own, *hue = to_oklab(np.array(self.colour, np.uint8)).tolist()
        below, above = lightness / max(own, 0.01), (1 - lightness) / max(1 - own, 0.01)
        hues: NDArray[np.float64] = np.clip(np.minimum(below, above), 0, 1)[:, None] * np.array(hue)
        return hues


LARGEST_FILL = 8_000
"""Pixels that are worked out one by one; a larger region is filled on a smaller copy of the picture."""


@dataclass(frozen=True, eq=False)
class Remove:
    """A region filled from its surroundings. Two are equal when their regions are.

    Every filled pixel is the mean of its four neighbours (Laplace's equation, as of a membrane that is fixed where the
    surroundings begin), so no colour appears that is not there. Biharmonic inpainting, which also goes on with the
    slopes of the surroundings, puts glaring colours into large regions. The fill has no texture: a large one looks like
    fog, which a network may take for something.

    Attributes
    ----------
    mask
        bool, shape (height, width) of the picture: the region. It is grown a little, so that no outline stays
        (see `grown_mask`), and its edge is made soft (see `soft_mask`).
    name
        What a person calls the region.
    """

    mask: NDArray[np.bool_]
    name: str = "region"

    __repr__ = brief_repr
    _repr_html_ = fields_html

    __repr__ = brief_repr

    def __post_init__(self) -> None:
        if checked_mask(self.mask, self.name).all():
            raise EditError(f"the region {self.name!r:.60} is the whole picture: nothing is left to fill it from")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Remove) and np.array_equal(self.mask, other.mask)

    def __hash__(self) -> int:
        return hash(self.mask.tobytes())

    @property
    def description(self) -> str:
        return f"remove {self.name}"

    def on(self, picture: AnyPicture) -> Image.Image:
        picture = as_picture(picture, error=EditError)
        share = self.coverage(picture.size)[..., None]
        pixels = np.asarray(picture.convert("RGB"))
        # What the soft edge touches still shows something of the thing, so it is no source of the fill.
        unknown = self._soft > 0
        filled = _filled(pixels, self.mask if unknown.all() else unknown)
        mixed = pixels + share * (filled - pixels)
        return Image.fromarray(np.rint(mixed).astype(np.uint8))

    def coverage(self, size: tuple[int, int]) -> NDArray[np.float32]:
        see_that_mask_fits(self.mask, size, self.name)
        return self._soft

    def to_json(self) -> dict[str, Any]:
        return {"edit": "remove", "name": self.name, "mask": mask_to_json(self.mask)}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Remove:
        return Remove(mask_from_json(value["mask"]), str(value["name"]))

    @cached_property
    def _soft(self) -> NDArray[np.float32]:
        return soft_mask(grown_mask(self.mask))


def _filled(pixels: NDArray[np.uint8], unknown: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The picture with unknown pixels worked out from the others: float32, shape (height, width, 3), 0 … 255."""
    height, width = unknown.shape
    scale = (LARGEST_FILL / np.count_nonzero(unknown)) ** 0.5
    known = pixels.astype(np.float32)
    if scale >= 1:
        return _membrane(known, unknown)
    smaller = _smaller(known, unknown, (max(round(width * scale), 1), max(round(height * scale), 1)))
    resized = _resized(_membrane(*smaller), (width, height), Image.Resampling.BICUBIC)
    return np.clip(resized, 0, 255)


def _membrane(pixels: NDArray[np.float32], unknown: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The same pixels, the unknown ones such that each is the mean of its neighbours."""
    height, width = unknown.shape
    rows, columns = np.nonzero(unknown)
    number = np.zeros(unknown.shape, np.int64)
    number[rows, columns] = np.arange(len(rows))
    neighbours = np.zeros(len(rows))
    given = np.zeros((len(rows), pixels.shape[2]))
    links: list[NDArray[np.int64]] = []  # (unknown pixel, unknown neighbour), shape (2, L)
    for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        y, x = rows + down, columns + right
        pixel = np.flatnonzero((y >= 0) & (y < height) & (x >= 0) & (x < width))
        y, x = y[pixel], x[pixel]
        linked = unknown[y, x]
        neighbours[pixel] += 1
        given[pixel[~linked]] += pixels[y[~linked], x[~linked]]
        links.append(np.stack([pixel[linked], number[y[linked], x[linked]]]))
    places = np.concatenate([*links, np.tile(np.arange(len(rows)), (2, 1))], axis=1)
    values = np.concatenate([np.full(places.shape[1] - len(rows), -1.0), neighbours])
    filled: NDArray[np.float32] = pixels.copy()
    if len(rows):
        filled[rows, columns] = splu(csc_matrix((values, places))).solve(given)
    return filled


def _smaller(
    pixels: NDArray[np.float32], unknown: NDArray[np.bool_], size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """A smaller copy in which every pixel is the mean of the known ones that it stands for, where there are any."""
    known = (~unknown)[..., None].astype(np.float32)
    share = _resized(known, size, Image.Resampling.BOX)
    sums = _resized(pixels * known, size, Image.Resampling.BOX)
    return np.divide(sums, share, out=np.zeros_like(sums), where=share > 0), share[..., 0] == 0


def _resized(values: NDArray[np.float32], size: tuple[int, int], how: Image.Resampling) -> NDArray[np.float32]:
    """Values of shape (height, width, channels) at another width and height."""
    channels = [Image.fromarray(channel).resize(size, how) for channel in np.moveaxis(values, -1, 0)]
    return np.stack([np.asarray(channel) for channel in channels], axis=-1)
