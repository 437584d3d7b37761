"""Patches, placements and pasting: what an edit may change, and that it is the same edit wherever it comes from."""

import io
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from compexp_widgets.adversarial import Paste, Patch, Placement
from compexp_widgets.adversarial.images.editing import PICTURES
from compexp_widgets.adversarial.images.edits.paste import LARGEST_SIDE, apply_edits, covered_share
from compexp_widgets.errors import EditError

SIZE = WIDTH, HEIGHT = 26, 18


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


PICTURE = Image.fromarray(noise(HEIGHT, WIDTH, 3))


def opaque(width: int, height: int, seed: int = 1) -> Patch:
    pixels = noise(height, width, 4, seed=seed)
    pixels[..., 3] = 255
    return Patch(pixels, "a patch")


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    pixels = noise(draw(st.integers(1, 9)), draw(st.integers(1, 9)), 4, seed=draw(st.integers(0, 2**32)))
    pixels[..., 3] = np.where(pixels[..., 3] < draw(st.integers(0, 200)), 0, pixels[..., 3])
    pixels[0, 0, 3] = 200
    return Patch(
        pixels, draw(st.text(max_size=8)), draw(st.text(max_size=8)), tuple(draw(st.lists(st.text(), max_size=2)))
    )


numbers = st.floats(-40, 40)
placements = st.builds(
    Placement,
    left=numbers,
    top=numbers,
    width=st.floats(0.1, 50),
    height=st.floats(0.1, 50),
    rotation=st.floats(-720, 720) | st.sampled_from([0.0, 90.0, 180.0, 360.0]),
    flipped=st.booleans(),
    opacity=st.floats(0, 1) | st.just(1.0),
)
pastes = st.builds(Paste, patches(), placements)


def pixels_after(edit: Paste) -> np.ndarray:
    return np.asarray(edit.on(PICTURE))


@given(pastes)
def test_pasting_changes_nothing_outside_what_it_covers(edit):
    covered = edit.coverage(SIZE)
    after = pixels_after(edit)
    assert covered.shape == (HEIGHT, WIDTH)
    assert covered.dtype == np.float32
    assert 0 <= covered.min() <= covered.max() <= 1
    np.testing.assert_array_equal(after[covered == 0], np.asarray(PICTURE)[covered == 0])


@given(pastes)
def test_no_pixel_changes_by_more_than_its_covered_share(edit):
    change = np.abs(pixels_after(edit).astype(float) - np.asarray(PICTURE)).max(axis=2)
    assert (change <= 255 * edit.coverage(SIZE) + 1).all()


@given(pastes)
def test_an_edit_from_its_json_gives_the_same_pixels(edit):
    again = PICTURES.edit_from_json(json.loads(json.dumps(edit.to_json())))
    assert again == edit
    assert (again.patch.name, again.patch.origin, again.patch.concepts) == (
        edit.patch.name,
        edit.patch.origin,
        edit.patch.concepts,
    )
    np.testing.assert_array_equal(pixels_after(again), pixels_after(edit))


@given(pastes)
def test_the_picture_that_is_given_stays_as_it_is(edit):
    given_picture = PICTURE.copy()
    edited = edit.on(given_picture)
    assert edited is not given_picture
    assert (edited.mode, edited.size) == ("RGB", SIZE)
    np.testing.assert_array_equal(np.asarray(given_picture), np.asarray(PICTURE))


def changed(placement: Placement, **changes: object) -> Placement:
    return Placement(**{**placement.to_json(), **changes})


@given(patches(), placements, st.sampled_from([-720, -360, 360, 1080]))
def test_whole_turns_are_none(patch, placement, degrees):
    turned, upright = (Paste(patch, changed(placement, rotation=angle)) for angle in (degrees, 0))
    np.testing.assert_array_equal(pixels_after(turned), pixels_after(upright))


@given(patches(), placements)
def test_opacity_0_changes_nothing(patch, placement):
    edit = Paste(patch, changed(placement, opacity=0))
    assert not edit.coverage(SIZE).any()
    np.testing.assert_array_equal(pixels_after(edit), np.asarray(PICTURE))


@given(patches(), numbers, numbers, st.sampled_from([0, 90, 180, 270]))
def test_flipping_what_is_mirrored_already_is_no_flip(patch, left, top, rotation):
    mirrored = Patch(np.ascontiguousarray(patch.pixels[:, ::-1]), "mirrored")
    place = Placement(left, top, *patch.size, rotation)
    np.testing.assert_array_equal(
        pixels_after(Paste(mirrored, changed(place, flipped=True))), pixels_after(Paste(patch, place))
    )


@given(st.integers(1, 9), st.integers(1, 9), st.integers(-12, 30), st.integers(-12, 22), st.integers(0, 3))
def test_an_opaque_patch_at_its_own_size_is_copied_pixel_by_pixel(width, height, left, top, quarters):
    patch = opaque(width, height)
    turned = np.rot90(patch.pixels[..., :3], -quarters)  # clockwise, about the middle of the box
    if quarters % 2:
        # Half pixels are rounded to even, by which the corner of a box with an odd difference of its sides is known.
        left, top = round(left + (width - height) / 2), round(top + (height - width) / 2)
        corner = left - (width - height) / 2, top - (height - width) / 2
    else:
        corner = left, top
    expected = np.asarray(PICTURE).copy()
    for row, column in np.ndindex(turned.shape[:2]):
        if 0 <= top + row < HEIGHT and 0 <= left + column < WIDTH:
            expected[top + row, left + column] = turned[row, column]
    edit = Paste(patch, Placement(*corner, width, height, 90 * quarters))
    np.testing.assert_array_equal(pixels_after(edit), expected)


@given(st.floats(0, 360), st.floats(4, 10), st.floats(4, 10))
def test_a_patch_is_turned_about_the_middle_of_its_box(rotation, width, height):
    size = 60, 50
    covered = Paste(opaque(9, 9), Placement(30 - width / 2, 25 - height / 2, width, height, rotation)).coverage(size)
    rows, columns = np.indices(covered.shape)
    middle = (covered * (columns + 0.5)).sum() / covered.sum(), (covered * (rows + 0.5)).sum() / covered.sum()
    assert middle == pytest.approx((30, 25), abs=1.1)


def test_a_turn_goes_clockwise():
    stroke = np.zeros((21, 21, 4), np.uint8)
    stroke[:10, 9:12, 3] = 255  # from the middle up
    covered = Paste(Patch(stroke, "hand of a clock"), Placement(0, 0, 21, 21, 45)).coverage((21, 21))
    rows, columns = np.indices(covered.shape)
    assert (covered * columns).sum() / covered.sum() > 12
    assert (covered * rows).sum() / covered.sum() < 8


@given(st.floats(0, 1), st.integers(1, 255))
def test_alpha_times_opacity_is_the_share_of_the_patch(opacity, alpha):
    patch = Patch(np.full((1, 1, 4), (250, 10, 130, alpha), np.uint8), "one pixel")
    edit = Paste(patch, Placement(3, 2, 1, 1, opacity=opacity))
    share = opacity * alpha / 255
    before = np.asarray(PICTURE)[2, 3].astype(float)
    assert edit.coverage(SIZE)[2, 3] == pytest.approx(share, abs=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(pixels_after(edit)[2, 3], before + share * (patch.pixels[0, 0, :3] - before), atol=1.6)


@pytest.mark.parametrize("corner", [(-9, 0), (0, -9), (WIDTH, 0), (0, HEIGHT), (-4000, 7000)])
def test_a_patch_outside_the_picture_changes_nothing(corner):
    edit = Paste(opaque(9, 9), Placement(*corner, 9, 9))
    assert covered_share([edit], SIZE) == 0
    np.testing.assert_array_equal(pixels_after(edit), np.asarray(PICTURE))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_pictures_of_other_modes_are_edited_in_rgb(mode):
    picture = PICTURE.convert(mode)
    edit = Paste(opaque(3, 3), Placement(1, 1, 3, 3))
    np.testing.assert_array_equal(np.asarray(edit.on(picture)), np.asarray(edit.on(picture.convert("RGB"))))


def test_edits_are_made_in_order_and_what_several_cover_counts_once():
    first, second = (Paste(opaque(4, 4, seed), Placement(left, 0, 4, 4)) for seed, left in ((1, 0), (2, 2)))
    edited = np.asarray(apply_edits(PICTURE, [first, second]))
    np.testing.assert_array_equal(edited[:4, 2:6], second.patch.pixels[..., :3])
    np.testing.assert_array_equal(edited[:4, :2], first.patch.pixels[:, :2, :3])
    assert covered_share([first, second], SIZE) == pytest.approx(6 * 4 / (WIDTH * HEIGHT))
    assert covered_share([], SIZE) == 0


def test_patches_are_equal_when_their_pixels_are():
    patch, same, other = opaque(3, 2), Patch(opaque(3, 2).pixels, "another name"), opaque(3, 2, seed=9)
    assert patch == same
    assert len({patch, same, other}) == 2
    assert patch.fingerprint != Patch(patch.pixels.reshape(3, 2, 4), "other shape").fingerprint
    assert patch.size == (3, 2)


def test_a_file_without_alpha_is_an_opaque_patch_and_transparent_borders_are_cut_off(tmp_path):
    Image.fromarray(noise(5, 7, 3)).save(tmp_path / "plain.png")
    plain = Patch.from_file(tmp_path / "plain.png")
    assert (plain.name, plain.origin, plain.size) == ("plain", str(tmp_path / "plain.png"), (7, 5))
    assert (plain.pixels[..., 3] == 255).all()
    framed = np.zeros((9, 9, 4), np.uint8)
    framed[2:5, 3:8] = 200
    Image.fromarray(framed).save(tmp_path / "framed.png")
    assert Patch.from_file(tmp_path / "framed.png", "igloo").size == (5, 3)


def test_a_photograph_lies_as_its_camera_says():
    picture, buffer = Image.fromarray(noise(4, 6, 3)), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(buffer, "PNG", exif=exif)
    assert Patch.from_bytes(buffer.getvalue(), "turned").size == (4, 6)


def png(width: int, height: int, alpha: int = 255) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (width, height), (9, 9, 9, alpha)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no readable picture"),
        (b"<svg onload=alert(1)>", "is no readable picture"),
        (png(3, 3)[:40], "is no readable picture"),
        (png(LARGEST_SIDE + 1, 1), f"the patch 'x' has {LARGEST_SIDE + 1} × 1 pixels; the largest side is"),
        (png(3, 3, alpha=0), "is wholly transparent"),
    ],
    ids=["empty", "no picture", "cut short", "too large", "transparent"],
)
def test_bytes_that_are_no_patch_are_refused(data, message):
    with pytest.raises(EditError, match=message):
        Patch.from_bytes(data, "x")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(EditError, match=r"the patch .*nowhere\.png cannot be read"):
        Patch.from_file(tmp_path / "nowhere.png")


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 2, 4)), np.ones((2, 2, 3), np.uint8), np.ones((0, 2, 4), np.uint8), np.ones((4, 4), np.uint8)],
    ids=["floats", "no alpha", "empty", "flat"],
)
def test_pixels_of_another_shape_or_type_are_no_patch(pixels):
    with pytest.raises(EditError, match=r"a patch has pixels of shape \(height, width, 4\) and type uint8"):
        Patch(pixels, "x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"left": math.nan}, "left of a placement is a finite number, not nan"),
        ({"top": math.inf}, "top of a placement is a finite number"),
        ({"left": 1e30}, r"left of a placement is at most 1000000 either way, not 1e\+30"),
        ({"top": -(10**400)}, "top of a placement is at most 1000000 either way"),
        ({"rotation": "90"}, "rotation of a placement is a finite number, not '90'"),
        ({"width": 0}, "width of a placement is above 0"),
        ({"height": -3}, "height of a placement is above 0"),
        ({"width": 1e9}, "width of a placement is above 0 and at most"),
        ({"opacity": 1.5}, r"opacity of a placement lies in 0 … 1, not 1\.5"),
        ({"opacity": None}, "opacity of a placement is a finite number"),
    ],
)
def test_a_placement_that_makes_no_sense_is_refused(changes, message):
    with pytest.raises(EditError, match=message):
        Placement(**{"left": 0, "top": 0, "width": 3, "height": 3, **changes})


GOOD = Paste(opaque(2, 2), Placement(1, 2, 3, 4)).to_json()


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "paste",
        {},
        {"edit": "erase the disk"},
        {"edit": []},
        {"edit": "paste"},
        {**GOOD, "patch": None},
        {**GOOD, "patch": {**GOOD["patch"], "png": "no base 64 !"}},
        {**GOOD, "patch": {**GOOD["patch"], "png": "AAAA"}},
        {**GOOD, "patch": {**GOOD["patch"], "png": 5}},
        {**GOOD, "patch": {**GOOD["patch"], "concepts": 5}},
        {**GOOD, "patch": {"png": GOOD["patch"]["png"]}},
        {**GOOD, "placement": None},
        {**GOOD, "placement": {"left": 1}},
        {**GOOD, "placement": {**GOOD["placement"], "onclick": "alert(1)"}},
        {**GOOD, "placement": {**GOOD["placement"], "left": "1"}},
        {**GOOD, "placement": {**GOOD["placement"], "width": float("inf")}},
    ],
    ids=lambda value: str(value)[:40],
)
def test_json_that_describes_no_edit_is_refused(value):
    with pytest.raises(EditError):
        PICTURES.edit_from_json(value)


@settings(max_examples=25)
@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), st.lists, max_leaves=4),
    st.sampled_from(["patch", "placement", "left", "width", "rotation", "opacity", "png", "name", "concepts"]),
)
def test_whatever_stands_in_a_field_gives_an_edit_or_is_refused(value, field):
    described = json.loads(json.dumps(GOOD))
    for part in (described, described["patch"], described["placement"]):
        if field in part:
            part[field] = value
            break
    try:
        edit = PICTURES.edit_from_json(described)
    except EditError:
        return
    assert edit.on(PICTURE).size == SIZE


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "../../etc/passwd", 'a "quoted" \\ name', "雪の家\n", "x" * 5000, ""]
)
def test_names_are_kept_as_they_are(name):
    patch = Patch(opaque(2, 2).pixels, name, origin=name, concepts=(name,))
    edit = Paste(patch, Placement(0, 0, 2, 2))
    again = PICTURES.edit_from_json(json.loads(json.dumps(edit.to_json()))).patch
    assert (again.name, again.origin, again.concepts) == (name, name, (name,))
    assert edit.description == f"paste {name}"
