"""Derivatives are finite everywhere, and right, to third order, where the function is smooth."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import rotation
from tests.rotation.samples import as_tuple

IDENTITY, HALF_TURN = np.eye(3), np.diag([-1.0, 1.0, -1.0])
ZERO, ONE = np.zeros(3), np.array([1.0, 0, 0, 0])

# Every point at which a textbook formula divides by zero or leaves the domain of an arc cosine.
SINGULAR = [
    *[
        (f"matrix_to_{form}", (R,))
        for form in ("angles", "quaternion", "axis_angle", "log_coordinates")
        for R in (IDENTITY, HALF_TURN, np.diag([1.0, -1, -1]), np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]))
    ],
    ("rotation_angle_from_matrix", (IDENTITY,)),
    ("rotation_angle_from_matrix", (HALF_TURN,)),
    *[
        (f"quaternion_to_{form}", (q,))
        for form in ("matrix", "angles", "axis_angle", "log_coordinates")
        for q in (ONE, -ONE, np.array([0, 0, 1.0, 0]), np.array([0, 1.0, 0, 0]))
    ],
    *[
        (f"log_coordinates_to_{form}", (log,))
        for form in ("matrix", "angles", "axis_angle", "quaternion")
        for log in (ZERO, np.array([np.pi, 0, 0]), np.array([0, 1e-9, 0]))
    ],
    *[
        (f"axis_angle_to_{form}", (axis, angle))
        for form in ("matrix", "angles", "quaternion", "log_coordinates")
        for axis, angle in ((ZERO, 0.0), (np.array([0, 2.0, 0]), 0.0), (np.array([1.0, 0, 0]), np.pi))
    ],
    *[
        (f"angles_to_{form}", angles)
        for form in ("matrix", "quaternion", "axis_angle", "log_coordinates")
        for angles in ((0.0, 0.0, 0.0), (1.0, 0.0, -1.0), (0.0, np.pi, 0.0), (np.pi, 0.0, 0.0))
    ],
    *[
        ("xyz_to_angles", (xyz,))
        for xyz in (ZERO, np.array([0, 1.0, 0]), np.array([0, -2.0, 0]), np.array([1e-5, 1, 0]))
    ],
    ("compose_log_coordinates", (ZERO, ZERO)),
    ("compose_angles", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    ("rotation_angle_from_log_coordinates", (ZERO, ZERO)),
    ("rotation_angle_from_quaternion", (ONE, -ONE)),
    ("rotation_angle_from_quaternion", (ONE, np.array([0, 0, 1.0, 0]))),
    ("rotation_angle_from_angles", (0.3, 0.4, 0.5, 0.3, 0.4, 0.5)),
    ("rotation_angle_from_axis_angle", (ZERO, 0.0, np.array([0, 0, 1.0]), np.pi)),
]


def flat(name, arguments):
    """A public function as a map of one vector to one vector, and the point in it that `arguments` is."""
    sizes = np.cumsum([np.size(x) for x in arguments])[:-1]
    shapes = [np.shape(x) for x in arguments]

    def function(vector):
        parts = [part.reshape(shape) for part, shape in zip(jnp.split(vector, sizes), shapes, strict=True)]
        return jnp.concatenate([jnp.ravel(x) for x in as_tuple(getattr(rotation, name)(*parts))])

    return function, jnp.concatenate([jnp.ravel(jnp.asarray(x, jnp.float64)) for x in arguments])


def jets(function, point, directions, order=3):
    """Value and first derivatives, up to `order`, of t -> function(point + t direction) at 0, for every direction."""

    def with_derivative(curve):
        """The curve of (value, ..., derivative of the highest order) made from one of one order less."""

        def longer(t):
            values, slopes = jax.jvp(curve, (t,), (1.0,))
            return [*values, slopes[-1]]

        return longer

    def line(direction):
        curve = lambda t: [function(point + t * direction)]  # noqa: E731
        for _ in range(order):
            curve = with_derivative(curve)
        return curve(0.0)

    return jax.vmap(line)(directions)


def require_finite_derivatives(name, order):
    """Along random directions: a NaN in any one component of the derivatives would reach them."""
    points = [arguments for other, arguments in SINGULAR if other == name]
    function, first = flat(name, points[0])
    numbers = np.random.default_rng(0)
    directions = numbers.normal(size=(2, first.size))
    cotangent = numbers.normal(size=function(first).size)

    @jax.jit
    @jax.vmap
    def derivatives(point):
        return jets(function, point, directions, order), jax.vjp(function, point)[1](cotangent)[0]

    forward, reverse = derivatives(jnp.stack([flat(name, arguments)[1] for arguments in points]))
    for arguments, *values in zip(points, *forward, reverse, strict=True):
        assert all(bool(jnp.all(jnp.isfinite(x))) for x in values), (name, arguments)
    scale = 1e-12 * np.max(np.abs(reverse), axis=-1, keepdims=True)
    assert np.all(np.abs(reverse @ directions.T - forward[1] @ cotangent) <= scale)


NAMES = sorted({name for name, _ in SINGULAR})
# The others are compositions of these with functions that have no singularity.
CORE = ("log_coordinates_to_quaternion", "matrix_to_quaternion", "quaternion_to_log_coordinates", "xyz_to_angles")


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(CORE)))
def test_gradients_are_finite(name):
    """Those of the core are among their derivatives to third order."""
    points = [arguments for other, arguments in SINGULAR if other == name]
    function, first = flat(name, points[0])
    cotangent = jnp.linspace(1.0, 2.0, function(first).size)
    gradient = jax.jit(jax.vmap(lambda point: jax.vjp(function, point)[1](cotangent)[0]))
    found = gradient(jnp.stack([flat(name, arguments)[1] for arguments in points]))
    assert np.isfinite(found).all(), [point for point, g in zip(points, found, strict=True) if not np.isfinite(g).all()]


@pytest.mark.parametrize("name", CORE)
def test_derivatives_are_finite_to_third_order(name):
    """And forward and reverse mode agree."""
    require_finite_derivatives(name, 3)


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(set(NAMES) - set(CORE)))
def test_derivatives_of_compositions_are_finite_to_third_order(name):
    require_finite_derivatives(name, 3)


ROUND_TRIPS = {
    "quaternion": lambda log: rotation.quaternion_to_log_coordinates(rotation.log_coordinates_to_quaternion(log)),
    "matrix": lambda log: rotation.matrix_to_log_coordinates(rotation.log_coordinates_to_matrix(log)),
}


@pytest.mark.parametrize("form", ROUND_TRIPS)
def test_round_trips_have_the_derivatives_of_the_identity(form):
    """log(exp(w)) = w: first derivative 1, second and third 0; at zero, and on both sides of where series take over."""
    direction = np.array([[2.0, -1, 2], [1, 4, -8], [0, 0, 1]]) / np.array([[3], [9], [1]])
    sizes = jnp.array([0.0, 1e-12, 1e-4, 0.4, 0.48, 0.5, 1.0, 1.99, 2.01, 3.0])
    points = sizes[:, None] * jnp.array([2.0, 3, 6]) / 7
    _, first, second, third = jax.jit(jax.vmap(lambda point: jets(ROUND_TRIPS[form], point, direction)))(points)
    for order, (got, want) in enumerate(((first, direction), (second, 0), (third, 0)), start=1):
        # Beside 0.48, where a difference of nearly equal numbers takes over, each order divides by it twice.
        rounding = 16 * np.finfo(float).eps / 0.48 ** (2 * order)
        np.testing.assert_allclose(got, np.broadcast_to(want, got.shape), rtol=0, atol=rounding)


def test_derivatives_of_the_exponential_at_zero():
    """R(t n) = 1 + t K + t^2 K^2 / 2 + t^3 K^3 / 6, and the unit quaternion of t n likewise."""
    n = np.array([2.0, -1, 2]) / 3
    K = np.cross(np.eye(3), n)
    derivatives = jax.jit(lambda log: jets(rotation.log_coordinates_to_matrix, log, n[None]))(jnp.zeros(3))
    quaternions = jax.jit(lambda log: jets(rotation.log_coordinates_to_quaternion, log, n[None]))(jnp.zeros(3))
    for order in range(4):
        np.testing.assert_allclose(derivatives[order][0], np.linalg.matrix_power(K, order), atol=1e-14)
    for order, expected in enumerate([[1, *ZERO], [0, *n / 2], [-1 / 4, *ZERO], [0, *-n / 8]]):
        np.testing.assert_allclose(quaternions[order][0], expected, atol=1e-14)


def test_derivatives_of_angles_beside_the_pole():
    """At (s, 1, 0): d alpha = -dz / s, d beta = dx / (1 + s^2) - s dy / (1 + s^2)."""
    s = 1e-5
    jacobian = jax.jacobian(lambda r: jnp.stack(rotation.xyz_to_angles(r)))(jnp.array([s, 1.0, 0.0]))
    expected = np.array([[0, 0, -1 / s], [1 / (1 + s**2), -s / (1 + s**2), 0]])
    np.testing.assert_allclose(jacobian, expected, rtol=1e-12, atol=1e-15)


def test_derivative_of_the_quaternion_of_a_matrix_at_half_turns():
    """Along exp(t K_m) R the quaternion moves by (t/2) (0, m) q, whichever of its components is largest, ties too."""
    axes = jnp.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0.6, 0, 0.8], [2 / 3, -1 / 3, 2 / 3]])
    q, m = jnp.pad(axes, ((0, 0), (1, 0)))[:, None], jnp.eye(4)[1:]
    R = rotation.quaternion_to_matrix(q)

    def turned(t):
        small = rotation.log_coordinates_to_matrix(t * m[:, 1:])
        return rotation.matrix_to_quaternion(jnp.matmul(small, R, precision="highest"))

    at_rest, velocity = jax.jvp(turned, (0.0,), (1.0,))
    sign = jnp.sign(jnp.sum(at_rest * q, axis=-1, keepdims=True))
    np.testing.assert_allclose(velocity, sign * rotation.compose_quaternion(m, q) / 2, atol=1e-14)
