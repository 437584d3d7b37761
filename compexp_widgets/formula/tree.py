r"""Formulas over concepts: the tree, the text it is read from, and the text it is printed as.

>>> formula = parse("(water OR river) AND NOT blue-c")
>>> formula
parse('(water OR river) AND NOT blue-c')
>>> len(formula), formula.concepts()
(3, ('water', 'river', 'blue-c'))

No function here recurses: a formula of any depth that fits in memory is read, printed, compared and evaluated.

Grammar, loosest first; runs of one operator are read from the left::

    formula      = conjunction {"OR" conjunction}
    conjunction  = negation {"AND" negation}
    negation     = {"NOT"} operand
    operand      = name | "(" formula ")" | "NEIGHBORS" "(" name ")" | "HYPERNYM" "(" name ")"
    name         = words without operators, parentheses or double quotes: ice rink, blue-c, pre:tok:man
                 | any text in double quotes: "bed (AND) breakfast", with the escapes \\ \" \n \r \t \u00e9 \U0001f600
"""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import FormulaError
from compexp_widgets.formula.likely_operators import likely_meant
from compexp_widgets.notebook_html import Html, block, pills
from compexp_widgets.short_text import one_line

_PRINTED = 1500  # characters of a formula, in its representation

_KEYWORDS = frozenset(("OR", "AND", "NOT", "NEIGHBORS", "HYPERNYM"))


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


class Formula:
    """A formula over concepts: a leaf, or an operator over formulas. Immutable; equal when of the same form.

    ``str(formula)`` is the text that `parse` reads back into an equal formula. Parentheses stand where AND meets OR,
    even where precedence would not ask for them, and nowhere inside a run that is read from the left anyway.
    ``len(formula)`` is the number of leaves.

    Formulas join with ``&``, ``|`` and ``~``, with a text too:

    >>> (parse("water") | "river") & ~parse("blue-c")
    parse('(water OR river) AND NOT blue-c')
    """

    @property
    def operands(self) -> tuple[Formula, ...]:
        """The formulas that this operator joins, left to right; empty for a leaf."""
        return ()

    def leaves(self) -> tuple[AnyLeaf, ...]:
        """The leaves, left to right, repeated ones repeated."""
        return tuple(node for node in operands_first(self) if isinstance(node, AnyLeaf))

    def concepts(self) -> tuple[str, ...]:
        """The distinct concept names of the leaves, in order of appearance."""
        return tuple(dict.fromkeys(leaf.name for leaf in self.leaves()))

    def __len__(self) -> int:
        return len(self.leaves())

    def __and__(self, other: Formula | str) -> Formula:
        return And(self, as_formula(other))

    def __rand__(self, other: Formula | str) -> Formula:
        return And(as_formula(other), self)

    def __or__(self, other: Formula | str) -> Formula:
        return Or(self, as_formula(other))

    def __ror__(self, other: Formula | str) -> Formula:
        return Or(as_formula(other), self)

    def __invert__(self) -> Formula:
        return Not(self)

    def __str__(self) -> str:
        parts: list[str] = []
        for token in to_tokens(self):
            text = token["text"]
            if parts and text != ")" and parts[-1] != "(":
                parts.append(" ")
            parts.append(text)
        return "".join(parts)

    def __repr__(self) -> str:
        text = str(self)
        if len(text) > _PRINTED:
            return f"<formula of {len(self):,} concepts: {one_line(text, _PRINTED)}>"
        return f"parse({text!r})"

    def _inline_html_(self) -> Html:
        return pills(to_tokens(self))

    def _repr_html_(self) -> Html:
        return block(self._inline_html_())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Formula):
            return NotImplemented
        return self is other or _form(self) == _form(other)

    def __hash__(self) -> int:
        return hash(_form(self))

    def __reduce__(self) -> tuple[Callable[[str], Formula], tuple[str]]:
        return read_printed, (str(self),)


@dataclass(frozen=True, eq=False, repr=False)
class Leaf(Formula):
    """A concept: true where the concept holds."""

    name: str


@dataclass(frozen=True, eq=False, repr=False)
class Neighbors(Formula):
    """A concept and those closest to it in word vector space: true where one of them holds."""

    name: str


@dataclass(frozen=True, eq=False, repr=False)
class Hypernym(Formula):
    """A concept and those that share its WordNet hypernym: true where one of them holds."""

    name: str


AnyLeaf: TypeAlias = Leaf | Neighbors | Hypernym


@dataclass(frozen=True, eq=False, repr=False)
class Not(Formula):
    """True where `operand` is false."""

    operand: Formula

    @property
    def operands(self) -> tuple[Formula, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, repr=False)
class And(Formula):
    """True where `left` and `right` are both true."""

    left: Formula
    right: Formula

    @property
    def operands(self) -> tuple[Formula, ...]:
        return self.left, self.right


@dataclass(frozen=True, eq=False, repr=False)
class Or(Formula):
    """True where `left` or `right` is true, or both are."""

    left: Formula
    right: Formula

    @property
    def operands(self) -> tuple[Formula, ...]:
        return self.left, self.right


def parse(text: str, vocabulary: Collection[str] | None = None) -> Formula:
    """Read a formula from text, as a person types it or ``str(formula)`` prints it.

    >>> parse('NOT a AND b OR "ice (AND) snow"')
    parse('(NOT a AND b) OR "ice (AND) snow"')

    Parameters
    ----------
    text
        The formula, in the grammar at the top of this module.
    vocabulary
        The concept names that may occur; any name where it is left out. Then a warning tells of names that look like
        formulas, such as ``water or river``: operators are written in capitals.

    Raises
    ------
    FormulaSyntaxError
        Where the text is no formula, or a name is not in `vocabulary`; says where, and which names are close.
    """
    first = next(iter(vocabulary), "") if isinstance(vocabulary, Collection) else vocabulary
    if isinstance(vocabulary, str) or not isinstance(first, str | None):
        raise FormulaError(
            f"vocabulary is several names of concepts, such as study.table.concepts, not {vocabulary!r:.80}"
        )
    formula = read_printed(text, vocabulary)
    for name in formula.concepts() if vocabulary is None else ():
        if (meant := likely_meant(name)) and _unquoted(name, text):
            warnings.warn(
                f"{name!r:.200} is read as the name of one concept. If a formula is meant, write it with operators in "
                f"capitals: {meant:.200}; if the name is, put it in double quotes",
                stacklevel=2,
            )
    return formula


def _unquoted(name: str, text: str) -> bool:
    """Whether a name stands in a text as it is, and not in quotes."""
    return quote(name) == name and f'"{name}"' not in text


def read_printed(text: str, vocabulary: Collection[str] | None = None) -> Formula:
    """The formula of a text that ``str(formula)`` printed: as `parse`, without a word about names."""
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, not {text!r:.80}")
    known = None if vocabulary is None else frozenset(vocabulary)
    operands: list[Formula] = []
    waiting: list[_Word] = []  # operators and opening parentheses whose right side is still being read
    words = _read_words(text)
    operand_next = True
    for word in words:
        if operand_next and word.kind in ("NOT", "("):
            waiting.append(word)
        elif operand_next and word.kind in _LEAF_CLASSES:
            operands.append(_read_leaf(word, words, text, known))
            operand_next = False
        elif operand_next or word.kind in (*_LEAF_CLASSES, "NOT", "("):
            raise _misplaced(word, operand_next, text)
        elif word.kind == ")":
            _apply_waiting(operands, waiting, until=("(",))
            if not waiting:
                raise FormulaSyntaxError('This ")" closes nothing.', text, word.position)
            waiting.pop()
        else:
            looser = {"AND": ("(", "OR"), "OR": ("(",), "end": ("(",)}[word.kind]
            _apply_waiting(operands, waiting, until=looser)
            if word.kind == "end" and waiting:
                raise FormulaSyntaxError('This "(" is never closed.', text, waiting[-1].position)
            waiting.append(word)
            operand_next = True
    return operands[0]


def as_formula(value: Formula | str, vocabulary: Collection[str] | None = None) -> Formula:
    """The formula that is meant by a text or a formula: the door of everything that takes a formula.

    >>> as_formula("water OR river") == as_formula(parse("water OR river"))
    True

    Parameters
    ----------
    value
        A text as of `parse`, or a formula, which is given back.
    vocabulary
        The concept names that may occur in a text; any name where it is left out. A text that is one of them, letter
        by letter, is that concept: ``bed (AND) breakfast`` without its quotes.

    Raises
    ------
    FormulaError
        Where it is neither, or the text is no formula.
    """
    if isinstance(value, Formula):
        return value
    if not isinstance(value, str):
        raise FormulaError(
            f'a formula is a text such as "water OR river", or what cw.parse gives for it, not {type(value).__name__}: '
            f"{value!r:.80}"
        )
    return Leaf(value) if vocabulary is not None and value in vocabulary else parse(value, vocabulary)


def to_tokens(formula: Formula) -> list[dict[str, Any]]:
    """The pieces of a formula in reading order, ready for JSON, so that a page can show each leaf as a thing to click.

    Their texts are ``str(formula)`` when joined with a blank between two pieces, but none after ``(`` or before ``)``.

    Returns
    -------
    list of dict
        ``{"kind": "leaf", "index": 0, "text": '"a (b)"', "name": "a (b)", "negated": False}``, where `index` counts
        leaves from the left and `negated` tells that an odd number of NOTs govern the leaf; ``{"kind": "operator",
        "text": "AND"}`` with text AND, OR, AND NOT, OR NOT or NOT; ``{"kind": "paren", "text": "("}``.
    """
    tokens: list[dict[str, Any]] = []
    leaf_count = 0
    pending: list[tuple[Formula | str, bool]] = [(formula, False)]
    while pending:
        item, negated = pending.pop()
        if isinstance(item, AnyLeaf):
            shown = {"text": _leaf_text(item), "name": item.name, "negated": negated}
            tokens.append({"kind": "leaf", "index": leaf_count, **shown})
            leaf_count += 1
        elif item == "NOT" and tokens and tokens[-1]["text"] in ("AND", "OR") and tokens[-1]["kind"] == "operator":
            tokens[-1]["text"] += " NOT"
        elif isinstance(item, str):
            tokens.append({"kind": "paren" if item in "()" else "operator", "text": item})
        else:
            inside = negated != isinstance(item, Not)
            pending.extend((piece, inside) for piece in reversed(_pieces(item)))
    return tokens


def without(formula: Formula, dropped: Collection[int]) -> Formula | None:
    """The formula when some leaves are taken out, each with the operator that joins it to the rest.

    >>> without(parse('a AND NOT b'), [1]), without(parse('a AND NOT b'), [0])
    (parse('a'), parse('NOT b'))

    Parameters
    ----------
    formula
        Any formula.
    dropped
        Indices of the leaves to take out, counted from the left, from 0.

    Returns
    -------
    Formula or None
        None when no leaf is left.

    Raises
    ------
    FormulaError
        Where an index counts no leaf.
    """
    unknown = [index for index in dropped if not 0 <= index < len(formula)]
    if unknown:
        raise FormulaError(f"{formula} has leaves 0 to {len(formula) - 1}, so leaf {unknown[0]} cannot be taken out.")
    remaining: list[Formula | None] = []
    leaf_count = 0
    for node in operands_first(formula):
        if isinstance(node, AnyLeaf):
            remaining.append(None if leaf_count in dropped else node)
            leaf_count += 1
        elif isinstance(node, Not):
            operand = remaining.pop()
            remaining.append(None if operand is None else Not(operand))
        elif isinstance(node, (And, Or)):
            right = remaining.pop()
            left = remaining.pop()
            if left is None or right is None:
                remaining.append(right if left is None else left)
            else:
                remaining.append(type(node)(left, right))
    return remaining.pop()


def evaluate(formula: Formula, truth: Callable[[AnyLeaf], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Truth of a formula, given the truth of its leaves.

    Parameters
    ----------
    formula
        Any formula.
    truth
        Leaf → bool array of any shape, the same for every leaf. Asked once for each distinct leaf.

    Returns
    -------
    bool array of the shape that `truth` returns. For a formula that is one leaf, it is what `truth` returned.
    """
    answers: dict[AnyLeaf, NDArray[np.bool_]] = {}
    values: list[NDArray[np.bool_]] = []
    for node in operands_first(formula):
        if isinstance(node, AnyLeaf):
            if node not in answers:
                answers[node] = truth(node)
            values.append(answers[node])
        elif isinstance(node, Not):
            values.append(np.logical_not(values.pop()))
        else:
            right = values.pop()
            join = np.logical_and if isinstance(node, And) else np.logical_or
            values.append(join(values.pop(), right))
    return values.pop()


def quote(name: str) -> str:
    """A concept name as it stands in a formula: in double quotes where it would be misread without them.

    >>> quote("ice rink"), quote("ice AND rink")
    ('ice rink', '"ice AND rink"')
    """
    if name.isprintable() and _BARE_NAME.fullmatch(name) and _KEYWORDS.isdisjoint(name.split(" ")):
        return name
    return '"' + "".join(_escape(char) for char in name) + '"'


def operands_first(formula: Formula) -> list[Formula]:
    """Every node after its operands, leaves left to right."""
    nodes: list[Formula] = []
    pending = [formula]
    while pending:
        node = pending.pop()
        nodes.append(node)
        pending.extend(node.operands)
    nodes.reverse()
    return nodes


def _form(formula: Formula) -> tuple[object, ...]:
    """The key that equal formulas share. Operands first, with a known number of operands each, is unambiguous."""
    if isinstance(formula, AnyLeaf):  # the keys of most dictionaries
        return ((type(formula), formula.name),)
    return tuple(
        (type(node), node.name) if isinstance(node, AnyLeaf) else type(node) for node in operands_first(formula)
    )


def _pieces(node: Formula) -> list[Formula | str]:
    """An operator's operands and signs in reading order, parentheses where `Formula` promises them."""
    if isinstance(node, Not):
        return ["NOT", *_grouped(node.operand, isinstance(node.operand, (And, Or)))]
    left, right = node.operands
    return [
        *_grouped(left, isinstance(left, (And, Or)) and type(left) is not type(node)),
        "AND" if isinstance(node, And) else "OR",
        *_grouped(right, isinstance(right, (And, Or))),
    ]


def _grouped(formula: Formula, parentheses: bool) -> list[Formula | str]:
    return ["(", formula, ")"] if parentheses else [formula]


def _leaf_text(leaf: AnyLeaf) -> str:
    name = quote(leaf.name)
    return name if isinstance(leaf, Leaf) else f"{type(leaf).__name__.upper()}({name})"


_LEAF_CLASSES: dict[str, Callable[[str], AnyLeaf]] = {"name": Leaf, "NEIGHBORS": Neighbors, "HYPERNYM": Hypernym}


def _read_leaf(word: _Word, words: Iterator[_Word], text: str, known: frozenset[str] | None) -> AnyLeaf:
    operator = word.kind
    if operator != "name":
        opening = next(words)
        word = next(words) if opening.kind == "(" else opening
        closing = next(words) if word.kind == "name" else word
        if opening.kind != "(" or word.kind != "name" or closing.kind != ")":
            problem = f"{operator} takes one concept name in parentheses: {operator}(dog)."
            raise FormulaSyntaxError(problem, text, closing.position)
    if known is not None and word.name not in known:
        problem = f"No concept is called {quote(word.name)}.{_capitals_hint(word.name, word.name)}"
        raise FormulaSyntaxError(problem, text, word.position, closest_names(word.name, known))
    return _LEAF_CLASSES[operator](word.name)


def _apply_waiting(operands: list[Formula], waiting: list[_Word], until: tuple[str, ...]) -> None:
    while waiting and waiting[-1].kind not in until:
        operator = waiting.pop().kind
        right = operands.pop()
        if operator == "NOT":
            operands.append(Not(right))
        else:
            operands.append((And if operator == "AND" else Or)(operands.pop(), right))


def _misplaced(word: _Word, operand_next: bool, text: str) -> FormulaSyntaxError:
    if not text.strip():
        return FormulaSyntaxError("The formula is empty: write a concept name.", text, len(text))
    expected = 'A concept name, NOT or "("' if operand_next else "AND, OR or the end"
    found = {"end": "the formula ends", "name": f"{quote(word.name)} stands"}.get(word.kind, f'"{word.kind}" stands')
    hint = _capitals_hint(text[: word.position])
    return FormulaSyntaxError(f"{expected} should come where {found}.{hint}", text, word.position)


class _Word(NamedTuple):
    """A name, a parenthesis, an operator or the end of the text; `kind` is "name", "end" or the word itself."""

    kind: str
    name: str
    position: int


def _read_words(text: str) -> Iterator[_Word]:
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
        if match and match["plain"] and match["plain"] not in _KEYWORDS:
            plain_position = plain_position if plain else position
            plain.append(match["plain"])
        else:
            if plain:
                yield _Word("name", " ".join(plain), plain_position)
                plain = []
            if match is None:
                yield _Word("end", "", position)
                return
            if match["quoted"]:
                yield _Word("name", _unquote(match["quoted"], text, position), position)
            elif match["unclosed"]:
                raise FormulaSyntaxError("The name in quotes that starts here is not closed.", text, position)
            else:
                yield _Word(match["word"], "", position)
        position = match.end()


def _capitals_hint(text: str, name: str = "") -> str:
    """A sentence to add to an error message where operators in small letters, or signs, may be to blame; else nothing.

    `name`: the name that is not known, from which it can be told what is meant.
    """
    meant = likely_meant(name)
    small = any(word not in _KEYWORDS and word.upper() in _KEYWORDS for word in text.split())
    told = " Operators are written in capitals: OR, AND, NOT, NEIGHBORS, HYPERNYM." if small or meant else ""
    return told + (f" Is {meant:.200} meant?" if meant else "")


def closest_names(name: str, known: Collection[str]) -> tuple[str, ...]:
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
