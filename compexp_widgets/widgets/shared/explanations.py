"""Explanations as messages: how a page is told of formulas, cards, rows, proofs and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from compexp_widgets.formula import AnyLeaf, Formula, to_tokens, without
from compexp_widgets.search import METRICS, OPERATORS, Overlap
from compexp_widgets.study import Evidence, Explanation, ExplanationSettings, Study
from compexp_widgets.study.explanation import UnitActivity
from compexp_widgets.study.gallery import Gallery, galleries
from compexp_widgets.widgets.kernel.messages import finite
from compexp_widgets.widgets.shared.messages import (
    CardFormula,
    CardSettings,
    CertificatePart,
    EvidenceMessage,
    FormulaOfLength,
    FormulaPart,
    HeldOutPart,
    LeafScore,
    Proof,
    ProofState,
    Scores,
    SearchedFormula,
    ShownFormula,
    Token,
)


def category_of(study: Study, leaf: AnyLeaf) -> str:
    """The kind of concept that a leaf of a formula stands for; empty for one that the data does not have."""
    index = study.table.index_of.get(leaf)
    return "" if index is None else study.categories[index]


def text_of(formula: Formula | None) -> str:
    """A formula as text; empty for none."""
    return str(formula) if formula else ""


def formula_fields(study: Study, formula: Formula | None) -> dict[str, Any]:
    """The fields of a `FormulaPart`."""
    tokens = to_tokens(formula) if formula else []
    leaves = formula.leaves() if formula else ()
    for token in tokens:
        if token["kind"] == "leaf":
            token["category"] = category_of(study, leaves[token["index"]])
    return {"text": text_of(formula), "tokens": msgspec.convert(tokens, list[Token])}


def formula_part(study: Study, formula: Formula | None) -> FormulaPart:
    """A formula as text and as tokens."""
    return FormulaPart(**formula_fields(study, formula))


@dataclass(frozen=True, eq=False)
class CardSubject:
    """Everything that a card tells of, whatever its samples are.

    Attributes
    ----------
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
        """The subject of a card; of an explanation that may still be searched for."""
        unit = asked.unit
        activity = study.activity(unit, settings.firing)
        active = int(activity.counts.by_signature().sum())
        formula = explanation.best.formula if explanation.best else None
        if asked.formula_text:
            formula = study.table.formula(asked.formula_text)
        off = sorted(set(asked.switched_off))
        shown = without(formula, off) if formula and off else formula

        def overlap(part: Formula | None) -> Overlap:
            return Overlap(active, 0, 0) if part is None else study.overlap(part, unit, settings.firing)

        counted = overlap(shown)
        fields = {
            **search_fields(study, explanation, searching=searching),
            "threshold": finite(explanation.threshold),
            "includes_threshold": explanation.limits.includes_low,
            "active_share": explanation.active_share,
            "state": explanation.state,
            "silent": explanation.silent,
            "formula": CardFormula(
                **formula_fields(study, formula), edited=bool(asked.formula_text), length=len(formula or ())
            ),
            "shown": ShownFormula(text=text_of(shown)),
            "scores": Scores(
                **{metric: counted.score(metric) for metric in METRICS},
                active=counted.active,
                holds=counted.formula_count,
                both=counted.intersection,
            ),
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


def search_fields(study: Study, explanation: Explanation, *, searching: bool = False) -> dict[str, Any]:
    """The search's result and its certainty: the fields that a `CardMessage` and a `Proof` have in common."""
    best = explanation.best
    bounds = explanation.bounds or [None] * len(explanation.by_length)
    return {
        "unit": explanation.unit,
        "proof": proof_state(explanation, searching=searching),
        "searched": SearchedFormula(
            **formula_fields(study, best.formula if best else None), iou=best.overlap.iou if best else 0.0
        ),
        "by_length": [
            FormulaOfLength(
                **formula_fields(study, found.formula),
                length=length,
                iou=found.overlap.iou,
                proven=bound == found.score,
                bound=bound,
            )
            for length, (found, bound) in enumerate(zip(explanation.by_length, bounds, strict=False), start=1)
        ],
    }


def proof(study: Study, explanation: Explanation, seconds: float | None = None) -> Proof:
    """The message at the end of a search."""
    return Proof(**search_fields(study, explanation), seconds=seconds)


def proof_state(explanation: Explanation, *, searching: bool = False) -> ProofState:
    """The certainty that the best formula is the best there is."""
    return ProofState(
        state="searching" if searching else "done",
        proven=explanation.proven_left_deep,
        bound=explanation.bound,
        length=len(explanation.bounds),
    )


def settings_label(firing: str, settings: ExplanationSettings) -> str:
    """The settings in a few words, for a heading; `firing` says which activations count."""
    search = settings.search
    words = [firing, f"length {search.max_length}", f"beam {search.beam_size}"]
    if search.metric != "iou":
        words.append(search.metric)
    if search.operators != OPERATORS:
        words.append(", ".join(search.operators) or "single concepts")
    if settings.only:
        words.append("only " + ", ".join(settings.only))
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
        **formula_fields(study, best.formula),
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
    """The checks made before the layer was probed."""
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


def evidence_message(found: Evidence, q_value: float | None) -> EvidenceMessage:
    """Evidence for the formula of a unit; `q_value` is None where not all units were tested."""
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
