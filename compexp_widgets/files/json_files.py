"""JSON from outside: files, lines, and what a page sends.

What is decided here, once for all: an object names nothing twice, since readers differ in which of the two they take;
NaN and infinity are no JSON and are refused unless a reader says that its numbers may be so; whole numbers are those
that NumPy can hold; texts have no lone surrogates, which no file and no page could take back.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, TypeVar

from compexp_widgets.errors import CompexpError, DataError
from compexp_widgets.files.regular import FILE_BYTES, JSON_DEPTH, LARGEST_NUMBER, read_bytes, readable, shown

T = TypeVar("T")

_WORDS = {int: "a whole number", str: "a text", list: "a list", dict: "an object"}


def read_json(
    path: str | Path,
    what: str,
    *,
    error: type[CompexpError] = DataError,
    most_bytes: int = FILE_BYTES,
    finite: bool = True,
) -> Any:
    """Read a JSON file in UTF-8, UTF-16 or UTF-32.

    `what`, `error`, `most_bytes`: as of `check_regular`. `finite`: whether ``NaN`` and ``Infinity`` are refused. Raises
    `CompexpError` of the class `error`, where the file cannot be read or is no JSON within the budgets.
    """
    content = read_bytes(path, what, error=error, most_bytes=most_bytes)
    return parse_json(content, f"the {what} {shown(path)}", error=error, most_bytes=most_bytes, finite=finite)


def read_json_object(path: Path, what: str, *, most_bytes: int = FILE_BYTES) -> dict[str, Any]:
    """The object in a JSON file; parameters and errors as of `read_json`, `DataError` also where it is no object."""
    content = read_json(path, what, most_bytes=most_bytes)
    if not isinstance(content, dict):
        raise DataError(f"{path} holds {_kind(content)}, not a JSON object.")
    return content


def json_field(entry: object, name: str, kind: type[T], where: str) -> T:
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


def parse_json(
    text: str | bytes,
    origin: str,
    *,
    error: type[CompexpError] = DataError,
    most_bytes: int = FILE_BYTES,
    finite: bool = True,
) -> Any:
    """Decode a text in JSON; `origin` opens the message of an error, the rest is as of `read_json`."""
    if len(text) > most_bytes:
        raise error(f"{origin} has {readable(len(text))} of JSON, the most that is read is {readable(most_bytes)}")
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text))
        elif not text.isascii():
            text.encode("utf-8")  # lone surrogates
        value = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_constant=_finite if finite else float,
            parse_float=_finite if finite else float,
        )
        if text.count("[") + text.count("{") > JSON_DEPTH:
            _check_depth(value)
        if _ESCAPED_SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError) as reason:
        raise error(f"{origin} holds characters that are no text ({reason.reason}). Save it in UTF-8.") from reason
    except RecursionError as reason:
        raise error(f"{origin} is nested more than {JSON_DEPTH} levels deep, too deeply to be read.") from reason
    except (ValueError, MemoryError) as reason:
        hint = " Is the file cut off?" if isinstance(reason, json.JSONDecodeError) else ""
        raise error(f"{origin} is no valid JSON: {str(reason) or 'too large':.200}.{hint}") from reason
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"an object names {max(names, key=names.count)!r:.60} twice")
    return found


def _whole_number(digits: str) -> int:
    # Measured before it is made: to read a number of a million digits takes a minute.
    if len(digits) > _MOST_DIGITS or abs(number := int(digits)) > LARGEST_NUMBER:
        raise ValueError(f"the whole number {digits:.30} has {len(digits)} digits, more than 64 bits hold")
    return number


def _finite(written: str) -> float:
    if not math.isfinite(number := float(written)):
        raise ValueError(f"{written:.30} is no finite number")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(JSON_DEPTH + 1):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise RecursionError


_MOST_DIGITS = len(str(LARGEST_NUMBER)) + 1
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
