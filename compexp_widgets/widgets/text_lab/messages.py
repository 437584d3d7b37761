"""What TextLab's page is told: the study, and a pair before and after an edit, with the units that the edit moved.

A message is a JSON-able dictionary. Sentences, names and formulas come from data sets: they are sent as text, and the
page shows them as text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import Formula
from compexp_widgets.study import Explanation, PairStudy
from compexp_widgets.widgets.kernel.page_requests import PageRequest
from compexp_widgets.widgets.shared.explanation_messages import (
    certificate_message,
    finite,
    formula_message,
    labels_message,
    named_leaves,
    pair_label,
)
from compexp_widgets.widgets.shared.pair_reader import PairReader, ReadPair, unknown_message

# Units that are told of one by one; the others are counted.
MOST_UNITS = 24

Sentences = tuple[str, str]
"""Premise and hypothesis, as a person reads them."""


@dataclass(frozen=True)
class TextRequest:
    """What stands on the page.

    Attributes
    ----------
    source, target
        Indices into the study's labels.
    unit
        The chosen unit; None for all.
    pair
        Which pair of the data was edited; None where it was typed.
    original, edited
        The sentences before and after.
    """

    source: int
    target: int
    unit: int | None
    pair: int | None
    original: Sentences
    edited: Sentences


def text_request(study: PairStudy, content: PageRequest) -> TextRequest:
    """Read what the page sends with its questions.

    Raises
    ------
    CompexpError
        When a value is missing or out of range.
    """
    try:
        unit, pair = (None if content[name] is None else int(content[name]) for name in ("unit", "pair"))
        (old_premise, old_hypothesis), (premise, hypothesis) = content["original"], content["edited"]
        request = TextRequest(
            study.labels.index(content["source"]),
            study.labels.index(content["target"]),
            unit,
            pair,
            (str(old_premise), str(old_hypothesis)),
            (str(premise), str(hypothesis)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CompexpError(f"the page sent a request that cannot be read: {error!r}") from error
    if request.source == request.target:
        raise CompexpError(f"an edit leads from one label to another, not from {content['source']} to itself")
    if unit is not None:
        study.checked_units(unit)
    if pair is not None and not 0 <= pair < len(study.pairs):
        raise CompexpError(f"there is no pair {pair}: the data has {len(study.pairs):,}")
    return request


def text_study_message(study: PairStudy, rows: list[dict[str, Any]], rules: list[dict[str, str]]) -> dict[str, Any]:
    """The study's title, the units' weights to the labels, the rows of the units that are explained, and the rules.

    Parameters
    ----------
    rules
        Of keeping the true label: ``name`` and ``sentence`` of each.
    """
    about = study.configuration
    weights = study.class_weights
    return {
        "type": "study",
        "title": f"{about.network} · {about.layer}",
        "certificate": certificate_message(study),
        "subtitle": f"{PurePath(study.pairs.source).name} · {len(study.pairs):,} pairs · {study.units.count:,} units",
        "units": list(range(study.units.count)),
        "categories": list(dict.fromkeys(study.categories)),
        "pairs": len(study.pairs),
        **labels_message(study),
        "predicted": np.bincount(study.predicted, minlength=len(study.labels)).tolist(),
        "class_weights": None if weights is None else np.round(weights.astype(np.float64), 4).tolist(),
        "rules": rules,
        "table_label": pair_label(study.default_settings),
        "rows": rows,
    }


@dataclass(frozen=True, eq=False)
class UnitFormula:
    """What a look tells of a unit's formula, made once.

    Attributes
    ----------
    formula
        The best one; None where there is none, or none is known yet.
    explained
        Whether the unit has been explained.
    message
        The formula as text and tokens.
    leaves
        How its leaves are written, and whether NOT governs them.
    concepts
        The indices of their concepts.
    """

    formula: Formula | None
    explained: bool
    message: dict[str, Any]
    leaves: tuple[dict[str, Any], ...] = ()
    concepts: tuple[int, ...] = ()

    @staticmethod
    def of(study: PairStudy, explanation: Explanation | None) -> UnitFormula:
        """The formula of an explanation; None for a unit that is not explained yet."""
        formula = explanation.best.formula if explanation and explanation.best else None
        return UnitFormula(
            formula,
            explanation is not None,
            formula_message(study, formula),
            tuple(named_leaves(formula)),
            tuple(study.table.index_of[leaf] for leaf in (formula.leaves() if formula else ())),
        )

    def held(self, pair: ReadPair) -> list[bool]:
        """Which of its leaves hold for a pair."""
        return [concept in pair.holding for concept in self.concepts]


def look_message(
    study: PairStudy,
    reader: PairReader,
    formula_of: Callable[[int], UnitFormula],
    request: TextRequest,
    before: ReadPair,
    after: ReadPair,
) -> dict[str, Any]:
    """What the network says of a pair before and after an edit, and which units the edit moved.

    Parameters
    ----------
    formula_of
        Unit → its formula.
    """
    firing = study.default_settings.firing
    fires = [reader.fires(pair, firing) for pair in (before, after)]
    edited = (before.premise, before.hypothesis) != (after.premise, after.hypothesis)
    push = unit_pushes(study, request, before, after if edited else None)
    # The same words in another batch give activations that differ in the last digits.
    moved = ~np.isclose(before.activations, after.activations, rtol=1e-4, atol=1e-4) if edited else fires[0]
    listed = [unit for unit in np.argsort(-np.abs(push), kind="stable").tolist() if moved[unit]][:MOST_UNITS]
    if request.unit is not None:
        listed = [request.unit, *(unit for unit in listed if unit != request.unit)]

    def told(unit: int) -> dict[str, Any]:
        known = formula_of(unit)
        held = zip(known.leaves, known.held(before), known.held(after), strict=True)
        return {
            "unit": unit,
            "before": finite(float(before.activations[unit])),
            "after": finite(float(after.activations[unit])),
            "fires_before": bool(fires[0][unit]),
            "fires_after": bool(fires[1][unit]),
            "push": float(push[unit]),
            "explained": known.explained,
            **known.message,
            "holds_before": known.formula is not None and reader.holds(known.formula, before),
            "holds_after": known.formula is not None and reader.holds(known.formula, after),
            "leaves": [{**leaf, "before": was, "after": now} for leaf, was, now in held],
        }

    return {
        "type": "look",
        "edited": edited,
        "before": _answer(before),
        "after": _answer(after),
        "place": _place(study, request),
        "units": [told(unit) for unit in listed],
        "moved": int(moved.sum()),
        "began": int((~fires[0] & fires[1]).sum()),
        "ended": int((fires[0] & ~fires[1]).sum()),
    }


def unit_pushes(
    study: PairStudy, request: TextRequest, before: ReadPair, after: ReadPair | None
) -> NDArray[np.float64]:
    """How far each unit moves the network from the source (negative) to the target (positive).

    Where the layer feeds the logits directly, that is the difference of its weights to both, times the change of its
    activation: what it adds to the difference of the two logits. Elsewhere the change of the activation alone.

    Parameters
    ----------
    after
        None tells, in place of what changed, for which of the two labels each unit speaks on the pair as it is.

    Returns
    -------
    float64, shape (units,)
    """
    change = (after.activations - before.activations if after else before.activations).astype(np.float64)
    weights = study.class_weights
    if weights is None:
        return change
    towards: NDArray[np.float64] = (weights[request.target] - weights[request.source]).astype(np.float64)
    return towards * change


def _answer(pair: ReadPair) -> dict[str, Any]:
    return {
        "premise": list(pair.premise),
        "hypothesis": list(pair.hypothesis),
        "probabilities": pair.probabilities.tolist(),
        "predicted": pair.predicted,
        "unknown": unknown_message(pair),
    }


def _place(study: PairStudy, request: TextRequest) -> dict[str, Any]:
    """Where the pair stands among those that the network calls the source, and what people say of it."""
    chosen = np.flatnonzero(study.predicted == request.source)
    if request.pair is None:
        return {"count": len(chosen), "place": None, "id": None, "gold": None}
    place = int(np.searchsorted(chosen, request.pair))
    found = place < len(chosen) and chosen[place] == request.pair
    return {
        "count": len(chosen),
        "place": place if found else None,
        "id": study.pairs.ids[request.pair],
        "gold": int(study.pairs.gold[request.pair]),
    }
