"""Sentence pairs: their tokens, and what the premise says of the hypothesis.

Tokens are found, and made sentences again, with rules alone: no file is looked for and nothing is downloaded.

Editors turn the apostrophe of "isn't" into U+2019 while one types, and text that is copied from a page brings blanks
and joints that nobody sees. To a reader these are the same words; to a tokenizer with rules for ``'`` they are others,
and a network whose vocabulary was taken from plain text knows none of them. So the tokenizer, and what names concepts,
reads the plain form of every text (`plain_text`). What was written stays beside the tokens: `PairDataset.text`.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.argument_types import check_fields, checked
from compexp_widgets.data.choosing import Chosen, Which, chosen_samples, numbers_step, sampled
from compexp_widgets.data.recipe import NO_STEPS, DataRecipe, Step, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.listing import kept_short
from compexp_widgets.needs import needs
from compexp_widgets.notebook_html import Html, facts, section, table
from compexp_widgets.short_text import counted, named_counts, one_line

_SHOWN = 8  # pairs that a notebook lists

if TYPE_CHECKING:
    from nltk.tokenize import NLTKWordTokenizer
    from nltk.tokenize.punkt import PunktSentenceTokenizer
    from nltk.tokenize.treebank import TreebankWordDetokenizer


PLAIN = {
    # What closes single quotes is also the apostrophe, so both become the one sign of ASCII.
    "'": "\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\uff07",
    '"': "\u201c\u201d\u201e\u201f\u2033\uff02",
    "...": "\u2026",
    "-": "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d",
    # The dash between clauses, as typewriters and the Penn Treebank write it: never a joint inside of a word.
    "--": "\u2014\u2015",
    # Blanks that do not break a line, or are narrower or wider than others.
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    # Nothing that is seen: where a word may be parted, joined or turned, and the byte order mark.
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff",
}
"""Plain form → the signs that stand for it. The full-width forms of ASCII, U+FF01 … U+FF5E, become ASCII too."""

_TABLE = {0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)} | {
    ord(sign): plain for plain, signs in PLAIN.items() for sign in signs
}


def plain_text(text: str) -> str:
    r"""A text with plain signs, its letters in Unicode's composed form (NFC).

    >>> plain_text("\u201cIt isn\u2019t\u2026\u201d \u2014 he said")
    '"It isn\'t..." -- he said'
    """
    if text.isascii():
        return text
    # Composed once more at the end: an invisible joint may have stood between a letter and its accent.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_TABLE))


Tokens: TypeAlias = tuple[str, ...]
"""The words and signs of a sentence."""

# Without these, nltk's sentence splitter would take the stop behind them for the end of a sentence.
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "mt", "jr", "sr", "vs", "etc", "e.g", "i.e", "a.m", "p.m"}
    | {"u.s", "u.k", "l.a", "d.c", "co", "inc", "ltd", "corp", "gen", "col", "sgt", "capt", "lt", "rev", "ave"}
)
_BRACKETS = {"(": "-LRB-", ")": "-RRB-", "[": "-LRB-", "]": "-RRB-", "{": "-LRB-", "}": "-RRB-"}
_AS_WRITTEN = {
    "-LRB-": "(",
    "-RRB-": ")",
    "-LSB-": "[",
    "-RSB-": "]",
    "-LCB-": "{",
    "-RCB-": "}",
    "``": '"',
    "''": '"',
    "\\/": "/",
    "\\*": "*",
}


def tokenize(text: str) -> Tokens:
    r"""The words and signs of a text, in their plain forms.

    Signs that only look different, such as curly apostrophes and quotes, are read as their plain forms, so that a word
    is the same token however it was typed: see `plain_text`.

    nltk's word tokenizer does the work, sentence by sentence; `nltk.word_tokenize` itself needs a downloaded model to
    find the sentences, which a short list of English abbreviations replaces here.

    `text`: one sentence or several. Returns tokens: put together, they are the plain text without its white space: case
    stays as it is.

    Examples
    --------
    >>> tokenize('The man isn\'t reading "Ulysses". He sleeps.')
    ('The', 'man', 'is', "n't", 'reading', '"', 'Ulysses', '"', '.', 'He', 'sleeps', '.')
    >>> tokenize("It isn\u2019t\u2026")
    ('It', 'is', "n't", '...')
    """
    words, sentences = _tokenizers()
    found: list[str] = []
    for sentence in sentences.tokenize(plain_text(text)):
        found += _as_in(sentence, words.tokenize(sentence))
    return tuple(found)


def detokenize(tokens: Tokens) -> str:
    """A sentence to read, from its tokens: blanks where English has them.

    >>> detokenize(("A", "man", "is", "n't", "asleep", "."))
    "A man isn't asleep."
    """
    return str(_detokenizer().detokenize(list(_with_treebank_quotes(tokens))))


def as_treebank(tokens: Tokens) -> Tokens:
    """Tokens in the spelling of the Penn Treebank, of the same number: quotes open and close, brackets have names."""
    return tuple(_BRACKETS.get(token, token) for token in _with_treebank_quotes(tokens))


def from_treebank(tokens: Tokens) -> Tokens:
    """Tokens of a Penn Treebank parse as they are written elsewhere, of the same number."""
    return tuple(_AS_WRITTEN.get(token, token) for token in tokens)


@cache
def _tokenizers() -> tuple[NLTKWordTokenizer, PunktSentenceTokenizer]:
    # Imported where it is needed: nltk imports SciPy where that is installed, which takes longer than all the rest.
    with needs("splitting sentences into words"):
        from nltk.tokenize import NLTKWordTokenizer  # noqa: PLC0415
        from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer  # noqa: PLC0415

    parameters = PunktParameters()
    parameters.abbrev_types = set(_ABBREVIATIONS)
    return NLTKWordTokenizer(), PunktSentenceTokenizer(parameters)


@cache
def _detokenizer() -> TreebankWordDetokenizer:
    # By the same path as the tokenizers: two threads that enter nltk by different ones wait for each other for ever.
    with needs("writing tokens as a sentence"):
        from nltk.tokenize import TreebankWordDetokenizer  # noqa: PLC0415

    return TreebankWordDetokenizer()


def _as_in(text: str, tokens: list[str]) -> Iterator[str]:
    """The same tokens with their quotes as in the text: nltk writes those of the Penn Treebank in their place."""
    place = 0
    for token in tokens:
        while text[place].isspace():
            place += 1
        width = 1 if token in {"``", "''"} and text[place] == '"' else len(token)
        yield text[place : place + width]
        place += width


def _with_treebank_quotes(tokens: Tokens) -> Iterator[str]:
    opened = False
    for token in tokens:
        if token == '"':
            opened = not opened
            yield "``" if opened else "''"
        else:
            yield token


def as_tokens(sentence: Iterable[str] | str) -> Tokens:
    """A sentence as a person gives it, as its tokens: those that it is, or those of a text (see `tokenize`)."""
    return tokenize(sentence) if isinstance(sentence, str) else tuple(sentence)


LABELS = ("entailment", "neutral", "contradiction")
"""What the premise says of the hypothesis; the order of arrays of labels and logits, unless they say otherwise."""

TWO_WAY_LABELS = ("entailment", "not_entailment")
"""The labels of RTE, SciTail and HANS: what is neutral or contradicted is not entailed."""

NO_LABEL = -1
"""Stands for pairs on which the annotators did not agree."""


def label_set(labels: Iterable[object]) -> tuple[str, ...] | None:
    """`LABELS` or `TWO_WAY_LABELS`, whichever these are in any order; None where they are neither."""
    if isinstance(labels, str):
        return None
    sought = sorted(map(str, labels))
    return next((known for known in (LABELS, TWO_WAY_LABELS) if sought == sorted(known)), None)


def agreement(gold: Sequence[str], predicted: Sequence[str]) -> NDArray[np.bool_]:
    """Agreement between labels of two sets: bool, shape (len(gold), len(predicted)).

    A label agrees with itself; ``not_entailment`` also with ``neutral`` and with ``contradiction``, so that a network
    with three labels can be held to data with two, and the other way round.
    """

    def alike(one: str, other: str) -> bool:
        return one == other or ("not_entailment" in (one, other) and "entailment" not in (one, other))

    return np.array([[alike(one, other) for other in predicted] for one in gold], np.bool_)


def rightly(
    gold: NDArray[np.int8], predicted: NDArray[np.integer], labels: Sequence[str], predicted_labels: Sequence[str]
) -> NDArray[np.bool_]:
    """Correct predictions: bool, shape (N,); False where there is no gold label.

    `gold`, `predicted`: whole numbers, shape (N,): indices into `labels` and `predicted_labels`.
    """
    right: NDArray[np.bool_] = (gold != NO_LABEL) & agreement(labels, predicted_labels)[gold, predicted]
    return right


__all__ = ["LABELS", "NO_LABEL", "TWO_WAY_LABELS", "PairDataset", "Tokens"]


@dataclass(frozen=True, eq=False)
class PairDataset:
    """Sentence pairs, in order.

    Attributes
    ----------
    source
        Where they come from: a path, or a name that a person recognises.
    premises, hypotheses
        The tokens of each sentence, as a file gives them, else those of `tokenize`; both of length N.
    gold
        int8, shape (N,): index into `labels`, `NO_LABEL` for pairs without a gold label.
    ids
        What the data calls each pair; their numbers from 0 where it has no names.
    labels
        What the gold labels are of: `LABELS`, or `TWO_WAY_LABELS`.
    texts
        Premise and hypothesis of each pair as they were written, before anything was tokenised; empty where the data
        has tokens alone. See `text`.
    recipe
        Which pairs of the source were chosen, and what else was made of them.

    Raises
    ------
    DataError
        When these differ in length, or a label is none.
    """

    source: str
    premises: tuple[Tokens, ...]
    hypotheses: tuple[Tokens, ...]
    gold: NDArray[np.int8]
    ids: tuple[str, ...] = ()
    labels: tuple[str, ...] = LABELS
    texts: tuple[tuple[str, str], ...] = ()
    recipe: DataRecipe = NO_STEPS

    def __post_init__(self) -> None:
        check_fields(self, DataError)
        if not self.ids:
            object.__setattr__(self, "ids", tuple(str(number) for number in range(len(self.premises))))
        kept_short(self, "premises", "hypotheses", "ids", "texts")
        lengths = {len(self.premises), len(self.hypotheses), len(self.gold), len(self.ids)}
        if len(lengths) > 1:
            raise DataError(
                f"{self.source}: {len(self.premises)} premises, {len(self.hypotheses)} hypotheses, {len(self.gold)} "
                f"labels and {len(self.ids)} ids do not belong together"
            )
        if self.texts and len(self.texts) != len(self.premises):
            raise DataError(f"{self.source}: {len(self.texts)} texts do not belong to {len(self.premises)} pairs")
        if label_set(self.labels) != tuple(self.labels):
            raise DataError(
                f"{self.source}: the labels of pairs are {', '.join(LABELS)}, or {', '.join(TWO_WAY_LABELS)}, in this "
                f"order, not {self.labels!r:.100}"
            )
        if self.gold.size and not (self.gold.min() >= NO_LABEL and self.gold.max() < len(self.labels)):
            raise DataError(
                f"{self.source}: labels are {NO_LABEL} … {len(self.labels) - 1}, found {self.gold.min()} … "
                f"{self.gold.max()}"
            )

    @classmethod
    @checked(DataError)
    def of(
        cls,
        source: str,
        pairs: Iterable[tuple[Sequence[str], Sequence[str], str | None]],
        *,
        labels: Sequence[str] = LABELS,
        texts: Sequence[tuple[str, str]] = (),
    ) -> PairDataset:
        """The data set of (premise tokens, hypothesis tokens, label); None for a pair without a gold label."""
        rows = list(pairs)
        known = tuple(labels)
        for number, (_, _, label) in enumerate(rows):
            if label is not None and label not in known:
                raise DataError(f"{source}, pair {number}: the label {label!r} is not one of {', '.join(known)}")
        gold = [NO_LABEL if label is None else known.index(label) for _, _, label in rows]
        return cls(
            source,
            tuple(tuple(premise) for premise, _, _ in rows),
            tuple(tuple(hypothesis) for _, hypothesis, _ in rows),
            np.array(gold, np.int8),
            labels=known,
            texts=tuple(texts),
        )

    def __len__(self) -> int:
        return len(self.premises)

    def __repr__(self) -> str:
        unlabelled = int((self.gold == NO_LABEL).sum())
        made = f": {one_line(str(self.recipe), 300)}" if self.recipe.steps else ""
        two_way = ", two-way" if self.labels == TWO_WAY_LABELS else ""
        return (
            f"<PairDataset of {len(self):,} pairs ({unlabelled:,} without a gold label{two_way}), "
            f"from {one_line(self.source, 300)}{made}>"
        )

    @checked(DataError)
    def _repr_html_(self) -> Html:
        names = (*self.labels, "no gold label")
        gold = [names[label] for label in self.gold.tolist()]  # NO_LABEL is the last
        begin = zip(self.premises[:_SHOWN], self.hypotheses[:_SHOWN], strict=True)
        sentences = self.texts[:_SHOWN] or [(" ".join(premise), " ".join(hypothesis)) for premise, hypothesis in begin]
        rows = [
            ((one_line(premise, 160), one_line(hypothesis, 160), label), (), None)
            for (premise, hypothesis), label in zip(sentences, gold, strict=False)
        ]
        more = f"{len(self) - _SHOWN:,} more pairs" * (len(self) > _SHOWN)
        made = [("chosen by", str(self.recipe))] if self.recipe.steps else []
        told = facts([("from", self.source), *made, ("labels", named_counts(Counter(gold)))])
        listed = table(("premise", "hypothesis", "gold label"), (), rows, wide=True)
        return section(counted(len(self), "sentence pair"), told, listed, more)

    @checked(DataError)
    def text(self, number: int) -> tuple[str, str]:
        """Premise and hypothesis of a pair as they were written; where that is not known, as its tokens read."""
        if not -len(self) <= number < len(self):
            raise DataError(f"there is no pair {number}: {self.source} has pairs 0 … {len(self) - 1}")
        if self.texts:
            return self.texts[number]
        return detokenize(self.premises[number]), detokenize(self.hypotheses[number])

    def __getitem__(self, which: Which) -> PairDataset:
        """Some of the pairs: ``pairs[:60]``, ``pairs[[3, 5]]``, or by a mask with a truth for each, in the order given.

        Raises
        ------
        DataError
            When none is chosen, one is chosen twice or is not there, or a mask has another length.
        """
        return self._some(chosen_samples(which, len(self), "pairs", "text"))

    @checked(DataError, but=("count", "seed"))
    def sample(self, count: int, *, seed: int = 0) -> PairDataset:
        """Some of the pairs, drawn at random, in the order of the data.

        The same seed draws the same pairs on every platform, and among more of them those that it draws among fewer.

        Parameters
        ----------
        count
            How many.
        seed
            A whole number of at least 0.

        Raises
        ------
        DataError
            When there are fewer, or count or seed is no such number.
        """
        return self._some(sampled(count, seed, len(self), "pairs"))

    @checked(DataError)
    def subset(self, chosen: NDArray[np.integer] | NDArray[np.bool_] | Sequence[int]) -> PairDataset:
        """Some of the pairs, by number or by truth, in the order given; none, or one twice, if that is asked for."""
        numbers = np.arange(len(self))[np.asarray(chosen)].tolist()
        return self._some(Chosen(numbers, numbers_step(numbers, len(self))))

    def _some(self, chosen: Chosen) -> PairDataset:
        numbers = chosen.numbers
        return replace(
            self,
            premises=tuple(self.premises[number] for number in numbers),
            hypotheses=tuple(self.hypotheses[number] for number in numbers),
            gold=self.gold[numbers],
            ids=tuple(self.ids[number] for number in numbers),
            texts=tuple(self.texts[number] for number in numbers) if self.texts else (),
            recipe=self.recipe.then(chosen.step),
        )

    def with_gold(self) -> PairDataset:
        """The pairs that have a gold label."""
        return self._some(Chosen(np.flatnonzero(self.gold != NO_LABEL).tolist(), Step.of("with_gold")))

    def two_way(self) -> PairDataset:
        """The same pairs under `TWO_WAY_LABELS`: what is neutral or contradicted is not entailed."""
        if self.labels == TWO_WAY_LABELS:
            return self
        gold, recipe = np.minimum(self.gold, 1).astype(np.int8), self.recipe.then(Step.of("two_way"))
        return replace(self, gold=gold, labels=TWO_WAY_LABELS, recipe=recipe)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of tokens and labels, in hexadecimal; where they come from, their ids and texts do not count."""
        digest = hashlib.sha256()
        for sentences in (self.premises, self.hypotheses):
            digest.update(json.dumps(sentences, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        digest.update(self.gold.tobytes())
        if self.labels != LABELS:  # so that data with three labels is what it was before there were others
            digest.update(json.dumps(self.labels).encode())
        return digest.hexdigest()

    @cached_property
    def text_fingerprint(self) -> str:
        """The same of tokens, labels and `text`: what a network that reads the texts themselves depends on."""
        digest = hashlib.sha256(self.fingerprint.encode())
        texts = [self.text(number) for number in range(len(self))]
        digest.update(json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


repeats("with_gold")(PairDataset.with_gold)
repeats("two_way")(PairDataset.two_way)
