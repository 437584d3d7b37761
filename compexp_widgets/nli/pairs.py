"""Sentence pairs with the label that people gave them: what an NLI network is trained on and probed with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import DataError

LABELS = ("entailment", "neutral", "contradiction")
"""What the premise says of the hypothesis; the order that all arrays of labels and logits have here."""

NO_LABEL = -1
"""Stands for pairs on which the annotators did not agree."""

Tokens: TypeAlias = tuple[str, ...]
"""The words and signs of a sentence, as written."""


@dataclass(frozen=True, eq=False)
class PairDataset:
    """Sentence pairs, in order.

    Attributes
    ----------
    source
        Where they come from: a path, or a name that a person recognises.
    premises, hypotheses
        The tokens of each sentence, as written; both of length N.
    gold
        int8, shape (N,): index into `LABELS`, `NO_LABEL` for pairs without a gold label.
    ids
        What the data calls each pair; their numbers from 0 where it has no names.

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

    def __post_init__(self) -> None:
        if not self.ids:
            object.__setattr__(self, "ids", tuple(str(number) for number in range(len(self.premises))))
        lengths = {len(self.premises), len(self.hypotheses), len(self.gold), len(self.ids)}
        if len(lengths) > 1:
            raise DataError(
                f"{self.source}: {len(self.premises)} premises, {len(self.hypotheses)} hypotheses, {len(self.gold)} "
                f"labels and {len(self.ids)} ids do not belong together"
            )
        if self.gold.size and not (self.gold.min() >= NO_LABEL and self.gold.max() < len(LABELS)):
            raise DataError(
                f"{self.source}: labels are {NO_LABEL} … {len(LABELS) - 1}, found {self.gold.min()} … {self.gold.max()}"
            )

    @classmethod
    def of(cls, source: str, pairs: Iterable[tuple[Sequence[str], Sequence[str], str | None]]) -> PairDataset:
        """The data set of (premise tokens, hypothesis tokens, label); None for a pair without a gold label."""
        rows = list(pairs)
        for number, (_, _, label) in enumerate(rows):
            if label is not None and label not in LABELS:
                raise DataError(f"{source}, pair {number}: the label {label!r} is not one of {', '.join(LABELS)}")
        gold = [NO_LABEL if label is None else LABELS.index(label) for _, _, label in rows]
        return cls(
            source,
            tuple(tuple(premise) for premise, _, _ in rows),
            tuple(tuple(hypothesis) for _, hypothesis, _ in rows),
            np.array(gold, np.int8),
        )

    def __len__(self) -> int:
        return len(self.premises)

    def __repr__(self) -> str:
        unlabelled = int((self.gold == NO_LABEL).sum())
        return f"<PairDataset of {len(self):,} pairs ({unlabelled:,} without a gold label), from {self.source}>"

    def subset(self, chosen: NDArray[np.integer] | NDArray[np.bool_] | Sequence[int]) -> PairDataset:
        """Some of the pairs, by number or by truth, in the order given."""
        numbers = np.arange(len(self))[np.asarray(chosen)].tolist()
        return PairDataset(
            self.source,
            tuple(self.premises[number] for number in numbers),
            tuple(self.hypotheses[number] for number in numbers),
            self.gold[numbers],
            tuple(self.ids[number] for number in numbers),
        )

    def with_gold(self) -> PairDataset:
        """The pairs that have a gold label."""
        return self.subset(self.gold != NO_LABEL)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of sentences and labels, in hexadecimal; where they come from and their ids do not count."""
        digest = hashlib.sha256()
        for sentences in (self.premises, self.hypotheses):
            digest.update(json.dumps(sentences, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        digest.update(self.gold.tobytes())
        return digest.hexdigest()
