"""ADE20K, COCO panoptic, Cityscapes, data frames and image labels: what is read."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from image_sets import (
    ADE_FOLDER,
    ade_pixels,
    coco_content,
    picture,
    pixels,
    write_ade20k,
    write_cityscapes,
    write_coco,
)

from compexp_widgets import (
    read_ade20k,
    read_cityscapes,
    read_coco_panoptic,
    read_dataset,
    read_frame,
    with_image_labels,
)
from compexp_widgets.data.images import Concept, SegmentationDataset
from compexp_widgets.errors import DataError
from compexp_widgets.progress import silent

GRID = (6, 8)


def names_of(dataset: SegmentationDataset, image: int) -> list[list[str]]:
    """For each layer, the concepts that hold somewhere in it."""
    return [
        [dataset.concepts[number].name for number in np.unique(layer) if number >= 0] for layer in dataset.labels(image)
    ]


# ADE20K


@pytest.mark.parametrize("index", ["pkl", "json"])
def test_ade20k_has_objects_and_the_parts_of_every_level_and_the_scene(tmp_path: Path, index: str) -> None:
    dataset = read_ade20k(write_ade20k(tmp_path, index=index), grid=GRID, report=silent)
    assert names_of(dataset, 0) == [["car"], ["window"], ["thing 700"], ["street-s"]]
    np.testing.assert_array_equal(dataset.labels(0)[1, :3] >= 0, True)
    np.testing.assert_array_equal(dataset.labels(0)[1, 3:], -1)
    assert [image.split for image in dataset.images] == ["train", "train"]
    kinds = {concept.name: concept.category for concept in dataset.concepts}
    assert (kinds["car"], kinds["window"], kinds["street-s"]) == ("object", "part", "scene")


def test_ade20k_of_2016_has_its_pictures_in_folders_by_letter(tmp_path: Path) -> None:
    root = write_ade20k(tmp_path, images="images/validation/s/street")
    assert {image.split for image in read_ade20k(root).images} == {"val"}


def test_ade20k_is_found_in_the_folder_it_was_extracted_to(tmp_path: Path) -> None:
    root = write_ade20k(tmp_path)
    assert read_dataset(tmp_path).folder == root == read_dataset(root).folder


def test_labels_that_share_their_first_synonym_keep_all(tmp_path: Path) -> None:
    names = read_ade20k(write_ade20k(tmp_path)).concept_names
    assert {"bar, barroom", "bar, rod", "car"} <= set(names)
    assert len(set(names)) == len(names)


def test_a_scene_that_is_not_labelled_is_none(tmp_path: Path) -> None:
    assert read_ade20k(write_ade20k(tmp_path)).images[1].whole == ()


def test_a_label_without_a_name_says_nothing(tmp_path: Path) -> None:
    root = write_ade20k(tmp_path)
    ade_pixels(root / ADE_FOLDER / "ADE_train_00000002_seg.png", np.full((48, 64), 6))
    np.testing.assert_array_equal(read_ade20k(root, grid=GRID).labels(1), np.full((1, *GRID), -1))


def test_the_masks_of_instances_are_no_pictures(tmp_path: Path) -> None:
    root = write_ade20k(tmp_path)
    picture(root / ADE_FOLDER / "ADE_train_00000001" / "inner.jpg")
    assert len(read_ade20k(root)) == 2


def test_an_index_in_matlab_format_is_read_too(tmp_path: Path) -> None:
    scipy_io = pytest.importorskip("scipy.io")
    root = write_ade20k(tmp_path)
    content = pickle.loads((root / "index_ade20k.pkl").read_bytes())
    for name in ("filename", "folder", "scene", "objectnames"):
        content[name] = np.array(content[name], dtype=object)
    expected = read_ade20k(root)
    (root / "index_ade20k.pkl").unlink()
    scipy_io.savemat(root / "index_ade20k.mat", {"index": content})
    assert read_ade20k(root).concepts == expected.concepts
    assert read_ade20k(root).fingerprint == expected.fingerprint


def test_an_index_that_would_run_code_is_refused_before_it_runs(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[Path]]:
            return Path.touch, (tmp_path / "ran",)

    root = write_ade20k(tmp_path)
    (root / "index_ade20k.pkl").write_bytes(pickle.dumps({"filename": Hostile()}))
    with pytest.raises(DataError, match="could run code"):
        read_ade20k(root)
    assert not (tmp_path / "ran").exists()


# COCO panoptic


def test_coco_segments_are_things_and_stuff(tmp_path: Path) -> None:
    dataset = read_dataset(write_coco(tmp_path))
    assert dataset.concepts == (Concept("person", "thing"), Concept("sky-other-merged", "stuff"))
    assert dataset.grid == (112, 112)
    labels = dataset.labels(0)[0]
    assert [int(labels[row, 50]) for row in (0, 36, 37, 74, 75, 111)] == [1, 1, 0, 0, -1, -1]
    assert dataset.images[0].split == "val"


def test_a_coco_image_without_annotation_has_no_layer(tmp_path: Path) -> None:
    assert read_dataset(write_coco(tmp_path)).labels(1).shape == (0, 112, 112)


def test_a_category_with_the_id_nought_is_a_category(tmp_path: Path) -> None:
    content = coco_content()
    content["categories"][1]["id"] = content["annotations"][0]["segments_info"][0]["category_id"] = 0
    assert names_of(read_dataset(write_coco(tmp_path, content)), 0) == [["person", "sky-other-merged"]]


def test_the_fingerprint_follows_the_category_of_a_segment(tmp_path: Path) -> None:
    before = read_dataset(write_coco(tmp_path)).fingerprint
    content = coco_content()
    content["annotations"][0]["segments_info"][0]["category_id"] = 187
    assert read_dataset(write_coco(tmp_path, content)).fingerprint != before


def test_coco_pictures_may_lie_in_a_folder_images(tmp_path: Path) -> None:
    write_coco(tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "val2017").rename(tmp_path / "images" / "val2017")
    assert len(read_dataset(tmp_path)) == 2


# Cityscapes


def test_cityscapes_is_read_split_by_split_with_its_groups(tmp_path: Path) -> None:
    dataset = read_cityscapes(write_cityscapes(tmp_path), grid=(48, 96))
    assert [image.split for image in dataset.images] == ["train", "train", "val"]
    assert names_of(dataset, 1) == [["road", "sky"]]
    np.testing.assert_array_equal(dataset.labels(0)[0, 47], -1)
    assert Concept("road", "flat") in dataset.concepts
    assert "images" not in dataset.images[1].name
    assert "zürich" in dataset.images[1].name


def test_the_layout_of_cityscapes_may_have_other_labels(tmp_path: Path) -> None:
    labels = {7: Concept("lane", "ground"), 23: Concept("heaven", "sky")}
    dataset = read_cityscapes(write_cityscapes(tmp_path), labels=labels, splits=["val"])
    assert names_of(dataset, 0) == [["lane", "heaven"]]
    assert read_dataset(tmp_path).fingerprint != dataset.fingerprint


# Data frames


def test_a_frame_lists_pictures_and_label_maps_of_any_size(tmp_path: Path) -> None:
    picture(tmp_path / "a b" / "é<b>.jpg")
    pixels(tmp_path / "maps" / "m.png", np.array([[0, 255], [7, 1]], np.uint8))
    frame = pd.DataFrame({"image": ["a b\\é<b>.jpg"], "mask": ["maps\\m.png"], "split": ["val"]}, index=["first"])
    dataset = read_frame(
        frame, names={1: "one", 7: Concept("seven", "part")}, nothing=[0, 255], folder=tmp_path, grid=(4, 4)
    )
    assert dataset.concepts == (Concept("one", "object"), Concept("seven", "part"))
    assert dataset.images[0].name == "a b/é<b>.jpg"
    assert dataset.images[0].split == "val"
    expected = np.array([[-1, -1], [1, 0]]).repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(dataset.labels(0)[0], expected)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, ""])
def test_an_empty_field_is_no_label_map(tmp_path: Path, missing: object) -> None:
    picture(tmp_path / "a.jpg")
    frame = pd.DataFrame({"image": [tmp_path / "a.jpg"], "mask": [missing]}, dtype=object)
    assert read_frame(frame, names={1: "one"}).labels(0).shape == (0, 112, 112)


def test_nought_is_a_label_where_it_has_a_name(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg")
    pixels(tmp_path / "m.png", np.zeros((4, 4), np.uint8))
    frame = pd.DataFrame({"photo": ["a.jpg"], "one": ["m.png"], "two": ["m.png"]})
    dataset = read_frame(frame, image="photo", mask=["one", "two"], names={0: "road"}, folder=tmp_path)
    np.testing.assert_array_equal(dataset.labels(0), np.zeros((2, 112, 112)))


def test_the_names_of_a_frame_may_stand_in_a_table(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg")
    (tmp_path / "names.csv").write_text("number,name,category\n3,door,part\n", encoding="utf-8")
    frame = pd.DataFrame({"image": ["a.jpg"]})
    dataset = read_frame(frame, mask=[], names=tmp_path / "names.csv", folder=tmp_path)
    assert dataset.concepts == (Concept("door", "part"),)


# Labels of whole images


def test_image_labels_hold_everywhere_and_an_image_can_have_several(tmp_path: Path) -> None:
    dataset = read_dataset(write_coco(tmp_path / "coco"))
    table = tmp_path / "labels.csv"
    table.write_text("image,label\n000000000285.jpg,beach;sunny\n.\\000000000285.jpg,beach\n", encoding="utf-8")
    labelled = with_image_labels(dataset, table, category="mood")
    assert names_of(labelled, 1) == [["beach"], ["sunny"]]
    np.testing.assert_array_equal(labelled.labels(1)[0], np.full((112, 112), 2))
    np.testing.assert_array_equal(labelled.labels(0), dataset.labels(0))
    assert labelled.concepts[2:] == (Concept("beach", "mood"), Concept("sunny", "mood"))
    assert labelled.fingerprint != dataset.fingerprint


def test_a_file_name_is_enough_where_one_image_has_it(tmp_path: Path) -> None:
    dataset = read_cityscapes(write_cityscapes(tmp_path))
    table = tmp_path / "labels.csv"
    table.write_text("image,label,category\nulm_000000_000003_leftImg8bit.png,rain,weather\n", encoding="utf-8")
    labelled = with_image_labels(dataset, table)
    assert labelled.concepts[labelled.images[2].whole[0]] == Concept("rain", "weather")


def test_several_panoptic_annotations_are_a_choice(tmp_path: Path) -> None:
    write_coco(tmp_path)
    for name in ("annotations/panoptic_train2017", "train2017"):
        (tmp_path / name).mkdir()
    (tmp_path / "annotations" / "panoptic_train2017.json").write_text(json.dumps(coco_content()), encoding="utf-8")
    with pytest.raises(DataError, match=r"several panoptic annotations: .*train2017.*val2017"):
        read_dataset(tmp_path)
    annotations = tmp_path / "annotations"
    chosen = read_coco_panoptic(
        tmp_path / "val2017", annotations / "panoptic_val2017.json", annotations / "panoptic_val2017"
    )
    assert chosen.folder == tmp_path.resolve()
