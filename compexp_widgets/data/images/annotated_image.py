"""One image of the probe dataset: its picture, and the layers that say what is where in it.

A layer is anything that can tell a label number at every position of the grid when it is asked: a label image
(`label_images`), the segments of a panoptic annotation (`coco_panoptic`), or the picture's own colours (`colours`).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.errors import DataError
from compexp_widgets.files import ImageFile, opened_image, shown
from compexp_widgets.notebook_html import Html, block, facts, fields_html, figure, muted, pictures, pills, section
from compexp_widgets.short_text import brief_repr

COLOUR_CATEGORY = "color"
"""The category of colours, as Broden spells it."""


@dataclass(frozen=True)
class Concept:
    """A named annotation and its kind, such as ``Concept("water", "object")``."""

    name: str
    category: str

    __repr__ = brief_repr

    def _inline_html_(self) -> Html:
        return pills([{"kind": "leaf", "text": self.name, "category": self.category}])

    def _repr_html_(self) -> Html:
        return block(self._inline_html_(), muted(f" {self.category}"))


_ROUNDING = 0.01
"""A difference of the aspect ratios that is let pass: less than half a position of a grid of 50."""


def same_shape(drawn: tuple[int, int], picture: tuple[int, int]) -> bool:
    """True if two sizes (height, width) are of one picture, scaled.

    They are if their aspect ratios differ by at most 1 %, or by no more than rounding the smaller to whole pixels does.
    """
    (height, width), (picture_height, picture_width) = drawn, picture
    one, other = height * picture_width, width * picture_height
    larger = max(height, width, picture_height, picture_width)
    return abs(one - other) <= max(larger, _ROUNDING * max(one, other))


def shape_problem(drawn: tuple[int, int], picture: tuple[int, int]) -> str:
    """The end of an error message about a label image of another shape than its picture, with the way on."""
    (height, width), (picture_height, picture_width) = drawn, picture
    sizes = f"is {width} × {height} pixels, but its picture {picture_width} × {picture_height} (width × height)"
    if same_shape((width, height), picture):
        return f"{sizes}: one of them is turned by 90°. Turn it, so that the labels lie on what they name."
    return f"{sizes}: labels of another shape lie beside what they name. Cut or scale both alike."


@dataclass(frozen=True)
class View:
    """A rectangle of a picture, or around it.

    Attributes
    ----------
    top, left, bottom, right
        Its sides, as shares of the picture's height and width; below 0 and above 1 there is no picture.
    fill
        The colour there: red, green, blue, 0 … 255.
    """

    top: float
    left: float
    bottom: float
    right: float
    fill: tuple[int, int, int] = (0, 0, 0)

    _repr_html_ = fields_html

    def of_picture(self, picture: Image.Image) -> Image.Image:
        """Crop an RGB picture to the view, to whole pixels."""
        width, height = picture.size
        left, top = round(self.left * width), round(self.top * height)
        right, bottom = max(round(self.right * width), left + 1), max(round(self.bottom * height), top + 1)
        if left >= 0 and top >= 0 and right <= width and bottom <= height:
            return picture.crop((left, top, right, bottom))
        around = Image.new("RGB", (right - left, bottom - top), self.fill)
        around.paste(picture, (-left, -top))
        return around

    def of_labels(self, layers: NDArray[np.int32]) -> NDArray[np.int32]:
        """Crop labels to the view: int32, shape (layers, height, width) as before, by nearest neighbour.

        Where there is no picture, no layer says anything: -1.
        """
        height, width = layers.shape[1:]
        rows, inside_rows = _places(self.top, self.bottom, height)
        columns, inside_columns = _places(self.left, self.right, width)
        seen = layers[:, rows[:, None], columns]
        return np.where(inside_rows[:, None] & inside_columns, seen, np.int32(-1))


def _places(first: float, last: float, size: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Sample `size` positions evenly between two shares of a side: the part at each, and whether it lies inside."""
    at = np.floor((first + (last - first) * (np.arange(size) + 0.5) / size) * size).astype(np.intp)
    return np.clip(at, 0, size - 1), (at >= 0) & (at < size)


class LabelSource(Protocol):
    """One layer of one image. Nothing is read before `numbers` is called."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the numbers follow from, the image's picture aside: their bytes go into the fingerprint."""
        ...

    @property
    def recipe(self) -> str:
        """All else that the numbers follow from (encoding, version of a method): it goes into the fingerprint too."""
        ...

    def numbers(self, image: AnnotatedImage, grid: tuple[int, int]) -> NDArray[np.int64]:
        """The label numbers of the layer: int64, shape `grid`, 0 for nothing.

        Parameters
        ----------
        image
            The image that the layer belongs to.
        grid
            Height and width of the annotation grid, in positions.

        Raises
        ------
        DataError
            Where a file is missing, damaged, or not what the layer takes it for.
        """
        ...

    def drawn_on(self) -> tuple[int, int] | None:
        """Height and width of the picture that the layer was drawn on; None where the layer does not tell."""
        ...


@dataclass(frozen=True)
class AnnotatedImage:
    """One image of the probe dataset.

    Attributes
    ----------
    name
        Path of the picture relative to the data set's folder, with forward slashes; unique.
    path
        The picture's file.
    split
        ``"train"``, ``"val"`` or what the index says; empty if it says nothing.
    masks
        Its layers; a position can hold a concept of each.
    whole
        Indices into `SegmentationDataset.concepts` of the concepts that hold at every position (a scene, say).
    origin
        Where the image was listed, for error messages: ``"index.csv, row 17"``.
    """

    name: str
    path: Path
    split: str
    masks: tuple[LabelSource, ...]
    whole: tuple[int, ...]
    origin: str

    __repr__ = brief_repr

    def _repr_html_(self) -> Html:
        shown = pictures([thumbnail(self.name, lambda: open_picture(self))])
        about = [("split", self.split), ("layers", f"{len(self.masks)}"), ("listed in", self.origin)]
        return section(self.name, shown, facts([*about, ("file", str(self.path))]))

    @cached_property
    def shown_size(self) -> tuple[int, int] | None:
        """Height and width of the picture as `open_picture` gives it; None where its file is no readable picture."""
        try:
            with opened_image(self.path, str(self.path)) as file:
                return file.size if _drawn_as_stored(self, file) else file.upright_size
        except DataError:
            return None


def thumbnail(name: str, picture: Callable[[], Image.Image]) -> Html:
    """A small picture with its name; the name alone where `picture` cannot give it."""
    try:
        small = picture()
        small.thumbnail((THUMBNAIL, THUMBNAIL))
    except DataError:
        return figure(None, f"{name} cannot be read", "", "")
    return figure(png_bytes(small), name, name, name)


THUMBNAIL = 128
"""Pixels of a thumbnail's longer side."""


def png_bytes(picture: Image.Image) -> bytes:
    """A small picture as a PNG file, with a palette of 96 colours: 10 kB then, not 40."""
    buffer = io.BytesIO()
    picture.quantize(96).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def open_picture(image: AnnotatedImage) -> Image.Image:
    """The picture of an image in RGB, at its own size, the right way up, transparency on white (`files.pictures`).

    A photograph that its EXIF data call rotated is turned upright, as viewers and annotation tools show it. One case is
    left as it is stored: a quarter turn, where a layer has the shape (`mask_shape`) of the stored picture and none that
    of the upright one.

    Raises `DataError` where the file is no readable picture.
    """
    with opened_image(image.path, f"{shown(image.path)} ({shown(image.origin)})") as file:
        return file.picture(upright=not _drawn_as_stored(image, file))


def picture_size(image: AnnotatedImage) -> tuple[int, int]:
    """Width and height of the picture that `open_picture` gives, without decoding it; `DataError` as there."""
    with opened_image(image.path, f"{image.path} ({image.origin})") as file:
        height, width = file.size if _drawn_as_stored(image, file) else file.upright_size
        return width, height


def _drawn_as_stored(image: AnnotatedImage, file: ImageFile) -> bool:
    if file.upright_size == file.size:
        return False
    sizes = [size for layer in image.masks if (size := layer.drawn_on()) is not None]
    as_stored, upright = (any(same_shape(size, shape) for size in sizes) for shape in (file.size, file.upright_size))
    return as_stored and not upright
