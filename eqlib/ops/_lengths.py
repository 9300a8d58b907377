"""Lengths of vectors whose squares may leave the range of a dtype, though the lengths do not."""

import functools
import operator
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Inexact
from eqlib.o3 import namespace

Part = Float[Array, "..."]

# Vectors of so many components at most are taken component by component; of longer ones, a sum is fast.
_FEW = 32


def lengths(x: Inexact[Array, "*batch mul dim"]) -> Float[Array, "*batch mul"]:
    """The lengths of vectors.

    Law:    neither overflows nor underflows where the length is a normal number. Every derivative at zero is zero.
    Shape:  [..., mul, dim] -> [..., mul].
    Raises: nothing.
    Source: Blue (1978), A Portable Fortran Program to Find the Euclidean Norm of a Vector: of three ranges of sizes,
            numbers of the middle one are squared as they are, and those of the others times a power of two.
    Example:
        >>> lengths(np.array([[3e200, 4e200], [0.0, 0.0]]))
        array([5.e+200, 0.e+000])
    """
    xp = namespace(x)
    x = xp.concatenate([x.real, x.imag], axis=-1) if xp.iscomplexobj(x) else x
    if x.shape[-1] == 1:
        return xp.abs(x[..., 0])
    of_parts = _length if xp is np else _differentiable
    if 1 < x.shape[-1] <= _FEW:
        return of_parts(tuple(xp.unstack(x, axis=-1)))
    return of_parts((x,))[..., 0]


def _length(parts: tuple[Part, ...]) -> Part:
    _, root, back = _scaled(parts)
    return root * back


_differentiable = jax.custom_jvp(_length)


@_differentiable.defjvp
def _derivative(primals: tuple[tuple[Part, ...]], tangents: tuple[tuple[Part, ...]]) -> tuple[Part, Part]:
    """<x, t> / |x|, from the scaled x; by hand, since XLA would else keep arrays of each component and its square."""
    ((parts,), (moves,)) = primals, tangents
    scaled, root, back = _scaled(parts)
    is_zero = root == 0
    inverse = jnp.where(is_zero, 0, 1 / jnp.where(is_zero, 1, root))
    return root * back, _sum([a * t for a, t in zip(scaled, moves, strict=True)]) * inverse


def _scaled(parts: tuple[Part, ...]) -> tuple[list[Part], Part, Part]:
    """The vectors times a power of two that makes their squares safe, the roots of these, and the inverse power.

    The power changes no digit, and as the length does not depend on it, it is a constant to every derivative.
    """
    xp = namespace(parts[0])
    with np.errstate(over="ignore", under="ignore"):  # of a square that is not taken
        squares = _sum([a * a for a in parts])
    limits, number = jnp.finfo(squares.dtype), squares.dtype.type
    is_small, is_large = squares < 2.0 ** (limits.minexp + limits.nmant + 16), squares > 2.0 ** (limits.maxexp - 8)
    up, down = number(2.0 ** (3 * limits.maxexp // 4)), number(2.0 ** -(5 * limits.maxexp // 8))
    power = xp.where(is_small, up, xp.where(is_large, down, number(1)))
    back = xp.where(is_small, 1 / up, xp.where(is_large, 1 / down, number(1)))
    scaled = [a * power for a in parts]
    squares = _sum([a * a for a in scaled])
    is_zero = squares == 0
    # The inner `where` keeps the infinite slope of the root at zero out of every derivative.
    return scaled, xp.where(is_zero, 0, xp.sqrt(xp.where(is_zero, 1, squares))), back


def _sum(terms: Sequence[Part]) -> Part:
    """The sum over components: of arrays for each, since XLA for CPU has no fast code for one over few neighbours."""
    return terms[0].sum(axis=-1, keepdims=True) if len(terms) == 1 else functools.reduce(operator.add, terms)
