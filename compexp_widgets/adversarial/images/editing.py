"""Pictures as samples that are edited: how a recipe keeps a picture, and how edits of it are read."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from compexp_widgets.adversarial.edit import Editing
from compexp_widgets.adversarial.images.edits.paste import Paste, PictureEdit, apply_edits
from compexp_widgets.adversarial.images.edits.region_edits import Recolour, Remove
from compexp_widgets.errors import EditError
from compexp_widgets.files import as_picture, opened_image, shown
from compexp_widgets.networks.images.pictures import PictureInputs
from compexp_widgets.notebook_html import Html, fields_html, figure
from compexp_widgets.short_text import brief_repr
from compexp_widgets.study.images.drawing import THUMBNAIL_SIDE, thumbnail_file


@dataclass(frozen=True, eq=False)
class StoredPicture:
    """A picture as a recipe keeps it: name, `fingerprint`, and where its file lay, or the picture as a PNG file."""

    name: str
    fingerprint: str
    path: str = ""
    png: bytes = b""

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def picture(self) -> Image.Image:
        """The picture: RGB; EditError where it is not in the recipe, and the file is gone or holds another."""
        where = shown(self.path)
        origin = f"the picture {self.name!r:.60} of the recipe, {where or 'kept in it'},"
        try:
            for found in _readings(self.png or Path(self.path), origin):
                if fingerprint(found) == self.fingerprint:
                    return found
        except EditError as error:
            raise EditError(f"{error}. Or give the picture with picture=") from error
        raise EditError(
            f"{where or 'what is kept'} is not the picture {self.name!r:.60} that the recipe starts from: its pixels "
            "differ. Give that picture with picture="
        )


class PictureEditing(Editing[Image.Image, StoredPicture]):
    """The modality of pictures; see `Editing`. One is shown at a time, as `ProbedNetwork` does."""

    kind = "edits of a picture"
    inputs = PictureInputs
    batch_size = 1

    def taken(self, samples: Any) -> list[Image.Image]:
        """A picture or several, each a PIL picture, the path of one, or an array; see `as_picture`."""
        several = samples if isinstance(samples, list | tuple) else [samples]
        return [as_picture(picture, error=EditError) for picture in several]

    def apply(self, sample: Image.Image, edits: Sequence[Any]) -> Image.Image:
        return apply_edits(sample, edits)

    def stored(self, sample: Image.Image, name: str, path: str) -> StoredPicture:
        if path and _holds(path, sample):
            return StoredPicture(name, fingerprint(sample), path)
        buffer = io.BytesIO()
        sample.convert("RGB").save(buffer, "PNG")
        return StoredPicture(name, fingerprint(sample), png=buffer.getvalue())

    def opened(self, stored: StoredPicture, given: Image.Image | None = None) -> Image.Image:
        if given is None:
            return stored.picture()
        if fingerprint(given) != stored.fingerprint:
            raise EditError(f"this is not the picture {stored.name!r} that the recipe starts from: its pixels differ")
        return given

    def html(self, sample: Image.Image) -> Html:
        small = sample.convert("RGB")
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        return figure(thumbnail_file(small), "", "the picture", "")

    def stored_to_json(self, stored: StoredPicture) -> dict[str, str]:
        value = {"name": stored.name, "fingerprint": stored.fingerprint, "path": stored.path}
        return {**value, "png": base64.b64encode(stored.png).decode("ascii")} if stored.png else value

    def stored_from_json(self, value: Any) -> StoredPicture:
        name, mark, path = (str(value[key]) for key in ("name", "fingerprint", "path"))
        return StoredPicture(name, mark, path, base64.b64decode(value.get("png", ""), validate=True))

    def edit_from_json(self, value: Any) -> PictureEdit:
        kinds: dict[str, Callable[[Mapping[str, Any]], PictureEdit]] = {
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


PICTURES = PictureEditing()


def fingerprint(picture: Image.Image) -> str:
    """SHA-256 of a picture's size and RGB pixels, in hexadecimal: the same for every file that holds them."""
    pixels = picture.convert("RGB")
    return hashlib.sha256(repr(pixels.size).encode() + pixels.tobytes()).hexdigest()


def _readings(source: Path | bytes, origin: str) -> Iterator[Image.Image]:
    """The picture in a file: as it is read now; as stored, not turned; and with the colours that transparency hides.

    The latter two are what recipes of older versions start from; a fingerprint tells which.
    """
    with opened_image(source, origin, error=EditError) as file:
        yield file.picture()
    with opened_image(source, origin, error=EditError) as file:
        yield file.picture(upright=False)
    with opened_image(source, origin, error=EditError) as file:
        yield Image.fromarray(file.colours())


def _holds(path: str, picture: Image.Image) -> bool:
    """True where a file holds this picture, so that the recipe need not."""
    try:
        with opened_image(Path(path), path, error=EditError) as file:
            return np.array_equal(np.asarray(file.picture()), np.asarray(picture.convert("RGB")))
    except EditError:
        return False
