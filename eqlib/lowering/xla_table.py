"""Paths whose channels do not mix, as a loop over a table of their terms.

Written out, a term is a few operations, and XLA takes seconds to compile a plan of a thousand. Here the program is the
same whatever the plan is: a step of the loop adds a few terms to every component of the output, and the table says
which rows they multiply. A row is one component, of all channels of all samples.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Inexact, Integer, Shape
from eqlib.lowering.chunks import whole_extent
from eqlib.lowering.extents import known_or_large
from eqlib.lowering.in_order import in_order
from eqlib.lowering.table import TERMS_PER_STEP, Table, table
from eqlib.lowering.varying import varying_as
from eqlib.plan import Path, Plan, Segment
from eqlib.plan.products import Products, channels, sum_of_products

Rows = Inexact[jax.Array, "..."]  # [rows, leading, channels]

# The loop reads the products again and again, so their chunk is to be smaller than one that is read once: of 2 to 16
# times, 8 was the fastest for symmetric_contraction (128 channels, l <= 3, degree 3, and its derivatives).
TIMES_READ = 8


def sum_by_table(
    plan: Plan, paths: Sequence[Path], inputs: Sequence[Inexact[Array, "..."]], leading: Shape
) -> Inexact[jax.Array, "..."]:
    """The sum of paths that are by channel, [leading, size].

    leading  the leading shape of the output; an extent of 1 asks for the sum over that axis
    """
    sums, output = sum_of_products(plan, tuple(paths)), plan.operands[-1]
    if not sums.terms:  # the paths cancel, as the cross product of a vector with itself does
        return jnp.zeros((*leading, plan.sizes[-1]), inputs[0].dtype)
    lanes = _lanes(plan, inputs, leading)
    rows = [_rows(x, operand) for x, operand in zip(inputs, plan.operands, strict=False)]
    left, right = (_products(side, rows, lanes) for side in (sums.left, sums.right))
    z = _summed(table(sums, sum(segment.dim for segment in output), left.real.dtype), left, right)
    lost = tuple(a for a, extent in enumerate(leading, 1) if extent != lanes[a - 1])
    return _flat(jnp.sum(z.reshape(-1, *lanes), axis=lost, keepdims=True), output)


def numbers_in_cache(plan: Plan, paths: Sequence[Path], inputs: Sequence[Inexact[Array, "..."]], leading: Shape) -> int:
    """How many numbers `sum_by_table` keeps at hand, as many times as it counts that they are read."""
    if not paths:
        return 0
    sums = sum_of_products(plan, tuple(paths))
    rows = len(sums.left.components) + len(sums.right.components)
    return TIMES_READ * rows * math.prod(map(known_or_large, _lanes(plan, inputs, leading)))


def _lanes(plan: Plan, inputs: Sequence[Inexact[Array, "..."]], leading: Shape) -> Shape:
    """The leading axes, each in full, and the channels."""
    whole = (whole_extent(extents) for extents in zip(leading, *(x.shape[:-1] for x in inputs), strict=True))
    return (*whole, channels(plan) or 1)


def _rows(x: Inexact[Array, "*leading size"], operand: Sequence[Segment]) -> Rows:
    """The components of all segments; of one channel, if no segment has more."""
    every = max((math.prod(segment.extents) for segment in operand), default=1)
    rank, end, found = x.ndim - 1, 0, list[Rows]()
    for segment, equal in itertools.groupby(operand):
        count = len(list(equal))
        start, end = end, end + count * segment.size
        run = x[..., start:end].reshape(*x.shape[:-1], count, math.prod(segment.extents), segment.dim)
        run = in_order(run.transpose(rank, rank + 2, *range(rank), rank + 1))
        run = run.reshape(count * segment.dim, *run.shape[2:])
        found.append(jnp.broadcast_to(run, (*run.shape[:-1], every)))
    return found[0] if len(found) == 1 else jnp.concatenate(found)


def _flat(z: Rows, operand: Sequence[Segment]) -> Inexact[jax.Array, "..."]:
    """The inverse of `_rows`: [leading, size]."""
    leading, end, found = z.shape[1:-1], 0, list[Any]()
    for segment, equal in itertools.groupby(operand):
        count = len(list(equal))
        start, end = end, end + count * segment.dim
        run = z[start:end].reshape(count, segment.dim, *z.shape[1:])
        run = in_order(run.transpose(*range(2, 2 + len(leading)), 0, run.ndim - 1, 1))
        found.append(run.reshape(*leading, count * segment.size))
    return found[0] if len(found) == 1 else jnp.concatenate(found, axis=-1)


def _products(products: Products, rows: Sequence[Rows], lanes: Shape) -> Inexact[jax.Array, "_ _"]:
    """The products of a side, each a row."""
    columns = np.array(products.components, np.int32).T

    def product(columns: Integer[np.ndarray, "_ _"]) -> Rows:
        factors = [_taken(rows[n], column) for n, column in zip(products.inputs, columns, strict=True)]
        whole = [jnp.broadcast_to(factor, (len(factor), *lanes)) for factor in factors]
        return math.prod(whole[1:], start=whole[0])

    found = product(columns) + product(columns[::-1]) if products.are_symmetric else product(columns)
    return found.reshape(len(found), -1)


def _summed(of: Table, left: Inexact[jax.Array, "_ _"], right: Inexact[jax.Array, "_ _"]) -> Inexact[Array, "_ _"]:
    """The components of the output, each a row."""

    def add(z: Inexact[jax.Array, "_ _"], terms: tuple[Any, Any, Any]) -> tuple[Inexact[jax.Array, "_ _"], None]:
        for n in range(TERMS_PER_STEP):
            coefficient, one, other = (column[n] for column in terms)
            z = z + coefficient[:, None] * (_taken(left, one) * _taken(right, other))
        return z, None

    (zeros,) = varying_as([jnp.zeros((of.left.shape[2], left.shape[1]), left.dtype)], [left, right])
    # Without an order of their own XLA would make the sums again wherever one of them is read.
    z = in_order(jax.lax.scan(add, zeros, (of.coefficients, of.left, of.right))[0])
    pairs = zip(of.sums.T, of.is_row.T, strict=True)
    found = [jnp.where(is_row[:, None], _taken(z, numbers), 0) for numbers, is_row in pairs]
    return in_order(sum(found[1:], start=found[0]))


def _taken(rows: Rows, numbers: Integer[Any, " numbers"]) -> Rows:
    return rows.at[numbers].get(mode="promise_in_bounds")
