"""The whole path on real photographs and a real scene classifier, held to figures that an independent program found."""

from pathlib import Path

import pandas as pd
import pytest
from representations import check, reachable, vision_starts

from compexp_widgets import Network, read_dataset
from compexp_widgets.progress import silent
from compexp_widgets.study import Study, dissect

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def study(real_data: Path, places365_squeezenet: Network, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Layer fire9 of SqueezeNet-Places365 on 200 photographs."""
    data = read_dataset(real_data / "broden_coco")
    return dissect(places365_squeezenet, "fire9", data, tmp_path_factory.mktemp("study"), report=silent)


@pytest.fixture(scope="module")
def frame(study: Study) -> pd.DataFrame:
    return study.to_frame(distinct=False)


def test_the_photographs_have_1058_signatures(study):
    assert len(study.table) == 1058
    assert study.table.positions == 200 * 112 * 112


@pytest.mark.parametrize(("length", "mean_iou"), [(1, 0.0433), (2, 0.0524), (3, 0.0566)])
def test_the_published_search_reaches_the_mean_iou_found_independently(frame, length, mean_iou):
    assert frame[f"iou_{length}"].mean() == pytest.approx(mean_iou, abs=0.0005)


def test_unit_147_is_a_carrot(frame):
    assert frame["formula"][147] == "carrot AND NOT brown-c AND NOT grey-c"
    assert frame["iou"][147] == pytest.approx(0.250, abs=0.0005)


def test_every_unit_is_proven_optimal_with_the_mean_that_brute_force_found(study):
    explanations = study.explain(report=silent)
    assert all(explanation.proven for explanation in explanations)
    mean = sum(explanation.best.overlap.iou for explanation in explanations) / len(explanations)
    assert mean == pytest.approx(0.0588, abs=0.0002)


def test_nothing_of_it_prints_more_than_a_screen(study, places365_squeezenet):
    for path, thing in reachable(vision_starts(study, places365_squeezenet, "fire9")):
        check(path, thing)
