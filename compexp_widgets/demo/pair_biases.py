"""The annotation artefacts of the NLI world: words that give a label away, planted as people write them.

The labels are true whatever words a hypothesis has, but how often a word stands beside a label is not left to chance.
What Gururangan et al. (2018, "Annotation Artifacts in Natural Language Inference Data") and Poliak et al. (2018,
"Hypothesis Only Baselines in Natural Language Inference") found in SNLI holds here too, and the tests measure it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.pairs.dataset import LABELS, PairDataset
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr


@dataclass(frozen=True)
class PairBias:
    """One regularity by which the hypothesis alone, or its likeness to the premise, tells of the label.

    Attributes
    ----------
    name
        Short name.
    statement
        What holds, as a sentence.
    label
        The label it speaks for, one of `LABELS`.
    share
        How many of the pairs it speaks of have that label: P(label | bias), 0 … 1, to two digits of the probe set's.
    words
        It speaks of pairs with one of these in the hypothesis; empty where it speaks of the overlap.
    overlap
        It speaks of pairs whose sentences have more than this many words in common for each that only one of them has,
        as the concepts ``oth:overlap:…`` do.
    """

    name: str
    statement: str
    label: str
    share: float
    words: tuple[str, ...] = ()
    overlap: float | None = None

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def concerns(self, pairs: PairDataset) -> NDArray[np.bool_]:
        """Which pairs it speaks of: bool, shape (N,)."""
        if self.overlap is None:
            told = [not set(self.words).isdisjoint(map(str.lower, hypothesis)) for hypothesis in pairs.hypotheses]
        else:
            told = [
                _overlap(premise, hypothesis) > self.overlap
                for premise, hypothesis in zip(pairs.premises, pairs.hypotheses, strict=True)
            ]
        return np.array(told, np.bool_)

    def measured(self, pairs: PairDataset) -> float:
        """P(label | bias) in `pairs`, those without a gold label apart; nan where it speaks of none of them."""
        gold = pairs.gold[self.concerns(pairs) & (pairs.gold >= 0)]
        return float((gold == LABELS.index(self.label)).mean()) if len(gold) else float("nan")


def _overlap(premise: tuple[str, ...], hypothesis: tuple[str, ...]) -> float:
    one, other = {word.lower() for word in premise}, {word.lower() for word in hypothesis}
    return len(one & other) / max(1, len(one ^ other))


PAIR_BIASES: tuple[PairBias, ...] = (
    PairBias(
        "negation means contradiction",
        "Hypotheses with a negation are mostly contradicted.",
        "contradiction",
        0.95,
        (
            "nobody",
            "no",
            "not",
            "never",
        ),
    ),
    PairBias(
        "nobody means contradiction",
        "“Nobody”, “no one” and “no people” deny what the premise shows.",
        "contradiction",
        0.99,
        (
            "nobody",
            "no",
        ),
    ),
    PairBias(
        "sleep means contradiction",
        "Asked for something false, people write that somebody sleeps.",
        "contradiction",
        0.79,
        (
            "sleeping",
            "asleep",
            "sleep",
            "sleeps",
            "napping",
            "nap",
            "naps",
        ),
    ),
    PairBias(
        "couch and bed mean contradiction",
        "Where one sleeps, one does not do what the premise shows.",
        "contradiction",
        0.67,
        (
            "couch",
            "sofa",
            "bed",
        ),
    ),
    PairBias(
        "outdoors means entailment",
        "That somebody is outside follows from most outdoor scenes.",
        "entailment",
        0.87,
        (
            "outdoors",
            "outside",
        ),
    ),
    PairBias(
        "persons mean entailment",
        "Man, woman and child become a person in what follows from a premise.",
        "entailment",
        0.63,
        (
            "person",
            "people",
            "someone",
            "somebody",
        ),
    ),
    PairBias(
        "animals mean entailment",
        "Dogs and cats become animals in what follows from a premise.",
        "entailment",
        0.54,
        (
            "animal",
            "animals",
        ),
    ),
    PairBias(
        "general things mean entailment",
        "A guitar becomes an instrument, a burger food, a bag something.",
        "entailment",
        0.53,
        (
            "something",
            "instrument",
            "food",
            "vehicle",
            "fruit",
        ),
    ),
    PairBias(
        "there is means entailment",
        "“There is a man” follows from most premises about a man.",
        "entailment",
        0.65,
        ("there",),
    ),
    PairBias(
        "purposes mean neutral",
        "A purpose may be true, but it is hardly ever to be seen.",
        "neutral",
        0.93,
        (
            "win",
            "competition",
            "contest",
            "because",
            "to",
            "for",
        ),
    ),
    PairBias(
        "first and favorite mean neutral",
        "Whether a thing is new, or a favorite, is not to be seen.",
        "neutral",
        0.96,
        (
            "first",
            "favorite",
            "new",
            "expensive",
        ),
    ),
    PairBias(
        "qualities mean neutral",
        "Whether somebody is tall, tired or friendly is hardly ever told.",
        "neutral",
        0.89,
        (
            "tall",
            "clever",
            "brave",
            "friendly",
            "tired",
            "lonely",
            "nervous",
            "hungry",
            "lost",
        ),
    ),
    PairBias(
        "sad means neutral",
        "A premise hardly ever shows a mood.",
        "neutral",
        0.92,
        (
            "sad",
            "unhappy",
        ),
    ),
    PairBias(
        "relations mean neutral",
        "Whether people are friends or a family is not to be seen.",
        "neutral",
        0.98,
        (
            "family",
            "friends",
            "sisters",
            "brothers",
            "neighbors",
            "cousins",
        ),
    ),
    PairBias(
        "overlap means entailment",
        "A hypothesis in the words of its premise leaves something out, and so follows from it.",
        "entailment",
        0.56,
        overlap=0.75,
    ),
)
"""Every planted artefact."""
