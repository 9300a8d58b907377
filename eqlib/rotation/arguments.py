"""What the functions of this package accept: shape and dtype are checked before anything is traced, values where known.

An array that is no rotation (a reflection, a sheared matrix, a zero quaternion, a zero axis with an angle) raises
ValueError where its values are known, at the price of waiting for them. Under jit, vmap, grad or scan they are not
known: there the result is NaN, so that the mistake shows instead of passing for a rotation.
"""

from collections.abc import Callable
from functools import partial
from math import prod

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from eqlib.array_types import Bool, Float, Shaped
from eqlib.rotation.smooth import norm

Angle = Float[Array, "..."]
Angles = tuple[Angle, Angle, Angle]
AxisAngle = tuple[Float[Array, "... 3"], Angle]

Shape = tuple[int, ...]

SCALAR, VECTOR, QUATERNION, MATRIX = (), (3,), (4,), (3, 3)

_MEANING = {VECTOR: "(x, y, z)", QUATERNION: "(w, x, y, z)", MATRIX: "(row, column)"}


def read(function: str, **arguments: tuple[ArrayLike, Shape]) -> list[Float[Array, "..."]]:
    """The arguments (value, trailing shape) in one floating-point dtype, their leading axes broadcast together."""
    arrays = {name: jnp.asarray(value) for name, (value, _) in arguments.items()}
    trailing = {name: shape for name, (_, shape) in arguments.items()}
    for name, array in arrays.items():
        if array.shape[max(array.ndim - len(trailing[name]), 0) :] != trailing[name]:
            raise ValueError(_explain_shape(function, name, array.shape, trailing[name]))
    dtype = _common_dtype(function, arrays)
    leading = _common_leading_shape(function, arrays, trailing)
    return [jnp.broadcast_to(array.astype(dtype), leading + trailing[name]) for name, array in arrays.items()]


def read_matrix(function: str, R: ArrayLike) -> Float[Array, "... 3 3"]:
    """One argument R that is a rotation matrix [..., 3, 3]."""
    (R,) = read(function, R=(R, MATRIX))
    wrong = ~(_distance_from_rotation(R) <= _tolerance(R))
    return _refuse(wrong, R, lambda: _explain_matrix(function, R))


def read_quaternion(function: str, **quaternions: ArrayLike) -> list[Float[Array, "*batch 4"]]:
    """Arguments that are quaternions [..., 4] of any length but zero."""
    arrays = read(function, **{name: (q, QUATERNION) for name, q in quaternions.items()})
    return [
        _refuse(~_has_length(q), q, partial(_explain_quaternion, function, name))
        for name, q in zip(quaternions, arrays, strict=True)
    ]


def read_axis_angle(
    function: str, axis: ArrayLike, angle: ArrayLike
) -> tuple[Float[Array, "*batch 3"], Float[Array, "*batch"]]:
    """An axis [..., 3] of any length and an angle [...]; the axis may be zero only where the angle is zero."""
    axis, angle = read(function, axis=(axis, VECTOR), angle=(angle, SCALAR))
    reason = (
        f"{function}: the axis is zero where the angle is not, and a rotation by an angle needs an axis.\n"
        "  The identity has angle 0 and any axis."
    )
    return axis, _refuse((norm(axis) == 0) & (angle != 0), angle, lambda: reason)


@jax.jit
def _distance_from_rotation(R: Float[Array, "*batch 3 3"]) -> Float[Array, "*batch"]:
    """How far the rows are from x, y, x cross y with x and y orthonormal: zero for rotations alone."""
    x, y, z = R[..., 0, :], R[..., 1, :], R[..., 2, :]
    products = jnp.stack([jnp.sum(x * x, -1) - 1, jnp.sum(y * y, -1) - 1, jnp.sum(x * y, -1)], axis=-1)
    return jnp.max(jnp.abs(jnp.concatenate([products, jnp.cross(x, y) - z], axis=-1)), axis=-1)


def _tolerance(R: Float[Array, "... 3 3"]) -> float:
    """A bound on rounding and drift, not a test of accuracy: what is no rotation is off by order one."""
    return max(1e-3, 8 * float(jnp.finfo(R.dtype).eps))


def _refuse(
    wrong: Bool[Array, "..."], array: Float[Array, "*axes"], reason: Callable[[], str]
) -> Float[Array, "*axes"]:
    """`array`; raises where `wrong` is known to hold, and is NaN where it turns out to hold."""
    if not isinstance(wrong, jax.core.Tracer):
        if bool(jnp.any(wrong)):
            raise ValueError(reason())
        return array
    return jnp.where(jnp.expand_dims(wrong, tuple(range(wrong.ndim, array.ndim))), jnp.nan, array)


def _common_dtype(function: str, arrays: dict[str, Shaped[Array, "..."]]) -> jnp.dtype:
    dtype = jnp.result_type(*arrays.values())
    if jnp.issubdtype(dtype, jnp.complexfloating):
        given = ", ".join(f"{name}: {array.dtype}" for name, array in arrays.items())
        raise ValueError(
            f"{function} takes real arrays ({given}).\n  Write x.real for x if its imaginary part is zero."
        )
    return dtype if jnp.issubdtype(dtype, jnp.floating) else jnp.result_type(float)


def _common_leading_shape(function: str, arrays: dict[str, Shaped[Array, "..."]], trailing: dict[str, Shape]) -> Shape:
    leading = {name: array.shape[: array.ndim - len(trailing[name])] for name, array in arrays.items()}
    try:
        return jnp.broadcast_shapes(*leading.values())
    except ValueError as error:
        given = ", ".join(f"{name}: {shape}" for name, shape in leading.items())
        name = next(iter(arrays))
        index = ", ".join(["...", "None", *":" * len(trailing[name])])
        raise ValueError(
            f"{function}: the leading axes do not broadcast ({given}).\n"
            f"  For all pairs insert an axis: {name}[{index}]."
        ) from error


def _explain_shape(function: str, name: str, shape: Shape, wanted: Shape) -> str:
    axes = ", ".join(map(str, wanted))
    what = f"{function}: {name} has shape {shape}, but must be [..., {axes}], the last axes being {_MEANING[wanted]}."
    if len(shape) > len(wanted) and shape[: len(wanted)] == wanted:
        first, last = tuple(range(len(wanted))), tuple(range(-len(wanted), 0))
        return f"{what}\n  Write jnp.moveaxis({name}, {first}, {last})."
    if shape[-1:] == (prod(wanted),):
        return f"{what}\n  Write {name}.reshape({(*shape[:-1], *wanted)})."
    return f"{what}\n  Write jnp.stack(components, axis=-1) to put {prod(wanted)} components on the last axis."


@jax.jit
def _has_length(q: Float[Array, "*batch 4"]) -> Bool[Array, "*batch"]:
    square = jnp.sum(q * q, axis=-1)
    return (square > 0) & jnp.isfinite(square)


def _explain_quaternion(function: str, name: str) -> str:
    return (
        f"{function}: {name} has length zero (or its square is not finite), and such a quaternion is no rotation.\n"
        "  The identity is (1, 0, 0, 0)."
    )


def _explain_matrix(function: str, R: Float[Array, "... 3 3"]) -> str:
    if jnp.any(_distance_from_rotation(-R) <= _tolerance(R)):
        return (
            f"{function}: R has determinant -1: it is a rotation followed by the inversion, in O(3) but not in SO(3).\n"
            f"  For its rotation write {function}(-R)."
        )
    return (
        f"{function}: R is not a rotation matrix: R R^T differs from 1, or det R from +1.\n"
        "  For the nearest orthogonal matrix write u, _, vt = jnp.linalg.svd(R); R = u @ vt."
    )
