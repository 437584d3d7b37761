"""Does the formula cause it? The same edit with other words, on the other side, and with the units silent."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.adversarial.text.edits import TextEdit
from compexp_widgets.adversarial.text.evaluation import Share, evaluate_edit, label_index
from compexp_widgets.adversarial.text.from_formula import words_and_tags
from compexp_widgets.adversarial.text.sentences import (
    prepositional_endings,
    sentences_of_words,
    usual_tags,
    without_stop,
)
from compexp_widgets.concepts.lexicon import SKIPPED_WORDS
from compexp_widgets.concepts.lexicon.words import word_of
from compexp_widgets.data.pairs.dataset import NO_LABEL, PairDataset, Tokens
from compexp_widgets.errors import EditError
from compexp_widgets.networks.pairs import PairNetwork
from compexp_widgets.progress import Report, silent
from compexp_widgets.study import PairStudy

ControlKind: TypeAlias = Literal["edit", "control words", "other side", "units silent"]
"""What was done: the edit itself, and what it is compared with."""

FLIPS_MUCH, FLIPS_LITTLE = 0.5, 0.2
"""Shares of pairs from which, and below which, an edit is said to flip the prediction."""

_NEAREST = 20  # control words are drawn from so many of the most similar frequency
_Words = TypeVar("_Words", str, Tokens)


@dataclass(frozen=True)
class ControlOutcome:
    """What one of the compared edits did.

    Attributes
    ----------
    kind
        What it is.
    edit
        The edit that was made.
    silenced
        The units that were silent.
    flipped
        How many of the eligible pairs to which it applies flip to the target.
    """

    kind: ControlKind
    edit: TextEdit
    silenced: tuple[int, ...]
    flipped: Share


@dataclass(frozen=True)
class TextControls:
    """An edit and what it is compared with.

    Attributes
    ----------
    outcomes
        The edit itself first, then its control words, the other side, the silent units, as far as there are such.
    source, target
        The labels between which predictions are to flip; any source where it is None.
    complete
        False where the work was stopped.
    """

    outcomes: tuple[ControlOutcome, ...]
    source: str | None
    target: str
    complete: bool = True

    def of(self, kind: ControlKind) -> Share:
        """The share flipped by all outcomes of a kind together."""
        shares = [one.flipped for one in self.outcomes if one.kind == kind]
        return Share(sum(one.count for one in shares), sum(one.of for one in shares))

    @property
    def verdict(self) -> str:
        """What the comparison says, in plain words."""
        edit, words, silent_units = self.of("edit"), self.of("control words"), self.of("units silent")
        if not edit.of:
            return "The edit applies to none of these pairs."
        told = [f"The edit flips {edit} to {self.target}."]
        if edit.share < FLIPS_LITTLE:
            return f"{told[0]} The formula does not predict what the network does here."
        if words.of:
            if words.share < FLIPS_LITTLE and words.share < edit.share / 2:
                told.append(f"Other words in its place flip {words}: these words do it, as the formula says.")
            elif words.share < edit.share / 2:
                told.append(f"Other words in its place flip {words}: the formula's words do more, but not all of it.")
            else:
                told.append(f"Other words in its place flip {words}: any word may do, whatever the formula says.")
        if silent_units.of:
            if silent_units.share < edit.share / 2:
                told.append(f"With the units silent it flips {silent_units}: they carry the effect.")
            else:
                told.append(f"With the units silent it still flips {silent_units}: others carry it too.")
        return " ".join(told)

    def to_frame(self) -> pd.DataFrame:
        """One row an outcome: columns ``kind, edit, silenced, flipped, eligible, share``."""
        frame: pd.DataFrame = pd.DataFrame(
            [
                {
                    "kind": one.kind,
                    "edit": one.edit.description,
                    "silenced": " ".join(map(str, one.silenced)),
                    "flipped": one.flipped.count,
                    "eligible": one.flipped.of,
                    "share": one.flipped.share,
                }
                for one in self.outcomes
            ],
            columns=["kind", "edit", "silenced", "flipped", "eligible", "share"],
        )
        return frame


def run_text_controls(
    network: PairNetwork,
    study: PairStudy,
    edit: TextEdit,
    *,
    target: str,
    source: str | None = None,
    units: Sequence[int] = (),
    words: int = 3,
    most_pairs: int = 1_000,
    among: NDArray[np.bool_] | None = None,
    seed: int = 0,
    batch_size: int = 64,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> TextControls:
    """Compare an edit with others that should not do what it does, if the formula is right.

    Parameters
    ----------
    target, source
        See `EditEffect.flipped`: eligible are the pairs that the network gets right, or that have no label.
    units
        The units whose formulas the edit comes from: what these name on the edit's side, and not under NOT, is no
        control word; and the units are made silent, all at once.
    words
        How many control edits with other words; see `control_edits`.
    most_pairs
        So many of the eligible pairs are looked at, drawn by the seed.
    among
        bool, shape (pairs,): look at no others, such as those that the formulas were found on.
    seed
        Of the draws.

    Raises
    ------
    EditError
        When the network is not the study's, or there is no such label.
    StudyError
        When there is no such unit.
    """
    aim = label_index(target, study.labels)
    pairs, predicted = study.pairs, study.predicted
    pool = (predicted != aim) & ((pairs.gold == NO_LABEL) | study.right)
    if source is not None:
        pool &= predicted == label_index(source, study.labels)
    if among is not None:
        pool &= among
    numbers = np.flatnonzero(pool)
    random = np.random.default_rng(seed)
    # Drawn before it is known where the edit applies, so that it and its controls are tried on the same pairs.
    chosen = pairs.subset(np.sort(random.permutation(numbers)[:most_pairs]))
    silenced = tuple(study.checked_units(list(units))) if len(units) else ()
    plan: list[tuple[ControlKind, TextEdit, tuple[int, ...]]] = [("edit", edit, ())]
    named, tags = words_and_tags(study, silenced, edit.side)
    avoid = named | set(map(word_of, edit.put_in))
    if edit.anchor and edit.kind == "delete":
        avoid |= {word_of(edit.anchor.name)}
    controls = control_edits(pairs, edit, avoid, words, seed, avoid_tags=tags)
    plan += [("control words", control, ()) for control in controls]
    plan.append(("other side", replace(edit, side="premise" if edit.side == "hypothesis" else "hypothesis"), ()))
    if silenced:
        plan.append(("units silent", edit, silenced))
    layer = study.configuration.layer
    if network.fingerprint != study.configuration.network_fingerprint:
        raise EditError(f"{network.name} is not the network that the study probed ({study.configuration.network})")
    outcomes = []
    for kind, tried, quiet in plan:
        if cancelled and cancelled():
            break
        effect = evaluate_edit(
            network, chosen, tried, silenced=quiet, layer=layer, batch_size=batch_size, cancelled=cancelled
        )
        if not effect.complete:
            break
        outcomes.append(ControlOutcome(kind, tried, quiet, effect.flipped(target, source)))
        report("controls tried", len(outcomes), len(plan))
    return TextControls(tuple(outcomes), source, target, len(outcomes) == len(plan))


def control_edits(
    pairs: PairDataset,
    edit: TextEdit,
    avoid: Collection[str],
    count: int,
    seed: int = 0,
    *,
    avoid_tags: Collection[str] = (),
) -> list[TextEdit]:
    """The same edit with other words, of the same part of speech and similar frequency on the side that it changes.

    Where no other word has the part of speech, words of any are taken; in place of several words, a prepositional
    phrase that ends sentences.

    Parameters
    ----------
    avoid
        Words that are not to be among them.
    count
        So many, or as many as there are.
    seed
        Of the draw.
    avoid_tags
        Parts of speech that a phrase is not to have. Single words have that of the word in whose place they stand.

    Returns
    -------
    No edits for edits without words of their own, such as ``"copy"``.
    """
    if count < 0:
        raise EditError(f"the number of control words is 0 or more, not {count}")
    forbidden = {word_of(word) for word in avoid} - set(SKIPPED_WORDS)
    sentences = pairs.premises if edit.side == "premise" else pairs.hypotheses
    random = np.random.default_rng(seed)
    if edit.kind == "delete" and edit.anchor and edit.anchor.kind == "word":
        anchor = edit.anchor
        return [
            replace(edit, anchor=replace(anchor, name=word))
            for word in _words_like(anchor.name, sentences, forbidden, count, random)
        ]
    if not edit.put_in:
        return []
    if len(edit.put_in) == 1:
        found: list[Tokens] = [(word,) for word in _words_like(edit.put_in[0], sentences, forbidden, count, random)]
    else:
        found = _phrases_like(edit.put_in, sentences, forbidden, avoid_tags, count, random)
    return [replace(edit, tokens=tokens) for tokens in found]


def _words_like(
    word: str, sentences: Sequence[Tokens], forbidden: Collection[str], count: int, random: np.random.Generator
) -> list[str]:
    word = word_of(word)
    frequency = {each: len(places) for each, places in sentences_of_words(sentences).items()}
    own = usual_tags(sentences, [word]).get(word, "NN")
    usual = usual_tags(sentences)
    closed = {word, *forbidden, *SKIPPED_WORDS}
    free = {each: frequency[each] for each in usual if each not in closed and each.isalpha()}
    alike = {each: often for each, often in free.items() if usual[each] == own} or free
    return _drawn(alike, frequency.get(word, 1), count, random)


def _phrases_like(
    phrase: Tokens,
    sentences: Sequence[Tokens],
    forbidden: Collection[str],
    forbidden_tags: Collection[str],
    count: int,
    random: np.random.Generator,
) -> list[Tokens]:
    alike = dict(prepositional_endings(sentences, len(phrase), forbidden, forbidden_tags))
    alike.pop(phrase, None)
    length = len(phrase)
    frequency = sum(without_stop(sentence)[-length:] == phrase for sentence in sentences)
    return _drawn(alike, frequency, count, random)


def _drawn(alike: Mapping[_Words, int], frequency: int, count: int, random: np.random.Generator) -> list[_Words]:
    """Some of those whose frequencies are nearest to the one wanted, by their ratio."""

    def distance(each: _Words) -> float:
        return abs(math.log(max(alike[each], 1) / max(frequency, 1)))

    nearest = sorted(alike, key=lambda each: (distance(each), each))[:_NEAREST]
    places = np.sort(random.permutation(len(nearest))[:count]).tolist()
    return [nearest[place] for place in places]
