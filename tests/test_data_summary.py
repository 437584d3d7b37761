"""Colours of photographs, and the summary of an image set."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from image_sets import picture, write_coco
from PIL import Image

from compexp_widgets import read_dataset, with_colours
from compexp_widgets.concepts.colours import TONES, name_colours, to_lab
from compexp_widgets.data.images import AnnotatedImage, Concept, SegmentationDataset
from compexp_widgets.errors import DataError
from compexp_widgets.progress import silent

HOSTILE = '<img src=x onerror="alert(1)">&'


def set_of(folder: Path, *wholes: tuple[int, ...], concepts: tuple[Concept, ...] = ()) -> SegmentationDataset:
    """Images of one colour with whole-image concepts."""
    images = tuple(
        AnnotatedImage(f"{place}.png", picture(folder / f"{place}.png"), "", (), whole, f"row {place}")
        for place, whole in enumerate(wholes)
    )
    return SegmentationDataset(folder, concepts, images, (4, 4), np.array([-1], np.int32))


# Colours


def test_lab_is_that_of_the_standard() -> None:
    # Published values for the sRGB primaries under D65 (Lindbloom's CIE colour calculator).
    rgb = np.array([[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0]], np.uint8)
    lab = [[100, 0, 0], [53.24, 80.09, 67.20], [87.73, -86.18, 83.18], [32.30, 79.19, -107.86], [0, 0, 0]]
    np.testing.assert_allclose(to_lab(rgb), lab, atol=0.02)


def test_a_tone_has_the_name_it_stands_under() -> None:
    for place, tones in enumerate(TONES.values()):
        pixels = np.array([list(bytes.fromhex(tone)) for tone in tones], np.uint8)
        np.testing.assert_array_equal(name_colours(pixels), place)


def test_colours_are_a_layer_beside_the_labels_there_were(tmp_path: Path) -> None:
    data = read_dataset(write_coco(tmp_path))
    coloured = with_colours(data)
    np.testing.assert_array_equal(coloured.labels(0)[0], data.labels(0)[0])
    blue = coloured.concepts.index(Concept("blue-c", "color"))
    np.testing.assert_array_equal(coloured.labels(1), np.full((1, 112, 112), blue))  # navy pictures
    assert coloured.fingerprint != data.fingerprint


def test_colours_may_be_selected_like_any_concept(tmp_path: Path) -> None:
    coloured = with_colours(read_dataset(write_coco(tmp_path)))
    merged = coloured.merged({"dark": ["black-c", "blue-c"]}).only(["dark"])
    np.testing.assert_array_equal(merged.labels(1), np.zeros((1, 112, 112)))


@pytest.mark.real
def test_colours_agree_with_those_of_the_real_photographs_at_most_positions(real_data: Path) -> None:
    data = read_dataset(real_data / "broden_coco")
    terms = [f"{term}-c" for term in TONES]
    coloured = with_colours(data.without(terms))
    truth = data.only(terms)
    agreement = [
        (truth.labels(i)[0] == coloured.labels(i)[-1] - len(coloured.concepts) + 11).mean() for i in range(200)
    ]
    assert np.mean(agreement) > 0.85  # 0.873 when this was written


# Summary


def test_a_summary_tells_categories_and_coverage(tmp_path: Path) -> None:
    summary = with_colours(read_dataset(write_coco(tmp_path))).summary(report=silent)
    assert [(each.name, each.concepts, each.images) for each in summary.categories] == [
        ("thing", 1, 1),
        ("stuff", 1, 1),
        ("color", 1, 2),
    ]
    assert summary.categories[2].coverage == 1
    assert summary.labelled == pytest.approx(75 / 112 / 2)
    assert summary.unlabelled_images == ("000000000285.jpg",)
    assert [concept.name for concept, _ in summary.examples] == ["blue-c", "person", "sky-other-merged"]
    assert "2 images, 112 × 112 positions each" in str(summary)


def test_what_makes_explanations_weak_is_said(tmp_path: Path) -> None:
    warnings = read_dataset(write_coco(tmp_path)).summary(report=silent).warnings
    for words in (
        "Only 2 images",
        "Only 33% of the positions say what is there",
        "1 image (000000000285.jpg) without any label",
        "2 concepts (person, sky-other-merged) in fewer than 10 images",
    ):
        assert any(warning.startswith(words) for warning in warnings), words


def test_concepts_that_tell_nothing_apart_are_warned_of(tmp_path: Path) -> None:
    concepts = (Concept("everywhere", "scene"), Concept("mostly", "scene"), Concept("never", "scene"))
    warnings = set_of(tmp_path, (0, 1), (0, 1), (0,), concepts=concepts).summary(report=silent).warnings
    for words in (
        "'everywhere' is in every image, at 100% of the positions",
        "'mostly' holds at 67% of the positions",
        "1 concept (never) in no image",
    ):
        assert any(warning.startswith(words) for warning in warnings), words


class Tags(HTMLParser):
    """The tags of a document, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_names_from_data_are_text_in_a_notebook(tmp_path: Path) -> None:
    data = set_of(tmp_path / "a&b", (0,), concepts=(Concept(HOSTILE, f"scene{HOSTILE}"),))
    for shown in (data.summary(report=silent), data.examples(HOSTILE, report=silent)):
        parser = Tags()
        parser.feed(shown._repr_html_())
        images = [attributes for tag, attributes in parser.found if tag == "img"]
        assert all(str(attributes["src"]).startswith("data:image/png;base64,") for attributes in images)
        assert not any(name.startswith("on") for _, attributes in parser.found for name in attributes)
        assert any(HOSTILE in str(attributes["alt"]) for attributes in images)


def test_a_summary_with_its_pictures_stays_small(tmp_path: Path) -> None:
    data = with_colours(read_dataset(write_coco(tmp_path)))
    assert len(data.summary(report=silent)._repr_html_()) < 100_000


def test_an_example_is_a_small_picture_that_is_dim_where_the_concept_is_not(tmp_path: Path) -> None:
    data = read_dataset(write_coco(tmp_path))
    found = data.examples("person", report=silent)
    assert found.images == 1
    assert found.examples[0].share == pytest.approx(38 / 112)
    pixels = np.asarray(Image.open(io.BytesIO(found.examples[0].png)).convert("RGB")).astype(int)
    assert pixels.shape == (96, 128, 3)
    assert abs(pixels[48, 64] - [0, 0, 128]).max() < 12
    assert np.ptp(pixels[5, 64]) < 4
    address = re.search(r'src="data:image/png;base64,([^"]+)"', found._repr_html_())
    assert address is not None
    assert base64.b64decode(address[1]) == found.examples[0].png


def test_examples_of_an_unknown_concept_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no concept 'cat'"):
        read_dataset(write_coco(tmp_path)).examples("cat", report=silent)


def test_an_image_set_without_images_has_a_summary(tmp_path: Path) -> None:
    assert "0 images" in str(set_of(tmp_path).summary(report=silent))
