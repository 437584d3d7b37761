"""Representations: nothing prints more than a screen, in a notebook all is shown, and no name of the data is markup."""

from dataclasses import replace

import numpy as np
import pytest
from hostile_pairs import LAYER, hostile_pairs, pair_network
from representations import check, reachable, read, vision_starts
from test_token_modality import network as token_network
from test_token_modality import texts
from tiny_network import tiny_network

import compexp_widgets as cw
from compexp_widgets import adversarial
from compexp_widgets.listing import Listing
from compexp_widgets.progress import silent
from compexp_widgets.short_text import full_repr

HOSTILE = '<img src=x onerror=alert(1)> & "quotes"'


@pytest.fixture
def hostile_study(tiny_dataset, tmp_path):
    """Names of concepts, classes and the network that are markup."""
    names = [HOSTILE.replace("<img", f"<img id={number}") for number in range(len(tiny_dataset.concepts))]
    dataset = tiny_dataset.renamed(dict(zip(tiny_dataset.concept_names, names, strict=True)))
    network = replace(tiny_network(), name=HOSTILE, class_names=(HOSTILE, "outdoors"))
    study = cw.dissect(network, "body.1", dataset, tmp_path / "study", report=silent)
    yield study
    study.close()


def test_nothing_of_a_study_of_images_prints_more_than_a_screen(hostile_study):
    network = replace(tiny_network(), name=HOSTILE, class_names=(HOSTILE, "outdoors"))
    kinds = set()
    for path, thing in reachable(vision_starts(hostile_study, network, "body.1")):
        check(path, thing)
        kinds.add(type(thing).__name__)
    assert {"VisionStudy", "SignatureTable", "AnnotatedImage", "Concept", "Leaf", "Check", "DataSummary"} <= kinds


def test_nothing_of_a_study_of_pairs_prints_more_than_a_screen(tmp_path):
    concepts = cw.LexicalSettings(tokens=50)
    study = cw.dissect(pair_network(), LAYER, hostile_pairs(), tmp_path / "s", concepts=concepts, report=silent)
    network = pair_network()
    starts = {
        "study": study,
        "unit": study[0],
        "units": study[:],
        "top": study[0].top(3),
        "look": study.look(network, (study.pairs.premises[0], study.pairs.hypotheses[0])),
        "explanations": study.explain(report=silent),
        "network": network,
        "response": network.respond(study.pairs, LAYER),
        "settings": concepts,
    }
    kinds = set()
    for path, thing in reachable(starts):
        check(path, thing)
        kinds.add(type(thing).__name__)
    assert {"PairStudy", "PairDataset", "LexicalVocabulary", "LexicalConcept", "PairInputs", "PositionUnits"} <= kinds
    assert "<b>girl</b>" in read(study.pairs._repr_html_()).words
    study.close()


def test_nothing_of_a_modality_from_outside_prints_more_than_a_screen(tmp_path):
    study = cw.dissect(token_network(), "activation", texts(), tmp_path / "study", report=silent)
    explanations = study.explain(quantile=0.2, max_length=2, report=silent)
    for path, thing in reachable({"study": study, "explanations": explanations, "network": token_network()}):
        if type(thing).__module__.startswith("compexp_widgets"):
            check(path, thing)
    study.close()


@pytest.mark.parametrize(
    "thing",
    [
        cw.ExplanationSettings(exclude=tuple(f"concept {number}" for number in range(1000))),
        cw.EvidenceSettings(),
        cw.LexicalSettings(skip=tuple(f"word{number}" for number in range(1000))),
        cw.parse(" OR ".join(f"concept {number}" for number in range(2000))),
        cw.parse('"' + "x" * 5000 + '"'),
        cw.SignatureTable.from_masks({HOSTILE: np.array([1, 0, 1]), "b" * 5000: np.array([0, 1, 1])}),
        cw.PairDataset.of("source " * 900, [((HOSTILE,), ("a " * 900,), None)]),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_a_person_makes_by_hand_prints_no_more_than_a_screen_either(thing):
    for path, part in reachable({"thing": thing}):
        check(path, part)


def test_what_is_found_for_edits_of_pictures_prints_no_more_than_a_screen(tiny_study):
    network = replace(tiny_network(), class_names=(HOSTILE, "outdoors"))
    picture = tiny_study.data.picture(0)
    patch = adversarial.Patch(np.full((9, 9, 4), 200, np.uint8), HOSTILE)
    settings = adversarial.SearchSettings(budget=40)
    library = adversarial.PatchLibrary(tiny_study)
    paste = adversarial.Paste(patch, adversarial.Placement(0, 0, 8, 8))
    recipe = adversarial.record(network, picture, [paste])
    starts = {
        "suggested": adversarial.suggest_edit(network, picture, [patch], settings=settings),
        "edited": adversarial.EditedPicture(HOSTILE, picture, picture, "outdoors"),
        "contributions": adversarial.contributions(network, "body.3", picture),
        "shared": adversarial.shared_units(tiny_study, network, 0, 1),
        "constraints": adversarial.Constraints(),
        "settings": settings,
        "controls": adversarial.ControlSettings(),
        "library": library,
        "found": library.find(tiny_study.data.concept_names[5]),
        "probed": adversarial.ProbedNetwork(tiny_study, network),
        "sweep": adversarial.sweep_images(network, [picture], patch, adversarial.SweepGrid((0, 4), (0,), (8,))),
        "replay": adversarial.replay(recipe, network),
    }
    for path, thing in reachable(starts):
        check(path, thing)


def test_what_is_found_for_edits_of_pairs_prints_no_more_than_a_screen(tmp_path):
    concepts = cw.LexicalSettings(tokens=50)
    study = cw.dissect(pair_network(), LAYER, hostile_pairs(), tmp_path / "s", concepts=concepts, report=silent)
    pair = study.pairs.premises[2], study.pairs.hypotheses[2]
    edit = adversarial.TextEdit("append", "<b>outside</b>")
    starts = {
        "suggested": adversarial.suggest_text_edits(pair_network(), study, pair),
        "effect": adversarial.evaluate_edit(pair_network(), study.pairs, edit),
        "ideas": adversarial.edits_from_formula(study, 0),
        "settings": adversarial.TextSearchSettings(),
    }
    for path, thing in reachable(starts):
        check(path, thing)
    study.close()


def test_names_of_the_data_are_text_in_a_notebook(hostile_study):
    """A name stands there as it was written."""
    explanation = hostile_study.explain(0, quantile=0.3, max_length=1, report=silent)[0]
    assert explanation.best.formula.name in read(explanation.best.formula._repr_html_()).words.replace("\\", "")
    for thing in (hostile_study, hostile_study.data, hostile_study.table, explanation):
        assert "<img id=" not in thing._repr_html_()


@pytest.mark.parametrize("package", [cw, adversarial], ids=lambda package: package.__name__)
def test_every_public_class_says_what_it_is_and_shows_it(package):
    """The widgets show themselves in their own way; options are dictionaries, and a stage of work is its words."""
    classes = [thing for name in package.__all__ if isinstance(thing := getattr(package, name), type)]
    ours = [
        one for one in classes if not issubclass(one, (Exception, dict, str)) and not hasattr(one, "_repr_mimebundle_")
    ]
    assert len(ours) > 10
    assert [one for one in ours if one.__repr__ is object.__repr__ or not hasattr(one, "_repr_html_")] == []


def test_a_formula_that_was_found_is_the_formula_and_its_score():
    night, rain = np.array([1, 1, 1, 1, 0, 0, 0, 0]), np.array([1, 1, 0, 0, 1, 1, 0, 0])
    found = cw.explain_masks({"night": night, "rain": rain}, np.array([0, 0, 1, 0, 0, 0, 0, 0]))
    assert str(found.best) == "night AND NOT rain, IoU .500"
    assert repr(found) == "<CertifiedResult: night AND NOT rain, IoU .500; proven optimal>"
    assert read(found._repr_html_()).words.startswith("night AND NOT rain")


def test_an_explanation_says_its_formula_its_score_and_its_proof(tiny_study):
    (explanation,) = tiny_study.explain(0, max_length=2, quantile=0.2)
    score = f"{explanation.best.overlap.iou:.3f}"[1:]
    assert repr(explanation) == f"<Explanation of unit 0: {explanation.best.formula}, IoU {score}; proven optimal>"
    assert str(explanation) in repr(explanation)


def test_many_explanations_print_the_first_and_how_many_more_there_are(tiny_study):
    many = tiny_study.explain([0, 1, 2, 3, 4] * 5)
    begins = [line[1:25] for line in repr(many).splitlines()]
    assert begins[:2] == ["<Explanation of unit 0: ", "<Explanation of unit 1: "]
    assert repr(many).endswith(" … 15 more]")
    assert many[1:3] == list(many)[1:3]
    assert type(many[1:3]) is Listing
    html = many._repr_html_()
    assert html.count("<tr>") == 1 + 20
    assert "5 more" in read(html).words


def test_tuples_of_names_print_as_many_as_fit_and_how_many_there_are_in_all(tiny_study):
    table = cw.SignatureTable.from_masks({f"concept {number}": np.array([1, number % 2]) for number in range(500)})
    assert repr(table.concepts).startswith("('concept 0', 'concept 1', ")
    assert repr(table.concepts).endswith(", … 500 in all)")
    assert table.concepts == tuple(f"concept {number}" for number in range(500))
    names = tiny_study.data.concept_names
    assert repr(names) == repr(tuple(names))
    pills = read(tiny_study.data.concepts._repr_html_()).words
    assert all(name in pills for name in names)


def test_the_texts_that_fingerprints_are_made_of_stay_as_they_were():
    """Studies on disk know their data and concepts by them."""
    assert full_repr(cw.LexicalSettings(tokens=3, skip=("a",))).startswith(
        "LexicalSettings(tokens=3, skip=('a',), tags=T"
    )
    assert repr(cw.Layout("tokens", (14, 14), 1)) == "Layout(form='tokens', grid=(14, 14), skipped=1)"
