"""Label images of every depth, resizing, and photographs that the camera turned."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from compexp_widgets.data.images import AnnotatedImage, Concept, MaskFile, SegmentationDataset
from compexp_widgets.data.images.label_images import nearest

NUMBERS = np.array([[0, 1, 2, 3], [3, 2, 1, 0], [1, 1, 2, 2]])


def png(path: Path, numbers: np.ndarray, bits: int, colour_type: int) -> Path:
    """A PNG file written by hand: Pillow writes no grey of 2 and 4 bits."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width = numbers.shape
    rows = b""
    for row in numbers:
        text = "".join(format(int(number), f"0{bits}b") for number in row)
        rows += b"\0" + int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")
    palette = chunk(b"PLTE", bytes(range(3 * min(2**bits, 256)))[: 3 * 2**bits]) if colour_type == 3 else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + palette + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return path


def image_of(folder: Path, *masks: MaskFile) -> AnnotatedImage:
    return AnnotatedImage("a.jpg", folder / "a.jpg", "", masks, (), "row 1")


@pytest.mark.parametrize(("bits", "colour_type"), [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (1, 3), (2, 3), (4, 3)])
def test_the_number_in_a_label_map_is_what_was_written_whatever_its_depth(
    tmp_path: Path, bits: int, colour_type: int
) -> None:
    numbers = np.minimum(NUMBERS, 2**bits - 1) * (1 if bits < 4 else 5 if bits == 4 else 80)
    mask = MaskFile(png(tmp_path / "mask.png", numbers, bits, colour_type), "index")
    np.testing.assert_array_equal(mask.numbers(image_of(tmp_path), NUMBERS.shape), numbers)


def test_ade20k_has_tens_in_red(tmp_path: Path) -> None:
    Image.new("RGB", (2, 2), (37, 9, 200)).save(tmp_path / "mask.png")
    mask = MaskFile(tmp_path / "mask.png", "ade20k")
    np.testing.assert_array_equal(mask.numbers(image_of(tmp_path), (2, 2)), np.full((2, 2), 3 * 256 + 9))


@given(size=st.integers(1, 300), positions=st.integers(1, 300))
def test_a_position_takes_the_pixel_under_its_centre(size: int, positions: int) -> None:
    centres = (np.arange(positions) + 0.5) * size / positions
    found = nearest(size, positions)
    assert ((found <= centres) & (centres <= found + 1)).all()
    assert found.max() < size


def test_resizing_makes_no_new_numbers(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).choice([0, 7, 250], (31, 47)).astype(np.uint8)
    Image.fromarray(numbers).save(tmp_path / "mask.png")
    mask = MaskFile(tmp_path / "mask.png", "index", resize=True)
    assert set(np.unique(mask.numbers(image_of(tmp_path), (112, 112)))) == {0, 7, 250}


def test_a_negative_number_is_no_label(tmp_path: Path) -> None:
    Image.fromarray(np.full((2, 2), -1, np.int32)).save(tmp_path / "mask.tif")
    image = image_of(tmp_path, MaskFile(tmp_path / "mask.tif", "index"))
    dataset = SegmentationDataset(tmp_path, (Concept("a", "object"),), (image,), (2, 2), np.array([-1, 0], np.int32))
    with pytest.raises(Exception, match="label numbers that no concept has: -1"):
        dataset.labels(0)


# Photographs that the camera turned


def turned(path: Path, orientation: int) -> Path:
    """A picture of 64 × 32 pixels, red on the left and blue on the right, stored turned as the EXIF data say."""
    upright = Image.new("RGB", (64, 32), "red")
    upright.paste("blue", (32, 0, 64, 32))
    back = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright.transpose(back[orientation]).save(path, exif=exif, quality=95)
    return path


@pytest.mark.parametrize("orientation", [2, 3, 6])
def test_a_turned_photograph_is_shown_upright(tmp_path: Path, orientation: int) -> None:
    turned(tmp_path / "a.jpg", orientation)
    dataset = SegmentationDataset(tmp_path, (), (image_of(tmp_path),), (2, 2), np.array([-1], np.int32))
    picture = np.asarray(dataset.picture(0)).astype(int)
    assert picture.shape == (32, 64, 3)
    assert picture[16, 8, 0] > 200
    assert picture[16, 56, 2] > 200


@pytest.mark.parametrize(("mask", "expected"), [((64, 32), (64, 32)), ((32, 64), (32, 64)), ((112, 112), (64, 32))])
def test_a_photograph_stands_as_its_label_map_does(
    tmp_path: Path, mask: tuple[int, int], expected: tuple[int, int]
) -> None:
    turned(tmp_path / "a.jpg", 6)  # stored 32 wide and 64 high, upright 64 wide and 32 high
    Image.new("L", mask).save(tmp_path / "mask.png")
    image = image_of(tmp_path, MaskFile(tmp_path / "mask.png", "index", resize=True))
    dataset = SegmentationDataset(tmp_path, (), (image,), (2, 2), np.array([-1], np.int32))
    assert dataset.picture(0).size == expected


@pytest.mark.filterwarnings("ignore")  # Pillow warns of them
def test_damaged_exif_data_leave_a_picture_as_it_is(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4)).save(tmp_path / "a.jpg", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    dataset = SegmentationDataset(tmp_path, (), (image_of(tmp_path),), (2, 2), np.array([-1], np.int32))
    assert dataset.picture(0).size == (6, 4)
