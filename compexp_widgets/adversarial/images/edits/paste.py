"""Patches, the edit that pastes one into a picture, and what a picture shows and is annotated with after edits."""

from __future__ import annotations

import base64
import hashlib
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.edit import Edit
from compexp_widgets.adversarial.images.edits.region_edits import Recolour
from compexp_widgets.adversarial.images.edits.regions import COLOUR_CATEGORIES, checked_image
from compexp_widgets.argument_sentences import described
from compexp_widgets.argument_types import check_fields, checked
from compexp_widgets.concepts.colours import TONES, name_colours
from compexp_widgets.errors import EditError
from compexp_widgets.files import AnyPicture, as_picture, opened_image, shown
from compexp_widgets.formula import AnyLeaf, Formula, evaluate
from compexp_widgets.notebook_html import Html, block, cut_out_figure, facts, fields_html, section
from compexp_widgets.short_text import brief_repr, one_line
from compexp_widgets.study import VisionStudy

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
        check_fields(self, EditError, but=("pixels",))
        pixels = self.pixels
        are_bytes = isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8
        if not are_bytes or pixels.ndim != 3 or pixels.shape[2] != 4 or 0 in pixels.shape:
            raise EditError(f"a patch has pixels of shape (height, width, 4) and type uint8, not {described(pixels)}")
        if not pixels[..., 3].any():
            raise EditError(f"the patch {self.name!r} ({self.origin}) is wholly transparent: nothing of it would show")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patch) and np.array_equal(self.pixels, other.pixels)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        width, height = self.size
        origin = f", from {one_line(self.origin)}" if self.origin else ""
        return f"<Patch {self.name!r:.80}, {width} × {height} pixels{origin}>"

    def _repr_html_(self) -> Html:
        return block(self.figure())

    def figure(self, caption: str = "") -> Html:
        """The patch as a small picture with a caption, for a notebook's output; its name where nothing else is said."""
        width, height = self.size
        title = f"{self.name}, {width} × {height} pixels" + (f", from {self.origin}" if self.origin else "")
        small = self.picture
        small.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.LANCZOS)
        return cut_out_figure(_small_png(small), caption or self.name, title)

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
    @checked(EditError)
    def from_file(path: str | Path, name: str | None = None) -> Patch:
        """A picture file of one's own, cropped to what is not transparent; without an alpha channel it is all opaque.

        EditError when it is no readable picture, is larger than `LARGEST_SIDE`, or is wholly transparent.
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
        """A value that JSON can hold: name, origin and the pixels as a PNG file in base 64."""
        buffer = io.BytesIO()
        self.picture.save(buffer, "PNG", optimize=True)
        png = base64.b64encode(buffer.getvalue()).decode("ascii")
        return {"name": self.name, "origin": self.origin, "concepts": list(self.concepts), "png": png}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Patch:
        """The patch that `to_json` described, with the same pixels; EditError where it describes none."""
        try:
            data = base64.b64decode(value["png"], validate=True)
            name, origin, concepts = str(value["name"]), str(value["origin"]), tuple(map(str, value["concepts"]))
        except (KeyError, TypeError, ValueError) as error:
            raise EditError(f"this describes no patch: {str(value)[:200]} ({error})") from error
        return replace(_read(data, f"the patch {name!r:.60}", name, origin), concepts=concepts)


_THUMBNAIL, _COLOURS = 128, 96
"""The longest side of a patch in a notebook's output, in pixels, and its colours: it takes 5 kB then, not 20."""


def _small_png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.quantize(_COLOURS, Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _read(source: Path | bytes, told: str, name: str, origin: str) -> Patch:
    with opened_image(source, told, error=EditError) as file:
        if max(file.size) > LARGEST_SIDE:
            height, width = file.size
            raise EditError(f"{told} has {width} × {height} pixels; the largest side is {LARGEST_SIDE}")
        return Patch(np.array(file.cut_out()), name, origin)


@dataclass(frozen=True)
class Placement:
    """The geometry of a pasted patch, in pixels of the picture. Parts outside the picture are cut off.

    Attributes
    ----------
    left, top
        The corner of the box that the patch fills before it is turned; may be negative.
    width, height
        The size of that box, above 0.
    rotation
        Degrees, clockwise, about the middle of the box.
    flipped
        Mirrored left to right, before it is turned.
    opacity
        Times the patch's own alpha: 0 … 1.
    """

    left: float
    top: float
    width: float
    height: float
    rotation: float = 0.0
    flipped: bool = False
    opacity: float = 1.0

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.generic):
                value = value.item()
                object.__setattr__(self, field.name, value)
            # Compared, since math.isfinite has an error of its own for integers of hundreds of digits.
            if field.name != "flipped" and not (isinstance(value, (int, float)) and abs(value) < math.inf):
                raise EditError(f"{field.name} of a placement is a finite number, not {value!r:.60}")
        for name in ("left", "top", "rotation"):
            if abs(value := getattr(self, name)) > FARTHEST:
                raise EditError(f"{name} of a placement is at most {FARTHEST} either way, not {value!r:.60}")
        for name in ("width", "height"):
            if not 0 < (value := getattr(self, name)) <= LARGEST:
                raise EditError(f"{name} of a placement is above 0 and at most {LARGEST} pixels, not {value}")
        if not 0 <= self.opacity <= 1:
            raise EditError(f"opacity of a placement lies in 0 … 1, not {self.opacity}")

    def to_json(self) -> dict[str, Any]:
        """A value that JSON can hold."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Placement:
        """The placement that `to_json` described; EditError where it describes none."""
        known = {field.name for field in fields(Placement)}
        if not isinstance(value, Mapping) or not {"left", "top", "width", "height"} <= value.keys() <= known:
            raise EditError(f"this describes no placement of a patch: {str(value)[:200]}")
        return Placement(**{**value, "flipped": bool(value.get("flipped", False))})


LARGEST = 8192
"""Pixels: the longest side that a patch is scaled to."""

FARTHEST = 1_000_000
"""Pixels or degrees: the farthest that a patch lies or turns; Pillow takes no much larger numbers."""


class PictureEdit(Edit[Image.Image], Protocol):
    """One change of a picture: the edited picture is RGB, of the same size."""

    def on(self, picture: Image.Image, /) -> Image.Image: ...

    def coverage(self, size: tuple[int, int]) -> NDArray[np.float32]:
        """The share of each pixel of a picture of this width and height that it changes, at most: float32, 0 … 1."""
        ...


@dataclass(frozen=True)
class Paste:
    """A patch pasted into a picture."""

    patch: Patch
    placement: Placement

    __repr__ = brief_repr

    def _repr_html_(self) -> Html:
        place = self.placement
        about = [
            ("corner", f"{place.left:g} from the left, {place.top:g} from the top"),
            ("size", f"{place.width:g} × {place.height:g} pixels"),
            ("rotation", f"{place.rotation:g}°" if place.rotation else ""),
            ("flipped", "yes" if place.flipped else ""),
            ("opacity", f"{place.opacity:g}" if place.opacity < 1 else ""),
        ]
        return section(self.description, self.patch.figure(), facts(about))

    def __post_init__(self) -> None:
        check_fields(self, EditError)

    @property
    def description(self) -> str:
        return f"paste {self.patch.name}"

    def on(self, picture: AnyPicture) -> Image.Image:
        picture = as_picture(picture, error=EditError)
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


def apply_edits(picture: Image.Image, edits: Sequence[PictureEdit]) -> Image.Image:
    """The picture after all edits, one after the other: RGB, of the same size."""
    edited = picture.convert("RGB")
    for edit in edits:
        edited = edit.on(edited)
    return edited


def covered_share(edits: Sequence[PictureEdit], size: tuple[int, int]) -> float:
    """The share of a picture of this width and height that some edit changes, 0 … 1."""
    covered = np.zeros((size[1], size[0]), np.float32)
    for edit in edits:
        np.maximum(covered, edit.coverage(size), out=covered)
    return float(covered.mean())


class EditedAnnotation:
    """The annotation of an image after edits, one after the other, as far as it can be told.

    A position changes where an edit changes at least half of it (`PictureEdit.coverage`): there a pasted patch has its
    `Patch.concepts`, a removed region has none, and a recoloured one has the colour term nearest to what it became in
    place of its colour, and keeps the others. Concepts that hold in the whole image, such as its scene, stay: no part
    of the picture shows them. A picture file of one's own has no concepts unless it was given some.

    `picture` and `before`, leaf → where it holds without the edits, are given by who remembers them. EditError when
    there is no such image, or an edit was made for a picture of another size.
    """

    def __init__(
        self,
        study: VisionStudy,
        image: int,
        edits: Sequence[PictureEdit],
        *,
        picture: Image.Image | None = None,
        before: Callable[[AnyLeaf], NDArray[np.bool_]] | None = None,
    ) -> None:
        self._study = study
        self._image = image if picture and before else checked_image(study, image)
        self._picture = picture
        self._before = before or (lambda leaf: study.holds(leaf, [self._image])[0])
        names = study.table.concepts
        self._whole = {names[concept] for concept in study.dataset.images[self._image].whole}
        terms = {name: place for place, term in enumerate(TONES) for name in (term, f"{term}-c")}
        colours = [name for name, category in study.category_of.items() if category in COLOUR_CATEGORIES]
        self._colour_of = {name: terms[name] for name in colours if name in terms}
        self._changes: list[tuple[NDArray[np.bool_], PictureEdit, NDArray[np.int64] | None]] = []
        if edits:
            self._follow(edits)

    def mask(self, formula: Formula) -> NDArray[np.bool_]:
        """The positions where a formula holds: bool, shape (height, width) of the grid."""
        return evaluate(formula, self._leaf)

    def _follow(self, edits: Sequence[PictureEdit]) -> None:
        picture = self._picture or self._study.dataset.picture(self._image)
        height, width = self._study.units.grid
        recolours = [number for number, edit in enumerate(edits) if isinstance(edit, Recolour)]
        last = recolours[-1] if recolours and self._colour_of else -1
        for number, edit in enumerate(edits):
            share = Image.fromarray(edit.coverage(picture.size)).resize((width, height), Image.Resampling.BOX)
            if number <= last:  # the pixels matter to a recolouring alone
                picture = edit.on(picture)
            terms = None
            if isinstance(edit, Recolour) and self._colour_of:
                terms = name_colours(np.asarray(picture.resize((width, height), Image.Resampling.BOX)))
            self._changes.append((np.asarray(share) >= 0.5, edit, terms))

    def _leaf(self, leaf: AnyLeaf) -> NDArray[np.bool_]:
        holds = self._before(leaf)
        if leaf.name in self._whole:
            return holds
        for changed, edit, terms in self._changes:
            if not isinstance(edit, Recolour):
                now = np.bool_(isinstance(edit, Paste) and leaf.name in edit.patch.concepts)
                holds = np.where(changed, now, holds)
            elif terms is not None and leaf.name in self._colour_of:
                holds = np.where(changed, terms == self._colour_of[leaf.name], holds)
        return holds
