"""Norms, angles and series whose textbook formulas divide zero by zero, finite here with all their derivatives.

Where the function itself has no derivative (the length of a vector at the origin, an azimuth at the pole) it is taken
as zero: the mean over all directions from which the point is approached.
"""

from math import factorial

import jax.numpy as jnp
from jax import Array, lax

from eqlib.array_types import Bool, Float

# sin(x)/x in powers of t = x^2: at t < 1 the twelfth term is below 1e-22, and its third derivative below 1e-19.
_SINC = tuple((-1.0) ** k / factorial(2 * k + 1) for k in range(11))
# atan(x)/x in powers of t = x^2: at t < 1/16 the twentieth term is below 1e-24, and its third derivative below 1e-17.
_ARCTAN = tuple((-1.0) ** k / (2 * k + 1) for k in range(19))


def norm(v: Float[Array, "*batch n"]) -> Float[Array, "*batch"]:
    """The length of `v` [..., n], without overflow or underflow of the squares."""
    unit, length, scale = _scaled(v)
    return jnp.where(_is_zero(unit), 0, length) * scale[..., 0]


def direction(v: Float[Array, "*batch n"]) -> Float[Array, "*batch n"]:
    """`v` [..., n] divided by its length; the zero vector has no direction and stays zero."""
    unit, length, _ = _scaled(v)
    return jnp.where(_is_zero(unit), 0, 1 / length)[..., None] * unit


def polar_angle(y: Float[Array, "*batch"], x: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
    """The angle of the point (x, y) of the plane, in (-pi, pi]; zero at the origin."""
    unit, _, _ = _scaled(jnp.stack([x, y], axis=-1))
    origin = _is_zero(unit)
    return jnp.arctan2(jnp.where(origin, 0, unit[..., 1]), jnp.where(origin, 1, unit[..., 0]))


def sinc_of_square(t: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
    """sin(sqrt(t)) / sqrt(t), an entire function of t."""
    near = t < 1
    root = jnp.sqrt(jnp.where(near, 1, t))
    return jnp.where(near, _series(_SINC, jnp.where(near, t, 0)), jnp.sin(root) / root)


def cos_of_square(t: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
    """cos(sqrt(t)), an entire function of t: the half-angle formula leaves it no series of its own."""
    return 1 - t / 2 * sinc_of_square(t / 4) ** 2


def angle_per_sine(s2: Float[Array, "*batch"], c: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
    """atan2(sqrt(s2), c) / sqrt(s2): analytic in s2 near zero when c > 0."""
    safe = jnp.where(c == 0, 1, c)
    t = s2 / safe**2
    near = (c > 0) & (t < 1 / 16)
    positive = jnp.where(near | (s2 == 0), 1, s2)
    root = jnp.sqrt(positive)
    return jnp.where(near, _series(_ARCTAN, jnp.where(near, t, 0)) / safe, jnp.arctan2(root, c) / root)


def _scaled(
    v: Float[Array, "*batch n"],
) -> tuple[Float[Array, "*batch n"], Float[Array, "*batch"], Float[Array, "*batch 1"]]:
    """`v` over its largest component, the length of that (1 for the zero vector), and the largest component.

    The scale is a constant to the derivative: |v| = s |v / s| for every s, so nothing is lost.
    """
    scale = lax.stop_gradient(jnp.max(jnp.abs(v), axis=-1, keepdims=True))
    scale = jnp.where(scale == 0, 1, scale)
    unit = v / scale
    square = jnp.sum(unit**2, axis=-1)
    return unit, jnp.sqrt(jnp.where(square == 0, 1, square)), scale


def _is_zero(v: Float[Array, "*batch n"]) -> Bool[Array, "*batch"]:
    return jnp.all(v == 0, axis=-1)


def _series(coefficients: tuple[float, ...], t: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
    total = jnp.full_like(t, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * t + coefficient
    return total
