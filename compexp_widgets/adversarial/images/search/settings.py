"""The settings of a search for edits, and the limits that every suggested placement keeps to."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.edits.paste import LARGEST, Paste
from compexp_widgets.argument_types import check_fields
from compexp_widgets.arguments import whole_number
from compexp_widgets.errors import EditError
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr


@dataclass(frozen=True)
class SearchSettings:
    """The settings of a search for edits.

    Attributes
    ----------
    positions
        Steps of the coarse grid across and down.
    sizes
        Longer sides of the patches in pixels of the picture; None: five sizes, each of half the area of the next, up to
        what the constraints allow.
    rotations
        Degrees, clockwise; at least one.
    mirrored
        Try each patch mirrored, too.
    budget
        Placements that are tried at most; at least one a patch.
    seed
        Of the draw, where the grid is more than its part of the budget.
    batch_size
        Pictures shown to the network at once.

    Raises
    ------
    EditError
        When a setting makes no sense.
    """

    positions: int = 5
    sizes: Sequence[float] | None = None
    rotations: Sequence[float] = (0,)
    mirrored: bool = False
    budget: int = 400
    seed: int = 0
    batch_size: int = 32

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        check_fields(self, EditError)
        for name in ("positions", "batch_size", "budget"):
            whole_number(getattr(self, name), name, error=EditError)
        if self.sizes is not None and not _are_numbers(self.sizes, 0, LARGEST):
            raise EditError(f"sizes are longer sides in pixels, above 0 and at most {LARGEST}, not {self.sizes!r:.80}")
        if not _are_numbers(self.rotations, -math.inf, sys.float_info.max):
            raise EditError(f"rotations are degrees, at least one, not {self.rotations!r:.80}")


@dataclass(frozen=True, eq=False)
class Constraints:
    """Limits that every suggested placement keeps to.

    Attributes
    ----------
    largest_share
        The share of the picture that may be covered, above 0 and at most 1. What lies outside the picture does not
        count, a soft edge counts by its alpha, and fading a patch does not make it smaller.
    within
        bool, shape (height, width) of the picture: every visible pixel of the patch lies where this is True.
    keep
        bool, shape (height, width): what is to stay visible, such as the object that the picture is of.
    largest_hidden
        The share of `keep` that may be covered, 0 … 1.
    smallest_side
        Pixels: the shorter side of the patch's box, at least 1.
    opacity
        The lowest and the highest opacity; 0 < lowest ≤ highest ≤ 1.

    Raises
    ------
    EditError
        When a limit makes no sense, or leaves no pixel to paste on.
    """

    largest_share: float = 0.25
    within: NDArray[np.bool_] | None = None
    keep: NDArray[np.bool_] | None = None
    largest_hidden: float = 0.1
    smallest_side: int = 8
    opacity: tuple[float, float] = (1.0, 1.0)

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        check_fields(self, EditError, but=("within", "keep"))
        if not 0 < self.largest_share <= 1:
            raise EditError(f"largest_share is a share of the picture, above 0 and at most 1, not {self.largest_share}")
        if not 0 <= self.largest_hidden <= 1:
            raise EditError(f"largest_hidden is a share of what is kept, 0 … 1, not {self.largest_hidden}")
        if not (math.isfinite(self.smallest_side) and self.smallest_side >= 1):
            raise EditError(f"smallest_side is at least 1 pixel, not {self.smallest_side}")
        if len(self.opacity) != 2 or not 0 < self.opacity[0] <= self.opacity[1] <= 1:
            raise EditError(f"opacity is the lowest and the highest one, above 0 and at most 1, not {self.opacity}")
        for name, mask in (("within", self.within), ("keep", self.keep)):
            if mask is None:
                continue
            if not (isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and mask.ndim == 2):
                raise EditError(f"{name} is a bool array of shape (height, width), not {mask!r:.60}")
            if not mask.any():
                raise EditError(f"{name} is True nowhere on the picture: leave it out, or choose another region")

    def check_size(self, size: tuple[int, int]) -> None:
        """See that the masks belong to a picture of this width and height; EditError where one does not."""
        for name, mask in (("within", self.within), ("keep", self.keep)):
            if mask is not None and mask.shape != (size[1], size[0]):
                raise EditError(f"{name} has shape {mask.shape}; the picture has (height, width) {(size[1], size[0])}")

    def broken_by(self, edit: Paste, covered: NDArray[np.float32] | None = None) -> str:
        """The limit that an edit breaks, in words; empty when it keeps to all. `covered` is its `solid_coverage`."""
        return next(self._breaches(edit, covered), "")

    def _breaches(self, edit: Paste, covered: NDArray[np.float32] | None) -> Iterator[str]:
        place = edit.placement
        low, high = self.opacity
        if min(place.width, place.height) < self.smallest_side:
            yield f"its shorter side is {min(place.width, place.height):g} pixels, less than {self.smallest_side}"
        if not low <= place.opacity <= high:
            yield f"its opacity is {place.opacity:g}, not in {low:g} … {high:g}"
        if covered is None:
            return
        share = float(covered.mean())
        if share == 0:
            yield "nothing of it lies on the picture"
        if share > self.largest_share:
            yield f"it covers {share:.1%} of the picture, more than {self.largest_share:.1%}"
        if self.within is not None and (covered[~self.within] > 0).any():
            yield "it reaches out of the region it must stay in"
        if self.keep is not None and (hidden := float(covered[self.keep].mean())) > self.largest_hidden:
            yield f"it hides {hidden:.1%} of what must stay visible, more than {self.largest_hidden:.1%}"


def solid_coverage(edit: Paste, size: tuple[int, int]) -> NDArray[np.float32]:
    """The coverage of an edit when it is not faded; see `Paste.coverage`."""
    return Paste(edit.patch, replace(edit.placement, opacity=1.0)).coverage(size)


def _are_numbers(values: Sequence[float], above: float, most: float) -> bool:
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence | np.ndarray) or not len(values):
        return False
    return all(isinstance(value, (int, float, np.number)) and above < value <= most for value in values)
