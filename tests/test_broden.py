from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tiny_broden import CATEGORIES, LABELS, write_csv, write_tiny_broden

from compexp_widgets.data.images import Concept, read_broden
from compexp_widgets.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny_broden(tmp_path / "broden")
    return tmp_path / "broden"


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence, without touching line ends."""
    content = path.read_bytes().decode("utf-8")
    assert old in content
    path.write_bytes(content.replace(old, new, 1).encode("utf-8"))


def refused(folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_broden(folder)
    return str(caught.value)


# What is read


@pytest.mark.parametrize("layers", [CATEGORIES, ("color",), ("object", "scene"), ("part", "texture", "material")])
@pytest.mark.parametrize("seed", range(3))
def test_every_position_has_the_concepts_that_were_annotated(
    tmp_path: Path, layers: tuple[str, ...], seed: int
) -> None:
    truth = write_tiny_broden(tmp_path / "broden", seed=seed, layers=layers)
    dataset = read_broden(tmp_path / "broden")
    numbers = sorted(number for layer in layers for number in LABELS[layer])
    assert len(dataset) == len(truth)
    for index, expected in enumerate(truth):
        found = np.array([*numbers, 0])[dataset.labels(index)]
        np.testing.assert_array_equal(found, expected)


def test_concepts_come_in_the_order_of_their_numbers_with_their_main_category(folder: Path) -> None:
    dataset = read_broden(folder)
    expected = sorted((number, name, layer) for layer, labels in LABELS.items() for number, name in labels.items())
    assert dataset.concepts == tuple(Concept(name, layer) for _, name, layer in expected)


def test_rows_of_label_csv_may_stand_in_any_order(folder: Path) -> None:
    expected = read_broden(folder).concepts
    header, *rows = (folder / "label.csv").read_text(encoding="utf-8").splitlines()
    (folder / "label.csv").write_text("\n".join([header, *reversed(rows)]), encoding="utf-8")
    assert read_broden(folder).concepts == expected


def test_images_come_in_the_order_of_the_index_with_name_split_and_origin(folder: Path) -> None:
    images = read_broden(folder).images
    assert [image.name for image in images[:2]] == ["images/tiny/0000.png", "images/tiny/0001.png"]
    assert [image.split for image in images[:2]] == ["train", "val"]
    assert [image.origin for image in images[:2]] == ["index.csv, row 2", "index.csv, row 3"]
    assert images[0].path == folder / "images" / "tiny" / "0000.png"


def test_the_grid_is_the_size_of_the_masks(tmp_path: Path) -> None:
    write_tiny_broden(tmp_path / "broden", grid=(5, 7))
    dataset = read_broden(tmp_path / "broden")
    assert dataset.grid == (5, 7)
    assert dataset.picture(0).size == (14, 10)


def test_a_concept_may_never_occur(folder: Path) -> None:
    with (folder / "label.csv").open("a", encoding="utf-8") as file:
        file.write("600,unicorn,object(0),0,0,\n")
    assert read_broden(folder).concept_names[-1] == "unicorn"


def test_byte_order_mark_carriage_returns_and_empty_lines_do_not_matter(folder: Path) -> None:
    expected = read_broden(folder)
    for path in folder.glob("*.csv"):
        content = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + content + b"\r\n")
    dataset = read_broden(folder)
    assert (dataset.images, dataset.concepts) == (expected.images, expected.concepts)


def test_category_columns_and_category_files_may_be_missing(folder: Path) -> None:
    columns = ("image", "split", "ih", "iw", "sh", "sw")
    write_csv(folder / "index.csv", columns, [("tiny/0000.png", "", 16, 20, 8, 10)])
    for path in folder.glob("c_*.csv"):
        path.unlink()
    dataset = read_broden(folder)
    assert dataset.labels(0).shape == (0, 8, 10)
    assert dataset.images[0].split == ""


def test_an_empty_column_may_be_of_an_unknown_category(folder: Path) -> None:
    columns = ("image", "split", "ih", "iw", "sh", "sw", "mood")
    write_csv(folder / "index.csv", columns, [("tiny/0000.png", "val", 16, 20, 8, 10, "")])
    assert read_broden(folder).images[0].masks == ()


def test_names_and_folders_may_hold_any_characters(tmp_path: Path) -> None:
    folder = tmp_path / "Fotos für & alle"
    write_tiny_broden(folder)
    edit(folder / "label.csv", "ice rink", '"a, ""b"" (c)\n<script>"')
    (folder / "c_object.csv").unlink()
    assert 'a, "b" (c)\n<script>' in read_broden(folder).concept_names


# What is refused

Breaker = Callable[[Path], None]


def in_file(name: str, old: str, new: str) -> Breaker:
    return lambda folder: edit(folder / name, old, new)


def cut_to_header(folder: Path, name: str) -> None:
    header = (folder / name).read_text(encoding="utf-8").splitlines()[0]
    (folder / name).write_text(header + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("breaker", "place", "problem"),
    [
        (lambda f: (f / "index.csv").unlink(), "", "has no index.csv. A data set in the Broden layout has"),
        (lambda f: (f / "label.csv").unlink(), "", "has no label.csv"),
        (lambda f: (f / "category.csv").unlink(), "", "has no category.csv"),
        (lambda f: cut_to_header(f, "index.csv"), "index.csv", "lists no image"),
        (lambda f: cut_to_header(f, "label.csv"), "label.csv", "names no concept"),
        (lambda f: (f / "index.csv").write_bytes(b""), "index.csv", "lacks the column image, split"),
        (in_file("index.csv", "image,split", "picture,split"), "index.csv", "lacks the column image"),
        (in_file("label.csv", "number", "nr"), "label.csv", "lacks the column number"),
        (in_file("category.csv", "name", "title"), "category.csv", "lacks the column name"),
        (in_file("index.csv", "part,material", "part,part"), "index.csv", "two columns called 'part'"),
        (in_file("index.csv", ",val,", ",val,,"), "index.csv, row 3", "has 13 fields, but the header names 12"),
        (in_file("index.csv", ",val,16,", ",val,"), "index.csv, row 3", "has 11 fields"),
        (in_file("index.csv", ",val,16,", ",val,big,"), "index.csv, row 3", "ih is 'big', not a size"),
        (in_file("index.csv", ",val,16,20,8,", ",val,16,20,0,"), "index.csv, row 3", "sh is '0', not a size"),
        (in_file("index.csv", ",val,16,20,8,", ",val,16,20,-8,"), "index.csv, row 3", "sh is '-8', not a size"),
        (in_file("index.csv", ",val,16,20,8,", ",val,16,20,٨,"), "index.csv, row 3", "sh is '٨', not a size"),
        (
            in_file("index.csv", ",val,16,20,8,10", ",val,16,20,8,12"),
            "index.csv, row 3",
            "sh × sw is 8 × 12, but 8 × 10",
        ),
        (in_file("index.csv", "tiny/0001.png", "tiny/0000.png"), "index.csv, row 3", "is listed in row 2 already"),
        (
            in_file("index.csv", "tiny/0001.png", "tiny/9999.png"),
            "index.csv, row 3",
            "'images/tiny/9999.png' is missing",
        ),
        (in_file("index.csv", "0001_color", "0001_colour"), "index.csv, row 3", "0001_colour.png' is missing"),
        (in_file("index.csv", "0001_color.png", "0001_color.png;"), "index.csv, row 3", "may not be used"),
        (in_file("index.csv", "tiny/0001.png", "tiny"), "index.csv, row 3", "'images/tiny' is missing"),
        (in_file("index.csv", "tiny/0001.png", ""), "index.csv, row 3", "may not be used"),
        (in_file("label.csv", "253,", "0,"), "label.csv, row 6", "'0' is no label number"),
        (in_file("label.csv", "253,", "-3,"), "label.csv, row 6", "'-3' is no label number"),
        (in_file("label.csv", "253,", "65536,"), "label.csv, row 6", "'65536' is no label number"),
        (in_file("label.csv", "253,", "1e2,"), "label.csv, row 6", "'1e2' is no label number"),
        (in_file("label.csv", "253,", "²,"), "label.csv, row 6", "'²' is no label number"),
        (in_file("label.csv", "254,", "253,"), "label.csv, row 7", "label number 253 stands in row 6 already"),
        (in_file("label.csv", "ice rink", "water"), "label.csv, row 7", "name 'water' stands in row 6 already"),
        (in_file("label.csv", "ice rink", " "), "label.csv, row 7", "label 254 has no name"),
        (in_file("label.csv", "object(", "objekt("), "label.csv, row 6", "category 'objekt'"),
        (in_file("label.csv", ";object(0)", ";objekt(0)"), "label.csv, row 11", "category 'objekt'"),
        (
            in_file("category.csv", "object", "color"),
            "category.csv, row 3",
            "'color' is empty or stands in a row above",
        ),
        (in_file("c_object.csv", "ice rink", "ice ring"), "c_object.csv, row 3", "label.csv calls it 'ice rink'"),
        (in_file("c_object.csv", "254,ice rink", "2,blue-c"), "c_object.csv, row 3", "calls it 'blue-c', ['color']"),
        (in_file("c_object.csv", "254,", "999,"), "c_object.csv, row 3", "label.csv does not have it"),
        (lambda f: (f / "c_object.csv").rename(f / "c_mood.csv"), "c_mood.csv", "category 'mood', which is not in"),
        (in_file("index.csv", "scene", "mood"), "index.csv, row 2", "category.csv has no 'mood'"),
    ],
)
def test_a_broken_table_is_refused_by_file_and_row(folder: Path, breaker: Breaker, place: str, problem: str) -> None:
    breaker(folder)
    message = refused(folder)
    assert message.startswith(str(folder / place) if place else str(folder))
    assert problem in message


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    assert "is not a folder" in refused(tmp_path / "nowhere")


def test_a_whole_image_number_without_a_label_is_refused(folder: Path) -> None:
    write_csv(
        folder / "index.csv",
        ("image", "split", "ih", "iw", "sh", "sw", "scene"),
        [("tiny/0000.png", "train", 16, 20, 8, 10, "512;999")],
    )
    assert "row 2: the label number 999 is not in label.csv" in refused(folder)


def test_bytes_that_are_not_utf8_are_refused_by_row(folder: Path) -> None:
    path = folder / "label.csv"
    path.write_bytes(path.read_bytes().replace(b"ice rink", b"caf\xe9"))
    assert refused(folder).startswith(f"{path}, row 7: byte 0xe9 is not UTF-8")


def test_a_quote_that_is_never_closed_is_refused(folder: Path) -> None:
    edit(folder / "label.csv", "ice rink", '"ice rink')
    assert "is no valid CSV" in refused(folder)


@pytest.mark.parametrize(
    "path",
    [
        "../../secret.png",
        "tiny/../../../secret.png",
        "tiny/./0000.png",
        "/etc/hostname",
        "tiny//0000.png",
        "C:/secret.png",
        "C:secret.png",
        r"tiny\0000.png",
        r"..\..\secret.png",
        "tiny/0000.png\0",
    ],
)
@pytest.mark.parametrize("column", ["image", "object"])
def test_a_path_that_could_leave_the_folder_is_refused(folder: Path, path: str, column: str) -> None:
    (folder.parent / "secret.png").write_bytes((folder / "images/tiny/0000.png").read_bytes())
    image, mask = ("tiny/0000.png", path) if column == "object" else (path, "")
    columns = ("image", "split", "ih", "iw", "sh", "sw", "object")
    write_csv(folder / "index.csv", columns, [(image, "train", 16, 20, 8, 10, mask)])
    message = refused(folder)
    assert message.startswith(f"{folder / 'index.csv'}, row 2")
    assert "may not be used" in message or "missing" in message or "valid CSV" in message


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
@pytest.mark.parametrize("linked", ["file", "directory"])
def test_links_to_another_disk_are_their_owners_and_followed(folder: Path, linked: str) -> None:
    outside = folder.parent / "outside"
    (folder / "images" / "tiny").rename(outside)
    if linked == "directory":
        (folder / "images" / "tiny").symlink_to(outside)
    else:
        (folder / "images" / "tiny").mkdir()
        for path in outside.iterdir():
            (folder / "images" / "tiny" / path.name).symlink_to(path)
    assert read_broden(folder).labels(0).shape[1:] == (8, 10)


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_symbolic_link_within_the_folder_and_a_linked_folder_are_followed(folder: Path) -> None:
    (folder / "images" / "tiny").rename(folder / "images" / "elsewhere")
    (folder / "images" / "tiny").symlink_to(folder / "images" / "elsewhere")
    (folder.parent / "link").symlink_to(folder)
    assert read_broden(folder.parent / "link").labels(0).shape[1:] == (8, 10)


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_circle_of_symbolic_links_is_refused(folder: Path) -> None:
    image = folder / "images" / "tiny" / "0000.png"
    image.unlink()
    image.symlink_to(image)
    message = refused(folder)
    assert "row 2" in message
    assert "cannot be followed" in message or "missing" in message


@pytest.mark.real
def test_real_photographs_in_the_broden_layout_are_read(real_data: Path) -> None:
    dataset = read_broden(real_data / "broden_coco")
    assert (len(dataset), len(dataset.concepts), dataset.grid) == (200, 140, (112, 112))
    assert dataset.concepts[11] == Concept("person", "object")
    present = np.zeros(len(dataset.concepts), int)
    for index in range(len(dataset)):
        labels = dataset.labels(index)
        present[np.unique(labels[labels >= 0])] += 1
    assert present[dataset.concept_names.index("person")] == 107  # the frequency in label.csv
