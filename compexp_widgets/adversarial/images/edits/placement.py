"""Where and how a patch lies on a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from compexp_widgets.errors import EditError


@dataclass(frozen=True)
class Placement:
    """The geometry of a pasted patch, in pixels of the picture. Parts outside the picture are cut off.

    Attributes
    ----------
    left, top
        The corner of the box that the patch fills before it is turned; may be negative.
    width, height
        The size of that box, above 0.
    rotation
        Degrees, clockwise, about the middle of the box.
    flipped
        Mirrored left to right, before it is turned.
    opacity
        Times the patch's own alpha: 0 … 1.
    """

    left: float
    top: float
    width: float
    height: float
    rotation: float = 0.0
    flipped: bool = False
    opacity: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            # Compared, since math.isfinite has an error of its own for integers of hundreds of digits.
            if field.name != "flipped" and not (isinstance(value, (int, float)) and abs(value) < math.inf):
                raise EditError(f"{field.name} of a placement is a finite number, not {value!r:.60}")
        for name in ("left", "top", "rotation"):
            if abs(getattr(self, name)) > FARTHEST:
                raise EditError(
                    f"{name} of a placement is at most {FARTHEST} either way, not {getattr(self, name)!r:.60}"
                )
        for name in ("width", "height"):
            if not 0 < getattr(self, name) <= LARGEST:
                raise EditError(
                    f"{name} of a placement is above 0 and at most {LARGEST} pixels, not {getattr(self, name)}"
                )
        if not 0 <= self.opacity <= 1:
            raise EditError(f"opacity of a placement lies in 0 … 1, not {self.opacity}")

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Placement:
        """The placement that `to_json` described.

        Raises
        ------
        EditError
            When it describes none.
        """
        known = {field.name for field in fields(Placement)}
        if not isinstance(value, Mapping) or not {"left", "top", "width", "height"} <= value.keys() <= known:
            raise EditError(f"this describes no placement of a patch: {str(value)[:200]}")
        return Placement(**{**value, "flipped": bool(value.get("flipped", False))})


LARGEST = 8192
"""Pixels: the longest side that a patch is scaled to."""

FARTHEST = 1_000_000
"""Pixels or degrees: the farthest that a patch lies or turns; Pillow takes no much larger numbers."""
