import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from compexp_widgets.adversarial import Recolour, Remove
from compexp_widgets.adversarial.images.editing import PICTURES
from compexp_widgets.adversarial.images.edits.paste import apply_edits, covered_share
from compexp_widgets.adversarial.images.edits.region_edits import LARGEST_FILL, from_oklab, to_oklab
from compexp_widgets.adversarial.images.edits.regions import grown_mask, soft_mask
from compexp_widgets.errors import EditError

SIDES = st.tuples(st.integers(4, 24), st.integers(4, 24))
MASKS = SIDES.flatmap(lambda size: arrays(np.bool_, size)).filter(lambda mask: mask.any() and not mask.all())
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
EDITS = st.one_of(
    st.builds(Recolour, MASKS, COLOURS, st.floats(0, 1), st.text(max_size=8)),
    st.builds(Remove, MASKS, st.text(max_size=8)),
)


def picture_for(edit, seed=0):
    """Random colours, blurred, so that neighbouring pixels are alike as in photographs."""
    height, width = edit.mask.shape
    pixels = np.random.default_rng(seed).integers(0, 256, (height // 2 + 1, width // 2 + 1, 3), np.uint8)
    return Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC)


@settings(deadline=None)
@given(EDITS)
def test_pixels_that_an_edit_does_not_cover_stay_as_they_are(edit):
    picture = picture_for(edit)
    outside = edit.coverage(picture.size) == 0
    assert np.array_equal(np.asarray(edit.on(picture))[outside], np.asarray(picture)[outside])


@settings(deadline=None)
@given(EDITS)
def test_an_edit_covers_pixels_between_not_at_all_and_wholly(edit):
    coverage = edit.coverage(picture_for(edit).size)
    assert coverage.dtype == np.float32
    assert coverage.shape == edit.mask.shape
    assert 0 <= coverage.min() <= coverage.max() <= 1
    assert covered_share([edit], picture_for(edit).size) == pytest.approx(float(coverage.mean()))


@settings(deadline=None)
@given(EDITS)
def test_an_edit_comes_back_from_its_json_and_gives_the_same_pixels(edit):
    again = PICTURES.edit_from_json(json.loads(json.dumps(edit.to_json())))
    assert again == edit
    assert again.description == edit.description
    assert np.array_equal(np.asarray(again.on(picture_for(edit))), np.asarray(edit.on(picture_for(edit))))


@settings(deadline=None)
@given(EDITS)
def test_an_edit_leaves_the_picture_it_is_given_alone(edit):
    picture = picture_for(edit)
    before = picture.tobytes()
    changed = edit.on(picture)
    assert picture.tobytes() == before
    assert (changed.mode, changed.size) == ("RGB", picture.size)


@settings(deadline=None)
@given(arrays(np.uint8, (7, 3)))
def test_colours_come_back_from_oklab(pixels):
    assert np.array_equal(from_oklab(to_oklab(pixels)), pixels)


def test_oklab_is_that_of_its_paper():
    red_white_black = to_oklab(np.array([[255, 0, 0], [255, 255, 255], [0, 0, 0]], np.uint8))
    assert np.allclose(red_white_black, [[0.628, 0.225, 0.126], [1, 0, 0], [0, 0, 0]], atol=1e-3)


@settings(deadline=None)
@given(MASKS, COLOURS)
def test_recolouring_keeps_lightness(mask, colour):
    edit = Recolour(mask, colour)
    picture = picture_for(edit)
    before, after = (to_oklab(np.asarray(one))[..., 0] for one in (picture, edit.on(picture)))
    assert np.abs(before - after).max() < 0.08


def test_recolouring_replaces_the_hue_and_shades_stay_apart():
    shades = np.linspace(40, 220, 64, dtype=np.uint8)
    row = np.stack([shades // 2, shades, shades // 3], axis=-1)
    picture = Image.fromarray(np.tile(row, (64, 1, 1)))
    blue = np.asarray(Recolour(np.ones((64, 64), np.bool_), (30, 80, 220)).on(picture), int)
    assert (blue[..., 2] > blue[..., 0]).all()
    assert (blue[..., 2] > blue[..., 1]).all()
    assert len(np.unique(blue[0], axis=0)) > 40


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (128, 128, 128)])
def test_black_white_and_grey_take_the_colour_away(colour):
    picture = Image.new("RGB", (20, 20), (200, 60, 30))
    pixels = np.asarray(Recolour(np.ones((20, 20), np.bool_), colour).on(picture)).astype(int)
    assert np.ptp(pixels, axis=-1).max() <= 1


def test_half_the_strength_goes_half_the_way():
    picture = Image.new("RGB", (20, 20), (120, 90, 80))
    mask = np.ones((20, 20), np.bool_)
    none, half, full = (
        to_oklab(np.asarray(Recolour(mask, (40, 90, 200), strength).on(picture)))[0, 0, 1:] for strength in (0, 0.5, 1)
    )
    assert np.allclose(half, (none + full) / 2, atol=0.01)


def test_a_recolouring_says_what_it_does():
    assert Recolour(np.ones((2, 2), np.bool_), (20, 40, 200), name="water").description == "make water blue"
    assert Remove(np.eye(2, dtype=np.bool_), "<b>lamp</b>").description == "remove <b>lamp</b>"


@settings(deadline=None)
@given(MASKS)
def test_a_removed_region_takes_no_colour_that_its_surroundings_lack(mask):
    edit = Remove(mask)
    picture = picture_for(edit)
    covered = edit.coverage(picture.size) > 0
    sources = np.asarray(picture, int)[~covered if not covered.all() else ~mask]
    filled = np.asarray(edit.on(picture))[edit.coverage(picture.size) == 1]
    if len(filled):
        assert (filled >= sources.min(axis=0) - 1).all()
        assert (filled <= sources.max(axis=0) + 1).all()


def test_a_thing_on_an_even_ground_is_removed_without_a_trace():
    picture = Image.new("RGB", (64, 48), (90, 140, 60))
    thing = np.zeros((48, 64), np.bool_)
    thing[10:30, 20:40] = True
    pixels = np.array(picture)
    pixels[thing] = 255, 0, 0
    assert np.array_equal(np.asarray(Remove(thing).on(Image.fromarray(pixels))), np.asarray(picture))


@pytest.mark.parametrize("side", [100, 400])
def test_a_region_too_large_to_be_filled_pixel_by_pixel_is_filled_alike(side):
    columns = np.broadcast_to(np.linspace(20, 230, side)[None, :, None], (side, side, 3))
    picture = Image.fromarray(columns.astype(np.uint8))
    mask = np.zeros((side, side), np.bool_)
    mask[:, side // 5 : -side // 5] = True
    assert (mask.sum() > LARGEST_FILL) == (side == 400)
    filled = np.asarray(Remove(mask).on(picture)).astype(int)
    assert np.abs(filled - np.asarray(picture)).max() <= 3


@settings(deadline=None)
@given(MASKS)
def test_a_soft_mask_is_opaque_in_the_region_and_nothing_far_from_it(mask):
    soft = soft_mask(mask)
    assert (soft[mask] >= 0.5).all()
    assert not soft[~grown_mask(mask)].any()


def test_edits_of_all_kinds_are_applied_one_after_the_other():
    mask = np.zeros((20, 30), np.bool_)
    mask[5:15, 5:20] = True
    edits = [Remove(mask), Recolour(mask, (0, 0, 255), 0.5)]
    picture = picture_for(edits[0])
    assert np.array_equal(np.asarray(apply_edits(picture, edits)), np.asarray(edits[1].on(edits[0].on(picture))))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Recolour(np.zeros((4, 4), np.bool_), (0, 0, 0), name="<sea>"), "'<sea>' is empty"),
        (lambda: Remove(np.ones((4, 4), np.bool_), "all"), "whole picture"),
        (lambda: Remove(np.ones((4, 4), np.uint8)), "uint8"),
        (lambda: Remove("mask"), "str"),
        (lambda: Recolour(np.eye(4, dtype=np.bool_), (0, 0, 256)), "256"),
        (lambda: Recolour(np.eye(4, dtype=np.bool_), "blue"), "'blue'"),
        (lambda: Recolour(np.eye(4, dtype=np.bool_), (0, 0, 2), float("nan")), "nan"),
        (lambda: Remove(np.eye(4, dtype=np.bool_)).on(Image.new("RGB", (5, 4))), "4 × 4 pixels"),
        (lambda: PICTURES.edit_from_json({"edit": "recolour", "name": "x"}), "lacks 'mask'"),
        (lambda: PICTURES.edit_from_json({"edit": "remove", "name": "x", "mask": "???"}), "describes no mask"),
        (lambda: PICTURES.edit_from_json({"edit": "remove", "name": "x", "mask": 3}), "describes no mask"),
        (lambda: PICTURES.edit_from_json({"edit": ["remove"]}), "no edit of a picture is called"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(make, words):
    with pytest.raises(EditError, match=words):
        make()


@pytest.mark.real
def test_blue_water_takes_the_swimming_hole_away_as_the_paper_has_it(real_data, places365_squeezenet):
    """No mask comes with the paper's pictures: the water is where they differ."""
    natural, published = (
        Image.open(real_data / "paper_cases" / f"swimming_hole_{kind}.jpg").convert("RGB") for kind in ("orig", "blue")
    )
    water = np.abs(np.asarray(natural, int) - np.asarray(published, int)).sum(axis=-1) > 40
    ours = Recolour(water, (20, 80, 220), name="water").on(natural)
    seen = places365_squeezenet.respond([natural, published, ours])
    hole = places365_squeezenet.class_names.index("swimming_hole")
    grotto = places365_squeezenet.class_names.index("grotto")
    before, *after = seen.logits[:, grotto] - seen.logits[:, hole]
    assert min(after) > before + 1
    assert (seen.predicted == grotto).all()
