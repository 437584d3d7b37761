import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from compexp_widgets.vision.upsampling import upsample

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
