"""What the functions refuse, what they say, and that the advice they give works."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import rotation
from tests.rotation.samples import FUNCTIONS, arguments, parameters, trailing_ndim

FROM_MATRIX = [
    "matrix_to_angles",
    "matrix_to_quaternion",
    "matrix_to_axis_angle",
    "matrix_to_log_coordinates",
    "rotation_angle_from_matrix",
]


def message(function, *arguments):
    with pytest.raises(ValueError) as error:
        function(*arguments)
    return str(error.value)


def test_components_on_the_first_axis():
    q = jnp.ones((4, 7))
    assert message(rotation.quaternion_to_matrix, q) == (
        "quaternion_to_matrix: q has shape (4, 7), but must be [..., 4], the last axes being (w, x, y, z).\n"
        "  Write jnp.moveaxis(q, (0,), (-1,))."
    )
    assert rotation.quaternion_to_matrix(jnp.moveaxis(q, (0,), (-1,))).shape == (7, 3, 3)


def test_flat_matrices():
    R = jnp.eye(3).reshape(1, 9)
    assert message(rotation.matrix_to_angles, R) == (
        "matrix_to_angles: R has shape (1, 9), but must be [..., 3, 3], the last axes being (row, column).\n"
        "  Write R.reshape((1, 3, 3))."
    )
    assert rotation.matrix_to_angles(R.reshape((1, 3, 3)))[0].shape == (1,)


def test_wrong_number_of_components():
    assert message(rotation.log_coordinates_to_matrix, jnp.ones(2)) == (
        "log_coordinates_to_matrix: log_coordinates has shape (2,), but must be [..., 3], "
        "the last axes being (x, y, z).\n"
        "  Write jnp.stack(components, axis=-1) to put 3 components on the last axis."
    )


def test_leading_axes_that_do_not_broadcast():
    p, q = jnp.ones((4, 4)), jnp.ones((3, 4))
    assert message(rotation.compose_quaternion, p, q) == (
        "compose_quaternion: the leading axes do not broadcast (q1: (4,), q2: (3,)).\n"
        "  For all pairs insert an axis: q1[..., None, :]."
    )
    assert rotation.compose_quaternion(p[..., None, :], q).shape == (4, 3, 4)
    assert "insert an axis: alpha[..., None]." in message(rotation.angles_to_xyz, jnp.ones(2), jnp.ones(3))


def test_complex_numbers():
    angle = jnp.array(1 + 0j)
    assert message(rotation.matrix_x, angle) == (
        "matrix_x takes real arrays (angle: complex128).\n  Write x.real for x if its imaginary part is zero."
    )


def test_reflections():
    R = -rotation.matrix_x(0.3)
    assert message(rotation.matrix_to_quaternion, R) == (
        "matrix_to_quaternion: R has determinant -1: "
        "it is a rotation followed by the inversion, in O(3) but not in SO(3).\n"
        "  For its rotation write matrix_to_quaternion(-R)."
    )
    expected = rotation.axis_angle_to_quaternion(jnp.array([1, 0, 0]), 0.3)
    np.testing.assert_allclose(rotation.matrix_to_quaternion(-R), expected, atol=1e-15)


def test_matrices_that_are_not_orthogonal():
    R = 2 * rotation.matrix_x(0.3)
    assert message(rotation.matrix_to_angles, R) == (
        "matrix_to_angles: R is not a rotation matrix: R R^T differs from 1, or det R from +1.\n"
        "  For the nearest orthogonal matrix write u, _, vt = jnp.linalg.svd(R); R = u @ vt."
    )
    u, _, vt = jnp.linalg.svd(R)
    np.testing.assert_allclose(rotation.rotation_angle_from_matrix(u @ vt), 0.3, rtol=1e-14)


def test_zero_quaternion():
    assert message(rotation.quaternion_to_angles, jnp.zeros(4)) == (
        "quaternion_to_angles: q has length zero (or its square is not finite), and such a quaternion is no rotation.\n"
        "  The identity is (1, 0, 0, 0)."
    )


def test_zero_axis():
    assert message(rotation.axis_angle_to_matrix, jnp.zeros(3), 0.1) == (
        "axis_angle_to_matrix: the axis is zero where the angle is not, and a rotation by an angle needs an axis.\n"
        "  The identity has angle 0 and any axis."
    )
    np.testing.assert_array_equal(rotation.axis_angle_to_matrix(jnp.zeros(3), 0.0), np.eye(3))


@pytest.mark.parametrize("name", FROM_MATRIX)
@pytest.mark.parametrize("bad", [-np.eye(3), np.diag([1.0, 1, -1]), np.zeros((3, 3)), np.full((3, 3), np.nan)])
def test_what_is_no_rotation_raises_or_under_a_trace_is_nan(name, bad):
    """One bad matrix of a batch raises where values are known; inside jit it is NaN, and the others are not."""
    function = getattr(rotation, name)
    batch = jnp.stack([jnp.eye(3), bad, rotation.matrix_x(1.0)])
    message(function, batch)
    for output in jax.tree.leaves(jax.jit(function)(batch)):
        finite = jnp.isfinite(output.reshape(3, -1))
        np.testing.assert_array_equal(jnp.all(finite, axis=1), [True, False, True])
    single = jax.tree.leaves(jax.jit(function)(batch[1]))
    assert any(bool(jnp.all(jnp.isnan(output))) for output in single)


def test_zero_quaternions_and_axes_are_nan_under_a_trace():
    assert jnp.all(jnp.isnan(jax.jit(rotation.quaternion_to_matrix)(jnp.zeros(4))))
    assert jnp.all(jnp.isnan(jax.jit(rotation.axis_angle_to_matrix)(jnp.zeros(3), 1.0)[0]))


def test_rounding_and_drift_are_accepted():
    """The check is against garbage: matrices of half precision, or off by 1e-4, pass."""
    R = rotation.rand_matrix(jax.random.key(0), (20,))
    for dtype in (jnp.float32, jnp.float16, jnp.bfloat16):
        assert rotation.matrix_to_quaternion(R.astype(dtype)).dtype == dtype
    assert jnp.all(jnp.isfinite(rotation.matrix_to_quaternion(R * (1 + 1e-4))))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_is_checked_for_its_shape_before_tracing(name):
    names = parameters(name)
    inputs = arguments(name, (2,))
    for i, parameter in enumerate(names):
        if trailing_ndim(parameter):
            bad = [*inputs[:i], jnp.ones((2, 5)), *inputs[i + 1 :]]
            assert f"{name}: {parameter} has shape (2, 5)" in message(jax.jit(getattr(rotation, name)), *bad)
        elif len(names) > 1:
            bad = [*inputs[:i], jnp.ones(5), *inputs[i + 1 :]]
            assert f"{name}: the leading axes do not broadcast" in message(jax.jit(getattr(rotation, name)), *bad)
