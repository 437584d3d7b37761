"""Cut a region out of a picture, as a patch with a soft edge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.masks import checked_mask, see_that_mask_fits, soft_mask
from compexp_widgets.adversarial.images.edits.patch import Patch


class Box(NamedTuple):
    """A part of a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


def cut_out(
    picture: Image.Image, mask: NDArray[np.bool_], name: str, origin: str = "", concepts: tuple[str, ...] = ()
) -> tuple[Patch, Box]:
    """Cut a region out of a picture.

    Parameters
    ----------
    picture
        Any mode.
    mask
        bool, shape (height, width) of the picture: the region.
    name, origin, concepts
        Of the patch; see `Patch`.

    Returns
    -------
    patch
        The smallest rectangle with all of the region and of its soft edge (see `soft_mask`). Pixels of alpha 0 are
        black, so that nothing of the surroundings travels with the patch.
    box
        Where the rectangle lies in the picture.

    Raises
    ------
    EditError
        When the region is empty, or the mask has another size than the picture.
    """
    see_that_mask_fits(checked_mask(mask, name), picture.size, name)
    alpha = np.rint(soft_mask(mask) * 255).astype(np.uint8)
    rows, columns = (np.flatnonzero(alpha.any(axis=axis)) for axis in (1, 0))
    left, top, right, bottom = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    alpha = alpha[top:bottom, left:right]
    colours = np.asarray(picture.crop((left, top, right, bottom)).convert("RGB"))
    pixels = np.dstack([np.where(alpha[..., None] > 0, colours, np.uint8(0)), alpha])
    return Patch(pixels, name, origin, concepts), Box(left, top, right - left, bottom - top)
