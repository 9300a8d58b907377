"""Log coordinates [..., 3]: the axis times the angle. Their exponential is the rotation, and near zero they add."""

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike, DTypeLike

from eqlib.array_types import Float
from eqlib.keywords import also_named
from eqlib.rotation.arguments import SCALAR, VECTOR, read, read_axis_angle, read_matrix, read_quaternion
from eqlib.rotation.formulas import (
    angle_between,
    log_of_quaternion,
    product,
    quaternion_of_angles,
    quaternion_of_log,
    quaternion_of_matrix,
    upper,
)
from eqlib.rotation.smooth import direction


def identity_log_coordinates(shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> Float[Array, "... 3"]:
    """The log coordinates (0, 0, 0) of the identity.

    Law:     log_coordinates_to_matrix(identity_log_coordinates()) = 1
    Shape:   [*shape, 3]
    Raises:  TypeError if an axis of `shape` is negative or no integer
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example:
        >>> print(identity_log_coordinates())
        [0. 0. 0.]
    """
    return jnp.zeros((*shape, 3), dtype)


def compose_log_coordinates(log1: ArrayLike, log2: ArrayLike) -> Float[Array, "... 3"]:
    """The log coordinates of the second rotation followed by the first.

    Law:     R(compose_log_coordinates(v, w)) = R(v) @ R(w)
    Shape:   [..., 3], [..., 3] -> [..., 3]; leading axes broadcast
    Order:   of length at most 2 pi: coordinates along one axis add up and are not cut at pi
    Units:   radian; smooth at zero
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example: two quarter turns about the y axis
        >>> log = jnp.array([0, jnp.pi / 2, 0])
        >>> print((compose_log_coordinates(log, log) / jnp.pi).round(3) + 0.0)
        [0. 1. 0.]
    """
    log1, log2 = read("compose_log_coordinates", log1=(log1, VECTOR), log2=(log2, VECTOR))
    return log_of_quaternion(product(quaternion_of_log(log1), quaternion_of_log(log2)))


@also_named(log_coordinates="log")
def inverse_log_coordinates(log_coordinates: ArrayLike) -> Float[Array, "... 3"]:
    """The log coordinates -w of the inverse rotation.

    Law:     compose_log_coordinates(inverse_log_coordinates(w), w) = 0
    Shape:   [..., 3] -> [..., 3]
    Units:   radian
    Raises:  ValueError if the last axis does not hold three real components
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example:
        >>> print(inverse_log_coordinates(jnp.array([1.0, -2.0, 3.0])))
        [-1.  2. -3.]
    """
    (log,) = read("inverse_log_coordinates", log_coordinates=(log_coordinates, VECTOR))
    return -log


def rotation_angle_from_log_coordinates(log1: ArrayLike, log2: ArrayLike) -> Float[Array, "..."]:
    """The angle, in [0, pi], of the rotation that takes the first orientation to the second.

    Law:     symmetric, zero for equal rotations, and unchanged when a rotation is composed with both
    Shape:   [..., 3], [..., 3] -> [...]; leading axes broadcast
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Huynh, J. Math. Imaging and Vision 35 (2009) 155, section 3
    Example:
        >>> log1, log2 = jnp.array([0, 0.5, 0]), jnp.array([0, 0.25, 0])
        >>> print(f"{rotation_angle_from_log_coordinates(log1, log2):.3f}")
        0.250
    """
    log1, log2 = read("rotation_angle_from_log_coordinates", log1=(log1, VECTOR), log2=(log2, VECTOR))
    return angle_between(quaternion_of_log(log1), quaternion_of_log(log2))


def matrix_to_log_coordinates(R: ArrayLike) -> Float[Array, "... 3"]:
    """The log coordinates of a rotation matrix.

    Law:     log_coordinates_to_matrix(matrix_to_log_coordinates(R)) = R
    Shape:   [..., 3, 3] -> [..., 3]
    Order:   of length at most pi; at pi, where two signs are right, the largest component is positive
    Units:   radian; small rotations and those near pi keep the full precision of the dtype
    Raises:  ValueError if R is not a rotation; NaN under a trace
    Source:  Shepperd, J. Guidance and Control 1 (1978) 223, for the quaternion of the matrix
    Example: half a turn about the x axis
        >>> print(matrix_to_log_coordinates(jnp.diag(jnp.array([1, -1, -1]))) / jnp.pi)
        [1. 0. 0.]
    """
    return log_of_quaternion(quaternion_of_matrix(read_matrix("matrix_to_log_coordinates", R)))


def angles_to_log_coordinates(alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> Float[Array, "... 3"]:
    """The log coordinates of the rotation with these Euler angles.

    Law:     log_coordinates_to_matrix(angles_to_log_coordinates(a, b, c)) = angles_to_matrix(a, b, c)
    Shape:   [...], [...], [...] -> [..., 3]; leading axes broadcast
    Order:   of length at most pi
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example: a quarter turn about the x axis
        >>> print((angles_to_log_coordinates(0.0, jnp.pi / 2, 0.0) / (jnp.pi / 2)).round(3) + 0.0)
        [1. 0. 0.]
    """
    angles = read("angles_to_log_coordinates", alpha=(alpha, SCALAR), beta=(beta, SCALAR), gamma=(gamma, SCALAR))
    return log_of_quaternion(upper(quaternion_of_angles(*angles)))


def quaternion_to_log_coordinates(q: ArrayLike) -> Float[Array, "... 3"]:
    """The log coordinates of a quaternion.

    Law:     log_coordinates_to_quaternion(quaternion_to_log_coordinates(q)) = q / |q|, sign included
    Shape:   [..., 4] -> [..., 3]
    Scale:   the length of q does not matter
    Order:   of length at most 2 pi: above pi where w < 0
    Units:   radian; smooth at the identity
    Raises:  ValueError if a quaternion is zero; NaN under a trace
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example: half a turn about the y axis
        >>> print(quaternion_to_log_coordinates(jnp.array([0, 0, 1, 0])) / jnp.pi)
        [0. 1. 0.]
    """
    (q,) = read_quaternion("quaternion_to_log_coordinates", q=q)
    return log_of_quaternion(q)


def axis_angle_to_log_coordinates(axis: ArrayLike, angle: ArrayLike) -> Float[Array, "... 3"]:
    """The unit axis times the angle.

    Law:     log_coordinates_to_matrix(axis_angle_to_log_coordinates(n, a)) = axis_angle_to_matrix(n, a)
    Shape:   [..., 3], [...] -> [..., 3]; leading axes broadcast
    Scale:   the length of the axis does not matter
    Units:   radian
    Raises:  ValueError if the axis is zero where the angle is not; NaN under a trace
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example:
        >>> print(axis_angle_to_log_coordinates(jnp.array([0, 2, 0]), 0.5))
        [0.  0.5 0. ]
    """
    axis, angle = read_axis_angle("axis_angle_to_log_coordinates", axis, angle)
    return direction(axis) * angle[..., None]
