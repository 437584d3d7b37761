"""Picture files that a person hands to a page: checked before anything is made of them."""

from __future__ import annotations

from PIL import Image

from compexp_widgets.errors import EditError
from compexp_widgets.files import opened_image

MOST_BYTES = 20_000_000
"""A larger file is refused; a photograph of a telephone has a quarter of it."""

MOST_PIXELS = 60_000_000
"""A picture with more is refused: a small file can unfold into gigabytes."""

LARGEST_SIDE = 1024
"""Pixels; a larger picture is scaled down, since networks look at some 200 and every edit works on all of them."""


def checked_upload(data: bytes, name: str) -> None:
    """See that a file is a picture of reasonable size.

    Raises
    ------
    EditError
        When it is not.
    """
    with opened_image(data, repr(name), error=EditError, most_bytes=MOST_BYTES, most_pixels=MOST_PIXELS):
        pass


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
    with opened_image(data, repr(name), error=EditError, most_bytes=MOST_BYTES, most_pixels=MOST_PIXELS) as file:
        picture = file.picture()
    size = picture.size
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return picture, size
