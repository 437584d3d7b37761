from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_broden import write_csv, write_tiny_broden

from compexp_widgets import read_dataset, read_label_folder
from compexp_widgets.data.images import Concept
from compexp_widgets.errors import DataError

GRID = (4, 6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures with a label map each, in two layers, and three concepts."""
    folder = tmp_path / "photographs"
    for name in ("images", "labels", "more"):
        (folder / name).mkdir(parents=True)
    for stem, number in (("beach", 1), ("alp", 300)):
        Image.new("RGB", (12, 8), "blue").save(folder / "images" / f"{stem}.jpg")
        write_map(folder / "labels" / f"{stem}.png", np.full(GRID, number, np.uint16))
        write_map(folder / "more" / f"{stem}.png", np.eye(*GRID, dtype=np.uint8) * 2)
    write_csv(folder / "names.csv", ("number", "name"), [(300, "snow"), (1, "water"), (2, "ice rink")])
    return folder


def write_map(path: Path, numbers: np.ndarray) -> None:
    Image.fromarray(numbers).save(path)


def refused(folder: Path, **arguments: object) -> str:
    with pytest.raises(DataError) as caught:
        read_label_folder(folder, **arguments)  # type: ignore[arg-type]
    return str(caught.value)


# What is read


def test_pictures_come_in_the_order_of_their_names_and_concepts_in_that_of_their_numbers(folder: Path) -> None:
    dataset = read_label_folder(folder)
    assert [image.name for image in dataset.images] == ["images/alp.jpg", "images/beach.jpg"]
    assert dataset.concepts == (Concept("water", "object"), Concept("ice rink", "object"), Concept("snow", "object"))
    assert dataset.grid == GRID
    assert dataset.picture(0).size == (12, 8)


def test_the_value_of_a_label_map_is_the_label_number(folder: Path) -> None:
    dataset = read_label_folder(folder)
    np.testing.assert_array_equal(dataset.labels(0), np.full((1, *GRID), 2))
    np.testing.assert_array_equal(dataset.labels(1), np.full((1, *GRID), 0))


def test_every_folder_of_label_maps_is_a_layer_of_its_own(folder: Path) -> None:
    labels = read_label_folder(folder, labels=("labels", "more")).labels(0)
    np.testing.assert_array_equal(labels[0], np.full(GRID, 2))
    np.testing.assert_array_equal(labels[1], np.where(np.eye(*GRID) == 1, 1, -1))


def test_the_index_into_a_palette_is_the_label_number(folder: Path) -> None:
    numbers = np.arange(24, dtype=np.uint8).reshape(GRID) % 3
    label_map = Image.fromarray(numbers).convert("P")
    label_map.putdata(numbers.ravel().tolist())
    label_map.putpalette([200, 10, 10, 10, 200, 10, 10, 10, 200])
    label_map.save(folder / "labels" / "alp.png")
    np.testing.assert_array_equal(read_label_folder(folder).labels(0)[0], numbers.astype(int) - 1)


def test_a_category_column_names_the_kind_of_a_concept(folder: Path) -> None:
    rows = [(300, "snow", "material"), (1, "water", ""), (2, "ice rink", " scene ")]
    write_csv(folder / "names.csv", ("number", "name", "category"), rows)
    assert [concept.category for concept in read_label_folder(folder).concepts] == ["object", "scene", "material"]


def test_folders_and_table_may_be_called_otherwise(folder: Path) -> None:
    (folder / "images").rename(folder / "photos")
    (folder / "names.csv").rename(folder / "classes.csv")
    dataset = read_label_folder(folder, pictures="photos", labels="more", names="classes.csv", grid=GRID)
    assert [image.name for image in dataset.images] == ["photos/alp.jpg", "photos/beach.jpg"]


def test_hidden_files_other_files_and_label_maps_without_picture_are_left_aside(folder: Path) -> None:
    for name in ("images/.alp.jpg", "images/notes.txt", "images/Thumbs.db", "labels/nobody.png"):
        (folder / name).write_bytes(b"")
    assert len(read_label_folder(folder)) == 2


def test_suffixes_in_capitals_are_pictures_too(folder: Path) -> None:
    (folder / "images" / "alp.jpg").rename(folder / "images" / "alp.JPG")
    assert read_label_folder(folder).images[0].name == "images/alp.JPG"


def test_label_maps_are_resized_to_the_grid_that_is_asked_for(folder: Path) -> None:
    labels = read_label_folder(folder, labels="more", grid=(8, 12)).labels(0)
    np.testing.assert_array_equal(labels[0], np.where(np.eye(*GRID) == 1, 1, -1).repeat(2, axis=0).repeat(2, axis=1))


def test_label_maps_of_unlike_sizes_share_the_grid_of_broden(folder: Path) -> None:
    write_map(folder / "labels" / "beach.png", np.full((40, 60), 1, np.uint8))
    dataset = read_label_folder(folder)
    assert dataset.grid == (112, 112)
    np.testing.assert_array_equal(dataset.labels(1), np.zeros((1, 112, 112)))


def test_a_number_can_mean_nothing(folder: Path) -> None:
    write_map(folder / "labels" / "beach.png", np.full(GRID, 255, np.uint8))
    np.testing.assert_array_equal(read_label_folder(folder, nothing=[255]).labels(1), np.full((1, *GRID), -1))


# What is refused


def share_stem(folder: Path) -> None:
    Image.new("RGB", (12, 8)).save(folder / "images" / "alp.png")


def name_table(*rows: tuple[object, ...], columns: tuple[str, ...] = ("number", "name")) -> Callable[[Path], None]:
    return lambda folder: write_csv(folder / "names.csv", columns, rows)


@pytest.mark.parametrize(
    ("breaker", "problem"),
    [
        (lambda f: (f / "names.csv").unlink(), "has no names.csv"),
        (lambda f: (f / "labels" / "alp.png").unlink(), "picture images/alp.jpg: the file 'labels/alp.png' is missing"),
        (lambda f: (f / "images").rename(f / "photos"), "has no folder 'images'"),
        (lambda f: [p.unlink() for p in (f / "images").iterdir()], "holds no picture"),
        (share_stem, "images/alp.jpg and images/alp.png would share one label map"),
        (lambda f: (f / "labels" / "alp.png").write_bytes(b"no png"), "is no readable label image"),
        (name_table(), "names no concept"),
        (name_table((0, "nothing")), "names.csv, row 2: label 0 means nothing"),
        (name_table((70_000, "a")), "names.csv, row 2: '70000' is no label number"),
        (name_table((1, "a"), (1, "b")), "names.csv, row 3: the label number 1 stands in row 2 already"),
        (name_table((1, "a"), (2, "a")), "names.csv, row 3: the name 'a' stands in row 2 already"),
        (name_table((1, "")), "names.csv, row 2: label 1 has no name"),
        (name_table((1, "a"), columns=("number", "title")), "lacks the column name"),
    ],
)
def test_a_broken_folder_is_refused_by_what_is_broken(
    folder: Path, breaker: Callable[[Path], object], problem: str
) -> None:
    breaker(folder)
    message = refused(folder)
    assert problem in message
    assert str(folder) in message


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    assert "is not a folder" in refused(tmp_path / "nowhere")


def test_at_least_one_folder_of_label_maps_is_needed(folder: Path) -> None:
    assert "empty list of labels" in refused(folder, labels=())


def test_a_subfolder_outside_the_folder_is_refused(folder: Path) -> None:
    assert "may not be used" in refused(folder, pictures="../photographs/images")


# The reader for any layout


def test_a_folder_with_an_index_is_read_as_broden(tmp_path: Path) -> None:
    write_tiny_broden(tmp_path / "broden", images=2)
    assert read_dataset(tmp_path / "broden").images[0].origin == "index.csv, row 2"


def test_a_folder_with_names_is_read_as_label_maps(folder: Path) -> None:
    assert read_dataset(str(folder)).images[0].origin == "picture images/alp.jpg"


def test_a_folder_of_neither_kind_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"Looked for: index\.csv .*names\.csv .*leftImg8bit/ .*panoptic_.*index_ade20k"
    ):
        read_dataset(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a folder"):
        read_dataset(tmp_path / "nowhere")
