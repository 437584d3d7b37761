"""Explanations as every explorer's page is told of them: rows of the unit table, formulas, scores, proofs, errors.

A message is a JSON-able dictionary and a list of binary buffers. Names and formulas come from data sets: they are sent
as text, and the page shows them as text.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from compexp_widgets.data.pairs.dataset import agreement
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import AnyLeaf, Formula, FormulaSyntaxError, parse, to_tokens, without
from compexp_widgets.search import METRICS, OPERATORS, Overlap
from compexp_widgets.signatures.activation_ranges import QuantileRange
from compexp_widgets.study import Explanation, ExplanationSettings, PairStudy, Study

Message = tuple[dict[str, Any], list[bytes]]


class FormulaRequest(Protocol):
    """What a page wants to see of one unit's formula.

    Attributes
    ----------
    unit
        Number of the unit.
    settings
        How it is explained.
    formula_text
        A formula written by hand; empty for the one that the search finds.
    switched_off
        Leaves that are left out of the formula, counted from the left.
    """

    @property
    def unit(self) -> int: ...
    @property
    def settings(self) -> ExplanationSettings: ...
    @property
    def formula_text(self) -> str: ...
    @property
    def switched_off(self) -> tuple[int, ...]: ...


def category_of(study: Study, leaf: AnyLeaf) -> str:
    """The kind of concept that a leaf of a formula stands for; empty for one that the data does not have."""
    index = study.table.index_of.get(leaf)
    return "" if index is None else study.categories[index]


def chosen_formulas(
    study: Study, request: FormulaRequest, explanation: Explanation
) -> tuple[Formula | None, Formula | None]:
    """The formula that a card is about, and what is shown of it while some of its leaves are switched off.

    Raises
    ------
    FormulaSyntaxError
        When the formula written by hand cannot be read.
    """
    formula = explanation.best.formula if explanation.best else None
    if request.formula_text:
        formula = parse(request.formula_text, {leaf.name for leaf in study.table.leaves})
    shown = without(formula, request.switched_off) if formula and request.switched_off else formula
    return formula, shown


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


def row(study: Study, explanation: Explanation) -> dict[str, Any]:
    """One row of the unit table."""
    best = explanation.best
    if best is None:
        return {"unit": explanation.unit, "formula": "", "tokens": [], "iou": 0.0, "precision": 0.0, "recall": 0.0,
                "gain": 0.0, "category": "", "single": "", "proven": False, "state": explanation.state,
                "active_share": explanation.active_share}  # fmt: skip
    single = explanation.by_length[0]
    (leaf,) = single.formula.leaves()
    return {
        "unit": explanation.unit,
        **formula_message(study, best.formula),
        "formula": str(best.formula),
        "iou": best.overlap.iou,
        "precision": best.overlap.precision,
        "recall": best.overlap.recall,
        "gain": best.overlap.iou - single.overlap.iou,
        "category": category_of(study, leaf),
        "single": study.table.concepts[study.table.index_of[leaf]],
        "proven": explanation.proven_left_deep,
        "state": explanation.state,
        "active_share": explanation.active_share,
    }


def firing_message(explanation: Explanation) -> dict[str, Any]:
    """From which activation on a unit fires, at what share of all positions, and in which state it is."""
    return {
        "threshold": finite(explanation.threshold),
        "includes_threshold": explanation.includes_threshold,
        "active_share": explanation.active_share,
        "state": explanation.state,
        "silent": explanation.silent,
    }


def certificate_message(study: Study) -> dict[str, Any]:
    """What was looked at before the layer was probed: in a few words for the title, and all of it to hover."""
    seen = study.certificate
    return {"words": seen.short, "details": f"{seen}\n{seen.details}", "held": seen.held}


def proof_message(study: Study, explanation: Explanation) -> dict[str, Any]:
    """What is known at the end of a search whose best formula stands on the card already, or need not stand there."""
    return {
        "type": "proof",
        "unit": explanation.unit,
        "proof": proof_of(explanation),
        "searched": searched_message(study, explanation),
        "by_length": by_length_message(study, explanation),
    }


def proof_of(explanation: Explanation, *, searching: bool = False) -> dict[str, Any]:
    """How sure it is that the best formula is the best there is."""
    return {
        "state": "searching" if searching else "done",
        "proven": explanation.proven_left_deep,
        "bound": explanation.bound,
        "length": len(explanation.bounds),
    }


def searched_message(study: Study, explanation: Explanation) -> dict[str, Any]:
    """The formula that the search found, whatever formula is shown."""
    best = explanation.best
    return {
        **formula_message(study, best.formula if best else None),
        "iou": best.overlap.iou if best else 0.0,
    }


def by_length_message(study: Study, explanation: Explanation) -> list[dict[str, Any]]:
    """The best formula of every length, each with the bound for its own length; None where no proof was asked for."""
    bounds: Sequence[float | None] = explanation.bounds or [None] * len(explanation.by_length)
    return [
        {
            "length": length,
            **formula_message(study, found.formula),
            "iou": found.overlap.iou,
            "proven": bound == found.score,
            "bound": bound,
        }
        for length, (found, bound) in enumerate(zip(explanation.by_length, bounds, strict=False), start=1)
    ]


def formula_message(study: Study, formula: Formula | None) -> dict[str, Any]:
    """A formula as text, and as tokens with the categories of its concepts."""
    if formula is None:
        return {"text": "", "tokens": []}
    tokens = to_tokens(formula)
    leaves = formula.leaves()
    for token in tokens:
        if token["kind"] == "leaf":
            token["category"] = category_of(study, leaves[token["index"]])
    return {"text": str(formula), "tokens": tokens}


def leaves_message(
    study: Study, formula: Formula, overlap: Callable[[Formula | None], Overlap]
) -> list[dict[str, Any]]:
    """What each concept of a formula is worth: its IoU alone, and the formula's without it."""
    return [
        {
            "name": leaf.name,
            "category": category_of(study, leaf),
            "iou": overlap(leaf).iou,
            "without_iou": overlap(without(formula, [index])).iou,
        }
        for index, leaf in enumerate(formula.leaves())
    ]


def scores_message(overlap: Overlap) -> dict[str, float]:
    """The scores of a formula, and the counts that they follow from."""
    return {
        **{metric: overlap.score(metric) for metric in METRICS},
        "active": overlap.active,
        "holds": overlap.formula_count,
        "both": overlap.intersection,
    }


def error_message(error: Exception) -> dict[str, Any]:
    """What went wrong, to be shown to the person in front of the page; called while the error is handled."""
    if isinstance(error, FormulaSyntaxError):
        return {
            "type": "formula_error",
            "message": str(error),
            "problem": error.problem,
            "position": error.position,
            "suggestions": list(error.suggestions),
            "text": error.text,
        }
    if isinstance(error, CompexpError):
        return {"type": "error", "message": str(error), "detail": ""}
    return {"type": "error", "message": repr(error), "detail": traceback.format_exc()}


def finite(number: float) -> float | None:
    """A number as JSON has it, which knows no infinity."""
    return number if math.isfinite(number) else None


# Until TextLab has moved.


def labels_message(study: PairStudy) -> dict[str, Any]:
    """The network's labels, those of the data, and which of the data's say the same as which of the network's."""
    return {
        "labels": list(study.labels),
        "gold_labels": list(study.pairs.labels),
        "agreement": agreement(study.pairs.labels, study.labels).tolist(),
    }


def named_leaves(formula: Formula | None) -> list[dict[str, Any]]:
    """The leaves of a formula, left to right: how they are written, and whether an odd number of NOTs govern them."""
    tokens = to_tokens(formula) if formula else []
    return [{"name": token["text"], "negated": token["negated"]} for token in tokens if token["kind"] == "leaf"]


def pair_label(settings: ExplanationSettings) -> str:
    """The settings in a few words, for a heading."""
    firing = settings.firing
    return settings_label(f"largest {firing.low:.3g}" if isinstance(firing, QuantileRange) else "above 0", settings)


def pair_row(study: PairStudy, explanation: Explanation) -> dict[str, Any]:
    """One row of the unit table."""
    return {
        **row(study, explanation),
        "active": explanation.active,
        "share": explanation.active_share,
        "silent": explanation.silent,
    }
