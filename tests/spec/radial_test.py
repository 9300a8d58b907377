"""The functions of a distance obey their laws."""

from itertools import pairwise
from math import comb, sqrt

import numpy as np
import pytest

from spec import radial
from spec.dot import dot
from spec.norm_activation import norm_activation
from spec.tensor_square import tensor_square


def test_bessel_is_orthonormal():
    nodes, weights = np.polynomial.legendre.leggauss(60)
    r, c = (nodes + 1) * 0.85, 1.7
    B = np.array([radial.bessel(x, 6, c) for x in r])
    np.testing.assert_allclose(B.T @ (weights * 0.85 * r**2 * B.T).T, np.eye(6), atol=1e-13)
    np.testing.assert_allclose(radial.bessel(0.0, 6, c), radial.bessel(1e-9, 6, c), rtol=1e-12)


@pytest.mark.parametrize("basis, deviation", [("cosine", 1e-14), ("gaussian", 1e-3), ("smooth_finite", 1e-3)])
def test_the_squares_of_the_bases_sum_to_one(basis, deviation):
    """On average over one spacing, far from the ends; cosine: everywhere."""
    squares = [
        np.sum(radial.soft_one_hot_linspace(x, start=-3.0, end=3.0, number=13, basis=basis, cutoff=False) ** 2)
        for x in (np.arange(40) + 0.5) / 80
    ]
    assert abs(np.mean(squares) - 1) < deviation
    if basis == "cosine":
        np.testing.assert_allclose(squares, 1, rtol=1e-14)


def test_fourier_has_mean_square_one():
    x = (np.arange(1000) + 0.5) / 1000
    for cutoff in (False, True):
        y = [radial.soft_one_hot_linspace(t, start=0, end=1, number=8, basis="fourier", cutoff=cutoff) for t in x]
        assert abs(np.mean(np.sum(np.square(y), axis=1)) - 1) < 0.07


def test_cutoff_vanishes_at_the_ends():
    for basis in ("cosine", "smooth_finite", "fourier"):
        for x in (-0.5, 0.0, 2.0, 2.1):
            y = radial.soft_one_hot_linspace(x, start=0, end=2, number=4, basis=basis, cutoff=True)
            np.testing.assert_allclose(y, 0, atol=1e-15)
    with pytest.raises(AssertionError, match="no spacing"):
        radial.soft_one_hot_linspace(0.3, start=0, end=1, number=1, basis="gaussian", cutoff=False)


@pytest.mark.parametrize("n0, n1", [(0, 0), (1, 2), (4, 3)])
def test_poly_envelope_has_flat_ends(n0, n1):
    """1 - f is comb(n0 + n1 + 1, n1) t^(n0 + 1) near 0, and f is comb(n0 + n1 + 1, n0) (1 - t)^(n1 + 1) near 1."""
    f, h = radial.poly_envelope(n0, n1, 2.0), 1e-2
    assert (f(0.0), f(2.0), f(3.0)) == (1, 0, 0)
    near0, near1 = (1 - f(2 * h)) / h ** (n0 + 1), f(2 - 2 * h) / h ** (n1 + 1)
    np.testing.assert_allclose(near0, comb(n0 + n1 + 1, n1), rtol=10 * h)
    np.testing.assert_allclose(near1, comb(n0 + n1 + 1, n0), rtol=10 * h)


def test_poly_envelope_of_high_degree_descends():
    f = radial.poly_envelope(30, 30)
    values = [f(x) for x in np.linspace(0, 1, 101)]
    assert all(1 + 1e-14 >= a >= b - 1e-14 for a, b in pairwise(values)) and values[-1] == 0


def test_soft_envelope():
    assert radial.soft_envelope(0.0, 2.0) == pytest.approx(1.2)
    assert radial.soft_envelope(2.0, 2.0) == radial.soft_envelope(9.0, 2.0) == radial.sus(-1.0) == radial.sus(0.0) == 0
    assert radial.sus(2.0) == pytest.approx(np.exp(-0.5))


def test_integers_are_numbers():
    """tensor_square, norm, dot of integers: no truncation."""
    np.testing.assert_allclose(tensor_square([(1, 1, -1)], [1, 2, 3])[1][0], 14 / sqrt(15))
    np.testing.assert_allclose(dot([(1, 1, -1)], [1, 2, 3], [(1, 1, -1)], [1, 2, 3])[1], [14])
    np.testing.assert_allclose(
        norm_activation([(1, 1, -1)], [3, 0, 4], [np.reciprocal], normalization="norm")[1], [0.6, 0, 0.8]
    )
