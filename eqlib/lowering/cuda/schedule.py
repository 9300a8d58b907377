"""Which threads compute what of a plan over edges: rows, channels, and where every operand lies.

The rows of one index order a kernel. A group of threads has a row, each thread a channel of it or two; it goes through
the edges of the row in their order, and keeps in registers the sums that the row receives. So no two threads add to one
number, and the sums are bitwise the same on every run.

Edges write what belongs to the rows of another index into an array of all edges, which a second kernel sums in that
index's order. An output of one channel, which all channels add to, is summed over each warp by the kernel, and over the
warps after it.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from eqlib.lowering.cuda.blocks import MAX_PER_ROW, MAX_PER_ROW_WITH_EDGES, WARP, Blocks, blocks_for
from eqlib.plan import Segment
from eqlib.plan.indexed import IndexedPlan, Rows, read_by, restricted
from eqlib.plan.per_channel import ChannelsMix, PerChannel, channels_of, per_channel

Where = Literal["row", "other", "edge"]  # in the row of the kernel, in that of another index, of the edge itself


class NoKernel(ValueError):
    """Why there is no kernel for a plan over edges."""


class Place(NamedTuple):
    """Where the components of a segment lie in a row: at offset + channel * across + component * along."""

    offset: int
    channels: int
    dim: int
    across: int
    along: int

    @property
    def is_staged(self) -> bool:
        """Whether neighbours in memory belong to different components, so that threads exchange what they read."""
        return self.channels > 1 and self.across > 1


def places(segments: Sequence[Segment], *, is_channels_last: bool) -> list[Place]:
    """The places of segments, one after another; with the channels last, or the components as in `mul_ir`."""
    found: list[Place] = []
    offset = 0
    for segment in segments:
        channels, dim = channels_of(segment), segment.dim
        across, along = (1, channels) if is_channels_last else (dim, 1)
        found.append(Place(offset, channels, dim, across, along))
        offset += channels * dim
    return found


@dataclass(frozen=True)
class Schedule:
    """A kernel for some of the outputs of a plan over edges.

    plan         restricted to what this kernel reads and writes
    outputs      which outputs of the whole plan these are
    inputs       which inputs
    by           the index whose rows order the kernel
    others       the other indices in which an edge must have a row
    """

    plan: IndexedPlan
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    by: int
    others: tuple[int, ...]

    @functools.cached_property
    def code(self) -> PerChannel:
        """What a thread computes for an edge."""
        return per_channel(self.plan)

    @functools.cached_property
    def blocks(self) -> Blocks:
        """The blocks of threads."""
        writes_edges = any(self.where(rows) != "row" for rows in self.plan.outputs)
        per_edge = sum(s.dim for rows in self.plan.inputs if self.where(rows) != "row" for s in wide(rows))
        return blocks_for(self.code.channels, _per_row(self.plan, self.by), per_edge, writes_edges=writes_edges)

    @property
    def channel_blocks(self) -> int:
        """How many blocks share the channels of a row."""
        return -(-self.code.channels // self.blocks.channels)

    @property
    def warps(self) -> int:
        """How many warps share the channels of a row."""
        return self.channel_blocks * self.blocks.threads // WARP

    def where(self, rows: Rows) -> Where:
        """Where an operand has its rows."""
        return "edge" if rows.at is None else "row" if rows.at == self.by else "other"

    def is_channels_last(self, rows: Rows) -> bool:
        """Whether an operand has its channels last.

        Rows that every edge reads or writes for another index are worth a transposition: threads that are neighbours
        then read neighbours. Large operands that are read once stay as they are.
        """
        return self.where(rows) == "other"


def wide(rows: Rows) -> tuple[Segment, ...]:
    """The segments that have channels."""
    return tuple(segment for segment in rows.segments if channels_of(segment) > 1)


def summed(rows: Rows) -> int:
    """The number of components that are sums over channels, those of segments of one channel."""
    return sum(segment.dim for segment in rows.segments if channels_of(segment) == 1)


@functools.cache
def schedules(plan: IndexedPlan) -> tuple[Schedule, ...]:
    """The kernels of a plan over edges: one, or, if its registers would not suffice, one for rows and one for edges.

    Raises: NoKernel, with the reason.
    """
    if not plan.indices:
        raise NoKernel("no operand has its rows at an index")
    try:
        per_channel(plan)
    except ChannelsMix as reason:
        raise NoKernel(str(reason)) from None
    by = min(sorted(plan.indices), key=lambda by: _moved(plan, by))
    of_rows = tuple(n for n, rows in enumerate(plan.outputs) if rows.at == by)
    of_edges = tuple(n for n, rows in enumerate(plan.outputs) if rows.at != by)
    together = tuple(range(len(plan.outputs)))
    groups = [together] if _fits(plan, by) else [group for group in (of_rows, of_edges) if group]
    return tuple(_schedule(plan, by, group) for group in groups)


def _schedule(plan: IndexedPlan, by: int, outputs: tuple[int, ...]) -> Schedule:
    inputs = read_by([term for term in plan.terms if term.writes in outputs])
    part = restricted(plan, inputs, outputs)
    if not _fits(part, by):
        raise NoKernel(f"a row has {_per_row(part, by)} numbers for each channel, more than there are registers for")
    return Schedule(part, inputs, outputs, by, tuple(sorted(plan.indices - {by})))


def _moved(plan: IndexedPlan, by: int) -> int:
    """What an edge reads and writes beyond its own rows, if the rows of `by` order the kernel: sums are read again."""
    reads = sum(rows.size for rows in plan.inputs if rows.at not in (None, by))
    return reads + 2 * sum(rows.size for rows in plan.outputs if rows.at not in (None, by))


def _per_row(plan: IndexedPlan, by: int) -> int:
    """The numbers of a row that a channel keeps in registers while it goes through the edges."""
    kept = [rows for rows in (*plan.inputs, *plan.outputs) if rows.at == by]
    return sum(segment.dim for rows in kept for segment in rows.segments)


def _fits(plan: IndexedPlan, by: int) -> bool:
    writes_edges = any(rows.at != by for rows in plan.outputs)
    return _per_row(plan, by) <= (MAX_PER_ROW_WITH_EDGES if writes_edges else MAX_PER_ROW)
