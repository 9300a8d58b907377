"""Straight-line programs: every step is a sum, a product, a multiple or an inverse root of values found before it.

A plan says what a multilinear map is. A polynomial whose components share most of their factors, as the harmonics of
all degrees do, costs far less as such a program than as a sum of monomials. Its factors are exact, it knows of no dtype
and no device, and it is closed under differentiation and transposition as plans are: see `eqlib.plan.tangents`.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

from eqlib.o3.surd import Surd

Op = Literal["add", "mul", "scale", "inverse_root", "constant"]
Number = TypeVar("Number")
ONE, ZERO = Surd.of(1), Surd.of(0)


class Step(NamedTuple):
    """One value.

    add, mul      the sum or the product of the two values that it reads
    scale         `factor` times the one that it reads
    inverse_root  1/sqrt(a) of the one that it reads, and 0 where a = 0; its derivatives are 0 there as well
    constant      `factor`
    """

    op: Op
    reads: tuple[int, ...] = ()
    factor: Surd = ONE


@runtime_checkable
class Arithmetic(Protocol[Number]):
    """What a program asks of numbers, whatever they are: arrays, polynomials, the text of a kernel."""

    def add(self, a: Number, b: Number) -> Number: ...

    def mul(self, a: Number, b: Number) -> Number: ...

    def scale(self, factor: Surd, a: Number) -> Number: ...

    def inverse_root(self, a: Number) -> Number: ...

    def constant(self, factor: Surd) -> Number: ...


@dataclass(frozen=True)
class StraightLine:
    """A map from some inputs to some outputs, each a row of components; hashable, comparable, printable.

    inputs   how many components each input has; in one row, they are the first values
    steps    the values that follow
    outputs  for each output, the values that are its components

    Example:
        >>> print(record([2, 1], lambda x, y: [[x[0] * y[0], x[0] * y[0] - 2 * x[1]]]))
        in0: v0 v1
        in1: v2
        v3 = v0 * v2
        v4 = -2 v1
        v5 = v3 + v4
        out0: v3 v5
    """

    inputs: tuple[int, ...]
    steps: tuple[Step, ...]
    outputs: tuple[tuple[int, ...], ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.inputs, self.steps, self.outputs)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> "tuple[type[StraightLine], tuple[object, ...]]":
        """Pickled without its hash: that of a string is another in every process."""
        return StraightLine, (self.inputs, self.steps, self.outputs)

    def run(self, inputs: Sequence[Sequence[Number]], arithmetic: Arithmetic[Number]) -> list[list[Number]]:
        """The components of each output, for those of each input."""
        values = [component for row in inputs for component in row]
        for step in self.steps:
            values.append(apply(step, [values[n] for n in step.reads], arithmetic))
        return [[values[n] for n in row] for row in self.outputs]

    def is_zero(self, output: int) -> bool:
        """Whether an output is zero whatever the inputs are."""
        first = sum(self.inputs)
        return all(n >= first and self.steps[n - first] == ZERO_STEP for n in self.outputs[output])

    @property
    def flops(self) -> int:
        """Additions and multiplications per sample."""
        return sum(step.op != "constant" for step in self.steps)

    def __str__(self) -> str:
        names = (f"v{n}" for n in itertools.count())
        lines = [f"in{n}: {' '.join(itertools.islice(names, size))}" for n, size in enumerate(self.inputs)]
        lines += [f"{name} = {_describe(step)}" for step, name in zip(self.steps, names, strict=False)]
        return "\n".join([*lines, *(f"out{n}: {' '.join(f'v{v}' for v in row)}" for n, row in enumerate(self.outputs))])


ZERO_STEP = Step("constant", (), ZERO)


def apply(step: Step, operands: Sequence[Number], arithmetic: Arithmetic[Number]) -> Number:
    """The value of a step."""
    match step.op:
        case "add":
            return arithmetic.add(*operands)
        case "mul":
            return arithmetic.mul(*operands)
        case "scale":
            return arithmetic.scale(step.factor, *operands)
        case "inverse_root":
            return arithmetic.inverse_root(*operands)
        case "constant":
            return arithmetic.constant(step.factor)


class Value:
    """A number of a program that is being recorded; a constant is known, and becomes a step only where it must."""

    __slots__ = ("_tape", "at", "known")

    def __init__(self, tape: "_Tape", at: int | None, known: Surd = ZERO) -> None:
        self._tape, self.at, self.known = tape, at, known

    def __add__(self, other: "Symbol") -> "Value":
        return self._tape.add(self, self._tape.value(other))

    def __mul__(self, other: "Symbol") -> "Value":
        return self._tape.mul(self, self._tape.value(other))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> "Value":
        return self * -ONE

    def __sub__(self, other: "Symbol") -> "Value":
        return self + -self._tape.value(other)

    def __rsub__(self, other: "Symbol") -> "Value":
        return -self + other

    def inverse_root(self) -> "Value":
        """1/sqrt(self), and 0 at 0."""
        return self._tape.inverse_root(self)


Symbol = Value | Surd | int


def record(inputs: Sequence[int], compute: Callable[..., Sequence[Sequence[Symbol]]]) -> StraightLine:
    """The program of a function: it is given the components of each input, and returns those of each output.

    Values that were found before are not found again, constants are folded, and what no output needs is left out.

    Example:
        >>> length = record([3], lambda v: [[v[0] * v[0] + v[1] * v[1] + v[2] * v[2]]])
        >>> length.flops
        5
    """
    tape = _Tape(sum(inputs))
    places = itertools.count()
    rows = [[Value(tape, at) for at in itertools.islice(places, size)] for size in inputs]
    return tape.program(inputs, [[tape.value(v) for v in row] for row in compute(*rows)])


class Symbols:
    """The arithmetic of a program that is being recorded: its values, and constants."""

    def add(self, a: Symbol, b: Symbol) -> Symbol:
        return a + b

    def mul(self, a: Symbol, b: Symbol) -> Symbol:
        return a * b

    def scale(self, factor: Surd, a: Symbol) -> Symbol:
        return factor * a

    def inverse_root(self, a: Symbol) -> Symbol:
        assert isinstance(a, Value)  # a recorded program has no constant there
        return a.inverse_root()

    def constant(self, factor: Surd) -> Symbol:
        return factor


class _Tape:
    """The steps of a program that is being recorded."""

    def __init__(self, first: int) -> None:
        self._first, self._steps, self._known = first, list[Step](), dict[Step, int]()

    def value(self, number: Symbol) -> Value:
        return number if isinstance(number, Value) else self.constant(Surd.of(number))

    def constant(self, factor: Surd) -> Value:
        return Value(self, None, factor)

    def add(self, a: Value, b: Value) -> Value:
        if a.at is None or b.at is None:
            constant, other = (a, b) if a.at is None else (b, a)
            if other.at is None:
                return self.constant(constant.known + other.known)
            return self._step("add", other.at, self._at(constant)) if constant.known else other
        (factor, of), (other_factor, other_of) = self._multiple(a), self._multiple(b)
        if of == other_of and (factor / other_factor).rational() is not None:
            return self.scale(factor + other_factor, Value(self, of))
        return self._step("add", *sorted((a.at, b.at)))

    def mul(self, a: Value, b: Value) -> Value:
        if a.at is None:
            return self.scale(a.known, b)
        return self.scale(b.known, a) if b.at is None else self._step("mul", *sorted((a.at, b.at)))

    def scale(self, factor: Surd, a: Value) -> Value:
        if a.at is None:
            return self.constant(factor * a.known)
        if not factor or factor == ONE:
            return a if factor else self.constant(ZERO)
        before, of = self._multiple(a)
        return self._step("scale", of, factor=factor * before) if factor * before != ONE else Value(self, of)

    def inverse_root(self, a: Value) -> Value:
        return self._step("inverse_root", self._at(a))

    def program(self, inputs: Sequence[int], outputs: Sequence[Sequence[Value]]) -> StraightLine:
        """The steps that the outputs need."""
        wanted = [[self._at(value) for value in row] for row in outputs]
        needed = {n for row in wanted for n in row}
        for n, step in reversed([*enumerate(self._steps, self._first)]):
            if n in needed:
                needed.update(step.reads)
        kept = sorted({*range(self._first), *needed})
        place = {n: k for k, n in enumerate(kept)}
        steps = [self._steps[n - self._first] for n in kept[self._first :]]
        renamed = tuple(step._replace(reads=tuple(place[n] for n in step.reads)) for step in steps)
        return StraightLine(tuple(inputs), renamed, tuple(tuple(place[n] for n in row) for row in wanted))

    def _multiple(self, value: Value) -> tuple[Surd, int]:
        """The factor and the value of which it is a multiple: of itself, or of what its step scales."""
        at = self._at(value)
        match self._steps[at - self._first] if at >= self._first else None:
            case Step("scale", (of,), factor):
                return factor, of
            case _:
                return ONE, at

    def _at(self, value: Value) -> int:
        """Where a value is; a constant becomes a step."""
        if value.at is not None:
            return value.at
        at = self._step("constant", factor=value.known).at
        assert at is not None
        return at

    def _step(self, op: Op, *reads: int, factor: Surd = ONE) -> Value:
        step = Step(op, reads, factor)
        if step not in self._known:
            self._known[step] = self._first + len(self._steps)
            self._steps.append(step)
        return Value(self, self._known[step])


def _describe(step: Step) -> str:
    names = [f"v{n}" for n in step.reads]
    match step.op:
        case "add":
            return " + ".join(names)
        case "mul":
            return " * ".join(names)
        case "inverse_root":
            return f"1/√{' '.join(names)}"
        case "scale" | "constant":
            return " ".join([str(step.factor), *names])
