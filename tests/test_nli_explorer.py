"""NLIExplorer without a page: messages go in as the page sends them, and the answers are read as it reads them."""

import numpy as np
import pytest
import traitlets
from hostile_pairs import HIDDEN, LAYER, hostile_pairs, pair_network
from page import Page

from compexp_widgets import LexicalSettings
from compexp_widgets.analysis.label_counts import confusion
from compexp_widgets.analysis.lexical_table import IN_FORMULA
from compexp_widgets.concepts.lexicon import LexicalConcept
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import Leaf, parse
from compexp_widgets.progress import silent
from compexp_widgets.search import OPERATORS, joined
from compexp_widgets.study import dissect_pairs
from compexp_widgets.study.pairs.word_marks import word_marks
from compexp_widgets.widgets import NLIExplorer
from compexp_widgets.widgets.shared import explorer as shared

SETTINGS = {
    "unit": 0,
    "firing": "positive",
    "quantile": 0.05,
    "max_length": 3,
    "beam_size": 5,
    "operators": ["OR", "AND", "AND NOT"],
    "metric": "iou",
    "excluded_categories": [],
    "formula_text": "",
    "switched_off": [],
    "tab": "words",
    "gallery": "fires",
}


@pytest.fixture(scope="module")
def network():
    return pair_network()


@pytest.fixture(scope="module")
def study(network, tmp_path_factory):
    """The tiny network's hidden layer, dissected on the tiny pairs."""
    folder = tmp_path_factory.mktemp("pairs") / "study"
    study = dissect_pairs(network, LAYER, hostile_pairs(), folder, concepts=LexicalSettings(tokens=50), report=silent)
    yield study
    study.close()


@pytest.fixture
def explorer(study, network, monkeypatch):
    monkeypatch.setattr(shared, "PROMPT_SECONDS", 60)  # whatever else this machine does, cards come with their proof
    explorer = NLIExplorer(study, network, max_length=3, beam_size=5)
    yield explorer
    explorer.close()
    assert explorer.jobs.wait(30)


@pytest.fixture
def page(explorer):
    page = Page(explorer)
    yield page
    page.check()


def card_of(page, pairs=60, **settings):
    """The last answer to a request for a card, and its buffers."""
    return page.ask("card", settings={**SETTINGS, **settings}, pairs=pairs)


def probe(page, premise, hypothesis, **settings):
    """What is said of a typed pair."""
    return page.ask("probe", premise=premise, hypothesis=hypothesis, settings={**SETTINGS, **settings})[0]


def test_the_page_is_told_what_the_study_is_and_then_every_row(page, explorer, study):
    told, _ = page.ask("hello")
    assert told["title"] == "tiny · relu"
    assert told["units"] == list(range(HIDDEN))
    assert [concept["name"] for concept in told["concepts"]] == list(study.table.concepts)
    assert [concept["count"] for concept in told["concepts"]] == study.table.concept_total.tolist()
    assert np.allclose(told["class_weights"], study.class_weights, atol=1e-4)
    assert told["probe"]
    page.event("rows")
    rows = {row["unit"]: row for content, _ in page.received for row in content.get("rows", [])}
    frame = study.to_frame(max_length=3, beam_size=5, proof_nodes=0)
    assert [rows[unit]["formula"] for unit in range(HIDDEN)] == list(frame["formula"])
    assert [rows[unit]["share"] for unit in range(HIDDEN)] == list(frame["fires"])
    assert [rows[unit]["silent"] for unit in range(HIDDEN)] == list(frame["silent"])


def test_a_card_shows_what_the_search_finds(page, explorer, study):
    card, _ = card_of(page)
    explanation = study.explain_unit(0, explorer.settings)
    assert card["formula"]["text"] == str(explanation.best.formula)
    assert card["scores"]["iou"] == explanation.best.overlap.iou
    assert card["active"] == study.fires(0).sum()
    assert [one["text"] for one in card["by_length"]] == [str(found.formula) for found in explanation.by_length]
    categories = {token["name"]: token["category"] for token in card["formula"]["tokens"] if token["kind"] == "leaf"}
    assert categories == {name: study.category_of[name] for name in explanation.best.formula.concepts()}


@pytest.mark.parametrize("formula", ["", "hyp:tok:nobody OR pre:tok:man"])
def test_the_lexical_table_has_every_concept_with_its_scores(page, study, formula):
    card, buffers = card_of(page, formula_text=formula)
    iou, precision, recall, change = (np.frombuffer(column, "<f4") for column in buffers[:4])
    way = np.frombuffer(buffers[4], np.int8)
    shown = parse(card["shown"]["text"])
    for index, leaf in enumerate(study.table.leaves):
        alone = study.overlap(leaf, 0)
        assert (iou[index], precision[index], recall[index]) == pytest.approx(
            (alone.iou, alone.precision, alone.recall), abs=1e-6
        )
        assert (way[index] == IN_FORMULA) == (leaf in shown.leaves())
        if way[index] != IN_FORMULA:
            longer = study.overlap(joined(shown, OPERATORS[way[index]], leaf), 0)
            assert change[index] == pytest.approx(longer.iou - card["scores"]["iou"], abs=1e-6)


def test_a_click_puts_a_concept_into_the_formula_and_a_second_one_takes_it_out(page, study):
    index = study.table.concepts.index("hyp:tok:nobody")
    put = page.ask("toggle", formula="pre:tok:man", concept=index, operator="AND NOT")[0]
    assert put["text"] == "pre:tok:man AND NOT hyp:tok:nobody"
    assert page.ask("toggle", formula=put["text"], concept=index, operator="OR")[0]["text"] == "pre:tok:man"
    assert page.ask("toggle", formula="hyp:tok:nobody", concept=index, operator="OR")[0]["text"] == ""
    assert page.ask("toggle", formula="", concept=index, operator="OR")[0]["text"] == "hyp:tok:nobody"


def test_hostile_words_are_concepts_that_can_be_put_into_a_formula(page, study):
    for name in ("pre:tok:(music)", "pre:tok:<b>girl</b>", 'hyp:tok:"food"'):
        index = study.table.concepts.index(name)
        text = page.ask("toggle", formula="pre:tok:man", concept=index, operator="OR")[0]["text"]
        card, _ = card_of(page, formula_text=text)
        assert card["formula"]["text"] == text
        assert card["leaves"][1]["name"] == name


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"concept": 99_999}, "there is no concept 99999"),
        ({"operator": "XOR"}, "the field 'operator' is 'XOR', not 'AND' or 'AND NOT' or 'OR'"),
        ({"concept": "x"}, "the field 'concept' is 'x', not a whole number"),
        ({"formula": None}, "the field 'formula' is None, not a text"),
    ],
)
def test_a_click_that_makes_no_sense_is_answered_with_the_reason(page, content, message):
    answer, _ = page.ask("toggle", **{"formula": "pre:tok:man", "concept": 0, "operator": "OR", **content})
    assert answer["type"] == "error"
    assert message in answer["message"]


@pytest.mark.parametrize("gallery", ["fires", "silent", "unexplained"])
def test_pairs_are_what_their_gallery_says(page, study, gallery):
    card, _ = card_of(page, tab="pairs", gallery=gallery, formula_text="hyp:tok:nobody OR pre:tok:man")
    fires, holds = study.fires(0), study.holds(parse("hyp:tok:nobody OR pre:tok:man"))
    expected = {"fires": fires, "silent": holds & ~fires, "unexplained": fires & ~holds}[gallery]
    assert {pair["pair"] for pair in card["examples"]} == set(np.flatnonzero(expected).tolist())
    assert card["gallery_counts"][gallery] == expected.sum()
    for pair in card["examples"]:
        number = pair["pair"]
        assert tuple(pair["premise"]) == study.pairs.premises[number]
        assert (pair["gold"], pair["predicted"]) == (study.pairs.gold[number], study.predicted[number])
        assert pair["activation"] == study.units.activations(0)[number]
        assert [bool(pair[name]) for name in ("fires", "holds")] == [fires[number], holds[number]]


def test_the_words_that_make_a_formula_true_are_marked(page, study):
    formula = "hyp:tok:nobody OR (pre:tag:NN AND NOT pre:tok:man)"
    card, _ = card_of(page, tab="pairs", formula_text=formula)
    assert [(leaf["name"], leaf["negated"]) for leaf in card["marked_leaves"]] == [
        ("hyp:tok:nobody", False),
        ("pre:tag:NN", False),
        ("pre:tok:man", True),
    ]
    for pair in card["examples"]:
        for word, marks in zip(pair["hypothesis"], pair["marks"]["hypothesis"], strict=True):
            assert marks == ([0] if word == "Nobody" else [])
        for word, marks in zip(pair["premise"], pair["marks"]["premise"], strict=True):
            assert (2 in marks) == (word == "man")
            assert 1 in marks or word not in ("man", "woman")


def test_labels_are_counted_on_all_pairs_where_the_unit_fires_and_where_the_formula_holds(page, study):
    card, _ = card_of(page, tab="labels", formula_text="pre:tok:man")
    fires, holds = study.fires(0), study.holds(parse("pre:tok:man"))
    for name, chosen in (("all", None), ("fires", fires), ("holds", holds)):
        assert card["labels"][name] == confusion(study.pairs.gold, study.predicted, chosen).tolist()


def test_a_quantile_takes_the_place_of_zero(page, study):
    card, _ = card_of(page, firing="largest", quantile=0.25)
    activations = study.units.activations(0)
    assert card["threshold"] == np.quantile(activations.astype(np.float64), 0.75)
    assert card["active"] == (activations > card["threshold"]).sum() > 0


def test_kinds_of_concepts_are_left_out_of_the_search(page, study):
    card, _ = card_of(page, excluded_categories=["hypothesis token", "hypothesis tag"])
    assert all(leaf["category"] not in ("hypothesis token", "hypothesis tag") for leaf in card["leaves"])


def test_a_unit_that_never_fires_has_a_card_without_formula(page):
    card, buffers = card_of(page, unit=HIDDEN - 1)
    assert card["silent"]
    assert card["active"] == 0
    assert card["formula"]["text"] == ""
    assert card["best_pair"] is None
    assert len(buffers) == 5


def test_a_silent_unit_says_how_often_it_fires_and_may_be_given_a_formula(page, study):
    card, _ = card_of(page, firing="largest", quantile=0.02)
    assert 0 < card["active"] < card["min_active"]
    assert card["silent"]
    assert card["formula"]["text"] == ""
    by_hand, _ = card_of(page, firing="largest", quantile=0.02, formula_text="pre:tok:man")
    assert by_hand["formula"]["text"] == "pre:tok:man"
    assert by_hand["scores"]["active"] == card["active"]


def test_a_typed_pair_is_answered_as_the_study_has_it(page, study):
    for number in (0, 5, 17):
        premise, hypothesis = (" ".join(side[number]) for side in (study.pairs.premises, study.pairs.hypotheses))
        answer = probe(page, premise, hypothesis, formula_text="hyp:tok:nobody OR pre:tok:man")
        assert tuple(answer["premise"]) == study.pairs.premises[number]
        assert answer["probabilities"] == pytest.approx(study.probabilities[number].tolist(), abs=1e-5)
        assert answer["unit"]["activation"] == pytest.approx(study.units.activations(0)[number], abs=1e-5)
        assert answer["unit"]["fires"] == study.fires(0)[number]
        assert answer["unit"]["holds"] == study.holds(parse("hyp:tok:nobody OR pre:tok:man"))[number]
        for leaf in answer["leaves"]:
            assert leaf["holds"] == study.holds(parse(leaf["name"]))[number]
        firing = {unit for unit in range(HIDDEN) if study.fires(unit)[number]}
        assert {one["unit"] for one in answer["firing"]} == firing
        assert answer["count"] == len(firing)


def test_a_typed_pair_tells_of_every_firing_unit_whether_its_formula_is_true(page, explorer, study):
    page.ask("hello")
    assert explorer.jobs.wait(30)
    premise, hypothesis = (" ".join(side[7]) for side in (study.pairs.premises, study.pairs.hypotheses))
    formulas = study.to_frame(max_length=3, beam_size=5, proof_nodes=0)["formula"]
    for one in probe(page, premise, hypothesis)["firing"]:
        assert one["text"] == formulas[one["unit"]]
        assert one["holds"] == (bool(one["text"]) and study.holds(parse(one["text"]))[7])


def test_nothing_typed_and_unknown_words_are_answered_too(page):
    assert probe(page, "", "")["type"] == "probe"
    assert probe(page, "xyzzy </script>", "☃")["premise"] == ["xyzzy", "<", "/script", ">"]


def test_a_sentence_that_is_a_book_is_refused(page):
    assert "a sentence may have 5,000 characters" in probe(page, "word " * 2_000, "")["message"]


def test_without_the_network_no_pair_can_be_tried(study):
    explorer = NLIExplorer(study)
    page = Page(explorer)
    assert not page.ask("hello")[0]["probe"]
    assert "give it to NLIExplorer beside the study" in probe(page, "A man", "A dog")["message"]
    explorer.close()


def test_another_network_than_the_one_that_was_probed_is_refused(study):
    with pytest.raises(StudyError, match="tiny is not the network that was probed"):
        NLIExplorer(study, pair_network(seed=1))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"unit": 99}, "there is no unit 99"),
        ({"firing": "sometimes"}, "the field 'firing' is 'sometimes', not 'largest' or 'positive'"),
        ({"tab": "louvre"}, "the field 'tab' is 'louvre', not 'labels' or 'pairs' or 'words'"),
        ({"excluded_categories": ["lava"]}, "'lava' is neither a concept nor a category"),
        ({"beam_size": "x"}, "the field 'beam_size' is 'x', not a whole number from 1 to 100"),
        ({"unit": "x"}, "the field 'unit' is 'x', not a whole number"),
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_the_reason(page, settings, message):
    answer, _ = card_of(page, **settings)
    assert answer["type"] == "error"
    assert message in answer["message"]


def test_a_formula_with_an_operator_that_the_data_lacks_is_refused(page):
    answer, _ = card_of(page, formula_text="NEIGHBORS(pre:tok:man)")
    assert "needs word vectors or WordNet" in answer["message"]


def test_evidence_for_a_formula_is_found_in_the_background(page, explorer, study):
    answer, _ = page.ask("evidence", settings=SETTINGS)
    (evidence,) = study.evidence(0, max_length=3, beam_size=5, proof_nodes=0, report=silent)
    assert (answer["p_value"], answer["interval"]) == (evidence.p_value, evidence.interval)


def test_a_proof_is_searched_for_when_somebody_asks(page, explorer, study):
    assert card_of(page)[0]["proof"]["bound"] is None
    answer, _ = page.ask("prove", settings=SETTINGS)
    explanation = study.explain_unit(0, explorer.settings.changed(proof_nodes=700))
    assert answer["proof"]["proven"] == explanation.proven
    assert answer["searched"]["text"] == str(explanation.best.formula)
    assert [one["bound"] for one in answer["by_length"]] == list(explanation.bounds)


def test_values_and_names_that_do_not_exist_are_refused(study):
    with pytest.raises(TypeError, match="NLIExplorer has no setting 'units'; there are beam_size, excluded_categories"):
        NLIExplorer(study, units=3)
    with pytest.raises(traitlets.TraitError):
        NLIExplorer(study, tab="beauty")


def test_a_formula_written_by_hand_is_forgotten_with_its_unit(study):
    explorer = NLIExplorer(study, unit=1, formula_text="pre:tok:man", switched_off=[0])
    explorer.unit = 2
    assert (explorer.formula_text, explorer.switched_off) == ("", [])


def concept(text: str, **fields) -> LexicalConcept:
    return LexicalConcept(Leaf(text), **fields)


def test_words_are_marked_by_what_makes_a_concept_hold():
    premise, hypothesis = ("A", "Man", "sleeps", "."), ("The", "man", "rests", ".")
    words = concept("pre:lex:people", side="premise", kind="lexicon", words=("man", "woman"))
    tags = concept("hyp:tag:NN", side="hypothesis", kind="tag", tag="NN")
    overlap = concept("oth:overlap:25", side="both", kind="overlap", share=0.25)
    length = concept("pre:len:1-5", side="premise", kind="length", lengths=(1, 5))
    marks = word_marks({0: words, 1: tags, 2: overlap, 3: length}, premise, hypothesis)
    assert marks == ([[], [0, 2], [], [2]], [[], [1, 2], [], [2]])


def test_a_sentence_without_words_has_nothing_to_mark():
    overlap = concept("oth:overlap:25", side="both", kind="overlap", share=0.25)
    assert word_marks({0: overlap}, (), (" ",)) == ([], [[]])
