"""What a plan over edges computes for one edge and one channel, as a straight-line program.

In most plans over edges the channels never mix: each runs the same program on its own numbers. Operands of one channel,
as the harmonics of an edge are, are shared by all of them; an output of one channel is the sum over them.

All terms are one program, so what they share is found once: contracted with the harmonics the coefficients of a path
become a matrix, the same for every channel, that the terms of a derivative apply to this operand or that.
"""

import functools
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eqlib.o3.surd import Surd
from eqlib.plan.indexed import IndexedPlan, Term
from eqlib.plan.plan import Path, Segment
from eqlib.plan.straight_line import ONE, ZERO, StraightLine, Symbol, Value, record

Read = tuple[int, int]  # an input of the plan over edges, and a segment of it
Place = tuple[tuple[int, ...], int]  # the components of what a matrix applies to, and that of the output
Matrix = dict[Place, Symbol]


class ChannelsMix(ValueError):
    """Why a plan is no program of one channel."""


def channels_of(segment: Segment) -> int:
    """The number of channels of a segment."""
    return math.prod(segment.extents)


@dataclass(frozen=True)
class PerChannel:
    """The program of a plan over edges for one edge and one channel.

    program   reads for each input of the plan its components, segment after segment, then a number that is 1 in the
              first channel and 0 in all others; writes for each output its components
    channels  the most channels that an operand has; one that has fewer is zero in the others

    An operand of one channel has its value in every channel; of an output of one channel the program finds what the
    channel adds to it.
    """

    program: StraightLine
    channels: int


@functools.cache
def per_channel(plan: IndexedPlan) -> PerChannel:
    """The program of a plan over edges, whose channels do not mix.

    Raises: ChannelsMix if a path has operands of two kinds of channels, such as the outer product of two.
    Example: a scalar and a vector of each of 8 channels, times the harmonics of an edge
        >>> from eqlib.ops.conv import plan_conv
        >>> found = per_channel(plan_conv("8x0e + 8x1o", "1o", is_weighted=False)[1])
        >>> found.program.inputs, found.program.outputs[0].__len__(), found.channels
        ((4, 3, 1), 12, 8)
    """
    inputs = [sum(segment.dim for segment in rows.segments) for rows in plan.inputs]

    def compute(*values: Sequence[Value]) -> list[list[Symbol]]:
        *operands, (is_first,) = values
        rows = [_split(row, given.segments) for row, given in zip(operands, plan.inputs, strict=True)]
        return _Recording(plan, rows, is_first).outputs()

    operands = (*plan.inputs, *plan.outputs)
    channels = [channels_of(segment) for rows in operands for segment in rows.segments]
    return PerChannel(record([*inputs, 1], compute), max([1, *channels]))


def _split(row: Sequence[Value], segments: Sequence[Segment]) -> list[Sequence[Value]]:
    components = iter(row)
    return [list(itertools.islice(components, segment.dim)) for segment in segments]


class _Slot(NamedTuple):
    """An operand of a path: what it reads, its axis in the coefficients, and whether it has channels."""

    read: Read
    axis: int
    dim: int
    is_wide: bool

    @property
    def is_tensor(self) -> bool:
        """Whether it has several components."""
        return self.dim > 1


class _Contribution(NamedTuple):
    """A path of a term: where it adds, its coefficients contracted with what all channels share, and the rest."""

    matrix: Matrix
    slots: tuple[_Slot, ...]  # those that have channels, in the order of the matrix


class _Recording:
    """The values of a program that is being recorded."""

    def __init__(self, plan: IndexedPlan, rows: Sequence[Sequence[Sequence[Value]]], is_first: Value) -> None:
        self._plan, self._rows, self._is_first = plan, rows, is_first
        self._sums: list[list[list[Symbol]]] = [[[ZERO] * s.dim for s in of.segments] for of in plan.outputs]
        self._applied: set[object] = set()

    def outputs(self) -> list[list[Symbol]]:
        """The components of every output."""
        work = [(term, path) for term in self._plan.terms for path in term.plan.paths]
        # First those that write many components: the others use what they found on the way.
        work.sort(key=lambda pair: pair[1].coefficients.shape[-1], reverse=True)
        by_channel: dict[Read, list[_Contribution]] = {}
        over_channels: dict[Read, list[_Contribution]] = {}
        for term, path in work:
            if all(term.plan.extents(path).values()):
                slots, writes_wide = _slots(term, path)
                kind = by_channel if writes_wide or not any(slot.is_wide for slot in slots) else over_channels
                kind.setdefault((term.writes, path.segments[-1]), []).append(self._contracted(path, slots))
        for write, contributions in by_channel.items():
            self._add_by_channel(write, contributions)
        for write, contributions in over_channels.items():
            self._add_over_channels(write, contributions)
        return [[x for components in rows for x in components] for rows in self._sums]

    def _contracted(self, path: Path, slots: Sequence[_Slot]) -> _Contribution:
        """The coefficients contracted with the operands of one channel."""
        wide = tuple(slot for slot in slots if slot.is_wide)
        shared = [slot for slot in slots if not slot.is_wide]
        matrix: Matrix = {}
        for index, value in sorted(path.coefficients.entries, key=lambda e: [e[0][slot.axis] for slot in shared]):
            product: Symbol = ONE
            for slot in shared:
                product = self._component(slot, index[slot.axis]) * product
            at = (tuple(index[slot.axis] for slot in wide), index[-1])
            matrix[at] = matrix.get(at, ZERO) + value * path.scale * product
        return _Contribution(matrix, wide)

    def _component(self, slot: _Slot, i: int) -> Value:
        return self._rows[slot.read[0]][slot.read[1]][i]

    def _add_by_channel(self, write: Read, contributions: Sequence[_Contribution]) -> None:
        """To an output that has the channels of what it is made of: factor by factor, for the sums share them."""
        by_factors: dict[tuple[Read, ...], list[_Contribution]] = {}
        for one in contributions:
            factors = tuple(sorted(slot.read for slot in one.slots if not slot.is_tensor))
            by_factors.setdefault(factors, []).append(one)
        for factors, alike in by_factors.items():
            factor = self._product(factors) if any(one.slots for one in alike) else self._is_first
            common = _common(x for one in alike for x in one.matrix.values())
            sums: dict[int, Symbol] = {}
            for one in alike:
                matrix: Matrix = {at: x if common == ONE else ONE for at, x in one.matrix.items()}
                for k, x in self._applied_to_all(matrix, one.slots).items():
                    sums[k] = sums.get(k, ZERO) + x
            for k, x in sums.items():
                self._add(write, k, factor * common * x)

    def _product(self, reads: Sequence[Read]) -> Symbol:
        product: Symbol = ONE
        for n, s in reads:
            (component,) = self._rows[n][s]
            product = component * product
        return product

    def _applied_to_all(self, matrix: Matrix, slots: tuple[_Slot, ...]) -> dict[int, Symbol]:
        """A matrix applied to operands, for each component of the output; those of one component are left out."""
        while True:
            tensors = [at for at, slot in enumerate(slots) if slot.is_tensor]
            if not tensors:
                return {k: x for (_, k), x in matrix.items()}
            at = min(tensors, key=lambda at: self._key(matrix, slots, at) not in self._applied)
            self._applied.add(self._key(matrix, slots, at))
            applied: Matrix = {}
            for (index, k), x in sorted(matrix.items(), key=lambda entry: entry[0][0][at]):
                rest = (_without(index, at), k)
                applied[rest] = applied.get(rest, ZERO) + x * self._component(slots[at], index[at])
            matrix, slots = applied, (*slots[:at], *slots[at + 1 :])

    def _key(self, matrix: Matrix, slots: Sequence[_Slot], at: int) -> object:
        """What applying a matrix to one operand finds, whatever becomes of it then."""
        columns: dict[object, set[object]] = {}
        for (index, k), x in matrix.items():
            columns.setdefault((_without(index, at), k), set()).add((index[at], _name(x)))
        return slots[at].read, frozenset(map(frozenset, columns.values()))

    def _add_over_channels(self, write: Read, contributions: Sequence[_Contribution]) -> None:
        """To an output that is a sum over channels.

        There are products of all components of two operands; where one of these is the same in several contributions
        with the same coefficients, the others are added before they are multiplied by it.
        """
        common = Counter(slot.read for one in contributions for slot in one.slots)
        groups: dict[object, dict[tuple[int, ...], Symbol]] = {}
        last: dict[object, tuple[_Slot, Matrix]] = {}
        for one in contributions:
            at = max(range(len(one.slots)), key=lambda at: (common[one.slots[at].read], one.slots[at].dim))
            others = [*one.slots[:at], *one.slots[at + 1 :]]
            matrix = {((*_without(index, at), index[at]), k): x for (index, k), x in one.matrix.items()}
            matrix = {(_of_tensors(index, others), k): x for (index, k), x in matrix.items()}
            key = (one.slots[at].read, frozenset((place, _name(x)) for place, x in matrix.items()))
            last[key] = (one.slots[at], matrix)
            sums = groups.setdefault(key, {})
            for index in dict.fromkeys(index[:-1] for index, _ in matrix):
                sums[index] = sums.get(index, ZERO) + self._product_at(index, others)
        for key, sums in groups.items():
            slot, matrix = last[key]
            for (index, k), x in matrix.items():
                self._add(write, k, x * (sums[index[:-1]] * self._component(slot, index[-1])))

    def _product_at(self, index: tuple[int, ...], slots: Sequence[_Slot]) -> Symbol:
        """The product of the components `index` of some operands; those of one component are not in it."""
        product = self._product([slot.read for slot in slots if not slot.is_tensor])
        for slot, i in zip((slot for slot in slots if slot.is_tensor), index, strict=True):
            product = self._component(slot, i) * product
        return product

    def _add(self, write: Read, k: int, x: Symbol) -> None:
        n, s = write
        self._sums[n][s][k] = self._sums[n][s][k] + x


def _slots(term: Term, path: Path) -> tuple[list[_Slot], bool]:
    """The operands of a path, and whether its output has channels."""
    extents = term.plan.extents(path)
    modes = ["".join(letter for letter in mode if extents[letter] > 1) for mode in path.modes]
    if len(set(modes) - {""}) > 1:
        found = ", ".join(sorted(set(modes) - {""}))
        raise ChannelsMix(f"a path has operands with the channels {found}, and must have one kind")
    reads = ((term.reads[n], s) for n, s in zip(term.plan.slots, path.segments, strict=False))
    dims = path.coefficients.shape
    is_wide = [bool(mode) for mode in modes]
    return [_Slot(read, axis, dims[axis], is_wide[axis]) for axis, read in enumerate(reads)], is_wide[-1]


def _common(entries: Iterable[Symbol]) -> Symbol:
    """The value of all entries, if they are the same and no number that is known; else 1."""
    match list({_name(x): x for x in entries}.values()):
        case [Value(at=int()) as value]:
            return value
        case _:
            return ONE


def _without(index: tuple[int, ...], at: int) -> tuple[int, ...]:
    return (*index[:at], *index[at + 1 :])


def _of_tensors(index: tuple[int, ...], others: Sequence[_Slot]) -> tuple[int, ...]:
    """An index without the axes of operands of one component; the last axis stays."""
    return (*(i for i, slot in zip(index, others, strict=False) if slot.is_tensor), index[-1])


def _name(x: Symbol) -> object:
    """The same for the same values of a program."""
    if isinstance(x, Value):
        return ("value", x.at) if x.at is not None else ("number", x.known)
    return "number", Surd.of(x)
