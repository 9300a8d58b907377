"""The sizes of blocks: the table to tune, apart from the kernels, whose sums over edges do not depend on it."""

import math
from typing import NamedTuple

WARP = 32
MAX_THREADS = 128

# Of the 255 registers of a thread. A row's sums and what it reads stay in them while its edges pass; with more than
# this ptxas spills, or nearly so (all passes of the workloads nequip64 and mace128, sm_90).
MAX_PER_ROW = 144
MAX_PER_ROW_WITH_EDGES = 96
MAX_PER_ROW_OF_TWO, MAX_PER_EDGE_OF_TWO = 72, 32

# Rows of threads for the edges that no row has, which only write zeros.
TAIL_ROWS = 128


class Blocks(NamedTuple):
    """A block of threads, and what each thread computes.

    threads     along the channels, whole warps
    per_thread  the channels of a thread, `threads` apart
    rows        the rows of a block; each has threads of its own
    """

    threads: int
    per_thread: int
    rows: int

    @property
    def channels(self) -> int:
        """The channels of a block."""
        return self.threads * self.per_thread


def blocks_for(channels: int, per_row: int, per_edge: int, *, writes_edges: bool) -> Blocks:
    """The blocks for rows of so many channels, each with `per_row` numbers of its row and `per_edge` of an edge.

    Two channels to a thread share what the operands of one channel make; in sketches that ran on an H100 they did best
    where only rows are written (forward, 64 and 128 channels, l <= 3). Where every edge is written one leaves room.
    """
    has_room = per_row <= MAX_PER_ROW_OF_TWO and per_edge <= MAX_PER_EDGE_OF_TWO
    per_thread = 2 if has_room and not writes_edges and channels % (2 * WARP) == 0 else 1
    threads = min(math.ceil(channels / per_thread / WARP) * WARP, MAX_THREADS)
    return Blocks(threads, per_thread, rows=max(1, MAX_THREADS // (2 * threads)))
