"""Sentence pairs that a person types: what a study's network makes of them, and which concepts hold."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.data.pairs.dataset import PairDataset, Tokens, tokenize
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import AnyLeaf, Formula, evaluate, to_tokens
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs
from compexp_widgets.signatures.activation_ranges import ActivationRange
from compexp_widgets.study import PairStudy
from compexp_widgets.study.same_network import see_same_network
from compexp_widgets.widgets.kernel.messages import Part


class MarkedLeaf(Part):
    """A leaf of a formula, as it is written, and whether an odd number of NOTs govern it."""

    name: str
    negated: bool


class UnknownWords(Part):
    """For every token of both sentences, whether the network does not know it."""

    premise: list[bool]
    hypothesis: list[bool]


# A sentence of the data has some hundred characters; a whole book would keep the kernel busy.
_LONGEST = 5_000


@dataclass(frozen=True, eq=False)
class ReadPair:
    """A pair that was shown to the network.

    Attributes
    ----------
    holding
        Indices of the concepts that hold for it.
    probabilities
        float64, shape (labels,): what the network answers, in the order of its `answers`.
    activations
        float32, shape (units,).
    """

    premise: Tokens
    hypothesis: Tokens
    holding: frozenset[int]
    probabilities: NDArray[np.float64]
    activations: NDArray[np.float32]
    unknown: UnknownWords | None = None

    @property
    def predicted(self) -> int:
        """The likeliest label, an index into the network's `answers`."""
        return int(self.probabilities.argmax())


class PairReader:
    """Shows single pairs to a study's network; another network than the one that was probed is refused."""

    def __init__(self, study: PairStudy, network: Network) -> None:
        see_same_network(study, network)
        self._study = study
        self._network = network
        self._lock = threading.Lock()
        units = study.units
        self._limits = lru_cache(maxsize=4)(lambda firing: [units.limits(unit, firing) for unit in range(units.count)])
        threading.Thread(target=self._load, name="pair-reader-loading", daemon=True).start()

    def tokens(self, sentence: str) -> Tokens:
        """The words and signs of a sentence that somebody typed."""
        if len(sentence) > _LONGEST:
            raise CompexpError(f"a sentence may have {_LONGEST:,} characters, this one has {len(sentence):,}")
        return tokenize(sentence)

    def read(self, pairs: Sequence[tuple[Tokens, Tokens]], texts: Sequence[tuple[str, str]] = ()) -> list[ReadPair]:
        """Show pairs to the network, at once; `texts` are their sentences as typed, for a network that reads these."""
        typed = PairDataset.of("typed", [(premise, hypothesis, None) for premise, hypothesis in pairs], texts=texts)
        with self._lock:  # two threads that listen to the layers of one module hear each other
            responses = self._network.respond(typed, self._study.configuration.layer, quiet=True)
        return [
            ReadPair(
                premise,
                hypothesis,
                self._holding(premise, hypothesis),
                softmax(logits.astype(np.float64)),
                activations,
                self._unknown(premise, hypothesis),
            )
            for (premise, hypothesis), logits, activations in zip(
                pairs, responses.logits, responses.activations, strict=True
            )
        ]

    def alone(self) -> AbstractContextManager[bool]:
        """While it is entered, nobody shows the network pairs by this reader: for who shows it some himself."""
        return self._lock

    def fires(self, pair: ReadPair, firing: ActivationRange) -> NDArray[np.bool_]:
        """Which units fire on a pair: bool, shape (units,)."""
        one_by_one = zip(self._limits(firing), np.split(pair.activations, len(pair.activations)), strict=True)
        return np.concatenate([limits.hold(activation) for limits, activation in one_by_one])

    def holds(self, formula: Formula, pair: ReadPair) -> bool:
        """True if a formula holds for a pair."""

        def truth(leaf: AnyLeaf) -> NDArray[np.bool_]:
            return np.array(self._study.table.index_of.get(leaf, -1) in pair.holding)

        return bool(evaluate(formula, truth))

    def _holding(self, premise: Tokens, hypothesis: Tokens) -> frozenset[int]:
        return frozenset(self._study.vocabulary.concepts_of(premise, hypothesis))

    def _unknown(self, premise: Tokens, hypothesis: Tokens) -> UnknownWords | None:
        words = self._network.inputs_as(PairInputs)
        marks = words.unknown(premise), words.unknown(hypothesis)
        if marks[0] is None or marks[1] is None:
            return None
        return UnknownWords(premise=list(marks[0]), hypothesis=list(marks[1]))

    def _load(self) -> None:
        """Tokenizer and tagger take seconds to load: nobody who types should wait for them."""
        loads = self.tokens("It loads.")
        self._holding(loads, loads)


def marked_leaves(formula: Formula | None) -> list[MarkedLeaf]:
    """The leaves of a formula, left to right."""
    tokens = to_tokens(formula) if formula else []
    return [MarkedLeaf(name=one["text"], negated=one["negated"]) for one in tokens if one["kind"] == "leaf"]
