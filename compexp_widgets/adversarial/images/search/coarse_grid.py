"""The coarse grid that a search for edits begins with: sizes by the share they cover, positions by cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from compexp_widgets.adversarial.images.edits.paste import LARGEST, Patch, Placement
from compexp_widgets.adversarial.images.search.attempts import Candidate, PlacementEvaluator
from compexp_widgets.adversarial.images.search.settings import Constraints, SearchSettings

RUNGS = 5
"""Sizes of a patch on the grid, each of half the area of the next, the largest just within the constraints."""
WITHIN_LIMIT = 0.98
"""The largest size covers this much of what may be covered: resampling makes edges a little wider."""


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: a patch (its number) at one size and attitude, its middle somewhere in the cell.

    `middle` and `reach` are the cell's middle and its width and height, in pixels of the picture.
    """

    patch: int
    size: tuple[int, int]
    rotation: float
    flipped: bool
    middle: tuple[float, float]
    reach: tuple[float, float]

    def candidate(self, evaluator: PlacementEvaluator) -> Candidate | None:
        """The candidate nearest the middle, of 25 spread over the cell, that the constraints allow; None: none.

        Without masks there is nothing to evade, and the middle alone is looked at.
        """
        masked = evaluator.constraints.within is not None or evaluator.constraints.keep is not None
        for across, down in AROUND if masked else AROUND[:1]:
            middle = self.middle[0] + across * self.reach[0], self.middle[1] + down * self.reach[1]
            candidate = Candidate(
                self.patch, placed(middle, self.size, self.rotation, self.flipped, evaluator.constraints.opacity[1])
            )
            if evaluator.allows(candidate):
                return candidate
        return None


def grid_of(
    number: int, patch: Patch, picture: tuple[int, int], constraints: Constraints, settings: SearchSettings
) -> list[list[Cell]]:
    """The cells of a patch, by its number: a list for each size, smallest first.

    They cover the picture, of this width and height, or the box of the region that the patch must stay within.
    """
    left, top, width, height = _box(picture, constraints)
    reach = width / settings.positions, height / settings.positions
    middles = [
        (left + (column + 0.5) * reach[0], top + (row + 0.5) * reach[1])
        for row, column in product(range(settings.positions), repeat=2)
    ]
    attitudes = list(product(settings.rotations, (False, True) if settings.mirrored else (False,)))
    ladder = _by_share(patch, picture, constraints)
    if settings.sizes is not None:
        ladder = [fitted(patch, side) for side in settings.sizes]
    return [
        [Cell(number, size, rotation, flipped, middle, reach) for rotation, flipped in attitudes for middle in middles]
        for size in sorted(set(ladder))
    ]


def fitted(patch: Patch, side: float) -> tuple[int, int]:
    """Width and height of a patch whose longer side has this many pixels."""
    scale = side / max(patch.size)
    width, height = (min(LARGEST, max(1, round(length * scale))) for length in patch.size)
    return width, height


def placed(
    middle: tuple[float, float], size: tuple[int, int], rotation: float, flipped: bool, opacity: float
) -> Placement:
    """A placement on whole pixels, as near to a middle as can be."""
    left, top = math.floor(middle[0] - size[0] / 2 + 0.5), math.floor(middle[1] - size[1] / 2 + 0.5)
    return Placement(left, top, *size, rotation=rotation, flipped=flipped, opacity=opacity)


def _by_share(patch: Patch, picture: tuple[int, int], constraints: Constraints) -> list[tuple[int, int]]:
    largest = constraints.largest_share
    if constraints.within is not None:
        largest = min(largest, float(constraints.within.mean()))
    opaque = float(patch.pixels[..., 3].mean()) / 255
    smallest = constraints.smallest_side * max(patch.size) / min(patch.size)
    ladder = []
    for rung in range(RUNGS):
        pixels = WITHIN_LIMIT * largest * 0.5**rung * picture[0] * picture[1]
        scale = math.sqrt(pixels / (opaque * patch.size[0] * patch.size[1]))
        ladder.append(fitted(patch, max(smallest, scale * max(patch.size))))
    return ladder


def _box(picture: tuple[int, int], constraints: Constraints) -> tuple[float, float, float, float]:
    if constraints.within is None:
        return 0, 0, *picture
    rows, columns = np.nonzero(constraints.within)
    left, top = int(columns.min()), int(rows.min())
    return left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top


AROUND = sorted(product((-0.4, -0.2, 0.0, 0.2, 0.4), repeat=2), key=lambda offset: math.hypot(*offset))
"""Offsets from a cell's middle, in cells, nearest first."""
