"""The sentence pairs of this world: probe set, training set and held-out set, which share no premise."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from compexp_widgets.data.pairs.dataset import LABELS, PairDataset, Tokens
from compexp_widgets.demo.nli_world.chance import Chance
from compexp_widgets.demo.nli_world.contradictions import CONTRADICTIONS
from compexp_widgets.demo.nli_world.entailments import ENTAILMENTS
from compexp_widgets.demo.nli_world.hypotheses import Idea, say
from compexp_widgets.demo.nli_world.meaning import Claim, Scene
from compexp_widgets.demo.nli_world.neutrals import NEUTRALS
from compexp_widgets.demo.nli_world.phrases import Speaker
from compexp_widgets.demo.nli_world.premises import tell
from compexp_widgets.demo.nli_world.scenes import draw_scene
from compexp_widgets.errors import DataError

# Of sixteen parts into which the premises fall by their checksum, those that belong to each set.
_PARTS: dict[str, tuple[int, ...]] = {"probe": (0, 1, 2), "held-out": (3, 4), "training": tuple(range(5, 16))}
SPLITS: tuple[str, ...] = tuple(_PARTS)
"""The names of the sets."""

_OPERATIONS = dict(zip(LABELS, (ENTAILMENTS, NEUTRALS, CONTRADICTIONS), strict=True))


@dataclass(frozen=True)
class WrittenPair:
    """A sentence pair, and what its sentences mean.

    Attributes
    ----------
    premise, hypothesis
        The tokens.
    label
        One of `LABELS`, by the operation that made the hypothesis.
    operation
        Its name.
    scene, claim
        The meanings, from which `truth.judge` comes to a label of its own.
    """

    premise: Tokens
    hypothesis: Tokens
    label: str
    operation: str
    scene: Scene
    claim: Claim


def write_pairs(split: str, premises: int) -> Iterator[WrittenPair]:
    """Three pairs for each premise, one of each label: the same for the same arguments, on every machine.

    Parameters
    ----------
    split
        One of `SPLITS`. No premise of one is a premise of another.
    premises
        How many premises; a larger number begins with the pairs of a smaller one.

    Raises
    ------
    DataError
        If there is no such set, or the number is negative.
    """
    if split not in _PARTS:
        raise DataError(f"There is no set {split!r} of sentence pairs in this world; it has: {', '.join(SPLITS)}.")
    if premises < 0:
        raise DataError(f"The number of premises is 0 or more, not {premises}.")
    seen: set[Tokens] = set()
    seed = 0
    while len(seen) < premises:
        chance = Chance(seed, SPLITS.index(split))
        seed += 1
        scene = draw_scene(chance)
        speaker = Speaker(chance)
        premise = tell(scene, speaker)
        if premise in seen or zlib.crc32(" ".join(premise).encode()) % 16 not in _PARTS[split]:
            continue
        seen.add(premise)
        for label in LABELS:
            idea = _idea(scene, label, chance)
            teller = Speaker(chance, speaker.habit, 1.0 if idea.loyal else 0.75)
            yield WrittenPair(premise, say(idea, teller), label, idea.operation, scene, idea.claim)


def _idea(scene: Scene, label: str, chance: Chance) -> Idea:
    """An operation that the scene gives occasion for, as often as the numbers beside it say."""
    while True:
        idea = chance.weighted(_OPERATIONS[label])(scene, chance)
        if idea is not None:
            return idea


PROBE_PREMISES = 1_500
"""Premises of the probe set that the demo's study is made on."""


def probe_pairs() -> PairDataset:
    """The probe set of the demo's study: 4,500 pairs."""
    return written_pairs("probe", PROBE_PREMISES)


def written_pairs(split: str, premises: int) -> PairDataset:
    """The pairs of a set as a data set; the id of a pair tells the number of its premise and the operation.

    >>> written_pairs("probe", 2).ids[:3]

    Parameters
    ----------
    split
        One of `SPLITS`.
    premises
        How many premises; there are three pairs for each.

    Raises
    ------
    DataError
        If there is no such set, or the number is negative.
    """
    pairs = list(write_pairs(split, premises))
    data = PairDataset.of(f"NLI world, {split} set", [(pair.premise, pair.hypothesis, pair.label) for pair in pairs])
    ids = tuple(f"{number // 3}: {pair.operation}" for number, pair in enumerate(pairs))
    return PairDataset(data.source, data.premises, data.hypotheses, data.gold, ids)
