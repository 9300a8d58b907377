"""The names and numbers of e3nn-jax 0.21, and the places where it is wrong and eqlib is right."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import rotation
from tests.rotation.samples import FUNCTIONS, IDENTITIES, RANDOM, arguments, as_tuple, call

e3nn = pytest.importorskip("e3nn_jax")


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"rotation_angle_from_angles"}))
def test_same_numbers(name):
    inputs = arguments(name, (8,))
    for output, value in zip(call(name, *inputs), as_tuple(getattr(e3nn, name)(*inputs)), strict=True):
        np.testing.assert_allclose(output, value, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", RANDOM)
def test_same_random_numbers(name):
    key = jax.random.PRNGKey(7)
    theirs = as_tuple(getattr(e3nn, name)(key, (5,), dtype=jnp.float64))
    for output, value in zip(as_tuple(getattr(rotation, name)(key, (5,), jnp.float64)), theirs, strict=True):
        np.testing.assert_allclose(output, value, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", IDENTITIES)
def test_same_identities(name):
    for output, value in zip(as_tuple(getattr(rotation, name)((2,))), as_tuple(getattr(e3nn, name)((2,))), strict=True):
        assert output.dtype == value.dtype
        np.testing.assert_array_equal(output, value)


def test_the_same_names():
    prefixes = ("rand_", "identity_", "compose_", "inverse_", "rotation_angle_from_", "matrix_")
    theirs = {name for name in dir(e3nn) if name.startswith(prefixes) or "_to_" in name}
    forms = ("matrix", "angles", "quaternion", "axis_angle", "log_coordinates", "_x", "_y", "_z", "xyz")
    theirs = {name for name in theirs if name.endswith(forms) and "mul" not in name}
    assert theirs == set(rotation.__all__)


def test_same_poles_and_origin():
    points = jnp.array([[0.0, 1, 0], [0, -1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(jnp.stack(rotation.xyz_to_angles(points)), jnp.stack(e3nn.xyz_to_angles(points)))


def test_defect_half_turns_become_the_identity():
    """A14: the logarithm of a half turn is zero there, and its quaternion is not of unit length."""
    R = jnp.diag(jnp.array([1.0, -1, -1]))
    np.testing.assert_array_equal(e3nn.matrix_to_log_coordinates(R), np.zeros(3))
    np.testing.assert_allclose(rotation.matrix_to_log_coordinates(R), [np.pi, 0, 0], atol=1e-15)
    np.testing.assert_array_equal(rotation.matrix_to_quaternion(R), [0, 1, 0, 0])


def test_defect_small_rotations_vanish():
    """A15: in float32 the arc cosine near 1 makes a rotation by 2e-4 the identity."""
    axis, angle = jnp.array([0, 1, 0], jnp.float32), jnp.float32(2e-4)
    assert e3nn.quaternion_to_axis_angle(e3nn.axis_angle_to_quaternion(axis, angle))[1] == 0
    _, ours = rotation.quaternion_to_axis_angle(rotation.axis_angle_to_quaternion(axis, angle))
    np.testing.assert_allclose(ours, angle, rtol=4 * np.finfo(np.float32).eps)
    np.testing.assert_allclose(
        rotation.rotation_angle_from_matrix(rotation.matrix_x(angle)), angle, rtol=4 * np.finfo(np.float32).eps
    )


def test_defect_rotation_angle_from_angles_in_batches():
    """A16: the transpose there reverses the batch axes too."""
    angles = rotation.rand_angles(jax.random.key(0), (2, 3), jnp.float64)
    first, second = [a[0] for a in angles], [a[1] for a in angles]
    ours = rotation.rotation_angle_from_angles(*first, *second)
    singly = [e3nn.rotation_angle_from_angles(*(a[i] for a in first), *(a[i] for a in second)) for i in range(3)]
    np.testing.assert_allclose(ours, singly, atol=1e-12)
    assert np.max(np.abs(e3nn.rotation_angle_from_angles(*first, *second) - np.asarray(singly))) > 0.1


def test_defect_derivatives_near_the_pole():
    """A27: the Jacobian of xyz_to_angles beside the pole, NaN there in float32."""
    point = jnp.array([1e-5, 1.0, 0.0], jnp.float32)
    assert jnp.any(jnp.isnan(jax.jacobian(lambda x: jnp.stack(e3nn.xyz_to_angles(x)))(point)))
    jacobian = jax.jacobian(lambda x: jnp.stack(rotation.xyz_to_angles(x)))(point)
    np.testing.assert_allclose(jacobian, [[0, 0, -1e5], [1, -1e-5, 0]], rtol=4 * np.finfo(np.float32).eps)


def test_defect_length_of_the_axis():
    """The length of the axis changes e3nn-jax's log coordinates but not its quaternion of the same arguments."""
    axis = jnp.array([0.0, 2.0, 0.0])
    theirs = e3nn.quaternion_to_log_coordinates(e3nn.axis_angle_to_quaternion(axis, 0.5))
    assert abs(theirs - e3nn.axis_angle_to_log_coordinates(axis, 0.5))[1] > 0.4
    np.testing.assert_allclose(rotation.axis_angle_to_log_coordinates(axis, 0.5), theirs, atol=1e-12)


def test_defect_length_of_the_quaternion():
    """e3nn-jax takes the arc cosine of w, whatever the length of the quaternion."""
    q = jnp.array([2.0, 0.0, 0.0, 2.0])
    assert np.max(np.abs(e3nn.quaternion_to_matrix(q) - rotation.matrix_z(np.pi / 2))) > 0.5
    np.testing.assert_allclose(rotation.quaternion_to_matrix(q), rotation.matrix_z(np.pi / 2), atol=1e-15)
