"""What can be done to a picture. An edit is a value: the same edits of the same picture give the same pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.patch import Patch
from compexp_widgets.adversarial.images.edits.placement import Placement
from compexp_widgets.adversarial.images.edits.recolour import Recolour
from compexp_widgets.adversarial.images.edits.remove import Remove
from compexp_widgets.errors import EditError


class Edit(Protocol):
    """One change of a picture."""

    @property
    def words(self) -> str:
        """What it does, in words: ``"paste igloo"``."""
        ...

    def on(self, picture: Image.Image) -> Image.Image:
        """The changed picture: RGB, of the same size. The one given stays as it is."""
        ...

    def coverage(self, size: tuple[int, int]) -> NDArray[np.float32]:
        """How much of each pixel it changes, at most: float32, shape (height, width), 0 … 1.

        Parameters
        ----------
        size
            Width and height of the picture.
        """
        ...

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; ``"edit"`` tells its kind."""
        ...


@dataclass(frozen=True)
class Paste:
    """A patch pasted into a picture."""

    patch: Patch
    placement: Placement

    @property
    def words(self) -> str:
        return f"paste {self.patch.name}"

    def on(self, picture: Image.Image) -> Image.Image:
        edited = picture.convert("RGB")
        edited = edited.copy() if edited is picture else edited
        laid, corner = self._laid()
        edited.paste(laid.convert("RGB"), corner, laid.getchannel("A"))
        return edited

    def coverage(self, size: tuple[int, int]) -> NDArray[np.float32]:
        laid, corner = self._laid()
        covered = Image.new("L", size, 0)
        covered.paste(laid.getchannel("A"), corner)
        share: NDArray[np.float32] = np.asarray(covered, np.float32) / np.float32(255)
        return share

    def to_json(self) -> dict[str, Any]:
        return {"edit": "paste", "patch": self.patch.to_json(), "placement": self.placement.to_json()}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Paste:
        """The edit that `to_json` described."""
        return Paste(Patch.from_json(value["patch"]), Placement.from_json(value["placement"]))

    def _laid(self) -> tuple[Image.Image, tuple[int, int]]:
        """The patch as it lies: RGBA, and the pixel where its corner comes."""
        place = self.placement
        size = max(1, round(place.width)), max(1, round(place.height))
        laid = self.patch.picture.resize(size, Image.Resampling.BICUBIC)
        if place.flipped:
            laid = laid.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        left, top = place.left, place.top
        if place.rotation % 360:
            laid = laid.rotate(-place.rotation, Image.Resampling.BICUBIC, expand=True)
            left, top = left + (size[0] - laid.width) / 2, top + (size[1] - laid.height) / 2
        if place.opacity < 1:
            laid.putalpha(laid.getchannel("A").point([round(place.opacity * alpha) for alpha in range(256)]))
        return laid, (round(left), round(top))


def apply_edits(picture: Image.Image, edits: Sequence[Edit]) -> Image.Image:
    """The picture after all edits, one after the other: RGB, of the same size."""
    edited = picture.convert("RGB")
    for edit in edits:
        edited = edit.on(edited)
    return edited


def covered_share(edits: Sequence[Edit], size: tuple[int, int]) -> float:
    """The share of a picture of this width and height that some edit changes, 0 … 1."""
    covered = np.zeros((size[1], size[0]), np.float32)
    for edit in edits:
        np.maximum(covered, edit.coverage(size), out=covered)
    return float(covered.mean())


def edit_from_json(value: Mapping[str, Any]) -> Edit:
    """The edit that an edit's `to_json` described.

    Raises
    ------
    EditError
        When it describes none.
    """
    kinds: dict[str, Callable[[Mapping[str, Any]], Edit]] = {
        "paste": Paste.from_json,
        "recolour": Recolour.from_json,
        "remove": Remove.from_json,
    }
    kind = value.get("edit") if isinstance(value, Mapping) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise EditError(f"no edit of a picture is called {kind!r:.60}; there are {', '.join(kinds)}")
    try:
        return kinds[kind](value)
    except KeyError as error:
        raise EditError(f"the edit {kind!r} lacks {error}") from error
