"""scalar_activation, norm_activation and gate agree with e3nn-jax in float64, where e3nn-jax is right."""

import numpy as np
import pytest

from spec.gate import gate, sigmoid
from spec.norm_activation import norm_activation
from spec.scalar_activation import gelu, normalize_function, scalar_activation, soft_odd
from tests.spec.e3nn_jax.samples import agree, array, compiled, e3nn, jax, jnp, vector


def test_activations_by_name():
    x = np.linspace(-4, 4, 33)
    for ours, theirs in [(gelu, jax.nn.gelu), (sigmoid, jax.nn.sigmoid), (soft_odd, e3nn.soft_odd)]:
        np.testing.assert_allclose(ours(x), theirs(jnp.asarray(x)), rtol=1e-12, atol=1e-15)


def quantile_rule(phi):
    """phi / c as e3nn-jax integrates: the mean over 1 000 001 quantiles of the normal distribution."""
    c = np.sqrt(np.mean(np.asarray(phi(e3nn._src.activation.normalspace(1_000_001))) ** 2))
    return lambda x: np.asarray(phi(x)) / c


@pytest.mark.parametrize("phi", [jax.nn.silu, jax.nn.gelu, jnp.tanh, jax.nn.relu, e3nn.soft_odd])
def test_normalize_function(phi):
    """e3nn-jax's rule leaves out the two tails, of weight 1e-6 each; its constants are low by up to 2e-5."""
    x = np.linspace(-3, 3, 13)
    exact, theirs = normalize_function(phi)(x), e3nn.normalize_function(phi)(x)
    np.testing.assert_allclose(exact, theirs, rtol=2e-5, atol=1e-15)
    np.testing.assert_allclose(quantile_rule(phi)(x), theirs, rtol=1e-12, atol=1e-15)


ACTS = {"even_act": jax.nn.silu, "odd_act": jnp.tanh}


@pytest.mark.parametrize("text", ["2x0e+0o+1o+0x0o+3x0e", "0e", "0o+2e", ""])
def test_scalar_activation(text):
    irreps, x = vector(text)
    for options in [{"normalize_act": False}, {"normalize_act": False, **ACTS}]:
        agree(scalar_activation(irreps, x, **options), compiled(e3nn.scalar_activation, array(text, x), **options))
    agree(scalar_activation(irreps, x), e3nn.scalar_activation(array(text, x)), tolerance=2e-5)


def test_scalar_activation_of_each_segment():
    text = "2x0e+0o+1o+2x0o+0e"
    irreps, x = vector(text)
    acts = [jnp.exp, jnp.cos, None, jnp.sin, None]
    agree(
        scalar_activation(irreps, x, acts, normalize_act=False),
        e3nn.scalar_activation(array(text, x), acts, normalize_act=False),
    )


def test_norm_activation():
    text = "2x0e+3x1o+2e+0o"
    irreps, x = vector(text)
    x[2:5] = 0.0
    for normalization in ("component", "norm"):
        acts = [None, jnp.tanh, jnp.exp, jax.nn.silu]
        agree(
            norm_activation(irreps, x, acts, normalization=normalization),
            e3nn.norm_activation(array(text, x), acts, normalization=normalization),
        )


@pytest.mark.parametrize(
    "text",
    [
        "15x0e+2x1e+1x2e",
        "2x0e+3x0o+2x1e+1x2e",
        "1o+2x0e+2x1e+0o+3x0o+2o",
        "3x0o+2x0e",
        "0x0e+3x0o+0x1o",
        "1x0e+0x0o+2x0e+1o",
        "0x0e+2x0e+1o",
        "",
    ],
)
def test_gate(text):
    irreps, x = vector(text)
    agree(gate(irreps, x, normalize_act=False), compiled(e3nn.gate, array(text, x), normalize_act=False))


def test_gate_normalised():
    irreps, x = vector("2x0e+3x0o+2x1e+1x2e")
    agree(gate(irreps, x), e3nn.gate(array("2x0e+3x0o+2x1e+1x2e", x)), tolerance=5e-5)
