import json
import shutil
import sqlite3
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tiny_broden import write_tiny_broden
from tiny_network import preprocess, tiny_network

from compexp_widgets import Directions, Network
from compexp_widgets.data.images import read_broden
from compexp_widgets.errors import NetworkError, SearchError, StudyError
from compexp_widgets.formula import And, Leaf, Not, parse
from compexp_widgets.progress import silent
from compexp_widgets.search import Overlap, ScoredFormula
from compexp_widgets.signatures import PositionCounts
from compexp_widgets.signatures.activation_ranges import Cluster, Limits, ranges_of
from compexp_widgets.study import Explanation, ExplanationSettings, dissect, explaining, open_study
from compexp_widgets.study.images.upsampling import upsample
from compexp_widgets.workers import on_all_processors


def test_an_explanation_has_the_counts_of_masks_made_pixel_by_pixel(tiny_study):
    images = np.arange(len(tiny_study.dataset))
    for explanation in tiny_study.explain(quantile=0.1, report=silent):
        active = tiny_study.units.fires(explanation.unit, Limits(explanation.threshold), images)
        for found in explanation.by_length:
            holds = tiny_study.holds(found.formula, images)
            assert found.overlap == Overlap(int(active.sum()), int(holds.sum()), int((active & holds).sum()))
            assert found.overlap == tiny_study.overlap(found.formula, explanation.unit, 0.1)


def test_a_formula_holds_where_the_label_images_say(tiny_study):
    dataset = tiny_study.dataset
    index = dataset.concept_names.index("door")
    expected = np.stack([(dataset.labels(image) == index).any(axis=0) for image in range(len(dataset))])
    assert expected.any()
    assert (tiny_study.holds(parse("door"), range(len(dataset))) == expected).all()


def test_a_study_opened_again_is_the_same(tiny_study):
    frame = tiny_study.to_frame(quantile=0.1)
    again = open_study(tiny_study.folder)
    assert again.configuration == tiny_study.configuration
    pd.testing.assert_frame_equal(again.to_frame(quantile=0.1), frame)
    assert "5 units, 40 images" in repr(again)
    again.close()


def test_explanations_are_kept_by_their_settings(tiny_study):
    tiny_study.explain([3, 1], quantile=0.1, report=silent)
    assert set(tiny_study.stored_explanations(ExplanationSettings.of(quantile=0.1))) == {1, 3}
    assert not tiny_study.stored_explanations(ExplanationSettings.of(quantile=0.1, beam_size=4))
    assert not tiny_study.stored_explanations(ExplanationSettings.of(quantile=0.2))


def test_stored_explanations_are_not_searched_again(tiny_study, monkeypatch):
    first = tiny_study.explain(quantile=0.1, report=silent)
    monkeypatch.setattr(tiny_study, "explain_unit", lambda *_: pytest.fail("searched again"))
    assert tiny_study.explain(quantile=0.1, report=silent) == first


def test_an_interrupt_keeps_what_was_explained(tiny_study):
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="stopped after 2 of 5 units; the same call continues"):
        found = tiny_study.explain(quantile=0.1, report=interrupt)
    assert [explanation.unit for explanation in found] == [0, 1]
    assert len(tiny_study.explain(quantile=0.1, report=silent)) == 5


def test_an_interrupted_csv_is_not_written_and_leaves_the_one_that_was_there(tiny_study, tmp_path, monkeypatch):
    path = tmp_path / "units.csv"
    path.write_text("as it was", encoding="utf-8")
    explain = tiny_study.explain_unit

    def interrupted(unit, settings):
        if unit == 2:
            raise KeyboardInterrupt
        return explain(unit, settings)

    monkeypatch.setattr(tiny_study, "explain_unit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tiny_study.to_csv(path, quantile=0.1)
    assert path.read_text(encoding="utf-8") == "as it was"
    assert [file.name for file in tmp_path.glob("*.csv*")] == ["units.csv"]
    assert set(tiny_study.stored_explanations(ExplanationSettings.of(quantile=0.1))) == {0, 1}


def test_excluded_concepts_and_categories_appear_in_no_formula(tiny_study):
    def used(**settings):
        found = [e.best.formula for e in tiny_study.explain(quantile=0.1, report=silent, **settings) if e.best]
        return {concept for formula in found for concept in formula.concepts()}

    concept = min(used())
    category = tiny_study.category_of[concept]
    assert concept not in used(exclude=(concept,))
    assert category not in {tiny_study.category_of[other] for other in used(exclude=(category,))}
    with pytest.raises(StudyError, match="'lava' is neither a concept nor a category"):
        tiny_study.explain(0, exclude=("lava",), report=silent)


def test_formulas_use_nothing_but_the_concepts_and_categories_that_are_named_alone(tiny_study):
    def used(**settings):
        found = [e.best.formula for e in tiny_study.explain(quantile=0.1, report=silent, **settings) if e.best]
        return {concept for formula in found for concept in formula.concepts()}

    of_category = {name for name, category in tiny_study.category_of.items() if category == "object"}
    assert used(only="object")
    assert used(only="object") <= of_category
    concept = min(used(only=["object"]))
    assert used(only=[concept]) == {concept}
    assert used(only=["object", "red-c"], exclude=[concept]) <= {*of_category, "red-c"} - {concept}
    assert used(only=["object"]) == used(exclude=set(tiny_study.category_of) - of_category)
    with pytest.raises(StudyError, match=r"'watr' is neither a concept nor a category .* alone\. Close to it: 'water'"):
        tiny_study.explain(0, only=["watr"], report=silent)
    with pytest.raises(StudyError, match=r"only=\['object'\] and exclude=\['object'\] leave no concept"):
        tiny_study.explain(0, only="object", exclude="object", report=silent)
    with pytest.raises(SearchError, match="only names concepts or categories, not 3"):
        tiny_study.explain(0, only=3, report=silent)


def test_what_was_stored_before_formulas_could_be_limited_to_concepts_is_found():
    before = json.loads(ExplanationSettings.of(exclude="water").key)
    assert set(before) == {
        "version", "quantile", "search", "exclude", "proof_nodes", "activation_range", "min_active", "threshold_on"
    }  # fmt: skip
    assert ExplanationSettings.of(only="water").key != ExplanationSettings().key


def test_the_csv_has_the_columns_that_the_documentation_names(tiny_study, tmp_path):
    tiny_study.to_csv(tmp_path / "units.csv", quantile=0.1, max_length=2)
    frame = pd.read_csv(tmp_path / "units.csv")
    assert list(frame) == [
        "unit",
        "layer",
        "formula",
        "iou",
        "precision",
        "recall",
        "lift",
        "state",
        "active_share",
        "formula_1",
        "iou_1",
        "formula_2",
        "iou_2",
    ]
    assert list(frame.index) == [0, 1, 2, 3, 4]
    assert (frame["iou"] == frame["iou_2"]).all()
    assert b"\r" not in (tmp_path / "units.csv").read_bytes()


def test_directions_have_a_column_with_their_names(tiny_dataset, tmp_path):
    directions = Directions(np.eye(5)[:2], ["first", "second"])
    study = dissect(tiny_network(), "body.3", tiny_dataset, tmp_path / "study", directions=directions, report=silent)
    assert list(study.to_frame([1, 0]).columns[:3]) == ["layer", "name", "formula"]
    assert list(study.to_frame([1, 0])["name"]) == ["second", "first"]
    assert list(study.to_frame([1, 0], ranges=2).columns[:3]) == ["layer", "name", "range"]
    study.close()


def test_a_study_of_something_else_is_never_continued(tiny_study):
    def again(network, layer="body.3", dataset=tiny_study.dataset):
        return dissect(network, layer, dataset, tiny_study.folder, report=silent)

    with pytest.raises(StudyError, match="was made with another network"):
        again(tiny_network(seed=1))
    with pytest.raises(StudyError, match=r"was made with another layer \(then body.3\)"):
        again(tiny_network(), "body.1")
    other = Network.of(tiny_network().module, lambda picture: preprocess(picture) * 2, name="tiny")
    with pytest.raises(StudyError, match="was made with another network"):
        again(other)


def test_a_study_of_changed_data_is_never_continued(tiny_study, tmp_path):
    folder = tmp_path / "changed"
    shutil.copytree(tiny_study.dataset.folder, folder)
    moved = dissect(tiny_network(), "body.3", read_broden(folder), tiny_study.folder, report=silent)
    assert moved.configuration.data == str(folder.resolve())
    moved.close()
    picture = moved.dataset.images[0].path
    Image.open(picture).rotate(180).save(picture)
    with pytest.raises(StudyError, match="was made with another data"):
        dissect(tiny_network(), "body.3", read_broden(folder), tiny_study.folder, report=silent)
    with pytest.raises(StudyError, match="are not those of the study"):
        open_study(tiny_study.folder, data=folder)


def test_a_folder_with_other_files_is_left_alone(tiny_dataset, tmp_path):
    (tmp_path / "thesis.tex").write_text("…", encoding="utf-8")
    with pytest.raises(StudyError, match=r"is not a study and not empty \(it holds thesis.tex\)"):
        dissect(tiny_network(), "body.3", tiny_dataset, tmp_path, report=silent)


def test_an_unknown_layer_leaves_a_folder_that_can_be_used(tiny_dataset, tmp_path):
    with pytest.raises(NetworkError, match=r"no layer 'body.9'; there are body"):
        dissect(tiny_network(), "body.9", tiny_dataset, tmp_path / "study", report=silent)
    dissect(tiny_network(), "body.3", tiny_dataset, tmp_path / "study", report=silent).close()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "study.json").unlink(), "holds no study"),
        (lambda folder: (folder / "study.json").write_text("{"), "is damaged"),
        (lambda folder: (folder / "study.json").write_text('{"format": 99}'), "has format 99; this version reads"),
        (lambda folder: (folder / "activations.npy").unlink(), "is not finished"),
        (lambda folder: (folder / "signatures.npz").write_bytes(b"PK"), "delete positions.npy and signatures.npz"),
    ],
)
def test_a_damaged_study_is_refused_with_the_way_on(tiny_study, damage, message):
    tiny_study.close()
    damage(tiny_study.folder)
    with pytest.raises(StudyError, match=message):
        open_study(tiny_study.folder)


def test_a_damaged_store_is_put_aside_and_made_again(tiny_study):
    frame = tiny_study.to_frame(quantile=0.1)
    tiny_study.close()
    (tiny_study.folder / "explanations.sqlite").write_bytes(b"not a database" * 100)
    with pytest.warns(UserWarning, match=r"is damaged .* renamed to explanations.damaged"):
        study = open_study(tiny_study.folder)
    pd.testing.assert_frame_equal(study.to_frame(quantile=0.1), frame)
    study.close()
    with sqlite3.connect(tiny_study.folder / "explanations.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM explanations").fetchone() == (5,)
    connection.close()


def test_units_and_settings_that_do_not_exist_are_refused(tiny_study):
    with pytest.raises(StudyError, match="there is no unit 5: the layer has units 0 … 4"):
        tiny_study.explain([0, 5], report=silent)
    with pytest.raises(SearchError, match=r"there is no setting 'lenght'.*did you mean 'max_length'"):
        tiny_study.explain(0, lenght=3, report=silent)


def test_the_best_formula_is_proven_where_the_budget_allows(tiny_study):
    explanation = tiny_study.explain_unit(1, ExplanationSettings.of(quantile=0.1))
    assert explanation.proven
    assert explanation.bounds == tuple(found.score for found in explanation.by_length)
    beam = tiny_study.explain_unit(1, ExplanationSettings.of(quantile=0.1, proof_nodes=0, beam_size=50))
    assert (beam.proven, beam.bound) == (False, None)
    assert beam.best.score <= explanation.best.score


def test_a_budget_that_ends_leaves_an_honest_bound(tiny_study):
    full = tiny_study.explain_unit(1, ExplanationSettings.of(quantile=0.1, max_length=4, proof_nodes=10**6))
    short = tiny_study.explain_unit(1, ExplanationSettings.of(quantile=0.1, max_length=4, proof_nodes=1, beam_size=1))
    assert full.proven_left_deep
    assert not full.proven  # of four concepts there are formulas that the proof does not cover
    assert short.best.score <= full.best.score <= short.bound


@pytest.mark.parametrize(
    "settings",
    [{"metric": "f1"}, {"length_penalty": 0.9}, {"candidate_limit": 5}, {"distinct": False}, {"proof_nodes": 0}],
)
def test_no_proof_is_claimed_for_what_the_certified_search_does_not_cover(tiny_study, settings):
    chosen = ExplanationSettings.of(quantile=0.1, **settings)
    assert chosen.proof is None
    assert tiny_study.explain_unit(1, chosen).bounds == ()


names = st.text(min_size=1).filter(lambda name: not any(0xD800 <= ord(c) <= 0xDFFF for c in name))


@given(names, st.integers(0, 10**9), st.floats(0, 1))
def test_an_explanation_survives_its_json_whatever_its_concepts_are_called(name, count, score):
    formula = And(Leaf(name), Not(Leaf("water")))
    explanation = Explanation(3, Limits(0.25), (ScoredFormula(formula, Overlap(count, count, count), score),), (score,))
    assert Explanation.from_json(explanation.to_json()) == explanation


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=60), st.sets(st.integers(0, 6)))
def test_position_counts_agree_with_counting_one_by_one(positions, true_rows):
    images = np.array([image for image, _ in positions], int)
    rows = np.array([row for _, row in positions], int)
    counts = PositionCounts.of_positions(images, rows, (5, 7))
    truth = np.isin(np.arange(7), list(true_rows))
    assert counts.by_signature().tolist() == [int((rows == row).sum()) for row in range(7)]
    assert counts.by_sample().tolist() == [int((images == image).sum()) for image in range(5)]
    assert counts.by_sample(truth).tolist() == [int(((images == image) & truth[rows]).sum()) for image in range(5)]


def test_the_positions_of_a_study_are_counted_by_image(tiny_study):
    assert tiny_study.positions.by_signature().tolist() == tiny_study.table.total.tolist()
    grid = tiny_study.dataset.grid
    assert set(tiny_study.positions.by_sample()) == {grid[0] * grid[1]}


def test_an_unfinished_extraction_continues_with_the_same_numbers(tiny_dataset, tiny_study, tmp_path):
    class StoppedError(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        if done == 16:
            raise StoppedError

    folder = tmp_path / "stopped"
    with pytest.raises(StoppedError):
        dissect(tiny_network(), "body.3", tiny_dataset, folder, batch_size=8, report=stop)
    assert not (folder / "activations.npy").exists()
    seen: list[int] = []
    study = dissect(
        tiny_network(),
        "body.3",
        tiny_dataset,
        folder,
        batch_size=8,
        report=lambda stage, done, total: seen.append(done) if "shown" in stage else None,
    )
    assert seen[0] == 16
    np.testing.assert_allclose(study.units.maps, tiny_study.units.maps, atol=1e-6)
    study.close()


def test_pictures_that_become_inputs_of_different_sizes_are_refused(tiny_dataset, tmp_path):
    def by_content(picture):
        return preprocess(picture)[:, : 6 + sum(picture.tobytes()) % 8]

    network = Network.of(tiny_network().module, by_content, name="by content")
    with pytest.raises(NetworkError, match="inputs of different shapes"):
        dissect(network, "body.3", tiny_dataset, tmp_path / "study", report=silent)


def test_a_network_that_gives_no_numbers_is_refused(tiny_dataset, tmp_path):
    network = Network.of(tiny_network().module, lambda picture: preprocess(picture) * float("nan"), name="broken")
    with pytest.raises(NetworkError, match="not finite for every unit, on 40 of 40 images"):
        dissect(network, "body.3", tiny_dataset, tmp_path / "study", report=silent)


def test_a_data_set_without_concepts_gives_units_without_formula(tmp_path):
    write_tiny_broden(tmp_path / "data", images=4, layers=("object",))
    dataset = read_broden(tmp_path / "data")
    study = dissect(tiny_network(), "body.3", dataset, Path(tmp_path / "study"), report=silent)
    frame = study.to_frame(quantile=0.1, exclude=("object",))
    assert list(frame["formula"]) == [""] * 5
    assert list(frame["iou"]) == [0.0] * 5
    study.close()


def test_a_stopped_explanation_is_honest_about_its_bound_and_is_not_remembered(tiny_study):
    settings = ExplanationSettings.of(quantile=0.1)
    stopped = tiny_study.explain_unit(1, settings, cancelled=lambda: True)
    whole = tiny_study.explain_unit(1, settings)
    assert stopped.best is not None
    assert stopped.best.score <= whole.best.score <= stopped.bound
    assert whole.proven
    assert tiny_study.explain_unit(1, settings, cancelled=lambda: True) == whole


def test_every_range_of_activation_has_a_formula_of_its_own(tiny_study):
    found = tiny_study.explain([0, 2], ranges=3, max_length=2)
    assert [one.unit for one in found] == [0, 0, 0, 2, 2, 2]
    maps = upsample(tiny_study.units.maps[0], tiny_study.units.grid)
    for low, high in pairwise(found[:3]):
        assert low.upper_limit == high.threshold
    for one in found[:3]:
        active = (maps > one.threshold) & (maps <= one.upper_limit)
        holds = tiny_study.holds(one.best.formula, np.arange(len(maps)))
        assert one.best.overlap == Overlap(int(active.sum()), int(holds.sum()), int((active & holds).sum()))


def test_ranges_are_rows_of_the_data_frame_with_their_limits_and_coverage(tiny_study):
    frame = tiny_study.to_frame([1], ranges=(0.3, 0.1), max_length=1)
    assert frame.columns.tolist()[:10] == [
        "layer", "range", "low", "high", "formula", "iou", "precision", "recall", "lift", "sample_coverage",
    ]  # fmt: skip
    assert frame["range"].tolist() == ["quantile 0.3 to 0.1", "quantile 0.1"]
    assert frame["high"].tolist() == [tiny_study.units.threshold(1, 0.1), np.inf]
    formula = parse(frame["formula"].iloc[1], tiny_study.category_of)
    active = tiny_study.fires(1, range(40), 0.1)
    assert (active == tiny_study.units.fires(1, Limits(frame["low"].iloc[1]), np.arange(40))).all()
    holds = tiny_study.holds(formula, np.arange(40))
    meets, occurs = (active & holds).any(axis=(1, 2)).sum(), holds.any(axis=(1, 2)).sum()
    assert frame["sample_coverage"].iloc[1] == meets / occurs


def test_ranges_are_kept_in_the_store(tiny_study):
    found = tiny_study.explain([3], ranges=2)
    settings = ExplanationSettings(activation_range=Cluster(2, 2))
    assert tiny_study.stored_explanations(settings) == {3: found[1]}
    assert tiny_study.stored_explanations(ExplanationSettings()) == {}


def test_a_unit_that_never_fires_has_ranges_without_formulas(tiny_study):
    assert [one.best for one in tiny_study.explain([4], ranges=2)] == [None, None]
    assert tiny_study.to_frame([4], ranges=2)["sample_coverage"].tolist() == [0, 0]


def test_other_processes_explain_the_same(tiny_study, monkeypatch):
    settings = ExplanationSettings.of(quantile=0.1)
    here = list(tiny_study.explanations([3, 0, 4, 2, 1], settings, ranges_of(2)))
    tiny_study.close()
    (tiny_study.folder / "explanations.sqlite").unlink()
    again = open_study(tiny_study.folder)
    started = []
    monkeypatch.setattr(explaining, "WORTHWHILE", 0.0)
    monkeypatch.setattr(
        explaining, "on_all_processors", lambda *args, **more: started.append(args) or spawned(*args, **more)
    )
    spawned = on_all_processors
    assert list(again.explanations([3, 0, 4, 2, 1], settings, ranges_of(2))) == here
    assert len(started) == 1
    again.close()


def test_a_slow_caller_starts_no_other_processes(tiny_study, monkeypatch):
    monkeypatch.setattr(explaining, "WORTHWHILE", 0.05)
    monkeypatch.setattr(explaining, "on_all_processors", lambda *_args, **_more: pytest.fail("processes were started"))
    settings = ExplanationSettings.of(quantile=0.1)
    for unit in range(5):
        tiny_study.explain_unit(unit, settings)  # remembered, so that explaining costs nothing
    for _ in tiny_study.explanations(range(5), settings):
        time.sleep(0.1)
