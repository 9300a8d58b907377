"""The smallest case of a broken law: the simplest element and inputs, found by steps that keep shapes.

A step is a simpler element; a part of the inputs set to zero: a segment of irreps, a copy of an irrep, a member of a
set, an entry; an entry set to one, or to a power of ten between it and one. Steps are tried in this order, several at
once where that does, until no single one leaves a case in which the law is broken. As shapes stay, nothing is compiled.
Hypothesis draws inputs of its own instead of beginning from a case, and would need more runs to come to the same end.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from eqlib.testing.elements import Element
from eqlib.testing.loops import EndlessLoop
from eqlib.testing.operands import Field, Fixed, Index, Operand, set_axes
from eqlib.testing.symmetries import Case, Runner

# No more comparisons than this: on small inputs no step is left long before.
RUNS = 400

_SQUARE = ((1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
_OTHER = ((1, 1, 1, 1), (0, 1, 1, 0), (3, 1, 0, 0), (3, 0, 1, 0), (3, 0, 0, 1), (1, 2, -3, 1))
_SHIFTS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

Part = tuple[tuple[int, tuple[Any, ...]], ...]  # the numbers of operands, each with an index of its array


def simplest(element: Element) -> list[Element]:
    """The elements of the same kind that are simpler, the simplest first: turns by a quarter come before others."""
    if element.kind == "permutation":
        ((name, order),) = element.permutations.items()
        swaps = [Element(permutations={name: _exchanged(len(order), k)}) for k in range(len(order) - 1)]
        found = [g for g in swaps if g.permutations != element.permutations]
        return found[: swaps.index(element)] if element in swaps else found
    turns = [Element(q, element.inverts) for q in (*_SQUARE, *_OTHER)] if any(element.quaternion[1:]) else []
    shifts = [Element(translation=shift) for shift in _SHIFTS] if any(element.translation) else []
    found = turns + shifts
    return found[: found.index(element)] if element in found else found


def _exchanged(size: int, k: int) -> tuple[int, ...]:
    order = list(range(size))
    order[k], order[k + 1] = k + 1, k
    return tuple(order)


class Shrinker:
    """Steps from a case to smaller ones in which the law is still broken, and in the same way."""

    def __init__(self, runner: Runner, case: Case) -> None:
        self.runner, self.case, self.left = runner, case, RUNS

    def smallest(self) -> Case:
        """The case that no step makes smaller; the smallest that was met, if comparisons ran out."""
        before = None
        while before is not self.case and self.left:
            before = self.case
            self._element()
            for parts in (_segments, _copies, _members, _entries):
                self._set(self._parts(parts), 0)
            self._set([part for part in self._parts(_entries) if self._is_unlike(part)], 1)
            for part in self._parts(_entries):
                self._towards_one(part)
        return self.case

    def _parts(self, parts: Callable[..., Iterator[Part]]) -> list[Part]:
        """Those that are not zero, the last ones first, so that what is left stands at the beginning."""
        return list(parts(self.runner.program.operands, self.case.arrays))[::-1]

    def _element(self) -> None:
        for element in simplest(self.case.element):
            if self._accept(element, self.case.arrays):
                return

    def _is_unlike(self, part: Part) -> bool:
        ((n, index),) = part
        return isinstance(self.runner.program.operands[n], Field) and bool(self.case.arrays[n][index] != 1)

    def _towards_one(self, part: Part) -> None:
        """Sets an entry to the power of ten that is closest to one, between one and the entry."""
        ((n, index),) = part
        if isinstance(self.runner.program.operands[n], Field):
            size = np.log10(abs(float(self.case.arrays[n][index])))
            powers = (10.0**k for k in np.sign(size) * np.arange(1, np.ceil(abs(size))))
            any(self._accept(self.case.element, self._with([part], power)) for power in powers)

    def _set(self, parts: Sequence[Part], value: int) -> None:
        """Sets parts to a value: all at once if that does, else each half in turn."""
        if not parts or self._accept(self.case.element, self._with(parts, value)) or len(parts) == 1:
            return
        middle = len(parts) // 2
        self._set(parts[:middle], value)
        self._set(parts[middle:], value)

    def _with(self, parts: Sequence[Part], value: float) -> list[Any]:
        arrays = [np.array(x) if not isinstance(one, Fixed) else x for one, x in self._operands()]
        for part in parts:
            for n, index in part:
                arrays[n][index] = value
        return arrays

    def _operands(self) -> Iterator[tuple[Operand, Any]]:
        return zip(self.runner.program.operands, self.case.arrays, strict=True)

    def _accept(self, element: Element, arrays: Sequence[Any]) -> bool:
        """Whether the law is still broken, and then this is the case."""
        if not self.left:
            return False
        self.left -= 1
        try:
            smaller = self.runner.compare(element, self.case.inputs, arrays)
        except EndlessLoop:
            return False
        if not is_broken(smaller, self.case.is_finite):
            return False
        self.case = smaller
        return True


def is_broken(case: Case, finite: bool) -> bool:
    """Whether a case breaks the law as another does, of which it is known whether its results are finite."""
    return case.is_finite == finite and (not finite or case.error > 1)


def _segments(operands: Sequence[Operand], arrays: Sequence[Any]) -> Iterator[Part]:
    """What is not zero of each segment of the irreps of each field."""
    for n, one in _fields(operands):
        yield from _not_zero(n, arrays[n], one.irreps.slices())


def _copies(operands: Sequence[Operand], arrays: Sequence[Any]) -> Iterator[Part]:
    for n, one in _fields(operands):
        yield from _not_zero(n, arrays[n], copies(one))


def copies(one: Field) -> list[slice]:
    """The columns of each copy of an irrep."""
    found, start = [], 0
    for mul, ir in one.irreps:
        found += [slice(start + u * ir.dim, start + (u + 1) * ir.dim) for u in range(mul)]
        start += mul * ir.dim
    return found


def _not_zero(n: int, array: Any, columns: Sequence[slice]) -> Iterator[Part]:
    for part in columns:
        if np.any(array[..., part]):
            yield ((n, (..., part)),)


def _members(operands: Sequence[Operand], arrays: Sequence[Any]) -> Iterator[Part]:
    """What belongs to one member of a set, of every operand at once: a node, an edge."""
    over = [(n, one) for n, one in enumerate(operands) if not isinstance(one, Fixed)]
    for name in dict.fromkeys(name for _, one in over for name in one.over):
        having = [(n, set_axes(one, np.ndim(arrays[n]))[one.over.index(name)]) for n, one in over if name in one.over]
        for k in range(np.shape(arrays[having[0][0]])[having[0][1]]):
            part = tuple((n, (*(slice(None),) * axis, k)) for n, axis in having)
            if any(np.any(arrays[n][index]) for n, index in part):
                yield part


def _entries(operands: Sequence[Operand], arrays: Sequence[Any]) -> Iterator[Part]:
    for n, one in enumerate(operands):
        if not isinstance(one, Fixed | Index):
            for index in np.argwhere(arrays[n]).tolist():
                yield ((n, tuple(index)),)


def _fields(operands: Sequence[Operand]) -> Iterator[tuple[int, Field]]:
    return ((n, one) for n, one in enumerate(operands) if isinstance(one, Field))
