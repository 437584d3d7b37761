"""TextLab without a page: messages go in as the page sends them, and the answers are read as it reads them."""

from __future__ import annotations

import json
from contextlib import closing

import numpy as np
import pytest
import traitlets
from hostile_pairs import HIDDEN, LAYER, hostile_pairs, pair_network
from page import Page

import compexp_widgets as cw
from compexp_widgets.adversarial import (
    TextEdit,
    edits_from_formula,
    evaluate_edit,
    run_text_controls,
    suggest_text_edits,
)
from compexp_widgets.adversarial.text.rules import LabelRule, Proposal
from compexp_widgets.data.pairs import LABELS, detokenize, tokenize
from compexp_widgets.errors import StudyError
from compexp_widgets.progress import silent

NOBODY = TextEdit("prepend", "nobody")
LEADS = {"source": "entailment", "target": "contradiction"}


@pytest.fixture(scope="module")
def network():
    return pair_network()


@pytest.fixture(scope="module")
def study(network, tmp_path_factory):
    """The tiny network's hidden layer, dissected on the tiny pairs, every unit explained."""
    folder = tmp_path_factory.mktemp("pairs") / "study"
    study = cw.dissect_pairs(
        network, LAYER, hostile_pairs(), folder, concepts=cw.LexicalSettings(tokens=50), report=silent
    )
    study.explain(report=silent)
    yield study
    study.close()


class TextPage(Page):
    """The other end of a TextLab."""

    def answer(self, kind: str, **content) -> dict:
        return json.loads(json.dumps(self.ask(kind, **content)[0]))

    def state(self, **changes) -> dict:
        names = ("source", "target", "unit", "pair", "original", "edited")
        return {**{name: _as_json(getattr(self.widget, name)) for name in names}, **changes}

    def response(self, **changes) -> dict:
        return self.answer("response", **self.state(**changes))


def _as_json(value):
    return list(value) if isinstance(value, tuple) else value


@pytest.fixture
def lab(study, network):
    lab = cw.TextLab(study, network)
    yield lab
    lab.close()


@pytest.fixture
def page(lab):
    return TextPage(lab)


def answered(network, premise, hypothesis):
    pairs = cw.PairDataset.of("test", [(premise, hypothesis, None)])
    return network.respond(pairs, LAYER)


def test_the_lab_begins_with_a_pair_that_the_network_rightly_calls_the_source(lab, study):
    assert study.predicted[lab.pair] == study.pairs.gold[lab.pair] == LABELS.index(lab.source)
    assert lab.original == lab.edited
    assert lab.original[0] == detokenize(study.pairs.premises[lab.pair])


def test_the_page_is_told_of_the_study_and_of_every_unit_that_is_explained(page, study):
    told = page.answer("hello")
    assert told["title"] == "tiny · relu"
    assert told["pairs"] == len(study.pairs)
    assert np.allclose(told["class_weights"], study.class_weights, atol=1e-4)
    explained = study.explain(report=silent)
    assert [row["formula"] for row in told["rows"]] == [str(one.best.formula) if one.best else "" for one in explained]


def test_units_that_are_not_explained_yet_are_explained_in_the_background(network, tmp_path):
    fresh = cw.dissect_pairs(network, LAYER, hostile_pairs(), tmp_path / "study", report=silent)
    lab = cw.TextLab(fresh, network)
    page = TextPage(lab)
    assert page.answer("hello")["rows"] == []
    page.event("rows")
    rows = [row["unit"] for one, _ in page.received for row in (one["rows"] if one["type"] == "rows" else [])]
    assert sorted(rows) == list(range(HIDDEN))
    assert all(unit["explained"] for unit in page.response()["units"])
    lab.close()
    fresh.close()


def test_a_response_tells_what_the_network_says_before_and_after(page, study, network):
    lab = page.widget
    response = page.response(edited=[lab.original[0], 'Nobody eats "food".'])
    premise = study.pairs.premises[lab.pair]
    before = answered(network, premise, study.pairs.hypotheses[lab.pair])
    after = answered(network, premise, tokenize('Nobody eats "food".'))
    assert response["edited"]
    assert response["before"]["probabilities"] == pytest.approx(before.probabilities[0].tolist(), abs=1e-5)
    assert response["after"]["probabilities"] == pytest.approx(after.probabilities[0].tolist(), abs=1e-5)
    assert response["after"]["predicted"] == after.predicted[0]
    assert response["after"]["hypothesis"] == ["Nobody", "eats", '"', "food", '"', "."]
    for unit in response["units"]:
        number = unit["unit"]
        assert unit["before"] == pytest.approx(float(before.activations[0, number]), abs=1e-5)
        assert unit["after"] == pytest.approx(float(after.activations[0, number]), abs=1e-5)


def test_pushes_of_all_units_add_up_to_the_change_between_the_two_logits(page, study, network):
    lab = page.widget
    response = page.response(edited=[lab.original[0], "Two dogs run outside."])
    premise = study.pairs.premises[lab.pair]
    logits = [
        answered(network, premise, hypothesis).logits[0].astype(float)
        for hypothesis in (study.pairs.hypotheses[lab.pair], tokenize("Two dogs run outside."))
    ]
    source, target = LABELS.index(lab.source), LABELS.index(lab.target)
    change = (logits[1] - logits[0])[target] - (logits[1] - logits[0])[source]
    assert sum(unit["push"] for unit in response["units"]) == pytest.approx(change, abs=1e-3)


def test_a_response_tells_which_leaves_of_a_formula_the_edit_changed(page, study):
    page.answer("hello")
    response = page.response(edited=[page.widget.original[0], "Nobody plays (music)."])
    for unit in response["units"]:
        formula = study.explain_unit(unit["unit"]).best.formula
        for leaf, told in zip(formula.leaves(), unit["leaves"], strict=True):
            index = study.table.index_of[leaf]
            for side, when in (("before", "before"), ("after", "after")):
                tokens = tuple(response[side]["premise"]), tuple(response[side]["hypothesis"])
                assert told[when] == (index in study.vocabulary.concepts_of(*tokens))


def test_an_unedited_pair_tells_the_units_that_fire(page, study):
    response = page.response()
    assert not response["edited"]
    assert response["moved"] == sum(study.fires(unit)[page.widget.pair] for unit in range(HIDDEN))
    assert response["place"]["gold"] == study.pairs.gold[page.widget.pair]


def test_the_chosen_unit_is_told_first_even_where_it_does_not_move(page):
    response = page.response(unit=HIDDEN - 1, edited=["A man.", "Two dogs."])
    assert response["units"][0]["unit"] == HIDDEN - 1


def test_the_arrows_go_round_the_pairs_that_the_network_calls_the_source(page, study):
    chosen = np.flatnonzero(study.predicted == LABELS.index("entailment")).tolist()
    here, visited = None, []
    for _ in range(len(chosen) + 1):
        here = page.answer("step", source="entailment", by=1, pair=here)["pair"]
        visited.append(here)
    assert visited == [*chosen, chosen[0]]
    assert page.answer("step", source="entailment", by=-1, pair=chosen[0])["pair"] == chosen[-1]


def test_choosing_a_pair_shows_its_sentences(lab, study):
    lab.edited = ("something", "else")
    lab.set_state({"pair": 7})
    assert lab.original == lab.edited == tuple(map(detokenize, (study.pairs.premises[7], study.pairs.hypotheses[7])))


def test_suggestions_are_those_of_the_formulas_with_what_they_do_to_this_pair(page, study, network):
    lab = page.widget
    answer = page.answer("formula_edits", **page.state())
    found = edits_from_formula(study, source=lab.source, target=lab.target, count=12)
    assert [TextEdit.from_json(suggested["edit"]) for suggested in answer["edits"]] == [one.edit for one in found]
    assert answer["edits"], "the tiny study should suggest something"
    pair = study.pairs.premises[lab.pair], study.pairs.hypotheses[lab.pair]
    for suggested, one in zip(answer["edits"], found, strict=True):
        assert (suggested["words"], suggested["unit"], suggested["leaf"]) == (one.edit.description, one.unit, one.leaf)
        edited = one.edit.on(pair)
        assert (suggested["probabilities"] is None) == (edited is None)
        if edited:
            assert suggested["probabilities"] == pytest.approx(
                answered(network, *edited).probabilities[0].tolist(), abs=1e-5
            )
    assert page.answer("formula_edits", **page.state())["edits"] == answer["edits"]


def test_a_unit_that_suggests_nothing_says_why(page):
    answer = page.answer("formula_edits", **page.state(unit=HIDDEN - 1))  # it never fires, so it has no formula
    assert answer["edits"] == []
    assert f"unit {HIDDEN - 1}" in answer["note"]


def test_an_applied_edit_is_the_edit_of_the_tokens_however_they_were_cut(page, study):
    for pair in range(0, len(study.pairs), 9):
        page.widget.pair = pair
        tokens = study.pairs.premises[pair], study.pairs.hypotheses[pair]
        applied = page.answer("apply", edit=NOBODY.to_json(), edited=list(page.widget.edited))["edited"]
        after = NOBODY.on(tokens)
        assert applied == [detokenize(sentence) for sentence in after]
        response = page.response(edited=applied)
        assert (tuple(response["after"]["premise"]), tuple(response["after"]["hypothesis"])) == after


def test_an_edit_that_does_not_apply_says_so(page):
    absent = {"edit": "delete", "side": "hypothesis", "anchor": {"kind": "word", "name": "giraffe"}}
    answer = page.answer("apply", edit=absent, edited=["A man.", "A man."])
    assert answer["type"] == "error"
    assert "does not apply to this pair" in answer["message"]


def effect_of(page, edits=(NOBODY,), **fields):
    labels = {"source": page.widget.source, "target": page.widget.target, "true_label": "unchanged"}
    return page.answer("effect", edits=[edit.to_json() for edit in edits], **{**labels, **fields})["effect"]


def test_an_edit_on_all_pairs_is_counted_as_the_evaluation_counts_it(page, study, network):
    told = effect_of(page)
    effect = evaluate_edit(network, study, NOBODY)
    assert told["applicable"] == effect.applicable.sum()
    assert told["flips"] == effect.flips.tolist()
    assert told["flipped"]["count"] == effect.flipped("contradiction", "entailment").successes
    assert [row["before"] for row in told["accuracy"]] == pytest.approx(effect.accuracy()["before"].tolist())
    assert told["warning"] == NOBODY.changes_label
    for name, flips in (("flipped", True), ("kept", False)):
        assert len(told["examples"][name]) == min(20, told["example_counts"][name])
        for one in told["examples"][name]:
            assert one["predicted_before"] == 0
            assert (one["predicted_after"] == 2) == flips
            assert one["text"]["hypothesis"] == detokenize(tuple(one["after"]["hypothesis"]))


def test_marking_the_true_label_counts_accuracy_again(page, study, network):
    effect_of(page)
    for truth in ("contradiction", "unknown", "unchanged"):
        told = page.answer("recount", true_label=truth)["effect"]
        expected = evaluate_edit(network, study, NOBODY, true_label_after=truth).accuracy()["after"]
        assert [row["after"] for row in told["accuracy"]] == [
            None if np.isnan(share) else pytest.approx(share) for share in expected
        ]


def test_several_edits_are_made_one_after_the_other(page, study, network):
    edits = (NOBODY, TextEdit("append", "outside"))
    told = effect_of(page, edits)
    assert told["words"] == f"{edits[0].description}, then {edits[1].description}"
    assert told["flips"] == evaluate_edit(network, study, edits).flips.tolist()


def test_all_pairs_can_be_had_as_a_table(page, study, network):
    assert page.answer("csv")["message"] == "no edit has been tried on all pairs yet"
    effect_of(page)
    table = page.answer("csv")
    frame = evaluate_edit(network, study, NOBODY).to_frame()
    assert table["header"] == list(frame.columns)
    assert [row[0] for row in table["rows"]] == frame["pair"].tolist()
    assert len(table["rows"]) == len(frame)


def test_responses_are_right_while_an_edit_is_tried_on_all_pairs(page):
    """Both listen to the same layer of the same network, in two threads."""
    alone = page.response(edited=["A man runs.", "Nobody runs."])
    number = page.send(
        "effect", edits=[NOBODY.to_json()], source="entailment", target="contradiction", true_label="unchanged"
    )
    for _ in range(20):
        response = page.response(edited=["A man runs.", "Nobody runs."])
        assert [response["before"], response["after"]] == [alone["before"], alone["after"]]
    page.last(number)


def test_work_that_is_cancelled_ends_with_a_last_message(page, study):
    with page.widget.jobs.precedence.under_way(0):  # somebody waits for an answer: the work stands still
        number = page.send(
            "effect", edits=[NOBODY.to_json()], source="entailment", target="contradiction", true_label="unchanged"
        )
        page.send("cancel", what="effect")
    last, _ = page.last(number)
    assert last["type"] == "cancelled"
    if last["found"]:
        assert not last["found"]["effect"]["complete"]
        assert last["found"]["effect"]["applicable"] < len(study.pairs)


def smallest(page, rule="any edit", **fields):
    return page.answer("smallest", **page.state(rule=rule, **{"any": False, "two": False, "label": None, **fields}))


def test_every_rule_is_told_with_what_it_guarantees(page):
    rules = page.answer("hello")["rules"]
    assert [rule["name"] for rule in rules][-1] == "any edit"
    assert all(len(rule["sentence"]) > 40 for rule in rules)


def test_a_rule_of_ones_own_is_offered_first(study, network):
    rule = LabelRule("my rule", "Nothing is allowed by it, not even what the formulas suggest.", lambda _: False)
    lab = cw.TextLab(study, network, rules=[rule])
    page = TextPage(lab)
    assert page.answer("hello")["rules"][0] == {"name": "my rule", "sentence": rule.statement}
    assert smallest(page, "my rule")["tried"] == 0
    lab.close()


def test_the_smallest_edits_are_those_of_the_search_with_tries_and_successes(page, study, network):
    lab = page.widget
    pair = study.pairs.premises[lab.pair], study.pairs.hypotheses[lab.pair]
    found = suggest_text_edits(network, study, pair, target=lab.target, label="entailment")
    told = smallest(page)
    assert (told["tried"], told["succeeded"]) == (found.tried, found.succeeded)
    assert told["tried"] > 0
    assert [one["words"] for one in told["best"]] == [one.description for one in found.best]
    assert (told["closest"] is None) == bool(found.best)
    for one in told["best"]:
        applied = page.answer("apply", edit=one["edits"][0], edited=list(lab.original))["edited"]
        assert applied == [one["text"]["premise"], one["text"]["hypothesis"]]
        assert page.response(edited=applied)["after"]["predicted"] == LABELS.index(lab.target)


def test_rules_are_asked_about_the_label_of_the_pair_or_the_one_that_is_marked(study, network):
    """The first pair is entailed; sentences of one's own have no label until one is marked."""
    asked = LabelRule("if entailed", "All is allowed where the pair is entailed, nothing elsewhere.", is_entailed)
    lab = cw.TextLab(study, network, rules=[asked])
    page = TextPage(lab)
    assert smallest(page, asked.name)["tried"] > 0
    assert smallest(page, asked.name, label="contradiction")["tried"] == 0
    assert smallest(page, asked.name, pair=None)["tried"] == 0
    assert smallest(page, asked.name, pair=None, label="entailment")["tried"] > 0
    lab.close()


def is_entailed(proposal: Proposal) -> bool:
    return proposal.label == "entailment"


def test_controls_are_those_of_the_engine(page, study, network):
    labels = {"source": "entailment", "target": "contradiction"}
    told = page.answer("controls", edits=[NOBODY.to_json()], units=[0], **labels)
    controls = run_text_controls(network, study, NOBODY, units=[0], **labels)
    assert told["verdict"] == controls.verdict
    assert [(row["what"], row["count"], row["of"]) for row in told["rows"]] == [
        (one.kind, one.flipped.successes, one.flipped.tried) for one in controls.rows
    ]
    assert told["rows"][-1]["words"].endswith("with unit 0 silent")


def test_controls_are_run_for_one_edit_at_a_time(page):
    answer = page.answer("controls", edits=[NOBODY.to_json()] * 2, units=[], source="neutral", target="contradiction")
    assert "one edit at a time" in answer["message"]


def test_a_recipe_replays_in_another_lab_and_tells_of_another_network(page, study, network, tmp_path):
    lab = page.widget
    edited = page.answer("apply", edit=NOBODY.to_json(), edited=list(lab.original))["edited"]
    recipe = page.answer("recipe", **page.state(edited=edited), edits=[NOBODY.to_json()])
    other = cw.TextLab(study, network, pair=5)
    loaded = TextPage(other).answer("load_recipe", text=recipe["text"])
    assert (loaded["original"], loaded["edited"]) == (list(lab.original), edited)
    assert (loaded["source"], loaded["target"]) == (lab.source, lab.target)
    assert loaded["edits"] == [NOBODY.to_json()]
    assert "exactly what it said" in loaded["words"]
    other.close()
    different = pair_network(seed=1)
    folder = tmp_path / "study"
    with closing(cw.dissect_pairs(different, LAYER, hostile_pairs(), folder, report=silent)) as foreign:
        lab = cw.TextLab(foreign, different)
        assert "made with another network" in TextPage(lab).answer("load_recipe", text=recipe["text"])["words"]
        lab.close()


def test_what_was_typed_is_kept_as_edits(page):
    original, edited = ["A man runs.", "A man rests."], ["A man runs.", "Two dogs eat outside."]
    recipe = page.answer("recipe", **page.state(pair=None, original=original, edited=edited), edits=None)
    loaded = page.answer("load_recipe", text=recipe["text"])
    assert (loaded["original"], loaded["edited"]) == (original, edited)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no JSON", "the recipe is no valid JSON"),
        ("[]", "no recipe"),
        ('{"recipe": "cake"}', "no recipe"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(page, text, message):
    answer = page.answer("load_recipe", text=text)
    assert answer["type"] == "error"
    assert message in answer["message"]


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("response", {"unit": 99}, "99"),
        ("response", {"pair": 9_999}, "there is no pair 9999"),
        ("response", {"pair": -1}, "the field 'pair' is -1, not a whole number at least 0 or null"),
        ("response", {"target": "entailment"}, "from one label to another"),
        ("response", {"source": "maybe"}, "labels are entailment, neutral, contradiction, not 'maybe'"),
        ("response", {"edited": ["one"]}, "the field 'edited' is ['one'], not a list of"),
        ("response", {"edited": ["a", "x" * 6_000]}, "5,000 characters"),
        ("step", {"source": "entailment", "pair": None, "by": "one"}, "the field 'by' is 'one', not -1 or 1"),
        ("apply", {"edit": {"edit": "burn"}, "edited": ["A man.", "A man."]}, "describes no edit"),
        ("effect", {**LEADS, "edits": []}, "sent no edits"),
        (
            "effect",
            {**LEADS, "edits": [NOBODY.to_json()], "true_label": "maybe"},
            "'true_label' is 'maybe', not 'contradiction' or",
        ),
        ("smallest", {"rule": "be nice"}, "no rule is called 'be nice'"),
        ("recipe", {"edits": []}, "sent no edits"),
        ("recipe", {"edits": None}, "cannot be kept as edits"),
        ("cancel", {"what": "time"}, "cancelled 'time'"),
        ("dance", {}, "unknown type 'dance'"),
    ],
)
def test_a_message_that_makes_no_sense_is_answered_with_the_reason(page, kind, content, message):
    about_a_pair = kind in ("response", "smallest", "recipe")
    answer = page.answer(kind, **{**(page.state() if about_a_pair else {}), **content})
    assert answer["type"] == "error"
    assert message in answer["message"]


def test_settings_are_checked(study, network):
    with pytest.raises(TypeError, match="no setting 'labels'"):
        cw.TextLab(study, network, labels=3)
    with pytest.raises(traitlets.TraitError, match="there is no unit 99"):
        cw.TextLab(study, network, unit=99)
    with pytest.raises(StudyError, match="is not the network that was probed"):
        cw.TextLab(study, pair_network(seed=1))


def test_sentences_of_ones_own_may_be_given(study, network):
    lab = cw.TextLab(study, network, original=("A man runs.", "A man rests."))
    assert lab.pair is None
    assert lab.edited == lab.original == ("A man runs.", "A man rests.")
    lab.close()
