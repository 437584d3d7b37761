"""Activations that tie at a unit's threshold, what share of the positions it fires at, and the states of units."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from page import Page
from PIL import Image
from torch import nn

import compexp_widgets as cw
from compexp_widgets import Network
from compexp_widgets.errors import SearchError
from compexp_widgets.networks.images.activations import COMPLETE
from compexp_widgets.progress import silent
from compexp_widgets.signatures.activation_ranges import Cluster, Limits, QuantileRange, cut, limits_of, ranges_of
from compexp_widgets.study import Explanation, ExplanationSettings
from compexp_widgets.study.images.grid_quantile import grid_cut
from compexp_widgets.study.images.units import VisionUnits
from compexp_widgets.study.images.upsampling import upsample
from compexp_widgets.study.units import PositionUnits

seeds = st.integers(0, 2**32 - 1)
shares = st.sampled_from([0.001, 0.005, 0.02, 0.1, 0.3, 0.5, 0.9]) | st.floats(0.001, 0.999)


def tied(seed: int) -> np.ndarray:
    """Activations of a rectified, a clipped, a quantised or a two-valued unit, of one image or many."""
    rng = np.random.default_rng(seed)
    values = rng.normal(rng.uniform(-2, 4), rng.uniform(0.5, 3), (rng.integers(1, 30), 4, 5))
    kind = rng.integers(5)
    if kind == 0:
        values = np.clip(values, 0, 6)
    elif kind == 1:
        values = np.round(values)
    elif kind == 2:
        values = (values > 1) * 1.0
    elif kind == 3:
        values = np.maximum(values, 0).astype(np.float16)
    return values.astype(np.float32)


@given(seeds, shares)
def test_the_share_that_is_active_is_the_nearest_that_ties_allow(seed, share):
    values = tied(seed)
    active = np.count_nonzero(limits_of(values, QuantileRange(share)).hold(values))
    reachable = [np.count_nonzero(values > one) for one in np.unique(values)]
    if len(reachable) == 1:
        assert active == 0
        return
    # Not nowhere, and not everywhere: the smallest value stays out.
    nearest = min(abs(count - share * values.size) for count in reachable if count)
    assert active
    assert abs(active - share * values.size) <= nearest + 1


@given(seeds, shares)
def test_without_ties_a_unit_fires_above_numpys_quantile_as_ever(seed, share):
    values = np.random.default_rng(seed).normal(size=400).astype(np.float32)
    found = cut(values, share)
    assert not found.included
    assert found.value == pytest.approx(np.quantile(values.astype(np.float64), 1 - share), rel=1e-12)


@given(seeds, st.lists(st.floats(0.001, 0.999), min_size=1, max_size=5, unique=True))
def test_neighbouring_ranges_neither_overlap_nor_leave_anything_out(seed, cuts):
    values = tied(seed)
    parts = ranges_of(cuts)
    inside = sum(limits_of(values, one).hold(values).astype(int) for one in parts)
    whole = limits_of(values, QuantileRange(parts[0].low)).hold(values)
    np.testing.assert_array_equal(inside, whole)


def test_a_tie_below_the_largest_value_is_taken_in_where_that_comes_nearer():
    values = np.repeat(np.array([0, 1, 2, 3], np.float32), [900, 40, 40, 20])
    assert cut(values, 0.05) == (2.0, True)  # 60 are nearer to 50 than 20 are
    assert cut(values, 0.03) == (2.0, False)
    assert cut(values, 0.2) == (0.0, False)


def test_a_threshold_between_neighbours_in_single_precision_lies_below_the_upper_one():
    largest = np.float32(6)
    values = np.repeat(np.array([np.nextafter(largest, np.float32(0)), largest]), 50)
    share = 0.5 - 0.2 / 99  # between the two, so near to the upper one that it would be rounded to it
    assert limits_of(values, QuantileRange(share)).hold(values).sum() == 50


@given(seeds, shares, st.integers(1, 4))
def test_the_threshold_on_the_grid_is_that_of_all_upsampled_activations(seed, share, times):
    maps = tied(seed)
    grid = (4 * times + times // 2, 5 * times)
    assert grid_cut(maps, grid, share) == cut(upsample(maps, grid), share)


@given(seeds, shares)
def test_on_the_grid_a_unit_fires_at_the_share_asked_for(seed, share):
    maps = np.random.default_rng(seed).normal(size=(8, 3, 4)).astype(np.float32)
    units = VisionUnits(maps[None], np.zeros((8, 12, 16), np.int32), 1)
    limits = units.limits(0, QuantileRange(share, on="grid"))
    # The four positions beyond the outermost centre of a corner are one value.
    assert units.fires(0, limits, np.arange(8)).sum() == pytest.approx(share * 8 * 12 * 16, abs=4)


def test_a_rare_unit_on_the_grid_fires_wherever_it_is_above_its_minimum():
    maps = np.zeros((30, 4, 4), np.float32)
    maps[0, 1, 1] = 1
    units = VisionUnits(maps[None], np.zeros((30, 16, 16), np.int32), 1)
    limits = units.limits(0, QuantileRange(0.5, on="grid"))
    assert limits == Limits(0.0)
    assert units.activity(0, limits).by_signature().sum() == (upsample(maps, (16, 16)) > 0).sum()


def test_pairs_tie_by_the_same_rule():
    responses = np.repeat(np.array([[0, 1]], np.float32), [60, 40], axis=1)
    units = PositionUnits(responses, np.zeros(100, np.int32), 1, np.arange(101))
    limits = units.limits(0, QuantileRange(0.05))
    np.testing.assert_array_equal(units.fires(0, limits), responses[0] == 1)


class Gates(nn.Module):
    """Six units: clipped, two-valued, plain, rare, one value everywhere, never above 0."""

    def __init__(self) -> None:
        super().__init__()
        self.gates = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        red, green, blue = x.unbind(1)
        rare = torch.zeros_like(red)
        rare[:, 0, 0] = (red.mean(dim=(1, 2)) * 1000 % 1 > 0.8) * 1.0
        return self.gates(
            torch.stack(
                [torch.clamp(60 * red - 24, 0, 6), (green > 0.6) * 1.0, blue, rare, red * 0 + 3, red * 0], dim=1
            )
        )


SATURATED, TWO_VALUED, PLAIN, RARE, CONSTANT, DEAD = range(6)


def preprocess(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture.resize((5, 4)), np.float32).transpose(2, 0, 1) / 255)


@pytest.fixture
def study(tiny_dataset, tmp_path):
    study = cw.dissect(
        Network.of(Gates().eval(), preprocess, name="gates"), "gates", tiny_dataset, tmp_path, report=silent
    )
    yield study
    study.close()


def states(study, **settings) -> list[str]:
    return [one.state for one in study.explain(report=silent, **settings)]


def test_every_unit_is_in_a_state_of_its_own(study):
    assert states(study, quantile=0.02) == ["saturated", "saturated", "fires", "fires", "constant", "constant"]


def test_a_saturated_unit_fires_where_it_is_at_its_maximum_and_has_a_formula(study):
    one = study.explain(SATURATED, report=silent)[0]
    at_maximum = upsample(study.units.activations(SATURATED), study.units.grid) == 6
    np.testing.assert_array_equal(study.fires(SATURATED, range(40)), at_maximum)
    assert one.best is not None
    assert one.limits == Limits(6, includes_low=True)
    assert one.active_share == at_maximum.mean() > 0.005


def test_a_constant_unit_is_not_explained_even_where_it_fires_everywhere(study):
    one = study.explain(CONSTANT, threshold=0, report=silent)[0]
    assert (one.state, one.active_share, one.best) == ("constant", 1.0, None)
    assert one.silent


def test_a_unit_that_fires_at_too_few_positions_is_silent(study):
    assert states(study, quantile=0.02, min_active=100_000)[PLAIN] == "silent"
    assert states(study, threshold=100)[PLAIN] == "silent"


def test_a_unit_with_values_that_are_not_finite_gets_no_formula(study, tmp_path):
    maps = np.load(tmp_path / COMPLETE, mmap_mode="r+")
    maps[PLAIN, 3, 0, 0], maps[RARE, 0, 0, 0] = np.nan, np.inf
    maps.flush()
    again = cw.open_study(tmp_path)
    for settings in ({}, {"threshold_on": "grid"}, {"threshold": 0}, {"ranges": 2}, {"ranges": (0.2, 0.05)}):
        found = again.explain([PLAIN, RARE], report=silent, **settings)
        assert {(one.state, one.best, one.active) for one in found} == {("not finite", None, 0)}
    again.close()


def test_the_frame_and_the_csv_tell_state_and_active_share(study, tmp_path):
    frame = study.to_frame(quantile=0.02)
    study.to_csv(tmp_path / "units.csv", quantile=0.02)
    read = pd.read_csv(tmp_path / "units.csv")
    assert read["state"].tolist() == frame["state"].tolist() == states(study, quantile=0.02)
    assert frame["active_share"][PLAIN] == study.fires(PLAIN, range(40), 0.02).mean()
    np.testing.assert_allclose(read["active_share"], frame["active_share"], atol=1e-6)


def test_an_explanation_is_read_as_it_was_kept(study):
    for one in study.explain(ranges=(0.3, 0.05), report=silent):
        assert Explanation.from_json(one.to_json()) == one
        np.testing.assert_array_equal(study.units.fires(one.unit, one.limits, np.arange(40)).sum(), one.active)


def test_the_share_asked_for_is_the_share_that_is_active_on_the_grid(study):
    (of_map,), (of_grid,) = (
        study.explain(PLAIN, quantile=0.02, threshold_on=on, report=silent) for on in ("map", "grid")
    )
    assert abs(of_grid.active - 0.02 * of_grid.positions) <= 2  # the grid may have ties of its own
    assert of_map.active != of_grid.active
    assert study.stored_explanations(ExplanationSettings.of(quantile=0.02, threshold_on="grid")).keys() == {PLAIN}


def test_ranges_between_quantiles_are_of_the_grid_where_that_is_asked_for(study):
    frame = study.to_frame([PLAIN], ranges=(0.3, 0.1), threshold_on="grid")
    assert frame["active_share"].tolist() == pytest.approx([0.2, 0.1], abs=5e-3)
    assert frame["range"].tolist() == ["quantile 0.3 to 0.1 on the grid", "quantile 0.1 on the grid"]


def test_another_place_for_the_threshold_is_refused(study):
    with pytest.raises(SearchError, match="threshold_on is 'map' or 'grid', not 'pixels'"):
        study.explain(threshold_on="pixels", report=silent)


def test_evidence_is_found_for_a_saturated_unit(study):
    explanation = study.explain(SATURATED, report=silent)[0]
    evidence = study.evidence(SATURATED, cw.study.EvidenceSettings(samples=5), report=silent)[0]
    assert evidence.iou == explanation.best.overlap.iou
    assert json.loads(evidence.to_json())["iou"] > 0


@pytest.fixture
def explorer(study):
    explorer = cw.VisionExplorer(study, unit=SATURATED)
    yield explorer
    explorer.close()


def card_of(explorer, **changes) -> dict:
    """The card that the explorer's page is sent."""
    names = ("unit", "quantile", "threshold_on", "max_length", "beam_size", "operators", "metric")
    settings = {name: getattr(explorer, name) for name in names} | changes
    page = Page(explorer)
    page.ask("card", settings=settings)  # a long search sends its proof last
    return next(message for message in page.replies(page.number) if message["type"] == "card")


def test_the_card_tells_the_state_and_the_active_share(explorer, study):
    for unit, state in enumerate(states(study, quantile=0.02)):
        card = card_of(explorer, unit=unit, quantile=0.02)
        assert (card["state"], card["silent"]) == (state, state == "constant")
        assert card["active_share"] == study.explain(unit, quantile=0.02, report=silent)[0].active_share
        assert json.dumps(card, allow_nan=False)


def test_the_explorer_takes_the_threshold_where_it_is_told_to(explorer, study):
    explorer.threshold_on = "grid"
    assert explorer.settings.firing == QuantileRange(0.005, on="grid")
    card = card_of(explorer, unit=PLAIN, quantile=0.02)
    assert card["threshold"] == study.explain(PLAIN, quantile=0.02, threshold_on="grid", report=silent)[0].threshold
    explorer.cluster = [1, 3]
    assert explorer.settings == ExplanationSettings(activation_range=Cluster(1, 3))  # as `study.explain(ranges=3)`
