"""Laws of the generators in floating point; `proofs/generators.py` proves them without rounding."""

import numpy as np
import pytest
from scipy.linalg import expm

from eqlib.o3 import exact_generators, generators, matrix_from_log_coordinates, wigner_from_matrix


@pytest.mark.parametrize("l", range(7))
def test_law_commutators_antisymmetry_and_casimir(l: int) -> None:
    X = generators(l)
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        assert np.abs(X[a] @ X[b] - X[b] @ X[a] - X[c]).max() < 1e-14 * (l + 1)
    assert np.array_equal(X, -X.transpose(0, 2, 1))
    assert np.abs(sum(x @ x for x in X) + l * (l + 1) * np.eye(2 * l + 1)).max() < 1e-13


@pytest.mark.parametrize("l", range(7))
def test_law_they_generate_the_wigner_matrices(l: int) -> None:
    w = np.array([0.4, -0.9, 1.3])
    expected = expm(np.einsum("a,aij->ij", w, generators(l)))
    assert np.abs(wigner_from_matrix(l, matrix_from_log_coordinates(w)) - expected).max() < 1e-13


def test_degree_one_is_minus_epsilon() -> None:
    X = generators(1)
    assert X[0, 1, 2] == X[1, 2, 0] == X[2, 0, 1] == -1 and np.count_nonzero(X) == 6


def test_shape_dtype_and_freshness() -> None:
    X = generators(np.int32(3), np.float32)
    assert X.shape == (3, 7, 7) and X.dtype == np.float32 and exact_generators(3).shape == (3, 7, 7)
    X[:] = 1
    assert not generators(3, np.float32)[0, 0, 0] and not generators(0).any()


@pytest.mark.parametrize(("l", "error"), [(-1, ValueError), (False, TypeError), (1.5, TypeError)])
def test_raises_for_what_is_no_degree(l: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="is no degree"):
        generators(l)
