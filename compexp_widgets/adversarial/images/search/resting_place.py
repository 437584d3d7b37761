"""Where a patch is put when nobody has said where: where it hides least of what speaks for the wanted class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.edits.placement import Placement

SMALLEST, LARGEST = 1 / 6, 2 / 3
"""Of the picture's width, and `LARGEST` of its height too: a patch is to be seen, and to leave the rest visible."""

_STEPS = 9


def resting_place(
    speaking: NDArray[np.floating], size: tuple[int, int], patch: tuple[int, int], share: float = 1 / 3
) -> Placement:
    """A place for a patch, wholly inside the picture.

    Of 9 × 9 places it gets the one where it covers least of what speaks for the wanted class; among equals the one
    nearest to the middle.

    Parameters
    ----------
    speaking
        Shape (h, w), not negative: how much each part of the picture speaks for the wanted class.
    size, patch
        Width and height of the picture and of the patch, in pixels.
    share
        Of the picture's width, how much the patch takes: for one that was cut out of another picture best what it took
        there, since at that size it drove the unit (on the demo such patches drive units half as much again as those
        that are scaled to a third, and a quarter of them makes the unit fire in place of none). At least `SMALLEST` and
        at most `LARGEST`.

    Returns
    -------
    A placement in whole pixels, in the patch's own shape.
    """
    width, height = size
    across = min(width * min(max(share, SMALLEST), LARGEST), height * LARGEST * patch[0] / patch[1])
    wide, high = max(round(across), 1), max(round(across * patch[1] / patch[0]), 1)
    lefts = np.unique(np.rint(np.linspace(0, max(width - wide, 0), _STEPS)).astype(int))
    tops = np.unique(np.rint(np.linspace(0, max(height - high, 0), _STEPS)).astype(int))
    rows, columns = speaking.shape
    down = _overlaps(tops / height * rows, (tops + high) / height * rows, rows)
    over = _overlaps(lefts / width * columns, (lefts + wide) / width * columns, columns)
    hidden = down @ speaking.astype(np.float64) @ over.T
    away = np.hypot(*np.meshgrid(tops + high / 2 - height / 2, lefts + wide / 2 - width / 2, indexing="ij"))
    tolerance = 1e-9 * max(float(hidden.max()), 1.0)
    best = int(np.where(hidden <= hidden.min() + tolerance, away, np.inf).argmin())
    top, left = np.unravel_index(best, hidden.shape)
    return Placement(int(lefts[left]), int(tops[top]), wide, high)


def _overlaps(starts: NDArray[np.float64], ends: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """How much of each of several cells of length 1 lies in each stretch: shape (stretches, cells), 0 … 1."""
    cell = np.arange(cells)
    shares: NDArray[np.float64] = np.clip(np.minimum(ends[:, None], cell + 1) - np.maximum(starts[:, None], cell), 0, 1)
    return shares
