"""Outlines to paint: polygons, blobs, ellipses and ribbons, written in the coordinates of the thing they belong to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Point = tuple[float, float]


class Dab(NamedTuple):
    """One filled outline.

    Attributes
    ----------
    oval
        Whether `points` are the two opposite corners of an upright ellipse, not the corners of a polygon.
    points
        Points in picture units (the picture is 224 × 224, y downwards).
    tone
        How much lighter (positive) or darker (negative) than its colour the outline is, from -128 to 127.
    """

    oval: bool
    points: tuple[Point, ...]
    tone: int


Shape = list[Dab]


def _smooth(points: Sequence[Point], closed: bool, steps: int) -> list[Point]:
    """The Catmull–Rom curve through `points`."""
    count = len(points)
    curve: list[Point] = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = points[i - 1], points[i], points[(i + 1) % count], points[(i + 2) % count]
        else:
            a, b, c, d = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, count - 1)]
        for step in range(steps):
            t = step / steps
            k0 = ((2 - t) * t - 1) * t / 2
            k1 = ((3 * t - 5) * t * t + 2) / 2
            k2 = ((4 - 3 * t) * t + 1) * t / 2
            k3 = (t - 1) * t * t / 2
            curve.append((a[0] * k0 + b[0] * k1 + c[0] * k2 + d[0] * k3, a[1] * k0 + b[1] * k1 + c[1] * k2 + d[1] * k3))
    if not closed:
        curve.append(points[-1])
    return curve


@dataclass(frozen=True)
class Frame:
    """A thing's own coordinates: where its origin lies in the picture, how large it is, and whether it faces left.

    Attributes
    ----------
    x, y
        The origin in picture units; for things that stand, the middle of where they touch the ground.
    scale
        Picture units for one unit of the thing.
    flip
        Mirror the thing left to right.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    flip: bool = False

    def to_picture(self, points: Sequence[Point]) -> tuple[Point, ...]:
        """`points` of the thing, in picture units."""
        across = -self.scale if self.flip else self.scale
        return tuple((self.x + px * across, self.y + py * self.scale) for px, py in points)

    def inner(self, x: float, y: float, scale: float = 1.0, flip: bool = False) -> Frame:
        """The frame of a smaller thing that stands at (`x`, `y`) of this one."""
        ((px, py),) = self.to_picture([(x, y)])
        return Frame(px, py, self.scale * scale, self.flip != flip)

    def polygon(self, *points: Point, tone: int = 0) -> Shape:
        """Straight edges between `points`."""
        return [Dab(False, self.to_picture(points), tone)]

    def blob(self, *points: Point, tone: int = 0, steps: int = 6) -> Shape:
        """A closed smooth curve through `points`."""
        return [Dab(False, self.to_picture(_smooth(points, True, steps)), tone)]

    def oval(self, x: float, y: float, rx: float, ry: float | None = None, tone: int = 0) -> Shape:
        """An upright ellipse around (`x`, `y`); a circle without `ry`."""
        ry = rx if ry is None else ry
        return [Dab(True, self.to_picture([(x - rx, y - ry), (x + rx, y + ry)]), tone)]

    def leaf(self, x: float, y: float, rx: float, ry: float, degrees: float, tone: int = 0) -> Shape:
        """An ellipse turned by `degrees` (clockwise in the picture)."""
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        points = []
        for i in range(16):
            u, v = math.cos(math.pi * i / 8) * rx, math.sin(math.pi * i / 8) * ry
            points.append((x + u * c - v * s, y + u * s + v * c))
        return [Dab(False, self.to_picture(points), tone)]

    def box(self, x0: float, y0: float, x1: float, y1: float, radius: float = 0.0, tone: int = 0) -> Shape:
        """An upright rectangle, with rounded corners if asked."""
        if radius <= 0:
            return self.polygon((x0, y0), (x1, y0), (x1, y1), (x0, y1), tone=tone)
        radius = min(radius, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
        points = []
        for cx, cy, start in (
            (x1 - radius, y0 + radius, -90),
            (x1 - radius, y1 - radius, 0),
            (x0 + radius, y1 - radius, 90),
            (x0 + radius, y0 + radius, 180),
        ):
            for step in range(5):
                angle = math.radians(start + step * 22.5)
                points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
        return [Dab(False, self.to_picture(points), tone)]

    def land(self, line: Sequence[Point], bottom: float, tone: int = 0) -> Shape:
        """Everything from the smooth line through `line` (left to right) down to `bottom`."""
        path = _smooth(line, False, 5)
        return self.polygon(*path, (path[-1][0], bottom), (path[0][0], bottom), tone=tone)

    def ribbon(self, points: Sequence[Point], width: float, end: float | None = None, tone: int = 0) -> Shape:
        """A smooth brush stroke through `points`, `width` wide at its start and `end` wide at its end."""
        end = width if end is None else end
        path = _smooth(points, False, 5) if len(points) > 2 else list(points)
        left, right = [], []
        last = len(path) - 1
        for i, (px, py) in enumerate(path):
            ax, ay = path[max(i - 1, 0)]
            bx, by = path[min(i + 1, last)]
            length = math.hypot(bx - ax, by - ay) or 1.0
            half = (width + (end - width) * i / last) / 2
            nx, ny = -(by - ay) / length * half, (bx - ax) / length * half
            left.append((px + nx, py + ny))
            right.append((px - nx, py - ny))
        shape = [Dab(False, self.to_picture(left + right[::-1]), tone)]
        for (px, py), size in ((path[0], width), (path[-1], end)):
            if size * self.scale >= 1.0:
                shape += self.oval(px, py, size / 2, tone=tone)
        return shape

    def dome(self, x: float, y: float, rx: float, ry: float, tone: int = 0) -> Shape:
        """The upper half of an ellipse that rests on `y`."""
        points = [(x - rx * math.cos(math.pi * i / 14), y - ry * math.sin(math.pi * i / 14)) for i in range(15)]
        return [Dab(False, self.to_picture(points), tone)]


PAGE = Frame()
"""The picture's own coordinates."""
