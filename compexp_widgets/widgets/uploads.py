"""Picture files that a person hands to a page: checked before anything is made of them."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from compexp_widgets.errors import EditError
from compexp_widgets.vision.images.annotated_image import IMAGE_ERRORS

MOST_BYTES = 20_000_000
"""A larger file is refused; a photograph of a telephone has a quarter of it."""

MOST_PIXELS = 60_000_000
"""A picture with more is refused: a small file can unfold into gigabytes."""

LARGEST_SIDE = 1024
"""Pixels; a larger picture is scaled down, since networks look at some 200 and every edit works on all of them."""

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")  # not those for which Pillow starts other programs


def checked_upload(data: bytes, name: str) -> None:
    """See that a file is a picture of reasonable size.

    Raises
    ------
    EditError
        When it is not.
    """
    if len(data) > MOST_BYTES:
        raise EditError(f"{name!r} has {len(data) / 1e6:.0f} MB; the largest picture file is {MOST_BYTES / 1e6:.0f} MB")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as file:
            width, height = file.size
    except IMAGE_ERRORS as error:
        raise EditError(f"{name!r} is no readable picture: give a file of type {', '.join(_FORMATS)}") from error
    if width * height > MOST_PIXELS:
        raise EditError(
            f"{name!r} has {width:,} × {height:,} pixels; the largest picture has {MOST_PIXELS / 1e6:.0f} million. "
            "Scale it down first"
        )


def uploaded_picture(data: bytes, name: str) -> tuple[Image.Image, tuple[int, int]]:
    """The picture in a file, upright and RGB, its longer side at most `LARGEST_SIDE`.

    Returns
    -------
    picture
    size
        Width and height that it had.

    Raises
    ------
    EditError
        When the file is too large or no readable picture.
    """
    checked_upload(data, name)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as file:
            picture = ImageOps.exif_transpose(file)
            if picture.has_transparency_data:  # what shows through is white, as on a page
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
            picture = picture.convert("RGB")
    except IMAGE_ERRORS as error:
        raise EditError(f"{name!r} is no readable picture: {error}") from error
    size = picture.size
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return picture, size
