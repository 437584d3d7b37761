"""The places and sizes that a sweep tries."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.edits.patch import Patch
from compexp_widgets.adversarial.images.edits.placement import LARGEST, Placement
from compexp_widgets.errors import EditError

PUBLISHED_SIDE = 224
PUBLISHED_CORNERS = (-150, -100, -50, 0, 50, 100)
PUBLISHED_SCALES = (0.33, 0.5, 0.75, 1, 1.5, 2)


@dataclass(frozen=True)
class SweepGrid:
    """Every left with every top with every size, all in whole pixels of the picture.

    Attributes
    ----------
    lefts, tops
        Where the corner of the patch comes; rising; may be negative.
    sizes
        The longer side of the patch as it lies; rising, above 0. Its shape is kept.
    """

    lefts: tuple[int, ...]
    tops: tuple[int, ...]
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        for field in fields(self):
            values = tuple(getattr(self, field.name))
            whole = all(isinstance(value, (int, np.integer)) and not isinstance(value, bool) for value in values)
            if not (values and whole and list(values) == sorted(set(values))):
                raise EditError(f"{field.name} of a sweep are rising whole numbers, at least one, not {values!r:.80}")
            object.__setattr__(self, field.name, tuple(map(int, values)))
        if not 0 < self.sizes[0] <= self.sizes[-1] <= LARGEST:
            raise EditError(f"sizes of a sweep lie in 1 … {LARGEST} pixels, not {self.sizes!r:.80}")

    @staticmethod
    def as_published(side: int = PUBLISHED_SIDE) -> SweepGrid:
        """The 6 × 6 × 6 placements of Mu and Andreas (2020), for a square picture of this side.

        Corners at −150, −100, … 100 and sizes of 73, 112, 168, 224, 336 and 448 pixels where the side is 224, which is
        that of the paper; else in the same proportion. Some of them lie outside the picture, as in the paper.
        """
        corners = tuple(round(corner * side / PUBLISHED_SIDE) for corner in PUBLISHED_CORNERS)
        return SweepGrid(corners, corners, tuple(int(scale * side) for scale in PUBLISHED_SCALES))

    @staticmethod
    def over(size: tuple[int, int], steps: int = 6) -> SweepGrid:
        """Places all over a picture, at which every patch shows.

        Sizes go from a quarter of the picture's shorter side to the whole of it, each larger by the same factor; the
        corners from half of the smallest size before the picture's edge to as much before the opposite edge.

        Parameters
        ----------
        size
            Width and height of the picture, 8 or more pixels.
        steps
            How many lefts, how many tops and how many sizes; fewer where a small picture has no more whole pixels.

        Raises
        ------
        EditError
            When the picture is smaller, or there are fewer than 2 steps.
        """
        if min(size) < SMALLEST or steps < 2:
            raise EditError(
                f"no grid of {steps} steps over {size[0]} × {size[1]} pixels: 2 steps or more over {SMALLEST} or more"
            )
        shorter = min(*size, LARGEST)
        sizes = _whole(np.geomspace(shorter / 4, shorter, steps))
        half = sizes[0] // 2
        lefts, tops = (_whole(np.linspace(-half, side - half, steps)) for side in size)
        return SweepGrid(lefts, tops, sizes)

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many sizes, tops and lefts there are: the shape of a sweep's heat map."""
        return len(self.sizes), len(self.tops), len(self.lefts)

    def placements(
        self, patch: Patch, *, rotation: float = 0.0, flipped: bool = False, opacity: float = 1.0
    ) -> tuple[Placement, ...]:
        """Where a patch comes, in the order of a heat map: placement n is at ``numpy.unravel_index(n, shape)``."""
        width, height = patch.size
        longer = max(width, height)
        return tuple(
            Placement(left, top, size * width / longer, size * height / longer, rotation, flipped, opacity)
            for size in self.sizes
            for top in self.tops
            for left in self.lefts
        )


SMALLEST = 8


def _whole(values: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(np.unique(np.rint(values).astype(int)).tolist())
