"""Sentence pairs: tokens of premise and hypothesis, and what the premise says of the hypothesis."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.pairs.tokens import Tokens, detokenize
from compexp_widgets.errors import DataError

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
    """Which labels of one set say the same as which of another: bool, shape (len(gold), len(predicted)).

    A label agrees with itself; ``not_entailment`` also with ``neutral`` and with ``contradiction``, so that a network
    with three labels can be held to data with two, and the other way round.
    """

    def alike(one: str, other: str) -> bool:
        return one == other or ("not_entailment" in (one, other) and "entailment" not in (one, other))

    return np.array([[alike(one, other) for other in predicted] for one in gold], np.bool_)


def rightly(
    gold: NDArray[np.int8], predicted: NDArray[np.integer], labels: Sequence[str], predicted_labels: Sequence[str]
) -> NDArray[np.bool_]:
    """Where a network says what people say: bool, shape (N,); False where there is no gold label.

    Parameters
    ----------
    gold, predicted
        Whole numbers, shape (N,): indices into `labels` and `predicted_labels`.
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

    def __post_init__(self) -> None:
        if not self.ids:
            object.__setattr__(self, "ids", tuple(str(number) for number in range(len(self.premises))))
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
        two_way = ", two-way" if self.labels == TWO_WAY_LABELS else ""
        return (
            f"<PairDataset of {len(self):,} pairs ({unlabelled:,} without a gold label{two_way}), from {self.source}>"
        )

    def text(self, number: int) -> tuple[str, str]:
        """Premise and hypothesis of a pair as they were written; where that is not known, as its tokens read."""
        if self.texts:
            return self.texts[number]
        return detokenize(self.premises[number]), detokenize(self.hypotheses[number])

    def subset(self, chosen: NDArray[np.integer] | NDArray[np.bool_] | Sequence[int]) -> PairDataset:
        """Some of the pairs, by number or by truth, in the order given."""
        numbers = np.arange(len(self))[np.asarray(chosen)].tolist()
        return replace(
            self,
            premises=tuple(self.premises[number] for number in numbers),
            hypotheses=tuple(self.hypotheses[number] for number in numbers),
            gold=self.gold[numbers],
            ids=tuple(self.ids[number] for number in numbers),
            texts=tuple(self.texts[number] for number in numbers) if self.texts else (),
        )

    def with_gold(self) -> PairDataset:
        """The pairs that have a gold label."""
        return self.subset(self.gold != NO_LABEL)

    def two_way(self) -> PairDataset:
        """The same pairs under `TWO_WAY_LABELS`: what is neutral or contradicted is not entailed."""
        if self.labels == TWO_WAY_LABELS:
            return self
        return replace(self, gold=np.minimum(self.gold, 1).astype(np.int8), labels=TWO_WAY_LABELS)

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
