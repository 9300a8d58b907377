"""The formulas of the package, on arrays whose shapes and values have been checked.

Every one is elementwise, so that no product of matrices runs at a reduced precision, and compiled, so that it is one
kernel where it is called outside jit. Quaternions are (w, x, y, z) and stand for rotations up to a factor.
"""

import jax
import jax.numpy as jnp
from jax import Array

from eqlib.array_types import Float
from eqlib.rotation.smooth import angle_per_sine, cos_of_square, direction, norm, polar_angle, sinc_of_square

# Leading axes are common: they were broadcast when the arguments were read.
Angle = Float[Array, "*batch"]
Vector = Float[Array, "*batch 3"]
Quaternion = Float[Array, "*batch 4"]
Matrix = Float[Array, "*batch 3 3"]


@jax.jit
def product(q1: Quaternion, q2: Quaternion) -> Quaternion:
    """The quaternion product: the rotation q2 followed by the rotation q1."""
    w1, x1, y1, z1 = _components(q1)
    w2, x2, y2, z2 = _components(q2)
    return jnp.stack(
        [
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 + y1 * w2 + z1 * x2 - x1 * z2,
            w1 * z2 + z1 * w2 + x1 * y2 - y1 * x2,
        ],
        axis=-1,
    )


@jax.jit
def conjugate(q: Quaternion) -> Quaternion:
    return jnp.concatenate([q[..., :1], -q[..., 1:]], axis=-1)


@jax.jit
def upper(q: Quaternion) -> Quaternion:
    """The one of q and -q whose rotation angle is at most pi: w >= 0."""
    return jnp.where(q[..., :1] < 0, -q, q)


@jax.jit
def angle_between(q1: Quaternion, q2: Quaternion) -> Angle:
    """The angle, in [0, pi], of the rotation from q1 to q2, by the arc tangent: the arc cosine is blind at 0."""
    q = product(conjugate(q1), q2)
    return 2 * polar_angle(norm(q[..., 1:]), jnp.abs(q[..., 0]))


@jax.jit
def quaternion_of_matrix(R: Matrix) -> Quaternion:
    """Shepperd's method: 4 q q^T is linear in R, and its row through the largest diagonal entry is well conditioned.

    The diagonal sums to 4 whatever R is, so that the entry is at least 1 and its root has every derivative.
    """
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = (_components(R[..., i, :]) for i in range(3))
    wx, wy, wz = zy - yz, xz - zx, yx - xy
    rows = [
        [1 + xx + yy + zz, wx, wy, wz],
        [wx, 1 + xx - yy - zz, xy + yx, xz + zx],
        [wy, xy + yx, 1 - xx + yy - zz, yz + zy],
        [wz, xz + zx, yz + zy, 1 - xx - yy + zz],
    ]
    outer = jnp.stack([jnp.stack(row, axis=-1) for row in rows], axis=-2)
    diagonal = jnp.stack([rows[k][k] for k in range(4)], axis=-1)
    largest = jnp.arange(4) == jnp.argmax(diagonal, axis=-1, keepdims=True)
    row = jnp.sum(jnp.where(largest[..., None], outer, 0), axis=-2)
    entry = jnp.sum(jnp.where(largest, diagonal, 0), axis=-1, keepdims=True)
    return upper(row / (2 * jnp.sqrt(entry)))


@jax.jit
def angle_of_matrix(R: Matrix) -> Angle:
    """The antisymmetric part of R is sin(angle), its trace 1 + 2 cos(angle)."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = (_components(R[..., i, :]) for i in range(3))
    return polar_angle(norm(jnp.stack([zy - yz, xz - zx, yx - xy], axis=-1)), xx + yy + zz - 1)


@jax.jit
def quaternion_of_angles(alpha: Angle, beta: Angle, gamma: Angle) -> Quaternion:
    """The product of the half turns about y, x and y, multiplied out."""
    half_sum, half_difference = (alpha + gamma) / 2, (alpha - gamma) / 2
    c, s = jnp.cos(beta / 2), jnp.sin(beta / 2)
    return jnp.stack(
        [c * jnp.cos(half_sum), s * jnp.cos(half_difference), c * jnp.sin(half_sum), -s * jnp.sin(half_difference)],
        axis=-1,
    )


@jax.jit
def quaternion_of_axis_angle(axis: Vector, angle: Angle) -> Quaternion:
    half = angle[..., None] / 2
    return jnp.concatenate([jnp.cos(half), direction(axis) * jnp.sin(half)], axis=-1)


@jax.jit
def quaternion_of_log(log: Vector) -> Quaternion:
    quarter = jnp.sum(log**2, axis=-1, keepdims=True) / 4
    return jnp.concatenate([cos_of_square(quarter), log / 2 * sinc_of_square(quarter)], axis=-1)


@jax.jit
def axis_angle_of_quaternion(q: Quaternion) -> tuple[Vector, Angle]:
    """The identity has no axis; with a zero axis goes the angle zero, and not the 2 pi of q = -1."""
    w, s = q[..., 0], norm(q[..., 1:])
    return direction(q[..., 1:]), jnp.where(s == 0, 0, 2 * polar_angle(s, w))


@jax.jit
def log_of_quaternion(q: Quaternion) -> Vector:
    unit = direction(q)
    w, v = unit[..., :1], unit[..., 1:]
    return 2 * v * angle_per_sine(jnp.sum(v**2, axis=-1, keepdims=True), w)


@jax.jit
def angles_of_matrix(R: Matrix) -> tuple[Angle, Angle, Angle]:
    """alpha and beta from the image of the y axis; gamma is what remains of R after undoing them.

    Where y is fixed or reversed alpha and gamma turn about the same line: then alpha = 0.
    """
    alpha, beta = angles_of_vector(R[..., :, 1])
    c, s = jnp.cos(alpha), jnp.sin(alpha)
    gamma = polar_angle(c * R[..., 0, 2] - s * R[..., 2, 2], c * R[..., 0, 0] - s * R[..., 2, 0])
    return alpha, beta, gamma


@jax.jit
def angles_of_vector(r: Vector) -> tuple[Angle, Angle]:
    """Azimuth about the y axis, from z towards x, and polar angle from the y axis; the zero vector gets (0, pi/2)."""
    x, y, z = _components(r)
    beta = polar_angle(norm(jnp.stack([x, z], axis=-1)), y)
    return polar_angle(x, z), jnp.where(norm(r) == 0, jnp.pi / 2, beta)


def _components(v: Float[Array, "*batch n"]) -> list[Float[Array, "*batch"]]:
    return [v[..., i] for i in range(v.shape[-1])]
