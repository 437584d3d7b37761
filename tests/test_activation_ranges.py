from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compexp_widgets.errors import SearchError
from compexp_widgets.signatures.activation_ranges import Cluster, Limits, QuantileRange, clusters, ranges_of

seeds = st.integers(0, 2**32 - 1)


def some_activations(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.round(rng.gamma(0.5, size=(rng.integers(1, 60), 3, 3)) - 0.2, rng.integers(1, 6)).astype(np.float32)


def within(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return Limits(low, high).hold(values)


@given(seeds, st.integers(1, 6))
def test_every_positive_activation_lies_in_one_cluster(seed, count):
    values = some_activations(seed)
    limits = [Cluster(number, count).limits(values) for number in range(1, count + 1)]
    inside = np.sum([one.hold(values) for one in limits], axis=0)
    enough = len(np.unique(values[values > 0])) >= count
    np.testing.assert_array_equal(inside, (values > 0) * enough)


@given(seeds, st.integers(2, 6))
def test_a_cluster_border_lies_halfway_between_the_means_of_its_two_sides(seed, count):
    values = some_activations(seed)
    borders = clusters(values, count)
    members = [values[within(values, *pair)].astype(np.float64) for pair in pairwise(borders)] if borders else []
    for border, below, above in zip(borders[1:-1] if borders else (), members, members[1:], strict=False):
        if below.size and above.size:
            assert border == pytest.approx((below.mean() + above.mean()) / 2, rel=1e-6)


def test_clusters_far_apart_are_found():
    values = np.array([0, 0, 1, 1.1, 5, 5.2, 5.1, 9], np.float32)
    borders = clusters(values, 3)
    assert borders[0] == 0
    assert borders[1:-1] == pytest.approx((3.075, 7.05), rel=1e-6)


def test_a_value_as_frequent_as_several_quantiles_is_one_cluster():
    values = np.array([1] * 50 + [2, 3], np.float32)
    assert clusters(values, 3)[1:-1] == (1.5, 2.5)


@given(seeds)
def test_quantile_cuts_divide_the_largest_activations(seed):
    values = some_activations(seed)
    low, middle, high = (one.limits(values) for one in ranges_of((0.05, 0.5, 0.2)))
    assert (low.high, middle.high, high.high) == (middle.low, high.low, np.inf)
    assert low.low == QuantileRange(0.5).limits(values).low


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        (0, "is a whole number, from 1 to 1000, not 0"),
        ((), "no quantiles are given"),
        ((0.2, 0.2), "from a larger share of activations to a smaller one, not from 0.2 to 0.2"),
        (
            (1.5,),
            "quantile, the share of activations above the threshold, is a finite number, above 0, below 1, not 1.5",
        ),
        ((0.2, -0.1), "not from 0.2 to -0.1"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(ranges, message):
    with pytest.raises(SearchError) as error:
        ranges_of(ranges)
    assert message in str(error.value)


def test_a_cluster_beyond_the_last_is_refused():
    with pytest.raises(SearchError, match="no cluster 4 of 3"):
        Cluster(4, 3)
