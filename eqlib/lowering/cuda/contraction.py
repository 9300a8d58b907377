"""`contract_indexed` by kernels: brings the arrays into the layout that kernels read, launches, and assembles."""

import itertools
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Extent, Inexact, Num
from eqlib.lowering.channels_last import channels_last, flat_rows
from eqlib.lowering.cuda import segment_sum
from eqlib.lowering.cuda.blocks import TAIL_ROWS
from eqlib.lowering.cuda.launch import Kernel, Launch
from eqlib.lowering.cuda.scalars import SCALARS, computed_dtype
from eqlib.lowering.cuda.schedule import NoKernel, Schedule, schedules, summed, wide
from eqlib.lowering.cuda.source import NAME, source
from eqlib.lowering.extents import is_known
from eqlib.lowering.index import Index
from eqlib.plan import Segment
from eqlib.plan.indexed import IndexedPlan, Rows
from eqlib.plan.per_channel import channels_of


def contract_by_kernels(
    plan: IndexedPlan,
    inputs: Sequence[Inexact[Array, "..."]],
    indices: Sequence[Index],
    edges: Extent,
    launch: Launch,
) -> list[Inexact[jax.Array, "..."]]:
    """Evaluates a plan over edges, as `compute_indexed` does.

    Raises: NoKernel, with the reason, if there is no kernel for the plan or the dtype, or no number of edges or nodes.
    """
    if inputs[0].dtype.name not in SCALARS:
        raise NoKernel(f"no kernel computes with {inputs[0].dtype}")
    if not is_known(edges, *(index.rows for index in indices)):
        raise NoKernel("a kernel is launched for a number of edges and of nodes, and here they are symbols")
    todo = schedules(plan)
    indices = _alike(indices)
    counts = [edges if rows.at is None else indices[rows.at].rows for rows in plan.outputs]
    outputs = [jnp.zeros((count, rows.size), inputs[0].dtype) for count, rows in zip(counts, plan.outputs, strict=True)]
    for schedule in todo:
        if edges and indices[schedule.by].rows:
            found = _Contraction(schedule, [inputs[n] for n in schedule.inputs], indices, edges, launch).outputs()
            for n, z in zip(schedule.outputs, found, strict=True):
                outputs[n] = outputs[n] if z is None else z
    return outputs


def _alike(indices: Sequence[Index]) -> list[Index]:
    """The indices with one dtype."""
    dtype = jnp.result_type(*(a for index in indices for a in index))
    dtype = jnp.int64 if dtype == jnp.int64 else jnp.int32
    return [Index(*(a.astype(dtype) for a in index)) for index in indices]


class _Contraction:
    """A kernel, and the arrays that it is launched on."""

    def __init__(
        self,
        schedule: Schedule,
        inputs: Sequence[Inexact[Array, "..."]],
        indices: Sequence[Index],
        edges: Extent,
        launch: Launch,
    ) -> None:
        self._schedule, self._inputs, self._indices, self._edges = schedule, inputs, indices, edges
        self._launch, self._dtype = launch, inputs[0].dtype
        self._index_dtype = indices[schedule.by].ids.dtype
        self._computed = computed_dtype(self._dtype.name)

    def outputs(self) -> list[Inexact[jax.Array, "..."] | None]:
        """The outputs of the kernel; None for those that have no numbers."""
        shapes = [[*self._shapes(rows)] for rows in self._schedule.plan.outputs]
        wanted = list(itertools.chain(*shapes))
        if not wanted:
            return [None for _ in shapes]
        arrays = iter(self._launch(self._kernel(), self._arguments(), wanted))
        found = [[next(arrays) for _ in shape] for shape in shapes]
        return [self._assembled(rows, z) for rows, z in zip(self._schedule.plan.outputs, found, strict=True)]

    def _kernel(self) -> Kernel:
        schedule, blocks = self._schedule, self._schedule.blocks
        rows = math.ceil(self._indices[schedule.by].rows / blocks.rows)
        writes_edges = any(schedule.where(of) != "row" for of in schedule.plan.outputs)
        tail = math.ceil(TAIL_ROWS / blocks.rows) if writes_edges else 0
        text = source(schedule, self._dtype.name, self._index_dtype.name)
        return Kernel(text, NAME, (rows + tail, schedule.channel_blocks), (blocks.threads, blocks.rows))

    def _arguments(self) -> list[Num[Array, "..."]]:
        schedule, by = self._schedule, self._indices[self._schedule.by]
        read = [self._laid_out(x, rows) for x, rows in zip(self._inputs, schedule.plan.inputs, strict=True)]
        ids = [self._indices[k].ids for k in schedule.others]
        sizes = [by.rows, self._edges, *(self._indices[k].rows for k in schedule.others)]
        return [*read, *ids, by.order, by.starts, np.asarray(sizes, self._index_dtype)]

    def _laid_out(self, x: Inexact[Array, "rows size"], rows: Rows) -> Inexact[Array, "rows size"]:
        if not self._schedule.is_channels_last(rows) or not any(segment.dim > 1 for segment in wide(rows)):
            return x
        parts = channels_last(x, rows.segments)
        return jnp.concatenate([part.reshape(len(x), part.shape[1] * part.shape[2]) for part in parts], axis=1)

    def _shapes(self, rows: Rows) -> list[jax.ShapeDtypeStruct]:
        """The arrays that a kernel writes for an output: its rows, and its sums over the channels of each warp."""
        schedule = self._schedule
        where, count = schedule.where(rows), self._edges
        if where == "row":
            count = self._indices[schedule.by].rows
        found = []
        if size := sum(segment.size for segment in wide(rows)):
            found.append(jax.ShapeDtypeStruct((count, size), self._computed if where == "other" else self._dtype))
        if size := summed(rows):
            found.append(jax.ShapeDtypeStruct((count, schedule.warps, size), self._computed))
        return found

    def _assembled(
        self, rows: Rows, arrays: Sequence[Inexact[jax.Array, "..."]]
    ) -> Inexact[jax.Array, "count size"] | None:
        """An output, from its rows and its sums."""
        if not arrays:
            return None
        parts = iter([self._complete(rows, x) for x in (a if a.ndim == 2 else jnp.sum(a, axis=1) for a in arrays)])
        with_channels = next(parts) if wide(rows) and any(segment.size for segment in wide(rows)) else None
        if with_channels is not None and self._schedule.is_channels_last(rows):
            with_channels = _components_last(with_channels, wide(rows))
        if with_channels is None or not summed(rows):
            return next(parts) if with_channels is None else with_channels
        return _interleaved(rows.segments, with_channels, next(parts))

    def _complete(self, rows: Rows, x: Inexact[jax.Array, "rows size"]) -> Inexact[jax.Array, "count size"]:
        """What edges have for the rows of another index, summed there; in the dtype of the output."""
        if self._schedule.where(rows) != "other":
            return x.astype(self._dtype)
        index, size = self._indices[rows.at or 0], x.shape[1]
        if not index.rows:
            return jnp.zeros((0, size), self._dtype)
        text = segment_sum.source(self._dtype.name, self._index_dtype.name)
        blocks = math.ceil(size / segment_sum.THREADS)
        kernel = Kernel(text, segment_sum.NAME, (index.rows, blocks), (segment_sum.THREADS, 1))
        sizes = np.asarray([index.rows, size], self._index_dtype)
        shape = jax.ShapeDtypeStruct((index.rows, size), self._dtype)
        (sums,) = self._launch(kernel, [x, index.order, index.starts, sizes], [shape])
        return sums


def _components_last(
    z: Inexact[jax.Array, "rows size"], segments: Sequence[Segment]
) -> Inexact[jax.Array, "rows size"]:
    """Rows with the channels last, as flat rows."""
    ends = np.cumsum([segment.size for segment in segments], dtype=int).tolist()
    parts = [
        z[:, end - segment.size : end].reshape(len(z), segment.dim, channels_of(segment))
        for end, segment in zip(ends, segments, strict=True)
    ]
    return flat_rows(parts, len(z))


def _interleaved(
    segments: Sequence[Segment], with_channels: Inexact[jax.Array, "rows _"], sums: Inexact[jax.Array, "rows _"]
) -> Inexact[jax.Array, "rows size"]:
    """The segments with channels and those without, in their order."""
    ends = {True: 0, False: 0}
    parts = []
    for segment in segments:
        is_wide = channels_of(segment) > 1
        start = ends[is_wide]
        ends[is_wide] += segment.size
        parts.append((with_channels if is_wide else sums)[:, start : ends[is_wide]])
    return jnp.concatenate(parts, axis=1)
