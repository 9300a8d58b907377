"""Straight-line programs as a loop over a table of their steps, of which XLA compiles the body alone.

A program of 3,000 steps is a few fusions of as many instructions each, and one of 10,000 takes a compiler minutes and
gigabytes. The loop compiles in the same time however long the program is. A turn takes a block of steps that do not
read each other, for a chunk of samples; all values that it may read are in one array, [value, sample].
"""

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.dtypes import at_least_float32
from eqlib.lowering.extents import is_known
from eqlib.lowering.xla_components import Row, inverse_root
from eqlib.plan.blocks import blocks
from eqlib.plan.straight_line import StraightLine

Values = Float[jax.Array, "_ sample"]

# Steps that are taken at once. In chunks of 256 of 2,000 samples, programs of 3,583 and 9,969 steps took 10 and 41 ms
# of CPU time by 16, 13 and 30 ms by 32. More than a program has steps per link of its longest chain, 20 to 30 in
# harmonics, are mostly padding.
WIDTH = 16


def in_blocks(*inputs: Row, program: StraightLine, chunk: int) -> list[Row]:
    """The outputs of a program, computed for at most `chunk` samples at a time, in 32 bits if the inputs have 16."""
    dtype, leading = inputs[0].dtype, inputs[0].shape[:-1]
    wide = at_least_float32(dtype)
    given = jnp.concatenate([x.astype(wide) for x in inputs], axis=-1)
    table, outputs = _tabulated(program, wide)
    samples = given.reshape(math.prod(leading), given.shape[-1])
    found = _by_chunks(lambda x: _found(table, x)[outputs], samples, chunk, len(outputs)).astype(dtype)
    ends = list(itertools.accumulate(map(len, program.outputs)))
    return jnp.split(found.reshape(*leading, len(outputs)), ends[:-1], axis=-1)


def _by_chunks(compute: Callable[[Values], Values], x: Row, chunk: int, size: int) -> Row:
    """compute(x^T)^T, a chunk of samples after another.

    A chunk takes every so-maniest sample, so that of an axis that is split across devices it takes some of each.
    """
    count = x.shape[0]
    chunks, extent = -(-count // chunk), chunk
    if is_known(count):  # then the turns are made equal, so that little is padding
        chunks = max(1, chunks)
        extent = -(-count // chunks)
    padded = jnp.pad(x, ((0, chunks * extent - count), (0, 0))).reshape(extent, chunks, x.shape[-1])
    found = jax.lax.map(lambda own: compute(own.T).T, padded.swapaxes(0, 1))
    return found.swapaxes(0, 1).reshape(chunks * extent, size)[:count]


class _Table(NamedTuple):
    """Blocks of steps, [block, step of the block], in numbers: what is no sum and no root is factor * (left * right).

    start     the first of the values that a block finds, [block]
    has_root  whether any of the steps of a block is an inverse root, [block]
    """

    start: Any
    has_root: Any
    is_sum: Any
    is_root: Any
    left: Any
    right: Any
    factor: Any


def _tabulated(program: StraightLine, dtype: Any) -> tuple[_Table, Any]:
    """The table, and where in the array of values the components of all outputs are.

    The array has the inputs, a one, by which what has one operand multiplies it, and each block at its width.
    """
    one = sum(program.inputs)
    ordered = blocks(program, WIDTH)
    starts = [one + 1 + n * WIDTH for n in range(len(ordered))]
    place = dict(zip(range(one), range(one), strict=True))
    place |= {value: start + n for start, block in zip(starts, ordered, strict=True) for n, value in enumerate(block)}
    shape = (len(ordered), WIDTH)
    left, right = np.full((2, *shape), one, np.int32)
    factor, is_sum, is_root = np.ones(shape, dtype), np.zeros(shape, bool), np.zeros(shape, bool)
    for value, step in enumerate(program.steps, one):
        at = divmod(place[value] - one - 1, WIDTH)
        left[at], right[at] = *(place[n] for n in step.reads), *[one] * (2 - len(step.reads))
        factor[at] = step.factor.round(np.dtype(dtype))
        is_sum[at], is_root[at] = step.op == "add", step.op == "inverse_root"
    table = _Table(np.array(starts, np.int32), is_root.any(axis=1), is_sum, is_root, left, right, factor)
    outputs = np.array([place[value] for row in program.outputs for value in row], np.int32)
    return jax.tree.map(jnp.asarray, table), outputs


def _found(table: _Table, given: Values) -> Values:
    """All values of a program, for its inputs."""
    ones = jnp.pad(given, ((0, 1), (0, 0)), constant_values=1)
    # Room for one block at least: the body is traced even if there is none.
    values = jnp.pad(ones, ((0, max(table.left.size, WIDTH)), (0, 0)))
    return jax.lax.scan(_take_block, values, table)[0]


def _take_block(values: Values, block: _Table) -> tuple[Values, None]:
    left, right = _read(values, block.left), _read(values, block.right)
    found = jnp.where(block.is_sum[:, None], left + right, block.factor[:, None] * (left * right))
    # Of a program with one root in 10,000 steps, to find a root in each step took a third of the time.
    found = jax.lax.cond(block.has_root, _with_roots, lambda found, *_: found, found, values, block)
    return jax.lax.dynamic_update_slice_in_dim(values, found, block.start, axis=0), None


def _with_roots(found: Values, values: Values, block: _Table) -> Values:
    return jnp.where(block.is_root[:, None], inverse_root(_read(values, block.left)), found)


def _read(values: Values, places: Any) -> Values:
    return values.at[places].get(mode="promise_in_bounds")
