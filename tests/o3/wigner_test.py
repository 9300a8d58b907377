"""Laws of the Wigner matrices: a representation, a polynomial in R, as accurate as the dtype; exact where R is."""

import itertools
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.o3 import (
    exact_matrix_from_quaternion,
    exact_wigner,
    matrix_from_log_coordinates,
    wigner_from_matrix,
    wigners_from_matrix,
)

R1 = matrix_from_log_coordinates([0.3, -1.1, 2.0])
R2 = matrix_from_log_coordinates([-2.0, 0.4, 0.9])
QUATERNIONS = [(1, 0, 0, 0), (1, 1, 0, 0), (0, 0, 1, 0), (1, 1, 1, 1), (2, -1, 3, 1), (1, 0, 7, 0), (50, 1, -2, 1)]


@pytest.mark.parametrize("l", range(12))
def test_law_a_representation(l: int) -> None:
    D1, D2 = wigner_from_matrix(l, R1), wigner_from_matrix(l, R2)
    assert np.abs(wigner_from_matrix(l, R1 @ R2) - D1 @ D2).max() < 2e-15 * (l + 1)
    assert np.abs(wigner_from_matrix(l, R1.T) - D1.T).max() < 1e-15 * (l + 1)
    assert np.abs(D1 @ D1.T - np.eye(2 * l + 1)).max() < 2e-15 * (l + 1)
    assert np.array_equal(wigner_from_matrix(l, -R1), (-1) ** l * D1)


def test_degrees_zero_and_one() -> None:
    assert np.array_equal(wigner_from_matrix(0, R1), [[1.0]])
    assert np.array_equal(wigner_from_matrix(1, R1), R1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("q", QUATERNIONS)
def test_error_is_a_few_units_of_rounding_times_the_degree(dtype: type, q: tuple[int, int, int, int]) -> None:
    exact = exact_matrix_from_quaternion(*q)
    matrices = wigners_from_matrix(11, np.array(exact, dtype))
    for l in (2, 3, 5, 8, 11):
        error = np.abs(matrices[l].astype(np.float64) - exact_wigner(l, exact).numpy()).max()
        assert matrices[l].dtype == dtype and error <= 2 * l * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.float32, jnp.bfloat16, jnp.float16])
def test_jax_arrays_keep_their_dtype_and_agree_with_numpy(dtype: type) -> None:
    R = jnp.asarray(R1, dtype)
    D = jax.jit(lambda R: wigner_from_matrix(5, R))(R)
    expected = wigner_from_matrix(5, np.asarray(R, np.float64))
    assert isinstance(D, jax.Array) and D.dtype == dtype
    assert np.abs(np.asarray(D, np.float64) - expected).max() < 10 * float(jnp.finfo(dtype).eps)


def test_no_dot_product_and_no_scatter_runs() -> None:
    gradient = jax.grad(lambda R: wigner_from_matrix(4, R).sum())
    for function in (lambda R: wigner_from_matrix(4, R), gradient):
        program = str(jax.make_jaxpr(function)(jnp.asarray(R1)))
        assert "dot_general" not in program and "scatter" not in program and "mul" in program


def test_batches_and_vmap() -> None:
    batch = np.stack([R1, R2, R1 @ R2]).reshape(3, 1, 3, 3)
    D = wigner_from_matrix(3, batch)
    assert D.shape == (3, 1, 7, 7) and np.array_equal(D[1, 0], wigner_from_matrix(3, R2))
    assert np.allclose(jax.vmap(lambda R: wigner_from_matrix(3, R))(jnp.asarray(batch)), D, atol=1e-14)
    assert wigner_from_matrix(2, np.zeros((0, 3, 3))).shape == (0, 5, 5)


def test_third_derivatives_are_finite() -> None:
    third = jax.jit(jax.jacfwd(jax.jacrev(jax.grad(lambda R: wigner_from_matrix(3, R)[0, 2]))))
    for R in (np.eye(3), np.diag([1.0, -1.0, -1.0]), R1):
        assert np.isfinite(third(R)).all() and np.abs(third(R)).max() > 0


def test_integer_matrices_are_promoted() -> None:
    quarter_turn = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    assert wigner_from_matrix(2, quarter_turn).dtype == np.float64
    assert np.allclose(wigner_from_matrix(2, quarter_turn), exact_wigner(2, quarter_turn).numpy(), atol=1e-15)


@pytest.mark.parametrize("shape", [(3,), (2, 2), (3, 4), ()])
def test_raises_for_what_is_no_matrix(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="the last two axes must be 3, 3"):
        wigner_from_matrix(2, np.zeros(shape))


@pytest.mark.parametrize(("l", "error"), [(-1, ValueError), (True, TypeError), (1.0, TypeError)])
def test_raises_for_what_is_no_degree(l: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="is no degree"):
        wigner_from_matrix(l, R1)
    with pytest.raises(error, match="is no degree"):
        exact_wigner(l, np.eye(3))


def test_exact_wigner_of_degree_one_is_the_rotation() -> None:
    R = exact_matrix_from_quaternion(2, 1, 0, 0)
    entries = dict(exact_wigner(1, R).entries)
    assert all(entries.get((i, j), 0) == R[i][j] for i in range(3) for j in range(3))


def test_exact_wigner_refuses_what_is_not_exactly_a_rotation() -> None:
    with pytest.raises(ValueError, match="not orthonormal exactly"):
        exact_wigner(2, R1)
    with pytest.raises(ValueError, match="rows of lengths"):
        exact_wigner(2, [[1, 0], [0, 1]])
    for rows in ([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]):
        with pytest.raises(ValueError, match="rows of lengths"):
            exact_wigner(2, rows)
    for length in (Fraction(1, 2), 2):
        with pytest.raises(ValueError, match="rows 2 and 2 are not orthonormal"):
            exact_wigner(2, [[1, 0, 0], [0, 1, 0], [0, 0, length]])
    improper = [[-entry for entry in row] for row in exact_matrix_from_quaternion(2, 1, 0, 0)]
    with pytest.raises(ValueError, match=r"improper.*\n?.*Write exact_wigner\(l, -R\).scaled\(p\)"):
        exact_wigner(2, improper)
    negated = [[-Fraction(entry) for entry in row] for row in improper]
    assert exact_wigner(2, negated).scaled(-1).shape == (5, 5)


def test_of_the_signed_permutations_exact_wigner_takes_the_rotations_alone() -> None:
    for order, signs in itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)):
        R = [[sign * (j == column) for j in range(3)] for column, sign in zip(order, signs, strict=True)]
        if np.linalg.det(R) > 0:
            assert np.array_equal(exact_wigner(1, R).numpy(), R)
        else:
            with pytest.raises(ValueError, match="the matrix is improper"):
                exact_wigner(1, R)
