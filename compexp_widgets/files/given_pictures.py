"""A picture as a person gives it, and the PIL picture that is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.argument_sentences import described
from compexp_widgets.errors import CompexpError, DataError
from compexp_widgets.files.pictures import opened_image
from compexp_widgets.files.regular import shown

AnyPicture: TypeAlias = Annotated[
    Union[Image.Image, str, Path, NDArray[np.uint8]],  # noqa: UP007 - read at run time, by Python 3.10 too
    "a PIL picture, the path of one, or an array of uint8, shape (height, width, 3)",
]
"""A picture as a person gives it."""


def as_picture(picture: AnyPicture, *, error: type[CompexpError] = DataError) -> Image.Image:
    """A PIL picture as it is; of a path the picture in the file, of an array that of its pixels: RGB.

    Raises
    ------
    CompexpError
        Of the class `error`, where the file holds no picture, or it is something else.
    """
    if isinstance(picture, Image.Image):
        return picture
    if isinstance(picture, str | Path):
        with opened_image(Path(picture), f"the picture {shown(picture)}", error=error) as file:
            return file.picture()
    given: Any = picture
    is_rgb = isinstance(given, np.ndarray) and given.dtype == np.uint8 and given.ndim == 3 and given.shape[2] == 3
    if not is_rgb or not given.size:
        raise error(
            "a picture is a PIL picture, the path of one, or an array of uint8, shape (height, width, 3), not "
            f"{described(given)}"
        )
    return Image.fromarray(given)
