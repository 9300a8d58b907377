"""linear has the irreps, the names of weights and the numbers of e3nn-jax."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import Irreps, IrrepsArray, linear

E3NN_CASES = {
    "unsorted": ("1o+2x0e+0e", "2x1o+3x0e+2e", (2, 3), {"path_normalization": 0.3, "gradient_normalization": 0.4}),
    "forced": ("3x0e+2x1o", "0e+2e+0e+1o", (4,), {"force_irreps_out": True, "path_normalization": "path"}),
    "biases": ("3x0e+2x1o", "1o+3x0e", (4,), {"biases": True}),
    "channels": ("3x0e+2x1o+0e", "1o+3x0e", (4, 3), {"channel_out": 5}),
    "as given": (
        "3x0e+2x1o+0e",
        "1o+3x0e+1o",
        (4,),
        {"instructions": ((0, 1), (1, 2), (1, 0)), "simplify_irreps_internally": False},
    ),
}


@pytest.mark.parametrize("case", E3NN_CASES)
def test_same_numbers_as_e3nn_jax(case):
    """The irreps, names of weights and numbers of e3nn-jax's flax layer."""
    e3nn = pytest.importorskip("e3nn_jax")
    irreps_in, irreps_out, leading, options = E3NN_CASES[case]
    compare(e3nn, irreps_in, irreps_out, leading, options, options, ())


def test_same_numbers_as_e3nn_jax_indexed():
    """Weights from a table."""
    e3nn = pytest.importorskip("e3nn_jax")
    samples = 40
    index = jnp.arange(samples) % 3
    theirs, ours = {"num_indexed_weights": 3, "biases": True}, {"index": index, "biases": True}
    compare(e3nn, "3x0e+9x1o", "1o+3x0e", (samples,), theirs, ours, (index,))


def test_same_numbers_as_e3nn_jax_mixed():
    """Weights that are a linear function of other features, another one for every channel."""
    e3nn = pytest.importorskip("e3nn_jax")
    mixing = jax.random.normal(jax.random.key(1), (4, 6), jnp.float64)
    theirs = {"weights_per_channel": True, "gradient_normalization": "element"}
    ours = {"mixing": mixing[:, None], "gradient_normalization": "element"}
    compare(e3nn, "3x0e+2x1o", "1o+3x0e", (4, 3), theirs, ours, (mixing,))


def compare(e3nn, irreps_in, irreps_out, leading, theirs, ours, inputs):
    x = jax.random.normal(jax.random.key(0), (*leading, Irreps(irreps_in).dim), jnp.float64)
    more = {"irreps_in": e3nn.Irreps(irreps_in)} if "instructions" in theirs else {}
    layer = e3nn.flax.Linear(irreps_out, **theirs, **more)
    variables = jax.jit(layer.init)(jax.random.key(2), *inputs, e3nn.IrrepsArray(irreps_in, x))
    want = jax.jit(layer.apply)(variables, *inputs, e3nn.IrrepsArray(irreps_in, x))
    got = linear(IrrepsArray(irreps_in, x), variables["params"], irreps_out, **ours)
    assert str(got.irreps) == str(want.irreps)
    np.testing.assert_allclose(got.array, want.array, rtol=1e-12, atol=1e-12)
