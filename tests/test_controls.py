"""Whether what a patch shows causes the flip: controls on a network whose two units are written by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_networks import red_and_stripes
from PIL import Image

from compexp_widgets.adversarial import ControlSettings, Paste, Patch, Placement, ProbedNetwork, run_controls
from compexp_widgets.adversarial.controls import ControlKind, Controls, run_controls_on_samples
from compexp_widgets.adversarial.images.controls import scrambled
from compexp_widgets.adversarial.rate import Rate
from compexp_widgets.data.images import SegmentationDataset
from compexp_widgets.errors import EditError
from compexp_widgets.progress import silent
from compexp_widgets.study import dissect

RED, STRIPED = 1, 2
DARK = Image.new("RGB", (48, 40))
PLACE = Placement(10, 8, 24, 24)


def patch(name: str, pixels: np.ndarray) -> Patch:
    return Patch(np.dstack([pixels, np.full(pixels.shape[:2], 255)]).astype(np.uint8), name)


STRIPES = patch("stripes", np.broadcast_to((np.arange(24) // 2 % 2 * 255)[None, :, None], (24, 24, 3)))
RED_SQUARE = patch("red square", np.broadcast_to([255, 0, 0], (24, 24, 3)))
GREY = [patch(f"grey {level}", np.full((20, 24, 3), level)) for level in (60, 120, 180, 240)]


@pytest.fixture(scope="module")
def probed(tiny_dataset: SegmentationDataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProbedNetwork]:
    network = red_and_stripes()
    study = dissect(network, "units.1", tiny_dataset, tmp_path_factory.mktemp("known") / "study", report=silent)
    yield ProbedNetwork(study, network)
    study.close()


@pytest.fixture(scope="module")
def stripes(probed: ProbedNetwork) -> Controls:
    return run_controls(probed, DARK, Paste(STRIPES, PLACE), target=STRIPED, others=GREY, units=[1])


def test_where_the_pattern_flips_the_picture_controls_without_it_do_not(stripes):
    assert stripes.rows[0].flips
    assert stripes.rate("scrambled") == Rate(0, 5)
    assert stripes.rate("other patch") == Rate(0, 4)
    assert stripes.rate("silenced") == Rate(0, 1)
    scrambles, others = (
        np.mean([row.probabilities[1] for row in stripes.of(kind)]) for kind in ("scrambled", "other patch")
    )
    edit, unsure = (row.probabilities for row in (stripes.rows[0], stripes.rows[-1]))
    assert stripes.verdict == (
        f"stripes turns plain into striped (probability {edit[0]:.2f} → {edit[1]:.2f}). Scrambled it does so in 0 of 5 "
        f"(on average → {scrambles:.2f}). Other patches in its place do in 0 of 4 (on average → {others:.2f}). With "
        f"unit 1 silent it does not ({unsure[0]:.2f} → {unsure[1]:.2f}). So what it shows matters, not its colours and "
        "outline alone; not just anything in its place will do; unit 1 is needed."
    )


def test_where_colour_alone_flips_the_picture_the_verdict_says_so(probed):
    controls = run_controls(probed, DARK, Paste(RED_SQUARE, PLACE), target=RED, others=GREY, units=[1, 0])
    assert controls.rate("scrambled") == Rate(5, 5)
    assert controls.rate("other patch") == Rate(0, 4)
    assert [row.silenced for row in controls.of("silenced")] == [(1,), (0,), (1, 0)]
    assert [row.flips for row in controls.of("silenced")] == [True, False, False]
    assert "With a single unit silent it still does in 1 of 2." in controls.verdict
    assert controls.verdict.endswith(
        "So its colours and outline are enough: that the flip takes what the formula names is not borne out."
    )


def test_other_patches_that_flip_it_as_well_are_counted(probed):
    others = [RED_SQUARE, patch("large red", np.broadcast_to([255, 0, 0], (30, 20, 3))), *GREY[:2]]
    controls = run_controls(
        probed, DARK, Paste(RED_SQUARE, PLACE), target=RED, others=others, settings=ControlSettings(0)
    )
    assert controls.rate("other patch") == Rate(2, 4)
    assert "So patches of other things are enough" in controls.verdict
    assert "Scrambled" not in controls.verdict


def test_several_units_are_counted_and_then_silenced_together(probed):
    controls = run_controls(probed, DARK, Paste(STRIPES, PLACE), target=STRIPED, others=GREY, units=[0, 1])
    assert (
        "With a single unit silent it still does in 1 of 2. With units 0 and 1 silent it does not" in controls.verdict
    )


def test_where_nothing_flips_there_is_nothing_to_explain(probed):
    controls = run_controls(probed, DARK, Paste(GREY[0], PLACE), target=STRIPED, others=[], units=[1])
    assert controls.verdict.startswith("grey 60 does not turn plain into striped")
    assert "So there is no flip to explain" in controls.verdict


def test_every_comparison_has_its_effect_and_the_peaks_of_its_units(probed, stripes):
    plain, edited = probed.respond(DARK), probed.respond(Paste(STRIPES, PLACE).on(DARK))
    edit = stripes.rows[0]
    assert edit.probabilities == (plain.probabilities[STRIPED], edited.probabilities[STRIPED])
    assert edit.effect == edited.probabilities[STRIPED] - plain.probabilities[STRIPED] > 0.5
    assert edit.peaks.tolist() == [[plain.peaks[1]], [edited.peaks[1]]]
    assert all(row.peaks[1, 0] < edit.peaks[1, 0] for row in stripes.of("scrambled"))


def test_the_table_has_a_row_for_each_comparison(stripes):
    frame = stripes.to_frame()
    assert frame["kind"].tolist() == ["edit"] + ["scrambled"] * 5 + ["other patch"] * 4 + ["silenced"]
    assert frame["edit"].iloc[[0, 6, 10]].tolist() == ["paste stripes", "paste grey 60", "paste stripes, unit 1 silent"]
    assert frame["predicted_after"].tolist() == [stripes.class_names[row.predicted[1]] for row in stripes.rows]
    assert (frame["effect"] == frame["target_after"] - frame["target_before"]).all()
    assert frame["unit_1_after"].iloc[0] > frame["unit_1_before"].iloc[0]
    assert frame["covered"].iloc[:6].nunique() == 1


def test_other_patches_lie_in_the_same_place_with_the_same_width_in_their_own_shape(stripes):
    for row in stripes.of("other patch"):
        place = row.edit.placement
        assert (place.left, place.width, place.height) == (PLACE.left, PLACE.width, 20)
        assert place.top + place.height / 2 == PLACE.top + PLACE.height / 2


def test_controls_are_the_same_for_the_same_seed_and_others_for_another(probed):
    def patches(seed: int) -> list[Patch]:
        edit = Paste(STRIPES, PLACE)
        rows = run_controls(probed, DARK, edit, target=STRIPED, settings=ControlSettings(3, seed=seed)).rows
        return [row.edit.patch for row in rows]

    assert patches(7) == patches(7)
    assert len(set(patches(7))) == 4
    assert patches(7)[1] != patches(70)[1]


def test_cancelled_controls_keep_what_was_compared(probed):
    done = []
    controls = run_controls(
        probed,
        DARK,
        Paste(STRIPES, PLACE),
        target=STRIPED,
        others=GREY,
        units=[1],
        report=lambda stage, now, total: done.append((now, total)),
        cancelled=lambda: len(done) >= 3,
    )
    assert done == [(1, 11), (2, 11), (3, 11)]
    assert [row.kind for row in controls.rows] == ["edit", "scrambled", "scrambled"]
    assert not controls.complete
    assert controls.verdict.endswith("The comparison was stopped early.")


def test_controls_of_several_samples_count_those_that_had_another_class_before(probed):
    pictures = [DARK, DARK, RED_SQUARE.picture.convert("RGB").resize(DARK.size)]
    kind = ControlKind("grey", "Grey patches do so", seldom="stripes matter", often="any patch")
    greys = [Paste(one, PLACE) for one in GREY[:2]]
    controls = run_controls_on_samples(
        probed, pictures, Paste(STRIPES, PLACE), {kind: greys}, target=STRIPED, units=[1]
    )
    assert controls.rate("edit").tried == 3
    assert controls.rate("grey").tried == 6
    assert (controls.source, controls.target) == ("", "striped")
    stripes = Paste(STRIPES, PLACE)
    plain = run_controls_on_samples(probed, pictures, stripes, {}, target=STRIPED, source=0)
    assert plain.rate("edit") == Rate(2, 2)
    assert plain.verdict.startswith("The edit turns plain into striped in 2 of 2, 100.0 %")
    assert plain.verdict.endswith("nothing tells what about it matters.")


REFUSED = [
    ({"target": 3}, r"classes 0 … 2, so none is 3"),
    ({"target": 0}, "answers plain without the paste"),
    ({"units": [2]}, r"units 0 … 1, so there is no unit 2"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED, ids=[case[1] for case in REFUSED])
def test_settings_without_sense_are_refused(probed, changed, message):
    call = {"target": STRIPED, "others": [], "units": [1], **changed}
    with pytest.raises(EditError, match=message):
        run_controls(probed, DARK, Paste(STRIPES, PLACE), **call)


def test_settings_of_the_copies_without_sense_are_refused():
    with pytest.raises(EditError, match="at least 0, not -1"):
        ControlSettings(-1)
    with pytest.raises(EditError, match="by blocks or phases, not 'pixels'"):
        ControlSettings(scrambling="pixels")


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    random = np.random.default_rng(draw(st.integers(0, 999)))
    pixels = random.integers(0, 256, (draw(st.integers(1, 40)), draw(st.integers(1, 40)), 4), np.uint8)
    pixels[..., 3] *= random.random(pixels.shape[:2]) < draw(st.floats(0.2, 1))
    pixels[0, 0, 3] = 255
    return Patch(pixels, "some")


@given(patches(), st.integers(0, 99))
def test_blocks_keep_the_outline_and_every_visible_colour(some, seed):
    torn = scrambled(some, seed).pixels
    visible = some.pixels[..., 3] > 0
    assert np.array_equal(torn[..., 3], some.pixels[..., 3])
    assert sorted(map(tuple, torn[visible][:, :3].tolist())) == sorted(map(tuple, some.pixels[visible][:, :3].tolist()))


@given(patches(), st.integers(0, 99), st.sampled_from(["blocks", "phases"]))
def test_a_patch_is_scrambled_the_same_by_the_same_seed_and_is_no_longer_what_it_was(some, seed, how):
    torn = scrambled(some, seed, how)
    assert torn == scrambled(some, seed, how)
    assert np.array_equal(torn.pixels[..., 3], some.pixels[..., 3])
    assert torn.concepts == ()


def test_blocks_are_moved_whole():
    side = np.arange(32) // 4
    pixels = np.stack([*np.meshgrid(side * 30, side * 30), np.zeros((32, 32))], axis=-1)
    torn = scrambled(patch("blocks", pixels), 0).pixels[..., :3]
    blocks = torn.reshape(8, 4, 8, 4, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()
    assert not np.array_equal(torn, pixels)


def test_phases_keep_the_colours_on_average_and_the_spectrum_and_lose_the_edges():
    random = np.random.default_rng(0)
    smooth = np.cumsum(np.cumsum(random.standard_normal((32, 32, 3)), axis=0), axis=1)
    pixels = np.round(128 + 40 * smooth / np.abs(smooth).max())
    torn = scrambled(patch("smooth", pixels), 3, "phases").pixels[..., :3].astype(float)
    assert np.allclose(torn.mean(axis=(0, 1)), pixels.mean(axis=(0, 1)), atol=0.5)
    before, after = (np.abs(np.fft.fft2(each[..., 0] - each[..., 0].mean())) for each in (pixels, torn))
    strong = before > 100
    assert np.allclose(after[strong] / before[strong], 1, atol=0.25)
    assert abs(np.corrcoef(torn[..., 0].ravel(), pixels[..., 0].ravel())[0, 1]) < 0.9
