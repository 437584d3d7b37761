"""JSON files of a data set, read so that an error can name the file and the entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from compexp_widgets import files
from compexp_widgets.errors import DataError
from compexp_widgets.files.budgets import INDEX_BYTES

T = TypeVar("T")

_WORDS = {int: "a whole number", str: "a text", list: "a list", dict: "an object"}


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file in UTF-8.

    Raises
    ------
    DataError
        Where the file cannot be read, is no valid JSON, or holds something else than an object.
    """
    content = files.read_json(path, "index", most_bytes=INDEX_BYTES)
    if not isinstance(content, dict):
        raise DataError(f"{path} holds {_kind(content)}, not a JSON object.")
    return content


def field(entry: object, name: str, kind: type[T], where: str) -> T:
    """The field of an entry; a `DataError` that opens with `where` if it is missing or of another kind."""
    if not isinstance(entry, dict):
        raise DataError(f"{where} is {_kind(entry)}, not an object.")
    if name not in entry:
        raise DataError(f"{where} has no {name!r}.")
    value = entry[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise DataError(f"{where}: {name!r} is {_kind(value)}, not {_WORDS[kind]}.")
    return value


def _kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return next((words for kind, words in _WORDS.items() if isinstance(value, kind)), "a number with a fraction")
