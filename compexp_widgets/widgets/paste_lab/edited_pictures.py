"""The pictures that a page edits: those of the data set and one of the person's own, and what is done to them.

The page's edits are light: a patch is named by its id, a region by a formula. Here they become edits of the engine.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Paste, PictureEdit, Placement
from compexp_widgets.adversarial.images.edits.recolour import Recolour
from compexp_widgets.adversarial.images.edits.regions import formula_of, region
from compexp_widgets.adversarial.images.edits.remove import Remove
from compexp_widgets.adversarial.probed_network import ProbedNetwork, Response
from compexp_widgets.errors import EditError, FormulaError
from compexp_widgets.files import parse_json
from compexp_widgets.formula import Formula
from compexp_widgets.widgets.paste_lab.patch_store import PatchStore
from compexp_widgets.widgets.paste_lab.uploads import uploaded_picture

UPLOADED = -1
"""The number of the person's own picture; those of the data set are counted from 0."""

PageEdits = Sequence[Mapping[str, Any]]
"""Edits as the page writes them: ``{"edit": "paste", "patch": ID, "left": …}`` and so on."""


class EditedPictures:
    """Pictures, what edits make of them, and what the network says of both; the last few are remembered.

    Parameters
    ----------
    bench
        Where the pictures are shown; used by one thread at a time.
    store
        The patches that edits name.
    """

    def __init__(self, bench: ProbedNetwork, store: PatchStore) -> None:
        self._bench = bench
        self._store = store
        self._lock = threading.Lock()
        self._uploads = 0
        self._upload: tuple[str, Image.Image] | None = None
        self._named: dict[tuple[int, str], NDArray[np.bool_]] = {}
        self._opened = lru_cache(maxsize=4)(bench.study.dataset.picture)
        self._region = lru_cache(maxsize=16)(self._find_region)
        self._edited = lru_cache(maxsize=8)(self._edit)
        self._sight = lru_cache(maxsize=16)(self._look)

    # Pictures

    def upload(self, data: bytes, name: str) -> tuple[int, int]:
        """Take a picture file of the person's own in place of the one before.

        Returns
        -------
        Its width and height, before it was scaled down (see `uploads.LARGEST_SIDE`).
        """
        picture, size = uploaded_picture(data, name)
        self.put(picture, name)
        return size

    def put(self, picture: Image.Image, name: str) -> None:
        """Take a picture in place of the one of the person's own."""
        with self._lock:
            self._uploads += 1
            self._upload = name, picture.convert("RGB")
            self._named = {key: mask for key, mask in self._named.items() if key[0] != UPLOADED}

    def checked(self, image: Any) -> int:
        """The number of a picture that is there.

        Raises
        ------
        EditError
            When there is none of this number.
        """
        count = len(self._bench.study.dataset)
        if image == UPLOADED and self._upload:
            return UPLOADED
        if isinstance(image, bool) or not isinstance(image, int) or not 0 <= image < count:
            way = "no picture was uploaded yet" if image == UPLOADED else f"the data set has 0 … {count - 1}"
            raise EditError(f"there is no picture {image!r:.40}: {way}")
        return image

    def picture(self, image: int) -> Image.Image:
        """The picture, RGB, as it is edited."""
        if self.checked(image) != UPLOADED:
            return self._opened(image)
        assert self._upload
        return self._upload[1]

    def name(self, image: int) -> str:
        """What it is called: the path within the data set, or the name of the uploaded file."""
        if self.checked(image) != UPLOADED:
            return self._bench.study.dataset.images[image].name
        assert self._upload
        return self._upload[0]

    # Formulas

    def formula(self, text: Any) -> Formula:
        """A concept or a formula as a person types it.

        Raises
        ------
        FormulaError
            When it cannot be read, or names a concept that the data does not have.
        """
        return formula_of(self._bench.study, str(text))

    def region(self, image: int, text: str) -> NDArray[np.bool_]:
        """Where a formula holds on a picture: bool, shape (height, width) of the picture.

        Raises
        ------
        FormulaError
            When the formula cannot be read.
        EditError
            When the picture is the person's own.
        """
        named = self._named.get((self.checked(image), text))
        if named is not None:
            return named
        if image == UPLOADED:
            raise EditError(
                "what is where on a picture of your own is not annotated, so no formula chooses a part of it: recolour "
                "and remove work on pictures of the data set"
            )
        return self._region(image, text)

    def name_region(self, image: int, name: str, mask: NDArray[np.bool_]) -> str:
        """A text under which `region` gives a mask that may come from elsewhere, such as a recipe.

        Returns
        -------
        `name` itself where it stands for this very region, or for nothing yet; else with a few digits after it.
        """
        with suppress(FormulaError, EditError):
            if np.array_equal(self.region(image, name), mask):
                return name
        if image != UPLOADED or (image, name) in self._named:
            name = f"{name} #{hashlib.sha256(mask.tobytes()).hexdigest()[:6]}"
        self._named[image, name] = mask
        return name

    def _find_region(self, image: int, text: str) -> NDArray[np.bool_]:
        return region(self._bench.study, image, self.formula(text))

    # Edits

    def edits(self, image: int, asked: PageEdits) -> tuple[PictureEdit, ...]:
        """The edits that the page describes.

        Raises
        ------
        EditError
            When one cannot be read, names a patch that is not known, or a region that is nowhere on the picture.
        """
        return tuple(self._read(image, edit) for edit in asked)

    def edited(self, image: int, asked: PageEdits) -> Image.Image:
        """The picture after the edits."""
        return self._edited(self._key(image), image, _frozen(asked))

    def _edit(self, key: int, image: int, asked: tuple[str, ...]) -> Image.Image:
        if not asked:
            return self.picture(image)
        # What comes before the last edit is remembered: to move a patch does not fill in a removed thing again.
        before = self._edited(key, image, asked[:-1])
        return self._read(image, parse_json(asked[-1], "an edit of the page", error=EditError)).on(before)

    def _read(self, image: int, edit: Mapping[str, Any]) -> PictureEdit:
        kind = edit.get("edit")
        try:
            if kind == "paste":
                return Paste(self._store.get(edit["patch"]), placement_from_page(edit))
            if kind not in ("recolour", "remove"):
                raise EditError(f"no edit is called {kind!r:.60}; there are paste, recolour, remove")
            text = str(edit["formula"])
            mask = self.region(image, text)
            if not mask.any():
                raise EditError(f"{text} is nowhere on this picture: there is nothing to {kind}")
            if kind == "remove":
                return Remove(mask, name=text)
            red, green, blue = (int(part) for part in edit["colour"])
            return Recolour(mask, (red, green, blue), float(edit.get("strength", 1.0)), name=text)
        except (KeyError, TypeError, ValueError) as error:
            raise EditError(
                f"the page sent an edit that cannot be read: {str(dict(edit))[:200]} ({error!r})"
            ) from error

    # What the network says

    def before(self, image: int) -> Response:
        """What the network makes of the picture without edits."""
        return self.after(image, ())

    def after(self, image: int, asked: PageEdits) -> Response:
        """What the network makes of the edited picture."""
        return self._sight(self._key(image), image, _frozen(asked))

    def _look(self, key: int, image: int, asked: tuple[str, ...]) -> Response:
        picture = self._edited(key, image, asked)
        with self._lock:
            return self._bench.respond(picture)

    def _key(self, image: int) -> int:
        """Tells one uploaded picture from the next."""
        return image if self.checked(image) != UPLOADED else UPLOADED - self._uploads


def placement_from_page(edit: Mapping[str, Any]) -> Placement:
    """Where an edit of the page puts its patch.

    Raises
    ------
    EditError
        When a number makes no sense.
    KeyError
        When one is missing.
    """
    return Placement(
        edit["left"],
        edit["top"],
        edit["width"],
        edit["height"],
        edit.get("rotation", 0.0),
        bool(edit.get("flipped", False)),
        edit.get("opacity", 1.0),
    )


def paste_for_page(number: str, placement: Placement) -> dict[str, Any]:
    """A paste as the page writes it."""
    return {"edit": "paste", "patch": number, **placement.to_json()}


def _frozen(asked: PageEdits) -> tuple[str, ...]:
    """The edits as text, which can be a key."""
    return tuple(json.dumps(dict(edit), sort_keys=True) for edit in asked)
