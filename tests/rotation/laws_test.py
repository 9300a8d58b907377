"""The laws that the docstrings of eqlib.rotation state, on rational rotations and on random ones."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from eqlib import rotation
from tests.rotation.samples import FORMS, as_tuple, call, convert, integer_quaternions, keys, to_matrix

PAIRS = list(itertools.permutations(FORMS, 2))


def assert_close(x, y, atol=1e-14):
    np.testing.assert_allclose(np.asarray(x), np.asarray(y), rtol=0, atol=atol)


def transpose(R):
    return np.swapaxes(R, -1, -2)


def of_quaternion(q, form):
    """The rotation q in any form, made without the function under test where there are two ways."""
    return convert("quaternion", form, (q,))


@pytest.mark.parametrize(("source", "target"), PAIRS)
@settings(max_examples=6, deadline=None)
@given(q=integer_quaternions)
def test_round_trip(source, target, q):
    """Converting keeps the rotation: half turns, gimbal lock and the identity are among the rational rotations."""
    start = of_quaternion(q, source)
    there = convert(source, target, start)
    back = convert(target, source, there)
    R = rotation.quaternion_to_matrix(q)
    for form, value in ((source, start), (target, there), (source, back)):
        assert_close(to_matrix(form, value), R)


@pytest.mark.parametrize("form", FORMS[1:])
@settings(max_examples=6, deadline=None)
@given(p=integer_quaternions, q=integer_quaternions)
def test_homomorphism(form, p, q):
    composed = call(f"compose_{form}", *of_quaternion(p, form), *of_quaternion(q, form))
    product = np.asarray(rotation.quaternion_to_matrix(p)) @ np.asarray(rotation.quaternion_to_matrix(q))
    assert_close(to_matrix(form, composed), product)


@pytest.mark.parametrize("form", ["angles", "quaternion", "log_coordinates"])
@settings(max_examples=6, deadline=None)
@given(q=integer_quaternions)
def test_inverse_and_identity(form, q):
    value = of_quaternion(q, form)
    inverse = call(f"inverse_{form}", *value)
    assert_close(to_matrix(form, inverse), transpose(rotation.quaternion_to_matrix(q)))
    assert_close(to_matrix(form, call(f"compose_{form}", *inverse, *value)), np.broadcast_to(np.eye(3), (8, 3, 3)))
    identity = as_tuple(getattr(rotation, f"identity_{form}")(dtype=jnp.float64))
    assert_close(to_matrix(form, call(f"compose_{form}", *identity, *value)), rotation.quaternion_to_matrix(q))


@pytest.mark.parametrize("form", FORMS[1:])
@settings(max_examples=6, deadline=None)
@given(p=integer_quaternions, q=integer_quaternions, g=integer_quaternions)
def test_rotation_angle_is_an_invariant_metric(form, p, q, g):
    """The angle is symmetric, blind to a rotation composed with both, and that of the matrix P^T Q."""

    def angle(p, q):
        return getattr(rotation, f"rotation_angle_from_{form}")(*of_quaternion(p, form), *of_quaternion(q, form))

    P, Q = np.asarray(rotation.quaternion_to_matrix(p)), np.asarray(rotation.quaternion_to_matrix(q))
    compose = rotation.compose_quaternion
    assert_close(angle(p, q), rotation.rotation_angle_from_matrix(transpose(P) @ Q))
    for other in (angle(q, p), angle(compose(g, p), compose(g, q)), angle(compose(p, g), compose(q, g)), angle(-p, q)):
        assert_close(angle(p, q), other)
    assert_close(angle(p, p), np.zeros(8))


@settings(max_examples=8, deadline=None)
@given(q=integer_quaternions)
def test_sign_conventions_of_conversions_from_matrices(q):
    R = rotation.quaternion_to_matrix(q)
    p = rotation.matrix_to_quaternion(R)
    assert jnp.all(p[:, 0] >= 0)
    assert_close(jnp.sum(p**2, axis=-1), np.ones(8))
    axis, angle = rotation.matrix_to_axis_angle(R)
    alpha, beta, gamma = rotation.matrix_to_angles(R)
    assert jnp.all((angle >= 0) & (angle <= jnp.pi))
    assert jnp.all((beta >= 0) & (beta <= jnp.pi))
    assert jnp.all(jnp.maximum(abs(alpha), abs(gamma)) <= jnp.pi)
    assert_close(np.asarray(R) @ np.asarray(axis)[..., None], axis[..., None])


@settings(max_examples=8, deadline=None)
@given(q=integer_quaternions)
def test_double_cover(q):
    """Axis-angle and log coordinates keep the sign of a quaternion, which its matrix forgets, unless it is -1."""
    unit = q / jnp.linalg.norm(q, axis=-1, keepdims=True)
    unit = jnp.where(unit[:, :1] == -1, -unit, unit)
    assert_close(rotation.axis_angle_to_quaternion(*rotation.quaternion_to_axis_angle(q)), unit)
    assert_close(rotation.log_coordinates_to_quaternion(rotation.quaternion_to_log_coordinates(q)), unit)
    np.testing.assert_array_equal(rotation.quaternion_to_matrix(q), rotation.quaternion_to_matrix(-q))


@pytest.mark.parametrize("axis", "xyz")
def test_rotations_about_the_axes(axis):
    """matrix_x, matrix_y, matrix_z add their angles, fix their axis and agree with axis-angle."""
    turn = getattr(rotation, f"matrix_{axis}")
    a, b = jnp.array([0.3, -2.0]), jnp.array([1.1, 4.0])
    assert_close(jnp.matmul(turn(a), turn(b), precision="highest"), turn(a + b))
    assert_close(turn(a), rotation.axis_angle_to_matrix(jnp.eye(3)["xyz".index(axis)], a))


def test_angles_are_turns_about_y_x_y():
    a, b, c = 0.3, 1.1, -2.5
    product = np.asarray(rotation.matrix_y(a)) @ np.asarray(rotation.matrix_x(b)) @ np.asarray(rotation.matrix_y(c))
    assert_close(rotation.angles_to_matrix(a, b, c), product)
    assert_close(rotation.angles_to_xyz(a, b), rotation.angles_to_matrix(a, b, c)[:, 1])


@settings(max_examples=8, deadline=None)
@given(q=integer_quaternions)
def test_points_round_trip_through_angles(q):
    point = q[:, 1:] + jnp.array([0.0, 0.0, 0.5])
    angles = rotation.xyz_to_angles(point)
    assert_close(rotation.angles_to_xyz(*angles), point / jnp.linalg.norm(point, axis=-1, keepdims=True))
    assert_close(jnp.stack(rotation.xyz_to_angles(5 * point)), jnp.stack(angles))


def test_scale_of_quaternions_and_axes_does_not_matter():
    q, axis = jnp.array([0.1, -0.7, 0.2, 0.5]), jnp.array([0.0, 3.0, 4.0])
    for form in ("matrix", "angles", "axis_angle", "log_coordinates"):
        for x, y in zip(of_quaternion(q, form), of_quaternion(40 * q, form), strict=True):
            assert_close(x, y)
    for form in ("matrix", "angles", "quaternion", "log_coordinates"):
        convert_axis = getattr(rotation, f"axis_angle_to_{form}")
        for x, y in zip(as_tuple(convert_axis(axis, 0.5)), as_tuple(convert_axis(axis / 5, 0.5)), strict=True):
            assert_close(x, y)


@settings(max_examples=5, deadline=None)
@given(key=keys)
def test_one_key_gives_one_rotation_in_every_form(key):
    R = rotation.rand_matrix(key, (4,), jnp.float64)
    for form in FORMS[1:]:
        value = as_tuple(getattr(rotation, f"rand_{form}")(key, (4,), jnp.float64))
        assert_close(to_matrix(form, value), R)


def test_random_rotations_are_uniform():
    """Haar measure: the mean of D^l(R) vanishes for l = 1 and 2, and the angle has density (1 - cos t) / pi.

    The bounds are five standard deviations of the mean of 20000 samples.
    """
    n = 20000
    R = rotation.rand_matrix(jax.random.key(1), (n,), jnp.float64)
    assert jnp.max(jnp.abs(R.mean(0))) < 5 * (1 / 3 / n) ** 0.5
    second = jnp.einsum("nij,nkl->ijkl", R, R) / n
    isotropic = jnp.einsum("ik,jl->ijkl", jnp.eye(3), jnp.eye(3)) / 3
    assert jnp.max(jnp.abs(second - isotropic)) < 5 * (1 / 5 / n) ** 0.5
    angle = jnp.sort(rotation.rotation_angle_from_matrix(R))
    distribution = (angle - jnp.sin(angle)) / jnp.pi
    assert jnp.max(jnp.abs(distribution - (jnp.arange(n) + 0.5) / n)) < 1.95 / n**0.5
