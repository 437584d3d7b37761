"""Activation maps as they come, image by image, in a file that grows: what a stop leaves behind is whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError
from compexp_widgets.files import read_json, write_json
from compexp_widgets.networks.certificate import Conditions

MAPS = "activations.partial"
STATE = "activations.partial.json"

# Images read at once when maps are turned round: bounds the memory beside the maps that are asked for.
_READ_BYTES = 2**26


class ActivationLog:
    """The maps of one layer for the images shown so far; what is found in the folder is continued.

    Parameters
    ----------
    folder
        Where the files are.
    conditions
        Under which the network answers now. Maps of other batches, another device or precision may differ in their last
        bits, so they are not continued; those of another number of threads are, with that number.

    Attributes
    ----------
    conditions
        Under which the maps in it were made, and the next are to be.
    images
        How many images are in it.
    shape
        Units, height and width; empty before the first image.
    """

    def __init__(self, folder: Path, conditions: Conditions) -> None:
        self.folder = folder
        self.images = 0
        self.shape: tuple[int, ...] = ()
        self.conditions = conditions
        try:
            state = read_json(folder / STATE, "state of the activations")
            images, shape = int(state["images"]), tuple(int(length) for length in state["shape"])
            # Version 0.1 wrote down the size of a batch alone.
            made = Conditions.from_json(state["conditions"]) if "conditions" in state else conditions
            alike = replace(made, threads=conditions.threads, version=conditions.version) == conditions
            whole = self._maps.stat().st_size >= images * 4 * int(np.prod(shape))
            if state["batch_size"] == conditions.batch_size and alike and whole:
                self.images, self.shape, self.conditions = images, shape, made
        except (OSError, CompexpError, ValueError, KeyError, TypeError, OverflowError):
            pass  # there is none, or it cannot be told what it holds: the maps are made from the first image on

    @property
    def _maps(self) -> Path:
        return self.folder / MAPS

    @property
    def _image_bytes(self) -> int:
        return 4 * int(np.prod(self.shape))

    @property
    def bytes_read_at_once(self) -> int:
        """The memory that `maps_of` takes beside the maps that it gives."""
        return min(max(_READ_BYTES // self._image_bytes, 1), max(self.images, 1)) * self._image_bytes

    def bytes_for(self, images: int) -> int:
        """The size of the file with so many images."""
        return images * self._image_bytes

    def go_back_to(self, images: int) -> None:
        """Forget the images after the first so many."""
        self.images = images
        if images:
            with self._maps.open("r+b") as file:
                file.truncate(self.bytes_for(images))
        else:
            self.shape = ()
            self._maps.unlink(missing_ok=True)

    def begin(self, shape: tuple[int, ...]) -> None:
        """Say what the maps of an image are like: units, height, width."""
        self.shape = shape

    def append(self, maps: NDArray[np.float32]) -> None:
        """Keep the maps of the next images: float32, shape (images, units, height, width)."""
        with self._maps.open("ab") as file:
            file.write(maps.astype(np.float32, copy=False).tobytes())
        self.images += len(maps)
        made = self.conditions
        state = {
            "images": self.images,
            "batch_size": made.batch_size,
            "conditions": made.to_json(),
            "shape": list(self.shape),
        }
        write_json(self.folder / STATE, state)

    def maps_of(self, first: int, last: int) -> NDArray[np.float32]:
        """The maps of the units from `first` to before `last`: float32, shape (units, images, height, width)."""
        units, *size = self.shape
        maps = np.empty((last - first, self.images, *size), np.float32)
        step = self.bytes_read_at_once // self._image_bytes
        for start in range(0, self.images, step):
            count = min(step, self.images - start)
            read = np.fromfile(self._maps, np.float32, count * self._image_bytes // 4, offset=self.bytes_for(start))
            maps[:, start : start + count] = read.reshape(count, units, *size)[:, first:last].swapaxes(0, 1)
        return maps

    def remove(self) -> None:
        """Forget the log."""
        (self.folder / STATE).unlink(missing_ok=True)
        self._maps.unlink(missing_ok=True)
