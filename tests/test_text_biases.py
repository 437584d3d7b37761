"""On the NLI world, edits read off the formulas of explained units flip what they are said to flip, and why."""

from __future__ import annotations

import pytest

from compexp_widgets import demo
from compexp_widgets.adversarial import (
    Anchor,
    ControlSettings,
    TextEdit,
    TextSearchSettings,
    edits_from_formula,
    run_text_controls,
    suggest_text_edits,
)
from compexp_widgets.adversarial.controls import Controls
from compexp_widgets.adversarial.text.rules import CLAIMS_MORE
from compexp_widgets.adversarial.text.world_truth import WorldTruth
from compexp_widgets.data.pairs import LABELS
from compexp_widgets.progress import silent
from compexp_widgets.study import PairStudy

FLIPPED, BY_CONTROLS = 0.8, 0.2
ELIGIBLE = 50
"""At least so many held-out pairs must an edit be tried on to count."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> PairStudy:
    """The demo's study, made in a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPEXP_CACHE", str(tmp_path_factory.mktemp("cache")))
        return demo.nli_study(report=silent)


def proven(study: PairStudy, source: str, target: str) -> tuple[Controls | None, list[str]]:
    """The first suggested edit that holds on the half of the pairs that suggested nothing; and what all did."""
    held_out = study.held_out_samples()
    network = demo.nli_network()
    told = []
    for one in edits_from_formula(study, source=source, target=target, count=8, samples=~held_out):
        controls = run_text_controls(
            network,
            study,
            one.edit,
            target=target,
            source=source,
            units=one.units,
            among=held_out,
            settings=ControlSettings(most_samples=250, batch_size=128),
        )
        edit, words = controls.rate("edit"), controls.rate("other words")
        told.append(f"{one.edit.description}: {edit}, other words {words}")
        if min(edit.tried, words.tried) >= ELIGIBLE and edit.share >= FLIPPED and words.share < BY_CONTROLS:
            return controls, told
    return None, told


@pytest.mark.parametrize(
    ("source", "target"), [("entailment", "contradiction"), ("contradiction", "neutral"), ("entailment", "neutral")]
)
def test_an_edit_that_formulas_predict_flips_held_out_pairs_and_its_controls_do_not(
    study: PairStudy, source: str, target: str
) -> None:
    """In three directions, so with three edits: on other pairs than those that the edit was read off."""
    controls, told = proven(study, source, target)
    assert controls is not None, told
    assert "these words do it, as the formula says" in controls.verdict
    assert controls.rate("other side").share < FLIPPED / 2


@pytest.fixture(scope="module")
def truth() -> WorldTruth:
    return WorldTruth(premises=60)


def test_the_world_tells_what_is_true_after_an_edit(study: PairStudy, truth: WorldTruth) -> None:
    """Whatever is contradicted stays so with a purpose; whatever follows about a human is contradicted by nobody."""
    pairs = study.pairs
    purpose, nobody = TextEdit("append", "to win a bet"), TextEdit("replace", "nobody", anchor=Anchor("subject"))
    seen = set()
    for number in range(3 * 60):
        premise, hypothesis = pairs.premises[number], pairs.hypotheses[number]
        for edit in (purpose, nobody):
            edited = edit.on((premise, hypothesis))
            after = edited and truth.label_after(premise, hypothesis, edited[1])
            seen.add((edit.kind, LABELS[pairs.gold[number]], after))
    assert ("append", "contradiction", "contradiction") in seen
    assert ("append", "entailment", "neutral") in seen
    assert ("replace", "entailment", "contradiction") in seen
    assert not {("append", "contradiction", other) for other in ("neutral", "entailment")} & seen
    assert not {("replace", "entailment", "entailment"), ("append", "neutral", "entailment")} & seen


def test_the_network_is_fooled_while_the_label_is_known_to_stay(study: PairStudy, truth: WorldTruth) -> None:
    network, pairs = demo.nli_network(), study.pairs
    fooled, hundred = 0, TextSearchSettings(budget=100)
    chosen = [number for number in range(3 * 60) if pairs.gold[number] == study.predicted[number] == 2][:6]
    for number in chosen:
        pair = pairs.premises[number], pairs.hypotheses[number]
        found = suggest_text_edits(network, study, pair, label="contradiction", rule=CLAIMS_MORE, settings=hundred)
        known = [truth.label_after(*pair, one.hypothesis) for one in found.best]
        assert set(known) <= {"contradiction", None}
        fooled += "contradiction" in known
    assert fooled
