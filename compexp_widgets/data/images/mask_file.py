"""Label images: files whose pixels are label numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.annotated_image import AnnotatedImage
from compexp_widgets.data.images.mask_shape import same_shape, shape_problem
from compexp_widgets.errors import DataError
from compexp_widgets.files import ImageFile, opened_image, shown

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

    Parameters
    ----------
    path
        The label image.
    image
        What it belongs to, for error messages.
    grid
        Height and width in positions.
    colour
        Whether label numbers stand in the colour channels.
    resize
        Whether other sizes than `grid` are resized with nearest neighbour, rather than refused.

    Returns
    -------
    uint8, shape (height, width, 3), with `colour`; else bool, uint8, uint16 or int32, shape `grid`, as stored.

    Raises
    ------
    DataError
        For a file that is no readable image, is of another size, has other channels, or another shape than its picture.
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
