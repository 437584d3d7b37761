"""What can be done to a picture. An edit is a value: the same edits of the same picture give the same pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Paste
from compexp_widgets.adversarial.images.edits.recolour import Recolour
from compexp_widgets.adversarial.images.edits.remove import Remove
from compexp_widgets.errors import EditError


class Edit(Protocol):
    """One change of a picture."""

    @property
    def description(self) -> str:
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
