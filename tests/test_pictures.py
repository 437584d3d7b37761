"""Pictures from outside: one rule for data sets, patches, recipes and uploads, and what none of them opens."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import compexp_widgets as cw
from compexp_widgets.adversarial.images.editing import StoredPicture, fingerprint
from compexp_widgets.widgets.paste_lab.pictures import uploaded_picture

RAMP = np.linspace(0, 65_535, 48 * 64).reshape(48, 64).astype(np.uint16)
GREY = (RAMP >> 8).astype(np.uint8)


def encoded(picture: Image.Image | NDArray[Any], kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(buffer, kind, **options)
    return buffer.getvalue()


def from_data_set(data: bytes, folder: Path) -> Image.Image:
    for name, content in (("images/a.png", data), ("labels/a.png", encoded(np.ones((3, 4), np.uint8)))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "names.csv").write_text("number,name\n1,water\n", encoding="utf-8")
    return cw.read_dataset(folder).picture(0)


def from_upload(data: bytes, folder: Path) -> Image.Image:
    return uploaded_picture(data, "a.png")[0]


def from_patch(data: bytes, folder: Path) -> Image.Image:
    (folder / "a.png").write_bytes(data)
    patch = cw.adversarial.Patch.from_file(folder / "a.png").picture
    return Image.alpha_composite(Image.new("RGBA", patch.size, "white"), patch).convert("RGB")


def from_recipe(data: bytes, folder: Path) -> Image.Image:
    with Image.open(io.BytesIO(encoded(from_upload(data, folder)))) as same:
        return StoredPicture("a", fingerprint(same), png=data).picture()


Door = Callable[[bytes, Path], Image.Image]
everywhere = pytest.mark.parametrize("door", [from_data_set, from_upload, from_patch, from_recipe])


@everywhere
@pytest.mark.parametrize(
    "data",
    [
        encoded(RAMP),
        encoded(RAMP, "TIFF"),
        encoded(RAMP, "TIFF", compression="tiff_lzw"),
        encoded(65_535 - RAMP, "TIFF", tiffinfo={262: 0}),
    ],
    ids=["PNG", "TIFF", "LZW", "white is 0"],
)
def test_of_grey_of_16_bits_the_upper_8_are_shown(door: Door, data: bytes, tmp_path: Path) -> None:
    np.testing.assert_array_equal(np.asarray(door(data, tmp_path))[..., 1], GREY)


@everywhere
def test_numbers_with_fractions_run_from_black_to_white(door: Door, tmp_path: Path) -> None:
    values = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)
    shown = np.asarray(door(encoded(values, "TIFF"), tmp_path))[..., 0]
    np.testing.assert_array_equal(shown.ravel(), np.arange(256))


@everywhere
@pytest.mark.parametrize(
    ("values", "told"),
    [
        (RAMP.astype(np.int32), "whole numbers of 32 bits"),
        (GREY.astype(np.float32), "fractions from 0 to 255"),
        (np.array([[0.5, np.nan]], np.float32), "fractions from nan to nan"),
        (RAMP // 17, "nothing above 3,855: it would be shown nearly black"),
    ],
    ids=["int32", "float 0 to 255", "not a number", "12 bits in 16"],
)
def test_values_without_an_agreed_white_are_refused(
    door: Door, values: NDArray[Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(cw.CompexpError, match=told):
        door(encoded(values, "TIFF"), tmp_path)


def hidden(mode: str) -> bytes:
    """A red square on a transparent ground whose hidden colour is green."""
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[..., 1] = 255
    pixels[5:15, 5:15] = (255, 0, 0, 255)
    picture = Image.fromarray(pixels)
    if mode == "P":
        flat = picture.convert("RGB").quantize(2)
        return encoded(flat, transparency=flat.getpixel((0, 0)))
    if mode == "RGB":
        return encoded(picture.convert("RGB"), transparency=(0, 255, 0))
    return encoded(picture, "WEBP" if mode == "WebP" else "PNG", **({"lossless": True} if mode == "WebP" else {}))


@everywhere
@pytest.mark.parametrize("mode", ["RGBA", "P", "RGB", "WebP"])
def test_what_is_transparent_lies_on_white_and_its_hidden_colour_never_shows(
    door: Door, mode: str, tmp_path: Path
) -> None:
    shown = np.asarray(door(hidden(mode), tmp_path))
    assert {tuple(colour) for colour in shown.reshape(-1, 3).tolist()} <= {(255, 255, 255), (255, 0, 0)}
    assert tuple(shown[shown.shape[0] // 2, shown.shape[1] // 2]) == (255, 0, 0)


@everywhere
@pytest.mark.parametrize("kind", ["EPS", "PDF", "ICO", "TGA"])
def test_formats_that_are_not_named_are_not_opened(door: Door, kind: str, tmp_path: Path) -> None:
    if door is from_recipe:
        door = from_recipe_of_black
    with pytest.raises(cw.CompexpError, match="it is none of PNG, JPEG"):
        door(encoded(Image.new("RGB", (20, 20)), kind), tmp_path)


def from_recipe_of_black(data: bytes, folder: Path) -> Image.Image:
    return StoredPicture("a", fingerprint(Image.new("RGB", (20, 20))), png=data).picture()


@pytest.mark.parametrize("door", [from_data_set, from_upload, from_recipe_of_black])
def test_a_small_file_of_very_many_pixels_is_refused(door: Door, tmp_path: Path) -> None:
    data = encoded(Image.new("1", (9_000, 9_000)))
    assert len(data) < 20_000
    with pytest.raises(cw.CompexpError, match=r"million\. Scale it down first"):
        door(data, tmp_path)


@everywhere
def test_of_several_frames_the_first_is_taken_and_that_is_said(door: Door, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], save_all=True, append_images=frames[1:])
    with pytest.warns(UserWarning, match="several frames: the first is taken"):
        shown = door(data, tmp_path)
    assert shown.getpixel((4, 4)) == (255, 0, 0)


def test_a_telephones_photograph_with_a_preview_is_no_film(tmp_path: Path) -> None:
    photograph = Image.new("RGB", (9, 9), "red")
    data = encoded(photograph, "MPO", save_all=True, append_images=[Image.new("RGB", (4, 4))])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert from_data_set(data, tmp_path).size == (9, 9)


def test_cmyk_and_one_bit_become_their_colours(tmp_path: Path) -> None:
    cmyk = encoded(Image.new("CMYK", (9, 9), (0, 255, 255, 0)), "JPEG", quality=95)
    assert np.abs(np.asarray(from_data_set(cmyk, tmp_path))[4, 4].astype(int) - (255, 0, 0)).max() < 5
    assert from_data_set(encoded(Image.new("1", (9, 9), 1)), tmp_path).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on Windows")
@pytest.mark.parametrize("place", ["images", "labels"])
def test_a_named_pipe_is_refused_and_not_waited_for(place: str, tmp_path: Path) -> None:
    from_data_set(encoded(GREY), tmp_path)
    data = cw.read_dataset(tmp_path)
    (tmp_path / place / "a.png").unlink()
    os.mkfifo(tmp_path / place / "a.png")
    with pytest.raises(cw.CompexpError, match=r"a\.png .*this is a pipe"):
        data.picture(0) if place == "images" else data.labels(0)


@pytest.mark.parametrize("cut", [0, 8, 20, 33, 60, 300])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM"])
def test_a_file_that_is_cut_off_is_refused_by_name(kind: str, cut: int, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    with pytest.raises(cw.CompexpError, match=r"images.a\.png \(picture images/a\.png\) is no readable picture"):
        from_data_set(encoded(noise, kind)[:cut], tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted as Linux does")
def test_the_largest_picture_takes_less_than_two_gigabytes(tmp_path: Path) -> None:
    pixels = np.zeros((8_000, 10_000, 4), np.uint8)
    (tmp_path / "a.png").write_bytes(encoded(pixels, compress_level=1))
    program = (
        "import resource, sys; from pathlib import Path; from compexp_widgets.files import opened_image\n"
        "with opened_image(Path(sys.argv[1]), 'a.png') as file: assert file.picture().size == (10000, 8000)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.png")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(done.stdout) < 2e6  # kB


@pytest.mark.parametrize("reading", ["as stored", "with hidden colours"])
def test_a_recipe_of_an_older_version_finds_its_picture_in_the_file(reading: str, tmp_path: Path) -> None:
    if reading == "as stored":  # not turned as the EXIF data say
        exif = Image.Exif()
        exif[0x0112] = 6
        data = encoded(Image.new("RGB", (9, 5), "red"), exif=exif)
    else:
        data = hidden("RGBA")
    (tmp_path / "a.png").write_bytes(data)
    with Image.open(tmp_path / "a.png") as file:
        source = StoredPicture("a", fingerprint(file.convert("RGB")), str(tmp_path / "a.png"))
    assert fingerprint(source.picture()) == source.fingerprint


@pytest.mark.parametrize("place", ["before the pixels", "after them"])
def test_a_png_file_is_turned_as_its_exif_data_say_wherever_they_stand(place: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(content)) + b"eXIf" + content + struct.pack(">I", zlib.crc32(b"eXIf" + content))
    plain = encoded(Image.new("RGB", (9, 5)))
    cut = 33 if place == "before the pixels" else len(plain) - 12
    assert from_upload(plain, tmp_path).size == (9, 5)
    assert from_upload(plain[:cut] + chunk + plain[cut:], tmp_path).size == (5, 9)


def test_a_jpeg_file_that_goes_over_its_pixels_without_end_is_refused(tmp_path: Path) -> None:
    data = encoded(Image.new("L", (64, 64), 100), "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(cw.CompexpError, match="scans, which would take minutes"):
        from_data_set(data[:-2] + 500 * last_scan + data[-2:], tmp_path)
    assert from_data_set(data, tmp_path).size == (64, 64)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no file names of any bytes")
@pytest.mark.parametrize("place", ["images", "labels"])
def test_a_file_name_that_is_no_text_is_shown_as_one(place: str, tmp_path: Path) -> None:
    from_data_set(encoded(GREY), tmp_path)
    for folder in ("images", "labels"):
        (tmp_path / folder / "a.png").rename(tmp_path / folder / os.fsdecode(b"a\xff.png"))
    (tmp_path / place / os.fsdecode(b"a\xff.png")).write_bytes(b"damaged")
    with pytest.raises(cw.CompexpError) as caught:
        cw.read_dataset(tmp_path).picture(0)
    assert "a\\udcff.png" in str(caught.value)
    str(caught.value).encode("utf-8")
