"""The perceptron: normalised at initialisation, and only on scalars."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import IrrepsArray, IrrepsError
from eqlib.nn import MultiLayerPerceptron
from eqlib.ops.scalar_activation import normalize_function
from tests.to_rounding import require_same

X = jax.random.normal(jax.random.key(0), (500, 16), jnp.float32)


@pytest.mark.parametrize("gradient_normalization", ["element", "path", 0.5])
def test_outputs_have_unit_variance_at_initialisation(gradient_normalization):
    """Each layer has the mean square of its input, the activation of a normal number has 1: to five standard errors."""
    layer = MultiLayerPerceptron((20_000,), jax.nn.silu, gradient_normalization)
    x = X[0] / jnp.sqrt(jnp.mean(X[0] ** 2))
    require_mean(layer.apply(layer.init(jax.random.key(1), x), x) ** 2, 1.0)
    deep = MultiLayerPerceptron((64, 20_000), jax.nn.silu, gradient_normalization, output_activation=False)
    params = deep.init(jax.random.key(1), x)
    hidden = MultiLayerPerceptron((64,), jax.nn.silu, gradient_normalization).apply({"Dense_0": params["Dense_0"]}, x)
    require_mean(deep.apply(params, x) ** 2, jnp.mean(hidden**2))


def require_mean(numbers, expected):
    """Independent numbers have the mean expected, to five standard errors, which are small."""
    error = np.std(numbers) / np.sqrt(len(numbers)) / expected
    assert abs(np.mean(numbers) / expected - 1) <= 5 * error < 0.1


def test_output_activation():
    """True is that of the layers, False none, and a function is itself; all act after the same weights."""
    params = MultiLayerPerceptron((3,), jnp.tanh).init(jax.random.key(1), X)
    weights = params["Dense_0"]["kernel"].astype(jnp.float64)

    def output(activation):
        layer = MultiLayerPerceptron((3,), jnp.tanh, output_activation=activation)
        return lambda x, w: layer.apply({"Dense_0": {"kernel": w}}, x)

    x = X[:50].astype(jnp.float64)
    require_same(output(False), lambda x, w: x @ w / 4, x, weights)
    require_same(output(True), lambda x, w: normalize_function(jnp.tanh)(x @ w / 4), x, weights)
    same = MultiLayerPerceptron((3,), jnp.tanh).apply(params, X)
    np.testing.assert_array_equal(same, MultiLayerPerceptron((3,), None, output_activation=jnp.tanh).apply(params, X))


def test_irreps_in_irreps_out():
    layer = MultiLayerPerceptron((3, 2), jax.nn.silu, with_bias=True)
    params = layer.init(jax.random.key(1), X)
    assert params["Dense_1"]["bias"].shape == (2,)
    z = layer.apply(params, IrrepsArray("10x0e+6x0e", X))
    assert z.irreps == "2x0e"
    np.testing.assert_array_equal(z.array, layer.apply(params, X))


def test_raises_for_what_is_no_scalar_and_for_a_missing_size():
    with pytest.raises(IrrepsError, match="the input must be scalars, and these are 1x1o"):
        MultiLayerPerceptron((3,)).params(IrrepsArray("1o", X[:, :3]))
    with pytest.raises(IrrepsError, match="needs input_size"):
        MultiLayerPerceptron((3,)).inputs()


def test_products_are_at_full_precision_unless_asked():
    for precision, count in ((jax.lax.Precision.HIGHEST, 1), (jax.lax.Precision.DEFAULT, 0)):
        layer = MultiLayerPerceptron((3,), precision=precision)
        params = layer.init(jax.random.key(1), X)
        assert jax.jit(layer.apply).lower(params, X).as_text().count("HIGHEST, HIGHEST") == count
