"""Colour concepts for any photographs: the eleven basic colour terms, named position by position.

The terms are those of Berlin and Kay (1969, "Basic Color Terms"), which Broden uses too. A term is given by two to five
tones, its focal colour and the darker, lighter or duller ones that photographs are full of; a position takes the term
of the nearest tone in CIELAB (CIE 15:2004; sRGB of IEC 61966-2-1 under D65). The tones are a choice of this package and
not a psychophysical measurement: near a border between terms another person would say another word.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.argument_types import checked
from compexp_widgets.data.images.annotated_image import COLOUR_CATEGORY, AnnotatedImage, Concept, open_picture
from compexp_widgets.data.images.layouts import AnyDataset, as_dataset
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import Step, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

TONES: dict[str, tuple[str, ...]] = {
    "black": ("000000", "262626"),
    "blue": ("0000ff", "000080", "1f3c88", "4a78c8", "8cb4dc"),
    "brown": ("402810", "653700", "8c643c", "b48c64"),
    "grey": ("505050", "7f7f7f", "aaaaaa"),
    "green": ("00a000", "15501b", "4a7832", "8cb464"),
    "orange": ("f97306", "d2781e"),
    "pink": ("ff81c0", "dc96a0"),
    "purple": ("7e1e9c", "482850", "966eaa"),
    "red": ("e50000", "8c1414"),
    "white": ("ffffff", "dcdcdc"),
    "yellow": ("ffff14", "e6c832", "e6dc96"),
}
"""The tones of every term, as sRGB; the terms in the order of Broden."""

_VERSION = "eleven terms, nearest tone in CIELAB, version 1"

_FROM_SRGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_D65 = _FROM_SRGB.sum(axis=1)


@dataclass(frozen=True)
class ColourLayer:
    """The colours of a picture as a layer of labels.

    The picture is averaged down to the grid, so that each position has the mean colour of its area.

    `first`: label number of the first term; the others follow.
    """

    first: int

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @property
    def files(self) -> tuple[Path, ...]:
        """None but the picture itself."""
        return ()

    @property
    def recipe(self) -> str:
        """The method, its version, its tones and where its numbers begin."""
        return f"colours from {self.first}: {_VERSION}, {TONES}"

    def numbers(self, image: AnnotatedImage, grid: tuple[int, int]) -> NDArray[np.int64]:
        """The label numbers: int64, shape `grid`; `DataError` where the picture cannot be read."""
        picture = open_picture(image).resize((grid[1], grid[0]), Image.Resampling.BOX)
        return self.first + name_colours(np.asarray(picture))

    def drawn_on(self) -> None:
        """Nothing: it follows the picture whichever way that stands."""
        return


@repeats("with_colours")
@checked(DataError)
def with_colours(dataset: AnyDataset) -> SegmentationDataset:
    """The same data with the colours of its pictures as concepts, ``black-c`` to ``yellow-c``, of category ``color``.

    They are named anew whenever labels are read, some milliseconds an image; nothing is written.

    Raises
    ------
    DataError
        Where the data set has a concept of one of these names already.
    """
    dataset = as_dataset(dataset)
    terms = tuple(Concept(f"{term}-c", COLOUR_CATEGORY) for term in TONES)
    taken = set(dataset.concept_names) & {term.name for term in terms}
    if taken:
        raise DataError(
            f"the data set in {dataset.folder} has the concept {min(taken)!r} already. "
            "Leave its colours out first, with .without([…]), or rename them."
        )
    first = len(dataset.codes)
    codes = np.concatenate([dataset.codes, len(dataset.concepts) + np.arange(len(terms))]).astype(np.int32)
    layer = ColourLayer(first)
    images = tuple(dataclasses.replace(image, masks=(*image.masks, layer)) for image in dataset.images)
    recipe = dataset.recipe.then(Step.of("with_colours"))
    return dataclasses.replace(dataset, concepts=dataset.concepts + terms, images=images, codes=codes, recipe=recipe)


def name_colours(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The colour term of every pixel.

    `pixels`: uint8, shape (…, 3): sRGB. Returns int64, shape (…): index into the terms of `TONES`.
    """
    tones = [(term, bytes.fromhex(tone)) for term, hues in enumerate(TONES.values()) for tone in hues]
    prototypes = to_lab(np.array([list(tone) for _, tone in tones], np.uint8))
    lab = to_lab(pixels)
    # |a − b|² without |a|², which is the same for every tone.
    distances = (prototypes**2).sum(axis=1) - 2 * lab @ prototypes.T
    term_of = np.array([term for term, _ in tones], np.int64)
    named: NDArray[np.int64] = term_of[distances.argmin(axis=-1)]
    return named


def to_lab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB, uint8 of shape (…, 3), in CIELAB under D65: float64, shape (…, 3), L* from 0 to 100."""
    encoded = np.arange(256) / 255
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)[pixels]
    relative = light @ _FROM_SRGB.T / _D65
    f = np.where(relative > (6 / 29) ** 3, np.cbrt(relative), relative / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)
