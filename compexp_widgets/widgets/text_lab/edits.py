"""Edits of sentence pairs as TextLab's page has them, with their effects, controls and recipes."""

from __future__ import annotations

from collections.abc import Sequence

from compexp_widgets.adversarial.controls import Controls
from compexp_widgets.adversarial.recipe import Answers, Recipe, replay
from compexp_widgets.adversarial.text.edits import Pair, TextEdit
from compexp_widgets.adversarial.text.evaluation import EditEffect, EditExample
from compexp_widgets.adversarial.text.from_formula import FormulaTextEdit
from compexp_widgets.adversarial.text.suggest import FoundEdit
from compexp_widgets.data.pairs.dataset import Tokens, detokenize, tokenize
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.study import PairStudy
from compexp_widgets.widgets.kernel.messages import finite
from compexp_widgets.widgets.shared.explanations import formula_part
from compexp_widgets.widgets.shared.pair_reader import ReadPair
from compexp_widgets.widgets.text_lab.messages import (
    AccuracyRow,
    ControlRow,
    EditedPair,
    EditFields,
    EffectPart,
    ExampleCounts,
    Examples,
    Flipped,
    FormulaEdit,
    PairText,
    PairTokens,
    SmallEdit,
)

_CONTROLS = {
    "edit": "the edit",
    "other words": "other words",
    "other side": "the other sentence",
    "silenced": "units silent",
}

_NAMED = 6  # units that are named one by one

EXAMPLES = 20
"""Pairs that are shown of those that flip, and of those that do not."""


def edits_from_page(described: Sequence[EditFields]) -> tuple[TextEdit, ...]:
    """Edits as the page sends them back, to be made one after the other; an EditError where there are none, or one is
    none.
    """
    if not described:
        raise EditError("the page sent no edits: choose one first")
    return tuple(map(edit_from_page, described))


def edit_from_page(described: EditFields) -> TextEdit:
    """One edit as the page sends it: its words as tokens, or as the text that a person typed."""
    if isinstance(typed := described.get("tokens"), str):
        described = {**described, "tokens": list(tokenize(typed))}
    return TextEdit.from_json(described)


def in_words(edits: Sequence[TextEdit]) -> str:
    """Edits in words, one after the other."""
    return ", then ".join(edit.description for edit in edits)


def formula_edit(
    study: PairStudy, suggested: FormulaTextEdit, after: ReadPair | None, unknown: Sequence[str]
) -> FormulaEdit:
    """An edit that a formula suggests; `after` is the pair on the page after it, None where it does not apply."""
    formula = formula_part(study, suggested.formula)
    return FormulaEdit(
        text=formula.text,
        tokens=formula.tokens,
        edit=suggested.edit.to_json(),
        words=suggested.edit.description,
        unit=suggested.unit,
        units=suggested.units,
        leaf=suggested.leaf,
        expected=study.labels.index(suggested.expected),
        reason=suggested.reason,
        warning=suggested.edit.changes_label or "",
        probabilities=after.probabilities.tolist() if after else None,
        unknown=tuple(unknown),
    )


def effect_part(effect: EditEffect, source: str, target: str) -> EffectPart:
    """The effect of edits on all pairs, with examples: pairs that the network rightly calls the source before."""
    flipped = effect.flipped(target, source)

    def examples(flip: bool) -> list[EditedPair]:
        return [_edited_pair(one) for one in effect.examples(EXAMPLES, target, source, flipped=flip)]

    return EffectPart(
        words=in_words(effect.edits),
        warning=effect.changes_label or "",
        unknown=effect.unknown_words,
        applicable=len(effect.numbers),
        pairs=len(effect.pairs),
        complete=effect.complete,
        accuracy=[
            AccuracyRow(
                gold=row["gold"],
                pairs=int(row["pairs"]),
                before=finite(float(row["before"])),
                after=finite(float(row["after"])),
            )
            for row in effect.accuracy().to_dict("records")
        ],
        flips=effect.flips.tolist(),
        flipped=Flipped(count=flipped.successes, of=flipped.tried),
        examples=Examples(flipped=examples(True), kept=examples(False)),
        example_counts=ExampleCounts(flipped=flipped.successes, kept=flipped.tried - flipped.successes),
    )


def _edited_pair(example: EditExample) -> EditedPair:
    return EditedPair(
        id=example.id,
        before=_tokens(*example.before),
        after=_tokens(*example.after),
        text=_text(*example.after),
        gold=example.gold,
        true_label=example.true_label,
        predicted_before=example.predicted_before,
        predicted_after=example.predicted_after,
        probabilities_before=example.probabilities_before.tolist(),
        probabilities_after=example.probabilities_after.tolist(),
    )


def small_edit(premise: Tokens, hypothesis: Tokens, found: FoundEdit) -> SmallEdit:
    """Edits that were found for a pair."""
    return SmallEdit(
        edits=[edit.to_json() for edit in found.edits],
        words=found.description,
        before=_tokens(premise, hypothesis),
        after=_tokens(premise, found.hypothesis),
        text=_text(premise, found.hypothesis),
        probabilities=found.probabilities.tolist(),
        size=found.size,
    )


def _tokens(premise: Tokens, hypothesis: Tokens) -> PairTokens:
    return PairTokens(premise=premise, hypothesis=hypothesis)


def _text(premise: Tokens, hypothesis: Tokens) -> PairText:
    return PairText(premise=detokenize(premise), hypothesis=detokenize(hypothesis))


def control_rows(controls: Controls) -> tuple[ControlRow, ...]:
    """An edit and what it is compared with."""
    return tuple(
        ControlRow(
            what=one.kind,
            kind=_CONTROLS[one.kind],
            words=one.edit.description + (f", with {_named(one.silenced)} silent" if one.silenced else ""),
            count=one.flipped.successes,
            of=one.flipped.tried,
        )
        for one in controls.rows
    )


def _named(units: Sequence[int]) -> str:
    shown = ", ".join(map(str, units[:_NAMED]))
    return f"unit{'s' if len(units) > 1 else ''} {shown}" + (f" and {len(units) - _NAMED} more" * (len(units) > _NAMED))


def labels_of(recipe: Recipe[Pair]) -> tuple[str, str]:
    """The label that a recipe leads away from, and another that it leads to."""
    source = recipe.before.predicted[0]
    wanted = (recipe.target, recipe.after.predicted[0], *recipe.before.probabilities[0])
    return source, next(label for label in wanted if label and label != source)


def replayed_in_words(recipe: Recipe[Pair], network: Network) -> str:
    """A replay in words: what the network answers, beside what it answered when the recipe was made."""
    again = replay(recipe, network)
    then, now = f"{_said(recipe.after)} after the edit", _said(again.after)
    if again.agreement == "identical" and again.same_network:
        said = f"The network says exactly what it said when the recipe was made: {then}."
    elif again.same_network:
        said = f"The network is the same, but not its answer, to the last digit: {then} when it was made, {now} now."
    else:
        said = f"The recipe was made with another network, {recipe.network}: it said {then}; this one says {now}."
    if again.otherwise:
        said += f" Other conditions than when it was made: {again.otherwise}."
    more = f" The first of its {len(recipe.samples)} pairs is shown." if len(recipe.samples) > 1 else ""
    return said + more


def _said(answers: Answers) -> str:
    label = answers.predicted[0]
    return f"{label} {answers.probabilities[0][label]:.4f}"
