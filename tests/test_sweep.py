"""Sweeps: a patch at every place of a grid, over one picture and many, and what other networks say of the same."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import isnan, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from compexp_widgets import Network
from compexp_widgets.adversarial import EditedPicture, Paste, Patch, Placement, SweepGrid, sweep, sweep_images, transfer
from compexp_widgets.adversarial.images.evaluation.sweep import Sweep
from compexp_widgets.adversarial.images.evaluation.transfer import classes_called
from compexp_widgets.adversarial.rate import OutcomeCounts, Rate, outcome_of
from compexp_widgets.errors import EditError

RED, GREEN, BLUE = range(3)
COLOURS = {RED: (200, 0, 0), GREEN: (0, 200, 0), BLUE: (0, 0, 200)}


class Colours(nn.Module):
    """Says which colour most of a picture has; counts the pictures that it is shown."""

    def __init__(self, order: Sequence[int] = (RED, GREEN, BLUE)) -> None:
        super().__init__()
        self.order, self.shown = list(order), 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.shown += len(x)
        return x.mean(dim=(2, 3))[:, self.order]


def preprocess(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture, np.float32).transpose(2, 0, 1) / 40)


def colours(names: Sequence[str] = ("red", "green", "blue"), order: Sequence[int] = (RED, GREEN, BLUE)) -> Network:
    return Network.of(Colours(order).eval(), preprocess, name="colours", class_names=tuple(names))


def picture_of(colour: int, size: tuple[int, int] = (40, 30)) -> Image.Image:
    return Image.new("RGB", size, COLOURS[colour])


def patch_of(colour: int, width: int = 5, height: int = 5) -> Patch:
    return Patch(np.full((height, width, 4), (*COLOURS[colour], 255), np.uint8), "a colour")


GRID = SweepGrid((-60, -8, 0, 11), (-9, 0, 14), (8, 30, 45))


def green_on_blue(**options: object) -> Sweep:
    return sweep(colours(), picture_of(BLUE), patch_of(GREEN), GRID, **options)


def green_share(left: int, top: int, size: int) -> float:
    """The share of a picture of 40 × 30 that a square covers."""
    across = max(0, min(40, left + size) - max(0, left))
    down = max(0, min(30, top + size) - max(0, top))
    return across * down / (40 * 30)


# The grid


def test_the_published_grid_is_that_of_the_paper():
    grid = SweepGrid.as_published()
    assert grid.lefts == grid.tops == (-150, -100, -50, 0, 50, 100)
    assert grid.sizes == (73, 112, 168, 224, 336, 448)
    assert SweepGrid.as_published(448).lefts == (-300, -200, -100, 0, 100, 200)


def test_placements_are_every_size_with_every_top_and_left_in_the_order_of_the_heat_map():
    places = [(place.width, place.top, place.left) for place in GRID.placements(patch_of(RED))]
    assert places == list(product(GRID.sizes, GRID.tops, GRID.lefts))
    assert GRID.shape == (3, 3, 4)


def test_the_longer_side_has_the_size_and_the_shape_of_the_patch_is_kept():
    grid = SweepGrid((0,), (0,), (10,))
    (wide,) = SweepGrid((0,), (0,), (10,), 30, True, 0.5).placements(patch_of(RED, 8, 4))
    assert wide == Placement(0, 0, 10, 5, 30, True, 0.5)
    (tall,) = grid.placements(patch_of(RED, 2, 4))
    assert (tall.width, tall.height) == (5, 10)


@given(st.integers(8, 400), st.integers(8, 400), st.integers(2, 7))
def test_a_patch_shows_at_every_place_of_a_grid_over_a_picture(width, height, steps):
    grid = SweepGrid.over((width, height), steps)
    assert all(1 <= length <= steps for length in grid.shape)
    assert grid.sizes[-1] == min(width, height)
    corners = product((grid.lefts[0], grid.lefts[-1]), (grid.tops[0], grid.tops[-1]))
    for left, top in corners:
        assert Paste(patch_of(RED), Placement(left, top, grid.sizes[0], grid.sizes[0])).coverage((width, height)).any()
    if min(width, height) >= 64:
        assert grid.shape == (steps, steps, steps)


@pytest.mark.parametrize(
    ("lefts", "sizes", "message"),
    [
        ((), (8,), r"lefts of a sweep are rising whole numbers, at least one, not \(\)"),
        ((3, 1), (8,), "lefts of a sweep are rising"),
        ((1, 1), (8,), "lefts of a sweep are rising"),
        ((0.5,), (8,), "lefts of a sweep are rising whole numbers"),
        ((0,), (True,), "sizes of a sweep are rising whole numbers"),
        ((0,), (0, 8), r"sizes of a sweep lie in 1 … 8192 pixels"),
        ((0,), (8, 9000), r"sizes of a sweep lie in 1 … 8192 pixels"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(lefts, sizes, message):
    with pytest.raises(EditError, match=message):
        SweepGrid(lefts, (0,), sizes)


@pytest.mark.parametrize(("size", "steps"), [((7, 40), 6), ((40, 40), 1)])
def test_a_picture_too_small_or_a_grid_of_one_step_is_refused(size, steps):
    with pytest.raises(EditError, match="2 steps or more over 8 or more"):
        SweepGrid.over(size, steps)


# Outcomes


@pytest.mark.parametrize(
    ("predicted", "own", "expected"),
    [
        ("viaduct", "laundromat", "success"),
        ("forest_path", "laundromat", "failure"),
        ("laundromat", "laundromat", "failure"),
        ("bridge", "laundromat", "partial"),
        ("laundromat", None, "partial"),
        ("viaduct", "viaduct", "success"),
    ],
)
def test_outcomes_are_those_of_the_paper(predicted, own, expected):
    assert outcome_of(predicted, target="viaduct", original="forest_path", own=own) == expected


def test_a_picture_that_has_the_target_already_has_no_outcome():
    with pytest.raises(EditError, match="the target 'street' is the class that the picture already has"):
        outcome_of("street", target="street", original="street")


# Rates


@pytest.mark.parametrize(
    ("successes", "tried", "low", "high"),  # Newcombe 1998, "Two-sided confidence intervals", table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_of_the_literature(successes, tried, low, high):
    assert Rate(successes, tried).interval() == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda tried: st.tuples(st.integers(0, tried), st.just(tried))))
def test_the_ends_of_an_interval_are_the_rates_that_a_test_just_does_not_reject(numbers):
    rate = Rate(*numbers)
    low, high = rate.interval(0.9)
    assert 0 <= low <= rate.share <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            deviations = abs(rate.share - end) / sqrt(end * (1 - end) / rate.tried)
            assert deviations == pytest.approx(1.6448536, rel=1e-4)


def test_nothing_tried_says_nothing():
    assert isnan(Rate(0, 0).share)
    assert Rate(0, 0).interval() == (0, 1)
    assert str(Rate(0, 0)) == "none tried"
    assert str(Rate(19, 648)) == "19 of 648, 2.9 % (1.9 to 4.5 %)"


def test_rates_and_levels_that_make_no_sense_are_refused():
    for numbers in ((3, 2), (-1, 2)):
        with pytest.raises(EditError, match="make no rate"):
            Rate(*numbers)
    with pytest.raises(EditError, match=r"in \(0, 1\), not 95"):
        Rate(1, 2).interval(95)


# One picture


def test_each_placement_has_the_answer_to_its_pasted_picture():
    grid = replace(GRID, rotation=20, opacity=0.7)
    found = sweep(colours(), picture_of(BLUE), patch_of(GREEN), grid, batch_size=5)
    pasted = [Paste(patch_of(GREEN), place).on(picture_of(BLUE)) for place in found.placements]
    alone = np.concatenate([colours().respond([picture]).logits for picture in pasted])
    np.testing.assert_allclose(found.logits, alone, atol=1e-5)
    assert found.complete
    assert found.original == BLUE


def test_the_target_is_reached_where_the_patch_covers_most_of_the_picture():
    found = green_on_blue()
    covered = np.array([green_share(int(one.left), int(one.top), int(one.width)) for one in found.placements])
    expected = np.where(covered > 0.5, "success", "failure").tolist()
    assert found.outcomes(GREEN) == expected
    assert {"success", "failure"} == set(expected)
    assert found.counts(GREEN) == OutcomeCounts(expected.count("success"), 0, expected.count("failure"))
    assert found.counts(GREEN).rate == Rate(expected.count("success"), 36)


def test_the_original_class_can_be_the_label_in_place_of_what_the_network_says():
    found = green_on_blue()
    greens = found.counts(GREEN).success
    assert found.counts(RED, own=GREEN) == OutcomeCounts(0, 0, 36)
    assert found.counts(RED) == OutcomeCounts(0, greens, 36 - greens)
    assert found.counts(RED, original=GREEN) == OutcomeCounts(0, 36 - greens, greens)


def test_heat_is_the_probability_of_a_class_by_size_top_and_left():
    found = green_on_blue()
    heat = found.heat(GREEN)
    assert (heat.dtype, heat.shape) == (np.float32, (3, 3, 4))
    for (size, top, left), hot in np.ndenumerate(heat):
        share = green_share(GRID.lefts[left], GRID.tops[top], GRID.sizes[size])
        powers = np.exp([0, 5 * share, 5 * (1 - share)])
        assert hot == pytest.approx(powers[GREEN] / powers.sum(), abs=1e-5)


def test_where_nothing_changes_the_answer_to_the_picture_stands_and_nothing_is_shown():
    network = colours()
    found = sweep(network, picture_of(BLUE), patch_of(GREEN), GRID)
    shares = [green_share(int(one.left), int(one.top), int(one.width)) for one in found.placements]
    assert 0 < shares.count(0) < len(shares)
    assert network.module.shown == 1 + len(shares) - shares.count(0)
    for share, logits in zip(shares, found.logits, strict=True):
        assert np.array_equal(logits, found.original_logits) == (share == 0)


@given(st.integers(1, 40))
def test_the_size_of_the_batches_makes_no_difference(batch_size):
    np.testing.assert_allclose(green_on_blue(batch_size=batch_size).logits, green_on_blue().logits, atol=1e-5)


def test_a_cancelled_sweep_keeps_what_is_done():
    asked = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    found = green_on_blue(batch_size=7, cancelled=cancelled)
    whole = green_on_blue(batch_size=7)
    assert (found.done, found.complete) == (14, False)
    np.testing.assert_array_equal(found.logits, whole.logits[:14])
    assert found.outcomes(GREEN) == whole.outcomes(GREEN)[:14]
    heat = found.heat(GREEN).ravel()
    np.testing.assert_array_equal(heat[:14], whole.heat(GREEN).ravel()[:14])
    assert np.isnan(heat[14:]).all()
    assert len(found.to_frame(target=GREEN)) == found.counts(GREEN).tried == 14


def test_a_sweep_cancelled_at_once_has_the_unedited_picture_alone():
    found = green_on_blue(cancelled=lambda: True)
    assert (found.done, found.original) == (0, BLUE)
    assert np.isnan(found.heat(GREEN)).all()
    assert found.counts(GREEN).rate == Rate(0, 0)


def test_every_batch_is_told_and_what_was_told_stays_as_it_was():
    told, reports = [], []
    found = green_on_blue(batch_size=10, on_batch=told.append, report=lambda *report: reports.append(report))
    assert [one.done for one in told] == [10, 20, 30, 36]
    assert reports == [("placements", done, 36) for done in (0, 10, 20, 30, 36)]
    for one in told:
        np.testing.assert_array_equal(one.logits, found.logits[: one.done])


def test_the_table_has_a_row_for_each_placement():
    found = green_on_blue()
    frame = found.to_frame(("red", "green", "blue"), target=GREEN)
    assert list(frame) == ["left", "top", "size", "predicted", "probability", "target_probability", "outcome"]
    row = frame[(frame.left == -8) & (frame.top == 0) & (frame["size"] == 45)].iloc[0]
    assert (row.predicted, row.outcome) == ("green", "success")
    assert row.target_probability == row.probability == pytest.approx(found.heat(GREEN)[2, 1, 1])
    assert list(found.to_frame()) == ["left", "top", "size", "predicted", "probability"]
    assert found.to_frame().predicted.isin([GREEN, BLUE]).all()


def test_without_a_grid_the_whole_picture_is_swept():
    assert sweep(colours(), picture_of(BLUE), patch_of(GREEN)).grid == SweepGrid.over((40, 30))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": 3}, "the network has classes 0 … 2, so none is 3"),
        ({"target": -1}, "so none is -1"),
        ({"target": GREEN, "own": 7}, "so none is 7"),
        ({"target": GREEN, "original": 9}, "so none is 9"),
        ({"target": BLUE}, "the target 2 is the class that the picture already has"),
    ],
)
def test_classes_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(EditError, match=message):
        green_on_blue().outcomes(**arguments)


def test_batches_of_nothing_are_refused():
    with pytest.raises(EditError, match="batch_size is 1 or more, not 0"):
        green_on_blue(batch_size=0)


# Many pictures

MANY = [picture_of(colour) for colour in (BLUE, RED, GREEN, BLUE)]


def test_pictures_that_are_the_target_already_do_not_count():
    found = sweep_images(colours(), MANY, patch_of(GREEN), GRID)
    assert found.complete
    assert found.eligible(GREEN) == [0, 1, 3]
    assert found.eligible(GREEN, original=BLUE) == [0, 3]
    assert found.by_picture(GREEN) == Rate(3, 3)
    assert found.by_picture(RED) == Rate(0, 3)
    one = green_on_blue().counts(GREEN)
    assert found.by_placement(GREEN) == OutcomeCounts(3 * one.success, 0, 3 * one.failure)
    assert found.by_placement(RED, own=GREEN, original=BLUE) == OutcomeCounts(0, 0, 72)


def test_a_picture_counts_when_one_placement_reaches_the_target():
    small = SweepGrid((0, 15), (0,), (25, 30))  # 25 × 25 is 52 % of the picture, 30 × 15 far less than half of 40 × 60
    pictures = [picture_of(BLUE), picture_of(BLUE, (40, 60))]
    found = sweep_images(colours(), pictures, patch_of(GREEN), small)
    assert found.by_picture(GREEN) == Rate(1, 2)
    assert found.by_fixed_placement(GREEN) == [Rate(1, 2)] * 4
    np.testing.assert_array_equal(found.heat(GREEN), np.full((2, 1, 2), 0.5, np.float32))
    assert found.by_placement(GREEN) == OutcomeCounts(4, 0, 4)
    assert found.to_frame(("red", "green", "blue"), target=GREEN)[
        ["picture", "original", "success"]
    ].values.tolist() == [
        [0, "blue", 4],
        [1, "blue", 0],
    ]


def test_a_fixed_placement_has_a_rate_over_the_pictures():
    found = sweep_images(colours(), MANY, patch_of(GREEN), GRID)
    rates = found.by_fixed_placement(GREEN)
    reached = (green_on_blue().predicted == GREEN).tolist()
    assert rates == [Rate(3 * here, 3) for here in reached]
    assert found.heat(GREEN).shape == GRID.shape


def test_pictures_of_different_sizes_have_grids_in_proportion():
    found = sweep_images(colours(), [picture_of(BLUE), picture_of(RED, (80, 60))], patch_of(GREEN))
    assert [one.grid for one in found.sweeps] == [SweepGrid.over((40, 30)), SweepGrid.over((80, 60))]
    assert len(found.by_fixed_placement(GREEN)) == len(found.sweeps[0].placements)


def test_grids_of_different_shapes_have_no_fixed_placements():
    found = sweep_images(colours(), [picture_of(BLUE, (8, 8)), picture_of(BLUE)], patch_of(GREEN))
    with pytest.raises(EditError, match="grids of several shapes"):
        found.heat(GREEN)


def test_a_picture_that_was_cancelled_half_way_is_kept_and_does_not_count():
    seen, reports = [], []

    def report(stage: str, done: int, total: int) -> None:
        reports.append((stage, done, total))

    found = sweep_images(
        colours(),
        MANY,
        patch_of(GREEN),
        GRID,
        batch_size=18,
        report=report,
        cancelled=lambda: bool(reports) and reports[-1][1] >= 54,
        on_picture=seen.append,
    )
    assert [one.done for one in found.sweeps] == [36, 18]
    assert not found.complete
    assert found.by_picture(GREEN) == Rate(1, 1)
    assert [len(one.sweeps) for one in seen] == [1, 2]
    assert reports[-1] == ("placements on 4 pictures", 54, 144)
    assert sweep_images(colours(), [], patch_of(GREEN)).by_fixed_placement(GREEN) == []


# Other networks


def edited(target: str = "green", **names: str) -> EditedPicture:
    after = Paste(patch_of(GREEN), Placement(0, 0, 38, 30)).on(picture_of(BLUE))
    return EditedPicture("case", picture_of(BLUE), after, target, **names)


@pytest.mark.parametrize("wanted", ["museum-indoor", "Museum/Indoor", "museum_indoor", " museum indoor"])
def test_classes_are_matched_by_their_words(wanted):
    assert classes_called(("corridor", "museum/indoor", "museum/outdoor"), wanted) == (1,)


def test_a_name_may_stand_for_several_classes_or_none():
    assert classes_called(("crane", "heron", "crane"), "crane") == (0, 2)
    assert classes_called(("crane", "/"), "mixer") == ()
    assert classes_called(("crane", "/"), "") == ()


def test_each_network_tells_what_it_makes_of_each_picture():
    same = colours()
    other = Network.of(Colours((BLUE, GREEN)).eval(), preprocess, name="other", class_names=("Blue", "GREEN"))
    lacking = Network.of(Colours((RED, BLUE)).eval(), preprocess, name="lacking", class_names=("red", "blue"))
    table = transfer([edited()], [same, other, lacking])
    assert table.network.tolist() == ["colours", "other", "lacking"]
    assert table.before.tolist() == ["blue", "Blue", "blue"]
    assert table.after.tolist() == ["green", "GREEN", "blue"]
    assert table.outcome.tolist() == ["success", "success", "not among its classes"]
    expected = same.respond([edited().before, edited().after]).probabilities
    assert table.target_before[0] == pytest.approx(expected[0, GREEN])
    assert table.target_after[0] == table.probability[0] == pytest.approx(expected[1, GREEN])
    assert table[["target_before", "target_after"]].isna().all(axis=1).tolist() == [False, False, True]


def test_probabilities_of_classes_of_one_name_are_added():
    twice = Network.of(
        Colours((GREEN, GREEN, BLUE)).eval(), preprocess, name="twice", class_names=("green", "green", "blue")
    )
    table = transfer([edited()], [twice])
    expected = twice.respond([edited().after]).probabilities[0, :2].sum()
    assert table.target_after[0] == pytest.approx(expected)
    assert table.target_after[0] > table.probability[0]


@pytest.mark.parametrize(
    ("target", "names", "expected"),
    [
        ("red", {}, "partial"),
        ("red", {"own": "Green"}, "failure"),
        ("red", {"original": "green"}, "failure"),
        ("green", {"original": "red", "own": "green"}, "success"),
        ("blue", {"original": "red"}, "the target already"),
    ],
)
def test_outcomes_of_other_networks_follow_the_names(target, names, expected):
    assert transfer([edited(target, **names)], [colours()]).outcome.tolist() == [expected]


def test_networks_that_have_not_seen_all_pictures_are_left_out():
    asked, reports = [], []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 3

    table = transfer(
        [edited(), edited()],
        [colours(), colours()],
        batch_size=2,
        report=lambda *report: reports.append(report),
        cancelled=cancelled,
    )
    assert len(table) == 2
    assert reports == [("pictures shown to 2 networks", 0, 8), ("pictures shown to 2 networks", 4, 8)]
    assert list(transfer([], [colours()])) == list(table)


def test_names_that_cannot_be_matched_are_refused():
    with pytest.raises(EditError, match="the classes of colours have no names"):
        transfer([edited()], [colours(())])
    with pytest.raises(EditError, match="needs the name of the class that was wanted"):
        edited(" / ")
    with pytest.raises(EditError, match="the target of 'case' is the class that it already has: 'Clean room'"):
        edited("clean_room", original="Clean room")
