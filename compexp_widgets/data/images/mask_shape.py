"""Whether a label image has the shape of its picture: one of another shape would lie beside what it names."""

from __future__ import annotations

_ROUNDING = 0.01
"""A difference of the aspect ratios that is let pass: less than half a position of a grid of 50."""


def same_shape(drawn: tuple[int, int], picture: tuple[int, int]) -> bool:
    """Whether two sizes (height, width) are of one picture, scaled.

    They are if their aspect ratios differ by at most 1 %, or by no more than rounding the smaller to whole pixels does.
    """
    (height, width), (picture_height, picture_width) = drawn, picture
    one, other = height * picture_width, width * picture_height
    larger = max(height, width, picture_height, picture_width)
    return abs(one - other) <= max(larger, _ROUNDING * max(one, other))


def shape_problem(drawn: tuple[int, int], picture: tuple[int, int]) -> str:
    """What is wrong with a label image of another shape than its picture, and the way on, to follow its name."""
    (height, width), (picture_height, picture_width) = drawn, picture
    sizes = f"is {width} × {height} pixels, but its picture {picture_width} × {picture_height} (width × height)"
    if same_shape((width, height), picture):
        return f"{sizes}: one of them is turned by 90°. Turn it, so that the labels lie on what they name."
    return f"{sizes}: labels of another shape lie beside what they name. Cut or scale both alike."
