"""The names of a network's classes, from a text file or as given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from compexp_widgets.errors import NetworkError
from compexp_widgets.files import read_text


def read_class_names(path: str | Path) -> tuple[str, ...]:
    """One name a line, in the order of the network's outputs.

    Lines such as ``/a/apartment_building/outdoor 8`` (the ``categories_places365.txt`` of Places365's authors) give
    the name ``apartment_building/outdoor`` for output 8.

    Raises
    ------
    NetworkError
        When the file cannot be read, is empty, or its numbers do not run from 0 without a gap.
    """
    path = Path(path).expanduser()
    text = read_text(path, "list of class names", error=NetworkError)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise NetworkError(f"{path} names no classes: it must have one name a line")
    numbered = [re.fullmatch(r"(?:/\w/)?(\S+)\s+([0-9]+)", line) for line in lines]
    matches = [match for match in numbered if match]
    if len(matches) != len(lines):
        return tuple(lines)
    by_number = {int(match[2][:_MOST_DIGITS]): match[1] for match in matches}
    if sorted(by_number) != list(range(len(lines))):
        raise NetworkError(f"{path} numbers its {len(lines)} classes otherwise than 0 … {len(lines) - 1}, each once")
    return tuple(by_number[number] for number in range(len(lines)))


# Longer numbers count no class, and take Python long to read.
_MOST_DIGITS = 9


def checked_class_names(names: str | Path | Sequence[str] | None, outputs: int | None = None) -> tuple[str, ...]:
    """Names as given, or from a file, as many as there are outputs.

    Raises
    ------
    NetworkError
        When they are not texts, or not as many as `outputs`.
    """
    if names is None:
        return ()
    origin = "class_names"
    if isinstance(names, (str, Path)):
        origin, names = str(names), read_class_names(names)
    if wrong := [name for name in names if not isinstance(name, str)]:
        raise NetworkError(f"class_names must be texts, not {wrong[0]!r:.80}")
    if outputs is not None and len(names) != outputs:
        raise NetworkError(f"{origin} has {len(names)} names of classes, the network {outputs} outputs")
    return tuple(names)
