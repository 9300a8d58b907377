"""scalar_activation, norm_activation and gate obey their laws."""

from math import pi, sqrt

import numpy as np
import pytest

from spec import o3
from spec.gate import gate
from spec.norm_activation import norm_activation
from spec.scalar_activation import gelu, normalize_function, parity, scalar_activation, soft_odd
from tests.spec.samples import equivariant, vector


@pytest.mark.parametrize("phi", [np.tanh, gelu, soft_odd, np.sin])
def test_normalize_function(phi):
    """The mean of (phi / c)^2 over the normal distribution is 1: by Gauss-Hermite here, by Gauss-Legendre there."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    psi = normalize_function(phi)
    np.testing.assert_allclose(weights @ psi(nodes) ** 2 / sqrt(2 * pi), 1, rtol=1e-12)
    np.testing.assert_allclose(normalize_function(psi)(1.3), psi(1.3), rtol=1e-14)


def test_normalize_function_of_known_moments():
    """<x^2> = 1, <x^4> = 3, <e^2x> = e^2, and relu has half of <x^2>."""
    known = [(lambda x: x, 1), (np.square, sqrt(3)), (np.exp, np.e), (lambda x: np.maximum(x, 0), sqrt(1 / 2))]
    for phi, c in known:
        np.testing.assert_allclose(normalize_function(phi)(0.7), phi(0.7) / c, rtol=1e-13)


def test_parity():
    assert [parity(phi) for phi in (np.cos, np.abs, np.sin, soft_odd)] == [1, 1, -1, -1]
    with pytest.raises(AssertionError, match="neither even nor odd"):
        parity(gelu)


def test_scalar_activation():
    text = "2x0e+2x0o+1o+0o"
    irreps, x = vector(text)
    equivariant(lambda x: scalar_activation(irreps, x), text)
    acts = [np.exp, np.cos, None, np.sin]
    equivariant(lambda x: scalar_activation(irreps, x, acts), text)
    assert o3.show(scalar_activation(irreps, x, acts)[0]) == "2x0e+2x0e+1x1o+1x0o"


def test_scalar_activation_of_zero_is_the_activation_at_zero():
    _, z = scalar_activation([(1, 0, 1), (1, 1, -1)], np.zeros(4), [np.exp, None], normalize_act=False)
    np.testing.assert_array_equal(z, [1, 0, 0, 0])


@pytest.mark.parametrize("normalization", ["component", "norm"])
def test_norm_activation(normalization):
    text = "2x0o+2x1o+2e"
    irreps, x = vector(text)
    acts = [np.exp, np.tanh, None]
    equivariant(lambda x: norm_activation(irreps, x, acts, normalization=normalization), text)
    assert not norm_activation(irreps, 0 * x, acts, normalization=normalization)[1].any()


@pytest.mark.parametrize(
    "text, out",
    [
        ("15x0e+2x1e+1x2e", "12x0e+2x1e+1x2e"),
        ("12x0e+3x0o+2x1e+1x2e", "12x0e+2x1o+1x2o"),
        ("12x0e+3x0o", "12x0e+3x0o"),
        ("1o+0o+1x0e+2x0o+2x2o", "1x0o+1x1o+2x2e"),
        ("2x0o+2x1o", "2x1e"),
    ],
)
def test_gate(text, out):
    irreps = o3.parse(text)
    assert o3.show(gate(irreps, np.zeros(o3.dim(irreps)))[0]) == out
    equivariant(lambda x: gate(irreps, x), text)


def test_gate_keeps_the_size():
    """Gaussian scalars and gates of variance 1: the mean square of each component of the output is 1."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    irreps, mean = o3.parse("1x0e+1x0o+2x0e+0o+2x1o+1e"), 0.0
    for scalar, weight in zip(nodes, weights / sqrt(2 * pi), strict=True):
        z = gate(irreps, np.concatenate([np.full(5, scalar), np.ones(9)]))[1]
        mean = mean + weight * z**2
    np.testing.assert_allclose(mean, np.ones(11), rtol=1e-12)
