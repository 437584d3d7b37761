import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from compexp_widgets.signatures.activation_ranges import Limits
from compexp_widgets.study.images.upsampling import active_positions, upsample

sizes = st.integers(1, 9)
times = st.integers(1, 5)
shapes = st.tuples(sizes, sizes, times, times, st.integers(0, 2**32 - 1))


@given(shapes)
def test_upsampling_equals_pillows_bilinear_resize(shape):
    height, width, times_high, times_wide, seed = shape
    values = np.random.default_rng(seed).normal(size=(height, width)).astype(np.float32)
    grid = (height * times_high, width * times_wide)
    expected = np.asarray(Image.fromarray(values).resize(grid[::-1], Image.Resampling.BILINEAR))
    np.testing.assert_allclose(upsample(values[None], grid)[0], expected, atol=1e-5)


@given(shapes)
def test_upsampling_equals_pytorchs_interpolation(shape):
    height, width, times_high, times_wide, seed = shape
    values = np.random.default_rng(seed).normal(size=(2, height, width)).astype(np.float32)
    grid = (height * times_high, width * times_wide)
    expected = torch.nn.functional.interpolate(torch.from_numpy(values)[:, None], grid, mode="bilinear")[:, 0]
    np.testing.assert_allclose(upsample(values, grid), expected.numpy(), atol=1e-5)


@pytest.mark.parametrize("grid", [(112, 112), (7, 10), (13, 200)])
def test_a_constant_map_stays_constant_to_its_edges(grid):
    np.testing.assert_allclose(upsample(np.full((1, 7, 10), 3.5, np.float32), grid), 3.5, rtol=1e-6)


@given(shapes, st.sampled_from([Limits(0.7), Limits(-0.3, 0.2), Limits(-9.0), Limits(0.1, 0.1001), Limits(np.inf)]))
def test_the_active_positions_are_those_of_the_upsampled_maps(shape, limits):
    height, width, times_high, times_wide, seed = shape
    maps = np.random.default_rng(seed).normal(size=(6, height, width)).astype(np.float32)
    grid = (height * times_high, width * times_wide)
    upsampled = upsample(maps, grid)
    found = np.zeros((6, grid[0] * grid[1]), int)
    images = []
    for image, position in active_positions(maps, grid, limits):
        np.add.at(found, (image, position), 1)
        images.extend(image.tolist())
    expected = (upsampled > limits.low) & (upsampled <= limits.high)
    np.testing.assert_array_equal(found, expected.reshape(6, -1))
    assert images == sorted(images)


@pytest.mark.parametrize(("size", "grid"), [((13, 13), (112, 112)), ((3, 5), (7, 50)), ((55, 27), (112, 112))])
def test_the_active_positions_are_found_on_grids_that_are_no_multiple_of_the_map(size, grid):
    maps = np.random.default_rng(0).gamma(0.5, size=(9, *size)).astype(np.float32)
    found = np.zeros((9, grid[0] * grid[1]), bool)
    for image, position in active_positions(maps, grid, Limits(1.5)):
        found[image, position] = True
    np.testing.assert_array_equal(found, (upsample(maps, grid) > 1.5).reshape(9, -1))
