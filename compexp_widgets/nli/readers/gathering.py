"""From what stands in a file to a `PairDataset`: tokens, labels, and what is wrong with them and where."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from compexp_widgets.errors import DataError
from compexp_widgets.nli.pairs import PairDataset, Tokens
from compexp_widgets.nli.readers.labels import Labels, unknown_label
from compexp_widgets.nli.tokens import tokenize
from compexp_widgets.progress import Report

Place: TypeAlias = Callable[[int, str], str]
"""Says where the premise, hypothesis or label of a pair stands, to open an error message with."""

_PAIRS_A_REPORT = 1000
_SIGNS_AT_THE_END = (".", "?", "!")


@dataclass
class RawPairs:
    """Pairs as they stand in a file.

    Attributes
    ----------
    source
        What `PairDataset.source` will be.
    where
        From the number of a pair and "premise", "hypothesis" or "label" to the place in the file.
    premises, hypotheses
        Texts, or tokens where the file has them.
    labels
        As written; None for a pair that has none.
    ids
        What the file calls each pair; empty where it has no names for them.
    """

    source: str
    where: Place
    premises: list[str | Tokens] = field(default_factory=list)
    hypotheses: list[str | Tokens] = field(default_factory=list)
    labels: list[object] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


def gather(raw: RawPairs, labels: Labels, *, tokenized: bool | None, skip_empty: bool, report: Report) -> PairDataset:
    """Tokens and gold labels of all pairs.

    Parameters
    ----------
    raw
        The pairs.
    labels
        What their labels mean.
    tokenized
        Whether blanks part the tokens of the texts already; None to see from the texts.
    skip_empty
        Whether a pair with an empty sentence is left out; else it is an error.
    report
        Told how many pairs are done.

    Raises
    ------
    DataError
        Naming the place of an empty sentence, of one that is no text, or of an unknown label; or where no pair is left.
    """
    if tokenized is None:
        tokenized = _looks_tokenized([each for part in (raw.premises, raw.hypotheses) for each in part])
    tokens_of = _Tokenizer(tokenized)
    kept: list[int] = []
    gold: list[int] = []
    sentences: dict[str, list[Tokens]] = {"premise": [], "hypothesis": []}
    for index, both in enumerate(zip(raw.premises, raw.hypotheses, strict=True)):
        if index % _PAIRS_A_REPORT == 0:
            report("reading sentence pairs", index, len(raw.premises))
        found = []
        for part, text in zip(sentences, both, strict=True):
            tokens = tokens_of(text)
            if tokens is None:
                raise DataError(f"{raw.where(index, part)}: the {part} holds characters that are no text.")
            if not tokens and not skip_empty:
                raise DataError(
                    f"{raw.where(index, part)}: the {part} is empty. Mend it, or pass skip_empty=True to leave such "
                    "pairs out."
                )
            found.append(tokens)
        if all(found):
            kept.append(index)
            gold.append(_gold(raw, labels, index))
            for part, tokens in zip(sentences, found, strict=True):
                sentences[part].append(tokens)
    if not kept:
        raise DataError(f"{raw.source} has no sentence pairs.")
    report("reading sentence pairs", len(raw.premises), len(raw.premises))
    ids = raw.ids or [str(index) for index in range(len(raw.premises))]
    return PairDataset(
        raw.source,
        tuple(sentences["premise"]),
        tuple(sentences["hypothesis"]),
        np.array(gold, np.int8),
        tuple(ids[index] for index in kept),
    )


def _gold(raw: RawPairs, labels: Labels, index: int) -> int:
    number = labels.number(raw.labels[index])
    if number is None:
        raise unknown_label(raw.where(index, "label"), raw.labels[index])
    return number


class _Tokenizer:
    """Tokens of texts, each text once: a premise stands in three pairs, and a word in thousands of sentences."""

    def __init__(self, tokenized: bool) -> None:
        self._tokenized = tokenized
        self._known: dict[str | Tokens, Tokens | None] = {}

    def __call__(self, text: str | Tokens) -> Tokens | None:
        if text not in self._known:
            self._known[text] = self._tokens(text)
        return self._known[text]

    def _tokens(self, text: str | Tokens) -> Tokens | None:
        if isinstance(text, str):
            tokens: Iterable[str] = text.split() if self._tokenized else tokenize(text)
        else:
            tokens = text
        # Neither NUL nor half a surrogate pair can be written to a file that others read.
        whole = "".join(tokens := tuple(tokens))
        if "\0" in whole or (not whole.isascii() and any("\ud800" <= sign <= "\udfff" for sign in whole)):
            return None
        return tuple(sys.intern(token) for token in tokens)


def _looks_tokenized(texts: Sequence[str | Tokens]) -> bool:
    """Whether most sentences that end in a stop have a blank before it."""
    ended = [text.rstrip() for text in texts if isinstance(text, str) and text.rstrip().endswith(_SIGNS_AT_THE_END)]
    return 2 * sum(text[-2:-1].isspace() for text in ended) > len(ended)
