"""Where a formula holds in a picture, at the picture's own size, and the connected pieces of it."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.measure import label

from compexp_widgets.errors import EditError
from compexp_widgets.formula import Formula, Leaf, parse
from compexp_widgets.study import VisionStudy


def region(study: VisionStudy, image: int, formula: str | Formula) -> NDArray[np.bool_]:
    """Where a formula holds in an image of the probe dataset.

    Parameters
    ----------
    image
        Index of the image.
    formula
        A formula, or what `formula_of` makes of a text.

    Returns
    -------
    bool, shape (height, width) of the picture: each pixel has the truth of the position of the annotation grid that it
    lies in.

    Raises
    ------
    EditError
        When there is no such image.
    FormulaError
        When the text is no formula, or names a concept that the data does not have.
    """
    index = checked_image(study, image)
    (mask,) = study.formula_mask(formula_of(study, formula), [index])
    return at_size(mask, study.dataset.picture(index).size)


def formula_of(study: VisionStudy, what: str | Formula) -> Formula:
    """What a person asks for: the name of a concept, letter by letter, or else a formula.

    >>> formula_of(study, "(water OR river) AND NOT blue-c")

    Raises
    ------
    FormulaError
        When it is neither; the message names concepts that are spelled alike.
    """
    if isinstance(what, Formula):
        return what
    return Leaf(what) if what in study.category_of else parse(what, study.table.concepts)


def checked_image(study: VisionStudy, image: int) -> int:
    """The index of an image of the probe dataset.

    Raises
    ------
    EditError
        When there is no such image.
    """
    try:
        index = operator.index(image)
    except TypeError:
        index = -1
    if not 0 <= index < study.samples:
        raise EditError(f"there is no image {image!r:.60}: the probe dataset has images 0 … {study.samples - 1}")
    return index


def at_size(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """A mask on the annotation grid, scaled to a picture.

    Parameters
    ----------
    mask
        bool, shape (height, width) of the grid.
    size
        Width and height of the picture.

    Returns
    -------
    bool, shape (height, width) of the picture
    """
    scaled = Image.fromarray(mask.astype(np.uint8)).resize(size, Image.Resampling.NEAREST)
    return np.array(scaled, np.bool_)


def pieces(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The connected pieces of a mask; positions that touch at a corner belong together.

    Parameters
    ----------
    mask
        bool, shape (height, width).

    Returns
    -------
    numbers
        int64, same shape: 0 outside the mask, and 1 … P in the pieces, in the order in which rows are read.
    areas
        int64, shape (P + 1,): how many positions have each number.
    """
    numbers: NDArray[np.int64] = label(mask, connectivity=2)  # type: ignore[no-untyped-call]
    return numbers, np.bincount(numbers.ravel(), minlength=1).astype(np.int64)
