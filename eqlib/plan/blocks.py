"""The steps of a program in blocks, each of which is taken at once: none of its steps reads another of them."""

import heapq
from collections.abc import Iterator

from eqlib.plan.straight_line import StraightLine


def blocks(program: StraightLine, width: int) -> list[tuple[int, ...]]:
    """The values that are found together, at most `width` in each block, in an order in which they can be found.

    Of the steps that can be taken, those on which the longest chains of steps wait are taken first: few blocks are
    then left with room in them.

    Example:
        >>> from eqlib.plan.straight_line import record
        >>> print(program := record([2], lambda x: [[x[0] * x[1], 3 * (x[0] * x[0])]]))
        in0: v0 v1
        v2 = v0 * v1
        v3 = v0 * v0
        v4 = 3 v3
        out0: v2 v4
        >>> blocks(program, 2)
        [(3, 2), (4,)]
    """
    first = sum(program.inputs)
    reads = {n: {k for k in step.reads if k >= first} for n, step in enumerate(program.steps, first)}
    readers: dict[int, list[int]] = {n: [] for n in reads}
    for n, needed in reads.items():
        for k in needed:
            readers[k].append(n)
    waiting: dict[int, int] = {}
    for n in reversed(reads):
        waiting[n] = 1 + max((waiting[k] for k in readers[n]), default=0)
    return list(_taken(reads, readers, waiting, width))


def _taken(
    reads: dict[int, set[int]], readers: dict[int, list[int]], waiting: dict[int, int], width: int
) -> Iterator[tuple[int, ...]]:
    missing = {n: len(needed) for n, needed in reads.items()}
    ready = [(-waiting[n], n) for n in reads if not missing[n]]
    heapq.heapify(ready)
    while ready:
        block = tuple(heapq.heappop(ready)[1] for _ in range(min(width, len(ready))))
        yield block
        for n in (reader for value in block for reader in readers[value]):
            missing[n] -= 1
            if not missing[n]:
                heapq.heappush(ready, (-waiting[n], n))
