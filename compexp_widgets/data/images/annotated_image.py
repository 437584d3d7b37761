"""One image of the probe dataset: its picture, and the layers that say what is where in it.

A layer is anything that can tell a label number at every position of the grid when it is asked: a label image
(`mask_file`), the segments of a panoptic annotation (`coco_panoptic`), the colours of the picture itself (`colours`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.data.images.mask_shape import same_shape
from compexp_widgets.errors import DataError
from compexp_widgets.files import ImageFile, opened_image, shown


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

    @cached_property
    def shown_size(self) -> tuple[int, int] | None:
        """Height and width of the picture as `open_picture` gives it; None where its file is no readable picture."""
        try:
            with opened_image(self.path, str(self.path)) as file:
                return file.size if _drawn_as_stored(self, file) else file.upright_size
        except DataError:
            return None


def open_picture(image: AnnotatedImage) -> Image.Image:
    """The picture of an image in RGB, at its own size, the right way up, transparency on white (`files.pictures`).

    A photograph that its EXIF data call rotated is turned upright, as viewers and annotation tools show it. One case is
    left as it is stored: a quarter turn, where a layer has the shape (`mask_shape`) of the stored picture and none that
    of the upright one.

    Raises
    ------
    DataError
        Where the file is no readable picture.
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
