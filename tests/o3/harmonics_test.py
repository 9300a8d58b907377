"""Laws of the solid harmonics in floating point; `proofs/harmonics.py` proves them without rounding."""

import numpy as np
import pytest
from numpy.polynomial.legendre import Legendre

from eqlib.o3 import Surd, exact_harmonics, harmonics, matrix_from_log_coordinates, wigner_from_matrix

VECTORS = np.random.default_rng(0).normal(size=(5, 3))


def evaluate(l: int, v: np.ndarray, scale: Surd | int = 1) -> np.ndarray:
    x, y, z = (v[:, axis, None] ** np.arange(l + 1) for axis in range(3))
    return np.einsum("na,nb,nc,abck->nk", x, y, z, harmonics(l, scale=scale))


@pytest.mark.parametrize("l", range(9))
def test_law_equivariance(l: int) -> None:
    R = matrix_from_log_coordinates([0.7, 0.2, -1.5])
    turned = evaluate(l, VECTORS) @ wigner_from_matrix(l, R).T
    assert np.abs(evaluate(l, VECTORS @ R.T) - turned).max() < 1e-12 * np.abs(turned).max()


@pytest.mark.parametrize("l", range(9))
def test_law_addition_theorem(l: int) -> None:
    unit = VECTORS / np.linalg.norm(VECTORS, axis=-1, keepdims=True)
    expected = Legendre.basis(l)(unit @ unit.T)
    assert np.abs(evaluate(l, unit) @ evaluate(l, unit).T - expected).max() < 1e-12


def test_scale_component_has_the_norm_sqrt_of_the_dimension() -> None:
    Y = evaluate(3, np.array([[0.0, 0.0, 1.0]]), Surd.sqrt(7))
    assert abs((Y**2).sum() - 7) < 1e-13


def test_the_numbers_of_the_conventions() -> None:
    v = np.array([[1.0, 2.0, 3.0]])
    assert np.allclose(evaluate(1, v, Surd.sqrt(3)), [1.7320508, 3.4641016, 5.1961524])
    assert np.allclose(evaluate(2, v, Surd.sqrt(5)), [11.618950, 7.7459667, -2.236068, 23.237900, 15.491933])


def test_shape_dtype_and_freshness() -> None:
    Y = harmonics(2, np.float32)
    assert Y.shape == (3, 3, 3, 5) == exact_harmonics(2).shape and Y.dtype == np.float32
    Y[:] = 1
    assert harmonics(2, np.float32)[0, 0, 0, 0] == 0 and np.array_equal(harmonics(0), np.ones((1, 1, 1, 1)))


@pytest.mark.parametrize(("l", "error"), [(-1, ValueError), (True, TypeError), (2.0, TypeError)])
def test_raises_for_what_is_no_degree(l: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="is no degree"):
        harmonics(l)
