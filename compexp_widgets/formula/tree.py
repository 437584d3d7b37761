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

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import FormulaError
from compexp_widgets.formula.words import FormulaSyntaxError, Word, capitals_hint, closest_names, quote, read_words

__all__ = [
    "And",
    "AnyLeaf",
    "Formula",
    "FormulaSyntaxError",
    "Hypernym",
    "Leaf",
    "Neighbors",
    "Not",
    "Or",
    "canonical",
    "evaluate",
    "parse",
    "quote",
    "to_tokens",
    "without",
]


class Formula:
    """A formula over concepts: a leaf, or an operator over formulas. Immutable; equal when of the same form.

    ``str(formula)`` is the text that `parse` reads back into an equal formula. Parentheses stand where AND meets OR,
    even where precedence would not ask for them, and nowhere inside a run that is read from the left anyway.
    ``len(formula)`` is the number of leaves.
    """

    @property
    def operands(self) -> tuple[Formula, ...]:
        """The formulas that this operator joins, left to right; empty for a leaf."""
        return ()

    def leaves(self) -> tuple[AnyLeaf, ...]:
        """The leaves, left to right, repeated ones repeated."""
        return tuple(node for node in _operands_first(self) if isinstance(node, AnyLeaf))

    def concepts(self) -> tuple[str, ...]:
        """The distinct concept names of the leaves, in order of appearance."""
        return tuple(dict.fromkeys(leaf.name for leaf in self.leaves()))

    def __len__(self) -> int:
        return len(self.leaves())

    def __str__(self) -> str:
        parts: list[str] = []
        for token in to_tokens(self):
            text = token["text"]
            if parts and text != ")" and parts[-1] != "(":
                parts.append(" ")
            parts.append(text)
        return "".join(parts)

    def __repr__(self) -> str:
        return f"parse({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Formula):
            return NotImplemented
        return self is other or _form(self) == _form(other)

    def __hash__(self) -> int:
        return hash(_form(self))

    def __reduce__(self) -> tuple[Callable[[str], Formula], tuple[str]]:
        return parse, (str(self),)


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
        The concept names that may occur; any name where it is left out.

    Raises
    ------
    FormulaSyntaxError
        Where the text is no formula, or a name is not in `vocabulary`; says where, and which names are close.
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, not {text!r:.80}")
    known = None if vocabulary is None else frozenset(vocabulary)
    operands: list[Formula] = []
    waiting: list[Word] = []  # operators and opening parentheses whose right side is still being read
    words = read_words(text)
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


def canonical(formula: Formula) -> Formula:
    """One representative of all formulas that differ only in order, grouping, repetition or double negation.

    Equates ``a AND b`` with ``b AND a``, ``(a AND b) AND c`` with ``a AND (b AND c)``, ``a AND a`` with ``a``, likewise
    for OR, and ``NOT NOT a`` with ``a``, at any depth. It does not equate formulas by De Morgan's, the distributive
    or the absorption laws, nor does it know contradictions: ``a AND NOT a`` stays. Within a run of one operator,
    operands without NOT come first, then the printed text decides.
    """
    runs: list[_Run] = []
    for node in _operands_first(formula):
        if isinstance(node, AnyLeaf):
            runs.append(_Run(None, {_leaf_text(node): node}, negated=False))
        elif isinstance(node, Not):
            run = runs.pop()
            runs.append(run._replace(negated=not run.negated))
        elif isinstance(node, (And, Or)):
            right = runs.pop()
            runs.append(_join_runs(type(node), runs.pop(), right))
    return _whole(runs.pop())[1]


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
    strangers = [index for index in dropped if not 0 <= index < len(formula)]
    if strangers:
        raise FormulaError(f"{formula} has leaves 0 to {len(formula) - 1}, so leaf {strangers[0]} cannot be taken out.")
    remaining: list[Formula | None] = []
    leaf_count = 0
    for node in _operands_first(formula):
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
    """Where the formula holds, given where its leaves hold.

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
    for node in _operands_first(formula):
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


def _operands_first(formula: Formula) -> list[Formula]:
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
    """What makes two formulas equal. Operands first, with a known number of operands each, is unambiguous."""
    if isinstance(formula, AnyLeaf):  # the keys of most dictionaries
        return ((type(formula), formula.name),)
    return tuple(
        (type(node), node.name) if isinstance(node, AnyLeaf) else type(node) for node in _operands_first(formula)
    )


class _Run(NamedTuple):
    """The distinct operands of a run of one operator, by printed text; or one leaf, and no operator."""

    operator: type[And] | type[Or] | None
    operands: dict[str, Formula]
    negated: bool


def _join_runs(operator: type[And] | type[Or], left: _Run, right: _Run) -> _Run:
    operands: dict[str, Formula] = {}
    for run in (left, right):
        if run.operator in (operator, None) and not run.negated:
            operands |= run.operands
        else:
            text, formula = _whole(run)
            operands[text] = formula
    return left if len(operands) == 1 else _Run(operator, operands, negated=False)


def _whole(run: _Run) -> tuple[str, Formula]:
    """The formula of a run and its printed text, carried along because to print it anew at every depth is slow."""
    in_order = sorted(run.operands.items(), key=lambda item: (isinstance(item[1], Not), item[0]))
    formula = reduce(run.operator or And, [operand for _, operand in in_order])
    shown = [f"({text})" if isinstance(operand, (And, Or)) else text for text, operand in in_order]
    text = (" AND " if run.operator is And else " OR ").join(shown)
    if not run.negated:
        return text, formula
    return f"NOT ({text})" if run.operator else f"NOT {text}", Not(formula)


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


def _read_leaf(word: Word, words: Iterator[Word], text: str, known: frozenset[str] | None) -> AnyLeaf:
    operator = word.kind
    if operator != "name":
        opening = next(words)
        word = next(words) if opening.kind == "(" else opening
        closing = next(words) if word.kind == "name" else word
        if opening.kind != "(" or word.kind != "name" or closing.kind != ")":
            problem = f"{operator} takes one concept name in parentheses: {operator}(dog)."
            raise FormulaSyntaxError(problem, text, closing.position)
    if known is not None and word.name not in known:
        problem = f"No concept is called {quote(word.name)}.{capitals_hint(word.name)}"
        raise FormulaSyntaxError(problem, text, word.position, closest_names(word.name, known))
    return _LEAF_CLASSES[operator](word.name)


def _apply_waiting(operands: list[Formula], waiting: list[Word], until: tuple[str, ...]) -> None:
    while waiting and waiting[-1].kind not in until:
        operator = waiting.pop().kind
        right = operands.pop()
        if operator == "NOT":
            operands.append(Not(right))
        else:
            operands.append((And if operator == "AND" else Or)(operands.pop(), right))


def _misplaced(word: Word, operand_next: bool, text: str) -> FormulaSyntaxError:
    if not text.strip():
        return FormulaSyntaxError("The formula is empty: write a concept name.", text, len(text))
    expected = 'A concept name, NOT or "("' if operand_next else "AND, OR or the end"
    found = {"end": "the formula ends", "name": f"{quote(word.name)} stands"}.get(word.kind, f'"{word.kind}" stands')
    hint = capitals_hint(text[: word.position])
    return FormulaSyntaxError(f"{expected} should come where {found}.{hint}", text, word.position)
