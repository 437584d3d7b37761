"""Regions of a picture as masks: where a formula holds, their pieces, their soft edges, and what JSON holds of them."""

from __future__ import annotations

import base64
import io
import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import EditError
from compexp_widgets.files import opened_image
from compexp_widgets.formula import Formula
from compexp_widgets.needs import needs
from compexp_widgets.study import VisionStudy
from compexp_widgets.study.given import AnyVisionStudy, as_study


@checked(EditError, but=("image",))
def region(study: AnyVisionStudy, image: int, formula: str | Formula) -> NDArray[np.bool_]:
    """The region of an image of the probe dataset where a formula holds.

    Parameters
    ----------
    image
        Index of the image.
    formula
        A formula, or its text.

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
    study = as_study(study, VisionStudy)
    index = checked_image(study, image)
    (mask,) = study.holds(formula, [index])
    return at_size(mask, study.dataset.picture(index).size)


def checked_image(study: VisionStudy, image: int) -> int:
    """The index of an image of the probe dataset; EditError where there is none such."""
    try:
        index = operator.index(image)
    except TypeError:
        index = -1
    if not 0 <= index < study.samples:
        raise EditError(f"there is no image {image!r:.60}: the probe dataset has images 0 … {study.samples - 1}")
    return index


def at_size(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """A bool mask on the annotation grid, at the width and height of a picture: bool, shape (height, width)."""
    return np.array(Image.fromarray(mask.astype(np.uint8)).resize(size, Image.Resampling.NEAREST), np.bool_)


def pieces(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The connected pieces of a bool mask of shape (height, width); what touches at a corner belongs together.

    Returns int64 of the same shape, 0 outside the mask and 1 … P in the pieces, and the area of each number, (P + 1,).
    """
    with needs("telling the pieces of a region apart"):
        from skimage.measure import label  # noqa: PLC0415 - pasting and replaying do without

    numbers: NDArray[np.int64] = label(mask, connectivity=2)  # type: ignore[no-untyped-call]
    return numbers, np.bincount(numbers.ravel(), minlength=1).astype(np.int64)


EDGE = 0.015
"""The width of a soft edge, as a share of the picture's longer side."""

COLOUR_CATEGORIES = ("color", "colour")
"""The category of colours as Broden spells it, and as others do."""


def checked_mask(mask: object, name: str) -> NDArray[np.bool_]:
    """The mask of a region, as it was given; EditError where it is no bool (height, width), or True nowhere."""
    if not (isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and mask.ndim == 2):
        found = f"{mask.shape}, {mask.dtype}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise EditError(f"the mask of {name!r:.60} has shape (height, width) and type bool, not {found}")
    if not mask.any():
        raise EditError(f"the region {name!r:.60} is empty in this picture: choose another region, or another picture")
    return mask


def see_that_mask_fits(mask: NDArray[np.bool_], size: tuple[int, int], name: str) -> None:
    """See that a mask belongs to a picture of this width and height; EditError where it is of another size."""
    if (mask.shape[1], mask.shape[0]) != size:
        raise EditError(
            f"the region {name!r:.60} was drawn on a picture of {mask.shape[1]} × {mask.shape[0]} pixels, "
            f"this one has {size[0]} × {size[1]}: resize the picture, or draw the region on it"
        )


def soft_mask(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """A mask whose edge goes over from 1 to 0 over some pixels (`EDGE`), about half of them on either side.

    float32, 0 … 1 in steps of 1/255; above 0 in the region. At the border of the picture there is no soft edge.
    """
    blurred = _blurred(mask, max(0.5, EDGE * max(mask.shape) / 2))
    # So that a thin part of a region is seen at all.
    soft: NDArray[np.float32] = np.where(mask, np.maximum(blurred, 128), blurred).astype(np.float32) / np.float32(255)
    return soft


def grown_mask(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask grown to all sides by the width of a soft edge (`EDGE`): bool, same shape.

    What is seen of a thing reaches beyond where it was annotated: by half a position of the grid, and by its outline.
    """
    return mask | (_blurred(mask, max(1.0, EDGE * max(mask.shape))) > 0)


def _blurred(mask: NDArray[np.bool_], radius: float) -> NDArray[np.uint8]:
    hard = Image.fromarray(mask.astype(np.uint8) * np.uint8(255))
    return np.array(hard.filter(ImageFilter.BoxBlur(radius)))


def mask_to_json(mask: NDArray[np.bool_]) -> str:
    """The mask as a PNG file of one bit a pixel, in base 64."""
    buffer = io.BytesIO()
    Image.fromarray(mask).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def mask_from_json(value: Any) -> NDArray[np.bool_]:
    """The mask that `mask_to_json` described: bool, shape (height, width); EditError where it describes none."""
    origin = f"this describes no mask: {str(value)[:60]!r}"
    try:
        data = base64.b64decode(value, validate=True)
    except (TypeError, ValueError) as error:
        raise EditError(f"{origin} ({error})") from error
    with opened_image(data, origin, error=EditError, what="mask") as file:
        if file.mode not in ("1", "L"):
            raise EditError(f"{origin} has {file.channels} channels (mode {file.mode}), not one of 1 or 8 bits")
        return np.asarray(file.picture())[..., 0] >= 128
