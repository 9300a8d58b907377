"""The law f(g x) = g f(x) at random points of prime fields, without rounding."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from eqlib.testing.exact.action import Action, generating_permutations, random_action
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.domain import Operand, Undecided, Value
from eqlib.testing.exact.interpreter import Interpreter, Observe
from eqlib.testing.exact.moves import lifted
from eqlib.testing.exact.points import draw_field
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.exact.primes import primes
from eqlib.testing.exact.traced import Traced
from eqlib.testing.operands import Field

# A wrong program passes with less than this probability, if the bound can be had with no more than so many primes.
MISS = 1e-12
_FEW, _MANY = 2, 16
# So often a point is drawn, if at those before there were no roots where a law failed.
_TRIES = 6


@dataclasses.dataclass(frozen=True, eq=False)
class Point:
    """A field, weights and inputs in it, and the outputs."""

    traced: Traced
    domain: PrimeField
    weights: tuple[Value, ...]
    inputs: tuple[Operand, ...]
    outputs: tuple[Value, ...]

    def at(self, inputs: Sequence[Operand], observe: Observe | None = None) -> list[Value]:
        """The outputs for other inputs, with the same weights."""
        return run(self.traced, self.domain, [*self.weights, *inputs], observe)

    def moved(self, action: Action) -> list[Operand]:
        """The inputs after an element has acted on them."""
        return [action.on(one, x) for one, x in zip(self.traced.operands, self.inputs, strict=True)]

    def differences(self, action: Action) -> list[np.ndarray]:
        """Where f(g x) and g f(x) differ, for each output [slot, ...]."""
        return [
            np.asarray(got.data != action.on(one, want).data)
            for (_, one), got, want in zip(self.traced.outputs, self.at(self.moved(action)), self.outputs, strict=True)
        ]


@dataclasses.dataclass(frozen=True)
class Checked:
    """The outcome at a point: the actions that break the law, which outputs stay, and the probability of a miss."""

    point: Point
    broken: tuple[Action, ...]
    idle: tuple[bool, ...]
    miss: float


def run(traced: Traced, domain: PrimeField, operands: Sequence[Operand], observe: Observe | None = None) -> list[Value]:
    """The outputs of the program as exact numbers."""
    return [lifted(domain, x) for x in Interpreter(domain, observe).run(traced.jaxpr, operands)]


def draw_point(traced: Traced, domain: PrimeField) -> Point:
    """A random point."""
    weights = tuple(domain.symbols(shape) for shape in traced.weights)
    inputs = tuple(draw_inputs(traced, domain))
    return Point(traced, domain, weights, inputs, tuple(run(traced, domain, [*weights, *inputs])))


def draw_inputs(traced: Traced, domain: PrimeField) -> Iterator[Operand]:
    """Random fields; integers as they are."""
    for one, x in zip(traced.operands, traced.program.arrays, strict=True):
        yield draw_field(domain, one, np.shape(x)) if isinstance(one, Field) else np.asarray(x)


def check(traced: Traced, reading: Reading, seed: int) -> Checked:
    """Tries a random improper rotation with a translation, an exchange and a cycle of each set, at random points.

    These generate the group: products of improper rotations are all rotations.

    Raises: Undecided if there is no rule for an equation, or if the law fails where roots do not exist.
    """
    slots = _FEW
    for attempt in range(_TRIES):
        domain = PrimeField(primes(slots, seed + attempt), seed + attempt, reading)
        point = draw_point(traced, domain)
        actions = list(_actions(traced, domain))
        fails = {n: _failing(point.differences(action)) for n, action in enumerate(actions)}
        certain = [actions[n] for n, slot in fails.items() if (slot & ~domain.twisted).any()]
        if certain:
            return Checked(point, tuple(certain), (False,) * len(traced.outputs), 0.0)
        if not any(slot.any() for slot in fails.values()):
            exponents = _exponents(point, attempt + 1)
            miss = sum(2.0**e for e in exponents)
            if miss < MISS or slots == _MANY:
                return Checked(point, (), _idle(point), min(1.0, miss))
            slots = _enough_slots(point, attempt + 2)
    raise Undecided("the law was seen to fail only at points where roots do not exist", "square roots of the program")


def _actions(traced: Traced, domain: PrimeField) -> Iterator[Action]:
    translates = any(isinstance(one, Field) and one.is_position for one in traced.operands)
    yield random_action(domain, inverts=True, translates=translates)
    for element in generating_permutations(dict(traced.program.sizes)):
        yield Action(domain, element=element)


def _failing(differences: Sequence[np.ndarray]) -> np.ndarray:
    """The slots in which something differs."""
    return np.any([d.reshape(len(d), -1).any(-1) for d in differences], axis=0)


def _idle(point: Point) -> tuple[bool, ...]:
    """Whether each output is the same for other inputs: for those that turn, if there are such."""
    fields = [n for n, one in enumerate(point.traced.operands) if isinstance(one, Field)]
    turning = [n for n in fields if any(not ir.is_scalar() for _, ir in point.traced.operands[n].irreps)] or fields
    drawn = list(draw_inputs(point.traced, point.domain))
    inputs = [drawn[n] if n in turning else x for n, x in enumerate(point.inputs)]
    return tuple(bool(np.array_equal(a.data, b.data)) for a, b in zip(point.at(inputs), point.outputs, strict=True))


def _exponents(point: Point, tries: int, slots: int | None = None) -> list[float]:
    """log2 of the probabilities that a wrong program passes: by outputs that agree, or by arguments of functions.

    That degrees grow with those of D^l(g), and points are drawn such that some lengths exist, is allowed for.
    """
    traced, domain = point.traced, point.domain
    slots = domain.slots if slots is None else slots
    fields = [one for one in (*traced.operands, *(one for _, one in traced.outputs)) if isinstance(one, Field)]
    lmax = max((ir.l for one in fields for _, ir in one.irreps), default=0)
    drawn_after = [len(x) - 1 for one, x in zip(traced.operands, traced.program.arrays, strict=True) if _is_points(one)]
    extra = math.log2(1 + 4 * lmax) + max([1, *drawn_after]) + math.log2(tries) - math.log2(min(domain.primes))
    outputs = max((domain.zeros(z.degree) for z in point.outputs), default=0.0) + extra
    arguments = domain.zeros(domain.deepest) + extra
    pairs = 2 * math.log2(max(domain.arguments, 1)) - 1
    return [slots * min(outputs, 0.0), *([pairs + slots * min(arguments, 0.0)] if domain.arguments else [])]


def _enough_slots(point: Point, tries: int) -> int:
    """The number of primes with which a miss is improbable enough, if there are not too many."""
    counts = range(point.domain.slots + 1, _MANY)
    return next((n for n in counts if sum(2.0**e for e in _exponents(point, tries, n)) < MISS / 2), _MANY)


def _is_points(one: Any) -> bool:
    return isinstance(one, Field) and one.is_position
