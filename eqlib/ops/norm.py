"""Length of each copy of an irrep."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Inexact
from eqlib.arrays.align import per_component
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.dtypes import at_least_float32
from eqlib.keywords import also_named
from eqlib.lowering.on_numpy import contract_or_numpy
from eqlib.o3 import Irreps, namespace
from eqlib.ops._operands import as_inexact, takes_irreps
from eqlib.ops.dot import plan_dot
from eqlib.plan import Plan


@also_named(x="array")
@takes_irreps(1)
def norm(x: Any, *, squared: bool = False, per_irrep: bool = True) -> Any:
    """The Euclidean length of each copy of an irrep, or of the whole of `x`; or its square.

    Law:    norm(D(g) x) = norm(x) for all g in O(3); norm(t x) = |t| norm(x). Every derivative of the length of a
            vector that is zero is taken to be zero; those of its square are the true ones.
    Shape:  [..., irreps] -> one number per copy, or [..., 1]. Irreps alone give the irreps of the result alone.
    Scale:  the length neither overflows nor underflows where it can be represented; its square can. Real, also where x
            is complex.
    Order:  that of the copies, in the segments of x.
    Raises: nothing: every IrrepsArray has lengths.
    Source: D(g) is orthogonal in the real basis of eqlib.o3.basis.
    Example:
        >>> import numpy as np
        >>> norm(IrrepsArray("2x0e + 1o", np.array([1.0, -2.0, 2.0, 3.0, 6.0])))
        2x0e+1x0e [1. 2. 7.]
    """
    (x,) = as_inexact(x, keeps_numpy=True)
    irreps, plan = plan_norm(x.irreps, per_irrep)
    wide = x.array.astype(at_least_float32(x.dtype))
    length = _squares(plan, wide) if squared else _lengths(plan, x.irreps, per_irrep, wide)
    return IrrepsArray(irreps, length.astype(x.array.real.dtype))


@functools.cache
def plan_norm(irreps: Irreps, per_irrep: bool = True) -> tuple[Irreps, Plan]:
    """The square of the length: the scalar product of `dot` with both of its operands the same."""
    invariants, plan = plan_dot(irreps, per_irrep)
    return invariants, Plan((plan.operands[0], plan.operands[-1]), (0, 0), plan.paths)


def _squares(plan: Plan, x: Inexact[Array, "*batch {plan.sizes[0]}"]) -> Float[Array, "*batch {plan.sizes[-1]}"]:
    if jnp.iscomplexobj(x):
        return contract_or_numpy(plan, x.real) + contract_or_numpy(plan, x.imag)
    return contract_or_numpy(plan, x)


def _lengths(
    plan: Plan, irreps: Irreps, per_irrep: bool, x: Inexact[Array, "*batch {irreps.dim}"]
) -> Float[Array, "*batch {plan.sizes[-1]}"]:
    """The roots of the squares of vectors that are first brought to about unit size by a power of two.

    Such a factor changes no digit, and as the length does not depend on it, it is a constant to every derivative.
    """
    xp = namespace(x)
    scale = _powers_of_2(irreps, per_irrep, x if xp is np else jax.lax.stop_gradient(x))
    squares = _squares(plan, x * (per_component(irreps, 1 / scale) if per_irrep else 1 / scale))
    is_zero = squares == 0.0
    # The inner `where` keeps the infinite slope of the root at zero out of every derivative.
    return xp.where(is_zero, 0.0, xp.sqrt(xp.where(is_zero, 1.0, squares))) * scale


def _powers_of_2(
    irreps: Irreps, per_irrep: bool, x: Inexact[Array, "*batch {irreps.dim}"]
) -> Float[Array, "*batch lengths"]:
    """A power of 2 of about the size of the largest component of each copy, or of all; it and its inverse are normal.

    Shape:  [..., irreps] -> [..., copies] or [..., 1].
    """
    xp = namespace(x)
    if per_irrep:
        chunks = IrrepsArray(irreps, xp.abs(x)).chunks
        empty = xp.zeros((*x.shape[:-1], 0), x.real.dtype)
        largest = xp.concatenate([empty, *(_largest(chunk) for chunk in chunks)], axis=-1)
    else:
        largest = xp.max(xp.abs(x), axis=-1, keepdims=True, initial=0.0)
    limits = jnp.finfo(x.dtype)
    exponent = xp.clip(xp.frexp(largest)[1], limits.minexp + 1, limits.maxexp - 2)
    return xp.ldexp(xp.ones((), x.real.dtype), exponent)


def _largest(chunk: Float[Array, "*batch mul dim"]) -> Float[Array, "*batch mul"]:
    """The largest component, compared one by one: XLA for CPU has no fast code for a maximum over few neighbours."""
    return (
        chunk.max(axis=-1)
        if isinstance(chunk, np.ndarray)
        else functools.reduce(jnp.maximum, jnp.unstack(chunk, axis=-1))
    )
