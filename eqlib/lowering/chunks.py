"""Leading axes as a CPU likes them: few, and the longest in chunks, one after another.

What is made on the way from the inputs of a chunk to its output then stays in the cache. Whole arrays of intermediate
results are slow mostly because every call faults in fresh memory for them.
"""

import math
import os
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Bool, Extent, Inexact, Integer, Shape
from eqlib.dtypes import at_least_float32
from eqlib.lowering.extents import at_most, is_known, known_or_large
from eqlib.lowering.varying import varying_as

Operands = Sequence[Inexact[Array, "..."]]
Compute = Callable[[Operands, Shape], Inexact[jax.Array, "..."]]

# What a chunk reads and writes, for each thread. Of 1, 2, 4 and 8 MB, 2 and 4 were the fastest for tensor_product and
# linear on one core (32 to 128 copies, l <= 3, 2000 rows), and 8 a quarter slower.
BYTES_PER_THREAD = 2**21
# More would be another whole array.
MAX_THREADS = 8


def merged_axes(inputs: Operands, leading: Shape) -> tuple[Operands, Shape]:
    """Inputs, and the leading shape of an output, in which neighbouring axes that the same operands have are one axis.

    An axis of extent 1 everywhere is dropped.
    """
    shapes = [*(x.shape[:-1] for x in inputs), leading]
    axes: list[tuple[tuple[bool, ...], int]] = []  # who has it in full, and its extent
    for extents in zip(*shapes, strict=True):
        has = tuple(n != 1 for n in extents)
        if axes and axes[-1][0] == has:
            axes[-1] = (has, axes[-1][1] * whole_extent(extents))
        elif any(has):
            axes.append((has, whole_extent(extents)))
    merged = [tuple(n if has[k] else 1 for has, n in axes) for k in range(len(shapes))]
    return [x.reshape(*shape, x.shape[-1]) for x, shape in zip(inputs, merged, strict=False)], merged[-1]


def whole_extent(extents: Sequence[Extent]) -> Extent:
    """The extent of an axis that every operand has in full or with extent 1."""
    return next((n for n in extents if n != 1), 1)


def _size(shape: Shape) -> int:
    return math.prod(map(known_or_large, shape))


def by_chunks(
    compute: Compute, inputs: Operands, leading: Shape, size: int, made: int = 0
) -> Inexact[jax.Array, "..."]:
    """compute(inputs, leading), [leading, size], in the dtype of the inputs; by chunks of the longest leading axis.

    made  how many numbers are to stay in the cache besides those that are read and written
    """
    extents = [whole_extent(axis) for axis in zip(*(x.shape[:-1] for x in inputs), leading, strict=True)]
    axis = max(range(len(extents)), key=lambda a: known_or_large(extents[a]), default=0)
    count = extents[axis] if extents else 0
    dtype = inputs[0].dtype
    numbers = _size(leading) * size + sum(_size(x.shape) for x in inputs) + made
    chunks = min(known_or_large(count), numbers * dtype.itemsize // (BYTES_PER_THREAD * threads()))
    if chunks < 2:
        return compute(inputs, leading).astype(dtype)
    limit = -(-known_or_large(count) // chunks)
    chunk = at_most(count, limit)
    is_summed = leading[axis] == 1
    part = tuple(chunk if a == axis and not is_summed else n for a, n in enumerate(leading))
    is_split = [x.shape[axis] == count for x in inputs]

    def add_chunk(z: Inexact[jax.Array, "..."], n: Integer[jax.Array, ""]) -> tuple[Inexact[jax.Array, "..."], None]:
        # The last chunk begins early enough to be whole, and so repeats some rows: their sums are not added again.
        start = jnp.minimum(n * chunk, count - chunk)
        own = [_slice(x, start, chunk, axis) if split else x for x, split in zip(inputs, is_split, strict=True)]
        if not is_summed:
            return jax.lax.dynamic_update_slice_in_dim(z, compute(own, part).astype(dtype), start, axis), None
        if not is_known(count) or count % chunk:
            is_new = start + jnp.arange(chunk) >= n * chunk
            own = [_where(is_new, x, axis) if split else x for x, split in zip(own, is_split, strict=True)]
        return z + compute(own, part), None

    # Every number of an output that is not summed is written, so it may begin as anything: as a number of an input,
    # since XLA would let several arrays begin as one of zeros, and copy it.
    own_number = inputs[is_split.index(True)].ravel()[0]
    begin = jnp.zeros((), at_least_float32(dtype)) if is_summed else own_number
    start = varying_as([jnp.broadcast_to(begin, (*leading, size))], inputs)[0]
    return jax.lax.scan(add_chunk, start, jnp.arange(-(-count // limit)))[0].astype(dtype)


def _slice(
    x: Inexact[Array, "..."], start: Integer[jax.Array, ""], size: Extent, axis: int
) -> Inexact[jax.Array, "..."]:
    return jax.lax.dynamic_slice_in_dim(x, start, size, axis)


def _where(is_new: Bool[jax.Array, " rows"], x: Inexact[Array, "..."], axis: int) -> Inexact[jax.Array, "..."]:
    return jnp.where(is_new.reshape(-1, *(1,) * (x.ndim - 1 - axis)), x, 0)


def threads() -> int:
    """The threads among which XLA divides an operation: NPROC, or the cores that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(os.environ.get("NPROC") or cores), MAX_THREADS)
