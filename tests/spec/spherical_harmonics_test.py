"""spherical_harmonics obey their laws."""

from math import pi, sqrt

import numpy as np
import pytest

from spec import o3
from spec.spherical_harmonics import spherical_harmonics
from tests.spec.samples import RNG, equivariant


def sphere(degree):
    """Points and weights that integrate every polynomial of the degree over the unit sphere; the weights sum to 1."""
    heights, weights = np.polynomial.legendre.leggauss(degree // 2 + 1)
    azimuths = 2 * pi * np.arange(degree + 1) / (degree + 1)
    ring = np.sqrt(1 - heights**2)[:, None]
    points = [
        ring * np.sin(azimuths),
        np.broadcast_to(heights[:, None], (len(heights), degree + 1)),
        ring * np.cos(azimuths),
    ]
    return np.stack(points, axis=-1).reshape(-1, 3), np.repeat(weights / 2, degree + 1) / (degree + 1)


def harmonics(degrees, x, **options):
    return spherical_harmonics(degrees, [(1, 1, -1)], x, **options)


def test_spherical_harmonics_are_orthonormal():
    degrees = [0, 1, 2, 3, 5]
    points, weights = sphere(10)
    Y = np.array([harmonics(degrees, x, normalize=False)[1] for x in points])
    np.testing.assert_allclose(Y.T @ (weights[:, None] * Y), np.eye(Y.shape[1]), atol=1e-13)


@pytest.mark.parametrize("l", [1, 2, 4, 8, 11])
def test_spherical_harmonics(l):
    equivariant(lambda x: harmonics(l, x, normalize=True), "1o")
    equivariant(lambda x: harmonics(l, x, normalize=False), "1o")
    x = RNG.normal(size=3)
    np.testing.assert_allclose(
        harmonics(l, -2 * x, normalize=False)[1], (-2) ** l * harmonics(l, x, normalize=False)[1]
    )
    unit = {name: harmonics(l, x, normalize=True, normalization=name)[1] for name in ("norm", "component", "integral")}
    squares = [unit[name] @ unit[name] for name in ("norm", "component", "integral")]
    np.testing.assert_allclose(squares, [1, 2 * l + 1, (2 * l + 1) / (4 * pi)], rtol=1e-13)


@pytest.mark.parametrize("l", [1, 2, 3, 6])
def test_spherical_harmonics_are_harmonic(l):
    """The mean over a sphere is the value at its centre."""
    centre, (points, weights) = RNG.normal(size=3), sphere(l)
    mean = sum(w * harmonics(l, centre + 0.7 * x, normalize=False)[1] for x, w in zip(points, weights, strict=True))
    np.testing.assert_allclose(mean, harmonics(l, centre, normalize=False)[1], rtol=1e-12, atol=1e-12)


def test_spherical_harmonics_are_the_coupling_of_lower_ones():
    """Y_2 of a vector is its product with itself: the signs of the harmonics and of C belong together."""
    x = RNG.normal(size=3)
    coupled = np.einsum("i,j,ijk->k", x, x, o3.clebsch_gordan(1, 1, 2))
    Y = harmonics(2, x, normalize=False)[1]
    np.testing.assert_allclose(Y / np.linalg.norm(Y), coupled / np.linalg.norm(coupled), rtol=1e-13, atol=1e-15)


def test_spherical_harmonics_of_known_vectors():
    expected = [11.618950038622, 7.745966692415, -2.236067977500, 23.237900077245, 15.491933384830]
    np.testing.assert_allclose(harmonics(2, [1, 2, 3], normalize=False)[1], expected, rtol=1e-12)  # integers, too
    np.testing.assert_allclose(harmonics(3, [0, 1, 0], normalize=True)[1], sqrt(7) * np.eye(7)[3])
    np.testing.assert_array_equal(harmonics([0, 1, 2], np.zeros(3), normalize=True)[1], np.eye(9)[0])
