"""People's own folders of pictures and label maps: how they come, what is read, and what is refused and why."""

from __future__ import annotations

import os
import shutil
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from image_sets import pixels
from numpy.typing import NDArray
from PIL import Image

import compexp_widgets as cw
from compexp_widgets.cli import main

links = pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three oblong pictures with label maps of their size: water above, sand below."""
    folder = tmp_path / "beaches"
    for number in range(3):
        picture = np.random.default_rng(number).integers(0, 256, (12, 16, 3), np.uint8)
        pixels(folder / "images" / f"b{number}.png", picture)
        pixels(
            folder / "labels" / f"b{number}.png", np.repeat([[1], [2]], 6, axis=0).repeat(16, axis=1).astype(np.uint8)
        )
    (folder / "names.csv").write_text("number,name\n1,water\n2,sand\n", encoding="utf-8")
    return folder


def names(data: cw.vision.SegmentationDataset) -> list[str]:  # type: ignore[name-defined]
    return [image.name for image in data.images]


def refused(folder: Path, **options: Any) -> str:
    def read_all() -> None:
        data = cw.read_dataset(folder, **options)
        for index in range(len(data)):
            data.labels(index)

    with pytest.raises(cw.CompexpError) as caught:
        read_all()
    return str(caught.value)


# How folders come


@links
@pytest.mark.parametrize("linked", ["images", "labels", "images/b0.png", "labels/b0.png"])
def test_links_to_another_disk_are_followed(folder: Path, linked: str) -> None:
    elsewhere = folder.parent / "disk" / Path(linked).name
    elsewhere.parent.mkdir()
    shutil.move(folder / linked, elsewhere)
    (folder / linked).symlink_to(elsewhere)
    data = cw.read_dataset(folder)
    assert len(data) == 3
    assert data.picture(0).size == (16, 12)
    assert data.labels(0).max() == 1


@links
def test_a_link_to_nothing_is_told_and_not_passed_over(folder: Path) -> None:
    (folder / "images" / "b1.png").unlink()
    (folder / "images" / "b1.png").symlink_to(folder.parent / "unplugged" / "b1.png")
    assert "picture images/b1.png: the file 'images/b1.png' is missing" in refused(folder)


@links
def test_links_in_a_circle_end(folder: Path) -> None:
    (folder / "images" / "again").symlink_to(folder / "images")
    (folder / "labels" / "again").symlink_to(folder / "labels")
    assert len(cw.read_dataset(folder)) == 3


def test_subfolders_are_read_where_label_maps_have_them_too(folder: Path) -> None:
    for kind in ("images", "labels"):
        (folder / kind / "north" / "1").mkdir(parents=True)
        shutil.move(folder / kind / "b2.png", folder / kind / "north" / "1")
    pixels(folder / "images" / "thumbnails" / "b0.png", np.zeros((3, 4, 3), np.uint8))
    assert names(cw.read_dataset(folder)) == ["images/b0.png", "images/b1.png", "images/north/1/b2.png"]


def test_pictures_in_subfolders_alone_name_what_is_missing(folder: Path) -> None:
    (folder / "images").rename(folder / "pictures")
    (folder / "images").mkdir()
    (folder / "pictures").rename(folder / "images" / "2024")
    assert "no folder of label maps has images/2024" in refused(folder)


def test_what_systems_leave_behind_is_left_aside(folder: Path) -> None:
    for kind in ("images", "labels"):
        for place in (".ipynb_checkpoints", "__MACOSX", "@eaDir"):
            (folder / kind / place).mkdir()
            shutil.copy(folder / kind / "b0.png", folder / kind / place)
        for name in ("Thumbs.db", "._b0.png", ".DS_Store", "desktop.ini"):
            (folder / kind / name).write_bytes(b"\0\5\x16\7")
    assert len(cw.read_dataset(folder)) == 3


def test_suffixes_in_capitals_and_jpeg_pictures_beside_png_maps_belong_together(folder: Path) -> None:
    with Image.open(folder / "images" / "b0.png") as picture:
        picture.save(folder / "images" / "b0.JPG")
    (folder / "images" / "b0.png").unlink()
    (folder / "labels" / "b1.png").rename(folder / "labels" / "b1.PNG")
    data = cw.read_dataset(folder)
    assert names(data) == ["images/b0.JPG", "images/b1.png", "images/b2.png"]
    assert data.labels(1).max() == 1


def test_pictures_and_maps_may_share_a_folder(folder: Path) -> None:
    for number in range(3):
        with Image.open(folder / "images" / f"b{number}.png") as picture:
            picture.save(folder / "labels" / f"b{number}.jpg")
    data = cw.read_label_folder(folder, pictures="labels")
    assert names(data) == ["labels/b0.jpg", "labels/b1.jpg", "labels/b2.jpg"]


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_in_either_form_of_unicode_are_one(folder: Path, forms: tuple[Any, Any]) -> None:
    picture, label_map = (unicodedata.normalize(form, "plagé") for form in forms)
    (folder / "images" / "b0.png").rename(folder / "images" / f"{picture}.png")
    (folder / "labels" / "b0.png").rename(folder / "labels" / f"{label_map}.png")
    data = cw.read_dataset(folder)
    assert len(data) == 3
    (folder / "scenes.csv").write_text(f"image,label\n{label_map}.png,beach\n", encoding="utf-8")
    assert "beach" in cw.with_image_labels(data, folder / "scenes.csv").concept_names
    frame = pd.DataFrame({"image": [f"images/{label_map}.png"], "mask": [f"labels/{picture}.png"]})
    assert len(cw.read_frame(frame, names=folder / "names.csv", folder=folder)) == 1


def test_photographs_that_are_not_read_are_told(folder: Path) -> None:
    (folder / "images" / "b3.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.warns(UserWarning, match=r"formats that are not read and were left out, such as images/b3\.HEIC"):
        assert len(cw.read_dataset(folder)) == 3


def test_a_label_map_in_jpeg_is_refused_for_its_numbers_would_change(folder: Path) -> None:
    (folder / "labels" / "b0.png").rename(folder / "labels" / "b0.jpg")
    assert "changes label numbers" in refused(folder)


# Shapes


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((16, 12), "is 12 × 16 pixels, but its picture 16 × 12 (width × height): one of them is turned by 90°"),
        ((112, 112), "is 112 × 112 pixels, but its picture 16 × 12 (width × height): labels of another shape"),
        ((12, 20), "labels of another shape"),
    ],
)
def test_a_map_of_another_shape_than_its_picture_is_refused_with_both_sizes(
    folder: Path, shape: tuple[int, int], told: str
) -> None:
    pixels(folder / "labels" / "b1.png", np.ones(shape, np.uint8))
    message = refused(folder)
    assert told in message
    assert str(folder / "labels" / "b1.png") in message


@pytest.mark.parametrize(
    ("picture", "labels"), [((427, 640), (112, 168)), ((427, 640), (107, 160)), ((333, 500), (600, 901))]
)
def test_a_map_that_was_scaled_and_rounded_fits(
    folder: Path, picture: tuple[int, int], labels: tuple[int, int]
) -> None:
    pixels(folder / "images" / "b0.png", np.zeros((*picture, 3), np.uint8))
    pixels(folder / "labels" / "b0.png", np.ones(labels, np.uint8))
    assert cw.read_dataset(folder).labels(0).max() == 0


@pytest.mark.parametrize("map_shape", [(12, 16), (24, 32), (16, 12), (32, 24)])
def test_a_turned_photograph_stands_as_the_map_of_whatever_scale_was_drawn(
    folder: Path, map_shape: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (folder / "images" / "b0.png").unlink()
    Image.new("RGB", (12, 16)).save(folder / "images" / "b0.jpg", exif=exif)  # upright it is 16 wide and 12 high
    pixels(folder / "labels" / "b0.png", np.ones(map_shape, np.uint8))
    data = cw.read_dataset(folder)
    assert data.labels(0).max() == 0
    assert data.picture(0).size == ((16, 12) if map_shape[0] < map_shape[1] else (12, 16))


# Colours that stand for labels

PALETTE = {1: (128, 0, 0), 2: (0, 128, 0)}


def coloured(folder: Path, kind: str, border: tuple[int, int, int] | None = None) -> NDArray[np.uint8]:
    """Paint the label maps in `PALETTE`, as RGB or with a palette; returns the numbers."""
    numbers = np.repeat([[1], [2], [0]], 4, axis=0).repeat(16, axis=1).astype(np.uint8)
    colours = np.zeros((*numbers.shape, 3), np.uint8)
    for number, colour in PALETTE.items():
        colours[numbers == number] = colour
    if border is not None:
        colours[0] = border
    for number in range(3):
        picture = Image.fromarray(colours)
        if kind == "P":
            picture = picture.quantize(8)
        picture.save(folder / "labels" / f"b{number}.png")
    return numbers


@pytest.mark.parametrize("kind", ["RGB", "P"])
@pytest.mark.parametrize("way", ["names.csv", "CSV", "mapping"])
def test_colours_are_labels_where_a_table_says_so(folder: Path, kind: str, way: str) -> None:
    numbers = coloured(folder, kind)
    rows = [f"{number},{','.join(map(str, colour))}" for number, colour in PALETTE.items()]
    options: dict[str, Any] = {}
    if way == "names.csv":
        text = "\n".join(f"{row},{name}" for row, name in zip(rows, ("water", "sand"), strict=True))
        (folder / "names.csv").write_text(f"number,red,green,blue,name\n{text}\n", encoding="utf-8")
    elif way == "CSV":
        options["colour_table"] = folder / "colours.csv"
        (folder / "colours.csv").write_text("number,red,green,blue\n" + "\n".join(rows), encoding="utf-8")
    else:
        options["colour_table"] = {colour: number for number, colour in PALETTE.items()}
    data = cw.read_dataset(folder, **options)
    np.testing.assert_array_equal(data.labels(0)[0], numbers.astype(int) - 1)
    frame = pd.DataFrame({"image": ["images/b0.png"], "mask": ["labels/b0.png"]})
    framed = cw.read_frame(frame, names=folder / "names.csv", folder=folder, grid=(12, 16), **options)
    np.testing.assert_array_equal(framed.labels(0)[0], numbers.astype(int) - 1)


def test_a_colour_that_the_table_lacks_is_refused_unless_it_is_said_to_mean_nothing(folder: Path) -> None:
    coloured(folder, "RGB", border=(224, 224, 192))
    table = {colour: number for number, colour in PALETTE.items()}
    message = refused(folder, colour_table=table)
    assert "a colour that the table of colours lacks, at 8.3% of its positions, (224, 224, 192)" in message
    data = cw.read_dataset(folder, colour_table=table | {(224, 224, 192): 0})
    assert (data.labels(0)[0, 0] == -1).all()


def test_coloured_maps_without_a_table_are_refused_with_the_way_on(folder: Path) -> None:
    coloured(folder, "RGB")
    message = refused(folder)
    assert "--colour-table" in message
    assert "red,green,blue" in message


def test_other_colours_are_other_data(folder: Path) -> None:
    table = {colour: number for number, colour in PALETTE.items()}
    coloured(folder, "RGB")
    one = cw.read_dataset(folder, colour_table=table).fingerprint
    assert one == cw.read_dataset(folder, colour_table=dict(reversed(table.items()))).fingerprint
    assert one != cw.read_dataset(folder, colour_table=table | {(9, 9, 9): 1}).fingerprint


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "the table of colours is empty"),
        ({(1, 2): 1}, "(1, 2) is no colour"),
        ({(1, 2, 300): 1}, "(1, 2, 300) is no colour"),
        ({(1, 2, 3): 9}, "the label number 9, which no concept has"),
        ({(1, 2, 3): "water"}, "'water' is no label number"),
        (7, "colour_table is 7; give a CSV file"),
    ],
)
def test_a_table_of_colours_that_is_none_is_refused(folder: Path, table: Any, told: str) -> None:
    assert told in refused(folder, colour_table=table)


# What means nothing


def void(folder: Path, number: int = 255) -> None:
    for number_of_map in range(3):
        numbers = np.ones((12, 16), np.uint8)
        numbers[:, 0] = number
        pixels(folder / "labels" / f"b{number_of_map}.png", numbers)


def test_numbers_that_mean_nothing_are_said_in_python_and_on_the_command_line(folder: Path, capsys: Any) -> None:
    void(folder)
    assert main(["data", str(folder)]) == 1
    assert "--nothing 255" in capsys.readouterr().err
    assert main(["data", str(folder), "--nothing", "255"]) == 0
    assert "93.8% of the positions say what is there" in capsys.readouterr().out
    assert (cw.read_dataset(folder, nothing=[255]).labels(0)[0, :, 0] == -1).all()
    one, other = cw.read_dataset(folder, nothing=[255]), cw.read_label_folder(folder, nothing=[255])
    assert one.fingerprint == other.fingerprint


def test_label_0_is_a_class_where_that_is_said(folder: Path, capsys: Any) -> None:
    void(folder, 0)
    (folder / "names.csv").write_text("number,name\n0,sky\n1,water\n", encoding="utf-8")
    assert main(["data", str(folder)]) == 1
    assert "--class-zero" in capsys.readouterr().err
    assert main(["data", str(folder), "--class-zero"]) == 0
    assert "100.0% of the positions say what is there" in capsys.readouterr().out
    data = cw.read_dataset(folder, class_zero=True)
    assert data.concept_names == ("sky", "water")
    assert (data.labels(0)[0, :, 0] == 0).all()


def test_a_study_knows_what_means_nothing(folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    void(folder)
    monkeypatch.chdir(Path(__file__).parent)
    study = folder.parent / "study"
    command = ["explain", "--network", "tiny_network:load", "--layer", "body.3", "--data", str(folder)]
    assert main([*command, "--out", str(study), "--nothing", "255,254", "--max-length", "1", "--quantile", "0.1"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert line == f"in Python: cw.open_study({str(study)!r})"
    opened = cw.open_study(study)
    assert opened.data.fingerprint == cw.read_dataset(folder, nothing=[255, 254]).fingerprint
    opened.close()


# Arguments


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"grid": 112}, "grid is 112; it is height and width in positions"),
        ({"grid": (0, 5)}, "grid is (0, 5)"),
        ({"grid": "112"}, "grid is '112'"),
        ({"nothing": 255}, "nothing is a list of label numbers, such as [255], not 255"),
        ({"nothing": "255"}, "nothing is a list of label numbers"),
        ({"nothing": [-1]}, "nothing: -1 is no label number"),
        ({"nothing": [2.5]}, "nothing: 2.5 is no label number"),
        ({"nothing": [1]}, "nothing: 1 is the label of 'water'"),
        ({"class_zero": True}, "has no row for label 0"),
        ({"labels": 5}, "labels is 5, not a name or a list of names"),
        ({"labels": [None]}, "labels is [None]"),
        ({"pictures": None}, "pictures is None, not a name"),
        ({"names": 3}, "names is 3, not a name"),
    ],
)
def test_arguments_that_make_no_sense_are_answered_in_a_sentence(
    folder: Path, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(cw.CompexpError) as caught:
        cw.read_label_folder(folder, **options)
    assert told in str(caught.value)


@pytest.mark.parametrize("given", [None, 7, "", "a\0b", "x" * 5_000])
def test_what_is_no_folder_is_said_to_be_none(given: Any) -> None:
    with pytest.raises(cw.CompexpError, match=r"not a path|is not a folder"):
        cw.read_dataset(given)


def test_a_folder_without_anything_odd_is_read_without_a_warning(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = cw.read_dataset(folder)
        data.labels(0)
        data.picture(0)
