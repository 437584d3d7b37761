"""An annotated image set in memory: which images, which concepts, and where each concept holds.

Every reader (`broden`, `label_folder`, …) returns a `SegmentationDataset`; nothing after it knows the layout on disk.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.errors import DataError

IMAGE_ERRORS = (OSError, ValueError, TypeError, SyntaxError, struct.error, Image.DecompressionBombError)
"""What Pillow raises for files that are no images, are damaged, or claim a monstrous size."""

_ONE_CHANNEL_MODES = ("1", "L", "P", "I", "I;16", "I;16L", "I;16B")
_COLOUR_MODES = ("RGB", "RGBA", "RGBX", "P", "PA")


@dataclass(frozen=True)
class Concept:
    """A named annotation and its kind, such as ``Concept("water", "object")``."""

    name: str
    category: str


@dataclass(frozen=True)
class MaskFile:
    """A label image that names one concept at every position of the grid.

    Attributes
    ----------
    path
        The image file; its size must be the grid of the data set.
    encoding
        ``"rg"``: label = R + 256·G (Broden). ``"index"``: label = the pixel value of a single-channel image (8 or
        16 bits, or a palette image's index).
    """

    path: Path
    encoding: str


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
        Label images; each is a layer of its own, so a position can hold several concepts.
    whole
        Indices into `SegmentationDataset.concepts` of the concepts that hold at every position (a scene, say).
    origin
        Where the image was listed, for error messages: ``"index.csv, row 17"``.
    """

    name: str
    path: Path
    split: str
    masks: tuple[MaskFile, ...]
    whole: tuple[int, ...]
    origin: str


@dataclass(frozen=True)
class SegmentationDataset:
    """Images with concepts: what a network is probed with.

    Attributes
    ----------
    folder
        Where the data set lies.
    concepts
        Every concept, in the order that breaks ties between formulas.
    images
        Every image, in the order of the index.
    grid
        Height and width of the annotation grid, in positions.
    codes
        int32, shape (largest label number + 1,): label number → index into `concepts`; -1 for "nothing" (label 0),
        -2 for a number that no concept has.
    """

    folder: Path
    concepts: tuple[Concept, ...]
    images: tuple[AnnotatedImage, ...]
    grid: tuple[int, int]
    codes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def concept_names(self) -> tuple[str, ...]:
        return tuple(concept.name for concept in self.concepts)

    def picture(self, index: int) -> Image.Image:
        """Image `index` as an RGB picture, at its own size."""
        image = self.images[index]
        try:
            with Image.open(image.path) as file:
                picture: Image.Image = file.convert("RGB")
                return picture
        except IMAGE_ERRORS as error:
            raise DataError(f"{image.path} ({image.origin}) is not a readable picture: {error}") from error

    def labels(self, index: int) -> NDArray[np.int32]:
        """The concepts of image `index`: int32, shape (layers, height, width) of the grid.

        Each value is an index into `concepts`, or -1 where the layer says nothing. One layer a mask, then one a
        whole-image concept.
        """
        image = self.images[index]
        height, width = self.grid
        layers = np.empty((len(image.masks) + len(image.whole), height, width), np.int32)
        for layer, mask in zip(layers, image.masks, strict=False):
            layer[:] = self._concept_indices(mask, image)
        for layer, concept in zip(layers[len(image.masks) :], image.whole, strict=True):
            layer[:] = concept
        return layers

    def _concept_indices(self, mask: MaskFile, image: AnnotatedImage) -> NDArray[np.int32]:
        numbers = _read_label_numbers(mask, image, self.grid)
        known = np.minimum(numbers, len(self.codes) - 1)
        indices = np.where(numbers == known, self.codes[known], -2).astype(np.int32)
        if (indices == -2).any():
            strangers = sorted({int(n) for n in numbers[indices == -2]})
            shown = ", ".join(map(str, strangers[:5])) + (", …" if len(strangers) > 5 else "")
            raise DataError(
                f"{mask.path} ({image.origin}) holds label numbers that no concept has: {shown}. "
                "Add them to the list of concepts, or set those pixels to 0."
            )
        return indices

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over concepts, index and the bytes of every file: changes when anything that matters changes."""
        digest = hashlib.sha256()
        digest.update(repr((self.grid, self.concepts, self.codes.tolist())).encode())
        for image in self.images:
            digest.update(repr((image.name, image.split, image.whole, [m.encoding for m in image.masks])).encode())
            for path in (image.path, *(mask.path for mask in image.masks)):
                try:
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
                except OSError as error:
                    raise DataError(f"{path} ({image.origin}) cannot be read: {error}") from error
        return digest.hexdigest()


def _read_label_numbers(mask: MaskFile, image: AnnotatedImage, grid: tuple[int, int]) -> NDArray[np.int64]:
    """The label numbers of one mask file: int64, shape `grid`."""
    try:
        with Image.open(mask.path) as file:
            _check_label_image(file, mask, image, grid)
            pixels = np.asarray(file.convert("RGB") if mask.encoding == "rg" else file)
    except IMAGE_ERRORS as error:
        raise DataError(f"{mask.path} ({image.origin}) is not a readable label image: {error}") from error
    if mask.encoding == "rg":
        return pixels[..., 0].astype(np.int64) + 256 * pixels[..., 1].astype(np.int64)
    return pixels.astype(np.int64)


def _check_label_image(file: Image.Image, mask: MaskFile, image: AnnotatedImage, grid: tuple[int, int]) -> None:
    """Refuse a label image by what its header says, before its pixels take memory."""
    if (file.height, file.width) != grid:
        raise DataError(
            f"{mask.path} ({image.origin}) is {file.height}×{file.width} positions, "
            f"but the annotation grid is {grid[0]}×{grid[1]}. Resize it with nearest neighbour, or correct the index."
        )
    if mask.encoding == "rg" and file.mode not in _COLOUR_MODES:
        raise DataError(
            f"{mask.path} ({image.origin}) has no colour channels (mode {file.mode}); "
            "a mask in the Broden layout holds label numbers as red + 256·green."
        )
    if mask.encoding == "index" and file.mode not in _ONE_CHANNEL_MODES:
        raise DataError(
            f"{mask.path} ({image.origin}) has {len(file.getbands())} channels (mode {file.mode}); "
            "a label map has one, of 8 or 16 bits, or a palette."
        )
