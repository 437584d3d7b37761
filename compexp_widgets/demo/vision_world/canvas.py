"""A painter's canvas that keeps label layers beside the colour.

Everything is painted at twice the picture's size with outlines drawn at four times, in 8-bit integer arithmetic, so
that the same strokes give the same bytes on every machine. A stroke that belongs to a thing is drawn twice from one
mask: as colour, and as the number of its (object, part, material) in a second image. The annotation is read off that
second image, so it is true by construction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from compexp_widgets.demo.vision_world.light import Colour, Light, ramp
from compexp_widgets.demo.vision_world.shapes import Shape
from compexp_widgets.demo.vision_world.textures import roughen

PICTURE = 224
GRID = 112
ZOOM = 2
WORK = PICTURE * ZOOM
FINE = ZOOM * 2

Choice = TypeVar("Choice")


class Stain(NamedTuple):
    """Where a stroke went: a rectangle of the working canvas and how much of each of its pixels was covered."""

    box: tuple[int, int, int, int]
    cover: Image.Image


class Labels(NamedTuple):
    """What a stroke shows; an empty string says nothing."""

    thing: str
    part: str
    material: str


class Canvas:
    """Colour, labels, the light, and the random numbers of one picture.

    Parameters
    ----------
    numbers
        Where all chance comes from: random numbers in [0, 1).
    light
        The hour and the weather.
    view
        Left and upper edge of what is seen of the page, and how much it is enlarged (at least 1).
    """

    def __init__(
        self, numbers: Iterator[float], light: Light, view: tuple[float, float, float] = (0.0, 0.0, 1.0)
    ) -> None:
        self._numbers = numbers
        self.light = light
        self.view = view
        self.depth = 0
        self.picture = Image.new("RGB", (WORK, WORK), light.haze)
        self._prints = Image.new("L", (WORK, WORK), 0)
        self._labels: list[Labels] = [Labels("", "", "")]
        self._thing = ""

    def between(self, low: float, high: float) -> float:
        """A random number in [`low`, `high`)."""
        return low + (high - low) * next(self._numbers)

    def whole(self, low: int, high: int) -> int:
        """A random whole number from `low` to `high`, both included."""
        return low + int(next(self._numbers) * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in `share` of all cases."""
        return next(self._numbers) < share

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of `choices`."""
        return choices[int(next(self._numbers) * len(choices))]

    def shuffle(self, things: list[Choice]) -> None:
        """Bring `things` into random order."""
        for last in range(len(things) - 1, 0, -1):
            other = self.whole(0, last)
            things[last], things[other] = things[other], things[last]

    def vary(self, colour: Colour, amount: int = 10) -> Colour:
        """`colour`, a little different."""
        lift = self.between(-amount, amount)
        red, green, blue = (min(255, max(0, round(c + lift + self.between(-amount, amount) / 2))) for c in colour)
        return red, green, blue

    @contextmanager
    def thing(self, name: str, depth: int | None = None) -> Iterator[None]:
        """Strokes inside show the object `name`, `depth` percent away."""
        before = self._thing, self.depth
        self._thing = name
        self.depth = self.depth if depth is None else depth
        yield
        self._thing, self.depth = before

    def paint(
        self,
        shape: Shape,
        colour: Colour,
        *,
        part: str = "",
        material: str = "",
        slope: tuple[int, int] = (0, 0),
        relief: float = 0.0,
        strength: int = 80,
        softness: float = 0.0,
        texture: str = "grain",
        grain: int = 16,
        opacity: float = 1.0,
        within: Stain | None = None,
        labelled: bool = True,
        glowing: bool = False,
    ) -> Stain | None:
        """Paint `shape` in `colour`, and its labels.

        Parameters
        ----------
        shape
            Outlines in picture units.
        colour
            The paint, before light and distance change it.
        part, material
            What the stroke shows besides the object of the enclosing `thing`.
        slope
            How much lighter the left end is than the middle, and the upper end than the middle (tone, -128…127).
        relief, strength
            Round the form: width of the rounding in picture units, and its contrast in tone. Light falls from the
            upper left.
        softness
            Blur of the outline, in picture units.
        texture, grain
            Name and strength of the paint texture.
        opacity
            Cover, from 0 to 1.
        within
            Paint only where that earlier stroke went.
        labelled
            False for light and shade that lie on things without being one.
        glowing
            The thing shines by itself.

        Returns
        -------
        stain
            Where it went; None if that is outside the canvas.
        """
        relief, softness = relief * self.view[2], softness * self.view[2]
        margin = math.ceil((relief + softness * 2) * ZOOM) + 1
        box = _bounds(shape, self.view, margin, within)
        if box is None:
            return None
        size = (box[2] - box[0], box[3] - box[1])
        cover, tone = _draw(shape, self.view, box, size)
        if softness > 0:
            cover = cover.filter(ImageFilter.GaussianBlur(softness * ZOOM))
        if slope != (0, 0):
            tone = ImageChops.add(tone, _gradient(size, slope), 1.0, -128)
        if relief > 0:
            tone = ImageChops.add(tone, _emboss(cover, relief * ZOOM, strength), 1.0, -128)
        if grain:
            x, y = self.whole(0, 4095), self.whole(0, 4095)
            tone = roughen(tone, texture, grain, x, y)
        if within is not None:
            cover = ImageChops.multiply(cover, _excerpt(within, box))
        # A palette looks tones up in C; `Image.point` would round its table in Python at every stroke.
        tone.putpalette(ramp(self.light, colour, self.depth, glowing))
        self.picture.paste(tone.convert("RGB"), box, _thinned(cover, opacity))
        if labelled:
            covered = cover.convert("1", dither=Image.Dither.NONE)
            self._prints.paste(self._number(Labels(self._thing, part, material)), box, covered)
        return Stain(box, cover)

    def shade(
        self,
        shape: Shape,
        amount: float = 0.5,
        softness: float = 1.5,
        within: Stain | None = None,
        colour: Colour | None = None,
    ) -> None:
        """A cast shadow: filters what is there through the light's shade; labels stay."""
        self._overlay(shape, amount, softness, within, colour or self.light.shade, multiply=True)

    def glow(
        self, shape: Shape, colour: Colour, amount: float = 0.5, softness: float = 4.0, within: Stain | None = None
    ) -> None:
        """Light that lies on what is there; labels stay."""
        self._overlay(shape, amount, softness, within, colour, multiply=False)

    def _overlay(
        self, shape: Shape, amount: float, softness: float, within: Stain | None, colour: Colour, multiply: bool
    ) -> None:
        softness *= self.view[2]
        box = _bounds(shape, self.view, math.ceil(softness * 2 * ZOOM) + 1, within)
        if box is None:
            return
        size = (box[2] - box[0], box[3] - box[1])
        cover, _ = _draw(shape, self.view, box, size)
        if softness > 0:
            cover = cover.filter(ImageFilter.GaussianBlur(softness * ZOOM))
        if within is not None:
            cover = ImageChops.multiply(cover, _excerpt(within, box))
        patch, solid = self.picture.crop(box), Image.new("RGB", size, colour)
        patch = ImageChops.multiply(patch, solid) if multiply else ImageChops.screen(patch, solid)
        self.picture.paste(patch, box, _thinned(cover, amount))

    def mirror(self) -> None:
        """Turn the picture and its labels left to right."""
        self.picture = self.picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        self._prints = self._prints.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    def finished(self) -> NDArray[np.uint8]:
        """The picture: uint8, shape (224, 224, 3)."""
        return np.asarray(self.picture.reduce(ZOOM), np.uint8)

    def labels(self) -> tuple[tuple[Labels, ...], NDArray[np.int32]]:
        """The labels in use, and which of them each cell of the grid has: int32, shape (112, 112).

        A cell has the labels that most of its 16 working pixels show; of equals, those that were painted first later.
        """
        side = WORK // GRID
        prints = np.asarray(self._prints).reshape(GRID, side, GRID, side).transpose(0, 2, 1, 3)
        prints = np.ascontiguousarray(prints).reshape(GRID, GRID, side * side)
        same = np.zeros(prints.shape, np.int32)
        for pixel in range(side * side):
            same += prints == prints[..., pixel : pixel + 1]
        votes = same * 256 + prints
        return tuple(self._labels), np.max(votes, axis=-1) % 256

    def _number(self, labels: Labels) -> int:
        if labels not in self._labels:
            self._labels.append(labels)
        return self._labels.index(labels)


def _bounds(
    shape: Shape, view: tuple[float, float, float], margin: int, within: Stain | None
) -> tuple[int, int, int, int] | None:
    """The part of the working canvas that `shape` can touch."""
    xs = [x for dab in shape for x, _ in dab.points]
    ys = [y for dab in shape for _, y in dab.points]
    if not xs:
        return None
    # The margin stays on at the canvas's edge too, so that no form is rounded off where the picture merely ends.
    left, top, right, bottom = (-margin, -margin, WORK + margin, WORK + margin) if within is None else within.box
    zoom = view[2] * ZOOM
    left = max(left, math.floor((min(xs) - view[0]) * zoom) - margin)
    top = max(top, math.floor((min(ys) - view[1]) * zoom) - margin)
    right = min(right, math.ceil((max(xs) - view[0]) * zoom) + margin)
    bottom = min(bottom, math.ceil((max(ys) - view[1]) * zoom) + margin)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _draw(
    shape: Shape, view: tuple[float, float, float], box: tuple[int, int, int, int], size: tuple[int, int]
) -> tuple[Image.Image, Image.Image]:
    """Cover and tone of `shape`, both 8 bits, over `box`."""
    fine = (size[0] * 2, size[1] * 2)
    cover = Image.new("L", fine, 0)
    cover_pen = ImageDraw.Draw(cover)
    toned = any(dab.tone for dab in shape)
    tone = Image.new("L", fine if toned else size, 128)
    tone_pen = ImageDraw.Draw(tone)
    zoom = view[2] * FINE
    left, top = box[0] * 2 + view[0] * zoom, box[1] * 2 + view[1] * zoom
    for dab in shape:
        points = [(round(x * zoom - left), round(y * zoom - top)) for x, y in dab.points]
        if dab.oval:
            (x0, y0), (x1, y1) = points
            corners = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            cover_pen.ellipse(corners, fill=255)
            if toned:
                tone_pen.ellipse(corners, fill=min(255, max(0, 128 + dab.tone)))
        else:
            cover_pen.polygon(points, fill=255)
            if toned:
                tone_pen.polygon(points, fill=min(255, max(0, 128 + dab.tone)))
    return cover.reduce(2), tone.reduce(2) if toned else tone


def _gradient(size: tuple[int, int], slope: tuple[int, int]) -> Image.Image:
    """128 in the middle, and `slope` more at the left and at the top."""
    width, height = size
    across = (width - 2 * np.arange(width)) * slope[0] // width
    down = (height - 2 * np.arange(height)) * slope[1] // height
    return Image.fromarray(np.clip(128 + down[:, None] + across[None, :], 0, 255).astype(np.uint8))


def _emboss(cover: Image.Image, radius: float, strength: int) -> Image.Image:
    """The light on a rounded form of that outline, 128 where it is flat."""
    height = cover.filter(ImageFilter.GaussianBlur(radius * 0.6))
    step = max(1, round(radius * 0.5))
    width, depth = cover.size
    facing = height.crop((step, step, width + step, depth + step))
    behind = height.crop((-step, -step, width - step, depth - step))
    return ImageChops.subtract(facing, behind, max(0.3, 110 / max(strength, 1)), 128)


def _excerpt(stain: Stain, box: tuple[int, int, int, int]) -> Image.Image:
    left, top = stain.box[:2]
    return stain.cover.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))


def _thinned(cover: Image.Image, share: float) -> Image.Image:
    """`share` of `cover`."""
    if share >= 1:
        return cover
    return ImageChops.multiply(cover, Image.new("L", cover.size, round(share * 255)))
