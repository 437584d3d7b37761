"""One thing that can be said of a sentence pair, such as that a word stands in its premise."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, TypeAlias, get_args

from compexp_widgets.data.pairs.tokens import plain_text
from compexp_widgets.errors import DataError
from compexp_widgets.formula import AnyLeaf, Hypernym, Leaf, Neighbors

SKIPPED_WORDS = ("a", "an", "the", "of", ".", ",")
"""Frequent words that are no concepts of their own: those that the code of Mu and Andreas (2020) leaves out.

It leaves out its signs for unknown words and padding too, which are no words here to begin with.
"""

_CONTRACTED = (
    *("ain", "aren", "can", "couldn", "didn", "doesn", "don", "hadn", "hasn", "haven", "isn", "mightn", "mustn"),
    *("needn", "shan", "shouldn", "wasn", "weren", "won", "wouldn"),
)

NEGATION_WORDS = (
    *("no", "not", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "cannot", "without"),
    *("n't", "n’t"),
    *(f"{verb}{apostrophe}t" for verb in _CONTRACTED for apostrophe in ("'", "’")),
)
"""Words that deny, with the contractions whole, as some tokenizers leave them: ``n't`` is what most make of them.

Those with a curly apostrophe are the others to `word_of`; they stay because vocabularies are told apart by their words.
"""


@lru_cache(maxsize=100_000)
def word_of(token: str) -> str:
    """The word that a token stands for: lower case, with plain signs (`plain_text`), without space around it.

    Halves of characters that no file can hold become U+FFFD. A token of nothing but space stands for no word: ``""``.

    >>> word_of("Dogs")
    'dogs'
    """
    if token.isascii():
        return token.lower().strip()
    whole = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in token)
    return unicodedata.normalize("NFC", plain_text(whole).lower()).strip()


Side: TypeAlias = Literal["premise", "hypothesis", "both"]
"""The sentence that a concept speaks of."""

Kind: TypeAlias = Literal["token", "tag", "lemma", "negation", "length", "lexicon", "overlap", "neighbors", "hypernym"]
"""What a concept says of it."""

SENTENCES: tuple[tuple[Side, str], ...] = (("premise", "pre"), ("hypothesis", "hyp"))
"""The two sentences of a pair, and what the names of their concepts begin with."""


@dataclass(frozen=True)
class LexicalConcept:
    """A concept: how a formula writes it, and what makes it hold.

    Attributes
    ----------
    leaf
        How it is written: a name, or ``NEIGHBORS`` or ``HYPERNYM`` of a name.
    side
        The sentence it speaks of; both for overlap.
    kind
        What it says of it.
    words
        It holds where any of these stands on its side, as `word_of` writes them. Of ``NEIGHBORS``, the word itself is
        the first and its nearest the second.
    tag
        It holds where a token of its side has this part of speech (kind ``tag``).
    lengths
        It holds where its side has at least and at most so many tokens (kind ``length``); no limit where None.
    share
        It holds where words in common / words in only one sentence is greater than this (kind ``overlap``).
    """

    leaf: AnyLeaf
    side: Side
    kind: Kind
    words: tuple[str, ...] = ()
    tag: str = ""
    lengths: tuple[int, int | None] | None = None
    share: float | None = None

    @property
    def name(self) -> str:
        """The name of a plain concept; the text of an operator: ``NEIGHBORS(pre:tok:man)``."""
        return self.leaf.name if isinstance(self.leaf, Leaf) else str(self.leaf)

    @cached_property
    def held_by(self) -> frozenset[str]:
        """`words` as `word_of` writes them today: those of an older study may have curly apostrophes."""
        return frozenset(map(word_of, self.words))

    @property
    def category(self) -> str:
        """Side and kind in words, ``premise token``; what speaks of both sentences has its kind alone."""
        return self.kind if self.side == "both" else f"{self.side} {self.kind}"

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; `from_json` makes an equal concept of it."""
        value: dict[str, Any] = {"name": self.leaf.name, "side": self.side, "kind": self.kind}
        if self.words:
            value["words"] = list(self.words)
        if self.tag:
            value["tag"] = self.tag
        if self.lengths:
            value["lengths"] = list(self.lengths)
        if self.share is not None:
            value["share"] = self.share
        return value

    @classmethod
    def from_json(cls, value: Any) -> LexicalConcept:
        """The concept that `to_json` described.

        Raises
        ------
        DataError
            When it describes none.
        """
        try:
            name, side, kind = value["name"], value["side"], value["kind"]
            words, tag = value.get("words", []), value.get("tag", "")
            lengths, share = value.get("lengths"), value.get("share")
            if side not in get_args(Side) or kind not in get_args(Kind) or (side == "both") != (kind == "overlap"):
                raise ValueError("no side or kind that there is")
            if not isinstance(words, list) or not all(isinstance(text, str) for text in (name, *words, tag)):
                raise ValueError("names, words and tags are texts")
            if lengths is not None:
                lengths = int(lengths[0]), None if lengths[1] is None else int(lengths[1])
            leaf = _OPERATORS.get(kind, Leaf)(name)
            return cls(leaf, side, kind, tuple(words), tag, lengths, None if share is None else float(share))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"this describes no concept of sentence pairs: {str(value)[:200]}") from error


_OPERATORS: dict[str, Callable[[str], AnyLeaf]] = {"neighbors": Neighbors, "hypernym": Hypernym}
