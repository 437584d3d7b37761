"""What the readers of annotated images are called with, answered in a sentence where it is nothing of the kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compexp_widgets.errors import DataError

_LARGEST_SIDE = 65_535


def checked_folder(folder: object) -> Path:
    """The folder of a data set; `DataError` where it is no path, or no folder is there."""
    path = checked_path(folder, "the data set")
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):  # too long, or with a null character
        is_folder = False
    if not is_folder:
        raise DataError(f"{path} is not a folder.")
    return path


def checked_path(path: object, what: str) -> Path:
    """A path; `DataError` where it is no text and no path, or empty."""
    if not isinstance(path, str | Path) or not str(path):
        raise DataError(f"{what} is {path!r:.60}, not a path.")
    return Path(path)


def checked_names(names: object, what: str) -> tuple[str, ...]:
    """One or several names of folders or columns; `DataError` where one is no text, or empty."""
    listed: Sequence[object] = (names,) if isinstance(names, str) or not isinstance(names, Sequence) else names
    for name in listed:
        if not isinstance(name, str) or not name:
            raise DataError(f"{what} is {names!r:.80}, not a name or a list of names.")
    return tuple(str(name) for name in listed)


def checked_name(name: object, what: str) -> str:
    """The name of a folder, file or column; `DataError` where it is no text, or empty."""
    if not isinstance(name, str) or not name:
        raise DataError(f"{what} is {name!r:.80}, not a name.")
    return name


def checked_grid(grid: object) -> tuple[int, int]:
    """Height and width of the annotation grid; `DataError` where it is no pair of whole numbers from 1 to 65,535."""
    sides = tuple(grid) if isinstance(grid, tuple | list) and len(grid) == 2 else (0, 0)
    if not all(isinstance(side, int | np.integer) and 1 <= side <= _LARGEST_SIDE for side in sides):
        raise DataError(f"grid is {grid!r:.60}; it is height and width in positions, such as (112, 112).")
    return int(sides[0]), int(sides[1])
