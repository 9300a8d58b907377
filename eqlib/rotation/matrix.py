"""Rotation matrices [..., 3, 3], which act on columns (x, y, z)."""

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from eqlib.array_types import Float
from eqlib.o3 import to_matrix
from eqlib.rotation.arguments import SCALAR, VECTOR, read, read_axis_angle, read_matrix, read_quaternion
from eqlib.rotation.formulas import angle_of_matrix, quaternion_of_axis_angle

_Entry = Float[Array, "*batch"]


def matrix_x(angle: ArrayLike) -> Float[Array, "... 3 3"]:
    """The rotation about the x axis, from y towards z.

    Law:     matrix_x(a) @ matrix_x(b) = matrix_x(a + b)
    Shape:   [...] -> [..., 3, 3]
    Units:   radian
    Raises:  ValueError if the angle is complex
    Source:  the definition; the hand and the axes are those of eqlib.o3.basis
    Example:
        >>> print(matrix_x(jnp.pi / 2).round())
        [[ 1.  0.  0.]
         [ 0. -0. -1.]
         [ 0.  1. -0.]]
    """
    c, s, zero, one = _cos_sin_zero_one("matrix_x", angle)
    return _matrix([[one, zero, zero], [zero, c, -s], [zero, s, c]])


def matrix_y(angle: ArrayLike) -> Float[Array, "... 3 3"]:
    """The rotation about the y axis, from z towards x.

    Law:     matrix_y(a) @ matrix_y(b) = matrix_y(a + b)
    Shape:   [...] -> [..., 3, 3]
    Units:   radian
    Raises:  ValueError if the angle is complex
    Source:  the definition; the hand and the axes are those of eqlib.o3.basis
    Example:
        >>> print(matrix_y(jnp.pi / 2).round() + 0.0)
        [[ 0.  0.  1.]
         [ 0.  1.  0.]
         [-1.  0.  0.]]
    """
    c, s, zero, one = _cos_sin_zero_one("matrix_y", angle)
    return _matrix([[c, zero, s], [zero, one, zero], [-s, zero, c]])


def matrix_z(angle: ArrayLike) -> Float[Array, "... 3 3"]:
    """The rotation about the z axis, from x towards y.

    Law:     matrix_z(a) @ matrix_z(b) = matrix_z(a + b)
    Shape:   [...] -> [..., 3, 3]
    Units:   radian
    Raises:  ValueError if the angle is complex
    Source:  the definition; the hand and the axes are those of eqlib.o3.basis
    Example:
        >>> print(matrix_z(jnp.pi / 2).round() + 0.0)
        [[ 0. -1.  0.]
         [ 1.  0.  0.]
         [ 0.  0.  1.]]
    """
    c, s, zero, one = _cos_sin_zero_one("matrix_z", angle)
    return _matrix([[c, -s, zero], [s, c, zero], [zero, zero, one]])


def angles_to_matrix(alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> Float[Array, "... 3 3"]:
    """The rotation with Euler angles (alpha, beta, gamma).

    Law:     angles_to_matrix(a, b, c) = matrix_y(a) @ matrix_x(b) @ matrix_y(c)
    Shape:   [...], [...], [...] -> [..., 3, 3]; leading axes broadcast
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Varshalovich et al. (1988), section 1.4; about y, x and y as in e3nn, see eqlib.o3.basis
    Example: a quarter turn about the x axis
        >>> print(angles_to_matrix(0.0, jnp.pi / 2, 0.0).round() + 0.0)
        [[ 1.  0.  0.]
         [ 0.  0. -1.]
         [ 0.  1.  0.]]
    """
    alpha, beta, gamma = read("angles_to_matrix", alpha=(alpha, SCALAR), beta=(beta, SCALAR), gamma=(gamma, SCALAR))
    return to_matrix.matrix_from_angles(alpha, beta, gamma)


def quaternion_to_matrix(q: ArrayLike) -> Float[Array, "... 3 3"]:
    """The rotation v -> q v / q.

    Law:     quaternion_to_matrix(compose_quaternion(p, q)) = quaternion_to_matrix(p) @ quaternion_to_matrix(q)
    Shape:   [..., 4] -> [..., 3, 3]
    Scale:   the matrix does not depend on the length or the sign of q
    Raises:  ValueError if a quaternion is zero; NaN under a trace
    Source:  Shoemake, Computer Graphics 19 (1985) 245
    Example: half a turn about the y axis
        >>> print(quaternion_to_matrix(jnp.array([0.0, 0.0, 1.0, 0.0])) + 0.0)
        [[-1.  0.  0.]
         [ 0.  1.  0.]
         [ 0.  0. -1.]]
    """
    (q,) = read_quaternion("quaternion_to_matrix", q=q)
    return to_matrix.matrix_from_quaternion(q)


def axis_angle_to_matrix(axis: ArrayLike, angle: ArrayLike) -> Float[Array, "... 3 3"]:
    """The right-handed rotation by `angle` about `axis`.

    Law:     R @ axis = axis
    Shape:   [..., 3], [...] -> [..., 3, 3]; leading axes broadcast
    Scale:   the length of the axis does not matter
    Units:   radian
    Raises:  ValueError if the axis is zero where the angle is not; NaN under a trace
    Source:  Varshalovich et al. (1988), section 1.4
    Example: a quarter turn about the y axis takes z to x
        >>> R = axis_angle_to_matrix(jnp.array([0, 1, 0]), jnp.pi / 2)
        >>> print((R @ jnp.array([0, 0, 1])).round() + 0.0)
        [1. 0. 0.]
    """
    axis, angle = read_axis_angle("axis_angle_to_matrix", axis, angle)
    return to_matrix.matrix_from_quaternion(quaternion_of_axis_angle(axis, angle))


def log_coordinates_to_matrix(log_coordinates: ArrayLike) -> Float[Array, "... 3 3"]:
    """The rotation by |log_coordinates| about log_coordinates: the exponential of the cross product with it.

    Law:     derivative at zero: R v = v + log_coordinates x v + O(|log_coordinates|^2)
    Shape:   [..., 3] -> [..., 3, 3]
    Units:   radian
    Raises:  ValueError if the last axis does not hold three real components
    Source:  Rodrigues' formula: Murray, Li and Sastry (1994), section 2.2
    Example: half a turn about the y axis
        >>> print(log_coordinates_to_matrix(jnp.array([0, jnp.pi, 0])).round() + 0.0)
        [[-1.  0.  0.]
         [ 0.  1.  0.]
         [ 0.  0. -1.]]
    """
    (log,) = read("log_coordinates_to_matrix", log_coordinates=(log_coordinates, VECTOR))
    return to_matrix.matrix_from_log_coordinates(log)


def rotation_angle_from_matrix(R: ArrayLike) -> Float[Array, "..."]:
    """The angle by which R turns about its axis, in [0, pi].

    Law:     rotation_angle_from_matrix(S @ R @ S.T) = rotation_angle_from_matrix(R)
    Shape:   [..., 3, 3] -> [...]
    Units:   radian; small angles and those near pi keep the full precision of the dtype
    Raises:  ValueError if R is not a rotation; NaN under a trace
    Source:  Huynh, J. Math. Imaging and Vision 35 (2009) 155, section 3
    Example: half a turn about the x axis
        >>> print(f"{rotation_angle_from_matrix(jnp.diag(jnp.array([1, -1, -1]))) / jnp.pi:.3f}")
        1.000
    """
    return angle_of_matrix(read_matrix("rotation_angle_from_matrix", R))


def _cos_sin_zero_one(function: str, angle: ArrayLike) -> tuple[_Entry, _Entry, _Entry, _Entry]:
    (angle,) = read(function, angle=(angle, SCALAR))
    return jnp.cos(angle), jnp.sin(angle), jnp.zeros_like(angle), jnp.ones_like(angle)


def _matrix(rows: list[list[_Entry]]) -> Float[Array, "*batch 3 3"]:
    return jnp.stack([jnp.stack(row, axis=-1) for row in rows], axis=-2)
