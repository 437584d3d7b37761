"""The search for the smallest paste that changes an answer, held to networks whose decision is known."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_networks import as_it_is, colour_network
from PIL import Image

from compexp_widgets import Network
from compexp_widgets.adversarial import Constraints, Patch, SearchSettings, suggest_edit
from compexp_widgets.adversarial.images.search.attempts import SuggestedEdits
from compexp_widgets.errors import EditError

DARK = Image.new("RGB", (64, 64))
SETTINGS = {field.name for field in fields(SearchSettings)}
RED, BLUE = (255, 0, 0), (0, 0, 255)


def searched(network: Network, picture: Image.Image, patches: list[Patch], **options: Any) -> SuggestedEdits:
    """`suggest_edit`, with the settings of the search among its other arguments."""
    chosen = {name: options.pop(name) for name in SETTINGS & options.keys()}
    return suggest_edit(network, picture, patches, settings=SearchSettings(**chosen), **options)


def square(colour: tuple[int, int, int] = RED, side: int = 16, name: str = "square") -> Patch:
    return Patch(np.full((side, side, 4), (*colour, 255), np.uint8), name)


def test_the_smallest_square_that_flips_is_found_to_a_pixel():
    found = searched(colour_network(0.1), DARK, [square()], target=1)
    needed = 0.1 / 1.01
    assert needed < found.best[0].share <= needed + 21 / 64**2  # a row more of a square of 20 × 20


@pytest.mark.parametrize("corner", [(3, 5), (40, 8), (26, 44)])
def test_a_square_is_moved_to_where_it_counts_and_made_as_small_as_it_can_be(corner):
    network = colour_network(0.6, (*corner, 12, 12))
    found = searched(network, DARK, [square()], target=1, constraints=Constraints(smallest_side=4))
    best = found.best[0]
    assert best.predicted == 1
    assert 86 / 64**2 <= best.share <= 100 / 64**2  # 10 × 10 is the smallest whole square
    assert best.edit.coverage((64, 64))[corner[1] : corner[1] + 12, corner[0] : corner[0] + 12].sum() >= 86


def test_any_other_class_will_do_where_no_target_is_given():
    found = searched(colour_network(0.1), DARK, [square(BLUE)])
    assert {attempt.predicted for attempt in found.best} == {2}
    assert not searched(colour_network(0.1), DARK, [square(BLUE)], target=1, budget=60).best


def test_what_is_reported_is_what_the_network_was_shown_and_no_success_is_left_out():
    shown: list[np.ndarray] = []

    def keep(picture: Image.Image):
        shown.append(np.asarray(picture))
        return as_it_is(picture)

    found = searched(colour_network(0.1, preprocess=keep), DARK, [square(), square(BLUE)], target=1, budget=90)
    red = [picture[..., 0].mean() / 255 * 1.01 > 0.1 for picture in shown[1:]]
    assert 0 < found.tried == len(red) <= 90
    assert 0 < found.succeeded == len(found.best) == sum(red)
    assert [tally.succeeded for tally in found.by_patch] == [found.succeeded, 0]
    assert found.grid_tried < found.tried


def test_successes_stand_with_the_smallest_first_and_flip_again_when_applied():
    found = searched(colour_network(0.1), DARK, [square()], target=1, budget=90)
    for one, next_one in pairwise(found.best):
        assert (one.share, one.contrast) <= (next_one.share, next_one.contrast)
    for attempt in found.best:
        edited = np.asarray(attempt.edit.on(DARK), float)
        assert edited[..., 0].mean() / 255 * 1.01 > 0.1
        assert attempt.contrast == pytest.approx(edited.mean() / 255)
        assert attempt.share == pytest.approx(edited[..., 0].mean() / 255)


def test_what_is_told_after_each_batch_gets_better():
    told = []
    found = searched(colour_network(0.1), DARK, [square()], target=1, batch_size=8, on_batch=told.append)
    ranks = [(one.best[0] if one.best else one.closest).rank for one in told]
    assert ranks == sorted(ranks, reverse=True)
    assert told[-1].best[0] == found.best[0]


def test_progress_counts_placements_and_so_does_what_is_told_after_each_batch():
    reports, batches = [], []
    found = searched(
        colour_network(0.1),
        DARK,
        [square()],
        target=1,
        budget=90,
        batch_size=10,
        report=lambda *progress: reports.append(progress),
        on_batch=batches.append,
    )
    done = [progress[1] for progress in reports]
    assert done == sorted(done)
    assert reports[-1][1:] == (found.tried, found.tried)
    assert [batch.tried for batch in batches] == done[:-1]
    assert batches[-1].best == found.best


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_no_placement_that_is_tried_breaks_a_constraint(data):
    random = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    width, height = data.draw(st.integers(24, 60)), data.draw(st.integers(24, 60))
    alpha = random.integers(0, 256, (9, 7), np.uint8) if data.draw(st.booleans()) else np.full((5, 11), 255, np.uint8)
    patch = Patch(np.dstack([np.full((*alpha.shape, 3), 255, np.uint8), alpha]), "white")
    within, keep = np.zeros((2, height, width), np.bool_)
    within[: data.draw(st.integers(16, 24)), 4 : data.draw(st.integers(18, 24))] = True
    keep[data.draw(st.integers(0, 20)) :, data.draw(st.integers(0, 20)) :] = True
    limits = Constraints(
        largest_share=data.draw(st.floats(0.02, 0.5)),
        within=within if data.draw(st.booleans()) else None,
        keep=keep if data.draw(st.booleans()) else None,
        largest_hidden=data.draw(st.floats(0.01, 0.3)),
        smallest_side=2,
        opacity=(0.4, 1.0) if data.draw(st.booleans()) else (0.7, 0.7),
    )
    shown: list[np.ndarray] = []

    def keep_shown(picture: Image.Image):
        shown.append(np.asarray(picture, np.float32)[..., 0] / 255)
        return as_it_is(picture)

    network = colour_network(data.draw(st.floats(0.001, 0.2)), preprocess=keep_shown)
    attempts = []
    with suppress(EditError):  # where no placement keeps to the limits, and none is shown
        searched(
            network,
            Image.new("RGB", (width, height)),
            [patch],
            constraints=limits,
            rotations=(0, data.draw(st.integers(1, 90))),
            positions=4,
            budget=60,
            on_batch=lambda found: attempts.extend(found.best),
        )
    full = limits.opacity[0] if limits.opacity[0] == limits.opacity[1] else 1
    for covered in shown[1:]:
        assert covered.max() > 0
        assert covered.mean() / full <= limits.largest_share + 0.005  # fading makes nothing smaller
        if limits.within is not None:
            assert not covered[~within].any()
        if limits.keep is not None:
            assert covered[keep].mean() <= limits.largest_hidden + 0.005
    for attempt in attempts:
        assert limits.opacity[0] <= attempt.placement.opacity <= limits.opacity[1]
        assert min(attempt.placement.width, attempt.placement.height) >= 2


def test_the_original_object_stays_visible():
    keep = np.zeros((64, 64), np.bool_)
    keep[:, :40] = True
    limits = Constraints(keep=keep, largest_hidden=0.0)
    found = searched(colour_network(0.05), DARK, [square()], target=1, constraints=limits)
    assert found.best
    assert all(not attempt.edit.coverage((64, 64))[keep].any() for attempt in found.best)


def test_a_region_that_no_cell_of_the_grid_has_in_its_middle_is_found():
    ring = np.ones((64, 64), np.bool_)
    ring[10:54, 10:54] = False
    found = searched(
        colour_network(0.01), DARK, [square()], target=1, constraints=Constraints(within=ring, smallest_side=6)
    )
    assert 0.01 / 1.01 < found.best[0].share <= 49 / 64**2


def test_every_patch_gets_a_look_and_the_promising_one_gets_most():
    useless = [square((0, 10 * number, 0), name=f"green {number}") for number in range(1, 9)]
    found = searched(colour_network(0.2), DARK, [*useless, square()], target=1, budget=120)
    tried = [tally.tried for tally in found.by_patch]
    assert min(tried) >= 1
    assert tried[-1] > sum(tried[:-1])
    assert sum(tried) == found.tried <= 120
    assert found.best


@pytest.mark.parametrize("budget", [1, 2, 7, 33])
def test_the_budget_is_never_exceeded(budget):
    found = searched(colour_network(0.9), DARK, [square()], budget=budget, constraints=Constraints(opacity=(0.5, 1)))
    assert found.tried == budget
    assert not found.best


@pytest.mark.parametrize("budget", [60, 400])
def test_the_same_call_gives_the_same_edits(budget):
    def search():
        return searched(colour_network(0.1), DARK, [square(), square(BLUE, 8)], budget=budget, seed=3)

    assert search() == search()


def test_the_seed_matters_only_where_a_part_of_the_grid_is_drawn():
    def search(seed: int, budget: int):
        return searched(colour_network(0.1, (5, 40, 20, 20)), DARK, [square()], budget=budget, seed=seed)

    assert search(0, 400) == search(1, 400)
    assert len({search(seed, 60).best[-1].placement for seed in range(6)}) > 1


def test_a_cancelled_search_keeps_the_best_so_far():
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    found = searched(colour_network(0.1), DARK, [square()], batch_size=25, cancelled=cancelled)
    assert not found.complete
    assert found.tried == 75
    assert found.best or found.closest
    assert found.summary(("dark", "red", "blue")).endswith("The search was stopped early.")


def test_a_search_cancelled_at_once_has_tried_nothing():
    found = searched(colour_network(0.1), DARK, [square()], cancelled=lambda: True)
    assert (found.tried, found.best, found.closest, found.complete) == (0, (), None, False)


def test_where_nothing_flips_the_closest_is_told():
    found = searched(colour_network(0.9), DARK, [square()], target=1, budget=100)
    assert not found.best
    assert found.closest.margin == max(tally.margin for tally in found.by_patch)
    assert found.closest.margin == pytest.approx(found.closest.share * 1.01 - 0.9, abs=1e-5)
    assert found.closest.share > 0.22  # of the quarter that may be covered
    words = found.summary(("dark", "red", "blue"))
    assert words.startswith(f"{found.tried} placements of 1 patch tried, none turns dark into red (of the first 60: 0)")
    assert "The closest is paste square, short by 0.6" in words


def test_the_words_count_failures_beside_successes():
    found = searched(colour_network(0.1), DARK, [square()], budget=80)
    names = ("dark", "red", "blue")
    assert re.match(
        rf"80 placements of 1 patch tried, {found.succeeded} turn dark into another class \(of the first "
        rf"{found.grid_tried}: {found.grid_succeeded}\)\. The smallest is paste square: it covers 1\d\.\d% ",
        found.summary(names),
    )
    frame = found.to_frame(names)
    assert len(frame) == found.succeeded
    assert frame["share"].is_monotonic_increasing
    assert set(frame["predicted"]) == {"red"}


def test_the_best_is_faded_as_far_as_it_still_flips():
    limits = Constraints(opacity=(0.25, 1.0))
    network = colour_network(0.1, (20, 20, 24, 24))
    opaque = searched(network, DARK, [square()], target=1, sizes=[32], positions=1, budget=50)
    faded = searched(network, DARK, [square()], target=1, sizes=[32], positions=1, budget=50, constraints=limits)
    assert opaque.best[0].placement.opacity == 1
    assert 0.25 <= faded.best[0].placement.opacity < 1
    assert faded.best[0].stage == "faded"
    assert faded.best[0].contrast < faded.best[1].contrast


def test_a_patch_is_turned_where_that_helps():
    bar = Patch(np.full((4, 40, 4), (*RED, 255), np.uint8), "bar")
    network = colour_network(0.8, (30, 10, 4, 40))
    limits = Constraints(largest_share=0.05, smallest_side=4)
    assert not searched(network, DARK, [bar], constraints=limits).best
    found = searched(network, DARK, [bar], constraints=limits, rotations=(0, 90))
    assert found.best[0].placement.rotation == 90


def test_a_patch_is_mirrored_where_that_helps():
    half = np.zeros((16, 16, 4), np.uint8)
    half[:, :8] = (*RED, 255)
    half[:, 8:] = (0, 0, 0, 255)
    network = colour_network(0.9, (60, 0, 4, 64))
    settings = {"constraints": Constraints(largest_share=1.0), "sizes": [64], "positions": 1, "budget": 4}
    (found,) = searched(network, DARK, [Patch(half, "half")], mirrored=True, **settings).best[-1:]
    assert (found.placement.flipped, found.stage, found.placement.left) == (True, "grid", 0)
    as_given = searched(network, DARK, [Patch(half, "half")], **settings)
    assert not any(attempt.placement.flipped for attempt in as_given.best)
    assert as_given.grid_succeeded == 0


def test_a_picture_of_another_size_and_mode_is_edited_at_its_own_size():
    found = searched(colour_network(0.1), Image.new("L", (90, 30)), [square()], budget=60)
    assert found.best[0].edit.on(Image.new("L", (90, 30))).size == (90, 30)


MASK = np.ones((64, 64), np.bool_)
REFUSED = [
    ({"patches": []}, "there is no patch to paste"),
    ({"target": 3}, r"classes 0 … 2, so none is 3"),
    ({"target": 0}, r"answers class 0 \(dark\) already: choose another target"),
    ({"budget": 0}, "budget is a whole number, at least 1, not 0"),
    ({"positions": 0}, "positions is a whole number, at least 1, not 0"),
    ({"sizes": [0]}, r"above 0 and at most 8192, not \[0\]"),
    ({"sizes": []}, "sizes are longer sides"),
    ({"rotations": [float("nan")]}, r"rotations are degrees, at least one, not \[nan\]"),
    ({"sizes": [60]}, "of 25 placements of 1 patches on the grid, none keeps to the constraints"),
    ({"constraints": Constraints(keep=MASK[:32])}, r"keep has shape \(32, 64\); the picture has .* \(64, 64\)"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED, ids=[case[1][:40] for case in REFUSED])
def test_settings_without_sense_are_refused(changed, message):
    call = {"patches": [square()], **changed}
    with pytest.raises(EditError, match=message):
        searched(colour_network(0.1), DARK, **call)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"largest_share": 0}, "above 0 and at most 1, not 0"),
        ({"largest_share": float("nan")}, "at most 1, not nan"),
        ({"largest_hidden": 1.5}, "not 1.5"),
        ({"smallest_side": 0}, "at least 1 pixel, not 0"),
        ({"opacity": (0.5, 0.4)}, r"not \(0.5, 0.4\)"),
        ({"opacity": (0, 1)}, r"above 0 and at most 1, not \(0, 1\)"),
        ({"within": ~MASK}, "within is True nowhere on the picture"),
        ({"keep": MASK[0]}, "keep is a bool array of shape"),
        ({"keep": MASK.astype(float)}, "keep is a bool array of shape"),
    ],
    ids=str,
)
def test_limits_without_sense_are_refused(limits, message):
    with pytest.raises(EditError, match=message):
        Constraints(**limits)
