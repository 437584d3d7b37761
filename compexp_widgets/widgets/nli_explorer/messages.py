"""What NLIExplorer's page asks and what it is answered: studies and cards as messages with buffers.

A message is a JSON-able dictionary and a list of binary buffers. Sentences, names and formulas come from data sets:
they are sent as text, and the page shows them as text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.analysis.gallery import GALLERIES, galleries
from compexp_widgets.analysis.label_counts import confusion
from compexp_widgets.analysis.lexical_table import lexical_table, with_leaf, without_leaf
from compexp_widgets.analysis.word_marks import Marks, word_marks
from compexp_widgets.concepts.lexicon import LexicalConcept
from compexp_widgets.data.pairs.dataset import Tokens
from compexp_widgets.data.pairs.labels import agreement
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import Formula, Leaf, parse, to_tokens
from compexp_widgets.search import METRICS, OPERATORS, Overlap
from compexp_widgets.search.beam import Operator
from compexp_widgets.signatures.activation_ranges import QuantileRange
from compexp_widgets.study import Explanation, ExplanationSettings, PairStudy
from compexp_widgets.widgets.kernel.page_requests import PageRequest
from compexp_widgets.widgets.shared.explanation_messages import (
    Message,
    by_length_message,
    certificate_message,
    chosen_formulas,
    finite,
    firing_message,
    formula_message,
    leaves_message,
    proof_of,
    row,
    scores_message,
    searched_message,
    settings_label,
)

TABS = ("words", "pairs", "labels")
FIRING = ("positive", "largest")

MOST_PAIRS = 60


@dataclass(frozen=True)
class PairCardRequest:
    """What the page wants to see of one unit.

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
    tab
        What is shown of the data: one of `TABS`.
    gallery
        Which pairs: one of `GALLERIES`.
    pairs
        How many pairs.
    """

    unit: int
    settings: ExplanationSettings
    formula_text: str = ""
    switched_off: tuple[int, ...] = ()
    tab: str = "words"
    gallery: str = "fires"
    pairs: int = 12


def request_from_page(study: PairStudy, content: PageRequest) -> PairCardRequest:
    """Read a request as the page sends it.

    Raises
    ------
    CompexpError
        When a value is missing or out of range.
    """
    try:
        asked = content.fields("settings")
        request = PairCardRequest(
            asked.number("unit"),
            pair_settings_from_page(study, asked),
            str(asked.get("formula_text") or ""),
            tuple(sorted({int(leaf) for leaf in asked.get("switched_off") or ()})),
            str(asked.get("tab") or "words"),
            str(asked.get("gallery") or "fires"),
            min(max(int(content.get("pairs", 12)), 0), MOST_PAIRS),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CompexpError(f"the page sent a request that cannot be read: {error!r}") from error
    for name, value, known in (("tab", request.tab, TABS), ("gallery", request.gallery, GALLERIES)):
        if value not in known:
            raise CompexpError(f"no {name} {value!r}; there are {', '.join(known)}")
    return request


def pair_settings_from_page(study: PairStudy, asked: dict[str, Any]) -> ExplanationSettings:
    """The settings of an explanation, as the page names them; what it does not name is the study's default.

    Formulas are searched for without a proof: over thousands of concepts a beam takes hundredths of a second, and a
    proof many seconds.
    """
    if asked["firing"] not in FIRING:
        raise CompexpError(f"a unit fires {' or '.join(FIRING)}, not {asked['firing']!r}")
    firing = {"quantile": float(asked["quantile"])} if asked["firing"] == "largest" else {"threshold": 0.0}
    return study.default_settings.changed(
        **firing,
        exclude=tuple(asked.get("excluded_categories") or ()),
        beam_size=int(asked["beam_size"]),
        max_length=int(asked["max_length"]),
        operators=tuple(asked["operators"]),
        metric=asked["metric"],
        proof_nodes=0,
    )


def pair_study_message(
    study: PairStudy, settings: ExplanationSettings, rows: list[dict[str, Any]], *, probe: bool
) -> dict[str, Any]:
    """The study's title, its concepts, the units' weights, and the rows of the unit table that are known.

    Parameters
    ----------
    probe
        Whether the network is there, so that sentences can be tried.
    """
    about = study.configuration
    firing = settings.firing
    weights = study.class_weights
    return {
        "type": "study",
        "title": f"{about.network} · {about.layer}",
        "certificate": certificate_message(study),
        "subtitle": f"{PurePath(study.pairs.source).name} · {len(study.pairs):,} pairs · "
        f"{len(study.table.concepts):,} concepts · {len(study.table):,} signatures",
        "units": list(range(study.units.count)),
        "unit_names": list(about.unit_names),
        "concepts": [
            {
                "name": concept.name,
                "category": concept.category,
                "side": concept.side,
                "kind": concept.kind,
                "count": count,
                "operator": not isinstance(concept.leaf, Leaf),
            }
            for concept, count in zip(study.vocabulary.concepts, study.table.concept_total.tolist(), strict=True)
        ],
        "categories": list(dict.fromkeys(study.categories)),
        "operators": list(OPERATORS),
        "metrics": list(METRICS),
        "pairs": len(study.pairs),
        **labels_message(study),
        "class_weights": None if weights is None else np.round(weights.astype(np.float64), 4).tolist(),
        "probe": probe,
        "defaults": {
            "firing": "largest" if isinstance(firing, QuantileRange) else "positive",
            "quantile": firing.low if isinstance(firing, QuantileRange) else DEFAULT_QUANTILE,
            "max_length": settings.search.max_length,
            "beam_size": settings.search.beam_size,
            "operators": list(settings.search.operators),
            "metric": settings.search.metric,
        },
        "table_label": pair_label(settings),
        "rows": rows,
    }


def labels_message(study: PairStudy) -> dict[str, Any]:
    """The network's labels, those of the data, and which of the data's say the same as which of the network's."""
    return {
        "labels": list(study.labels),
        "gold_labels": list(study.pairs.labels),
        "agreement": agreement(study.pairs.labels, study.labels).tolist(),
    }


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


def pair_card_message(
    study: PairStudy, request: PairCardRequest, explanation: Explanation, *, searching: bool = False
) -> Message:
    """The card of one unit: its formula, scores, best formulas by length, and what the open tab shows.

    Buffers, when the open tab is ``words``: IoU, precision, recall and change of every concept (float32), and the way
    to add it (int8), as in `LexicalTable`.

    Parameters
    ----------
    explanation
        What is found so far.
    searching
        Whether more is searched for.
    """
    firing = request.settings.firing
    activations = study.units.activations(request.unit)
    active = study.activity(request.unit, firing).counts.by_signature()
    formula, shown = chosen_formulas(study, request, explanation)

    def overlap(part: Formula | None) -> Overlap:
        if part is None:
            return Overlap(int(active.sum()), 0, 0)
        return study.overlap(part, request.unit, firing)

    fires = study.fires(request.unit, firing)
    holds = study.holds(shown) if shown else np.zeros(len(study.pairs), np.bool_)
    ranked = galleries(study, request.unit, study.activity(request.unit, firing), shown)
    message = {
        "type": "card",
        "unit": request.unit,
        **firing_message(explanation),
        "active": int(active.sum()),
        "pairs": len(study.pairs),
        "min_active": request.settings.min_active,
        "max_activation": finite(float(activations.max())),
        "proof": proof_of(explanation, searching=searching),
        "formula": {
            **formula_message(study, formula),
            "edited": bool(request.formula_text),
            "length": len(formula or ()),
        },
        "shown": {"text": str(shown) if shown else ""},
        "scores": scores_message(overlap(shown)),
        "searched": searched_message(study, explanation),
        "by_length": by_length_message(study, explanation),
        "leaves": leaves_message(study, formula, overlap) if formula else [],
        "best_pair": _sentences(study, ranked["fires"]),
        "tab": request.tab,
    }
    if request.tab == "words":
        table = lexical_table(study.table, active, shown, request.settings.search.operators)
        columns = [table.iou, table.precision, table.recall, table.change]
        return message, [*(column.astype("<f4").tobytes() for column in columns), table.way.tobytes()]
    if request.tab == "labels":
        message["labels"] = {
            name: confusion(
                study.pairs.gold, study.predicted, chosen, gold_labels=study.pairs.labels, labels=study.labels
            ).tolist()
            for name, chosen in (("all", None), ("fires", fires), ("holds", holds))
        }
        return message, []
    chosen = ranked[request.gallery][: request.pairs]  # type: ignore[index]
    message["marked_leaves"] = named_leaves(shown)
    message["gallery_counts"] = {name: len(found) for name, found in ranked.items()}
    message["examples"] = [
        {**_example(study, pair, shown), "activation": finite(float(activations[pair])), "fires": bool(fires[pair]),
         "holds": bool(holds[pair])}
        for pair in chosen.tolist()
    ]  # fmt: skip
    return message, []


def toggled_message(study: PairStudy, content: PageRequest) -> dict[str, Any]:
    """A formula with one concept more, or without it where it has it: what a click in the lexical table does.

    The text is empty where no concept is left.
    """
    try:
        index, operator = content.number("concept"), content.text("operator")
        text = content.text("formula")
        formula = parse(text) if text else None
    except (KeyError, TypeError, ValueError) as error:
        raise CompexpError(f"the page sent a request that cannot be read: {error!r}") from error
    if not 0 <= index < len(study.table.leaves):
        raise CompexpError(f"there is no concept {index}: the data has {len(study.table.leaves)}")
    leaf = study.table.leaves[index]
    if formula and leaf in formula.leaves():
        changed: Formula | None = without_leaf(formula, leaf)
    else:
        changed = with_leaf(formula, leaf, _operator(operator))
    return {"type": "formula", "text": str(changed) if changed else ""}


def _operator(name: str) -> Operator:
    for operator in get_args(Operator):
        if name == operator:
            return operator  # type: ignore[no-any-return]
    raise CompexpError(f"no operator {name!r}; there are {', '.join(OPERATORS)}")


def named_leaves(formula: Formula | None) -> list[dict[str, Any]]:
    """The leaves of a formula, left to right: how they are written, and whether an odd number of NOTs govern them."""
    tokens = to_tokens(formula) if formula else []
    return [{"name": token["text"], "negated": token["negated"]} for token in tokens if token["kind"] == "leaf"]


def leaf_concepts(study: PairStudy, formula: Formula | None, holding: Collection[int]) -> dict[int, LexicalConcept]:
    """The concepts of those leaves of a formula that hold for a pair, by the leaf's place.

    Parameters
    ----------
    holding
        The indices of the concepts that hold for the pair.
    """
    places = enumerate(formula.leaves() if formula else ())
    indices = {place: study.table.index_of.get(leaf, -1) for place, leaf in places}
    return {place: study.vocabulary.concepts[index] for place, index in indices.items() if index in holding}


def _example(study: PairStudy, pair: int, formula: Formula | None) -> dict[str, Any]:
    """A pair as the page shows it, with the words marked that make the formula's leaves hold."""
    table, pairs = study.table, study.pairs
    signature = study.units.positions[pair]
    holding = set(table.row_concepts[table.row_starts[signature] : table.row_starts[signature + 1]].tolist())
    premise, hypothesis = pairs.premises[pair], pairs.hypotheses[pair]
    predicted = int(study.predicted[pair])
    return {
        "pair": pair,
        "id": pairs.ids[pair],
        **sentences_message(
            premise, hypothesis, word_marks(leaf_concepts(study, formula, holding), premise, hypothesis)
        ),
        "gold": int(pairs.gold[pair]),
        "predicted": predicted,
        "probability": float(study.probabilities[pair, predicted]),
    }


def sentences_message(premise: Tokens, hypothesis: Tokens, marks: tuple[Marks, Marks]) -> dict[str, Any]:
    """Two sentences, and for every token the places of the leaves that it makes true."""
    return {
        "premise": list(premise),
        "hypothesis": list(hypothesis),
        "marks": {"premise": marks[0], "hypothesis": marks[1]},
    }


def _sentences(study: PairStudy, ranked: NDArray[np.intp]) -> dict[str, list[str]] | None:
    """The tokens of the first of some pairs, and its texts where these were kept."""
    if not len(ranked):
        return None
    pair = int(ranked[0])
    return {
        "premise": list(study.pairs.premises[pair]),
        "hypothesis": list(study.pairs.hypotheses[pair]),
        **({"text": list(study.pairs.text(pair))} if study.pairs.texts else {}),
    }


DEFAULT_QUANTILE = 0.05
"""The share of pairs to begin with where a person asks for a unit's largest activations."""
