"""Arguments as people give them: what is no number of the kind that is needed is answered in a sentence."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from compexp_widgets.errors import CompexpError, DataError


def whole_number(
    value: Any, name: str, *, least: int = 1, most: int | None = None, error: type[CompexpError] = CompexpError
) -> int:
    """A whole number within limits: of Python or of NumPy, but neither True, 2.0 nor "5".

    Raises `CompexpError` of the class `error`, for anything else; the message opens with `name`.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or _is_bool(value) or not least <= number <= (_MOST if most is None else most):
        lowest = "" if least < -(2**31) else f", at least {least}"  # a limit that nobody meets need not be told
        limits = lowest if most is None else f", from {least} to {most}"
        raise error(f"{name} is a whole number{limits}, not {value!r:.60}")
    return number


_MOST = 2**63 - 1  # what NumPy can hold


def number_within(
    value: Any,
    name: str,
    *,
    above: float = -math.inf,
    below: float = math.inf,
    closed: bool = False,
    error: type[CompexpError] = CompexpError,
) -> float:
    """A finite number between two limits.

    `closed`: whether the limits themselves count. Raises `CompexpError` of the class `error`, for anything else; the
    message opens with `name`.
    """
    try:
        number = math.nan if isinstance(value, (str, bytes)) or _is_bool(value) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    inside = above <= number <= below if closed else above < number < below
    if not (math.isfinite(number) and inside):
        ends = [f"{'at least' if closed else 'above'} {above:g}"] if above > -math.inf else []
        ends += [f"{'at most' if closed else 'below'} {below:g}"] if below < math.inf else []
        raise error(f"{name} is a finite number{''.join(', ' + end for end in ends)}, not {value!r:.60}")
    return number


def class_number(
    which: Any,
    class_names: Sequence[str],
    classes: int | None = None,
    *,
    network: str = "the network",
    error: type[CompexpError] = CompexpError,
) -> int:
    """The number of a class, given as a number or by its name.

    >>> class_number("harbour", ("street", "harbour"))
    1

    `class_names`: one name an output; empty where the network does not say. `classes`: how many outputs it has, where
    it is known; else as many as names. `network`: what it is called. Raises `CompexpError` of the class `error`, when
    there is no such class; the message names those that are spelled alike.
    """
    if isinstance(which, str):
        if which in class_names:
            return list(class_names).index(which)
        folded = {name.casefold(): name for name in class_names}
        near = [folded[name] for name in get_close_matches(which[:200].casefold(), list(folded), n=3)]
        shown = ", ".join(near) or ", ".join(class_names[:5])
        told = f"did you mean {shown}?" if near else f"there are {shown}, …" if shown else "its classes have no names"
        raise error(f"{network} has no class {which!r:.60}; {told}")
    count = classes if classes is not None else len(class_names)
    number = whole_number(
        which, f"a class of {network}, where it is not given by its name,", least=-(2**63), error=error
    )
    if not 0 <= number < (count or 2**63):
        raise error(
            f"{network} has classes 0 … {count - 1}, so none is {number}"
            if count
            else f"the classes of {network} are numbered from 0, so none is {number}"
        )
    return number


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool) or type(value).__name__ == "bool"  # NumPy's, too


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
    if not all(isinstance(side, int | np.integer) and 1 <= side <= 65_535 for side in sides):
        raise DataError(f"grid is {grid!r:.60}; it is height and width in positions, such as (112, 112).")
    return int(sides[0]), int(sides[1])
