import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compexp_widgets.errors import SearchError
from compexp_widgets.signatures.activation_ranges import Limits
from compexp_widgets.study.images.units import VisionUnits
from compexp_widgets.study.images.upsampling import upsample


def some_units(seed: int, images: int = 20, signatures: int = 6) -> VisionUnits:
    rng = np.random.default_rng(seed)
    maps = rng.gamma(0.3, size=(3, images, 4, 5)).astype(np.float32)
    return VisionUnits(maps, rng.integers(0, signatures, (images, 12, 10), np.int32), signatures)


@given(st.integers(0, 1000), st.floats(0.001, 0.999))
def test_the_threshold_is_numpys_quantile_over_all_images_and_positions(seed, quantile):
    units = some_units(seed)
    expected = np.quantile(units.maps[1].astype(np.float64), 1 - quantile)
    assert units.threshold(1, quantile) == pytest.approx(expected, rel=1e-12)


@given(st.integers(0, 1000), st.sampled_from([0.0025, 0.01, 0.05, 0.2]))
def test_the_stated_share_of_activations_lies_above_the_threshold(seed, quantile):
    units = some_units(seed)
    above = np.count_nonzero(units.maps[0] > units.threshold(0, quantile))
    assert abs(above - quantile * units.maps[0].size) < 1


@given(st.integers(0, 1000), st.sampled_from([0.0025, 0.01, 0.05, 0.2]))
def test_activity_counts_every_position_of_the_upsampled_maps(seed, quantile):
    units = some_units(seed)
    threshold = units.threshold(2, quantile)
    active = upsample(units.maps[2], units.grid) > threshold
    expected = np.bincount(units.positions[active], minlength=units.signatures)
    activity = units.activity(2, Limits(threshold))
    assert activity.by_signature().tolist() == expected.tolist()
    assert activity.by_sample().tolist() == active.sum(axis=(1, 2)).tolist()
    assert units.fires(2, Limits(threshold), np.arange(20)).tolist() == active.tolist()


def test_activity_does_not_depend_on_how_many_images_are_taken_at_once():
    units = some_units(0, images=600)
    active = upsample(units.maps[0], units.grid) > 0.01
    assert units.activity(0, Limits(0.01)).by_signature().sum() == active.sum()


def test_a_dead_unit_is_active_nowhere():
    units = VisionUnits(np.zeros((1, 5, 4, 4), np.float32), np.zeros((5, 8, 8), np.int32), 1)
    assert units.activity(0, Limits(units.threshold(0, 0.005))).by_signature().tolist() == [0]


@pytest.mark.parametrize("quantile", [0.0, 1.0, -0.1, float("nan")])
def test_a_quantile_outside_its_range_is_refused(quantile):
    with pytest.raises(SearchError, match="quantile, the share of activations above the threshold, is a finite number"):
        some_units(0).threshold(0, quantile)


@pytest.mark.parametrize("unit", [-1, 3])
def test_a_unit_that_does_not_exist_is_refused(unit):
    with pytest.raises(SearchError, match=f"no unit {unit}: the layer has units 0 … 2"):
        some_units(0).threshold(unit, 0.005)
