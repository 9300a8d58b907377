"""Rotation matrices from angles, quaternions, axis and angle, and log coordinates; NumPy or JAX arrays, batched."""

import math
from fractions import Fraction

import numpy as np

from eqlib.array_types import Array, ArrayLike, Float
from eqlib.o3.array_namespace import as_floating, namespace

_Entry = Float[Array, "*#batch"]


def matrix_from_angles(alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> Float[Array, "... 3 3"]:
    """Returns R = Ry(alpha) Rx(beta) Ry(gamma).

    Shape:  [...], [...], [...] -> [..., 3, 3]; the arguments broadcast.
    Units:  radians.
    Raises: TypeError for complex or boolean arguments.
    Example:
        >>> matrix_from_angles(np.pi / 2, 0.0, 0.0).round(12) @ np.array([0.0, 0.0, 1.0])
        array([1., 0., 0.])
    """
    alpha, beta, gamma = as_floating(alpha, beta, gamma)
    xp = namespace(alpha, beta, gamma)
    ca, cb, cc = xp.cos(alpha), xp.cos(beta), xp.cos(gamma)
    sa, sb, sc = xp.sin(alpha), xp.sin(beta), xp.sin(gamma)
    return _matrix(
        (ca * cc - sa * cb * sc, sa * sb, ca * sc + sa * cb * cc),
        (sb * sc, cb, -sb * cc),
        (-sa * cc - ca * cb * sc, ca * sb, -sa * sc + ca * cb * cc),
    )


def matrix_from_quaternion(q: ArrayLike) -> Float[Array, "... 3 3"]:
    """Returns the rotation v -> q v q^-1; `q` need not be of unit length.

    Law:    R(q1 q2) = R(q1) R(q2), R(s q) = R(q) for every real s != 0; without rounding error
            where q and R have integer entries.
    Shape:  [..., 4] -> [..., 3, 3]; components in the order (w, x, y, z).
    Raises: ValueError if the last axis is not 4, or if a NumPy quaternion is zero (a traced one gives NaN);
            TypeError for complex or boolean arguments.
    Example:
        >>> matrix_from_quaternion([1, 0, 0, 1])
        array([[ 0., -1.,  0.],
               [ 1.,  0.,  0.],
               [ 0.,  0.,  1.]])
    """
    (q,) = as_floating(q)
    _require_last_axis(q, 4, "a quaternion (w, x, y, z)")
    w, x, y, z = (q[..., i] for i in range(4))
    square = w * w + x * x + y * y + z * z
    _refuse_zero(square, "a quaternion of length zero is no rotation: the identity is (1, 0, 0, 0)")
    return _matrix(
        ((w * w + x * x - y * y - z * z) / square, 2 * (x * y - w * z) / square, 2 * (x * z + w * y) / square),
        (2 * (x * y + w * z) / square, (w * w - x * x + y * y - z * z) / square, 2 * (y * z - w * x) / square),
        (2 * (x * z - w * y) / square, 2 * (y * z + w * x) / square, (w * w - x * x - y * y + z * z) / square),
    )


def exact_matrix_from_quaternion(w: int, x: int, y: int, z: int) -> tuple[tuple[Fraction, ...], ...]:
    """Returns the rotation of an integer quaternion without rounding: every rational rotation is one of these.

    Raises: ValueError if the quaternion is zero.
    Example:
        >>> exact_matrix_from_quaternion(2, 1, 0, 0)[1]
        (Fraction(0, 1), Fraction(3, 5), Fraction(-4, 5))
    """
    square = w * w + x * x + y * y + z * z
    if square == 0:
        raise ValueError("a quaternion of length zero is no rotation: the identity is (1, 0, 0, 0)")
    rows = (
        (w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z),
    )
    return tuple(tuple(Fraction(entry, square) for entry in row) for row in rows)


def matrix_from_axis_angle(axis: ArrayLike, angle: ArrayLike) -> Float[Array, "... 3 3"]:
    """Returns the rotation by `angle` about `axis`, right-handed; `axis` need not be of unit length.

    Shape:  [..., 3], [...] -> [..., 3, 3]; leading axes broadcast.
    Units:  radians.
    Raises: ValueError if the last axis is not 3, or if a NumPy axis is zero (a traced one gives NaN);
            TypeError for complex or boolean arguments.
    Source: Rodrigues' formula, with 1 - cos t = 2 sin^2(t/2) so that small angles keep their digits.
    Example:
        >>> matrix_from_axis_angle([0, 1, 0], 1e-9)[0, 2]
        np.float64(1e-09)
    """
    axis, angle = as_floating(axis, angle)
    xp = namespace(axis, angle)
    _require_last_axis(axis, 3, "an axis (x, y, z)")
    square = (axis * axis).sum(-1)
    _refuse_zero(square, "an axis of length zero has no direction: use matrix_from_log_coordinates(angle * axis)")
    unit = axis / xp.sqrt(square)[..., None]
    return _rodrigues(unit, xp.sin(angle), 2 * xp.sin(angle / 2) ** 2)


def matrix_from_log_coordinates(w: ArrayLike) -> Float[Array, "... 3 3"]:
    """Returns exp of the antisymmetric matrix of `w`: the rotation by |w| about w.

    Law:    smooth at w = 0, with finite and exact derivatives of every order up to at least the third.
    Shape:  [..., 3] -> [..., 3, 3].
    Units:  radians.
    Raises: ValueError if the last axis is not 3; TypeError for complex or boolean arguments.
    Source: Rodrigues' formula, R = I + a K + b K^2 with a = sin(t)/t, b = (1 - cos t)/t^2 analytic in t^2.
    Example:
        >>> matrix_from_log_coordinates([1e-9, 0, 0])[2, 1]
        np.float64(1e-09)
    """
    (w,) = as_floating(w)
    xp = namespace(w)
    _require_last_axis(w, 3, "log coordinates (x, y, z)")
    square = (w * w).sum(-1)
    is_small = square < 1
    # The branch not taken is evaluated too, and its derivative must be finite: give it a harmless argument.
    angle = xp.sqrt(xp.where(is_small, 1, square))
    small = xp.where(is_small, square, 0)
    a = xp.where(is_small, _power_series(small, 1), xp.sin(angle) / angle)
    b = xp.where(is_small, _power_series(small, 2), 2 * (xp.sin(angle / 2) / angle) ** 2)
    return _rodrigues(w, a, b)


def _power_series(square: Float[Array, "*batch"], offset: int) -> Float[Array, "*batch"]:
    """Returns sum_k (-square)^k / (2k + offset)!; ten terms leave less than 1e-18 for square < 1."""
    total = 0.0 * square
    for k in reversed(range(10)):
        total = 1 / math.factorial(2 * k + offset) - total * square
    return total


def _rodrigues(
    v: Float[Array, "*#batch 3"], a: Float[Array, "*#batch"], b: Float[Array, "*#batch"]
) -> Float[Array, "*batch 3 3"]:
    """Returns I + a K + b K^2, where K u = v x u and hence K^2 = v v^T - |v|^2 I."""
    x, y, z = (v[..., i] for i in range(3))
    return _matrix(
        (1 - b * (y * y + z * z), b * x * y - a * z, b * x * z + a * y),
        (b * x * y + a * z, 1 - b * (x * x + z * z), b * y * z - a * x),
        (b * x * z - a * y, b * y * z + a * x, 1 - b * (x * x + y * y)),
    )


def _matrix(*rows: tuple[_Entry, _Entry, _Entry]) -> Float[Array, "*batch 3 3"]:
    xp = namespace(*(entry for row in rows for entry in row))
    entries = xp.broadcast_arrays(*(entry for row in rows for entry in row))
    return xp.stack(entries, axis=-1).reshape((*entries[0].shape, 3, 3))


def _require_last_axis(array: Float[Array, "..."], size: int, what: str) -> None:
    if array.ndim == 0 or array.shape[-1] != size:
        raise ValueError(f"shape {tuple(array.shape)} cannot be {what}: the last axis must have size {size}")


def _refuse_zero(square: Float[Array, "..."], message: str) -> None:
    if isinstance(square, (np.ndarray, np.generic)) and np.any(square == 0):
        raise ValueError(message)
