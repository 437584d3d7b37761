"""Operators as other languages write them, in what was read as the name of a concept: ``water or river``, ``~sea``."""

from __future__ import annotations

import re

_WORDS = {
    "and": "AND", "or": "OR", "not": "NOT", "neighbors": "NEIGHBORS", "hypernym": "HYPERNYM",
    "&": "AND", "&&": "AND", "∧": "AND", "+": "AND", "|": "OR", "||": "OR", "∨": "OR", ",": "OR", ";": "OR", "/": "OR",
    "~": "NOT", "!": "NOT", "¬": "NOT",
}  # fmt: skip
_SIGNS = re.compile(r"&&|\|\||[&|∧∨,;](?=\s|$)|(?<=\s)[&|∧∨+/](?=\s)|(?<=\w)[&|∧∨](?=\w)|(?:(?<=\s)|^)[~!¬](?=\S)")


def likely_meant(name: str) -> str:
    """The formula that a name was perhaps meant to be; empty where nothing in it looks like an operator.

    >>> likely_meant("water or river"), likely_meant("water & ~river"), likely_meant("chest of drawers")
    ('water OR river', 'water AND NOT river', '')

    Signs inside of a name that has a colon, as those of words do (``pre:tok:&``), stand for themselves.
    """
    words: list[str] = []
    for part in name.split():
        words += [part] if ":" in part else _SIGNS.sub(lambda sign: f" {sign[0]} ", f" {part} ").split()
    joined = " ".join(words)
    meant = [_WORDS.get(word.casefold(), word) if word not in _WORDS.values() else word for word in words]
    between = [word for word in meant if word in _WORDS.values()]
    # An operator at the end, or two names in a row without one, is no formula.
    ends_well = bool(meant) and meant[-1] not in _WORDS.values() and meant[0] not in ("AND", "OR")
    return " ".join(meant) if between and ends_well and " ".join(meant) != joined else ""
