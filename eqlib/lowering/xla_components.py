"""Straight-line programs in XLA: every value is an array [leading], one component of all samples."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Float, Shape
from eqlib.dtypes import at_least_float32
from eqlib.o3 import Surd
from eqlib.plan.straight_line import StraightLine

Component = Float[jax.Array, "*leading"]
Row = Float[jax.Array, "*leading _"]


def stacked(*inputs: Row, program: StraightLine) -> list[Row]:
    """The outputs of a program: components are computed side by side, and laid into rows by one transposition."""
    return _in_float32(inputs, program, lambda row: jnp.moveaxis(jnp.stack(row), 0, -1))


def interleaved(*inputs: Row, program: StraightLine) -> list[Row]:
    """As `stacked`, for a CPU: rows are written by few loops, each of which computes the components of a few columns.

    XLA compiles one loop for each array that it writes, and all that it needs is in that loop, whatever others compute
    too. Columns are therefore written eight at a time: an array [leading, 8] is chosen, by the column, among eight
    values, none of which depends on the column. A compiler computes them once for all of the columns, and writes the
    vectors of eight samples by a transposition in registers.
    """
    return _in_float32(inputs, program, _few_columns_at_a_time)


# With 49 columns of 50,000 rows, 2 at a time took 2.6 times as long as 8, 4 took 1.7 and 13 took 1.4 times.
COLUMNS = 8


def _few_columns_at_a_time(row: Sequence[Component]) -> Row:
    blocks = [_chosen_by_column(row[n : n + COLUMNS]) for n in range(0, len(row), COLUMNS)]
    return blocks[0] if len(blocks) == 1 else jnp.concatenate(blocks, axis=-1)


def _chosen_by_column(values: Sequence[Component]) -> Row:
    shape = (*values[0].shape, len(values))
    column = jax.lax.broadcasted_iota(jnp.int32, shape, len(shape) - 1)
    *wide, block = [jnp.broadcast_to(value[..., None], shape) for value in values]
    for n, value in enumerate(wide):
        block = jnp.where(column == n, value, block)
    return block


def _in_float32(inputs: Sequence[Row], program: StraightLine, write: Callable[[Sequence[Component]], Row]) -> list[Row]:
    """The outputs, computed in 32 bits if the inputs have 16, and rounded once at the end."""
    dtype, leading = inputs[0].dtype, inputs[0].shape[:-1]
    wide = at_least_float32(dtype)
    components = [[x[..., n] for n in range(x.shape[-1])] for x in (x.astype(wide) for x in inputs)]
    rows = program.run(components, _Components(leading, wide))
    return [(write(row) if row else jnp.zeros((*leading, 0), wide)).astype(dtype) for row in rows]


class _Components:
    """The arithmetic of arrays of one component."""

    def __init__(self, leading: Shape, dtype: Any) -> None:
        self._leading, self._dtype = leading, jnp.dtype(dtype)

    add, mul = staticmethod(operator.add), staticmethod(operator.mul)

    def scale(self, factor: Surd, a: Component) -> Component:
        return -a if factor == -1 else factor.round(self._dtype) * a

    def inverse_root(self, a: Component) -> Component:
        return inverse_root(a)

    def constant(self, factor: Surd) -> Component:
        return jnp.full(self._leading, factor.round(self._dtype))


def inverse_root(a: Float[jax.Array, "..."]) -> Float[jax.Array, "..."]:
    """1/sqrt(a), and 0 where a = 0."""
    is_zero = a == 0
    return jnp.where(is_zero, 0, 1 / jnp.sqrt(jnp.where(is_zero, 1, a)))
