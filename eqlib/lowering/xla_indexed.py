"""The portable lowering of plans over edges: chunks of edges, one after another.

A chunk is small enough that what its edges gather and send stays in the cache of a processor, so no array of all edges
is made but the inputs and outputs themselves. Whole arrays of messages are slow on a CPU mostly because every call
faults in fresh memory for them.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Bool, Extent, Inexact, Integer
from eqlib.dtypes import at_least_float32
from eqlib.lowering.channels_last import channels_last, flat_rows
from eqlib.lowering.extents import at_most
from eqlib.lowering.index import Index
from eqlib.lowering.varying import varying_as
from eqlib.lowering.xla_channels import evaluate
from eqlib.plan.indexed import IndexedPlan, Rows

# What one chunk reads and writes: 4 to 7 MB did best on cores with 2 MB of cache each, at 64 and 128 channels, l <= 3.
CHUNK_BYTES = 6 * 2**20
MIN_EDGES, MAX_EDGES = 16, 1024

Parts = list[Inexact[jax.Array, "_ _ _"]]  # each [rows, components, channels]
Sent = list[Inexact[jax.Array, "_ _ _"] | None]  # what edges send; None to a segment that no path writes


def compute_indexed(
    plan: IndexedPlan, inputs: Sequence[Inexact[Array, "..."]], indices: Sequence[Index], edges: Extent, precision: Any
) -> list[Inexact[jax.Array, "..."]]:
    """The meaning of `contract_indexed`."""
    dtype = inputs[0].dtype
    counts = [edges if rows.at is None else indices[rows.at].rows for rows in plan.outputs]
    if not edges:
        return [jnp.zeros((count, rows.size), dtype) for count, rows in zip(counts, plan.outputs, strict=True)]
    # 16-bit storage, 32-bit arithmetic: one rounding at the end instead of one per edge.
    wide = at_least_float32(dtype)
    limit = edges_per_chunk(plan, wide.itemsize)
    chunk = at_most(edges, limit)
    nodes = [
        None if rows.at is None else channels_last(x, rows.segments)
        for x, rows in zip(inputs, plan.inputs, strict=True)
    ]

    def add_chunk(sums: list[Any], n: Integer[jax.Array, ""]) -> tuple[list[Any], None]:
        # The last chunk begins early enough to be whole, and so repeats some edges: their sums are not added again.
        start = jnp.minimum(n * chunk, edges - chunk)
        ids = [jax.lax.dynamic_slice_in_dim(index.ids, start, chunk) for index in indices]
        has_rows = _all_have_rows(plan, ids, indices, chunk)
        adds = has_rows & (start + jnp.arange(chunk) >= n * chunk)
        values = [
            channels_last(jax.lax.dynamic_slice_in_dim(x, start, chunk), rows.segments)
            if parts is None
            else [part.at[ids[rows.at]].get(mode="clip") for part in parts]
            for x, parts, rows in zip(inputs, nodes, plan.inputs, strict=True)
        ]
        sent = evaluate(plan, [[part.astype(wide) for part in parts] for parts in values], chunk, precision)
        return [
            _written(z, parts, rows, start, has_rows)
            if rows.at is None
            else _added(z, parts, jnp.where(adds, ids[rows.at], indices[rows.at].rows))
            for z, parts, rows in zip(sums, sent, plan.outputs, strict=True)
        ], None

    zeros = [
        jnp.zeros((count, rows.size), dtype) if rows.at is None else _no_sums(rows, count, wide)
        for count, rows in zip(counts, plan.outputs, strict=True)
    ]
    flat, of_zeros = jax.tree.flatten(zeros)
    zeros = jax.tree.unflatten(of_zeros, varying_as(flat, [*inputs, *(index.ids for index in indices)]))
    sums, _ = jax.lax.scan(add_chunk, zeros, jnp.arange(-(-edges // limit)))
    return [
        z if rows.at is None else flat_rows(z, count).astype(dtype)
        for z, count, rows in zip(sums, counts, plan.outputs, strict=True)
    ]


def edges_per_chunk(plan: IndexedPlan, itemsize: int) -> int:
    """The number of edges whose rows are read and written together."""
    row = itemsize * sum(rows.size for rows in (*plan.inputs, *plan.outputs))
    return min(max(CHUNK_BYTES // max(row, 1), MIN_EDGES), MAX_EDGES)


def _all_have_rows(
    plan: IndexedPlan, ids: Sequence[Integer[Array, " edges"]], indices: Sequence[Index], edges: Extent
) -> Bool[jax.Array, " edges"]:
    """Which edges have a row in every index that the plan uses."""
    has_rows = jnp.ones(edges, bool)
    for k in sorted(plan.indices):
        has_rows &= ids[k] < indices[k].rows
    return has_rows


def _no_sums(rows: Rows, count: Extent, dtype: Any) -> Parts:
    return channels_last(jnp.zeros((count, rows.size), dtype), rows.segments)


def _added(sums: Parts, parts: Sent, ids: Integer[Array, " edges"]) -> Parts:
    """The sums at the rows, with those of some edges; an edge without a row adds nothing."""
    return [z if part is None else z.at[ids].add(part, mode="drop") for z, part in zip(sums, parts, strict=True)]


def _written(
    z: Inexact[jax.Array, "edges size"],
    parts: Sent,
    rows: Rows,
    start: Integer[jax.Array, ""],
    has_rows: Bool[jax.Array, " chunk"],
) -> Inexact[jax.Array, "edges size"]:
    """The rows of the edges themselves, zero for those that have no row elsewhere, and where no path leads."""
    column = 0
    for part, segment in zip(parts, rows.segments, strict=True):
        if part is not None:
            flat = flat_rows([part], has_rows.shape[0]).astype(z.dtype)
            z = jax.lax.dynamic_update_slice(z, jnp.where(has_rows[:, None], flat, 0), (start, column))
        column += segment.size
    return z
