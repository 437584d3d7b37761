"""The words that a formula's text is made of, and the error that points at the one that does not fit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import NamedTuple

from compexp_widgets.errors import FormulaError

KEYWORDS = frozenset(("OR", "AND", "NOT", "NEIGHBORS", "HYPERNYM"))


class FormulaSyntaxError(FormulaError):
    """A text that is no formula, or names a concept that is not in the vocabulary.

    Attributes
    ----------
    problem
        What is wrong, in a sentence or two; ``str(error)`` adds the text with a caret under the position.
    text
        The text that was read.
    position
        Index into `text` of the character that does not fit, from 0; ``len(text)`` where something is missing.
    suggestions
        Known concept names close to the unknown one, closest first; empty for any other problem.
    """

    def __init__(self, problem: str, text: str, position: int, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(problem, text, position, suggestions)
        self.problem = problem
        self.text = text
        self.position = position
        self.suggestions = suggestions

    def __str__(self) -> str:
        start = max(0, self.position - 60)
        window = "".join(char if char.isprintable() else " " for char in self.text[start : self.position + 40])
        before = "…" if start else ""
        after = "…" if self.position + 40 < len(self.text) else ""
        caret = " " * (len(before) + self.position - start) + "^"
        known = f"\nDid you mean {', '.join(map(quote, self.suggestions))}?" if self.suggestions else ""
        return f"{self.problem}\n  {before}{window}{after}\n  {caret}{known}"


class Word(NamedTuple):
    """A name, a parenthesis, an operator or the end of the text; `kind` is "name", "end" or the word itself."""

    kind: str
    name: str
    position: int


def read_words(text: str) -> Iterator[Word]:
    """The words of a formula, plain words that follow each other joined to one name; the last one is the end.

    Raises
    ------
    FormulaSyntaxError
        Where a quoted name is not closed, or holds an escape that does not exist.
    """
    plain: list[str] = []
    plain_position = position = 0
    while True:
        match = _WORD.match(text, position)
        position = len(text) if match is None else match.start("word")
        if match and match["plain"] and match["plain"] not in KEYWORDS:
            plain_position = plain_position if plain else position
            plain.append(match["plain"])
        else:
            if plain:
                yield Word("name", " ".join(plain), plain_position)
                plain = []
            if match is None:
                yield Word("end", "", position)
                return
            if match["quoted"]:
                yield Word("name", _unquote(match["quoted"], text, position), position)
            elif match["unclosed"]:
                raise FormulaSyntaxError("The name in quotes that starts here is not closed.", text, position)
            else:
                yield Word(match["word"], "", position)
        position = match.end()


def quote(name: str) -> str:
    """A concept name as it stands in a formula: in double quotes where it would be misread without them.

    >>> quote("ice rink"), quote("ice AND rink")
    ('ice rink', '"ice AND rink"')
    """
    if name.isprintable() and _BARE_NAME.fullmatch(name) and KEYWORDS.isdisjoint(name.split(" ")):
        return name
    return '"' + "".join(_escape(char) for char in name) + '"'


def capitals_hint(text: str) -> str:
    """A sentence to add to an error message where operators in small letters may be to blame; else nothing."""
    small = any(word not in KEYWORDS and word.upper() in KEYWORDS for word in text.split())
    return " Operators are written in capitals: OR, AND, NOT, NEIGHBORS, HYPERNYM." if small else ""


def closest_names(name: str, known: frozenset[str]) -> tuple[str, ...]:
    """At most five known names: the same but for case, then similar ones, then those that contain the name."""
    wanted = name.strip().casefold()
    if not wanted or len(wanted) > 200:  # comparing takes time quadratic in the length
        return ()
    by_folded: dict[str, list[str]] = {}
    for candidate in sorted(known):
        by_folded.setdefault(candidate.casefold(), []).append(candidate)
    similar = difflib.get_close_matches(wanted, [folded for folded in by_folded if len(folded) <= 200], n=5)
    containing = sorted((folded for folded in by_folded if wanted in folded), key=lambda folded: (len(folded), folded))
    ranked = dict.fromkeys(found for folded in (wanted, *similar, *containing) for found in by_folded.get(folded, ()))
    return tuple(ranked)[:5]


_WORD = re.compile(
    r'\s*(?P<word>[()]|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<unclosed>")|(?P<plain>[^\s()"]+))',
    re.DOTALL,
)
_BARE_NAME = re.compile(r'[^\s()"]+(?: [^\s()"]+)*')
_BACKSLASH = re.compile(r'\\(?:(?P<short>["\\nrt])|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|)')
_SHORT_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
_UNESCAPED = {escape[1]: char for char, escape in _SHORT_ESCAPES.items()}


def _escape(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _unquote(quoted: str, text: str, position: int) -> str:
    def character(match: re.Match[str]) -> str:
        if match["short"]:
            return _UNESCAPED[match["short"]]
        digits = match["u"] or match["U"]
        if digits is None or int(digits, 16) > 0x10FFFF:
            problem = r"This backslash starts no escape; in quotes write \\ for a backslash, \" for a quote."
            raise FormulaSyntaxError(problem, text, position + 1 + match.start())
        return chr(int(digits, 16))

    return _BACKSLASH.sub(character, quoted[1:-1])
