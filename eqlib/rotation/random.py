"""Random rotations, uniform on SO(3): the Haar measure.

The Euler angles are drawn and the other forms follow from them, so that one key gives one rotation in every form.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import DTypeLike

from eqlib.array_types import Float, RandomKey
from eqlib.rotation.arguments import Angles, AxisAngle
from eqlib.rotation.axis_angle import angles_to_axis_angle
from eqlib.rotation.log_coordinates import angles_to_log_coordinates
from eqlib.rotation.matrix import angles_to_matrix
from eqlib.rotation.quaternion import angles_to_quaternion


def rand_angles(key: RandomKey, shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> Angles:
    """Euler angles of random rotations: alpha and gamma uniform in [0, 2 pi), cos(beta) uniform in [-1, 1).

    Law:     the distribution does not change when a rotation is composed from the left or from the right
    Shape:   shape, shape, shape
    Units:   radian
    Example:
        >>> alpha, beta, gamma = rand_angles(jax.random.key(0), (10,))
        >>> alpha.shape, bool(jnp.all(beta <= jnp.pi))
        ((10,), True)
    """
    x, y, z = jax.random.uniform(key, (3, *shape), dtype)
    return 2 * jnp.pi * x, jnp.arccos(2 * z - 1), 2 * jnp.pi * y


def rand_matrix(key: RandomKey, shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> Float[Array, "... 3 3"]:
    """Matrices of random rotations.

    Law:     as of rand_angles
    Shape:   [*shape, 3, 3]
    """
    return angles_to_matrix(*rand_angles(key, shape, dtype))


def rand_quaternion(key: RandomKey, shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> Float[Array, "... 4"]:
    """Unit quaternions of random rotations, in either half of the sphere.

    Law:     as of rand_angles
    Shape:   [*shape, 4]
    """
    return angles_to_quaternion(*rand_angles(key, shape, dtype))


def rand_axis_angle(key: RandomKey, shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> AxisAngle:
    """Axes and angles of random rotations; the angle is in [0, pi], of density (1 - cos(angle)) / pi.

    Law:     as of rand_angles
    Shape:   [*shape, 3], shape
    """
    return angles_to_axis_angle(*rand_angles(key, shape, dtype))


def rand_log_coordinates(
    key: RandomKey, shape: Sequence[int] = (), dtype: DTypeLike = jnp.float32
) -> Float[Array, "... 3"]:
    """Log coordinates of random rotations, of length at most pi.

    Law:     as of rand_angles
    Shape:   [*shape, 3]
    """
    return angles_to_log_coordinates(*rand_angles(key, shape, dtype))
