"""Label images: files whose pixels, or whose colours, are label numbers; and the table of colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.annotated_image import AnnotatedImage, same_shape, shape_problem
from compexp_widgets.data.images.concept_table import LARGEST_LABEL, is_number
from compexp_widgets.data.recipe import inside
from compexp_widgets.errors import DataError
from compexp_widgets.files import ImageFile, opened_image, shown
from compexp_widgets.files.text_files import CsvTable, read_csv_table
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

_ONE_CHANNEL_MODES = ("1", "L", "P", "I", "I;16", "I;16L", "I;16B")
_COLOUR_MODES = ("RGB", "RGBA", "RGBX", "P", "PA")

_RECIPES = {"rg": "rg", "index": "index, as stored", "ade20k": "ade20k"}


@dataclass(frozen=True)
class MaskFile:
    """A label image that names one concept at every position of the grid.

    Attributes
    ----------
    path
        The image file.
    encoding
        ``"rg"``: label = R + 256·G (Broden). ``"ade20k"``: label = ⌊R / 10⌋·256 + G (ADE20K as distributed).
        ``"index"``: label = the pixel value as stored, of a single-channel image of 1, 2, 4, 8 or 16 bits, or a palette
        image's index.
    resize
        Whether an image of another size than the grid is resized to it, with nearest neighbour; otherwise such an image
        is refused.
    """

    path: Path
    encoding: str
    resize: bool = False

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @property
    def files(self) -> tuple[Path, ...]:
        """The label image."""
        return (self.path,)

    @property
    def recipe(self) -> str:
        """Encoding and resizing."""
        return _RECIPES[self.encoding] + (", nearest neighbour" if self.resize else "")

    def numbers(self, image: AnnotatedImage, grid: tuple[int, int]) -> NDArray[np.int64]:
        """The label numbers: int64, shape `grid`; `DataError` as of `read_pixels`."""
        pixels = read_pixels(self.path, image, grid, colour=self.encoding != "index", resize=self.resize)
        if self.encoding == "index":
            return pixels.astype(np.int64)
        red, green = pixels[..., 0].astype(np.int64), pixels[..., 1].astype(np.int64)
        return (red // 10) * 256 + green if self.encoding == "ade20k" else red + 256 * green

    def drawn_on(self) -> tuple[int, int] | None:
        """The size of the label image; None where the file is no image."""
        return image_size(self.path)


def image_size(path: Path) -> tuple[int, int] | None:
    """Height and width of an image file, from its header; None where it has none."""
    try:
        with opened_image(path, str(path), what="label image") as file:
            return file.size
    except DataError:
        return None


def read_pixels(
    path: Path, image: AnnotatedImage, grid: tuple[int, int], *, colour: bool, resize: bool
) -> NDArray[np.generic]:
    """The pixels of a label image at the positions of a grid.

    `path`: the label image. `image`: what it belongs to, for error messages. `grid`: height and width in positions.
    `colour`: whether label numbers stand in the colour channels. `resize`: whether other sizes than `grid` are resized
    with nearest neighbour, rather than refused. Returns uint8, shape (height, width, 3), with `colour`; else bool,
    uint8, uint16 or int32, shape `grid`, as stored. Raises `DataError` for a file that is no readable image, is of
    another size, has other channels, or another shape than its picture.
    """
    origin = f"{shown(path)} ({shown(image.origin)})"
    with opened_image(path, origin, what="label image") as file:
        _check_label_image(file, origin, image, grid, colour=colour, resize=resize)
        pixels = file.colours() if colour else file.numbers()
    if pixels.shape[:2] != grid:
        pixels = pixels[nearest(pixels.shape[0], grid[0])[:, None], nearest(pixels.shape[1], grid[1])]
    return pixels


def nearest(size: int, positions: int) -> NDArray[np.intp]:
    """For each of `positions` along a side, the pixel of `size` that its centre lies in: intp, shape (positions,)."""
    return ((2 * np.arange(positions) + 1) * size // (2 * positions)).astype(np.intp)


def _check_label_image(
    file: ImageFile, origin: str, image: AnnotatedImage, grid: tuple[int, int], *, colour: bool, resize: bool
) -> None:
    """Refuse a label image by what its header says, before its pixels take memory."""
    if not resize and file.size != grid:
        raise DataError(
            f"{origin} is {file.size[0]}×{file.size[1]} positions, "
            f"but the annotation grid is {grid[0]}×{grid[1]}. Resize it with nearest neighbour, or correct the index."
        )
    if colour and file.mode not in _COLOUR_MODES:
        raise DataError(
            f"{origin} has no colour channels (mode {file.mode}); "
            "a mask of this layout holds label numbers in its red and green channels."
        )
    if not colour and file.mode not in _ONE_CHANNEL_MODES:
        raise DataError(
            f"{origin} has {file.channels} channels (mode {file.mode}); "
            "a label map has one, of 1 to 16 bits, or a palette. Where colours stand for labels, tell which: with the "
            "columns red,green,blue in the table of names, or colour_table= (on the command line --colour-table)."
        )
    if image.shown_size is not None and not same_shape(file.size, image.shown_size):
        raise DataError(f"{origin} {shape_problem(file.size, image.shown_size)}")


COLOUR_COLUMNS = ("red", "green", "blue")

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class ColourTable:
    """Mapping from colours to label numbers.

    `number_of`: (red, green, blue), 0 to 255 each → label number; 0 means nothing.
    """

    number_of: Mapping[Colour, int]

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @cached_property
    def recipe(self) -> str:
        """All of it, in one order."""
        return repr(sorted(self.number_of.items()))

    @cached_property
    def sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Colours as 65536·red + 256·green + blue, ascending, and their label numbers: int64, one an entry."""
        entries = sorted(self.number_of.items())
        keys = np.array([red << 16 | green << 8 | blue for (red, green, blue), _ in entries], np.int64)
        return keys, np.array([number for _, number in entries], np.int64)


@dataclass(frozen=True)
class ColouredMask:
    """A label image whose colours stand for label numbers; transparency in it says nothing.

    `path`: the image file: RGB, RGBA or with a palette. `colours`: what its colours stand for.
    """

    path: Path
    colours: ColourTable

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @property
    def files(self) -> tuple[Path, ...]:
        """The label image."""
        return (self.path,)

    @property
    def recipe(self) -> str:
        """The table of colours."""
        return f"colours, nearest neighbour, {self.colours.recipe}"

    def numbers(self, image: AnnotatedImage, grid: tuple[int, int]) -> NDArray[np.int64]:
        """The label numbers: int64, shape `grid`; `DataError` for no such image and for colours that are not listed."""
        pixels = read_pixels(self.path, image, grid, colour=True, resize=True).astype(np.int64)
        wanted = pixels @ np.array([65536, 256, 1])
        known, numbers = self.colours.sorted
        place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        strange = known[place] != wanted
        if strange.any():
            unknown, counts = np.unique(wanted[strange], return_counts=True)
            commonest = int(unknown[counts.argmax()])
            several = f"{len(unknown)} colours" if len(unknown) > 1 else "a colour"
            example = (commonest >> 16, commonest >> 8 & 255, commonest & 255)
            raise DataError(
                f"{shown(self.path)} ({shown(image.origin)}) has {several} that the table of colours lacks, at "
                f"{strange.mean():.1%} of its positions, {example} most often. Add them to the table, with number 0 "
                "where they mean nothing. (Soft edges and JPEG files make colours of their own: save label images as "
                "PNG, without smoothing.)"
            )
        found: NDArray[np.int64] = numbers[place]
        return found

    def drawn_on(self) -> tuple[int, int] | None:
        """The size of the label image; None where the file is no image."""
        return image_size(self.path)


def has_colours(table: CsvTable) -> bool:
    """True for a table with the columns red, green and blue."""
    return all(name in table.columns for name in COLOUR_COLUMNS)


def read_colour_table(colours: Mapping[Colour, int] | str | Path | CsvTable, *, black: bool) -> ColourTable:
    """The table of colours that a mapping, a CSV file or an open table gives.

    `colours`: ``{(128, 0, 0): 1}``, or a table with the columns ``red,green,blue,number``. `black`: whether black means
    nothing where it is not listed. Raises `DataError` for a colour or a label number that is none, a colour that stands
    twice, and an empty table.
    """
    if isinstance(colours, str | Path):
        colours = read_csv_table(Path(colours), (*COLOUR_COLUMNS, "number"))
    number_of: dict[Colour, int] = {}
    if isinstance(colours, CsvTable):
        columns = [colours.column(name) for name in (*COLOUR_COLUMNS, "number")]
        for (row, red), (_, green), (_, blue), (_, number) in zip(*columns, strict=True):
            where = colours.where(row)
            fields = (red, green, blue, number)
            if not all(map(is_number, fields)):
                raise DataError(f"{where}: red, green, blue and number are {fields}; they are whole numbers.")
            _enter(number_of, tuple(map(int, fields[:3])), int(number), where)
    elif isinstance(colours, Mapping):
        for colour, number in colours.items():
            _enter(number_of, colour, number, f"colour_table: {colour!r:.60}")
    else:
        raise DataError(
            f"colour_table is {colours!r:.60}; give a CSV file with {','.join(COLOUR_COLUMNS)},number, or a mapping "
            "{(128, 0, 0): 1}."
        )
    if not number_of:
        raise DataError("the table of colours is empty: it tells which label number a colour stands for.")
    return ColourTable(({(0, 0, 0): 0} if black else {}) | number_of)


def kept_colours(colours: Mapping[Colour, int] | str | Path | None, folder: Path) -> Any:
    """A table of colours as a recipe keeps it: the path of its file, or a list of (colour, number)."""
    if isinstance(colours, str | Path):
        return inside(colours, folder)
    return None if colours is None else list(colours.items())


def colours_again(kept: Any, folder: Path) -> Mapping[Colour, int] | Path | None:
    """The table of colours that `kept_colours` kept."""
    if isinstance(kept, list):
        return {(red, green, blue): number for (red, green, blue), number in kept}
    return None if kept is None else folder / kept


def check_numbers(colours: ColourTable, codes: NDArray[np.int32]) -> None:
    """See that every label number that a colour stands for is a concept's, or nothing's; `DataError` otherwise."""
    for colour, number in colours.number_of.items():
        if number >= len(codes) or codes[number] == -2:
            raise DataError(
                f"the table of colours gives {colour} the label number {number}, which no concept has. Name it in the "
                "table of names, or write 0 where it means nothing."
            )


def _enter(number_of: dict[Colour, int], colour: object, number: object, where: str) -> None:
    parts = colour if isinstance(colour, tuple) else ()
    if len(parts) != len(COLOUR_COLUMNS) or not all(_whole(part, 255) for part in parts):
        raise DataError(f"{where}: {colour!r:.60} is no colour; red, green and blue run from 0 to 255.")
    if not _whole(number, LARGEST_LABEL):
        raise DataError(f"{where}: {number!r:.60} is no label number; they run from 0 to {LARGEST_LABEL}.")
    if colour in number_of:
        raise DataError(f"{where}: the colour {colour} is listed already. Remove one.")
    red, green, blue = map(int, parts)
    number_of[red, green, blue] = int(number)  # type: ignore[call-overload]


def _whole(value: object, largest: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(0 <= value <= largest)
