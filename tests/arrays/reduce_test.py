"""Sums and means of plain arrays, which count as scalars as everywhere."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import LayoutError, mean, sum


@pytest.mark.parametrize("reduced", [sum, mean])
def test_a_plain_array_is_read_as_scalars(reduced):
    rows = jnp.arange(6.0).reshape(2, 3)
    want = {sum: jnp.sum, mean: jnp.mean}[reduced]
    for array in (rows, np.asarray(rows)):
        assert reduced(array).irreps == reduced(array, axis=-1).irreps == "0e"
        assert reduced(array, axis=0).irreps == "3x0e"
        np.testing.assert_array_equal(reduced(array).array, want(rows)[None])
        np.testing.assert_array_equal(reduced(array, axis=0).array, want(rows, axis=0))
    with pytest.raises(LayoutError):
        reduced(1.0)
