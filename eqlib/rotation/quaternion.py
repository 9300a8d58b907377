"""Quaternions [..., 4] in the order (w, x, y, z): q, -q and every multiple of q stand for the same rotation."""

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike, DTypeLike

from eqlib.array_types import Float
from eqlib.keywords import also_named
from eqlib.rotation.arguments import SCALAR, VECTOR, read, read_axis_angle, read_matrix, read_quaternion
from eqlib.rotation.formulas import (
    angle_between,
    conjugate,
    product,
    quaternion_of_angles,
    quaternion_of_axis_angle,
    quaternion_of_log,
    quaternion_of_matrix,
)


def identity_quaternion(shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> Float[Array, "... 4"]:
    """The quaternion (1, 0, 0, 0) of the identity.

    Law:     compose_quaternion(identity_quaternion(), q) = q
    Shape:   [*shape, 4]
    Raises:  TypeError if an axis of `shape` is negative or no integer
    Source:  Shoemake, Computer Graphics 19 (1985) 245
    Example:
        >>> print(identity_quaternion())
        [1. 0. 0. 0.]
    """
    return jnp.broadcast_to(jnp.array([1, 0, 0, 0], dtype), (*shape, 4))


def compose_quaternion(q1: ArrayLike, q2: ArrayLike) -> Float[Array, "... 4"]:
    """The product q1 q2: the rotation q2 followed by the rotation q1.

    Law:     quaternion_to_matrix(compose_quaternion(p, q)) = quaternion_to_matrix(p) @ quaternion_to_matrix(q)
    Shape:   [..., 4], [..., 4] -> [..., 4]; leading axes broadcast
    Scale:   |q1 q2| = |q1| |q2|
    Raises:  ValueError if a quaternion is zero; NaN under a trace
    Source:  Shoemake, Computer Graphics 19 (1985) 245
    Example: i j = k
        >>> print(compose_quaternion(jnp.array([0, 1, 0, 0]), jnp.array([0, 0, 1, 0])))
        [0. 0. 0. 1.]
    """
    return product(*read_quaternion("compose_quaternion", q1=q1, q2=q2))


def inverse_quaternion(q: ArrayLike) -> Float[Array, "... 4"]:
    """The conjugate (w, -x, -y, -z), which stands for the inverse rotation and is the inverse if |q| = 1.

    Law:     compose_quaternion(q, inverse_quaternion(q)) = |q|^2 (1, 0, 0, 0)
    Shape:   [..., 4] -> [..., 4]
    Raises:  ValueError if a quaternion is zero; NaN under a trace
    Source:  Shoemake, Computer Graphics 19 (1985) 245
    Example:
        >>> print(inverse_quaternion(jnp.array([1, 2, -3, 4])))
        [ 1. -2.  3. -4.]
    """
    (q,) = read_quaternion("inverse_quaternion", q=q)
    return conjugate(q)


def rotation_angle_from_quaternion(q1: ArrayLike, q2: ArrayLike) -> Float[Array, "..."]:
    """The angle, in [0, pi], of the rotation that takes the orientation q1 to q2.

    Law:     symmetric, zero for q2 = -q1, and unchanged when a rotation is composed with both
    Shape:   [..., 4], [..., 4] -> [...]; leading axes broadcast
    Units:   radian; small angles and those near pi keep the full precision of the dtype
    Raises:  ValueError if a quaternion is zero; NaN under a trace
    Source:  Huynh, J. Math. Imaging and Vision 35 (2009) 155, section 3
    Example: from one half turn to another
        >>> angle = rotation_angle_from_quaternion(jnp.array([0, 1, 0, 0]), jnp.array([0, 0, 1, 0]))
        >>> print(f"{angle / jnp.pi:.3f}")
        1.000
    """
    return angle_between(*read_quaternion("rotation_angle_from_quaternion", q1=q1, q2=q2))


def matrix_to_quaternion(R: ArrayLike) -> Float[Array, "... 4"]:
    """The unit quaternion of a rotation matrix.

    Law:     quaternion_to_matrix(matrix_to_quaternion(R)) = R
    Shape:   [..., 3, 3] -> [..., 4]
    Order:   of the two signs that with w >= 0; at half a turn, where w = 0, the largest component is positive
    Raises:  ValueError if R is not a rotation; NaN under a trace
    Source:  Shepperd, J. Guidance and Control 1 (1978) 223
    Example: half a turn about the x axis
        >>> print(matrix_to_quaternion(jnp.diag(jnp.array([1, -1, -1]))))
        [0. 1. 0. 0.]
    """
    return quaternion_of_matrix(read_matrix("matrix_to_quaternion", R))


def angles_to_quaternion(alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> Float[Array, "... 4"]:
    """The unit quaternion of Euler angles, with the sign that is continuous in the angles.

    Law:     quaternion_to_matrix(angles_to_quaternion(a, b, c)) = angles_to_matrix(a, b, c)
    Shape:   [...], [...], [...] -> [..., 4]; leading axes broadcast
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example: half a turn about the x axis
        >>> print(angles_to_quaternion(0.0, jnp.pi, 0.0).round(3) + 0.0)
        [0. 1. 0. 0.]
    """
    angles = read("angles_to_quaternion", alpha=(alpha, SCALAR), beta=(beta, SCALAR), gamma=(gamma, SCALAR))
    return quaternion_of_angles(*angles)


@also_named(axis="xyz")
def axis_angle_to_quaternion(axis: ArrayLike, angle: ArrayLike) -> Float[Array, "... 4"]:
    """The unit quaternion (cos(angle / 2), sin(angle / 2) axis / |axis|).

    Law:     quaternion_to_matrix(axis_angle_to_quaternion(axis, angle)) = axis_angle_to_matrix(axis, angle)
    Shape:   [..., 3], [...] -> [..., 4]; leading axes broadcast
    Scale:   the length of the axis does not matter
    Units:   radian
    Raises:  ValueError if the axis is zero where the angle is not; NaN under a trace
    Source:  Shoemake, Computer Graphics 19 (1985) 245
    Example: half a turn about the y axis
        >>> print(axis_angle_to_quaternion(jnp.array([0, 5, 0]), jnp.pi).round(3) + 0.0)
        [0. 0. 1. 0.]
    """
    return quaternion_of_axis_angle(*read_axis_angle("axis_angle_to_quaternion", axis, angle))


def log_coordinates_to_quaternion(log_coordinates: ArrayLike) -> Float[Array, "... 4"]:
    """The unit quaternion of the rotation by |log_coordinates| about log_coordinates.

    Law:     quaternion_to_log_coordinates(log_coordinates_to_quaternion(w)) = w for |w| < 2 pi
    Shape:   [..., 3] -> [..., 4]
    Units:   radian; smooth at zero
    Raises:  ValueError if the last axis does not hold three real components
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example: half a turn about the y axis
        >>> print(log_coordinates_to_quaternion(jnp.array([0, jnp.pi, 0])).round(3) + 0.0)
        [0. 0. 1. 0.]
    """
    (log,) = read("log_coordinates_to_quaternion", log_coordinates=(log_coordinates, VECTOR))
    return quaternion_of_log(log)
