"""TextLab without a page: messages go in as the page sends them, and the answers are read as it reads them."""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing

import numpy as np
import pytest
import traitlets
from hostile_pairs import HIDDEN, LAYER, hostile_pairs, pair_network

from compexp_widgets.adversarial.text.controls import run_text_controls
from compexp_widgets.adversarial.text.edits import TextEdit
from compexp_widgets.adversarial.text.evaluation import evaluate_edit
from compexp_widgets.adversarial.text.from_formula import edits_from_formula
from compexp_widgets.adversarial.text.rules import LabelRule, Proposal
from compexp_widgets.adversarial.text.suggest import suggest_text_edits
from compexp_widgets.concepts.lexicon import LexicalSettings
from compexp_widgets.data.pairs.dataset import LABELS, PairDataset
from compexp_widgets.data.pairs.tokens import detokenize, tokenize
from compexp_widgets.errors import StudyError
from compexp_widgets.progress import silent
from compexp_widgets.study import dissect_pairs
from compexp_widgets.widgets import TextLab

NOBODY = TextEdit("prepend", "nobody")
SECONDS = 30


@pytest.fixture(scope="module")
def network():
    return pair_network()


@pytest.fixture(scope="module")
def study(network, tmp_path_factory):
    """The tiny network's hidden layer, dissected on the tiny pairs, every unit explained."""
    folder = tmp_path_factory.mktemp("pairs") / "study"
    study = dissect_pairs(network, LAYER, hostile_pairs(), folder, concepts=LexicalSettings(tokens=50), report=silent)
    study.explain(report=silent)
    yield study
    study.close()


class Page:
    """The other end of a widget: sends messages and keeps what comes back."""

    def __init__(self, widget: TextLab) -> None:
        self.widget = widget
        self.received: list[dict] = []
        self.arrived = threading.Condition()
        widget.send = self.receive
        self.number = 0

    def receive(self, content: dict, _buffers: object = None) -> None:
        with self.arrived:
            self.received.append(json.loads(json.dumps(content, allow_nan=False)))
            self.arrived.notify_all()

    def ask(self, kind: str, **content) -> dict:
        """The last answer to a message: of work in the background that it is finished."""
        number = self.send(kind, **content)
        return self.wait_for(lambda one: one.get("id") == number and one.get("finished", True))

    def send(self, kind: str, **content) -> int:
        self.number += 1
        self.widget._handle_custom_msg({"type": kind, "id": self.number, **content}, [])
        return self.number

    def wait_for(self, wanted) -> dict:
        with self.arrived:
            assert self.arrived.wait_for(lambda: any(map(wanted, self.received)), SECONDS)
            return next(one for one in self.received if wanted(one))

    def state(self, **changes) -> dict:
        names = ("source", "target", "unit", "pair", "original", "edited")
        return {**{name: _as_json(getattr(self.widget, name)) for name in names}, **changes}

    def look(self, **changes) -> dict:
        return self.ask("look", **self.state(**changes))


def _as_json(value):
    return list(value) if isinstance(value, tuple) else value


@pytest.fixture
def lab(study, network):
    lab = TextLab(study, network)
    yield lab
    lab.close()


@pytest.fixture
def page(lab):
    return Page(lab)


def answered(network, premise, hypothesis):
    pairs = PairDataset.of("test", [(premise, hypothesis, None)])
    return network.respond(pairs, LAYER)


def test_the_lab_begins_with_a_pair_that_the_network_rightly_calls_the_source(lab, study):
    assert study.predicted[lab.pair] == study.pairs.gold[lab.pair] == LABELS.index(lab.source)
    assert lab.original == lab.edited
    assert lab.original[0] == detokenize(study.pairs.premises[lab.pair])


def test_the_page_is_told_of_the_study_and_of_every_unit_that_is_explained(page, study):
    told = page.ask("hello")
    assert told["title"] == "tiny · relu"
    assert told["pairs"] == len(study.pairs)
    assert sum(told["predicted"]) == len(study.pairs)
    assert np.allclose(told["class_weights"], study.class_weights, atol=1e-4)
    explained = study.explain(report=silent)
    assert [row["formula"] for row in told["rows"]] == [str(one.best.formula) if one.best else "" for one in explained]


def test_units_that_are_not_explained_yet_are_explained_in_the_background(network, tmp_path):
    fresh = dissect_pairs(network, LAYER, hostile_pairs(), tmp_path / "study", report=silent)
    lab = TextLab(fresh, network)
    page = Page(lab)
    assert page.ask("hello")["rows"] == []
    page.wait_for(lambda one: one["type"] == "rows" and one["finished"])
    rows = [row["unit"] for one in page.received for row in (one["rows"] if one["type"] == "rows" else [])]
    assert sorted(rows) == list(range(HIDDEN))
    assert all(unit["explained"] for unit in page.look()["units"])
    lab.close()
    fresh.close()


def test_a_look_tells_what_the_network_says_before_and_after(page, study, network):
    lab = page.widget
    look = page.look(edited=[lab.original[0], 'Nobody eats "food".'])
    premise = study.pairs.premises[lab.pair]
    before = answered(network, premise, study.pairs.hypotheses[lab.pair])
    after = answered(network, premise, tokenize('Nobody eats "food".'))
    assert look["edited"]
    assert look["before"]["probabilities"] == pytest.approx(before.probabilities[0].tolist(), abs=1e-5)
    assert look["after"]["probabilities"] == pytest.approx(after.probabilities[0].tolist(), abs=1e-5)
    assert look["after"]["predicted"] == after.predicted[0]
    assert look["after"]["hypothesis"] == ["Nobody", "eats", '"', "food", '"', "."]
    for unit in look["units"]:
        number = unit["unit"]
        assert unit["before"] == pytest.approx(float(before.activations[0, number]), abs=1e-5)
        assert unit["after"] == pytest.approx(float(after.activations[0, number]), abs=1e-5)


def test_pushes_of_all_units_add_up_to_the_change_between_the_two_logits(page, study, network):
    lab = page.widget
    look = page.look(edited=[lab.original[0], "Two dogs run outside."])
    premise = study.pairs.premises[lab.pair]
    logits = [
        answered(network, premise, hypothesis).logits[0].astype(float)
        for hypothesis in (study.pairs.hypotheses[lab.pair], tokenize("Two dogs run outside."))
    ]
    source, target = LABELS.index(lab.source), LABELS.index(lab.target)
    change = (logits[1] - logits[0])[target] - (logits[1] - logits[0])[source]
    assert sum(unit["push"] for unit in look["units"]) == pytest.approx(change, abs=1e-3)


def test_a_look_tells_which_leaves_of_a_formula_the_edit_changed(page, study):
    page.ask("hello")
    look = page.look(edited=[page.widget.original[0], "Nobody plays (music)."])
    for unit in look["units"]:
        formula = study.explain_unit(unit["unit"]).best.formula
        for leaf, told in zip(formula.leaves(), unit["leaves"], strict=True):
            index = study.table.index_of[leaf]
            for side, when in (("before", "before"), ("after", "after")):
                tokens = tuple(look[side]["premise"]), tuple(look[side]["hypothesis"])
                assert told[when] == (index in study.vocabulary.concepts_of(*tokens))


def test_an_unedited_pair_tells_the_units_that_fire(page, study):
    look = page.look()
    assert not look["edited"]
    assert look["moved"] == sum(study.fires(unit)[page.widget.pair] for unit in range(HIDDEN))
    assert look["place"]["gold"] == study.pairs.gold[page.widget.pair]


def test_the_chosen_unit_is_told_first_even_where_it_does_not_move(page):
    look = page.look(unit=HIDDEN - 1, edited=["A man.", "Two dogs."])
    assert look["units"][0]["unit"] == HIDDEN - 1


def test_the_arrows_go_round_the_pairs_that_the_network_calls_the_source(page, study):
    chosen = np.flatnonzero(study.predicted == LABELS.index("entailment")).tolist()
    here, visited = None, []
    for _ in range(len(chosen) + 1):
        here = page.ask("step", source="entailment", by=1, pair=here)["pair"]
        visited.append(here)
    assert visited == [*chosen, chosen[0]]
    assert page.ask("step", source="entailment", by=-1, pair=chosen[0])["pair"] == chosen[-1]


def test_choosing_a_pair_shows_its_sentences(lab, study):
    lab.edited = ("something", "else")
    lab.set_state({"pair": 7})
    assert lab.original == lab.edited == tuple(map(detokenize, (study.pairs.premises[7], study.pairs.hypotheses[7])))


def test_suggestions_are_those_of_the_formulas_with_what_they_do_to_this_pair(page, study, network):
    lab = page.widget
    answer = page.ask("ideas", **page.state())
    found = edits_from_formula(study, source=lab.source, target=lab.target, count=12)
    assert [TextEdit.from_json(idea["edit"]) for idea in answer["ideas"]] == [one.edit for one in found]
    assert answer["ideas"], "the tiny study should suggest something"
    pair = study.pairs.premises[lab.pair], study.pairs.hypotheses[lab.pair]
    for idea, one in zip(answer["ideas"], found, strict=True):
        assert (idea["words"], idea["unit"], idea["leaf"]) == (one.edit.description, one.unit, one.leaf)
        edited = one.edit.on(pair)
        assert (idea["probabilities"] is None) == (edited is None)
        if edited:
            assert idea["probabilities"] == pytest.approx(
                answered(network, *edited).probabilities[0].tolist(), abs=1e-5
            )
    assert page.ask("ideas", **page.state())["ideas"] == answer["ideas"]


def test_a_unit_that_suggests_nothing_says_why(page):
    answer = page.ask("ideas", **page.state(unit=HIDDEN - 1))  # it never fires, so it has no formula
    assert answer["ideas"] == []
    assert f"unit {HIDDEN - 1}" in answer["note"]


def test_an_applied_edit_is_the_edit_of_the_tokens_however_they_were_cut(page, study):
    for pair in range(0, len(study.pairs), 9):
        page.widget.pair = pair
        tokens = study.pairs.premises[pair], study.pairs.hypotheses[pair]
        applied = page.ask("apply", edit=NOBODY.to_json(), edited=list(page.widget.edited))["edited"]
        after = NOBODY.on(tokens)
        assert applied == [detokenize(sentence) for sentence in after]
        look = page.look(edited=applied)
        assert (tuple(look["after"]["premise"]), tuple(look["after"]["hypothesis"])) == after


def test_an_edit_that_does_not_apply_says_so(page):
    absent = {"edit": "delete", "side": "hypothesis", "anchor": {"kind": "word", "name": "giraffe"}}
    answer = page.ask("apply", edit=absent, edited=["A man.", "A man."])
    assert answer["type"] == "error"
    assert "does not apply to this pair" in answer["message"]


def effect_of(page, edits=(NOBODY,), **fields):
    labels = {"source": page.widget.source, "target": page.widget.target, "true_label": "unchanged"}
    return page.ask("effect", edits=[edit.to_json() for edit in edits], **{**labels, **fields})["effect"]


def test_an_edit_on_all_pairs_is_counted_as_the_evaluation_counts_it(page, study, network):
    told = effect_of(page)
    effect = evaluate_edit(network, study, NOBODY)
    assert told["applicable"] == effect.applicable.sum()
    assert told["flips"] == effect.flips.tolist()
    assert told["flipped"]["count"] == effect.flipped("contradiction", "entailment").count
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
        told = page.ask("recount", true_label=truth)["effect"]
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
    assert page.ask("csv")["message"] == "no edit has been tried on all pairs yet"
    effect_of(page)
    table = page.ask("csv")
    frame = evaluate_edit(network, study, NOBODY).to_frame()
    assert table["header"] == list(frame.columns)
    assert [row[0] for row in table["rows"]] == frame["pair"].tolist()
    assert len(table["rows"]) == len(frame)


def test_looks_are_right_while_an_edit_is_tried_on_all_pairs(page):
    """Both listen to the same layer of the same network, in two threads."""
    alone = page.look(edited=["A man runs.", "Nobody runs."])
    number = page.send(
        "effect", edits=[NOBODY.to_json()], source="entailment", target="contradiction", true_label="unchanged"
    )
    for _ in range(20):
        look = page.look(edited=["A man runs.", "Nobody runs."])
        assert [look["before"], look["after"]] == [alone["before"], alone["after"]]
    page.wait_for(lambda one: one.get("id") == number and one.get("finished"))


def test_work_that_is_cancelled_ends_with_a_last_message(page, study):
    page.widget._desk._desk.pause.__enter__()  # somebody waits for an answer: the work stands still
    number = page.send(
        "effect", edits=[NOBODY.to_json()], source="entailment", target="contradiction", true_label="unchanged"
    )
    time.sleep(0.1)
    page.send("cancel", what="effect")
    page.widget._desk._desk.pause.__exit__()
    last = page.wait_for(lambda one: one.get("id") == number and one.get("finished"))
    assert last["type"] == "cancelled"
    told = last["effect"]
    assert not told["complete"]
    assert told["applicable"] < len(study.pairs)


def smallest(page, rule="any edit", **fields):
    return page.ask("smallest", **page.state(rule=rule, **{"any": False, "two": False, "label": None, **fields}))


def test_every_rule_is_told_with_what_it_guarantees(page):
    rules = page.ask("hello")["rules"]
    assert [rule["name"] for rule in rules][-1] == "any edit"
    assert all(len(rule["sentence"]) > 40 for rule in rules)


def test_a_rule_of_ones_own_is_offered_first(study, network):
    rule = LabelRule("my rule", "Nothing is allowed by it, not even what the formulas suggest.", lambda _: False)
    lab = TextLab(study, network, rules=[rule])
    page = Page(lab)
    assert page.ask("hello")["rules"][0] == {"name": "my rule", "sentence": rule.statement}
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
        applied = page.ask("apply", edit=one["edits"][0], edited=list(lab.original))["edited"]
        assert applied == [one["text"]["premise"], one["text"]["hypothesis"]]
        assert page.look(edited=applied)["after"]["predicted"] == LABELS.index(lab.target)


def test_rules_are_asked_about_the_label_of_the_pair_or_the_one_that_is_marked(study, network):
    """The first pair is entailed; sentences of one's own have no label until one is marked."""
    asked = LabelRule("if entailed", "All is allowed where the pair is entailed, nothing elsewhere.", is_entailed)
    lab = TextLab(study, network, rules=[asked])
    page = Page(lab)
    assert smallest(page, asked.name)["tried"] > 0
    assert smallest(page, asked.name, label="contradiction")["tried"] == 0
    assert smallest(page, asked.name, pair=None)["tried"] == 0
    assert smallest(page, asked.name, pair=None, label="entailment")["tried"] > 0
    lab.close()


def is_entailed(proposal: Proposal) -> bool:
    return proposal.label == "entailment"


def test_controls_are_those_of_the_engine(page, study, network):
    labels = {"source": "entailment", "target": "contradiction"}
    told = page.ask("controls", edits=[NOBODY.to_json()], units=[0], **labels)
    controls = run_text_controls(network, study, NOBODY, units=[0], **labels)
    assert told["verdict"] == controls.verdict
    assert [(row["what"], row["count"], row["of"]) for row in told["rows"]] == [
        (one.kind, one.flipped.count, one.flipped.of) for one in controls.outcomes
    ]
    assert told["rows"][-1]["words"].endswith("with unit 0 silent")


def test_controls_are_run_for_one_edit_at_a_time(page):
    answer = page.ask("controls", edits=[NOBODY.to_json()] * 2, units=[], source="neutral", target="contradiction")
    assert "one edit at a time" in answer["message"]


def test_a_recipe_replays_in_another_lab_and_tells_of_another_network(page, study, network, tmp_path):
    lab = page.widget
    edited = page.ask("apply", edit=NOBODY.to_json(), edited=list(lab.original))["edited"]
    recipe = page.ask("recipe", **page.state(edited=edited), edits=[NOBODY.to_json()])
    other = TextLab(study, network, pair=5)
    loaded = Page(other).ask("load_recipe", text=recipe["text"])
    assert (loaded["original"], loaded["edited"]) == (list(lab.original), edited)
    assert (loaded["source"], loaded["target"]) == (lab.source, lab.target)
    assert loaded["edits"] == [NOBODY.to_json()]
    assert "exactly what it said" in loaded["words"]
    other.close()
    different = pair_network(seed=1)
    folder = tmp_path / "study"
    with closing(dissect_pairs(different, LAYER, hostile_pairs(), folder, report=silent)) as foreign:
        lab = TextLab(foreign, different)
        assert "made with another network" in Page(lab).ask("load_recipe", text=recipe["text"])["words"]
        lab.close()


def test_what_was_typed_is_kept_as_edits(page):
    original, edited = ["A man runs.", "A man rests."], ["A man runs.", "Two dogs eat outside."]
    recipe = page.ask("recipe", **page.state(pair=None, original=original, edited=edited), edits=None)
    loaded = page.ask("load_recipe", text=recipe["text"])
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
    answer = page.ask("load_recipe", text=text)
    assert answer["type"] == "error"
    assert message in answer["message"]


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("look", {"unit": 99}, "99"),
        ("look", {"pair": 9_999}, "there is no pair 9999"),
        ("look", {"target": "entailment"}, "from one label to another"),
        ("look", {"source": "maybe"}, "cannot be read"),
        ("step", {"by": "one"}, "the field 'by' is 'one', not a whole number"),
        ("look", {"edited": ["one"]}, "cannot be read"),
        ("look", {"edited": ["a", "x" * 6_000]}, "5,000 characters"),
        ("apply", {"edit": {"edit": "burn"}}, "describes no edit"),
        ("effect", {"edits": []}, "sent no edits"),
        ("effect", {"edits": [NOBODY.to_json()], "true_label": "maybe"}, "not 'maybe'"),
        ("smallest", {"rule": "be nice"}, "no rule is called 'be nice'"),
        ("recipe", {"edits": []}, "sent no edits"),
        ("recipe", {"edits": None}, "cannot be kept as edits"),
        ("cancel", {"what": "time"}, "cancelled 'time'"),
        ("dance", {}, "unknown type 'dance'"),
    ],
)
def test_a_message_that_makes_no_sense_is_answered_with_the_reason(page, kind, content, message):
    answer = page.ask(kind, **{**page.state(), **content})
    assert answer["type"] == "error"
    assert message in answer["message"]


def test_settings_are_checked(study, network):
    with pytest.raises(TypeError, match="no setting 'labels'"):
        TextLab(study, network, labels=3)
    with pytest.raises(traitlets.TraitError, match="there is no unit 99"):
        TextLab(study, network, unit=99)
    with pytest.raises(StudyError, match="is not the network that was probed"):
        TextLab(study, pair_network(seed=1))


def test_sentences_of_ones_own_may_be_given(study, network):
    lab = TextLab(study, network, original=("A man runs.", "A man rests."))
    assert lab.pair is None
    assert lab.edited == lab.original == ("A man runs.", "A man rests.")
    lab.close()
