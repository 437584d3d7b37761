"""The patches that a page knows of, by ids that stay the same from one kernel to the next."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from typing import Any

from compexp_widgets.adversarial.images.edits.paste import Patch
from compexp_widgets.adversarial.images.patches.patch_library import FoundPatch
from compexp_widgets.errors import EditError
from compexp_widgets.widgets.shared.explanation_messages import Message

_ID_LENGTH = 16
"""Hexadecimal digits of a fingerprint, 64 bits: no two patches that anybody looks at share them."""


class PatchStore:
    """Keeps every patch that was shown, so that an edit can name it by its id: undo may bring back any of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._patches: dict[str, Patch] = {}

    def add(self, patch: Patch) -> str:
        """Keep a patch.

        Returns
        -------
        Its id: the beginning of its fingerprint, so that the same pixels always have the same.
        """
        number = patch.fingerprint[:_ID_LENGTH]
        with self._lock:
            self._patches.setdefault(number, patch)
        return number

    def get(self, number: object) -> Patch:
        """The patch with this id.

        Raises
        ------
        EditError
            When none was ever shown under it.
        """
        with self._lock:
            patch = self._patches.get(number) if isinstance(number, str) else None
        if patch is None:
            raise EditError(
                f"no patch {number!r:.60} is known here: it was shown by another kernel. Search for it again, or load "
                "the recipe, which holds its pixels"
            )
        return patch

    def describe(self, patch: Patch, drive: float | None = None) -> dict[str, Any]:
        """What the page is told of a patch besides its pixels; the patch is kept.

        Parameters
        ----------
        drive
            How strongly it drives the chosen unit, as `FoundPatch` says.
        """
        width, height = patch.size
        return {
            "id": self.add(patch),
            "name": patch.name,
            "origin": patch.origin,
            "concepts": list(patch.concepts),
            "width": width,
            "height": height,
            "drive": drive,
        }

    def message(self, patches: Iterable[Patch | FoundPatch]) -> Message:
        """Patches for the page; the buffers are their pixels, PNG files with alpha at full size."""
        described, buffers = [], []
        for one in patches:
            patch, drive = (one.patch, one.drive) if isinstance(one, FoundPatch) else (one, None)
            described.append(self.describe(patch, drive))
            buffers.append(patch_file(patch))
        return {"type": "patches", "patches": described}, buffers


def patch_file(patch: Patch) -> bytes:
    """The pixels of a patch as a PNG file."""
    file = io.BytesIO()
    patch.picture.save(file, "PNG", compress_level=1)  # for the way to the page, which is short
    return file.getvalue()
