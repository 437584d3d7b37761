"""Controls of a text edit: the same edit with other words, in the other sentence, and with units silenced."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.controls import Control, ControlKind, Controls, ControlSettings, compare
from compexp_widgets.adversarial.text.edits import TextEdit
from compexp_widgets.adversarial.text.evaluation import evaluate_edit, label_index, see_probed
from compexp_widgets.adversarial.text.from_formula import words_and_tags
from compexp_widgets.adversarial.text.sentences import (
    prepositional_endings,
    sentences_of_words,
    usual_tags,
    without_stop,
)
from compexp_widgets.argument_types import checked
from compexp_widgets.concepts.lexicon import SKIPPED_WORDS
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.data.pairs.dataset import NO_LABEL, PairDataset, Tokens
from compexp_widgets.errors import EditError
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.progress import Report, silent
from compexp_widgets.study import PairStudy
from compexp_widgets.study.given import AnyPairStudy, as_study

OTHER_WORDS = ControlKind(
    "other words",
    "Other words in its place do so",
    seldom="these words do it, as the formula says",
    often="other words in its place",
)
OTHER_SIDE = ControlKind("other side", "In the other sentence it does so")

WORDS = 3
"""Control edits with other words, unless the settings say otherwise."""

_NEAREST = 20  # control words are drawn from so many of the most similar frequency
_Words = TypeVar("_Words", str, Tokens)


@checked(EditError)
def run_text_controls(
    network: AnyNetwork,
    study: AnyPairStudy,
    edit: TextEdit,
    *,
    target: str,
    source: str | None = None,
    units: Sequence[int] = (),
    among: NDArray[np.bool_] | None = None,
    settings: ControlSettings | None = None,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> Controls:
    """Compare an edit with others that should not do what it does, if the formula is right.

    Parameters
    ----------
    target, source
        See `EditEffect.flipped`: eligible are the pairs that the network gets right, or that have no label.
    units
        The units whose formulas the edit comes from: what these name on the edit's side, and not under NOT, is no
        control word; and the units are made silent, all at once.
    among
        bool, shape (pairs,): look at no others, such as those that the formulas were found on.
    settings
        Of the pairs and the control words; None: the default.
    cancelled
        Asked again and again; True ends with the comparisons that were made, and ``complete`` False.

    Raises
    ------
    EditError
        When the network is not the study's, or there is no such label.
    StudyError
        When there is no such unit.
    """
    network = as_network(network)
    study = as_study(study, PairStudy)
    settings = settings or ControlSettings()
    aim = label_index(target, study.labels)
    see_probed(network, study)
    pairs, predicted = study.pairs, study.predicted
    pool = (predicted != aim) & ((pairs.gold == NO_LABEL) | study.right)
    if source is not None:
        pool &= predicted == label_index(source, study.labels)
    if among is not None:
        pool &= among
    random = np.random.default_rng(settings.seed)
    # Drawn before it is known where the edit applies, so that it and its controls are tried on the same pairs.
    chosen = pairs.subset(np.sort(random.permutation(np.flatnonzero(pool))[: settings.most_samples]))
    silenced = tuple(study.checked_units(list(units))) if len(units) else ()
    named, tags = words_and_tags(study, silenced, edit.side)
    avoid = named | set(map(word_of, edit.put_in))
    if edit.anchor and edit.kind == "delete":
        avoid |= {word_of(edit.anchor.name)}

    def measure(kind: str, tried: TextEdit, quiet: tuple[int, ...]) -> Control | None:
        layer, size = study.configuration.layer, settings.batch_size
        effect = evaluate_edit(
            network, chosen, tried, silenced=quiet, layer=layer, batch_size=size, cancelled=cancelled
        )
        logits = effect.before.logits, effect.after.logits
        eligible = effect.eligible(target, source)
        return Control.of(kind, tried, quiet, *logits, aim, eligible) if effect.complete else None

    count = WORDS if settings.copies is None else settings.copies
    words = control_edits(pairs, edit, avoid, count, settings.seed, avoid_tags=tags)
    other_side = replace(edit, side="premise" if edit.side == "hypothesis" else "hypothesis")
    others = {OTHER_WORDS: words, OTHER_SIDE: [other_side]}
    rows, complete = compare(edit, others, [silenced] if silenced else [], measure, report, cancelled)
    return Controls(rows, tuple(others), "The edit", source or "", target, study.labels, complete)


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
    phrase that ends sentences and has none of `avoid_tags`. As many as there are, at most `count`; none for edits
    without words of their own, such as ``"copy"``.
    """
    if count < 0:
        raise EditError(f"the number of control words is 0 or more, not {count}")
    forbidden = {word_of(word) for word in avoid} - set(SKIPPED_WORDS)
    sentences = pairs.premises if edit.side == "premise" else pairs.hypotheses
    random = np.random.default_rng(seed)
    if edit.kind == "delete" and edit.anchor and edit.anchor.kind == "word":
        words = _words_like(edit.anchor.name, sentences, forbidden, count, random)
        return [replace(edit, anchor=replace(edit.anchor, name=word)) for word in words]
    if not edit.put_in:
        return []
    if len(edit.put_in) == 1:
        found: list[Tokens] = [(word,) for word in _words_like(edit.put_in[0], sentences, forbidden, count, random)]
    else:
        length = len(edit.put_in)
        alike = dict(prepositional_endings(sentences, length, forbidden, avoid_tags))
        alike.pop(edit.put_in, None)
        frequency = sum(without_stop(sentence)[-length:] == edit.put_in for sentence in sentences)
        found = _drawn(alike, frequency, count, random)
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


def _drawn(alike: Mapping[_Words, int], frequency: int, count: int, random: np.random.Generator) -> list[_Words]:
    """Some of those whose frequencies are nearest to the one wanted, by their ratio."""
    ratio = {each: abs(math.log(max(often, 1) / max(frequency, 1))) for each, often in alike.items()}
    nearest = sorted(alike, key=lambda each: (ratio[each], each))[:_NEAREST]
    places = np.sort(random.permutation(len(nearest))[:count]).tolist()
    return [nearest[place] for place in places]
