"""Patches: cut-outs that are pasted into pictures."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.errors import EditError
from compexp_widgets.files import opened_image, shown

LARGEST_SIDE = 2048
"""Pixels; larger files are refused, since a patch travels inside a recipe."""


@dataclass(frozen=True, eq=False)
class Patch:
    """A cut-out with soft edges. Two patches are equal when their pixels are.

    Attributes
    ----------
    pixels
        uint8, shape (height, width, 4): red, green, blue, and alpha (0 transparent … 255 opaque).
    name
        What a person calls it: a concept, or the name of a file.
    origin
        Where it was cut from: the name of an image of the probe dataset, or a path.
    concepts
        Names of the concepts that hold on it, as far as it was annotated.
    """

    pixels: NDArray[np.uint8]
    name: str
    origin: str = ""
    concepts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        pixels = self.pixels
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 4 or 0 in pixels.shape:
            raise EditError(
                f"a patch has pixels of shape (height, width, 4) and type uint8, not {pixels.shape}, {pixels.dtype}"
            )
        if not pixels[..., 3].any():
            raise EditError(f"the patch {self.name!r} ({self.origin}) is wholly transparent: nothing of it would show")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patch) and np.array_equal(self.pixels, other.pixels)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as Pillow gives them."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the pixels and their shape, in hexadecimal."""
        return hashlib.sha256(repr(self.pixels.shape).encode() + self.pixels.tobytes()).hexdigest()

    @property
    def picture(self) -> Image.Image:
        """The patch as a Pillow picture of mode RGBA."""
        return Image.fromarray(self.pixels, "RGBA")

    @staticmethod
    def from_file(path: str | Path, name: str | None = None) -> Patch:
        """A picture file of one's own, cropped to what is not transparent; without an alpha channel it is all opaque.

        Raises
        ------
        EditError
            When the file is no readable picture, is larger than `LARGEST_SIDE`, or is wholly transparent.
        """
        path = Path(path)
        return _read(path, f"the patch {shown(path)}", name or path.stem, str(path)).cropped()

    @staticmethod
    def from_bytes(data: bytes, name: str, origin: str = "") -> Patch:
        """The same from the bytes of a picture file: PNG, JPEG, WebP …"""
        told = f"the patch {name!r:.60}" + (f" ({shown(origin)})" if origin else "")
        return _read(data, told, name, origin).cropped()

    def cropped(self) -> Patch:
        """The patch without transparent borders."""
        rows, columns = np.nonzero(self.pixels[..., 3])
        box = self.pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        return self if box.shape == self.pixels.shape else replace(self, pixels=np.ascontiguousarray(box))

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold: name, origin and the pixels as a PNG file in base 64."""
        buffer = io.BytesIO()
        self.picture.save(buffer, "PNG", optimize=True)
        png = base64.b64encode(buffer.getvalue()).decode("ascii")
        return {"name": self.name, "origin": self.origin, "concepts": list(self.concepts), "png": png}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Patch:
        """The patch that `to_json` described, with the same pixels.

        Raises
        ------
        EditError
            When it describes none.
        """
        try:
            data = base64.b64decode(value["png"], validate=True)
            name, origin, concepts = str(value["name"]), str(value["origin"]), tuple(map(str, value["concepts"]))
        except (KeyError, TypeError, ValueError) as error:
            raise EditError(f"this describes no patch: {str(value)[:200]} ({error})") from error
        return replace(_read(data, f"the patch {name!r:.60}", name, origin), concepts=concepts)


def _read(source: Path | bytes, told: str, name: str, origin: str) -> Patch:
    with opened_image(source, told, error=EditError) as file:
        if max(file.size) > LARGEST_SIDE:
            height, width = file.size
            raise EditError(f"{told} has {width} × {height} pixels; the largest side is {LARGEST_SIDE}")
        return Patch(np.array(file.cut_out()), name, origin)
