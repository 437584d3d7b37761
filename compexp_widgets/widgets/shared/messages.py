"""What every explorer's page asks and is told: settings, rows of the unit table, formulas, scores, proofs, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from compexp_widgets.analysis.gallery import Gallery, galleries
from compexp_widgets.formula import AnyLeaf, Formula, parse, to_tokens, without
from compexp_widgets.search import METRICS, OPERATORS, Metric, Operator, Overlap
from compexp_widgets.study import Evidence, Explanation, ExplanationSettings, Study
from compexp_widgets.study.explanation import UnitState
from compexp_widgets.study.units import UnitActivity
from compexp_widgets.widgets.kernel.messages import Fields, Message, Part, Request, finite

Share: TypeAlias = Annotated[float, Meta(gt=0, lt=1)]


class Hello(Request, tag="hello"):
    """The first message of a page."""


class CardSettings(Fields, kw_only=True):
    """What a card depends on: the traits of an explorer.

    Attributes
    ----------
    unit
        Number of the unit.
    quantile
        Share of activations that count as firing.
    formula_text
        A formula written by hand; empty for the one that the search finds.
    switched_off
        Leaves that are left out of the formula, counted from the left.
    gallery
        Which samples are shown.
    """

    unit: Annotated[int, Meta(ge=0)]
    quantile: Share
    max_length: Annotated[int, Meta(ge=1, le=10)]
    beam_size: Annotated[int, Meta(ge=1, le=100)]
    operators: tuple[Operator, ...]
    metric: Metric
    excluded_categories: tuple[str, ...] = ()
    formula_text: str = ""
    switched_off: tuple[int, ...] = ()
    gallery: Gallery = "fires"


class LeafToken(Part, tag_field="kind", tag="leaf"):
    """A concept within a formula.

    Attributes
    ----------
    index
        Counts leaves from the left.
    text, name
        As the formula writes it, and as the data does.
    category
        The kind of concept; empty for one that the data does not have.
    """

    index: int
    text: str
    name: str
    category: str = ""


class OperatorToken(Part, tag_field="kind", tag="operator"):
    """AND, OR, AND NOT, OR NOT or NOT."""

    text: str


class ParenthesisToken(Part, tag_field="kind", tag="paren"):
    """An opening or closing parenthesis."""

    text: str


Token: TypeAlias = LeafToken | OperatorToken | ParenthesisToken


class FormulaPart(Part):
    """A formula as text, and as tokens in reading order; both empty where there is none."""

    text: str
    tokens: list[Token]


class CardFormula(FormulaPart):
    """The formula that a card is about.

    Attributes
    ----------
    edited
        Whether it was written by hand.
    length
        How many leaves it has.
    """

    edited: bool
    length: int


class ShownFormula(Part):
    """What is left of a card's formula without the leaves that are switched off."""

    text: str


class SearchedFormula(FormulaPart):
    """The formula that the search found, whatever formula is shown."""

    iou: float


class FormulaOfLength(FormulaPart):
    """The best formula with at most so many concepts.

    Attributes
    ----------
    bound
        What no formula of this length exceeds; None where no proof was asked for.
    """

    length: int
    iou: float
    proven: bool
    bound: float | None


class Row(FormulaPart, kw_only=True):
    """One row of the unit table.

    Attributes
    ----------
    gain
        IoU beyond that of the best single concept.
    category, single
        Of the best single concept: its kind, and its name.
    """

    unit: int
    formula: str
    iou: float = 0.0
    precision: float = 0.0
    recall: float = 0.0
    gain: float = 0.0
    category: str = ""
    single: str = ""
    proven: bool = False
    state: UnitState
    active_share: float


class Rows(Message, tag="rows"):
    """Rows of the unit table as units are explained.

    Attributes
    ----------
    filling
        The number of the filling, from 1: of one that another took the place of, rows may still be on their way.
    cancelled
        Whether it ended before all units were explained.
    label
        The settings in a few words.
    """

    rows: Sequence[Row]
    done: int
    total: int
    seconds_left: float | None
    filling: int
    cancelled: bool
    label: str


class CertificatePart(Part):
    """What was looked at before the layer was probed: in a few words for the title, and all of it to hover."""

    words: str
    details: str


class NamedConcept(Part):
    """A concept of the data."""

    name: str
    category: str


class StudyMessage(Message, tag="study", kw_only=True):
    """What a page needs to know of its study.

    Attributes
    ----------
    units, unit_names
        Numbers of the units; their names, where they have any.
    categories
        The kinds of concepts.
    table_label
        The settings of the unit table in a few words.
    rows
        Of the unit table, as far as they are known.
    """

    title: str
    subtitle: str
    certificate: CertificatePart
    units: list[int]
    unit_names: list[str]
    concepts: Sequence[NamedConcept]
    categories: list[str]
    operators: tuple[Operator, ...] = OPERATORS
    defaults: SearchDefaults
    table_label: str
    rows: Sequence[Row]


class SearchDefaults(Part, kw_only=True):
    """The settings of the unit table."""

    quantile: float
    max_length: int
    beam_size: int
    operators: tuple[str, ...]
    metric: str


class ProofState(Part):
    """How sure it is that the best formula is the best there is.

    Attributes
    ----------
    bound
        What no formula exceeds; None where no proof was asked for.
    length
        Up to how many concepts that holds.
    """

    state: Literal["searching", "done"]
    proven: bool
    bound: float | None
    length: int


class Proof(Message, tag="proof"):
    """What is known at the end of a search whose best formula stands on the card already, or need not stand there.

    Attributes
    ----------
    seconds
        How long the search went on after its first answer.
    """

    unit: int
    proof: ProofState
    searched: SearchedFormula
    by_length: list[FormulaOfLength]
    seconds: float | None = None


class Scores(Part):
    """The scores of a formula, and the counts of positions that they follow from."""

    iou: float
    precision: float
    recall: float
    f1: float
    active: int
    holds: int
    both: int


class LeafScore(Part):
    """What a concept of a formula is worth: its IoU alone, and the formula's without it."""

    name: str
    category: str
    iou: float
    without_iou: float


class HeldOutPart(Part):
    """What a search on one part of the samples finds, and how that does there and on the other part."""

    text: str
    searched_iou: float
    held_out_iou: float


class EvidenceMessage(Message, tag="evidence"):
    """What speaks for the formula of a unit.

    Attributes
    ----------
    found
        Whether there is a formula; else the rest is None.
    q_value
        None where not all units were tested.
    samples, exceedances, null_mean
        How many null samples were drawn, how many scored as high, and the mean of their scores.
    interval
        Lower and upper end of the formula's IoU.
    """

    unit: int
    found: bool
    held_out: HeldOutPart | None = None
    p_value: float | None = None
    q_value: float | None = None
    samples: int | None = None
    exceedances: int | None = None
    null_mean: float | None = None
    interval: tuple[float, float] | None = None


class CardMessage(Message, tag="card", kw_only=True):
    """The card of one unit, as every explorer shows it.

    Attributes
    ----------
    threshold, includes_threshold
        The activation above which the unit fires, and whether it fires there too.
    silent
        Whether it is not explained.
    max_activation
        The unit's largest activation.
    evidence
        As far as it is known already.
    seconds
        How long the answer took.
    """

    unit: int
    threshold: float | None
    includes_threshold: bool
    active_share: float
    state: UnitState
    silent: bool
    max_activation: float | None
    proof: ProofState
    formula: CardFormula
    shown: ShownFormula
    scores: Scores
    searched: SearchedFormula
    by_length: list[FormulaOfLength]
    leaves: list[LeafScore]
    evidence: EvidenceMessage | None = None
    seconds: float | None = None


def category_of(study: Study, leaf: AnyLeaf) -> str:
    """The kind of concept that a leaf of a formula stands for; empty for one that the data does not have."""
    index = study.table.index_of.get(leaf)
    return "" if index is None else study.categories[index]


def tokens_of(study: Study, formula: Formula | None) -> list[Token]:
    """The pieces of a formula in reading order."""
    if formula is None:
        return []
    tokens = to_tokens(formula)
    leaves = formula.leaves()
    for token in tokens:
        if token["kind"] == "leaf":
            token["category"] = category_of(study, leaves[token["index"]])
    return msgspec.convert(tokens, list[Token])


def formula_part(study: Study, formula: Formula | None) -> FormulaPart:
    """A formula as text and as tokens."""
    return FormulaPart(text=text_of(formula), tokens=tokens_of(study, formula))


def text_of(formula: Formula | None) -> str:
    """A formula as text; empty for none."""
    return str(formula) if formula else ""


@dataclass(frozen=True, eq=False)
class CardSubject:
    """What a card is about.

    Attributes
    ----------
    unit, settings
        The unit, and how it is explained.
    activity
        Where it fires.
    shown
        The formula, without the leaves that are switched off.
    ranked
        The samples of each gallery, best first.
    fields
        Those of a `CardMessage` but for the largest activation.
    """

    unit: int
    settings: ExplanationSettings
    activity: UnitActivity
    shown: Formula | None
    ranked: dict[Gallery, NDArray[np.intp]]
    fields: dict[str, Any]

    @staticmethod
    def of(
        study: Study,
        settings: ExplanationSettings,
        asked: CardSettings,
        explanation: Explanation,
        *,
        searching: bool = False,
    ) -> CardSubject:
        """What a page asks to see of an explanation that may still be searched for.

        Raises
        ------
        FormulaSyntaxError
            When the formula written by hand cannot be read.
        """
        unit = asked.unit
        activity = study.activity(unit, settings.firing)
        active = int(activity.counts.by_signature().sum())
        formula = explanation.best.formula if explanation.best else None
        if asked.formula_text:
            formula = parse(asked.formula_text, {leaf.name for leaf in study.table.leaves})
        off = sorted(set(asked.switched_off))
        shown = without(formula, off) if formula and off else formula

        def overlap(part: Formula | None) -> Overlap:
            return Overlap(active, 0, 0) if part is None else study.overlap(part, unit, settings.firing)

        counted = overlap(shown)
        fields = {
            "unit": unit,
            "threshold": finite(explanation.threshold),
            "includes_threshold": explanation.includes_threshold,
            "active_share": explanation.active_share,
            "state": explanation.state,
            "silent": explanation.silent,
            "proof": proof_state(explanation, searching=searching),
            "formula": CardFormula(
                text=text_of(formula),
                tokens=tokens_of(study, formula),
                edited=bool(asked.formula_text),
                length=len(formula or ()),
            ),
            "shown": ShownFormula(text=text_of(shown)),
            "scores": Scores(
                **{metric: counted.score(metric) for metric in METRICS},
                active=counted.active,
                holds=counted.formula_count,
                both=counted.intersection,
            ),
            "searched": searched_formula(study, explanation),
            "by_length": formulas_by_length(study, explanation),
            "leaves": [
                LeafScore(
                    name=leaf.name,
                    category=category_of(study, leaf),
                    iou=overlap(leaf).iou,
                    without_iou=overlap(without(formula, [index])).iou,
                )
                for index, leaf in enumerate(formula.leaves() if formula else ())
                if formula
            ],
        }
        return CardSubject(unit, settings, activity, shown, galleries(study, unit, activity, shown), fields)


def settings_label(firing: str, settings: ExplanationSettings) -> str:
    """The settings in a few words, for a heading; `firing` says which activations count."""
    search = settings.search
    words = [firing, f"length {search.max_length}", f"beam {search.beam_size}"]
    if search.metric != "iou":
        words.append(search.metric)
    if search.operators != OPERATORS:
        words.append(", ".join(search.operators) or "single concepts")
    if settings.exclude:
        words.append("without " + ", ".join(settings.exclude))
    return " · ".join(words)


def row_fields(study: Study, explanation: Explanation) -> dict[str, Any]:
    """The fields of a `Row`."""
    best = explanation.best
    state = {"unit": explanation.unit, "state": explanation.state, "active_share": explanation.active_share}
    if best is None:
        return {**state, "text": "", "tokens": [], "formula": ""}
    single = explanation.by_length[0]
    (leaf,) = single.formula.leaves()
    return {
        **state,
        "text": str(best.formula),
        "tokens": tokens_of(study, best.formula),
        "formula": str(best.formula),
        "iou": best.overlap.iou,
        "precision": best.overlap.precision,
        "recall": best.overlap.recall,
        "gain": best.overlap.iou - single.overlap.iou,
        "category": category_of(study, leaf),
        "single": study.table.concepts[study.table.index_of[leaf]],
        "proven": explanation.proven_left_deep,
    }


def certificate(study: Study) -> CertificatePart:
    """What was looked at before the layer was probed."""
    seen = study.certificate
    return CertificatePart(words=seen.short, details=f"{seen}\n{seen.details}")


def study_fields(study: Study) -> dict[str, Any]:
    """The fields of a `StudyMessage` but for the subtitle and the rows."""
    about = study.configuration
    return {
        "title": f"{about.network} · {about.layer}",
        "certificate": certificate(study),
        "units": list(range(study.units.count)),
        "unit_names": list(about.unit_names),
        "categories": list(dict.fromkeys(study.categories)),
    }


def search_defaults(settings: ExplanationSettings) -> dict[str, Any]:
    """The fields of `SearchDefaults` but for the quantile."""
    search = settings.search
    return {
        "max_length": search.max_length,
        "beam_size": search.beam_size,
        "operators": search.operators,
        "metric": search.metric,
    }


def proof(study: Study, explanation: Explanation, seconds: float | None = None) -> Proof:
    """What is known at the end of a search."""
    return Proof(
        unit=explanation.unit,
        proof=proof_state(explanation),
        searched=searched_formula(study, explanation),
        by_length=formulas_by_length(study, explanation),
        seconds=seconds,
    )


def proof_state(explanation: Explanation, *, searching: bool = False) -> ProofState:
    """How sure it is that the best formula is the best there is."""
    return ProofState(
        state="searching" if searching else "done",
        proven=explanation.proven_left_deep,
        bound=explanation.bound,
        length=len(explanation.bounds),
    )


def searched_formula(study: Study, explanation: Explanation) -> SearchedFormula:
    """The formula that the search found."""
    best = explanation.best
    formula = best.formula if best else None
    return SearchedFormula(
        text=text_of(formula), tokens=tokens_of(study, formula), iou=best.overlap.iou if best else 0.0
    )


def formulas_by_length(study: Study, explanation: Explanation) -> list[FormulaOfLength]:
    """The best formula of every length, each with the bound for its own length."""
    bounds: Sequence[float | None] = explanation.bounds or [None] * len(explanation.by_length)
    return [
        FormulaOfLength(
            text=str(found.formula),
            tokens=tokens_of(study, found.formula),
            length=length,
            iou=found.overlap.iou,
            proven=bound == found.score,
            bound=bound,
        )
        for length, (found, bound) in enumerate(zip(explanation.by_length, bounds, strict=False), start=1)
    ]


def evidence_message(found: Evidence, q_value: float | None) -> EvidenceMessage:
    """What speaks for the formula of a unit; `q_value` is None where not all units were tested."""
    if found.formula is None:
        return EvidenceMessage(unit=found.unit, found=False)
    return EvidenceMessage(
        unit=found.unit,
        found=True,
        held_out=HeldOutPart(
            text=text_of(found.apart.formula),
            searched_iou=found.apart.searched.iou,
            held_out_iou=found.held_out_iou,
        ),
        p_value=found.p_value,
        q_value=q_value,
        samples=found.null.samples,
        exceedances=found.null.exceedances,
        null_mean=found.null.mean,
        interval=found.interval,
    )
