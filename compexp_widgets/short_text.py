"""Short texts of long things: what an object prints, which is never more than a screen.

A class says ``__repr__ = brief_repr`` in place of the ``repr`` of its dataclass, which would print every array and
every name in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any

MOST_CHARACTERS = 2000
"""No object of the package prints more than this."""

_ITEMS = 3  # of a collection that are printed
_FEW = 6  # a collection of so many short items is printed whole
_TEXT = 80
_FIELD = 240
_LINES, _LINE = 10, 180  # items of a list that are printed, and characters of each
_TUPLE = 1500  # characters of a tuple


def brief_repr(thing: Any) -> str:
    """What a dataclass prints: its fields, the long ones in short."""
    inside = ", ".join(f"{one.name}={brief(getattr(thing, one.name))}" for one in fields(thing) if one.repr)
    return clipped(f"{type(thing).__name__}({inside})", MOST_CHARACTERS - 1)


def brief(value: Any) -> str:
    """A value in at most 240 characters: arrays by their shape, the first of many items, the begin of a text."""
    if isinstance(value, str):
        return repr(value) if len(value) <= _TEXT else f"{value[: _TEXT - 1]!r}… ({len(value):,} characters)"
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value):,} bytes>"
    if getattr(value, "shape", ()) != () and hasattr(value, "dtype"):
        return f"<{str(value.dtype).removeprefix('torch.')}, shape {tuple(value.shape)}>"
    for kind, brackets in _BRACKETS.items():
        if isinstance(value, kind) and not hasattr(value, "_fields"):  # a named tuple says what it is
            return _collection(value, *brackets)
    name = getattr(value, "__qualname__", "") if callable(value) else ""  # of a class or a function
    return f"<{name}>" if name else re.sub(r" at 0x[0-9a-fA-F]+", "", clipped(repr(value), _FIELD))


_BRACKETS: dict[type, tuple[str, str]] = {
    tuple: ("(", ")"),
    list: ("[", "]"),
    set: ("{", "}"),
    frozenset: ("{", "}"),
    dict: ("{", "}"),
}


def _collection(value: Any, begin: str, end: str) -> str:
    items = []
    for item in islice(value, _FEW if len(value) <= _FEW else _ITEMS):
        items.append(f"{brief(item)}: {brief(value[item])}" if isinstance(value, dict) else brief(item))
        if sum(map(len, items)) > _FIELD - 80 and len(items) > 1:
            items.pop()
            break
    more = f", … {len(value):,} in all" if len(items) < len(value) else "," * (begin == "(" and len(items) == 1)
    return f"{begin}{clipped(', '.join(items), _FIELD - 30)}{more}{end}"


def full_repr(thing: Any) -> str:
    """What a dataclass would print of itself, whole: a text that fingerprints of studies are made from."""
    inside = ", ".join(f"{one.name}={getattr(thing, one.name)!r}" for one in fields(thing))
    return f"{type(thing).__name__}({inside})"


def items_repr(items: Sequence[Any]) -> str:
    """What a list or a tuple prints: each of the first items on a line, and how many more there are."""
    begin, end = ("(", ")") if isinstance(items, tuple) else ("[", "]")
    lines = [clipped(repr(item), _LINE) for item in items[:_LINES]]
    if len(items) > _LINES:
        lines.append(f"… {len(items) - _LINES:,} more")
    return begin + ",\n ".join(lines) + end


def tuple_repr(items: Sequence[Any]) -> str:
    """What a tuple prints: as many of its items as fit, and how many there are in all."""
    shown: list[str] = []
    room = _TUPLE
    for item in items:
        text = clipped(repr(item), _LINE)
        room -= len(text) + 2
        if room < 0:
            return f"({', '.join(shown)}, … {len(items):,} in all)"
        shown.append(text)
    return f"({', '.join(shown)}{',' * (len(shown) == 1)})"


def score_text(score: float | None) -> str:
    """A score as a person reads it: ``.142``, ``1.00``; a dash for what is not a number."""
    if score is None or not math.isfinite(score):
        return "–"
    if abs(score) >= 0.9995:
        return f"{score:.2f}".replace("-", "−")
    text = f"{score:.3f}".replace("0.", ".", 1)
    return ".000" if text == "-.000" else text.replace("-", "−")


def gain_text(gain: float) -> str:
    """A difference with its sign: ``+.024``, ``−1.30``, ``.000``."""
    text = score_text(gain)
    return text if gain < 0 or text in {"–", ".000"} else f"+{text}"


def percent_text(share: float) -> str:
    """A share of one as a percentage: ``14 %``, ``0.5 %``, ``under 0.1 %``."""
    if not math.isfinite(share):
        return "–"
    percent = share * 100
    if not percent:
        return "0 %"
    if percent < 0.095:
        return "under 0.1 %"
    if percent < 9.95:
        return f"{round(percent, 1):g} %"
    return "over 99 %" if 99.5 <= percent < 100 else f"{percent:.0f} %"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 picture``, ``1,203 pictures``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def named_counts(counts: Mapping[str, int], most: int = 8) -> str:
    """``"129 object, 11 color"``, the largest first; of very many the first, and how many others there are."""
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    told = [f"{count:,} {one_line(name)}" for name, count in ordered[:most]]
    return ", ".join(told + [f"… {len(ordered):,} kinds in all"] * (len(ordered) > most))


def some_names(names: Sequence[str], most: int = 6) -> str:
    """The first of some names from outside, in a line."""
    return ", ".join([one_line(name, 40) for name in names[:most]] + ["…"] * (len(names) > most))


def clipped(text: str, most: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def printable(text: str) -> str:
    """A text that any page takes: half characters stand in it as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def one_line(text: str, most: int = _TEXT) -> str:
    """A text from outside as it can stand in a line: shortened, blanks for what does not print."""
    return clipped("".join(char if char.isprintable() else " " for char in text[: most + 1]), most)
