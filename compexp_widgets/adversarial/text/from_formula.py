"""Edits read off the formulas of units: what to put in or leave out so that units fire, or fall silent, for a label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.text.anchors import Anchor
from compexp_widgets.adversarial.text.edits import EditedSide, TextEdit
from compexp_widgets.adversarial.text.evaluation import label_index
from compexp_widgets.adversarial.text.sentences import FINAL_STOPS
from compexp_widgets.errors import EditError
from compexp_widgets.formula import AnyLeaf, Formula, Leaf, to_tokens
from compexp_widgets.nli.lexicon import NEGATION_WORDS, SKIPPED_WORDS, LexicalConcept
from compexp_widgets.nli.lexicon.words import word_of
from compexp_widgets.nli.pairs import LABELS, Tokens
from compexp_widgets.nli.tagging import tag_sentences
from compexp_widgets.progress import silent
from compexp_widgets.study import PairStudy

UNITS_OF_A_PAIR = 24
"""So many units are asked where a pair of labels is given and no unit."""


@dataclass(frozen=True)
class SuggestedTextEdit:
    """An edit that the formulas of units suggest.

    Attributes
    ----------
    edit
        What to do.
    unit
        The unit whose formula says so, the one with the largest part in it.
    units
        All units whose formulas do.
    formula
        The formula of `unit`.
    leaf
        The name of the concept in it that the edit makes true or false, as the formula writes it.
    fires
        Whether the unit is to fire, or to fall silent.
    expected
        The label that the edit is to lead to.
    pull
        By how much the logit of that label is to rise against the source's, judged by the probe set: the sum over
        `units` of weight times the difference in mean activation between pairs with and without the concept.
    reason
        Why, in a sentence.
    """

    edit: TextEdit
    unit: int
    units: tuple[int, ...]
    formula: Formula
    leaf: str
    fires: bool
    expected: str
    pull: float
    reason: str


@dataclass(frozen=True)
class _Lead:
    """One leaf of one unit's formula: what is to be made true, or false, and what the label gains by it."""

    unit: int
    formula: Formula
    concept: LexicalConcept
    fires: bool  # whether the unit is to fire
    holds: bool  # whether the concept is to hold


def edits_from_formula(
    study: PairStudy,
    unit: int | None = None,
    *,
    source: str | None = None,
    target: str | None = None,
    count: int = 12,
    samples: NDArray[np.bool_] | None = None,
) -> list[SuggestedTextEdit]:
    """What the formulas say one should do to lead the network to a label.

    A concept that stands in a formula without NOT makes the unit fire; one under NOT makes it silent. So to make a
    unit fire, put in the words of the former and leave out those of the latter, and the other way round to silence it.
    Words come one by one, those of ``NEIGHBORS``, ``HYPERNYM``, lemmas and lexicons too; of a tag, the word that has it
    most often; for overlap, words of the other sentence are copied, or those that it lacks are left out. Concepts of
    length suggest nothing.

    Parameters
    ----------
    study
        With explanations by its default settings: those that are missing are searched for.
    unit
        Read this unit's formula alone. Else those of the units that tell the target from the source best: by the
        difference of their weights times their mean activation over all pairs.
    source
        The label to lead away from; without one, the mean of the others counts.
    target
        The label to lead to; without one, of a unit that which it speaks for most.
    count
        So many edits at most, those with the strongest pull first. No word and no template has more than a third of
        them, if there are others.
    samples
        bool, shape (pairs,): what happens on average is judged by these pairs alone.

    Raises
    ------
    EditError
        When neither a unit nor a target is given, there is no such label, or both are the same.
    StudyError
        When there is no such unit.
    """
    if unit is None and target is None:
        raise EditError("say which unit's formula is to be read, or which label the edits are to lead to")
    if target is not None and target == source:
        raise EditError(f"the edits are to lead from {source!r} to {target!r}, which is the same label")
    weights = unit_weights(study)
    if target is None:
        assert unit is not None
        (unit,) = study.checked_units(unit)
        others = weights[:, unit].copy()
        if source is not None:
            others[label_index(source)] = -np.inf
        target = LABELS[int(others.argmax())]
    gain = _difference(weights, source, target)
    activations = np.asarray(study.units.responses)
    if samples is not None:
        activations = activations[:, samples]
    means = activations.mean(axis=1)
    if unit is None:
        strength = np.abs(gain) * means
        chosen = np.argsort(-strength, kind="stable")[:UNITS_OF_A_PAIR].tolist()
    else:
        chosen = study.checked_units(unit)
    leads = list(_leads(study, chosen, gain))
    found = list(_suggested(study, leads, gain, activations, samples, target))
    found.sort(key=lambda one: (-one.pull, one.edit.words))
    return _varied(found, count)


def unit_weights(study: PairStudy) -> NDArray[np.float64]:
    """How much each unit speaks for each label: float64, shape (3, units).

    The weights of the last layer where the study knows them; else the slope of each logit, its mean over the labels
    taken off, over the unit's activation: what a straight line through the probe set makes of them.
    """
    if study.class_weights is not None:
        return study.class_weights.astype(np.float64)
    activations = np.asarray(study.units.responses, np.float64)
    centred = activations - activations.mean(axis=1, keepdims=True)
    logits = study.logits.astype(np.float64) - study.logits.mean(axis=1, keepdims=True)
    squares = (centred**2).sum(axis=1)
    slopes: NDArray[np.float64] = (centred @ logits / np.where(squares > 0, squares, 1)[:, None]).T
    return slopes


def formula_words(study: PairStudy, units: Iterable[int]) -> frozenset[str]:
    """Every word that the formulas of some units name, under NOT or not, on either side."""
    concepts = {concept.name: concept for concept in study.vocabulary.concepts}
    found: set[str] = set()
    for explanation in study.explain(list(units), report=silent):
        if explanation.best:
            for leaf in explanation.best.formula.leaves():
                found.update(concepts[_name(leaf)].words)
    return frozenset(found)


def _difference(weights: NDArray[np.float64], source: str | None, target: str) -> NDArray[np.float64]:
    aim = label_index(target)
    if source is not None:
        gain: NDArray[np.float64] = weights[aim] - weights[label_index(source)]
        return gain
    others = [place for place in range(len(LABELS)) if place != aim]
    gain = weights[aim] - weights[others].mean(axis=0)
    return gain


def _name(leaf: AnyLeaf) -> str:
    return leaf.name if isinstance(leaf, Leaf) else str(leaf)


def _leads(study: PairStudy, units: Sequence[int], gain: NDArray[np.float64]) -> Iterator[_Lead]:
    concepts = {concept.name: concept for concept in study.vocabulary.concepts}
    for explanation in study.explain(units, report=silent):
        if explanation.best is None or not gain[explanation.unit]:
            continue
        formula = explanation.best.formula
        fires = bool(gain[explanation.unit] > 0)
        negated = [token["negated"] for token in to_tokens(formula) if token["kind"] == "leaf"]
        for leaf, under_not in zip(formula.leaves(), negated, strict=True):
            yield _Lead(explanation.unit, formula, concepts[_name(leaf)], fires, fires != under_not)


def _suggested(
    study: PairStudy,
    leads: Sequence[_Lead],
    gain: NDArray[np.float64],
    activations: NDArray[np.float32],
    samples: NDArray[np.bool_] | None,
    target: str,
) -> Iterator[SuggestedTextEdit]:
    pairs = study.pairs if samples is None else study.pairs.subset(samples)
    present: dict[EditedSide, dict[str, NDArray[np.intp]]] = {
        "premise": _pairs_of_words(pairs.premises),
        "hypothesis": _pairs_of_words(pairs.hypotheses),
    }
    tags: dict[EditedSide, dict[str, str]] = {}
    means = activations.mean(axis=1, dtype=np.float64)
    by_word: defaultdict[tuple[EditedSide, str, bool], list[_Lead]] = defaultdict(list)
    for lead in leads:
        concept = lead.concept
        if concept.kind == "overlap":
            rows = study.holds(lead.concept.leaf) if samples is None else study.holds(lead.concept.leaf)[samples]
            pull = gain[lead.unit] * _shift(activations[lead.unit], np.flatnonzero(rows), means[lead.unit])
            pull = pull if lead.holds else -pull
            if pull > 0:
                edit = TextEdit("copy" if lead.holds else "drop")
                yield _suggestion(edit, [(lead, pull)], target)
        elif concept.side != "both" and concept.kind != "length":
            side: EditedSide = concept.side
            words = concept.words
            if concept.kind == "tag":
                if side not in tags:
                    sentences = pairs.premises if side == "premise" else pairs.hypotheses
                    tags[side] = _usual_words(sentences)
                words = (tags[side][concept.tag],) if concept.tag in tags[side] else ()
            for word in words:
                if word in present[side] and any(letter.isalnum() for letter in word):
                    by_word[side, word, lead.holds].append(lead)
    kinds = _parts_of_speech(pairs.hypotheses, {word for _, word, _ in by_word})
    endings = _endings(pairs.hypotheses, {word for word, mark in kinds.items() if mark in _BEGIN_PHRASES})
    for (side, word, holds), named in by_word.items():
        parts: dict[int, tuple[_Lead, float]] = {}
        for lead in named:
            shift = _shift(activations[lead.unit], present[side][word], means[lead.unit])
            part = float(gain[lead.unit] * (shift if holds else -shift))
            if part > 0:
                parts.setdefault(lead.unit, (lead, part))
        if parts:
            for edit in _templates(side, word, holds, kinds.get(word, ""), endings.get(word, ())):
                yield _suggestion(edit, list(parts.values()), target)


def _shift(activations: NDArray[np.float32], rows: NDArray[np.intp], mean: float) -> float:
    """How much more a unit answers on average on these pairs than on all."""
    return float(activations[rows].mean(dtype=np.float64) - mean) if len(rows) else 0.0


def _suggestion(edit: TextEdit, parts: Sequence[tuple[_Lead, float]], target: str) -> SuggestedTextEdit:
    lead, _ = max(parts, key=lambda part: part[1])
    units = tuple(one.unit for one, _ in sorted(parts, key=lambda part: -part[1]))
    pull = sum(part for _, part in parts)
    name = lead.concept.name
    what = "fires" if lead.fires else "falls silent"
    where = f"where {name} {'holds' if lead.holds else 'does not hold'}"
    speaks = f"and speaks {'for' if lead.fires else 'against'} {target}"
    others = f", as {len(units) - 1} other unit{'s' if len(units) > 2 else ''} would have it" if len(units) > 1 else ""
    reason = f"Unit {lead.unit} {what} {where}, {speaks}{others}."
    return SuggestedTextEdit(edit, lead.unit, units, lead.formula, name, lead.fires, target, pull, reason)


def _templates(side: EditedSide, word: str, holds: bool, mark: str, ending: Tokens) -> Iterator[TextEdit]:
    """The edits that put a word in, or leave it out, that make the best sentences for its part of speech."""
    if not holds:
        yield TextEdit("delete", side=side, anchor=Anchor("word", word), every=True)
        return
    tokens = (word,)
    if ending:
        yield TextEdit("append", ending, side)
    if word in NEGATION_WORDS and mark.startswith(("NN", "DT")):
        yield TextEdit("prepend", tokens, side)
        if mark.startswith("NN"):
            yield TextEdit("replace", tokens, side, Anchor("subject"))
        else:
            yield TextEdit("replace", tokens, side, Anchor("tag", "DT"))
    elif mark.startswith("JJ"):
        yield TextEdit("insert", tokens, side, Anchor("tag", "NN"))
    elif mark.startswith("NN"):
        yield TextEdit("replace", tokens, side, Anchor("tag", "NN"))
        yield TextEdit("append", tokens, side)
    elif mark.startswith("VB"):
        yield TextEdit("replace", tokens, side, Anchor("tag", mark))
        yield TextEdit("append", tokens, side)
    elif mark in ("DT", "CD", "PRP$"):
        yield TextEdit("replace", tokens, side, Anchor("tag", "DT"))
        yield TextEdit("prepend", tokens, side)
    elif mark.startswith("RB"):
        yield TextEdit("insert", tokens, side, Anchor("tag", "VBZ"), after=True)
        yield TextEdit("append", tokens, side)
    elif not ending:
        yield TextEdit("append", tokens, side)


def _pairs_of_words(sentences: Sequence[tuple[str, ...]]) -> dict[str, NDArray[np.intp]]:
    """Word → the numbers of the sentences that it stands in."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, sentence in enumerate(sentences):
        for word in {word_of(token) for token in sentence}:
            found[word].append(number)
    return {word: np.array(numbers, np.intp) for word, numbers in found.items()}


_SENTENCES_TAGGED = 1_500  # enough to tell what a word mostly is; tagging all takes longer than the rest


def _usual_words(sentences: Sequence[tuple[str, ...]]) -> dict[str, str]:
    """Tag → the word that has it most often, of words of letters that are more than an article."""
    counts: Counter[tuple[str, str]] = Counter()
    chosen = sentences[:: max(1, len(sentences) // _SENTENCES_TAGGED)]
    for sentence, tags in zip(chosen, tag_sentences(chosen), strict=True):
        counts.update((mark, word_of(token)) for token, mark in zip(sentence, tags, strict=True))
    usual: dict[str, str] = {}
    for mark, word in sorted(counts, key=lambda key: (-counts[key], key)):
        if word not in SKIPPED_WORDS and any(letter.isalnum() for letter in word):
            usual.setdefault(mark, word)
    return usual


def _parts_of_speech(sentences: Sequence[tuple[str, ...]], words: Iterable[str]) -> Mapping[str, str]:
    """Word → the tag that it has most often in the sentences that it stands in, or some of them."""
    places = _pairs_of_words(sentences)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in sorted(words):
        chosen = [sentences[number] for number in places.get(word, np.empty(0, np.intp))[:12].tolist()]
        for sentence, tags in zip(chosen, tag_sentences(chosen), strict=True):
            counts[word].update(mark for token, mark in zip(sentence, tags, strict=True) if word_of(token) == word)
    return {word: min(found, key=lambda mark: (-found[mark], mark)) for word, found in counts.items() if found}


# Words of these parts of speech make sense with others behind them alone: "to lose weight", "for a contest".
_BEGIN_PHRASES = frozenset(("TO", "IN", "VB"))
_LONGEST_PHRASE = 6


def _endings(sentences: Sequence[tuple[str, ...]], words: Iterable[str]) -> dict[str, Tokens]:
    """Word → the ending that sentences with it have most often, from the word on or from the "to" before it."""
    counts: defaultdict[str, Counter[Tokens]] = defaultdict(Counter)
    sought = frozenset(words)
    for tokens in sentences:
        sentence = tokens[:-1] if tokens and tokens[-1] in FINAL_STOPS else tokens
        for place in range(max(1, len(sentence) - _LONGEST_PHRASE), len(sentence) - 1):
            word = word_of(sentence[place])
            if word in sought:
                begin = place - 1 if word_of(sentence[place - 1]) == "to" else place
                counts[word][sentence[begin:]] += 1
    return {word: min(found, key=lambda ending: (-found[ending], ending)) for word, found in counts.items()}


def _varied(found: Sequence[SuggestedTextEdit], count: int) -> list[SuggestedTextEdit]:
    """The first of them, no word and no template more often than in every third, unless nothing else is left."""
    most = max(1, -(-count // 3))
    often: Counter[object] = Counter()
    chosen: list[SuggestedTextEdit] = []
    left: list[SuggestedTextEdit] = []
    for one in found:
        keys = (("word", one.edit.put_in), ("template", one.edit.kind, one.edit.side))
        if one in chosen or any(often[key] >= most for key in keys):
            left.append(one)
            continue
        often.update(keys)
        chosen.append(one)
    return [*chosen, *left][:count]
