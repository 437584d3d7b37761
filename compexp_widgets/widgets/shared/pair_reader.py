"""Sentence pairs as pages show them: their labels, marked words, and what a study's network makes of typed ones."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.analysis.word_marks import word_marks
from compexp_widgets.concepts.lexicon import LexicalConcept
from compexp_widgets.data.pairs.dataset import PairDataset, Tokens, agreement, tokenize
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import AnyLeaf, Formula, evaluate, to_tokens
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs
from compexp_widgets.signatures.activation_ranges import ActivationRange, Limits, QuantileRange
from compexp_widgets.study import Explanation, ExplanationSettings, PairStudy
from compexp_widgets.study.same_network import see_same_network
from compexp_widgets.widgets.kernel.messages import Part
from compexp_widgets.widgets.shared.messages import Row, row_fields, settings_label


class PairRow(Row, kw_only=True):
    """One row of the unit table.

    Attributes
    ----------
    active, share
        On how many pairs the unit fires, and their share of all pairs.
    silent
        Whether it is not explained.
    """

    active: int
    share: float
    silent: bool


class MarkedLeaf(Part):
    """A leaf of a formula, as it is written, and whether an odd number of NOTs govern it."""

    name: str
    negated: bool


class WordMarks(Part):
    """For every token of both sentences, the places of the formula's leaves that it makes true."""

    premise: list[list[int]]
    hypothesis: list[list[int]]


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
    premise, hypothesis
        Its tokens.
    holding
        Indices of the concepts that hold for it.
    probabilities
        float64, shape (labels,): what the network answers, in the order of its `answers`.
    activations
        float32, shape (units,).
    unknown
        For each word of the premise and of the hypothesis, whether the network has no vector for it; None where it has
        no list of the words it knows.
    """

    premise: Tokens
    hypothesis: Tokens
    holding: frozenset[int]
    probabilities: NDArray[np.float64]
    activations: NDArray[np.float32]
    unknown: tuple[tuple[bool, ...], tuple[bool, ...]] | None = None

    @property
    def predicted(self) -> int:
        """The likeliest label, an index into the network's `answers`."""
        return int(self.probabilities.argmax())


class PairReader:
    """Shows single pairs to a study's network.

    Parameters
    ----------
    study
        Whose units are asked about.
    network
        The network that was probed.

    Raises
    ------
    StudyError
        When it is another network, or answers otherwise.
    """

    def __init__(self, study: PairStudy, network: Network) -> None:
        see_same_network(study, network)
        self._study = study
        self._network = network
        self._lock = threading.Lock()
        self._limits = lru_cache(maxsize=4)(self._find_limits)
        threading.Thread(target=self._load, name="pair-reader-loading", daemon=True).start()

    def tokens(self, sentence: str) -> Tokens:
        """The words and signs of a sentence that somebody typed.

        Raises
        ------
        CompexpError
            When it is too long.
        """
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
        """Whether a formula is true of a pair."""

        def truth(leaf: AnyLeaf) -> NDArray[np.bool_]:
            return np.array(self._study.table.index_of.get(leaf, -1) in pair.holding)

        return bool(evaluate(formula, truth))

    def _holding(self, premise: Tokens, hypothesis: Tokens) -> frozenset[int]:
        return frozenset(self._study.vocabulary.concepts_of(premise, hypothesis))

    def _unknown(self, premise: Tokens, hypothesis: Tokens) -> tuple[tuple[bool, ...], tuple[bool, ...]] | None:
        words = self._network.inputs_as(PairInputs)
        strange = words.unknown(premise), words.unknown(hypothesis)
        return None if strange[0] is None or strange[1] is None else (strange[0], strange[1])

    def _load(self) -> None:
        """Tokenizer and tagger take seconds to load: nobody who types should wait for them."""
        loads = self.tokens("It loads.")
        self._holding(loads, loads)

    def _find_limits(self, firing: ActivationRange) -> list[Limits]:
        """The activations between which each unit fires."""
        units = self._study.units
        return [units.limits(unit, firing) for unit in range(units.count)]


def unknown_words(pair: ReadPair) -> UnknownWords | None:
    """The words that the network does not know; None where that cannot be told."""
    return pair.unknown and UnknownWords(premise=list(pair.unknown[0]), hypothesis=list(pair.unknown[1]))


def pair_row(study: PairStudy, explanation: Explanation) -> PairRow:
    """One row of the unit table."""
    return PairRow(
        **row_fields(study, explanation),
        active=explanation.active,
        share=explanation.active_share,
        silent=explanation.silent,
    )


def pair_label(settings: ExplanationSettings) -> str:
    """The settings in a few words, for a heading."""
    firing = settings.firing
    return settings_label(f"largest {firing.low:.3g}" if isinstance(firing, QuantileRange) else "above 0", settings)


def marked_leaves(formula: Formula | None) -> list[MarkedLeaf]:
    """The leaves of a formula, left to right."""
    tokens = to_tokens(formula) if formula else []
    return [MarkedLeaf(name=one["text"], negated=one["negated"]) for one in tokens if one["kind"] == "leaf"]


def leaf_concepts(study: PairStudy, formula: Formula | None, holding: Collection[int]) -> dict[int, LexicalConcept]:
    """The concepts of those leaves of a formula that hold for a pair, by the leaf's place.

    Parameters
    ----------
    holding
        The indices of the concepts that hold for the pair.
    """
    places = enumerate(formula.leaves() if formula else ())
    indices = {place: study.table.index_of.get(leaf, -1) for place, leaf in places}
    return {place: study.vocabulary.concepts[index] for place, index in indices.items() if index in holding}


def marks_of(concepts: dict[int, LexicalConcept], premise: Tokens, hypothesis: Tokens) -> WordMarks:
    """The words that make concepts hold."""
    marks = word_marks(concepts, premise, hypothesis)
    return WordMarks(premise=marks[0], hypothesis=marks[1])


def label_agreement(study: PairStudy) -> list[list[bool]]:
    """Which of the data's labels say the same as which of the network's: one row for each of the data's."""
    agrees: list[list[bool]] = agreement(study.pairs.labels, study.labels).tolist()
    return agrees
