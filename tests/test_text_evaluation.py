"""Edits on whole sets of pairs: accuracy, flips, examples, controls and recipes, on a network that is known."""

import csv

import numpy as np
import pytest
from tiny_pairs import CONCEPTS, WORDS, tiny_pair_network, tiny_pairs

from compexp_widgets import PairDataset
from compexp_widgets.adversarial import (
    Anchor,
    ControlSettings,
    TextEdit,
    TextSearchSettings,
    edits_from_formula,
    evaluate_edit,
    run_text_controls,
    suggest_text_edits,
)
from compexp_widgets.adversarial.text.controls import control_edits
from compexp_widgets.adversarial.text.from_formula import unit_weights, words_and_tags
from compexp_widgets.adversarial.text.rules import ANY_EDIT, CLAIMS_LESS, CLAIMS_MORE, NO_NEW_CLAIM, LabelRule, Proposal
from compexp_widgets.errors import EditError
from compexp_widgets.progress import silent
from compexp_widgets.study import PairStudy, dissect_pairs

NOT = TextEdit("append", "not")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> PairStudy:
    """Unit 0 fires on "not" in the hypothesis and speaks for contradiction, unit 1 on animals in the premise, …"""
    folder = tmp_path_factory.mktemp("study") / "study"
    found = dissect_pairs(tiny_pair_network(), "1", tiny_pairs(), folder, concepts=CONCEPTS, report=silent)
    found.explain(max_length=2, report=silent)
    return found


def test_all_pairs_are_changed_and_shown_again(study):
    effect = evaluate_edit(tiny_pair_network(), study, NOT)
    assert effect.complete
    assert effect.applicable.all()
    assert effect.numbers.tolist() == list(range(len(study.pairs)))
    assert effect.edited.hypotheses[0] == (*study.pairs.hypotheses[0], "not")
    np.testing.assert_array_equal(effect.before.logits, study.logits)
    shown = tiny_pair_network().respond(effect.edited, "1")
    np.testing.assert_array_equal(effect.after.logits, shown.logits)
    assert effect.flips.sum() == len(study.pairs)
    assert effect.flips.sum(axis=0).tolist() == np.bincount(shown.predicted, minlength=3).tolist()


def test_only_pairs_to_which_it_applies_are_changed(study):
    edit = TextEdit("delete", anchor=Anchor("word", "not"), every=True)
    effect = evaluate_edit(tiny_pair_network(), study, edit)
    has = ["not" in hypothesis and set(hypothesis) != {"not"} for hypothesis in study.pairs.hypotheses]
    assert effect.applicable.tolist() == has
    assert not any("not" in hypothesis for hypothesis in effect.edited.hypotheses)


def test_accuracy_after_is_measured_against_what_the_label_should_be(study):
    network = tiny_pair_network()
    effects = {
        truth: evaluate_edit(network, study, NOT, true_label_after=truth)
        for truth in ("unchanged", "unknown", "contradiction")
    }
    after = {truth: effect.accuracy().set_index("gold")["after"] for truth, effect in effects.items()}
    effect = effects["unchanged"]
    gold = study.pairs.gold
    assert after["unchanged"]["neutral"] == (effect.after.predicted[gold == 1] == 1).mean()
    assert after["contradiction"]["all"] == (effect.after.predicted[gold >= 0] == 2).mean()
    assert after["unknown"].isna().all()
    assert effect.accuracy()["pairs"].tolist()[-1] == (gold >= 0).sum()
    assert "denies" in effect.changes_label


def test_pairs_that_can_flip_are_counted(study):
    effect = evaluate_edit(tiny_pair_network(), study, NOT)
    predicted, gold = effect.before.predicted, effect.gold
    eligible = (predicted == 1) & (gold == 1)
    found = effect.flipped("contradiction", "neutral", among=gold >= 0)
    assert (found.successes, found.tried) == ((eligible & (effect.after.predicted == 2)).sum(), eligible.sum())
    assert not effect.eligible("contradiction", correct=False)[predicted == 2].any()


def test_examples_show_the_change_and_the_largest_rise_first(study):
    effect = evaluate_edit(tiny_pair_network(), study, NOT)
    examples = effect.examples(5, "contradiction")
    rises = [one.probabilities_after[2] - one.probabilities_before[2] for one in examples]
    assert examples
    assert rises == sorted(rises, reverse=True)
    assert all(one.after[1][-1] == "not" for one in examples)
    assert all(one.predicted_after == 2 != one.predicted_before for one in examples)


def test_the_table_is_written_with_words_for_labels(study, tmp_path):
    hostile = PairDataset.of("hostile", [(("=1+1", "<b>"), ('a, "b"', "\ud800"), "neutral")])
    effect = evaluate_edit(tiny_pair_network(), hostile, NOT, true_label_after="contradiction")
    effect.to_csv(tmp_path / "effect.csv")
    with (tmp_path / "effect.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["gold"], row["true_label_after"]) == ("neutral", "contradiction")
    assert row["hypothesis_after"] == 'a,"b" ? not'
    assert float(row["after_contradiction"]) == pytest.approx(effect.after.probabilities[0, 2], abs=1e-6)


def test_work_that_is_stopped_says_so(study):
    effect = evaluate_edit(tiny_pair_network(), study, NOT, cancelled=lambda: True)
    assert not effect.complete
    assert len(effect.numbers) == 0
    assert effect.to_frame().empty
    assert np.isnan(effect.flipped().share)


def test_a_silent_unit_takes_no_part_before_or_after(study):
    effect = evaluate_edit(tiny_pair_network(), study, NOT, silenced=[0])
    np.testing.assert_array_equal(effect.before.logits, effect.after.logits)


def test_another_network_is_refused_for_a_study_but_not_for_pairs(study):
    other = tiny_pair_network()
    other.module[0].bias.data += 1
    with pytest.raises(EditError, match="tiny is not the network that was probed"):
        evaluate_edit(other, study, NOT)
    assert evaluate_edit(other, study.pairs, NOT).complete


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"true_label_after": "maybe"}, "unchanged, unknown or a label, .* not 'maybe'"),
        ({"edit": []}, "at least one"),
        ({"silenced": [0]}, "say of which layer"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(study, options, message):
    with pytest.raises(EditError, match=message):
        evaluate_edit(tiny_pair_network(), study.pairs, **{"edit": NOT, **options})


def test_a_formula_suggests_to_put_its_word_in(study):
    found = edits_from_formula(study, 0, target="contradiction")
    assert {one.leaf for one in found if one.pull == found[0].pull} == {"hyp:tok:not"}
    assert "not" in found[0].edit.put_in
    assert found[0].reason.startswith("Unit 0 fires where hyp:tok:not holds, and speaks for contradiction")
    assert found[0].expected == "contradiction"


def test_a_formula_suggests_to_leave_its_word_out_to_lead_away(study):
    found = edits_from_formula(study, 0, target="entailment", source="contradiction")
    first = found[0].edit
    assert (first.kind, first.anchor) == ("delete", Anchor("word", "not"))
    assert not found[0].fires


def test_without_a_unit_those_that_tell_the_labels_apart_are_read(study):
    found = edits_from_formula(study, source="neutral", target="entailment", count=30)
    put_in = {one.edit.put_in[0] for one in found if one.edit.put_in and one.edit.side == "premise"}
    assert {"dog", "cat"} <= put_in
    assert [one.pull for one in found[:4]] == sorted((one.pull for one in found[:4]), reverse=True)


def test_weights_are_estimated_where_the_layer_does_not_feed_the_labels(study, monkeypatch):
    known = unit_weights(study)
    monkeypatch.setattr(study, "class_weights", None)
    assert unit_weights(study)[:, :3].argmax(axis=0).tolist() == known[:, :3].argmax(axis=0).tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "say which unit"),
        ({"source": "neutral", "target": "neutral"}, "the same label"),
        ({"target": "no"}, "'no'"),
    ],
)
def test_a_question_without_sense_is_refused(study, arguments, message):
    with pytest.raises(EditError, match=message):
        edits_from_formula(study, **arguments)


def test_controls_tell_the_word_from_the_place(study):
    quiet = ~study.logits.any(axis=1)
    controls = run_text_controls(
        tiny_pair_network(),
        study,
        NOT,
        target="contradiction",
        units=[0],
        among=quiet,
        settings=ControlSettings(copies=2),
    )
    assert controls.rate("edit").share == 1
    assert [controls.rate(kind).successes for kind in ("other words", "other side", "silenced")] == [0, 0, 0]
    assert "The edit turns other classes into contradiction in" in controls.verdict
    assert controls.verdict.endswith("So these words do it, as the formula says; unit 0 is needed.")
    frame = controls.to_frame()
    assert list(frame["kind"]) == ["edit", "other words", "other words", "other side", "silenced"]
    assert (frame["low"] <= frame["share"]).all()
    assert (frame["share"] <= frame["high"]).all()


def test_control_words_are_not_the_formulas_and_are_drawn_by_the_seed(study):
    avoid = words_and_tags(study, [0], "hypothesis")[0] | {"man"}
    assert avoid == {"not", "man"}
    drawn = [control_edits(study.pairs, TextEdit("append", "dog"), avoid, 3, seed) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1]
    used = {edit.put_in[0] for edits in drawn for edit in edits}
    assert used
    assert used <= set(WORDS) - avoid - {"dog"}


def test_controls_that_are_stopped_say_so(study):
    controls = run_text_controls(tiny_pair_network(), study, NOT, target="contradiction", cancelled=lambda: True)
    assert not controls.complete
    assert controls.verdict == "The edit applies to none of these samples."


def quiet_pair(study):
    """A pair on which no unit fires: one that fires decides."""
    number = int(np.flatnonzero(~study.logits.any(axis=1))[0])
    return study.pairs.premises[number], study.pairs.hypotheses[number]


def test_the_smallest_edit_that_flips_is_found_and_all_tries_are_counted(study):
    found = suggest_text_edits(tiny_pair_network(), study, quiet_pair(study), target="contradiction")
    assert found.complete
    assert found.best[0].size == 1
    assert "not" in found.best[0].hypothesis
    assert found.best[0].predicted == "contradiction"
    assert 0 < found.succeeded < found.tried
    assert [one.size for one in found.best] == sorted(one.size for one in found.best)


def test_a_search_keeps_to_its_rule_and_its_budget(study):
    no_not = LabelRule("no not", "…", lambda proposal: "not" not in proposal.edited)
    found = suggest_text_edits(tiny_pair_network(), study, quiet_pair(study), target="contradiction", rule=no_not)
    assert not found.best
    assert found.closest is not None
    short = suggest_text_edits(
        tiny_pair_network(), study, quiet_pair(study), target="contradiction", settings=TextSearchSettings(budget=3)
    )
    assert (short.tried, short.complete) == (3, False)
    stopped = suggest_text_edits(tiny_pair_network(), study, quiet_pair(study), cancelled=lambda: True)
    assert (stopped.tried, stopped.complete, stopped.closest) == (0, False, None)


def test_two_edits_reach_what_one_does_not(study):
    pair = ("blue",), ("red", "blue")
    once = LabelRule("one word at a time", "…", lambda proposal: len(proposal.edited) <= len(proposal.hypothesis) + 1)
    one = suggest_text_edits(tiny_pair_network(), study, pair, rule=once, settings=TextSearchSettings(budget=200))
    two = suggest_text_edits(
        tiny_pair_network(), study, pair, rule=once, settings=TextSearchSettings(budget=200, most_edits=2)
    )
    assert two.tried > one.tried
    assert any(len(edit.edits) == 2 for edit in (*two.best, two.closest)) or two.best[0].size == 1


@pytest.mark.parametrize(
    ("rule", "label", "before", "edit", "allowed"),
    [
        (ANY_EDIT, None, "A man runs .", TextEdit("append", "not"), True),
        (CLAIMS_MORE, "contradiction", "A man runs .", TextEdit("insert", "old", anchor=Anchor("tag", "NN")), True),
        (CLAIMS_MORE, "contradiction", "A man runs .", TextEdit("append", "to win a prize"), True),
        (CLAIMS_MORE, "contradiction", "A man runs .", TextEdit("append", "in the park"), True),
        (CLAIMS_MORE, "entailment", "A man runs .", TextEdit("append", "in the park"), False),
        (CLAIMS_MORE, "contradiction", "Nobody runs .", TextEdit("append", "in the park"), False),
        (CLAIMS_MORE, "contradiction", "A man runs .", TextEdit("insert", "fake", anchor=Anchor("tag", "NN")), False),
        (CLAIMS_MORE, "contradiction", "A man runs .", TextEdit("append", "without shoes"), False),
        (CLAIMS_LESS, "entailment", "An old man runs .", TextEdit("delete", anchor=Anchor("word", "old")), True),
        (CLAIMS_LESS, "entailment", "An old man runs .", TextEdit("delete", anchor=Anchor("word", "man")), False),
        (CLAIMS_LESS, "neutral", "An old man runs .", TextEdit("delete", anchor=Anchor("word", "old")), False),
        (NO_NEW_CLAIM, "neutral", "A man runs .", TextEdit("append", "now"), True),
        (NO_NEW_CLAIM, "neutral", "A man runs .", TextEdit("append", "fast"), False),
    ],
)
def test_a_rule_allows_what_its_sentence_says(rule, label, before, edit, allowed):
    hypothesis = tuple(before.split())
    changed = edit.on((("A",), hypothesis))
    assert rule.allows(Proposal(("A",), hypothesis, edit, changed[1], label)) is allowed
