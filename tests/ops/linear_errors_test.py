"""What linear refuses, and what it says."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import IrrepsArray, IrrepsError, LayoutError, linear

X = IrrepsArray("2x0e+1o", jnp.ones(5))


@pytest.mark.parametrize(
    "message, call",
    {
        "cannot reach 2x2e from 2x0e\\+1x1o: by Schur": lambda: linear(X, {}, "2x2e"),
        "cannot reach 1x0e from 2x0e\\+1x1o: no instruction": lambda: linear(
            X, {}, "0e+1o", instructions=[(1, 1)], simplify_irreps_internally=False
        ),
        "instruction \\(0, 1\\) leads from 2x0e to 1x1o": lambda: linear(
            X, {}, "0e+1o", instructions=[(0, 1), (0, 0)], simplify_irreps_internally=False
        ),
        "instruction \\(0, 7\\) names no segments": lambda: linear(
            X, {}, "0e", instructions=[(0, 0), (0, 7)], simplify_irreps_internally=False
        ),
        "occurs twice": lambda: linear(X, {}, "0e", instructions=[(0, 0)] * 2, simplify_irreps_internally=False),
        "number the segments as they are given": lambda: linear(X, {}, "0e", instructions=[(0, 0)]),
        "1x1o cannot have a bias": lambda: linear(X, {}, "0e+1o", biases=[True, True]),
        "1 biases for the 2 segments": lambda: linear(X, {}, "0e+1o", biases=[True]),
        "no normalization 'unit'": lambda: linear(X, {}, "0e", path_normalization="unit"),
        "mixing must be scalars, and these are 1x1o": lambda: linear(X, jnp.ones((3, 2)), "0e", mixing=X["1o"]),
        "by index or by mixing, not by both": lambda: linear(X, jnp.ones((3, 2)), "0e", index=0, mixing=jnp.ones(3)),
    }.items(),
)
def test_raises_irreps_error(message, call):
    with pytest.raises(IrrepsError, match=message):
        call()


@pytest.mark.parametrize(
    "message, call",
    {
        "have shape \\(1, 2\\); the last axes must be \\(2, 1\\)": lambda: linear(
            X, {"w[0,0] 2x0e,1x0e": jnp.ones((1, 2))}, "0e"
        ),
        "have shape \\(3,\\); the last axis must have length 2": lambda: linear(X, jnp.ones(3), "0e"),
        "no table of 3 entries": lambda: linear(X, jnp.ones((4, 2)), "0e", mixing=jnp.ones(3)),
        "no table of some entries": lambda: linear(X, jnp.ones(2), "0e", index=0),
        "an index is an integer": lambda: linear(X, jnp.ones((4, 2)), "0e", index=0.5),
        "has none": lambda: linear(X, jnp.ones(2), "0e", channel_out=2),
    }.items(),
)
def test_raises_layout_error(message, call):
    with pytest.raises(LayoutError, match=message):
        call()


def test_the_hint_of_an_unreached_output_runs():
    np.testing.assert_array_equal(linear(X, {}, "2x2e", force_irreps_out=True).array, np.zeros(10))
