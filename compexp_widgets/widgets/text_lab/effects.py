"""What TextLab's page is told of edits: suggestions, their effect on all pairs, the smallest ones, controls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from compexp_widgets.adversarial.text.controls import ControlKind, TextControls
from compexp_widgets.adversarial.text.edits import TextEdit
from compexp_widgets.adversarial.text.evaluation import EditEffect, EditExample, TrueLabel
from compexp_widgets.adversarial.text.from_formula import FormulaTextEdit
from compexp_widgets.adversarial.text.suggest import FoundEdit, SuggestedTextEdits
from compexp_widgets.data.pairs.dataset import Tokens
from compexp_widgets.data.pairs.tokens import detokenize, tokenize
from compexp_widgets.errors import CompexpError, EditError
from compexp_widgets.study import PairStudy
from compexp_widgets.widgets.shared.explanation_messages import finite, formula_message
from compexp_widgets.widgets.shared.pair_reader import ReadPair

_CONTROLS: dict[ControlKind, str] = {
    "edit": "the edit",
    "control words": "other words",
    "other side": "the other sentence",
    "units silent": "units silent",
}

_NAMED = 6  # units that are named one by one

EXAMPLES = 20
"""Pairs that are shown of those that flip, and of those that do not."""

_TRUE_LABELS: tuple[TrueLabel, ...] = get_args(TrueLabel)


def edits_from_page(value: object) -> tuple[TextEdit, ...]:
    """Edits as the page sends them back, to be made one after the other.

    Raises
    ------
    EditError
        When they are none.
    """
    if not isinstance(value, list) or not value:
        raise EditError(f"the page sent no edits: {value!r:.100}")
    return tuple(map(edit_from_page, value))


def edit_from_page(value: object) -> TextEdit:
    """One edit as the page sends it: its words as tokens, or as the text that a person typed.

    Raises
    ------
    EditError
        When it is none.
    """
    if isinstance(value, dict) and isinstance(typed := value.get("tokens"), str):
        value = {**value, "tokens": list(tokenize(typed))}
    return TextEdit.from_json(value)


def edit_words(edits: Sequence[TextEdit]) -> str:
    """What some edits do, one after the other."""
    return ", then ".join(edit.description for edit in edits)


def suggestion_message(
    study: PairStudy, suggested: FormulaTextEdit, after: ReadPair | None, unknown: Sequence[str] = ()
) -> dict[str, Any]:
    """An edit that a formula suggests.

    Parameters
    ----------
    after
        The pair on the page after it; None where it does not apply.
    unknown
        The words that it puts in and the network does not know.
    """
    return {
        "edit": suggested.edit.to_json(),
        "words": suggested.edit.description,
        "unit": suggested.unit,
        "units": list(suggested.units),
        **formula_message(study, suggested.formula),
        "leaf": suggested.leaf,
        "fires": suggested.fires,
        "expected": study.labels.index(suggested.expected),
        "reason": suggested.reason,
        "warning": suggested.edit.changes_label or "",
        "probabilities": after.probabilities.tolist() if after else None,
        "unknown": list(unknown),
    }


def effect_message(effect: EditEffect, source: str, target: str) -> dict[str, Any]:
    """What edits do to all pairs, and examples of it.

    Parameters
    ----------
    source, target
        Examples are pairs that the network rightly calls the source before; those that flip to the target, and those
        that do not.
    """
    flipped = effect.flipped(target, source)
    return {
        "words": edit_words(effect.edits),
        "warning": effect.changes_label or "",
        "unknown": list(effect.unknown_words),
        "applicable": len(effect.numbers),
        "pairs": len(effect.pairs),
        "complete": effect.complete,
        "true_label": effect.true_label_after,
        "accuracy": [
            {
                "gold": row["gold"],
                "pairs": int(row["pairs"]),
                "before": finite(float(row["before"])),
                "after": finite(float(row["after"])),
            }
            for row in effect.accuracy().to_dict("records")
        ],
        "flips": effect.flips.tolist(),
        "flipped": {"count": flipped.count, "of": flipped.of},
        "examples": {
            name: [_example(one) for one in effect.examples(EXAMPLES, target, source, flipped=name == "flipped")]
            for name in ("flipped", "kept")
        },
        "example_counts": {"flipped": flipped.count, "kept": flipped.of - flipped.count},
    }


def smallest_message(found: SuggestedTextEdits) -> dict[str, Any]:
    """The smallest edits of a pair that flip it; where none does, the one that comes nearest."""
    before = found.premise, found.hypothesis

    def told(one: FoundEdit) -> dict[str, Any]:
        after = found.premise, one.hypothesis
        return {
            "edits": [edit.to_json() for edit in one.edits],
            "words": one.description,
            "before": pair_message(*before),
            "after": pair_message(*after),
            "text": text_message(*after),
            "probabilities": one.probabilities.tolist(),
            "size": one.size,
        }

    return {
        "tried": found.tried,
        "succeeded": found.succeeded,
        "complete": found.complete,
        "best": [told(one) for one in found.best],
        "closest": told(found.closest) if found.closest and not found.best else None,
    }


def controls_message(controls: TextControls) -> dict[str, Any]:
    """An edit and what it is compared with, and the verdict."""
    return {
        "rows": [
            {
                "what": one.kind,
                "kind": _CONTROLS[one.kind],
                "words": one.edit.description + (f", with {_units(one.silenced)} silent" if one.silenced else ""),
                "count": one.flipped.count,
                "of": one.flipped.of,
            }
            for one in controls.outcomes
        ],
        "complete": controls.complete,
        "verdict": controls.verdict if controls.complete else "Stopped before all controls were tried.",
    }


def _units(units: Sequence[int]) -> str:
    shown = ", ".join(map(str, units[:_NAMED]))
    return f"unit{'s' if len(units) > 1 else ''} {shown}" + (f" and {len(units) - _NAMED} more" * (len(units) > _NAMED))


def true_label(content: dict[str, Any]) -> TrueLabel:
    """What the page says is true after the edit.

    Raises
    ------
    CompexpError
        When it is none of the known answers.
    """
    value = content.get("true_label", "unchanged")
    for known in _TRUE_LABELS:
        if value == known:
            return known
    raise CompexpError(f"after an edit the true label is {', '.join(_TRUE_LABELS)}, not {value!r:.60}")


def pair_message(premise: Tokens, hypothesis: Tokens) -> dict[str, list[str]]:
    """The tokens of a pair."""
    return {"premise": list(premise), "hypothesis": list(hypothesis)}


def text_message(premise: Tokens, hypothesis: Tokens) -> dict[str, str]:
    """A pair as a person reads it."""
    return {"premise": detokenize(premise), "hypothesis": detokenize(hypothesis)}


def _example(example: EditExample) -> dict[str, Any]:
    return {
        "pair": example.number,
        "id": example.id,
        "before": pair_message(*example.before),
        "after": pair_message(*example.after),
        "text": text_message(*example.after),
        "gold": example.gold,
        "true_label": example.true_label,
        "predicted_before": example.predicted_before,
        "predicted_after": example.predicted_after,
        "probabilities_before": example.probabilities_before.tolist(),
        "probabilities_after": example.probabilities_after.tolist(),
    }
