"""Laws of the rotation matrices: proper, exact for small rotations, smooth, and of the dtype that was given."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from eqlib.o3 import (
    exact_matrix_from_quaternion,
    matrix_from_angles,
    matrix_from_axis_angle,
    matrix_from_log_coordinates,
    matrix_from_quaternion,
)


def test_angles_are_turns_about_y_x_y() -> None:
    angles = np.random.default_rng(1).uniform(-4, 4, (3, 6))
    expected = Rotation.from_euler("YXY", angles.T).as_matrix()
    assert np.abs(matrix_from_angles(*angles) - expected).max() < 1e-15


def test_quaternions_are_w_x_y_z_of_any_length() -> None:
    q = np.random.default_rng(1).normal(size=(6, 4))
    expected = Rotation.from_quat(q[:, [1, 2, 3, 0]]).as_matrix()
    assert np.abs(matrix_from_quaternion(q) - expected).max() < 1e-14
    assert np.array_equal(matrix_from_quaternion(-8 * q), matrix_from_quaternion(q))


def test_axis_angle_and_log_coordinates_agree_with_scipy() -> None:
    rng = np.random.default_rng(1)
    for length in (1e-12, 1e-3, 0.5, 0.999, 1.001, 2.0, np.pi, 6.0, 20.0):
        w = rng.normal(size=3)
        w *= length / np.linalg.norm(w)
        expected = Rotation.from_rotvec(w).as_matrix()
        assert np.abs(matrix_from_log_coordinates(w) - expected).max() < 1e-14
        assert np.abs(matrix_from_axis_angle(3 * w, length) - expected).max() < 1e-14


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("angle", [1e-3, 1e-6, 1e-12, 1e-25])
def test_small_rotations_keep_their_digits(dtype: type, angle: float) -> None:
    small, axis = dtype(angle), np.array([0, 1, 0], dtype)
    half = np.array([1, 0, small / 2, 0], dtype)
    for R in (
        matrix_from_axis_angle(axis, small),
        matrix_from_log_coordinates(small * axis),
        matrix_from_quaternion(half),
        matrix_from_angles(small, dtype(0), dtype(0)),
    ):
        assert R.dtype == dtype and abs(R[0, 2] / small - 1) < max(angle**2, 2 * np.finfo(dtype).eps)


def along(t: jax.Array, direction: jax.Array) -> jax.Array:
    return matrix_from_log_coordinates(t * direction)


THIRD_DERIVATIVE = jax.jit(jax.jacfwd(jax.jacrev(jax.jacfwd(along))))


@pytest.mark.parametrize("t", [0.0, 1e-9, 1 - 1e-12, 1 + 1e-12, 3.0])
def test_third_derivatives_of_log_coordinates_are_those_of_the_exponential(t: float) -> None:
    for direction in (np.array([1.0, 0.0, 0.0]), np.array([0.48, -0.6, 0.64])):  # a unit vector: the formulas meet at 1
        x, y, z = direction
        K = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        expected = K @ K @ K @ matrix_from_log_coordinates(t * direction)
        assert np.abs(THIRD_DERIVATIVE(t, direction) - expected).max() < 1e-13


def test_log_coordinates_have_the_derivative_epsilon_at_zero() -> None:
    epsilon = np.zeros((3, 3, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        epsilon[i, j, k], epsilon[i, k, j] = 1, -1
    assert np.array_equal(jax.jacfwd(matrix_from_log_coordinates)(jnp.zeros(3)), -epsilon)


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.float32, jnp.bfloat16])
def test_jax_arrays_stay_jax_arrays_of_their_dtype(dtype: type) -> None:
    v, q = jnp.array([0.1, 0.2, 0.3], dtype), jnp.array([1.0, 0.1, 0.2, 0.3], dtype)
    for R in (
        matrix_from_log_coordinates(v),
        matrix_from_quaternion(q),
        matrix_from_axis_angle(v, 0.5),
        matrix_from_angles(v[0], 0.5, 1),
    ):
        assert isinstance(R, jax.Array) and R.dtype == dtype and R.shape == (3, 3)
        assert np.abs(np.asarray(R @ R.T, float) - np.eye(3)).max() < 10 * float(jnp.finfo(dtype).eps)


def test_integers_are_promoted_and_numpy_stays_numpy() -> None:
    R = matrix_from_axis_angle(np.array([0, 1, 0]), 1)
    assert isinstance(R, np.ndarray) and R.dtype == np.float64 and abs(R[0, 0] - np.cos(1)) < 1e-15
    assert np.array_equal(matrix_from_quaternion([1, 1, 1, 1]), [[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    assert matrix_from_angles(jnp.int32(1), 0, 0).dtype == jnp.asarray(0.0).dtype


def test_shape_leading_axes_broadcast() -> None:
    assert matrix_from_angles(np.zeros((4, 1)), np.zeros(5), 0.0).shape == (4, 5, 3, 3)
    assert matrix_from_axis_angle(np.ones((4, 1, 3)), np.zeros(5)).shape == (4, 5, 3, 3)
    assert matrix_from_quaternion(np.ones((0, 4))).shape == (0, 3, 3)
    assert jax.vmap(matrix_from_log_coordinates)(jnp.ones((2, 3))).shape == (2, 3, 3)


def test_an_integer_quaternion_gives_the_exact_matrix() -> None:
    quaternions = [q for q in itertools.product(range(-2, 4), repeat=4) if any(q)]
    exact = np.array([exact_matrix_from_quaternion(*q) for q in quaternions], float)
    assert np.array_equal(exact, matrix_from_quaternion(quaternions))


def test_log_coordinates_may_have_leading_axes() -> None:
    w = np.random.default_rng(2).normal(size=(5, 3))
    assert np.abs(matrix_from_log_coordinates(w) - Rotation.from_rotvec(w).as_matrix()).max() < 1e-14


def test_nothing_is_divided_by_zero_at_the_identity() -> None:
    with np.errstate(all="raise"):
        assert np.array_equal(matrix_from_log_coordinates(np.zeros(3)), np.eye(3))


def test_raises_for_what_is_no_rotation() -> None:
    with pytest.raises(ValueError, match="quaternion of length zero"):
        matrix_from_quaternion(np.zeros((2, 4)))
    with pytest.raises(ValueError, match="quaternion of length zero"):
        exact_matrix_from_quaternion(0, 0, 0, 0)
    with pytest.raises(ValueError, match="axis of length zero"):
        matrix_from_axis_angle(np.zeros(3), 1.0)
    for size in (3, 5):
        with pytest.raises(ValueError, match="last axis must have size 4"):
            matrix_from_quaternion(np.zeros(size))
    with pytest.raises(ValueError, match="last axis must have size 3"):
        matrix_from_log_coordinates(1.0)
    for bad in (np.array([1j, 0, 0]), np.array([True, False, False])):
        with pytest.raises(TypeError, match="expected real numbers"):
            matrix_from_log_coordinates(bad)
    assert np.isnan(jax.jit(matrix_from_quaternion)(jnp.zeros(4))).all()
