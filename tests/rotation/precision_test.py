"""Full precision where textbook formulas lose it: small rotations, half turns, gimbal lock."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import rotation
from tests.rotation.samples import FORMS, as_tuple, call, convert, to_matrix

DIRECTIONS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 2, -2], [-3, 0, 4], [2, -3, 6]], float)
DIRECTIONS /= np.linalg.norm(DIRECTIONS, axis=-1, keepdims=True)


@pytest.mark.parametrize("form", ["quaternion", "axis_angle", "matrix"])
@pytest.mark.parametrize("size", [1e-3, 1e-8, 1e-12, 1e-100])
def test_small_rotations_keep_every_digit(form, size):
    log = jnp.asarray(size * DIRECTIONS)
    value = call(f"log_coordinates_to_{form}", log)
    back = call(f"{form}_to_log_coordinates", *value)[0]
    np.testing.assert_allclose(back, log, rtol=4e-16, atol=4e-16 * size)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
@pytest.mark.parametrize("form", FORMS[1:])
def test_angle_between_close_orientations(form, dtype):
    """The distance from the identity is relative-exact, and that between close orientations exact to one rounding."""
    eps = float(jnp.finfo(dtype).eps)
    angle = jnp.asarray([1e-12, 1e-6, 1e-3], dtype)
    turned = convert("axis_angle", form, (jnp.asarray([0, 1, 0], dtype), angle))
    zero = convert("axis_angle", form, (jnp.asarray([0, 1, 0], dtype), jnp.zeros(3, dtype)))
    distance = getattr(rotation, f"rotation_angle_from_{form}")(*zero, *turned)
    assert distance.dtype == dtype
    np.testing.assert_allclose(distance, angle, rtol=4 * eps)


def test_angle_of_a_matrix_close_to_the_identity():
    angle = jnp.asarray([1e-12, 1e-6, 1e-3])
    np.testing.assert_allclose(rotation.rotation_angle_from_matrix(rotation.matrix_x(angle)), angle, rtol=4e-16)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("short_of_pi", [0.0, 1e-15, 1e-9, 1e-4])
def test_half_turns(form, short_of_pi):
    """About any axis, and short of pi by any amount, a rotation survives the way through its matrix."""
    R = rotation.axis_angle_to_matrix(DIRECTIONS, jnp.pi - short_of_pi)
    value = convert("matrix", form, (R,))
    np.testing.assert_allclose(to_matrix(form, value), R, rtol=0, atol=1e-15)
    np.testing.assert_allclose(rotation.rotation_angle_from_matrix(R), np.pi - short_of_pi, rtol=4e-16)


def test_half_turns_choose_the_axis_with_positive_largest_component():
    half_turns = 2 * DIRECTIONS[:, :, None] * DIRECTIONS[:, None, :] - np.eye(3)
    axis, angle = rotation.matrix_to_axis_angle(half_turns)
    decisive = np.take_along_axis(DIRECTIONS, np.argmax(np.abs(DIRECTIONS), -1)[:, None], -1)
    np.testing.assert_allclose(axis, DIRECTIONS * np.sign(decisive), atol=1e-15)
    np.testing.assert_allclose(angle, np.pi, rtol=1e-15)


@pytest.mark.parametrize("beta", [0.0, 1e-300, 1e-16, 1e-8, np.pi - 1e-8, np.pi])
def test_gimbal_lock(beta):
    """Where beta is 0 or pi, or nearly, alpha and gamma are ill-defined but the rotation is not."""
    R = rotation.angles_to_matrix(jnp.array([0.0, 1.0, -2.0]), beta, jnp.array([0.0, 2.0, 0.5]))
    angles = rotation.matrix_to_angles(R)
    np.testing.assert_allclose(rotation.angles_to_matrix(*angles), R, rtol=0, atol=1e-15)
    np.testing.assert_allclose(angles[1], beta, rtol=1e-15, atol=1e-15)
    if beta == 0:
        np.testing.assert_array_equal(angles[0], 0)


def test_poles_keep_small_polar_angles():
    for size in (1e-3, 1e-8, 1e-15, 1e-200):
        alpha, beta = rotation.xyz_to_angles(jnp.array([size, 1.0, 0.0]))
        np.testing.assert_allclose([alpha, beta], [np.pi / 2, np.arctan(size)], rtol=1e-15)


def test_numbers_too_small_to_square():
    """Directions and lengths of vectors whose squares underflow: 1e-30 in float32."""
    log = jnp.array([3e-30, 0.0, -4e-30], jnp.float32)
    axis, angle = rotation.log_coordinates_to_axis_angle(log)
    np.testing.assert_allclose(axis, [0.6, 0, -0.8], rtol=4 * np.finfo(np.float32).eps)
    np.testing.assert_allclose(angle, 5e-30, rtol=4 * np.finfo(np.float32).eps)
    np.testing.assert_allclose(
        rotation.axis_angle_to_quaternion(log, 0.2)[1:], np.sin(0.1) * axis, rtol=4 * np.finfo(np.float32).eps
    )


@pytest.mark.parametrize("form", FORMS)
def test_single_precision_is_single_precision_everywhere(form):
    """float32 conversions are within a few roundings of the float64 ones, near half turns and the identity too."""
    angles = np.array([1e-6, 1e-3, 1.0, 3.14, np.pi - 1e-6])
    R = rotation.axis_angle_to_matrix(jnp.asarray(DIRECTIONS[:, None]), angles)
    value = as_tuple(convert("matrix", form, (R.astype(jnp.float32),)))
    assert all(x.dtype == jnp.float32 for x in value)
    np.testing.assert_allclose(to_matrix(form, value), R, rtol=0, atol=8 * np.finfo(np.float32).eps)
