"""What type checkers are told of keywords holds when they are used; `make check` looks at `tests/typed` itself."""

import pytest

import compexp_widgets as cw
from compexp_widgets.errors import SearchError, StudyError
from compexp_widgets.progress import silent
from compexp_widgets.study.explanation import ExplanationOptions, FiringOptions
from compexp_widgets.widgets.nli_explorer.widget import NLIExplorerOptions
from compexp_widgets.widgets.paste_lab.widget import PasteLabOptions
from compexp_widgets.widgets.text_lab.widget import TextLabOptions
from compexp_widgets.widgets.vision_explorer.widget import VisionExplorerOptions

VALUES = {
    "settings": cw.ExplanationSettings(),
    "quantile": 0.01,
    "threshold": 0.5,
    "threshold_on": "grid",
    "only": ["water"],
    "exclude": "color",
    "proof_nodes": 10,
    "min_active": 3,
    "beam_size": 4,
    "max_length": 2,
    "operators": ["OR"],
    "metric": "f1",
    "length_penalty": 0.9,
    "candidate_limit": None,
    "distinct": False,
}


def test_every_option_that_is_told_of_is_one_and_no_other_is():
    assert set(VALUES) == set(ExplanationOptions.__annotations__)
    assert set(FiringOptions.__annotations__) < set(VALUES)
    for name, value in VALUES.items():
        assert cw.ExplanationSettings.of(**{name: value}) is not None
    with pytest.raises(SearchError) as told:
        cw.ExplanationSettings.of(max_lenght=3)
    assert "did you mean 'max_length'" in str(told.value)
    known = str(told.value).partition("there are ")[2].partition("; did")[0].split(", ")
    assert {*known, "settings"} == set(VALUES)


@pytest.mark.parametrize(
    ("widget", "options"),
    [
        (cw.VisionExplorer, VisionExplorerOptions),
        (cw.NLIExplorer, NLIExplorerOptions),
        (cw.PasteLab, PasteLabOptions),
        (cw.TextLab, TextLabOptions),
    ],
    ids=lambda one: one.__name__,
)
def test_the_options_of_a_widget_are_its_settings(widget, options):
    assert set(options.__annotations__) == set(widget.page_traits())


def test_a_widget_names_the_setting_that_was_meant(tiny_study):
    with pytest.raises(TypeError, match=r"no setting 'max_lenght'; .*; did you mean 'max_length'"):
        cw.VisionExplorer(tiny_study, max_lenght=3)


def test_settings_are_taken_wherever_single_ones_are(tiny_study, tmp_path):
    settings = cw.ExplanationSettings.of(max_length=1, quantile=0.02)
    told = tiny_study.explain([0], max_length=1, quantile=0.02, report=silent)
    assert tiny_study.explain([0], settings=settings, report=silent) == told
    assert tiny_study[0].explain(settings=settings) == told[0]
    frame = tiny_study.to_frame(settings=settings)
    assert frame.equals(tiny_study.to_frame(max_length=1, quantile=0.02))
    assert tiny_study.top(2, settings=settings).settings == settings
    longer = tiny_study.explain([0], settings=settings, max_length=2, report=silent)[0]
    assert longer == tiny_study.explain([0], max_length=2, quantile=0.02, report=silent)[0]
    tests = cw.EvidenceSettings(samples=3, resamples=3)
    found = tiny_study.evidence([0], tests, settings=settings, report=silent)
    assert found == tiny_study.evidence([0], tests=tests, max_length=1, quantile=0.02, report=silent)
    tiny_study.to_csv(tmp_path / "frame.csv", settings=settings)
    with pytest.raises(SearchError, match=r"settings is an ExplanationSettings, not .*: ExplanationSettings.of"):
        tiny_study.explain([0], settings={"max_length": 1}, report=silent)
    with pytest.raises(StudyError, match=r"tests is an EvidenceSettings.*: these belong to settings="):
        tiny_study.evidence([0], settings, report=silent)
