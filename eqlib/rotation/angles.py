"""Euler angles (alpha, beta, gamma), about y, x and y: R = Ry(alpha) Rx(beta) Ry(gamma)."""

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike, DTypeLike

from eqlib.array_types import Float
from eqlib.keywords import also_named
from eqlib.o3 import to_matrix
from eqlib.rotation.arguments import SCALAR, VECTOR, Angle, Angles, read, read_axis_angle, read_matrix, read_quaternion
from eqlib.rotation.formulas import (
    angle_between,
    angles_of_matrix,
    angles_of_vector,
    product,
    quaternion_of_angles,
    quaternion_of_axis_angle,
)


def identity_angles(shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> Angles:
    """The angles (0, 0, 0) of the identity.

    Law:     angles_to_matrix(*identity_angles()) = 1
    Shape:   shape, shape, shape
    Raises:  TypeError if an axis of `shape` is negative or no integer
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example:
        >>> print(*identity_angles())
        0.0 0.0 0.0
    """
    zero = jnp.zeros(shape, dtype)
    return zero, zero, zero


@also_named(alpha1="a1", beta1="b1", gamma1="c1", alpha2="a2", beta2="b2", gamma2="c2")
def compose_angles(
    alpha1: ArrayLike, beta1: ArrayLike, gamma1: ArrayLike, alpha2: ArrayLike, beta2: ArrayLike, gamma2: ArrayLike
) -> Angles:
    """The angles of the second rotation followed by the first.

    Law:     R(compose_angles(*r1, *r2)) = R(*r1) @ R(*r2)
    Shape:   six of [...] -> three of [...]; all broadcast
    Order:   alpha and gamma in (-pi, pi], beta in [0, pi]; alpha = 0 where sin(beta) = 0
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example: two turns about the y axis add up
        >>> angles = compose_angles(0.5, 0.0, 0.0, 0.0, 0.0, 0.25)
        >>> print(*(f"{angle:.3f}" for angle in angles))
        0.000 0.000 0.750
    """
    q1, q2 = _read_pair("compose_angles", alpha1, beta1, gamma1, alpha2, beta2, gamma2)
    return angles_of_matrix(to_matrix.matrix_from_quaternion(product(q1, q2)))


@also_named(alpha="a", beta="b", gamma="c")
def inverse_angles(alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> Angles:
    """The angles of the inverse rotation.

    Law:     R(*inverse_angles(a, b, c)) @ R(a, b, c) = 1
    Shape:   [...], [...], [...] -> [...], [...], [...]; all broadcast
    Order:   (-gamma, -beta, -alpha), whose beta is not brought back into [0, pi]
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example:
        >>> print(*inverse_angles(1.0, 2.0, 3.0))
        -3.0 -2.0 -1.0
    """
    alpha, beta, gamma = _read("inverse_angles", alpha, beta, gamma)
    return -gamma, -beta, -alpha


@also_named(alpha1="a1", beta1="b1", gamma1="c1", alpha2="a2", beta2="b2", gamma2="c2")
def rotation_angle_from_angles(
    alpha1: ArrayLike, beta1: ArrayLike, gamma1: ArrayLike, alpha2: ArrayLike, beta2: ArrayLike, gamma2: ArrayLike
) -> Float[Array, "..."]:
    """The angle, in [0, pi], of the rotation that takes the first orientation to the second.

    Law:     symmetric, zero for equal rotations, and unchanged when a rotation is composed with both
    Shape:   six of [...] -> [...]; all broadcast
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Huynh, J. Math. Imaging and Vision 35 (2009) 155, section 3
    Example:
        >>> print(f"{rotation_angle_from_angles(0.0, 0.0, 0.0, 0.5, 0.0, 0.25):.3f}")
        0.750
    """
    return angle_between(*_read_pair("rotation_angle_from_angles", alpha1, beta1, gamma1, alpha2, beta2, gamma2))


def matrix_to_angles(R: ArrayLike) -> Angles:
    """The Euler angles of a rotation matrix.

    Law:     angles_to_matrix(*matrix_to_angles(R)) = R
    Shape:   [..., 3, 3] -> [...], [...], [...]
    Order:   alpha and gamma in (-pi, pi], beta in [0, pi]; alpha = 0 where sin(beta) = 0
    Units:   radian
    Raises:  ValueError if R is not a rotation; NaN under a trace
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example: a quarter turn about the x axis
        >>> R = jnp.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
        >>> print(*(f"{angle / jnp.pi:.3f}" for angle in matrix_to_angles(R)))
        0.000 0.500 0.000
    """
    return angles_of_matrix(read_matrix("matrix_to_angles", R))


def quaternion_to_angles(q: ArrayLike) -> Angles:
    """The Euler angles of a quaternion.

    Law:     angles_to_matrix(*quaternion_to_angles(q)) = quaternion_to_matrix(q)
    Shape:   [..., 4] -> [...], [...], [...]
    Scale:   the angles do not depend on the length or the sign of q
    Order:   as of matrix_to_angles
    Units:   radian
    Raises:  ValueError if a quaternion is zero; NaN under a trace
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example: half a turn about the x axis
        >>> print(*(f"{angle / jnp.pi:.3f}" for angle in quaternion_to_angles(jnp.array([0, 1, 0, 0]))))
        0.000 1.000 0.000
    """
    (q,) = read_quaternion("quaternion_to_angles", q=q)
    return angles_of_matrix(to_matrix.matrix_from_quaternion(q))


def axis_angle_to_angles(axis: ArrayLike, angle: ArrayLike) -> Angles:
    """The Euler angles of the rotation by `angle` about `axis`.

    Law:     angles_to_matrix(*axis_angle_to_angles(axis, angle)) = axis_angle_to_matrix(axis, angle)
    Shape:   [..., 3], [...] -> [...], [...], [...]; leading axes broadcast
    Order:   as of matrix_to_angles
    Units:   radian
    Raises:  ValueError if the axis is zero where the angle is not; NaN under a trace
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example:
        >>> print(*(f"{angle:.3f}" for angle in axis_angle_to_angles(jnp.array([1, 0, 0]), 0.75)))
        0.000 0.750 0.000
    """
    axis, angle = read_axis_angle("axis_angle_to_angles", axis, angle)
    return angles_of_matrix(to_matrix.matrix_from_quaternion(quaternion_of_axis_angle(axis, angle)))


def log_coordinates_to_angles(
    log_coordinates: ArrayLike,
) -> Angles:
    """The Euler angles of the rotation by |log_coordinates| about log_coordinates.

    Law:     angles_to_matrix(*log_coordinates_to_angles(w)) = log_coordinates_to_matrix(w)
    Shape:   [..., 3] -> [...], [...], [...]
    Order:   as of matrix_to_angles
    Units:   radian
    Raises:  ValueError if the last axis does not hold three real components
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example:
        >>> print(*(f"{angle:.3f}" for angle in log_coordinates_to_angles(jnp.array([0.75, 0, 0]))))
        0.000 0.750 0.000
    """
    (log,) = read("log_coordinates_to_angles", log_coordinates=(log_coordinates, VECTOR))
    return angles_of_matrix(to_matrix.matrix_from_log_coordinates(log))


def angles_to_xyz(alpha: ArrayLike, beta: ArrayLike) -> Float[Array, "... 3"]:
    """The point of the unit sphere with azimuth alpha about the y axis, from z towards x, and polar angle beta from y.

    Law:     angles_to_xyz(a, b) = angles_to_matrix(a, b, c) @ (0, 1, 0) for every c
    Shape:   [...], [...] -> [..., 3]; leading axes broadcast
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  spherical coordinates about the y axis, as in e3nn
    Example:
        >>> print(angles_to_xyz(0.0, 0.0))
        [0. 1. 0.]
    """
    alpha, beta = read("angles_to_xyz", alpha=(alpha, SCALAR), beta=(beta, SCALAR))
    s = jnp.sin(beta)
    return jnp.stack([s * jnp.sin(alpha), jnp.cos(beta), s * jnp.cos(alpha)], axis=-1)


def xyz_to_angles(xyz: ArrayLike) -> tuple[Angle, Angle]:
    """The azimuth and polar angle of a point, of any length.

    Law:     angles_to_xyz(*xyz_to_angles(r)) = r / |r|
    Shape:   [..., 3] -> [...], [...]
    Order:   alpha in (-pi, pi], beta in [0, pi]; at the poles alpha = 0; the zero vector gets (0, pi/2)
    Units:   radian; the derivative of alpha is 1/sin(beta) beside the poles, and taken as zero on them
    Raises:  ValueError if the last axis does not hold three real components
    Source:  spherical coordinates about the y axis, as in e3nn
    Example:
        >>> print(*(f"{angle / jnp.pi:.3f}" for angle in xyz_to_angles(jnp.array([2.0, 0.0, 0.0]))))
        0.500 0.500
    """
    (r,) = read("xyz_to_angles", xyz=(xyz, VECTOR))
    return angles_of_vector(r)


def _read(function: str, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> list[Float[Array, "*batch"]]:
    return read(function, alpha=(alpha, SCALAR), beta=(beta, SCALAR), gamma=(gamma, SCALAR))


def _read_pair(function: str, *angles: ArrayLike) -> tuple[Float[Array, "*batch 4"], Float[Array, "*batch 4"]]:
    """The quaternions of two triples of angles, broadcast together."""
    names = ("alpha1", "beta1", "gamma1", "alpha2", "beta2", "gamma2")
    read_angles = read(function, **{name: (angle, SCALAR) for name, angle in zip(names, angles, strict=True)})
    return quaternion_of_angles(*read_angles[:3]), quaternion_of_angles(*read_angles[3:])
