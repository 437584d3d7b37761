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
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from compexp_widgets.errors import CompexpError
from compexp_widgets.files.eight_bits import eight_bits, raw_mode, spread
from compexp_widgets.files.origin import Origin, told
from compexp_widgets.files.regular_file import check_bytes, regular_file

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM")
"""The formats that are opened, as Pillow calls them."""

MOST_BYTES = 500_000_000
"""Of a file; larger ones are refused."""

MOST_PIXELS = 80_000_000
"""Of an image; larger ones are refused: some kilobytes can unfold into gigabytes. (Pillow warns from 89 million.)"""

_MOST_SLOW_BYTES = 2_000_000
"""Of a file that Pillow decodes in Python (PPM with another white than 255, BMP with run lengths): some seconds."""

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
    """An image file that is open, as `opened_image` gives it. Every method raises the error of its `Origin`.

    Attributes
    ----------
    size
        Height and width in pixels, as stored.
    mode
        Pillow's name for its channels and their depth, ``"RGB"``.
    channels
        How many it has; indices into a palette are one.
    orientation
        How it lies, as the EXIF data say, 1 (upright) to 8; 1 where they say nothing or are damaged.
    """

    def __init__(self, file: Image.Image, origin: Origin, what: str) -> None:
        self._file = file
        self._origin = origin
        self._what = what
        self._raw = raw_mode(file)
        self.size = (file.height, file.width)
        self.mode = file.mode
        self.channels = len(file.getbands())
        self.orientation = _orientation(file)

    @property
    def upright_size(self) -> tuple[int, int]:
        """Height and width in pixels, once it is turned upright."""
        height, width = self.size
        return (width, height) if self.orientation in _QUARTER_TURNS else (height, width)

    def picture(self, *, upright: bool = True) -> Image.Image:
        """The picture that networks and people see: RGB, at its own size, transparency on white.

        Parameters
        ----------
        upright
            Whether to turn it as its EXIF data say.
        """
        with _decoding(self._origin, self._what):
            image = eight_bits(self._file, self._raw, self._origin)
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
        with _decoding(self._origin, self._what):
            return self._turned(_with_alpha(eight_bits(self._file, self._raw, self._origin)))

    def numbers(self) -> NDArray[np.generic]:
        """The pixels as they were written, for label numbers.

        Returns
        -------
        bool, uint8, uint16, int32 or float32, shape (height, width) for one channel (indices, where there is a
        palette), else (height, width, channels).
        """
        with _decoding(self._origin, self._what):
            pixels: NDArray[np.generic] = np.asarray(self._file)
            by = spread(self._raw)
            return pixels // by if by > 1 else pixels

    def colours(self) -> NDArray[np.uint8]:
        """The colours as they were written, those under transparency too: uint8, shape (height, width, 3)."""
        with _decoding(self._origin, self._what):
            return np.asarray(self._file.convert("RGB"))

    def _turned(self, image: Image.Image) -> Image.Image:
        return image if self.orientation == 1 else image.transpose(_TURNS[self.orientation])


@contextmanager
def opened_image(
    source: Path | bytes,
    origin: Origin,
    *,
    what: str = "picture",
    most_bytes: int = MOST_BYTES,
    most_pixels: int = MOST_PIXELS,
) -> Iterator[ImageFile]:
    """An image file whose header was read; its pixels are decoded when they are asked for.

    Parameters
    ----------
    source
        A file, or what is in one.
    origin
        What it is called in messages, and the error that is raised.
    what
        What it is to be, for messages: "picture", "label image".
    most_bytes, most_pixels
        What is larger is refused.

    Raises
    ------
    CompexpError
        (of `origin`) for a file that cannot be read, has another format than `FORMATS`, is damaged, or is too large.
    """
    if isinstance(source, bytes):
        check_bytes(len(source), origin, most_bytes)
        with _opened(io.BytesIO(source), len(source), origin, what, most_pixels) as image:
            yield image
    else:
        with (
            regular_file(source, origin, most_bytes) as (stream, size),
            _opened(stream, size, origin, what, most_pixels) as image,
        ):
            yield image


@contextmanager
def _opened(stream: BinaryIO, size: int, origin: Origin, what: str, most_pixels: int) -> Iterator[ImageFile]:
    if not size:
        raise origin.refusal(f"is no readable {what}: it is empty. Fetch it again.")
    with _decoding(origin, what):
        file: Image.Image = Image.open(stream, formats=FORMATS)
    with file:
        _check_size(file, size, origin, what, most_pixels)
        with _decoding(origin, what):
            image = ImageFile(file, origin, what)
            several = file.format in _MOVING and getattr(file, "is_animated", False)
        if several:
            warnings.warn(f"{origin.where} holds several frames: the first is taken", stacklevel=2)
        yield image


@contextmanager
def _decoding(origin: Origin, what: str) -> Iterator[None]:
    """Whatever a decoder raises becomes the error of the origin."""
    try:
        yield
    except CompexpError:
        raise
    except UnidentifiedImageError as error:
        known = ", ".join(FORMATS)
        raise origin.refusal(
            f"is no readable {what}: it is none of {known}, or its beginning is damaged. Save it as PNG or JPEG."
        ) from error
    except Image.DecompressionBombError as error:
        problem = f"has too many pixels to be read; the largest {what} has {MOST_PIXELS / 1e6:.0f} million."
        raise origin.refusal(f"{problem} Scale it down first, or cut it into parts.") from error
    except Exception as error:  # decoders raise anything for damaged files, MemoryError and SyntaxError included
        raise origin.refusal(
            f"is no readable {what}: {told(error)}. Save it anew as PNG, or fetch it again."
        ) from error


def _check_size(file: Image.Image, size: int, origin: Origin, what: str, most_pixels: int) -> None:
    """Refuse what would take too much memory or time. `size` is the number of bytes of the file."""
    if file.height * file.width > most_pixels:
        raise origin.refusal(
            f"has {file.width:,} × {file.height:,} pixels; the largest {what} has {most_pixels / 1e6:,.0f} million. "
            "Scale it down first, or cut it into parts."
        )
    if size > _MOST_SLOW_BYTES and any(tile[0] in Image.DECODERS for tile in getattr(file, "tile", ())):
        raise origin.refusal(f"is a rare kind of {file.format} that takes minutes to decode. Save it as PNG.")


def _orientation(file: Image.Image) -> int:
    """The orientation that the EXIF data give, from 1 (upright) to 8; 1 where they are damaged."""
    if file.format == "TIFF":  # Pillow turns these itself
        return 1
    try:
        orientation = file.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged EXIF data raise anything, and spoil no picture
        return 1
    return orientation if orientation in _TURNS else 1


def _with_alpha(image: Image.Image) -> Image.Image:
    """The same in RGBA; alpha that is multiplied into the colours is divided out, which takes a step of its own."""
    return image.convert("LA" if image.mode == "La" else image.mode).convert("RGBA")
