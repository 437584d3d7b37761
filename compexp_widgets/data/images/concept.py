"""What an image can be said to show, and where."""

from __future__ import annotations

from dataclasses import dataclass

COLOUR_CATEGORY = "color"
"""The category of colours, as Broden spells it."""


@dataclass(frozen=True)
class Concept:
    """A named annotation and its kind, such as ``Concept("water", "object")``."""

    name: str
    category: str
