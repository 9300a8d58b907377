"""Checkpoints of e3nn-jax load: the same names, shapes, initial values for the same key, and outputs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import Irreps, IrrepsArray

e3nn = pytest.importorskip("e3nn_jax")
hk = pytest.importorskip("haiku")

KEY = jax.random.PRNGKey(3)
INDEX = jnp.arange(4) % 3
FEATURES = jax.random.normal(jax.random.key(2), (4, 6), jnp.float32)

# irreps_in, irreps_out, leading axes, options, the inputs before x
LINEAR = {
    "plain": ("1o+3x0e+2x1o", "1o+3x0e+1o+2e", (4,), {"gradient_normalization": "element"}, ()),
    "biases": ("3x0e+2x1o", "3x0e+1o", (4,), {"biases": True, "path_normalization": "path"}, ()),
    "forced": ("3x0e+2x1o", "0e+2e+1o", (4,), {"force_irreps_out": True}, ()),
    "channels": ("3x0e+2x1o", "3x0e+1o", (4, 2), {"channel_out": 5}, ()),
    "indexed": ("3x0e+2x1o", "3x0e+1o", (4,), {"num_indexed_weights": 3, "biases": True}, (INDEX,)),
    "mixed": ("3x0e+2x1o", "3x0e+1o", (4,), {"gradient_normalization": 0.3}, (FEATURES,)),
    "mixed_per_channel": ("3x0e+2x1o", "3x0e+1o", (4, 2), {"weights_per_channel": True}, (FEATURES,)),
}
# e3nn-jax normalises an activation by a sum over a grid, good to 1e-4; the perceptron has two.
GRID = 2e-4
PERCEPTRON = {
    "plain": {"act": jax.nn.silu},
    "bias": {"act": jnp.tanh, "with_bias": True, "output_activation": False, "gradient_normalization": "element"},
}


def inputs_of(case):
    """The inputs for eqlib and for e3nn-jax."""
    irreps_in, irreps_out, leading, options, given = LINEAR[case]
    x = jax.random.normal(jax.random.key(1), (*leading, Irreps(irreps_in).dim), jnp.float32)
    return irreps_out, options, (*given, IrrepsArray(irreps_in, x)), (*given, e3nn.IrrepsArray(irreps_in, x))


def assert_same_tree(ours, theirs):
    """Bit for bit, and under the same names."""
    flat, structure = jax.tree.flatten(theirs)
    assert jax.tree.structure(ours) == structure
    for got, want in zip(jax.tree.leaves(ours), flat, strict=True):
        assert got.dtype == want.dtype and got.shape == want.shape
        np.testing.assert_array_equal(got, want)


def in_float64(tree):
    """Its numbers in float64, where outputs are compared; indices stay integers."""
    return jax.tree.map(lambda leaf: leaf.astype(jnp.float64 if leaf.dtype == jnp.float32 else leaf.dtype), tree)


def assert_close(z, want, tolerance=1e-12):
    assert str(getattr(z, "irreps", None)) == str(getattr(want, "irreps", None))
    z, want = (np.asarray(getattr(array, "array", array)) for array in (z, want))
    np.testing.assert_allclose(z, want, rtol=0, atol=tolerance * np.max(np.abs(want)))


@pytest.mark.parametrize("case", LINEAR)
def test_linear_in_flax(case):
    irreps_out, options, ours, theirs = inputs_of(case)
    left, right = eqlib.flax.Linear(irreps_out, **options), e3nn.flax.Linear(irreps_out, **options)
    params = jax.jit(right.init)(KEY, *theirs)
    assert_same_tree(jax.jit(left.init)(KEY, *ours), params)
    params, ours, theirs = in_float64((params, ours, theirs))
    assert_close(jax.jit(left.apply)(params, *ours), jax.jit(right.apply)(params, *theirs))


@pytest.mark.parametrize("case", ["biases", "mixed"])
def test_linear_in_haiku(case):
    irreps_out, options, ours, theirs = inputs_of(case)
    left, right = (
        hk.without_apply_rng(hk.transform(lambda *xs, where=where: where.Linear(irreps_out, **options)(*xs)))
        for where in (eqlib.haiku, e3nn.haiku)
    )
    params = jax.jit(right.init)(KEY, *theirs)
    assert_same_tree(jax.jit(left.init)(KEY, *ours), params)
    params, ours, theirs = in_float64((params, ours, theirs))
    assert_close(left.apply(params, *ours), jax.jit(right.apply)(params, *theirs))


@pytest.mark.parametrize("case", ["plain", "biases", "forced", "indexed", "mixed", "mixed_per_channel"])
def test_linear_in_equinox(case):
    """Leaf by leaf too, for equinox stores them in their order."""
    irreps_out, options, ours, theirs = inputs_of(case)
    options = {name: value for name, value in options.items() if name != "weights_per_channel"}
    linear_type = case if case in ("indexed", "mixed", "mixed_per_channel") else "vanilla"
    if linear_type.startswith("mixed"):
        options["weights_dim"] = 6
    if linear_type == "mixed_per_channel":
        options["channel_in"] = 2
    options |= {"irreps_out": irreps_out, "linear_type": linear_type, "key": KEY}
    left = eqlib.equinox.Linear(irreps_in=str(ours[-1].irreps), **options)
    right = e3nn.equinox.Linear(irreps_in=str(ours[-1].irreps), **options)
    assert_same_tree(left._weights, right._weights)
    assert_same_tree(jax.tree.leaves(left), jax.tree.leaves(right))
    left, right, ours, theirs = in_float64((left, right, ours, theirs))
    assert_close(left(*ours), jax.jit(right.__call__)(*theirs))


@pytest.mark.parametrize("options", PERCEPTRON.values(), ids=PERCEPTRON)
def test_perceptron_in_flax(options):
    left, right = (where.flax.MultiLayerPerceptron((5, 2), **options) for where in (eqlib, e3nn))
    params = right.init(KEY, FEATURES)
    assert_same_tree(left.init(KEY, FEATURES), params)
    assert_close(left.apply(params, FEATURES), right.apply(params, FEATURES), GRID)


@pytest.mark.parametrize("options", PERCEPTRON.values(), ids=PERCEPTRON)
def test_perceptron_in_haiku(options):
    left, right = (
        hk.without_apply_rng(hk.transform(lambda x, w=where: w.haiku.MultiLayerPerceptron((5, 2), **options)(x)))
        for where in (eqlib, e3nn)
    )
    params = right.init(KEY, FEATURES)
    assert_same_tree(left.init(KEY, FEATURES), params)
    assert_close(left.apply(params, FEATURES), right.apply(params, FEATURES), GRID)
