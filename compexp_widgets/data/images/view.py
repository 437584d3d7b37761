"""The part of a picture that a data set shows, where that is not the whole: picture and annotation cut alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image


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

    def of_picture(self, picture: Image.Image) -> Image.Image:
        """What of an RGB picture lies in the view, to whole pixels."""
        width, height = picture.size
        left, top = round(self.left * width), round(self.top * height)
        right, bottom = max(round(self.right * width), left + 1), max(round(self.bottom * height), top + 1)
        if left >= 0 and top >= 0 and right <= width and bottom <= height:
            return picture.crop((left, top, right, bottom))
        around = Image.new("RGB", (right - left, bottom - top), self.fill)
        around.paste(picture, (-left, -top))
        return around

    def of_labels(self, layers: NDArray[np.int32]) -> NDArray[np.int32]:
        """What of the labels lies in the view: int32, shape (layers, height, width) as before, by nearest neighbour.

        Where there is no picture, no layer says anything: -1.
        """
        height, width = layers.shape[1:]
        rows, inside_rows = _places(self.top, self.bottom, height)
        columns, inside_columns = _places(self.left, self.right, width)
        seen = layers[:, rows[:, None], columns]
        return np.where(inside_rows[:, None] & inside_columns, seen, np.int32(-1))


def _places(first: float, last: float, size: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Which of `size` equal parts of a side lies at each of as many between two shares of it, and whether any does."""
    at = np.floor((first + (last - first) * (np.arange(size) + 0.5) / size) * size).astype(np.intp)
    return np.clip(at, 0, size - 1), (at >= 0) & (at < size)
