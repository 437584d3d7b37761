from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_broden import write_rg_mask, write_tiny_broden

from compexp_widgets.data.images import AnnotatedImage, Concept, MaskFile, SegmentationDataset, read_broden
from compexp_widgets.errors import DataError

GRID = (3, 4)
NUMBERS = np.array([[0, 1, 1, 300], [0, 0, 300, 300], [1, 1, 1, 1]])
CONCEPTS = np.array([[-1, 0, 0, 1], [-1, -1, 1, 1], [0, 0, 0, 0]])


def dataset_of(folder: Path, *masks: MaskFile, whole: tuple[int, ...] = ()) -> SegmentationDataset:
    """One image with the concepts water (label 1) and snow (label 300)."""
    codes = np.full(301, -2, np.int32)
    codes[[0, 1, 300]] = [-1, 0, 1]
    image = AnnotatedImage("images/a.png", folder / "a.png", "train", masks, whole, "index.csv, row 2")
    return SegmentationDataset(folder, (Concept("water", "object"), Concept("snow", "object")), (image,), GRID, codes)


def write_image(path: Path, pixels: np.ndarray, mode: str | None = None) -> Path:
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path)
    return path


def refused(dataset: SegmentationDataset) -> str:
    with pytest.raises(DataError) as caught:
        dataset.labels(0)
    return str(caught.value)


# Labels


def test_red_and_green_make_a_label_number(tmp_path: Path) -> None:
    write_rg_mask(tmp_path / "mask.png", NUMBERS)
    labels = dataset_of(tmp_path, MaskFile(tmp_path / "mask.png", "rg")).labels(0)
    np.testing.assert_array_equal(labels, CONCEPTS[None])
    assert labels.dtype == np.int32


def test_a_pixel_of_a_single_channel_is_a_label_number(tmp_path: Path) -> None:
    path = write_image(tmp_path / "mask.png", NUMBERS.astype(np.uint16))
    np.testing.assert_array_equal(dataset_of(tmp_path, MaskFile(path, "index")).labels(0), CONCEPTS[None])


def test_masks_come_before_whole_image_concepts_one_layer_each(tmp_path: Path) -> None:
    path = write_image(tmp_path / "mask.png", NUMBERS.astype(np.uint16))
    labels = dataset_of(tmp_path, MaskFile(path, "index"), MaskFile(path, "index"), whole=(1,)).labels(0)
    np.testing.assert_array_equal(labels, [CONCEPTS, CONCEPTS, np.full(GRID, 1)])


def test_an_image_without_annotation_has_no_layer(tmp_path: Path) -> None:
    assert dataset_of(tmp_path).labels(0).shape == (0, *GRID)


@pytest.mark.parametrize("stranger", [2, 299, 301, 65_535])
def test_a_label_number_that_no_concept_has_is_refused(tmp_path: Path, stranger: int) -> None:
    path = write_image(tmp_path / "mask.png", np.full(GRID, stranger, np.uint16))
    message = refused(dataset_of(tmp_path, MaskFile(path, "index")))
    assert f"{path} (index.csv, row 2) holds label numbers that no concept has: {stranger}." in message


@pytest.mark.parametrize("encoding", ["rg", "index"])
def test_a_mask_of_another_size_than_the_grid_is_refused(tmp_path: Path, encoding: str) -> None:
    path = write_image(tmp_path / "mask.png", np.zeros((4, 3), np.uint8), "RGB" if encoding == "rg" else None)
    assert "is 4×3 positions, but the annotation grid is 3×4" in refused(dataset_of(tmp_path, MaskFile(path, encoding)))


@pytest.mark.parametrize(
    ("encoding", "mode", "problem"),
    [
        ("index", "RGB", "has 3 channels (mode RGB); a label map has one"),
        ("index", "LA", "has 2 channels (mode LA)"),
        ("rg", "L", "has no colour channels (mode L)"),
        ("rg", "1", "has no colour channels (mode 1)"),
    ],
)
def test_a_mask_of_the_wrong_kind_is_refused(tmp_path: Path, encoding: str, mode: str, problem: str) -> None:
    path = write_image(tmp_path / "mask.png", np.zeros(GRID, np.uint8), mode)
    assert problem in refused(dataset_of(tmp_path, MaskFile(path, encoding)))


def monstrous_png() -> bytes:
    """A few bytes that claim 60,000 × 60,000 pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.mark.parametrize("content", [b"", b"not an image", monstrous_png()], ids=["empty", "text", "monstrous"])
def test_a_mask_that_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mask.png").write_bytes(content)
    assert "is no readable label image" in refused(dataset_of(tmp_path, MaskFile(tmp_path / "mask.png", "index")))


def test_a_mask_that_has_gone_is_refused(tmp_path: Path) -> None:
    assert "gone.png (index.csv, row 2) cannot be read: there is no such file" in refused(
        dataset_of(tmp_path, MaskFile(tmp_path / "gone.png", "rg"))
    )


# Pictures


def test_a_picture_is_shown_in_rgb_at_its_own_size(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", np.full((5, 7), 9, np.uint8))
    picture = dataset_of(tmp_path).picture(0)
    assert (picture.mode, picture.size, picture.getpixel((0, 0))) == ("RGB", (7, 5), (9, 9, 9))


@pytest.mark.filterwarnings("ignore")  # Pillow warns of what it finds damaged
@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "GIF", "BMP", "TIFF"])
def test_a_damaged_picture_is_shown_or_refused_but_never_breaks(tmp_path: Path, format_name: str) -> None:
    dice = random.Random(0)
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((16, 16)).save(buffer, format_name)
    dataset = dataset_of(tmp_path)
    for _ in range(200):
        content = bytearray(buffer.getvalue())
        for _ in range(3):
            content[dice.randrange(len(content))] = dice.randrange(256)
        (tmp_path / "a.png").write_bytes(content[: dice.randrange(len(content)) if dice.random() < 0.3 else None])
        try:
            assert dataset.picture(0).mode == "RGB"
        except DataError as error:
            assert "index.csv, row 2" in str(error)  # noqa: PT017


# Fingerprint


def test_the_same_data_has_the_same_fingerprint_wherever_it_lies(tmp_path: Path) -> None:
    for name in ("here", "there"):
        write_tiny_broden(tmp_path / name)
    assert read_broden(tmp_path / "here").fingerprint == read_broden(tmp_path / "there").fingerprint


def replace_picture(folder: Path) -> None:
    write_image(folder / "images" / "tiny" / "0000.png", np.zeros((16, 20, 3), np.uint8))


def replace_mask(folder: Path) -> None:
    write_rg_mask(folder / "images" / "tiny" / "0000_color.png", np.ones((8, 10), np.int64))


def rename_concept(folder: Path) -> None:
    for name in ("label.csv", "c_object.csv"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace("water", "wine"), encoding="utf-8")


def drop_row(folder: Path) -> None:
    path = folder / "index.csv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]), encoding="utf-8")


@pytest.mark.parametrize("change", [replace_picture, replace_mask, rename_concept, drop_row])
def test_the_fingerprint_changes_with_anything_that_matters(tmp_path: Path, change: Callable[[Path], None]) -> None:
    write_tiny_broden(tmp_path / "broden")
    before = read_broden(tmp_path / "broden").fingerprint
    change(tmp_path / "broden")
    assert read_broden(tmp_path / "broden").fingerprint != before


def test_a_file_that_has_gone_has_no_fingerprint(tmp_path: Path) -> None:
    write_tiny_broden(tmp_path / "broden")
    dataset = read_broden(tmp_path / "broden")
    dataset.images[1].path.unlink()
    with pytest.raises(DataError, match=r"0001\.png \(index\.csv, row 3\) cannot be read"):
        _ = dataset.fingerprint
