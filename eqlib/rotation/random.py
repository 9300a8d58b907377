"""Random rotations, uniform on SO(3): the Haar measure.

The Euler angles are drawn and the other forms follow from them, so that one key gives one rotation in every form.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import DTypeLike

from eqlib.array_types import Float, RandomKey
from eqlib.o3 import as_shape
from eqlib.rotation.arguments import Angles, AxisAngle
from eqlib.rotation.axis_angle import angles_to_axis_angle
from eqlib.rotation.log_coordinates import angles_to_log_coordinates
from eqlib.rotation.matrix import angles_to_matrix
from eqlib.rotation.quaternion import angles_to_quaternion


def rand_angles(key: RandomKey, shape: int | Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> Angles:
    """Euler angles of random rotations: alpha and gamma uniform in [0, 2 pi), cos(beta) uniform in [-1, 1).

    Law:     the distribution does not change when a rotation is composed from the left or from the right
    Shape:   shape, shape, shape
    Units:   radian
    Raises:  ValueError if `dtype` is not a real floating dtype; TypeError if `key` is no key
    Source:  Miles, Biometrika 52 (1965) 636: the invariant measure is sin(beta) d alpha d beta d gamma
    Example:
        >>> alpha, beta, gamma = rand_angles(jax.random.key(0), (10,))
        >>> alpha.shape, bool(jnp.all(beta <= jnp.pi))
        ((10,), True)
    """
    x, y, z = jax.random.uniform(key, (3, *as_shape(shape)), dtype)
    return 2 * jnp.pi * x, jnp.arccos(2 * z - 1), 2 * jnp.pi * y


def rand_matrix(
    key: RandomKey, shape: int | Sequence[int] = (), dtype: DTypeLike = jnp.float32
) -> Float[Array, "... 3 3"]:
    """Matrices of random rotations.

    Law:     as of rand_angles
    Shape:   [*shape, 3, 3]
    Raises:  as of rand_angles
    Source:  as of rand_angles
    Example:
        >>> R = rand_matrix(jax.random.key(0), (10,))
        >>> R.shape, bool(jnp.all(jnp.linalg.det(R) > 0))
        ((10, 3, 3), True)
    """
    return angles_to_matrix(*rand_angles(key, shape, dtype))


def rand_quaternion(
    key: RandomKey, shape: int | Sequence[int] = (), dtype: DTypeLike = jnp.float32
) -> Float[Array, "... 4"]:
    """Unit quaternions of random rotations, in either half of the sphere.

    Law:     as of rand_angles
    Shape:   [*shape, 4]
    Raises:  as of rand_angles
    Source:  as of rand_angles
    Example:
        >>> q = rand_quaternion(jax.random.key(0), (10,))
        >>> q.shape, bool(jnp.all(jnp.abs(jnp.sum(q**2, axis=-1) - 1) < 1e-5))
        ((10, 4), True)
    """
    return angles_to_quaternion(*rand_angles(key, shape, dtype))


def rand_axis_angle(key: RandomKey, shape: int | Sequence[int] = (), dtype: DTypeLike = jnp.float32) -> AxisAngle:
    """Axes and angles of random rotations; the angle is in [0, pi], of density (1 - cos(angle)) / pi.

    Law:     as of rand_angles
    Shape:   [*shape, 3], shape
    Units:   radian
    Raises:  as of rand_angles
    Source:  as of rand_angles
    Example:
        >>> axis, angle = rand_axis_angle(jax.random.key(0), (10,))
        >>> axis.shape, angle.shape
        ((10, 3), (10,))
    """
    return angles_to_axis_angle(*rand_angles(key, shape, dtype))


def rand_log_coordinates(
    key: RandomKey, shape: int | Sequence[int] = (), dtype: DTypeLike = jnp.float32
) -> Float[Array, "... 3"]:
    """Log coordinates of random rotations, of length at most pi.

    Law:     as of rand_angles
    Shape:   [*shape, 3]
    Units:   radian
    Raises:  as of rand_angles
    Source:  as of rand_angles
    Example:
        >>> log = rand_log_coordinates(jax.random.key(0), (10,))
        >>> log.shape, bool(jnp.all(jnp.sum(log**2, axis=-1) <= 1.0001 * jnp.pi**2))
        ((10, 3), True)
    """
    return angles_to_log_coordinates(*rand_angles(key, shape, dtype))
