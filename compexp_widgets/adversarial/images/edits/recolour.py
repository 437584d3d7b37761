"""Give a region of a picture another colour: "make the water blue"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.regions import (
    checked_mask,
    mask_from_json,
    mask_to_json,
    see_that_mask_fits,
    soft_mask,
)
from compexp_widgets.concepts.colours import TONES, name_colours
from compexp_widgets.errors import EditError

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

    def on(self, picture: Image.Image) -> Image.Image:
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
