"""Everything that shows, tests and fools works on studies of selected samples, opened by their folder alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hostile_pairs import LAYER, hostile_pairs, pair_network
from page import Page
from test_nli_explorer import card_of as pair_card
from test_paste_lab import PastePage, paste
from test_text_lab import LEADS, TextPage
from test_vision_explorer import card_of as image_card
from tiny_network import tiny_network

import compexp_widgets as cw
from compexp_widgets import adversarial
from compexp_widgets.data.images import SegmentationDataset
from compexp_widgets.progress import silent

CHOSEN = [31, 3, 9, 20, 21, 30, 12, 5]


@pytest.fixture(scope="module")
def images(tiny_dataset: SegmentationDataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[cw.VisionStudy]:
    folder = tmp_path_factory.mktemp("some") / "study"
    chosen = tiny_dataset[CHOSEN].without(["water"])
    cw.dissect(tiny_network(), "body.3", chosen, folder, report=silent).close()
    with closing(cw.open_study(folder)) as study:
        yield study


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cw.PairStudy]:
    folder, concepts = tmp_path_factory.mktemp("some") / "study", cw.LexicalSettings(tokens=50)
    chosen = hostile_pairs().with_gold().sample(30, seed=3)
    cw.dissect(pair_network(), LAYER, chosen, folder, concepts=concepts, report=silent).close()
    with closing(cw.open_study(folder)) as study:
        yield study


def test_an_explorer_shows_the_images_that_were_selected(images, tiny_dataset):
    with closing(cw.VisionExplorer(images, quantile=0.1)) as explorer:
        card, _ = image_card(Page(explorer))
        names = [tiny_dataset.images[number].name for number in CHOSEN]
        assert card["tiles"]
        assert {images.dataset.images[tile["image"]].name for tile in card["tiles"]} <= set(names)
        assert "water" not in {leaf["name"] for leaf in card["leaves"]}
        assert explorer.jobs.wait(30)


def test_pictures_that_were_selected_are_pasted_into(images, tiny_dataset):
    with closing(cw.PasteLab(images, tiny_network())) as lab:
        page = PastePage(lab)
        assert page.ask("hello")[0]["type"] == "study"
        before = images.dataset.picture(2)
        assert before.tobytes() == tiny_dataset.picture(CHOSEN[2]).tobytes()
        assert page.edited([paste(page.patch())], image=2).tobytes() != before.tobytes()
        assert page.response([paste(page.patch())], image=7)[0]["type"] == "response"
        assert lab.jobs.wait(30)
    found = adversarial.PatchLibrary(images).find("tree", count=2)
    assert found
    assert all(0 <= one.image < len(CHOSEN) for one in found)


def test_an_explorer_shows_the_pairs_that_were_selected(pairs):
    with closing(cw.NLIExplorer(pairs, pair_network(), max_length=3, beam_size=5)) as explorer:
        card, _ = pair_card(Page(explorer))
        assert card["active"] == pairs.fires(0).sum()
        assert explorer.jobs.wait(30)


def test_pairs_that_were_selected_are_edited(pairs):
    with closing(cw.TextLab(pairs, pair_network(), **LEADS)) as lab:
        assert TextPage(lab).response()["type"] == "response"
        assert lab.jobs.wait(30)


def test_the_top_samples_of_a_unit_are_among_those_that_were_selected(images, pairs, tmp_path):
    for study in (images, pairs):
        tops = [unit.top(5) for unit in study]
        assert {one.index for top in tops for one in top} <= set(range(len(study.data)))
        assert any(top.save(tmp_path / study.configuration.kind) for top in tops)


def test_evidence_is_of_the_samples_that_were_selected(images, pairs):
    for study, settings in ((images, {"quantile": 0.1}), (pairs, {"threshold": 0.0})):
        assert study.samples == len(study.data)
        frame = study.to_frame(tests=cw.EvidenceSettings(samples=9), **settings)
        assert np.isfinite(frame["p_value"]).all()


def test_the_recipe_of_a_study_is_read_in_a_line(images: cw.VisionStudy):
    assert str(images.data.recipe) == ("read_dataset() → [[31, 3, 9, 20, … 8 in all]] → without(names=['water'])")
    assert Path(images.configuration.data).is_dir()
