"""The text of a kernel in CUDA C++, from its schedule."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eqlib.lowering.cuda.blocks import WARP
from eqlib.lowering.cuda.scalars import literal, prelude
from eqlib.lowering.cuda.schedule import NoKernel, Place, Schedule, places, summed, wide
from eqlib.lowering.cuda.warp_sum import warp_sum
from eqlib.plan.indexed import Rows
from eqlib.plan.per_channel import channels_of
from eqlib.plan.straight_line import Step

NAME = "contract_indexed"
Lines = Iterator[str]


def source(schedule: Schedule, dtype: str, index: str) -> str:
    """A kernel for arrays of a dtype and indices of another.

    Its arguments are pointers: the inputs; the ids of the other indices; `order` and `starts` of the index that orders
    it; `sizes`, the number of its rows, of edges, and of the rows of the others; then for each output its rows, if it
    has segments with channels, and its sums over the channels of each warp, if it has others.
    """
    return "\n".join([prelude(dtype, index), *_Kernel(schedule, dtype).lines()]) + "\n"


class _Output(NamedTuple):
    """An output of a kernel: its number, where its rows are, and which values of the program belong where."""

    n: int
    rows: Rows
    where: str
    channels: list[tuple[Place, list[int]]]  # for each segment with channels, the values of its components
    sums: list[int]


class _Kernel:
    """The lines of a kernel, part by part."""

    def __init__(self, schedule: Schedule, dtype: str) -> None:
        self._schedule, self._dtype = schedule, dtype
        self._program = schedule.code.program
        self._blocks = schedule.blocks
        self._outputs = [self._output(n, rows) for n, rows in enumerate(schedule.plan.outputs)]
        self._used = {n for row in self._program.outputs for n in row}
        self._used.update(n for step in self._program.steps for n in step.reads)
        self._names: list[tuple[str, ...]] = []  # of each value, in each channel of a thread; one name if all share it

    def lines(self) -> Lines:
        yield from self._signature()
        yield from self._threads()
        yield "  if (row >= rows) {"
        yield from _indented(_indented(self._tail()))
        yield "    return;"
        yield "  }"
        body = [*self._edge()]
        yield from self._start_of_row()
        yield "  const index end = starts[row + 1];"
        yield "  for (index j = starts[row]; j < end; ++j) {"
        yield from _indented(_indented(body))
        yield "  }"
        yield from self._end_of_row()
        yield "}"

    def _signature(self) -> Lines:
        pointers = [f"const stored* __restrict__ in{n}" for n in range(len(self._schedule.plan.inputs))]
        pointers += [f"const index* __restrict__ ids{k}" for k in self._schedule.others]
        pointers += [f"const index* __restrict__ {name}" for name in ("order", "starts", "sizes")]
        for output in self._outputs:
            if output.channels:
                pointers.append(f"{'real' if output.where == 'other' else 'stored'}* __restrict__ out{output.n}")
            if output.sums:
                pointers.append(f"real* __restrict__ sums{output.n}")
        threads = self._blocks.threads * self._blocks.rows
        yield f'extern "C" __global__ void __launch_bounds__({threads}) {NAME}('
        yield "    " + ",\n    ".join(pointers) + ") {"

    def _threads(self) -> Lines:
        threads, per_thread, rows_of_block = self._blocks
        yield f"  const long long row = (long long)blockIdx.x * {rows_of_block} + threadIdx.y;"
        yield "  const long long rows = sizes[0];"
        yield f"  const int u0 = blockIdx.y * {self._blocks.channels} + threadIdx.x;"
        for v in range(1, per_thread):
            yield f"  const int u{v} = u0 + {v * threads};"
        yield f"  const int lane = threadIdx.x % {WARP};"
        if largest := self._largest_staged():
            warps = threads * rows_of_block // WARP
            yield f"  __shared__ real stages[{warps}][{largest * WARP}];"
            yield f"  real* const staged = stages[threadIdx.y * {threads // WARP} + threadIdx.x / {WARP}];"
        if any(output.sums for output in self._outputs):
            yield f"  const int warp = blockIdx.y * {threads // WARP} + threadIdx.x / {WARP};"
        if sum(self._program.inputs) - 1 in self._used:
            for v, name in enumerate(self._in_each_channel("first", True)):
                yield f"  const real {name} = u{v} == 0;"

    def _largest_staged(self) -> int:
        """The most components of a segment whose numbers threads exchange to read or write them in order."""
        found = [place for output in self._outputs for place, _ in output.channels]
        for rows in self._schedule.plan.inputs:
            found += places(rows.segments, is_channels_last=self._schedule.is_channels_last(rows))
        return max((place.dim for place in found if place.is_staged), default=0)

    def _output(self, n: int, rows: Rows) -> _Output:
        values = iter(self._program.outputs[n])
        of_channels, sums = list[list[int]](), list[int]()
        for segment in rows.segments:
            found = [next(values) for _ in range(segment.dim)]
            if channels_of(segment) > 1:
                of_channels.append(found)
            elif channels_of(segment) == 1:
                sums += found
        place = places(wide(rows), is_channels_last=self._schedule.is_channels_last(rows))
        return _Output(n, rows, self._schedule.where(rows), list(zip(place, of_channels, strict=True)), sums)

    # Edges.

    def _edge(self) -> Lines:
        """What a thread does for the edge at `j`."""
        yield "const index e = order[j];"
        for at, k in enumerate(self._schedule.others):
            yield f"const index row{k} = ids{k}[e];"
            yield f"if (row{k} >= sizes[{2 + at}]) {{"
            yield from _indented(self._zeros())
            yield "  continue;"
            yield "}"
        self._names = [*self._inputs()]
        for n, rows in enumerate(self._schedule.plan.inputs):
            if self._schedule.where(rows) != "row":
                yield from self._loads(n, rows)
        yield from self._steps()
        for output in self._outputs:
            if output.where == "row":
                yield from self._add_to_row(output)
            else:
                yield from self._stores(output, "e", [self._names[n] for n in self._values(output)])

    def _tail(self) -> Lines:
        """The edges that have no row here: where every edge is written, these are zero."""
        if any(True for _ in self._zeros()):
            yield f"const long long rows_here = (long long)gridDim.x * {self._blocks.rows} - rows;"
            yield "for (long long j = starts[rows] + (row - rows); j < sizes[1]; j += rows_here) {"
            yield "  const index e = order[j];"
            yield from _indented(self._zeros())
            yield "}"

    def _zeros(self) -> Lines:
        for output in self._outputs:
            if output.where != "row":
                yield from self._stores(output, "e", [("real(0)",)] * len(self._values(output)))

    def _inputs(self) -> Iterator[tuple[str, ...]]:
        """The names of the values that the program reads."""
        for n, rows in enumerate(self._schedule.plan.inputs):
            i = 0
            for segment in rows.segments:
                for _ in range(segment.dim):
                    yield self._in_each_channel(f"x{n}_{i}", channels_of(segment) > 1)
                    i += 1
        yield self._in_each_channel("first", True)

    def _in_each_channel(self, name: str, is_wide: bool) -> tuple[str, ...]:
        count = self._blocks.per_thread
        return tuple(f"{name}_{v}" for v in range(count)) if is_wide and count > 1 else (name,)

    def _loads(self, n: int, rows: Rows) -> Lines:
        where = self._schedule.where(rows)
        row = {"row": "row", "other": f"row{rows.at}", "edge": "e"}[where]
        load = "load_once" if where == "edge" else "load"
        value = sum(self._program.inputs[:n])
        yield f"const stored* at{n} = in{n} + (size_t){row} * {rows.size};"
        for place in places(rows.segments, is_channels_last=self._schedule.is_channels_last(rows)):
            values = range(value, value + place.dim)
            value += place.dim
            if place.is_staged:
                yield from self._staged_loads(f"at{n}", place, values, load)
                continue
            for i, used in enumerate(values):
                if used in self._used:
                    for v, name in enumerate(self._names[used]):
                        function = load if place.channels > 1 else "load"  # what all channels share is read again
                        text = f"{function}(at{n} + {_offset(place, i, v)})"
                        yield f"const real {name} = {self._where_it_has(place, v, text)};"

    def _staged_loads(self, at: str, place: Place, values: Sequence[int], load: str) -> Lines:
        """Reads the numbers of 32 channels in the order of memory, and gives every thread those of its own."""
        if not any(n in self._used for n in values):
            return
        for v in range(self._blocks.per_thread):
            for i in range(place.dim):
                text = f"{load}({at} + {place.offset} + (u{v} - lane) * {place.dim} + {i * WARP} + lane)"
                yield f"staged[{i * WARP} + lane] = {self._where_inside(place, i, v, text)};"
            yield "__syncwarp();"
            for i, n in enumerate(values):
                yield f"const real {self._name(n, v)} = staged[lane * {place.dim} + {i}];"
            yield "__syncwarp();"

    def _staged_stores(self, output: _Output, place: Place, components: Sequence[tuple[str, ...]], v: int) -> Lines:
        """The other way round: every thread has the numbers of a channel, and they are written in memory's order."""
        for i, names in enumerate(components):
            yield f"staged[lane * {place.dim} + {i}] = {names[min(v, len(names) - 1)]};"
        yield "__syncwarp();"
        for i in range(place.dim):
            guard = f"if ({self._inside(place, i, v)}) " if self._may_lack(place) else ""
            at = f"to + {place.offset} + (u{v} - lane) * {place.dim} + {i * WARP} + lane"
            yield f"{guard}store_once({at}, staged[{i * WARP} + lane]);"
        yield "__syncwarp();"

    def _inside(self, place: Place, i: int, v: int) -> str:
        return f"(u{v} - lane) * {place.dim} + {i * WARP} + lane < {place.channels * place.dim}"

    def _where_inside(self, place: Place, i: int, v: int, text: str) -> str:
        return f"{self._inside(place, i, v)} ? {text} : real(0)" if self._may_lack(place) else text

    def _where_it_has(self, place: Place, v: int, text: str) -> str:
        """Zero in the channels that a segment does not have."""
        return f"u{v} < {place.channels} ? {text} : real(0)" if self._may_lack(place) else text

    def _may_lack(self, place: Place) -> bool:
        threads = self._schedule.channel_blocks * self._blocks.channels
        return 1 < place.channels < threads

    def _steps(self) -> Lines:
        for at, step in enumerate(self._program.steps, sum(self._program.inputs)):
            names = self._in_each_channel(f"v{at}", any(len(self._names[n]) > 1 for n in step.reads))
            self._names.append(names)
            for v, name in enumerate(names):
                reads = [self._name(n, v) for n in step.reads]
                yield f"const real {name} = {_expression(step, reads, self._dtype)};"

    def _name(self, value: int, v: int) -> str:
        names = self._names[value]
        return names[v] if len(names) > 1 else names[0]

    # Rows.

    def _start_of_row(self) -> Lines:
        for output in self._outputs:
            if output.where == "row":
                for names in self._accumulators(output):
                    yield f"  real {', '.join(f'{name} = 0' for name in names)};"
        for n, rows in enumerate(self._schedule.plan.inputs):
            if self._schedule.where(rows) == "row":
                yield from _indented(self._loads(n, rows))

    def _values(self, output: _Output) -> list[int]:
        """The values of the program that an output consists of: those with channels, then the sums over them."""
        return [*(n for _, values in output.channels for n in values), *output.sums]

    def _accumulators(self, output: _Output) -> list[tuple[str, ...]]:
        return [self._in_each_channel(f"a{output.n}_{k}", True) for k in range(len(self._values(output)))]

    def _add_to_row(self, output: _Output) -> Lines:
        for value, names in zip(self._values(output), self._accumulators(output), strict=True):
            for v, name in enumerate(names):
                yield f"{name} += {self._name(value, v)};"

    def _end_of_row(self) -> Lines:
        for output in self._outputs:
            if output.where == "row":
                yield from _indented(self._stores(output, "row", self._accumulators(output)))

    # Both.

    def _stores(self, output: _Output, row: str, values: Sequence[tuple[str, ...]]) -> Lines:
        """Writes the values of an output to its rows, and to its sums over the channels of a warp."""
        found = iter(values)
        if output.channels:
            size = sum(segment.size for segment in wide(output.rows))
            yield f"{{ {'real' if output.where == 'other' else 'stored'}* to = out{output.n} + (size_t){row} * {size};"
            for place, components in output.channels:
                yield from self._store(output, place, [next(found) for _ in components])
            yield "}"
        if output.sums:
            count = summed(output.rows)
            to = f"sums{output.n} + ((size_t){row} * {self._schedule.warps} + warp) * {count}"
            yield from warp_sum([" + ".join(names) for names in found], to)

    def _store(self, output: _Output, place: Place, components: Sequence[tuple[str, ...]]) -> Lines:
        for v in range(self._blocks.per_thread):
            if place.is_staged:
                yield from self._staged_stores(output, place, components, v)
                continue
            guard = f"if (u{v} < {place.channels}) " if self._may_lack(place) else ""
            lines = []
            for i, names in enumerate(components):
                at, x = f"to + {_offset(place, i, v)}", names[min(v, len(names) - 1)]
                lines.append(f"{'__stcs' if output.where == 'other' else 'store_once'}({at}, {x});")
            yield guard + "{ " + " ".join(lines) + " }"


def _expression(step: Step, reads: Sequence[str], dtype: str) -> str:
    match step.op:
        case "add" | "mul":
            return (" + " if step.op == "add" else " * ").join(reads)
        case "scale":
            return f"{literal(step.factor, dtype)} * {reads[0]}"
        case "constant":
            return literal(step.factor, dtype)
        case _:
            raise NoKernel(f"no kernel computes {step.op}")


def _offset(place: Place, i: int, v: int) -> str:
    """Where component i of the channel u{v} lies in a row."""
    if place.channels == 1:
        return str(place.offset + i)
    across = f"u{v}" if place.across == 1 else f"u{v} * {place.across}"
    return f"{place.offset + i * place.along} + {across}"


def _indented(lines: Iterable[str]) -> Lines:
    return (f"  {line}" for line in lines)
