"""Straight-line programs are closed under differentiation and transposition, so no kernel writes a derivative.

The derivative is the program run on dual numbers; the transpose of what is linear runs it backwards.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

from eqlib.o3.surd import Surd
from eqlib.plan.straight_line import ONE, ZERO, Step, StraightLine, Symbol, Symbols, Value, apply, record

_NOT_LINEAR = "the program is not linear in these inputs together: transpose its derivative instead."


@functools.cache
def derivative(program: StraightLine, moved: tuple[int, ...]) -> StraightLine:
    """The program of the directional derivative: it reads the inputs, then the tangents of those that are `moved`.

    Law: run(derivative(f, (n,)), [*x, dx]) = d/dt run(f, [..., x[n] + t dx, ...]) at t = 0.
    Example:
        >>> cube = record([1], lambda x: [[x[0] * x[0] * x[0]]])
        >>> print(derivative(cube, (0,)))
        in0: v0
        in1: v1
        v2 = v0 * v0
        v3 = v0 * v1
        v4 = 2 v3
        v5 = v1 * v2
        v6 = v0 * v4
        v7 = v5 + v6
        out0: v7
    """
    count = len(program.inputs)

    def compute(*rows: Sequence[Value]) -> list[list[Symbol]]:
        tangents = dict(zip(moved, rows[count:], strict=True))
        duals = [
            [_Dual(x, dx) for x, dx in zip(row, tangents.get(n, [ZERO] * len(row)), strict=True)]
            for n, row in enumerate(rows[:count])
        ]
        return [[z.tangent for z in row] for row in program.run(duals, _Duals())]

    return record([*program.inputs, *(program.inputs[n] for n in moved)], compute)


@functools.cache
def transpose(program: StraightLine, linear: tuple[int, ...]) -> StraightLine:
    """The program that reads the other inputs, then a cotangent of each output; it finds those of the `linear` inputs.

    Law:    the sum over outputs of <run(f, x)[o], g[o]> is that over linear inputs of <x[n], run(transpose)[n]>.
    Raises: ValueError if the program is not linear in these inputs together.
    Example:
        >>> print(transpose(record([1, 1], lambda x, y: [[x[0] * y[0]]]), (1,)))
        in0: v0
        in1: v1
        v2 = v0 * v1
        out0: v2
    """
    others = [n for n in range(len(program.inputs)) if n not in linear]

    def compute(*rows: Sequence[Value]) -> list[list[Symbol]]:
        given = dict(zip(others, rows, strict=False))
        values: list[Symbol | None] = []
        for n, size in enumerate(program.inputs):
            values += given.get(n, [None] * size)
        for step in program.steps:
            reads = [values[n] for n in step.reads]
            values.append(None if None in reads else apply(step, [x for x in reads if x is not None], Symbols()))
        found = _cotangents(program, values, rows[len(others) :])
        return [found[sum(program.inputs[:n]) : sum(program.inputs[: n + 1])] for n in linear]

    return record([*(program.inputs[n] for n in others), *map(len, program.outputs)], compute)


@functools.cache
def restricted(program: StraightLine, outputs: tuple[int, ...]) -> StraightLine:
    """The program of some of the outputs."""

    def compute(*rows: Sequence[Symbol]) -> list[list[Symbol]]:
        found = program.run(rows, Symbols())
        return [found[n] for n in outputs]

    return record(program.inputs, compute)


class _Dual(NamedTuple):
    """A number, and how it moves."""

    value: Symbol
    tangent: Symbol


class _Duals:
    """The arithmetic of a + b e, where e^2 = 0."""

    def add(self, a: _Dual, b: _Dual) -> _Dual:
        return _Dual(a.value + b.value, a.tangent + b.tangent)

    def mul(self, a: _Dual, b: _Dual) -> _Dual:
        return _Dual(a.value * b.value, a.tangent * b.value + a.value * b.tangent)

    def scale(self, factor: Surd, a: _Dual) -> _Dual:
        return _Dual(factor * a.value, factor * a.tangent)

    def inverse_root(self, a: _Dual) -> _Dual:
        root = Symbols().inverse_root(a.value)
        return _Dual(root, Surd.of(-1) / 2 * (root * root * root) * a.tangent)

    def constant(self, factor: Surd) -> _Dual:
        return _Dual(factor, ZERO)


def _cotangents(
    program: StraightLine, values: Sequence[Symbol | None], of_outputs: Sequence[Sequence[Symbol]]
) -> list[Symbol]:
    """The cotangent of every value, those that are known apart: they move with no linear input."""
    found: list[Symbol] = [ZERO] * len(values)
    for row, cotangents in zip(program.outputs, of_outputs, strict=True):
        for at, cotangent in zip(row, cotangents, strict=True):
            found[at] += cotangent
            if not (values[at] is None or _is_zero(values[at])):
                raise ValueError(_NOT_LINEAR)
    for at, step in reversed([*enumerate(program.steps, sum(program.inputs))]):
        if values[at] is None:
            for read, slope in _slopes(step, values):
                found[read] += found[at] * slope
    return found


def _slopes(step: Step, values: Sequence[Symbol | None]) -> list[tuple[int, Symbol]]:
    """The derivative of a step in each of the values that it reads and that are not known."""
    match step:
        case Step("scale", (of,), factor):
            return [(of, factor)]
        case Step("add", reads) if all(values[n] is None or _is_zero(values[n]) for n in reads):
            return [(n, ONE) for n in reads if values[n] is None]
        case Step("mul", (a, b)) if (right := values[b]) is not None:
            return [(a, right)]
        case Step("mul", (a, b)) if (left := values[a]) is not None:
            return [(b, left)]
        case _:
            raise ValueError(_NOT_LINEAR)


def _is_zero(x: Symbol | None) -> bool:
    return isinstance(x, Surd) and not x
