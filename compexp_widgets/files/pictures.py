"""The one door for image files: what is opened, how it becomes the picture that networks see, and what is refused.

One rule each, for data sets, patches, recipes and uploads alike:

- **Formats**: `FORMATS` and no others. Some that Pillow knows start other programs (EPS starts Ghostscript).
- **More than 8 bits**: the upper 8 of 16 bits, for grey as for colours; numbers with fractions run from 0 to 1. What
  has no agreed white, or would be nearly black, is refused (`eight_bits`).
- **Transparency** lies on white, as on a page; a colour that is hidden under it never shows. A cut-out keeps it.
- **Orientation**: upright, as the EXIF data say.
- **Several frames**: the first is taken, with a warning.
- **Size**: bytes and pixels are counted before memory is taken.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from compexp_widgets.errors import CompexpError, DataError
from compexp_widgets.files.eight_bits import RefusedError, eight_bits, raw_mode, spread
from compexp_widgets.files.regular import (
    FILE_BYTES,
    IMAGE_PIXELS,
    JPEG_SCANS,
    SLOW_IMAGE_BYTES,
    ClippedFile,
    readable,
    regular_size,
)

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM")
"""The formats that are opened, as Pillow calls them."""

_ORIENTATION = 0x0112  # the EXIF tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUARTER_TURNS = (5, 6, 7, 8)

_MOVING = ("GIF", "WEBP", "PNG", "TIFF")  # further frames of a JPEG file are previews


class ImageFile:
    """An image file that is open, as `opened_image` gives it; methods raise its error where the pixels are damaged.

    `size`: height and width in pixels, as stored. `mode`: Pillow's name for its channels and their depth, ``"RGB"``.
    `channels`: how many it has; indices into a palette are one.
    """

    def __init__(self, file: Image.Image, decoding: Callable[[], AbstractContextManager[None]]) -> None:
        self._file = file
        self._decoding = decoding
        self._raw = raw_mode(file)
        self.size = (file.height, file.width)
        self.mode = file.mode
        self.channels = len(file.getbands())

    @cached_property
    def orientation(self) -> int:
        """EXIF orientation, 1 (upright) to 8; 1 where there is none or it is damaged."""
        return _orientation(self._file)

    @property
    def upright_size(self) -> tuple[int, int]:
        """Height and width in pixels, once it is turned upright."""
        height, width = self.size
        return (width, height) if self.orientation in _QUARTER_TURNS else (height, width)

    def picture(self, *, upright: bool = True) -> Image.Image:
        """The picture that networks and people see: RGB, at its own size, transparency on white.

        `upright`: whether to turn it as its EXIF data say.
        """
        with self._decoding():
            image = eight_bits(self._file, self._raw)
            if image.has_transparency_data:
                image = _with_alpha(image)
                on_white = Image.new("RGB", image.size, "white")
                on_white.paste(image, mask=image.getchannel("A"))
                image = on_white
            else:
                image = image.convert("RGB")
            return self._turned(image) if upright else image

    def cut_out(self) -> Image.Image:
        """The picture with its transparency: RGBA, upright."""
        with self._decoding():
            return self._turned(_with_alpha(eight_bits(self._file, self._raw)))

    def numbers(self) -> NDArray[np.generic]:
        """The pixels as they were written, for label numbers.

        Returns bool, uint8, uint16, int32 or float32, shape (height, width) for one channel (indices, where there is a
        palette), else (height, width, channels).
        """
        with self._decoding():
            pixels: NDArray[np.generic] = np.asarray(self._file)
            by = spread(self._raw)
            return pixels // by if by > 1 else pixels

    def colours(self) -> NDArray[np.uint8]:
        """The colours as they were written, those under transparency too: uint8, shape (height, width, 3)."""
        with self._decoding():
            return np.asarray(self._file if self.mode == "RGB" else self._file.convert("RGB"))

    def _turned(self, image: Image.Image) -> Image.Image:
        return image if self.orientation == 1 else image.transpose(_TURNS[self.orientation])


@contextmanager
def opened_image(
    source: Path | bytes,
    origin: str,
    *,
    error: type[CompexpError] = DataError,
    what: str = "picture",
    most_bytes: int = FILE_BYTES,
    most_pixels: int = IMAGE_PIXELS,
) -> Iterator[ImageFile]:
    """An image file whose header was read; its pixels are decoded when they are asked for.

    `source`: a file, or what is in one. `origin`: what opens a message: the file and what names it, ``"a.png
    (index.csv, row 17)"``, or ``"the patch 'igloo'"``. `error`: the class of the error. `what`: what it is to be, for
    messages: "picture", "label image". `most_bytes`, `most_pixels`: the budgets. Raises `CompexpError` of the class
    `error`, for a file that cannot be read, has another format than `FORMATS`, is damaged, or is too large.
    """
    if isinstance(source, bytes):
        if len(source) > most_bytes:
            raise error(f"{origin} has {readable(len(source))}, the largest {what} file has {readable(most_bytes)}")
        stream: BinaryIO = io.BytesIO(source)
        size = len(source)
    else:
        size = regular_size(source, origin, error=error, most_bytes=most_bytes)
        try:
            stream = ClippedFile(io.FileIO(source), size)
        except OSError as reason:
            raise error(f"{origin} cannot be read: {reason}") from reason

    def decoding() -> AbstractContextManager[None]:
        return _decoding(origin, what, error)

    with stream:
        with decoding():
            file = _opened(stream, size, what, most_pixels)
        with file:
            with decoding():
                image = ImageFile(file, decoding)
                several = file.format in _MOVING and getattr(file, "is_animated", False)
            if several:
                warnings.warn(f"{origin} holds several frames: the first is taken", stacklevel=2)
            yield image


@contextmanager
def _decoding(origin: str, what: str, error: type[CompexpError]) -> Iterator[None]:
    """Whatever a decoder raises becomes the error of the door."""
    try:
        yield
    except RefusedError as reason:
        raise error(f"{origin} {reason}") from reason
    except UnidentifiedImageError as reason:
        known = ", ".join(FORMATS)
        problem = f"is no readable {what}: it is none of {known}, or its beginning is damaged. Save it as PNG or JPEG"
        raise error(f"{origin} {problem}") from reason
    except Exception as reason:  # decoders raise anything for damaged files, MemoryError and SyntaxError included
        said = (" ".join(str(reason).split()) or type(reason).__name__)[:200]
        raise error(f"{origin} is no readable {what}: {said}. Save it anew as PNG, or fetch it again") from reason


def _opened(stream: BinaryIO, size: int, what: str, most_pixels: int) -> Image.Image:
    """The image in a file, not yet decoded; refused where it would take too much memory or time."""
    if not size:
        raise RefusedError(f"is no readable {what}: it is empty. Fetch it again")
    largest = f"the largest {what} has {most_pixels / 1e6:,.0f} million. Scale it down first, or cut it into parts"
    try:
        file: Image.Image = Image.open(stream, formats=FORMATS)
    except Image.DecompressionBombError as reason:
        raise RefusedError(f"has too many pixels to be read; {largest}") from reason
    if file.height * file.width > most_pixels:
        raise RefusedError(f"has {file.width:,} × {file.height:,} pixels; {largest}")
    if size > SLOW_IMAGE_BYTES and any(tile[0] in Image.DECODERS for tile in getattr(file, "tile", ())):
        raise RefusedError(f"is a rare kind of {file.format} that takes minutes to decode. Save it as PNG")
    if file.info.get("progressive") and (scans := _scans(stream)) > JPEG_SCANS:
        raise RefusedError(f"has {scans:,} scans, which would take minutes to decode. Save it as a usual JPEG, or PNG")
    return file


def _scans(jpeg: BinaryIO) -> int:
    """Number of scans of a JPEG file."""
    place = jpeg.tell()
    jpeg.seek(0)
    scans = jpeg.read().count(b"\xff\xda")
    jpeg.seek(place)
    return scans


def _orientation(file: Image.Image) -> int:
    """The orientation that the EXIF data give, from 1 (upright) to 8; 1 where they are damaged."""
    if file.format == "TIFF":  # Pillow turns these itself
        return 1
    try:
        if file.format == "PNG" and not _says_how_it_lies(getattr(file, "fp", None)):
            return 1
        orientation = file.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged EXIF data raise anything, and spoil no picture
        return 1
    return orientation if orientation in _TURNS else 1


def _says_how_it_lies(png: IO[bytes] | None) -> bool:
    """True if a PNG file has EXIF data anywhere. Pillow decodes it all to find out: 0.2 s for 12 million pixels."""
    if png is None:  # decoded already
        return True
    place = png.tell()
    try:
        png.seek(8)
        while len(head := png.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            keyword = png.read(min(length, 22)) if kind in (b"tEXt", b"zTXt", b"iTXt") else b""
            if kind == b"eXIf" or keyword.startswith((b"Raw profile type exif", b"XML:com.adobe.xmp")):
                return True
            png.seek(length - len(keyword) + 4, io.SEEK_CUR)
        return False
    finally:
        png.seek(place)


def _with_alpha(image: Image.Image) -> Image.Image:
    """The same in RGBA; alpha that is multiplied into the colours is divided out, which takes a step of its own."""
    return image.convert("LA" if image.mode == "La" else image.mode).convert("RGBA")
