"""A rotation as its axis [..., 3] and its angle [...], right-handed.

The identity has no axis: where a function has to name one it gives the zero vector, and the angle zero.
"""

from jax import Array
from jax.typing import ArrayLike

from eqlib.array_types import Float
from eqlib.rotation.arguments import SCALAR, VECTOR, AxisAngle, read, read_axis_angle, read_matrix, read_quaternion
from eqlib.rotation.formulas import (
    angle_between,
    axis_angle_of_quaternion,
    product,
    quaternion_of_angles,
    quaternion_of_axis_angle,
    quaternion_of_matrix,
    upper,
)
from eqlib.rotation.smooth import direction, norm


def compose_axis_angle(axis1: ArrayLike, angle1: ArrayLike, axis2: ArrayLike, angle2: ArrayLike) -> AxisAngle:
    """The axis and angle of the second rotation followed by the first.

    Law:     R(*compose_axis_angle(*r1, *r2)) = R(*r1) @ R(*r2)
    Shape:   [..., 3], [...], [..., 3], [...] -> [..., 3], [...]; leading axes broadcast
    Order:   the angle is in [0, 2 pi]: angles that add up are not cut at pi
    Units:   radian
    Raises:  ValueError if an axis is zero where its angle is not; NaN under a trace
    Source:  Varshalovich et al. (1988), section 1.4
    Example: turns about one axis add up
        >>> import jax.numpy as jnp
        >>> axis = jnp.array([0, 1, 0])
        >>> print(f"{compose_axis_angle(axis, 0.5, axis, 0.25)[1]:.3f}")
        0.750
    """
    return axis_angle_of_quaternion(product(*_read_pair("compose_axis_angle", axis1, angle1, axis2, angle2)))


def rotation_angle_from_axis_angle(
    axis1: ArrayLike, angle1: ArrayLike, axis2: ArrayLike, angle2: ArrayLike
) -> Float[Array, "..."]:
    """The angle, in [0, pi], of the rotation that takes the first orientation to the second.

    Law:     symmetric, zero for equal rotations, and unchanged when a rotation is composed with both
    Shape:   [..., 3], [...], [..., 3], [...] -> [...]; leading axes broadcast
    Units:   radian
    Raises:  ValueError if an axis is zero where its angle is not; NaN under a trace
    Source:  Huynh, J. Math. Imaging and Vision 35 (2009) 155, section 3
    Example:
        >>> import jax.numpy as jnp
        >>> axis = jnp.array([0, 1, 0])
        >>> print(f"{rotation_angle_from_axis_angle(axis, 0.5, axis, 0.25):.3f}")
        0.250
    """
    return angle_between(*_read_pair("rotation_angle_from_axis_angle", axis1, angle1, axis2, angle2))


def matrix_to_axis_angle(R: ArrayLike) -> AxisAngle:
    """The unit axis of a rotation matrix and its angle.

    Law:     axis_angle_to_matrix(*matrix_to_axis_angle(R)) = R
    Shape:   [..., 3, 3] -> [..., 3], [...]
    Order:   the angle is in [0, pi]; at pi the largest component of the axis is positive
    Units:   radian; small angles and those near pi keep the full precision of the dtype
    Raises:  ValueError if R is not a rotation; NaN under a trace
    Source:  Shepperd, J. Guidance and Control 1 (1978) 223, for the quaternion of the matrix
    Example: half a turn about the x axis
        >>> import jax.numpy as jnp
        >>> axis, angle = matrix_to_axis_angle(jnp.diag(jnp.array([1, -1, -1])))
        >>> print(axis, f"{angle / jnp.pi:.3f}")
        [1. 0. 0.] 1.000
    """
    return axis_angle_of_quaternion(quaternion_of_matrix(read_matrix("matrix_to_axis_angle", R)))


def angles_to_axis_angle(alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> AxisAngle:
    """The unit axis and the angle of the rotation with these Euler angles.

    Law:     axis_angle_to_matrix(*angles_to_axis_angle(a, b, c)) = angles_to_matrix(a, b, c)
    Shape:   [...], [...], [...] -> [..., 3], [...]; leading axes broadcast
    Order:   the angle is in [0, pi]
    Units:   radian
    Raises:  ValueError if the leading axes do not broadcast, or an argument is complex
    Source:  Varshalovich et al. (1988), section 1.4
    Example:
        >>> axis, angle = angles_to_axis_angle(0.0, 0.75, 0.0)
        >>> print(axis.round(3) + 0.0, f"{angle:.3f}")
        [1. 0. 0.] 0.750
    """
    angles = read("angles_to_axis_angle", alpha=(alpha, SCALAR), beta=(beta, SCALAR), gamma=(gamma, SCALAR))
    return axis_angle_of_quaternion(upper(quaternion_of_angles(*angles)))


def quaternion_to_axis_angle(q: ArrayLike) -> AxisAngle:
    """The unit axis of a quaternion and its angle.

    Law:     axis_angle_to_quaternion(*quaternion_to_axis_angle(q)) = q / |q|, sign included unless q = (-1, 0, 0, 0)
    Shape:   [..., 4] -> [..., 3], [...]
    Scale:   the length of q does not matter
    Order:   the angle is in [0, 2 pi]: above pi where w < 0
    Units:   radian
    Raises:  ValueError if a quaternion is zero; NaN under a trace
    Source:  Shoemake, Computer Graphics 19 (1985) 245
    Example:
        >>> import jax.numpy as jnp
        >>> axis, angle = quaternion_to_axis_angle(jnp.array([0, 0, 5, 0]))
        >>> print(axis, f"{angle / jnp.pi:.3f}")
        [0. 1. 0.] 1.000
    """
    (q,) = read_quaternion("quaternion_to_axis_angle", q=q)
    return axis_angle_of_quaternion(q)


def log_coordinates_to_axis_angle(log_coordinates: ArrayLike) -> AxisAngle:
    """The direction and the length of the log coordinates.

    Law:     axis_angle_to_log_coordinates(*log_coordinates_to_axis_angle(w)) = w
    Shape:   [..., 3] -> [..., 3], [...]
    Units:   radian
    Raises:  ValueError if the last axis does not hold three real components
    Source:  Murray, Li and Sastry (1994), section 2.2: exponential coordinates
    Example:
        >>> import jax.numpy as jnp
        >>> print(*log_coordinates_to_axis_angle(jnp.array([0.0, 0.5, 0.0])))
        [0. 1. 0.] 0.5
    """
    (log,) = read("log_coordinates_to_axis_angle", log_coordinates=(log_coordinates, VECTOR))
    return direction(log), norm(log)


def _read_pair(
    function: str, axis1: ArrayLike, angle1: ArrayLike, axis2: ArrayLike, angle2: ArrayLike
) -> tuple[Float[Array, "*batch 4"], Float[Array, "*batch 4"]]:
    """The quaternions of two rotations, broadcast together."""
    axis1, angle1, axis2, angle2 = read(
        function, axis1=(axis1, VECTOR), angle1=(angle1, SCALAR), axis2=(axis2, VECTOR), angle2=(angle2, SCALAR)
    )
    first, second = read_axis_angle(function, axis1, angle1), read_axis_angle(function, axis2, angle2)
    return quaternion_of_axis_angle(*first), quaternion_of_axis_angle(*second)
