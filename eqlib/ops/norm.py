"""Length of each copy of an irrep."""

import functools
from typing import Any

import jax.numpy as jnp

from eqlib.array_types import Array, Float, Inexact
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.dtypes import at_least_float32
from eqlib.keywords import also_named
from eqlib.lowering.on_numpy import contract_or_numpy
from eqlib.o3 import Irreps, namespace
from eqlib.ops._lengths import lengths
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
    length = _squares(plan, wide) if squared else _lengths(x.irreps, per_irrep, wide)
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
    irreps: Irreps, per_irrep: bool, x: Inexact[Array, "*batch {irreps.dim}"]
) -> Float[Array, "*batch lengths"]:
    if not per_irrep:
        return lengths(x[..., None, :])
    xp = namespace(x)
    # Split, not read by `chunks`: the gradient is then a concatenation, and not a sum of arrays that are mostly zeros.
    ends = [part.stop for part in irreps.slices()]
    chunks = xp.split(x, ends[:-1], axis=-1) if irreps else []
    found = [
        lengths(chunk.reshape(*x.shape[:-1], mul, ir.dim)) for chunk, (mul, ir) in zip(chunks, irreps, strict=True)
    ]
    return xp.concatenate([xp.zeros((*x.shape[:-1], 0), x.real.dtype), *found], axis=-1)
