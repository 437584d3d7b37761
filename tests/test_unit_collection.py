"""A study as a collection of its units: chosen, found, ranked, scored by formulas of one's own, drawn and written."""

import re
import shutil
from importlib.metadata import version
from itertools import product

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from tiny_network import tiny_network
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets.formula import And, Not, Or, parse
from compexp_widgets.progress import silent
from compexp_widgets.study import Study

mpl.use("agg")
QUANTILE = 0.1


@pytest.fixture(scope="module")
def study(tiny_dissection, tiny_dataset, tmp_path_factory):
    """A study of this file's own, which no test changes."""
    folder = tmp_path_factory.mktemp("collection") / "study"
    shutil.copytree(tiny_dissection, folder)
    study = cw.open_study(folder, tiny_dataset)
    study.default_settings = study.default_settings.changed(quantile=QUANTILE)
    yield study
    study.close()


@pytest.fixture(scope="module")
def pair_study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs") / "study"
    study = cw.dissect(tiny_pair_network(), "1", tiny_pairs(), folder, concepts=CONCEPTS, report=silent)
    yield study
    study.close()


def spoken(formula, negated=False) -> set[tuple[str, bool]]:
    """The concepts of a formula, each with whether it is ruled out."""
    if isinstance(formula, Not):
        return spoken(formula.operand, not negated)
    if isinstance(formula, (And, Or)):
        return spoken(formula.left, negated) | spoken(formula.right, negated)
    return {(formula.name, negated)}


def test_units_are_chosen_as_items_of_a_list_are(study):
    assert len(study) == 5
    assert [unit.index for unit in study] == [0, 1, 2, 3, 4]
    assert study[-1] == study[4] == study[np.int64(4)]
    assert study[1:3].indices == study[[1, 2]].indices == study[np.array([1, 2])].indices == (1, 2)
    assert study[np.array([False, True, True, False, False])].indices == (1, 2)
    assert study[[3, 1]][0] == study[3]
    assert study[::2][1:].indices == (2, 4)
    assert study[[study[2], study[0]]].indices == (2, 0)
    assert list(study[:0]) == []


@pytest.mark.parametrize(
    ("which", "message"),
    [
        (5, "there is no unit 5: the layer has units 0 … 4"),
        ([1, -6], "there is no unit -6"),
        ("stripes", "have numbers, 0 … 4, and no names: not 'stripes'"),
        (1.5, "a unit is a whole number, not 1.5"),
        (np.ones(3, bool), r"the layer has 5 units, the array the shape \(3,\)"),
    ],
)
def test_units_that_are_not_there_are_refused(study, which, message):
    with pytest.raises(cw.CompexpError, match=message):
        study[which]


def test_units_with_names_are_chosen_by_them(tiny_dataset, tmp_path):
    directions = cw.Directions(np.eye(5)[:2], ["stripes", "sky"])
    study = cw.dissect(tiny_network(), "body.3", tiny_dataset, tmp_path / "s", directions=directions, report=silent)
    assert (study["sky"].index, study["sky"].name, study[["sky", "stripes"]].indices) == (1, "sky", (1, 0))
    with pytest.raises(cw.CompexpError, match=r"no unit of body\.3 is called 'stripe'; there are stripes"):
        study["stripe"]
    assert "'sky'" in repr(study["sky"])
    study.close()


def test_a_unit_tells_what_the_study_tells_of_it(study):
    (explanation,) = study.explain(1, report=silent)
    unit = study[1]
    assert unit.explanation == explanation
    assert unit.formula == explanation.best.formula
    found = explanation.best.overlap
    assert (unit.scores.iou, unit.scores.precision, unit.scores.recall, unit.scores.f1) == (
        found.iou, found.precision, found.recall, found.f1
    )  # fmt: skip
    assert unit.scores.lift == found.iou - study.fires(1).mean()
    assert unit.iou("door OR tree") == study.overlap(parse("door OR tree"), 1).iou
    assert unit.explain(max_length=1).best == explanation.by_length[0]
    tests = cw.EvidenceSettings(samples=9)
    assert [unit.evidence(tests)] == study.evidence(unit, tests, report=silent)
    assert unit.activations.shape == (40, *study.units.maps.shape[2:])


def test_a_unit_without_a_formula_has_no_scores(study):
    silent_unit = study[4]
    assert silent_unit.formula is None
    assert (silent_unit.scores.iou, silent_unit.scores.lift) == (0, 0)


def test_units_stand_for_their_numbers(study):
    assert study.explain(study[[2, 0]], report=silent) == study.explain([2, 0], report=silent)
    assert study.to_frame(study[1]).equals(study.to_frame([1]))


def test_frames_are_indexed_by_unit_and_name_the_layer(study):
    frame = study[[3, 1]].to_frame()
    assert frame.index.name == "unit"
    assert list(frame.index) == [3, 1]
    assert set(frame["layer"]) == {"body.3"} == {study.layer}
    assert frame["lift"].tolist() == [study[3].scores.lift, study[1].scores.lift]


@pytest.mark.parametrize("metric", ["iou", "precision", "recall", "f1", "lift"])
def test_a_formula_is_scored_on_all_units_as_counting_positions_does(study, pair_study, metric):
    for some, text in ((study, "(door OR tree) AND NOT water"), (pair_study, "pre:tok:dog OR hyp:tok:not")):
        scores = some.score(text, metric)
        holds = some.holds(text).ravel()
        assert (scores.index.name, scores.name) == ("unit", text)
        for unit, score in scores.items():
            fires = some.fires(unit).ravel()
            both, either = (fires & holds).sum(), (fires | holds).sum()
            expected = {
                "iou": both / either,
                "precision": both / holds.sum(),
                "recall": both / max(fires.sum(), 1),
                "f1": 2 * both / (fires.sum() + holds.sum()),
                "lift": both / either - fires.mean(),
            }
            assert score == pytest.approx(expected[metric])


def test_several_formulas_are_scored_into_a_column_each(study):
    formulas = ["door", parse("tree") | "door"]
    table = study.score(formulas, quantile=0.2)
    assert list(table) == ["door", "tree OR door"]
    pd.testing.assert_series_equal(table["door"], study.score("door", quantile=0.2))
    assert (study.score("door", quantile=0.2) != study.score("door")).any()
    pd.testing.assert_series_equal(study[[3, 1]].score("door"), study.score("door")[[3, 1]])
    assert study.score(["door"]).shape == (5, 1)


def test_what_cannot_be_scored_is_told(study):
    with pytest.raises(cw.CompexpError, match=r"(?s)No concept is called dor\b.*door"):
        study.score("dor")
    with pytest.raises(cw.CompexpError, match=r"no concept named 'dor'\. Did you mean 'door'"):
        study.score(parse("dor"))
    with pytest.raises(cw.CompexpError, match=r"a formula is a text such as .* not int: 3"):
        study.score(3)
    with pytest.raises(cw.CompexpError, match="no score 'auc'; there are iou, precision, recall, f1, lift"):
        study.score("door", "auc")


def test_units_are_found_by_what_their_formulas_speak_of(study):
    formulas = {unit.index: unit.formula for unit in study if unit.formula}
    about = {unit: spoken(formula) for unit, formula in formulas.items()}
    names = sorted({name for found in about.values() for name, _ in found})
    assert any(negated for found in about.values() for _, negated in found)

    def units(condition):
        return tuple(unit for unit, found in about.items() if condition(found))

    for a, b in product(names, names):
        x, y = (parse(f'"{name}"') for name in (a, b))
        assert study.find(x).indices == units(lambda found, a=a: (a, False) in found)
        assert study.find(~x).indices == units(lambda found, a=a: (a, True) in found)
        both = units(lambda found, a=a, b=b: {(a, False), (b, True)} <= found)
        assert study.find(x & ~y).indices == study.find(~(~x | y)).indices == both
        either = units(lambda found, a=a, b=b: (a, False) in found or (b, False) in found)
        assert study.find(x | y).indices == study.find([x, y]).indices == either
    with pytest.raises(cw.CompexpError, match="No concept is called wter"):
        study.find("wter")
    assert study[[0, 1]].find(names).indices == tuple(unit for unit in (0, 1) if unit in about)


@pytest.mark.parametrize("by", ["iou", "precision", "recall", "lift", "f1", "active_share", "iou_1"])
def test_the_best_units_come_first(study, by):
    frame = study.to_frame()
    value = {
        unit.index: frame[by][unit.index] if by in frame else getattr(unit.scores, by) for unit in study if unit.formula
    }
    best = study.top(3, by)
    assert list(best.indices) == sorted(value, key=lambda unit: (-value[unit], unit))[:3]
    assert study.top(20, by).indices[:3] == best.indices
    assert 4 not in study.top(20, by).indices  # it has no formula


def test_units_are_ranked_by_tests_and_by_what_a_modality_adds(study, pair_study):
    tests = cw.EvidenceSettings(samples=9)
    frame = study.to_frame(tests=tests)
    assert list(study.top(2, "held_out_iou", tests=tests).indices) == list(frame["held_out_iou"].nlargest(2).index)
    lowest = study.top(4, "p_value", tests=tests).to_frame(tests=tests)["p_value"]
    assert lowest.is_monotonic_increasing
    assert pair_study.top(1, "weight_contradiction").indices == (0,)
    with pytest.raises(cw.CompexpError, match=r"'beauty'; choose one of iou, precision, .*, q_value"):
        study.top(3, "beauty")
    with pytest.raises(cw.CompexpError, match="count"):
        study.top(0)


def test_progress_is_told_of_every_unit(tiny_study):
    heard = []

    def report(stage, done, total):
        heard.append((stage.key, done, total))

    tiny_study.find("door", report=report)
    tiny_study.top(2, "p_value", tests=cw.EvidenceSettings(samples=1), report=report)
    tiny_study.score("door", report=report)
    tiny_study.score("tree", report=report)  # where they fire is remembered
    count = [(done, 5) for done in range(1, 6)]
    assert heard == [(key, *one) for key in ("explain", "explain", "test", "score") for one in count]


def test_settings_go_with_the_units_that_were_chosen_with_them(study):
    best = study.top(2, max_length=1)
    assert best[0].formula == best[0].explain(max_length=1).best.formula
    assert "iou_2" not in best.to_frame()
    assert all(len(unit.formula) == 1 for unit in best)


def test_samples_are_chosen_by_number_numbers_or_truth(study, pair_study):
    for some in (study, pair_study):
        everywhere, holds = some.fires(1), some.holds(some.table.concepts[0])
        chosen = np.arange(some.samples) % 3 == 0
        assert np.array_equal(some.fires(1, chosen), everywhere[chosen])
        assert np.array_equal(some.fires(1, np.flatnonzero(chosen)), everywhere[chosen])
        assert np.array_equal(some.holds(some.table.concepts[0], [7, 2]), holds[[7, 2]])
        assert np.array_equal(some.fires(1, 5), everywhere[[5]])
        assert np.array_equal(some.fires(some[1], slice(0, 30, 4)), everywhere[:30:4])
        with pytest.raises(cw.CompexpError, match=f"there is no sample {some.samples}"):
            some.fires(1, [some.samples])
        with pytest.raises(cw.CompexpError, match="samples are numbers"):
            some.holds(some.table.concepts[0], ["first"])


def test_latex_escapes_what_names_hold(pair_study, tmp_path):
    text = pair_study.top(2).to_latex(tmp_path / "units.tex", columns=["formula", "iou", "weight_contradiction"])
    assert (tmp_path / "units.tex").read_text(encoding="utf-8") == text
    assert r"weight\_contradiction" in text
    assert re.search(r"hyp:tok:not & 1\.000 & 1\.000", text)
    assert re.sub(r"\\_", "", text).count("_") == 0
    with pytest.raises(cw.CompexpError, match="no column 'beauty'; there are layer, "):
        pair_study.top(2).to_latex(columns=["beauty"])


def test_figures_show_the_scores_of_the_table(study):
    frame = study.to_frame()
    bars = study[:].plot()
    assert [bar.get_width() for bar in bars.patches] == frame["iou"].tolist()
    axes = study[:].plot(by_length=True)
    study[[1]].plot(axes, by_length=True)
    means, one = (line.get_ydata() for line in axes.get_lines())
    assert list(means) == pytest.approx([frame[f"iou_{length}"].mean() for length in (1, 2, 3)])
    alone = study[1].plot()
    assert list(alone.get_lines()[0].get_ydata()) == list(one) == [frame[f"iou_{n}"][1] for n in (1, 2, 3)]
    plt.close("all")


def test_names_with_markup_are_shown_as_they_are(tiny_dataset, tmp_path):
    hostile = tiny_dataset.renamed({name: f"<b>$\\frac{name}" for name in tiny_dataset.concept_names[:4]})
    study: Study = cw.dissect(tiny_network(), "body.3", hostile, tmp_path / "study", report=silent)
    settings = study.default_settings.changed(quantile=QUANTILE, only=hostile.concept_names[:4])
    study.default_settings = settings
    assert study.to_frame()["formula"].str.contains("<b>", regex=False).any()
    for axes in (study[:].plot(), study[0].plot()):
        axes.figure.canvas.draw()
    for html in (study[:]._repr_html_(), *(unit._repr_html_() for unit in study)):
        assert "<b>$" not in html
    assert "&lt;b&gt;$" in study[:]._repr_html_()
    plt.close("all")
    study.close()


def test_a_collection_prints_a_few_of_its_units(study):
    study.explain(report=silent)
    assert repr(study[:2]).splitlines()[0] == f"<2 units of {study.network_name}, layer body.3>"
    assert str(study[0].formula) in repr(study[0])
    assert str(study[0].formula) in repr(study[:2])
    assert "3 more" in repr(study[[0] * 13])


def test_the_version_is_that_of_the_package():
    assert cw.__version__ == version("compexp-widgets")


def test_formulas_join_with_the_operators_of_python():
    water, river = parse("water"), parse("river")
    assert (water | river) & ~parse("blue-c") == parse("(water OR river) AND NOT blue-c")
    assert water & "river OR lake" == parse("water AND (river OR lake)")
    assert "a OR b" & water == parse("(a OR b) AND water")
    assert "a" | water == parse("a OR water")
    with pytest.raises(cw.CompexpError, match="a formula is a text"):
        water & 3
