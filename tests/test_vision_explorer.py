"""VisionExplorer without a page: messages go in as the page sends them, and the answers are read as it reads them."""

import io
import json
import time

import numpy as np
import pytest
import traitlets
from page import Page
from PIL import Image
from tiny_network import tiny_network

from compexp_widgets import Directions
from compexp_widgets.formula import parse
from compexp_widgets.progress import silent
from compexp_widgets.signatures.activation_ranges import Cluster
from compexp_widgets.study import ExplanationSettings, dissect, q_values
from compexp_widgets.study.gallery import galleries
from compexp_widgets.study.images.upsampling import upsample
from compexp_widgets.widgets import VisionExplorer
from compexp_widgets.widgets.shared import explorer as shared

SETTINGS = {
    "unit": 1,
    "quantile": 0.1,
    "max_length": 3,
    "beam_size": 5,
    "operators": ["OR", "AND", "AND NOT"],
    "metric": "iou",
    "excluded_categories": [],
    "formula_text": "",
    "switched_off": [],
    "gallery": "fires",
    "cluster": [],
}


@pytest.fixture
def explorer(tiny_study, monkeypatch):
    monkeypatch.setattr(shared, "PROMPT_SECONDS", 60)  # whatever else this machine does, cards come with their proof
    explorer = VisionExplorer(tiny_study, quantile=0.1)
    yield explorer
    explorer.close()
    assert explorer.jobs.wait(30)


@pytest.fixture
def page(explorer):
    page = Page(explorer)
    yield page
    page.check()


def card_of(page, tiles=4, **settings):
    """The last answer to a request for a card, and its buffers."""
    return page.ask("card", settings={**SETTINGS, **settings}, tiles=tiles)


def test_the_page_is_told_what_the_study_is_and_then_every_row(page, explorer, tiny_study):
    study, _ = page.ask("hello")
    assert study["title"] == "tiny · body.3"
    assert study["units"] == [0, 1, 2, 3, 4]
    assert study["unit_names"] == []
    assert [concept["name"] for concept in study["concepts"]] == list(tiny_study.dataset.concept_names)
    assert study["rows"] == []
    page.event("rows")
    rows = {row["unit"]: row for content, _ in page.received if content["id"] is None for row in content["rows"]}
    frame = tiny_study.to_frame(quantile=0.1)
    assert [rows[unit]["formula"] for unit in range(5)] == list(frame["formula"])
    assert [rows[unit]["iou"] for unit in range(5)] == list(frame["iou"])
    assert page.ask("hello")[0]["rows"] == [rows[unit] for unit in range(5)]


def test_the_page_is_told_the_names_of_directions_as_they_are(tiny_dataset, tmp_path):
    names = ["one", "<b>two & one"]
    directions = Directions(np.eye(5)[:2], names)
    study = dissect(
        tiny_network(), "body.3", tiny_dataset, tmp_path / "directions", directions=directions, report=silent
    )
    assert Page(VisionExplorer(study)).ask("hello")[0]["unit_names"] == names
    study.close()


def test_a_card_shows_what_the_search_finds(page, tiny_study):
    card, _ = card_of(page)
    explanation = tiny_study.explain_unit(1, page.widget.settings)
    assert card["formula"]["text"] == str(explanation.best.formula)
    assert not card["formula"]["edited"]
    assert card["scores"]["iou"] == explanation.best.overlap.iou
    assert [one["text"] for one in card["by_length"]] == [str(found.formula) for found in explanation.by_length]
    assert card["threshold"] == explanation.threshold
    assert card["proof"] == {"state": "done", "proven": True, "bound": explanation.best.score, "length": 3}
    leaves = [token for token in card["formula"]["tokens"] if token["kind"] == "leaf"]
    assert [leaf["name"] for leaf in leaves] == [leaf["name"] for leaf in card["leaves"]]
    assert all(leaf["category"] == tiny_study.category_of[leaf["name"]] for leaf in leaves)


def test_the_masks_of_a_tile_are_those_of_the_study(page, tiny_study):
    card, buffers = card_of(page)
    grid = tiny_study.dataset.grid
    assert len(buffers) == 3 * len(card["tiles"])
    for number, tile in enumerate(card["tiles"]):
        neuron, formula = (
            np.unpackbits(np.frombuffer(bits, np.uint8), count=grid[0] * grid[1]).reshape(grid).astype(bool)
            for bits in buffers[3 * number : 3 * number + 2]
        )
        activation = np.frombuffer(buffers[3 * number + 2], "<f4").reshape(card["map_shape"])
        assert (neuron == (upsample(activation[None], grid)[0] > card["threshold"])).all()
        assert (formula == tiny_study.holds(parse(card["formula"]["text"]), [tile["image"]])[0]).all()
        assert (tile["neuron"], tile["formula"]) == (neuron.sum(), formula.sum())
        assert tile["both"] == (neuron & formula).sum()
        assert tile["peak"] == activation.max()


def test_a_formula_written_by_hand_is_scored_as_written(page, tiny_study):
    card, _ = card_of(page, formula_text="door OR NOT red-c")
    assert card["formula"]["edited"]
    assert card["scores"]["iou"] == tiny_study.overlap(parse("door OR NOT red-c"), 1, 0.1).iou
    assert card["searched"]["text"] == card_of(page)[0]["formula"]["text"]


def test_a_switched_off_concept_is_left_out_of_scores_and_masks(page, tiny_study):
    card, _ = card_of(page, formula_text="door AND NOT red-c", switched_off=[1])
    assert card["formula"]["text"] == "door AND NOT red-c"
    assert card["shown"]["text"] == "door"
    assert card["scores"]["iou"] == tiny_study.overlap(parse("door"), 1, 0.1).iou == card["leaves"][1]["without_iou"]


def test_a_unit_that_never_fires_has_a_card_without_formula(page):
    card, buffers = card_of(page, unit=4)
    assert card["silent"]
    assert card["formula"] == {"text": "", "tokens": [], "edited": False, "length": 0}
    assert card["tiles"] == buffers == card["by_length"] == []


def test_all_concepts_switched_off_leave_no_formula(page):
    card, _ = card_of(page, formula_text="door", switched_off=[0])
    assert card["shown"]["text"] == ""
    assert card["scores"]["iou"] == 0
    assert card["scores"]["holds"] == 0


@pytest.mark.parametrize("text", ["door AND", "(door", "dor", "door AND NOT"])
def test_a_formula_that_cannot_be_read_is_answered_with_the_place(page, text):
    answer, _ = card_of(page, formula_text=text)
    assert answer["type"] == "formula_error"
    assert answer["text"] == text
    assert 0 <= answer["position"] <= len(text)
    assert "\n" not in answer["message"]


def test_an_unknown_concept_is_answered_with_the_nearest(page):
    answer, _ = card_of(page, formula_text="dor")
    assert "door" in answer["suggestions"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"unit": 99}, "there is no unit 99: the layer has units 0 … 4"),
        ({"metric": "beauty"}, "the field 'metric' is 'beauty', not 'f1' or 'iou' or 'precision' or 'recall'"),
        ({"gallery": "louvre"}, "the field 'gallery' is 'louvre', not 'fires' or"),
        ({"excluded_categories": ["lava"]}, "'lava' is neither a concept nor a category"),
        ({"quantile": "x"}, "in which the field 'quantile' is 'x', not a number above 0 and below 1"),
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_the_reason(page, settings, message):
    answer, _ = card_of(page, **settings)
    assert answer["type"] == "error"
    assert message in answer["message"]


def test_an_error_of_ours_reaches_the_page_with_its_traceback(page, tiny_study, monkeypatch):
    monkeypatch.setattr(tiny_study, "activity", lambda *_: 1 / 0)
    answer, _ = card_of(page)
    assert answer["type"] == "error"
    assert "ZeroDivisionError" in answer["message"]
    assert "Traceback" in answer["detail"]


def test_pictures_come_with_the_concepts_of_every_position(page, tiny_study):
    answer, buffers = page.ask("pictures", images=[3, 7])
    for picture, jpeg, local in zip(answer["pictures"], buffers[::2], buffers[1::2], strict=True):
        assert Image.open(io.BytesIO(jpeg)).size == (picture["width"], picture["height"])
        ids = np.frombuffer(local, "<u2").reshape(tiny_study.dataset.grid)
        labels = tiny_study.dataset.labels(picture["image"])
        for position in np.ndindex(ids.shape):
            expected = sorted({int(label) for label in labels[(slice(None), *position)]} - {-1})
            assert picture["concepts"][str(ids[position])] == expected


def test_the_table_can_be_filled_with_other_settings_and_cancelled(page, explorer, tiny_study, monkeypatch):
    slow = tiny_study.explain_unit
    monkeypatch.setattr(
        tiny_study, "explain_unit", lambda *asked, **options: (time.sleep(0.3), slow(*asked, **options))[1]
    )
    assert page.ask("explain_all", settings={**SETTINGS, "max_length": 1})[0]["type"] == "done"
    time.sleep(0.7)
    page.send("cancel")
    last = page.event("rows")
    assert last["cancelled"]
    assert last["label"] == "quantile 0.1 · length 1 · beam 5"
    assert 0 < last["done"] < 5


def test_evidence_for_a_formula_is_found_in_the_background(page, explorer, tiny_study):
    answer, _ = page.ask("evidence", settings=SETTINGS)
    (evidence,) = tiny_study.evidence(1, quantile=0.1, report=silent)
    assert answer["p_value"] == evidence.p_value
    assert (answer["samples"], answer["exceedances"]) == (evidence.null.samples, evidence.null.exceedances)
    assert answer["held_out"]["held_out_iou"] == evidence.held_out_iou
    assert tuple(answer["interval"]) == evidence.interval
    assert answer["q_value"] is None
    assert card_of(page, unit=2)[0]["evidence"] is None


def test_the_card_tells_the_q_value_where_every_unit_was_tested(page, explorer, tiny_study):
    found = tiny_study.evidence(quantile=0.1, report=silent)
    answer, _ = page.ask("evidence", settings=SETTINGS)
    assert answer["q_value"] == q_values(found)[1]
    assert card_of(page)[0]["evidence"] == {key: answer[key] for key in answer if key not in ("id", "finished")}


def test_a_new_question_takes_the_place_of_the_old_one_which_is_told(page, explorer):
    first = page.send("evidence", settings=SETTINGS)
    answer, _ = page.ask("evidence", settings={**SETTINGS, "unit": 4})
    assert (answer["type"], answer["found"]) == ("evidence", False)
    assert [reply["type"] for reply in page.replies(first)] == ["cancelled"]


@pytest.fixture
def hasty(monkeypatch):
    """No time to search: the first answer is what is found without any."""
    monkeypatch.setattr(shared, "PROMPT_SECONDS", -1)


def test_a_card_is_answered_at_once_and_its_proof_follows(page, explorer, tiny_study, hasty):
    card_of(page)
    first, rest = page.replies(page.number)
    assert (first["proof"]["state"], first["finished"]) == ("searching", False)
    final = tiny_study.explain_unit(1, explorer.settings)
    assert rest["proof"] == {"state": "done", "proven": True, "bound": final.best.score, "length": 3}
    assert rest["searched"]["text"] == str(final.best.formula)
    assert [one["bound"] for one in rest["by_length"]] == list(final.bounds)
    assert first["proof"]["bound"] >= final.best.score >= first["scores"]["iou"]


@pytest.fixture
def slow_start(tiny_study, monkeypatch):
    """A search that has found no more than a single concept when its time is up."""
    found = tiny_study.explain_unit
    single = ExplanationSettings.of(quantile=0.1, max_length=1)

    def explain(unit, settings, *, cancelled=lambda: False):
        return found(unit, single if cancelled() else settings, cancelled=cancelled)

    monkeypatch.setattr(shared, "PROMPT_SECONDS", -1)
    monkeypatch.setattr(tiny_study, "explain_unit", explain)


def test_a_better_formula_takes_the_place_of_the_first_with_its_own_tiles(page, explorer, slow_start, monkeypatch):
    _, buffers = card_of(page)
    first, rest = page.replies(page.number)
    assert (first["type"], rest["type"]) == ("card", "card")
    assert (first["formula"]["length"], rest["formula"]["length"]) == (1, 3)
    monkeypatch.setattr(shared, "PROMPT_SECONDS", 60)
    final, tiles = card_of(page)
    assert (rest["formula"], rest["tiles"], buffers) == (final["formula"], final["tiles"], tiles)


def test_a_formula_written_by_hand_is_not_replaced(page, explorer, slow_start):
    rest, _ = card_of(page, formula_text="door")
    assert rest["type"] == "proof"


def test_a_new_card_ends_the_search_for_the_last_one(page, explorer, tiny_study, hasty, monkeypatch):
    def never(unit, settings, *, cancelled):
        while not (stopped := cancelled()) and unit == 1:
            time.sleep(0.01)
        return found(unit, settings, cancelled=lambda: stopped)

    found = tiny_study.explain_unit
    monkeypatch.setattr(tiny_study, "explain_unit", never)
    first = page.send("card", settings={**SETTINGS, "unit": 1})
    card, _ = card_of(page, unit=2)
    assert [reply["type"] for reply in page.replies(first)] == ["card", "cancelled"]
    assert card["proof"]["state"] == "done"


def test_every_request_for_the_same_card_gets_the_proof(page, explorer, hasty):
    with explorer.jobs.precedence.under_way(0):  # the search waits until both have asked
        numbers = [page.send("card", settings={**SETTINGS, "gallery": name}) for name in ("fires", "silent")]
    assert [page.last(number)[0]["proof"]["state"] for number in numbers] == ["done", "done"]


def test_what_is_switched_off_is_left_out_of_the_final_formula(page, tiny_study, hasty):
    card, _ = card_of(page, switched_off=[0])
    assert card["proof"]["state"] == "done"
    assert card["formula"]["text"] == str(tiny_study.explain_unit(1, page.widget.settings).best.formula)


def test_a_failing_proof_is_told(page, explorer, tiny_study, hasty, monkeypatch):
    first = tiny_study.explain_unit(1, explorer.settings, cancelled=lambda: True)
    answers = iter([lambda: first, lambda: 1 / 0])

    def explain(_unit, _settings, *, cancelled):
        cancelled()
        return next(answers)()

    monkeypatch.setattr(tiny_study, "explain_unit", explain)
    assert "ZeroDivisionError" in card_of(page)[0]["message"]


def test_every_length_has_its_own_bound(page, tiny_study):
    card, _ = card_of(page)
    explanation = tiny_study.explain_unit(1, page.widget.settings)
    assert [one["bound"] for one in card["by_length"]] == list(explanation.bounds)
    assert all(one["proven"] for one in card["by_length"])
    unproven, _ = card_of(page, metric="f1")
    assert [one["bound"] for one in unproven["by_length"]] == [None] * 3


def test_the_ranges_of_a_unit_are_those_of_the_study(page, tiny_study):
    frame, _ = page_ranges(page, of=3)
    assert [one["number"] for one in frame["ranges"]] == [3, 2, 1]
    rows = {row["number"]: row for row in page.replies(page.number)[1:]}
    table = tiny_study.to_frame([1], ranges=3)
    for number, (_, expected) in enumerate(table.iterrows(), start=1):
        row = rows[number]
        assert (row["text"], row["iou"]) == (expected["formula"], expected["iou"])
        assert (row["detection_accuracy"], row["activation_coverage"]) == (expected["precision"], expected["recall"])
        assert row["sample_coverage"] == expected["sample_coverage"]
        assert row["proof"]["proven"]
        limits = next(one for one in frame["ranges"] if one["number"] == number)
        assert (limits["low"], limits["high"] or np.inf) == (expected["low"], expected["high"])


def page_ranges(page, of, **settings):
    page.ask("ranges", of=of, settings={**SETTINGS, **settings})
    answers = page.replies(page.number)
    return answers[0], answers


def test_the_shares_of_all_ranges_and_the_rest_make_up_all_positions(page, tiny_study):
    frame, answers = page_ranges(page, of=5)
    maps = tiny_study.units.activations(1)
    positive = (upsample(maps, tiny_study.dataset.grid) > 0).mean()
    assert sum(row["share"] for row in answers[1:]) == pytest.approx(positive)
    assert sum(frame["histogram"]) == (maps > 0).sum()
    assert json.loads(json.dumps(answers, allow_nan=False)) == answers


def test_a_unit_that_never_fires_has_no_ranges(page):
    frame, answers = page_ranges(page, of=3, unit=4)
    assert frame["ranges"] == []
    assert answers == [frame]
    assert frame["finished"]


@pytest.mark.parametrize("of", [0, 21])
def test_a_number_of_ranges_that_makes_no_sense_is_refused(page, explorer, of):
    answer, _ = page.ask("ranges", settings=SETTINGS, of=of)
    assert f"the field 'of' is {of}, not a whole number from 1 to 20" in answer["message"]


def test_ranges_are_found_until_they_are_cancelled(page, explorer, tiny_study, monkeypatch):
    slow = tiny_study.explain_unit
    monkeypatch.setattr(
        tiny_study, "explain_unit", lambda *asked, **options: (time.sleep(0.2), slow(*asked, **options))[1]
    )
    number = page.send("ranges", of=10, settings=SETTINGS)
    time.sleep(0.5)
    page.send("cancel", what="ranges")
    last, _ = page.last(number)
    assert (last["type"], last["found"]["type"]) == ("cancelled", "range")
    assert len(page.replies(number)) < 11
    assert page.ask("cancel", what="nothing")[0]["type"] == "error"


@pytest.mark.parametrize("cluster", [[1, 3], [2, 3], [3, 3]])
def test_the_card_of_a_range_shows_where_the_activation_lies_in_it(page, tiny_study, cluster):
    card, buffers = card_of(page, cluster=cluster, tiles=40)
    explanation = tiny_study.explain(1, ranges=3, max_length=3)[cluster[0] - 1]
    assert card["formula"]["text"] == str(explanation.best.formula)
    assert card["scores"]["iou"] == explanation.best.overlap.iou
    assert card["threshold"] == explanation.threshold
    assert (card["upper_limit"] or np.inf) == explanation.upper_limit
    masks = [np.unpackbits(np.frombuffer(bits, np.uint8)).sum() for bits in buffers[::3]]
    assert sum(masks) == card["scores"]["active"]
    assert [tile["neuron"] for tile in card["tiles"]] == masks
    if card["upper_limit"]:
        assert masks == sorted(masks, reverse=True)


def test_a_range_that_no_activation_lies_in_has_a_card_too(page):
    card, _ = card_of(page, unit=4, cluster=[1, 3])
    assert card["silent"]


def test_the_formula_of_a_range_is_tested_too(page, explorer, tiny_study):
    answer, _ = page.ask("evidence", settings={**SETTINGS, "cluster": [2, 3]})
    evidence = tiny_study.evidence(1, ranges=3, report=silent)[1]
    assert (answer["p_value"], answer["interval"]) == (evidence.p_value, evidence.interval)


def test_the_trait_chooses_a_range_and_the_next_unit_begins_without(explorer):
    explorer.cluster = [2, 5]
    assert explorer.settings.firing == Cluster(2, 5)
    explorer.unit = 2
    assert explorer.cluster == []


@pytest.mark.parametrize("cluster", [[1], [0, 5], [6, 5], [1, 2, 3]])
def test_a_range_that_cannot_be_is_refused(explorer, cluster):
    with pytest.raises(traitlets.TraitError):
        explorer.cluster = cluster


def test_the_table_is_about_the_largest_activations_whatever_range_is_shown(page, explorer):
    explorer.cluster = [1, 3]
    page.send("explain_all", settings={**SETTINGS, "cluster": [1, 3]})
    page.event("rows")
    rows = {row["unit"]: row for content, _ in page.received for row in content.get("rows", [])}
    assert rows[1]["formula"] == card_of(page)[0]["formula"]["text"]


@pytest.mark.parametrize("quantile", [0.01, 0.1, 0.4])
def test_galleries_are_what_their_names_say(tiny_study, quantile):
    formula = parse("door")
    images = np.arange(len(tiny_study.dataset))
    activity = tiny_study.activity(1, quantile)
    active = tiny_study.units.fires(1, activity.limits, images)
    holds = tiny_study.holds(formula, images)
    found = galleries(tiny_study, 1, activity, formula)
    assert set(found["fires"]) == set(images[active.any(axis=(1, 2))])
    assert set(found["silent"]) == set(images[holds.any(axis=(1, 2)) & ~active.any(axis=(1, 2))])
    fires, agrees = active.any(axis=(1, 2)), (active & holds).any(axis=(1, 2))
    assert set(found["unexplained"]) == set(images[fires & ~agrees])
    peaks = tiny_study.units.peaks(1)[found["fires"]]
    assert (np.diff(peaks) <= 0).all()


def test_traits_may_be_set_by_the_page(explorer):
    explorer.set_state({"unit": 3, "quantile": 0.02, "operators": ["OR"], "gallery": "silent"})
    assert (explorer.unit, explorer.settings.quantile, explorer.settings.search.operators) == (3, 0.02, ("OR",))


def test_a_formula_written_by_hand_is_forgotten_with_its_unit(tiny_study):
    explorer = VisionExplorer(tiny_study, unit=1, formula_text="door", switched_off=[0])
    assert (explorer.formula_text, explorer.switched_off) == ("door", [0])
    explorer.unit = 2
    assert (explorer.formula_text, explorer.switched_off) == ("", [])


def test_the_explorer_begins_with_the_unit_described_best(tiny_study):
    assert VisionExplorer(tiny_study).unit == 0
    frame = tiny_study.to_frame()
    assert VisionExplorer(tiny_study).unit == frame["iou"].idxmax()


def test_values_and_names_that_do_not_exist_are_refused(tiny_study):
    with pytest.raises(
        TypeError, match="VisionExplorer has no setting 'units'; there are beam_size, cluster, excluded_categories"
    ):
        VisionExplorer(tiny_study, units=3)
    with pytest.raises(traitlets.TraitError):
        VisionExplorer(tiny_study, metric="beauty")


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("pictures", {}, "'pictures' without its field 'images'"),
        ("pictures", {"images": "all"}, "the field 'images' is 'all', not a list of at most 200 whole numbers"),
        ("pictures", {"images": [None]}, "the field 'images[0]' is None, not a whole number"),
        ("card", {}, "'card' without its field 'settings'"),
        ("card", {"settings": {}}, "'card.settings' without its field 'unit'"),
        ("card", {"settings": {**SETTINGS, "unit": True}}, "the field 'unit' is True, not a whole number"),
        ("ranges", {"settings": SETTINGS}, "'ranges' without its field 'of'"),
        ("explain_all", {"settings": 3}, "the field 'settings' is 3, not a set of named values"),
    ],
)
def test_an_incomplete_message_is_answered_with_the_name_of_the_field(page, kind, content, message):
    answer, _ = page.ask(kind, **content)
    assert answer["type"] == "error"
    assert message in answer["message"]


def test_a_unit_that_the_layer_does_not_have_is_refused_with_a_sentence_and_the_old_one_stays(explorer, tiny_study):
    explorer.unit = 2
    with pytest.raises(traitlets.TraitError, match=r"there is no unit 999: the layer has units 0 … \d+"):
        explorer.unit = 999
    assert explorer.unit == 2
    with pytest.raises(traitlets.TraitError, match="there is no unit 999"):
        VisionExplorer(tiny_study, unit=999)


def test_a_closed_explorer_answers_nothing_and_may_be_closed_again(tiny_study):
    explorer = VisionExplorer(tiny_study)
    page = Page(explorer)
    explorer.close()
    explorer.close()
    explorer._handle_custom_msg({"type": "hello", "id": 1}, [])
    assert page.received == []
    assert explorer.jobs.wait(0)
