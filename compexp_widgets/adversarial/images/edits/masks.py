"""Regions of a picture as masks: their soft edges, and what JSON holds of them."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from compexp_widgets.errors import EditError
from compexp_widgets.files import opened_image

EDGE = 0.015
"""The width of a soft edge, as a share of the picture's longer side."""


def checked_mask(mask: object, name: str) -> NDArray[np.bool_]:
    """The mask of a region, as it was given.

    Raises
    ------
    EditError
        When it is no array of truth values of shape (height, width), or nothing lies in the region.
    """
    if not (isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and mask.ndim == 2):
        found = f"{mask.shape}, {mask.dtype}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise EditError(f"the mask of {name!r:.60} has shape (height, width) and type bool, not {found}")
    if not mask.any():
        raise EditError(f"the region {name!r:.60} is empty in this picture: choose another region, or another picture")
    return mask


def see_that_mask_fits(mask: NDArray[np.bool_], size: tuple[int, int], name: str) -> None:
    """See that a mask belongs to a picture of some width and height.

    Raises
    ------
    EditError
        When it is of another size.
    """
    if (mask.shape[1], mask.shape[0]) != size:
        raise EditError(
            f"the region {name!r:.60} was drawn on a picture of {mask.shape[1]} × {mask.shape[0]} pixels, "
            f"this one has {size[0]} × {size[1]}: resize the picture, or draw the region on it"
        )


def soft_mask(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """A mask whose edge goes over from 1 to 0 over some pixels (`EDGE`), about half of them on either side.

    It is 0 farther outside. Where the region reaches the border of the picture it ends without a soft edge.

    Parameters
    ----------
    mask
        bool, shape (height, width).

    Returns
    -------
    float32, same shape, 0 … 1, in steps of 1/255; above 0 in the region.
    """
    blurred = _blurred(mask, max(0.5, EDGE * max(mask.shape) / 2))
    # So that a thin part of a region is seen at all.
    soft: NDArray[np.float32] = np.where(mask, np.maximum(blurred, 128), blurred).astype(np.float32) / np.float32(255)
    return soft


def grown_mask(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask grown to all sides by the width of a soft edge (`EDGE`): bool, same shape.

    What is seen of a thing reaches beyond where it was annotated: by half a position of the grid, and by its outline.
    """
    grown: NDArray[np.bool_] = mask | (_blurred(mask, max(1.0, EDGE * max(mask.shape))) > 0)
    return grown


def _blurred(mask: NDArray[np.bool_], radius: float) -> NDArray[np.uint8]:
    hard = Image.fromarray(mask.astype(np.uint8) * np.uint8(255))
    return np.array(hard.filter(ImageFilter.BoxBlur(radius)))


def mask_to_json(mask: NDArray[np.bool_]) -> str:
    """The mask as a PNG file of one bit a pixel, in base 64."""
    buffer = io.BytesIO()
    Image.fromarray(mask).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def mask_from_json(value: Any) -> NDArray[np.bool_]:
    """The mask that `mask_to_json` described: bool, shape (height, width).

    Raises
    ------
    EditError
        When it describes none.
    """
    origin = f"this describes no mask: {str(value)[:60]!r}"
    try:
        data = base64.b64decode(value, validate=True)
    except (TypeError, ValueError) as error:
        raise EditError(f"{origin} ({error})") from error
    with opened_image(data, origin, error=EditError, what="mask") as file:
        if file.mode not in ("1", "L"):
            raise EditError(f"{origin} has {file.channels} channels (mode {file.mode}), not one of 1 or 8 bits")
        return np.asarray(file.picture())[..., 0] >= 128
