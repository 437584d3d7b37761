"""Pictures and patches of a PasteLab: what a page may name, and what its edits make of a picture.

A page's edits are small: a patch is named by its id, a region by a formula. Here they become edits of the engine. Files
that a person hands to the page are checked before anything is made of them.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.edit import Edit
from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, PictureEdit, Placement
from compexp_widgets.adversarial.images.edits.region_edits import Recolour, Remove
from compexp_widgets.adversarial.images.edits.regions import region
from compexp_widgets.errors import EditError, FormulaError
from compexp_widgets.files import opened_image
from compexp_widgets.study.probed_network import ProbedNetwork, SampleResponse
from compexp_widgets.widgets.paste_lab.messages import PageEdit, PastePatch, PatchInfo, RecolourRegion, RemoveRegion

UPLOADED = -1
"""The number of the person's own picture; those of the data set are counted from 0."""

MOST_BYTES = 20_000_000
"""A larger file is refused; a photograph of a telephone has a quarter of it."""

MOST_PIXELS = 60_000_000
"""A picture with more is refused: a small file can unfold into gigabytes."""

LARGEST_SIDE = 1024
"""Pixels; a larger picture is scaled down, since networks look at some 200 and every edit works on all of them."""

_LARGE = 600_000
"""Pixels; from here on a picture goes to the page as JPEG, whose faults nobody sees, in place of megabytes of PNG."""

_ID_LENGTH = 16
"""Hexadecimal digits of a fingerprint, 64 bits: no two patches that anybody looks at share them."""


class PatchStore:
    """Every patch that was shown, by its id, so that an edit can name it: undo may bring back any of them."""

    def __init__(self) -> None:
        self._patches: dict[str, Patch] = {}

    def add(self, patch: Patch) -> str:
        """Keep a patch; its id, the beginning of its fingerprint, is the same in every kernel."""
        number = patch.fingerprint[:_ID_LENGTH]
        self._patches.setdefault(number, patch)  # one operation, whichever threads add patches
        return number

    def get(self, number: str) -> Patch:
        """The patch with this id; an EditError where none was ever shown under it."""
        patch = self._patches.get(number)
        if patch is None:
            raise EditError(
                f"no patch {number!r:.60} is known here: it was shown by another kernel. Search for it again, or load "
                "the recipe, which holds its pixels"
            )
        return patch


class EditedPictures:
    """Pictures of the data set and one of the person's own, what edits make of them, and the network's responses.

    The last few of each are remembered. The network is used by one thread at a time.
    """

    def __init__(self, probed: ProbedNetwork) -> None:
        self._probed = probed
        self._count = len(probed.study.dataset)
        self.patches = PatchStore()
        self._lock = threading.Lock()
        self._uploads = 0
        self._upload: tuple[str, Image.Image] | None = None
        self._named: dict[tuple[int, str], NDArray[np.bool_]] = {}
        self._opened = lru_cache(maxsize=4)(probed.study.dataset.picture)
        study = probed.study
        self._region = lru_cache(maxsize=16)(lambda image, text: region(study, image, text))
        self._edited = lru_cache(maxsize=8)(self._edit)
        self._response = lru_cache(maxsize=16)(self._respond)

    # Pictures

    def upload(self, data: bytes, name: str) -> tuple[int, int]:
        """Take a picture file in place of the person's own; its (width, height) before it was scaled down."""
        picture, size = uploaded_picture(data, name)
        self.put(picture, name)
        return size

    def put(self, picture: Image.Image, name: str) -> None:
        """Take a picture in place of the one of the person's own."""
        with self._lock:
            self._uploads += 1
            self._upload = name, picture.convert("RGB")
            self._named = {key: mask for key, mask in self._named.items() if key[0] != UPLOADED}

    def checked(self, image: int) -> int:
        """The number of a picture; an EditError where there is none of this number."""
        if (image == UPLOADED and self._upload) or 0 <= image < self._count:
            return image
        way = "no picture was uploaded yet" if image == UPLOADED else f"the data set has 0 … {self._count - 1}"
        raise EditError(f"there is no picture {image}: {way}")

    def picture(self, image: int) -> Image.Image:
        """The picture, RGB, as it is edited."""
        if self.checked(image) != UPLOADED:
            opened: Image.Image = self._opened(image)
            return opened
        assert self._upload
        return self._upload[1]

    def name(self, image: int) -> str:
        """Its name: the path within the data set, or the name of the uploaded file."""
        if self.checked(image) != UPLOADED:
            return str(self._probed.study.dataset.images[image].name)
        assert self._upload
        return self._upload[0]

    # Regions

    def region(self, image: int, formula: str) -> NDArray[np.bool_]:
        """The region where a formula holds: bool, shape (height, width) of the picture.

        A FormulaError where the formula cannot be read or names a concept that the data does not have; an EditError
        where the picture is the person's own.
        """
        named = self._named.get((self.checked(image), formula))
        if named is not None:
            return named
        if image == UPLOADED:
            raise EditError(
                "what is where on a picture of your own is not annotated, so no formula chooses a part of it: recolour "
                "and remove work on pictures of the data set"
            )
        return self._region(image, formula)

    def _name_region(self, image: int, name: str, mask: NDArray[np.bool_]) -> str:
        """A text under which `region` gives a mask that may come from elsewhere, such as a recipe.

        It is `name` itself where that stands for this very region, or for nothing yet; else with a few digits after it.
        """
        with suppress(FormulaError, EditError):
            if np.array_equal(self.region(image, name), mask):
                return name
        if image != UPLOADED or (image, name) in self._named:
            name = f"{name} #{hashlib.sha256(mask.tobytes()).hexdigest()[:6]}"
        self._named[image, name] = mask
        return name

    # Edits

    def edits(self, image: int, edits: Sequence[PageEdit]) -> tuple[PictureEdit, ...]:
        """The edits that the page describes; an EditError where a patch is not known or a region is nowhere."""
        return tuple(self._from_page(image, edit) for edit in edits)

    def to_page(self, image: int, edits: Sequence[Edit[Any]]) -> list[PageEdit]:
        """Edits as the page describes them; their patches are kept.

        A region whose mask no formula gives, as one that was drawn in Python, is remembered under a name of its own.
        """
        return [self._to_page(image, edit) for edit in edits]

    def edited(self, image: int, edits: Sequence[PageEdit]) -> Image.Image:
        """The picture after the edits, RGB."""
        return self._edited(self._key(image), image, tuple(edits))

    def _edit(self, key: int, image: int, edits: tuple[PageEdit, ...]) -> Image.Image:
        if not edits:
            return self.picture(image)
        # What comes before the last edit is remembered: to move a patch does not fill in a removed thing again.
        return self._from_page(image, edits[-1]).on(self._edited(key, image, edits[:-1]))

    def _from_page(self, image: int, edit: PageEdit) -> PictureEdit:
        if isinstance(edit, PastePatch):
            return Paste(
                self.patches.get(edit.patch),
                Placement(edit.left, edit.top, edit.width, edit.height, edit.rotation, edit.flipped, edit.opacity),
            )
        mask = self.region(image, edit.formula)
        if not mask.any():
            what = "remove" if isinstance(edit, RemoveRegion) else "recolour"
            raise EditError(f"{edit.formula} is nowhere on this picture: there is nothing to {what}")
        if isinstance(edit, RemoveRegion):
            return Remove(mask, name=edit.formula)
        return Recolour(mask, edit.colour, edit.strength, name=edit.formula)

    def _to_page(self, image: int, edit: Edit[Any]) -> PageEdit:
        if isinstance(edit, Paste):
            return PastePatch(patch=self.patches.add(edit.patch), **edit.placement.to_json())
        if isinstance(edit, Recolour):
            name = self._name_region(image, edit.name, edit.mask)
            return RecolourRegion(formula=name, colour=edit.colour, strength=edit.strength)
        if isinstance(edit, Remove):
            return RemoveRegion(formula=self._name_region(image, edit.name, edit.mask))
        raise EditError(f"the page cannot show the edit {edit.description!r:.80}")

    # Responses

    def before(self, image: int) -> SampleResponse:
        """The network's response to the picture without edits."""
        return self.after(image, ())

    def after(self, image: int, edits: Sequence[PageEdit]) -> SampleResponse:
        """The network's response to the edited picture."""
        return self._response(self._key(image), image, tuple(edits))

    def _respond(self, key: int, image: int, edits: tuple[PageEdit, ...]) -> SampleResponse:
        picture = self._edited(key, image, edits)
        with self._lock:
            return self._probed.respond(picture)

    def _key(self, image: int) -> int:
        """Tells one uploaded picture from the next."""
        return image if self.checked(image) != UPLOADED else UPLOADED - self._uploads


# Files that come from the page


def uploaded_picture(data: bytes, name: str) -> tuple[Image.Image, tuple[int, int]]:
    """The picture in a file, upright and RGB, its longer side at most `LARGEST_SIDE`; its (width, height) before that.

    An EditError where the file is too large or no readable picture.
    """
    with opened_image(data, repr(name), error=EditError, most_bytes=MOST_BYTES, most_pixels=MOST_PIXELS) as file:
        picture = file.picture()
    size = picture.size
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return picture, size


def uploaded_patch(data: bytes, name: str) -> Patch:
    """The patch in a file, cropped to what is not transparent; an EditError as of `uploaded_picture`."""
    with opened_image(data, repr(name), error=EditError, most_bytes=MOST_BYTES, most_pixels=MOST_PIXELS):
        pass
    return Patch.from_bytes(data, name, name)


# Files that go to the page


def picture_file(picture: Image.Image) -> bytes:
    """A picture as the page shows it: a PNG file, or a JPEG file where it is large."""
    if picture.width * picture.height > _LARGE:
        return saved(picture, "JPEG", quality=92)
    return shown_png(picture)


def patch_info(patches: PatchStore, patch: Patch, drive: float | None = None) -> PatchInfo:
    """A patch for the page, besides its pixels; the patch is kept."""
    width, height = patch.size
    return PatchInfo(
        id=patches.add(patch), name=patch.name, origin=patch.origin, width=width, height=height, drive=drive
    )


def shown_png(picture: Image.Image) -> bytes:
    """A PNG file, its pixels unchanged, for the way to the page, which is short: little compressed."""
    return saved(picture, "PNG", compress_level=1)


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """A file of a picture; a PNG file leaves its pixels unchanged."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
