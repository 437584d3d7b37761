"""Edits read off the formulas of units: what to put in or leave out so that units fire, or fall silent, for a label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.text.edits import Anchor, EditedSide, TextEdit
from compexp_widgets.adversarial.text.evaluation import label_index
from compexp_widgets.adversarial.text.sentences import (
    is_word,
    sentences_of_words,
    usual_endings,
    usual_tags,
    usual_words,
)
from compexp_widgets.argument_types import checked
from compexp_widgets.concepts.lexicon import NEGATION_WORDS, LexicalConcept
from compexp_widgets.data.pairs.dataset import Tokens
from compexp_widgets.errors import EditError
from compexp_widgets.formula import Formula, Leaf, to_tokens
from compexp_widgets.listing import Listing
from compexp_widgets.notebook_html import Row, fields_html
from compexp_widgets.progress import silent
from compexp_widgets.short_text import brief_repr
from compexp_widgets.study import PairStudy
from compexp_widgets.study.given import AnyPairStudy, as_study

UNITS_OF_A_PAIR = 24
"""So many units are asked where a pair of labels is given and no unit."""


@dataclass(frozen=True)
class FormulaTextEdit:
    """An edit that the formulas of `units` suggest, and the reason in a sentence.

    `unit` has the largest part in it, and `formula` is its own; `leaf` is the concept in it that the edit makes true or
    false, as the formula writes it, so that the unit fires, or falls silent (`fires`), and the network answers
    `expected`. `pull` is by how much the logit of that label is to rise against the source's, judged by the probe set:
    the sum over `units` of weight times the difference in mean activation between pairs with and without the concept.
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

    __repr__ = brief_repr
    _table_name_: ClassVar[str] = "edit"
    _table_heads_: ClassVar[tuple[list[str], list[str]]] = (["edit", "why"], ["unit"])

    def _table_row_(self) -> Row:
        return [self.edit.description, self.reason], [str(self.unit)], None

    _repr_html_ = fields_html


@dataclass(frozen=True)
class _Lead:
    """One leaf of one unit's formula: what is to be made true, or false, and what the label gains by it."""

    unit: int
    formula: Formula
    concept: LexicalConcept
    fires: bool  # whether the unit is to fire
    holds: bool  # whether the concept is to hold


@checked(EditError)
def edits_from_formula(
    study: AnyPairStudy,
    unit: int | None = None,
    *,
    source: str | None = None,
    target: str | None = None,
    count: int = 12,
    samples: NDArray[np.bool_] | None = None,
) -> Listing[FormulaTextEdit]:
    """Edits that formulas suggest to lead the network to a label.

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
    study = as_study(study, PairStudy)
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
            others[label_index(source, study.labels)] = -np.inf
        target = study.labels[int(others.argmax())]
    gain = _difference(weights, source, target, study.labels)
    taken = np.ones(study.samples, np.bool_) if samples is None else np.asarray(samples, np.bool_)
    evidence = _Evidence(study, gain, np.asarray(study.units.values)[:, taken], taken)
    if unit is None:
        strength = np.abs(gain) * evidence.means
        chosen = np.argsort(-strength, kind="stable")[:UNITS_OF_A_PAIR].tolist()
    else:
        chosen = study.checked_units(unit)
    leads = [
        _Lead(unit, formula, concept, bool(gain[unit] > 0), bool(gain[unit] > 0) != under_not)
        for unit, formula, concept, under_not in _leaves(study, chosen)
        if gain[unit]
    ]
    found = list(_suggested(evidence, leads, target))
    found.sort(key=lambda one: (-one.pull, one.edit.description))
    return Listing(_varied(found, count))


def unit_weights(study: PairStudy) -> NDArray[np.float64]:
    """The weight of each unit for each label: float64, shape (labels, units).

    The weights of the last layer where the study knows them; else the slope of each logit, its mean over the labels
    taken off, over the unit's activation: what a straight line through the probe set makes of them.
    """
    if study.class_weights is not None:
        return study.class_weights.astype(np.float64)
    activations = np.asarray(study.units.values, np.float64)
    centred = activations - activations.mean(axis=1, keepdims=True)
    logits = study.logits.astype(np.float64) - study.logits.mean(axis=1, keepdims=True)
    squares = (centred**2).sum(axis=1)
    slopes: NDArray[np.float64] = (centred @ logits / np.where(squares > 0, squares, 1)[:, None]).T
    return slopes


def words_and_tags(study: PairStudy, units: Iterable[int], side: EditedSide) -> tuple[frozenset[str], frozenset[str]]:
    """The words and the parts of speech that formulas of units name on a side, and not under NOT."""
    named = [concept for _, _, concept, under_not in _leaves(study, units) if concept.side == side and not under_not]
    words = frozenset(word for concept in named for word in concept.words)
    return words, frozenset(concept.tag for concept in named) - {""}


def _leaves(study: PairStudy, units: Iterable[int]) -> Iterator[tuple[int, Formula, LexicalConcept, bool]]:
    """Unit, formula and concept of every leaf of the units' formulas, and whether it is under NOT."""
    concepts = {concept.name: concept for concept in study.vocabulary.concepts}
    for explanation in study.explain(list(units), report=silent):
        if explanation.best:
            formula = explanation.best.formula
            negated = [token["negated"] for token in to_tokens(formula) if token["kind"] == "leaf"]
            for leaf, under_not in zip(formula.leaves(), negated, strict=True):
                name = leaf.name if isinstance(leaf, Leaf) else str(leaf)
                yield explanation.unit, formula, concepts[name], under_not


def _difference(
    weights: NDArray[np.float64], source: str | None, target: str, labels: Sequence[str]
) -> NDArray[np.float64]:
    aim = label_index(target, labels)
    others = (
        [place for place in range(len(labels)) if place != aim] if source is None else [label_index(source, labels)]
    )
    gain: NDArray[np.float64] = weights[aim] - weights[others].mean(axis=0)
    return gain


@dataclass(frozen=True)
class _Evidence:
    """The probe set's evidence about the units that are asked."""

    study: PairStudy
    gain: NDArray[np.float64]
    activations: NDArray[np.float32]
    samples: NDArray[np.bool_]

    @cached_property
    def sentences(self) -> dict[EditedSide, tuple[Tokens, ...]]:
        pairs = self.study.pairs.subset(self.samples)
        return {"premise": pairs.premises, "hypothesis": pairs.hypotheses}

    @cached_property
    def places(self) -> dict[EditedSide, dict[str, NDArray[np.intp]]]:
        return {side: sentences_of_words(sentences) for side, sentences in self.sentences.items()}

    @cached_property
    def means(self) -> NDArray[np.float64]:
        means: NDArray[np.float64] = self.activations.mean(axis=1, dtype=np.float64)
        return means

    def pull(self, lead: _Lead, rows: NDArray[np.intp]) -> float:
        """The label's gain where the lead is followed: 0 or below where the data speak against it."""
        if not len(rows):
            return 0.0
        shift = float(self.activations[lead.unit, rows].mean(dtype=np.float64) - self.means[lead.unit])
        return float(self.gain[lead.unit]) * (shift if lead.holds else -shift)

    def words(self, lead: _Lead, usual: Mapping[EditedSide, Mapping[str, str]]) -> list[tuple[EditedSide, str]]:
        """The words that are to be put in or left out, those that stand in the data."""
        concept = lead.concept
        if concept.side == "both" or concept.kind == "length":
            return []
        side: EditedSide = concept.side
        words = concept.words or ((usual[side][concept.tag],) if concept.tag in usual[side] else ())
        return [(side, word) for word in words if word in self.places[side] and is_word(word)]


def _suggested(evidence: _Evidence, leads: Sequence[_Lead], target: str) -> Iterator[FormulaTextEdit]:
    usual = {side: usual_words(sentences) for side, sentences in evidence.sentences.items()}
    by_word: defaultdict[tuple[EditedSide, str, bool], dict[int, tuple[_Lead, float]]] = defaultdict(dict)
    by_overlap: defaultdict[bool, dict[int, tuple[_Lead, float]]] = defaultdict(dict)
    for lead in leads:
        if lead.concept.kind == "overlap":
            rows = np.flatnonzero(evidence.study.holds(lead.concept.leaf)[evidence.samples])
            if (pull := evidence.pull(lead, rows)) > 0:
                by_overlap[lead.holds].setdefault(lead.unit, (lead, pull))
        for side, word in evidence.words(lead, usual):
            if (pull := evidence.pull(lead, evidence.places[side][word])) > 0:
                by_word[side, word, lead.holds].setdefault(lead.unit, (lead, pull))
    for holds, parts in by_overlap.items():
        yield _suggestion(TextEdit("copy" if holds else "drop"), list(parts.values()), target)
    for side in evidence.sentences:
        sentences, put_in = evidence.sentences[side], {word for one, word, holds in by_word if holds and one == side}
        kinds = usual_tags(sentences, put_in)
        endings = usual_endings(sentences, {word for word, mark in kinds.items() if mark in _BEGIN_PHRASES})
        for (one, word, holds), parts in by_word.items():
            if one == side:
                for edit in _templates(side, word, holds, kinds.get(word, ""), endings.get(word, ())):
                    yield _suggestion(edit, list(parts.values()), target)


def _suggestion(edit: TextEdit, parts: Sequence[tuple[_Lead, float]], target: str) -> FormulaTextEdit:
    lead, _ = max(parts, key=lambda part: part[1])
    units = tuple(one.unit for one, _ in sorted(parts, key=lambda part: -part[1]))
    pull = sum(part for _, part in parts)
    name = lead.concept.name
    what = "fires" if lead.fires else "falls silent"
    where = f"where {name} {'holds' if lead.holds else 'does not hold'}"
    speaks = f"and speaks {'for' if lead.fires else 'against'} {target}"
    others = f", as {len(units) - 1} other unit{'s' if len(units) > 2 else ''} would have it" if len(units) > 1 else ""
    reason = f"Unit {lead.unit} {what} {where}, {speaks}{others}."
    return FormulaTextEdit(edit, lead.unit, units, lead.formula, name, lead.fires, target, pull, reason)


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
        yield TextEdit("replace", tokens, side, Anchor("subject") if mark.startswith("NN") else Anchor("tag", "DT"))
    elif mark.startswith("JJ"):
        yield TextEdit("insert", tokens, side, Anchor("tag", "NN"))
    elif mark.startswith(("NN", "VB")):
        yield TextEdit("replace", tokens, side, Anchor("tag", "NN" if mark.startswith("NN") else mark))
        yield TextEdit("append", tokens, side)
    elif mark in ("DT", "CD", "PRP$"):
        yield TextEdit("replace", tokens, side, Anchor("tag", "DT"))
        yield TextEdit("prepend", tokens, side)
    elif mark.startswith("RB"):
        yield TextEdit("insert", tokens, side, Anchor("tag", "VBZ"), after=True)
        yield TextEdit("append", tokens, side)
    elif not ending:
        yield TextEdit("append", tokens, side)


# Words of these parts of speech make sense with others behind them alone: "to lose weight", "for a contest".
_BEGIN_PHRASES = frozenset(("TO", "IN", "VB"))


def _varied(found: Sequence[FormulaTextEdit], count: int) -> list[FormulaTextEdit]:
    """The first of them, no word and no template more often than in every third, unless nothing else is left."""
    most = max(1, -(-count // 3))
    often: Counter[object] = Counter()
    chosen: list[FormulaTextEdit] = []
    left: list[FormulaTextEdit] = []
    for one in found:
        keys = (("word", one.edit.put_in), ("template", one.edit.kind, one.edit.side))
        if one in chosen or any(often[key] >= most for key in keys):
            left.append(one)
            continue
        often.update(keys)
        chosen.append(one)
    return [*chosen, *left][:count]
