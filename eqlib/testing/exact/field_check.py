"""The law f(g x) = g f(x) at random points of prime fields, without rounding."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Bool, Shaped
from eqlib.testing.exact.action import Action, generating_permutations, random_action
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.domain import Operand, Undecided, Value
from eqlib.testing.exact.interpreter import Interpreter, Observe
from eqlib.testing.exact.moves import lifted
from eqlib.testing.exact.pieces import PIECEWISE, Pieces
from eqlib.testing.exact.points import draw_field
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.exact.primes import BITS, primes
from eqlib.testing.exact.root_classes import RootClasses
from eqlib.testing.exact.traced import Traced
from eqlib.testing.operands import Field

# A wrong program passes with less than this probability, if the bound can be had with no more than so many primes.
MISS = 1e-12
_FEW, _MANY = 2, 16
# So often a point is drawn, if there were too few primes before, or no roots where the law failed.
_TRIES = 5


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

    def differences(self, action: Action) -> list[Shaped[np.ndarray, "slot ..."]]:
        """Where f(g x) and g f(x) differ, for each output [slot, ...]."""
        return [
            np.asarray(got.data != action.on(one, want).data)
            for (_, one), got, want in zip(self.traced.outputs, self.at(self.moved(action)), self.outputs, strict=True)
        ]


@dataclasses.dataclass(frozen=True)
class Checked:
    """The outcome at a point.

    broken   whether some action breaks the law, in some of the `slots`
    slots    those in which it is broken and all roots exist; if there are none, those in which it is broken
    certain  whether all roots exist in these
    idle     whether each output stays the same for other inputs
    miss     the probability that a wrong program passes
    """

    point: Point
    broken: bool = False
    slots: Bool[np.ndarray, " slot"] = dataclasses.field(default_factory=lambda: np.zeros(0, bool))
    certain: bool = True
    idle: tuple[bool, ...] = ()
    miss: float = 0.0


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

    Raises: Undecided if there is no rule for an equation.
    """
    slots, roots = _FEW, None
    for attempt in range(_TRIES):
        domain = PrimeField(primes(slots, seed + attempt), seed + attempt, reading)
        domain.independent_roots = roots
        point = draw_point(traced, domain)
        if attempt == 0 and domain.asked_equal and domain.unknown & PIECEWISE:
            draw_point(traced, Pieces(seed, reading))
        first, *rest = _actions(traced, domain)
        fails = _failing(point.differences(first))
        if not fails.any() and slots < _MANY and _miss(point, attempt + 1, len(rest)) > MISS:
            if _enough_slots(point, attempt + 2, len(rest)) == _MANY:
                roots = domain.independent_roots = independent_roots(traced, seed, reading)
            slots = _enough_slots(point, attempt + 2, len(rest))
            continue
        fails = np.any([fails, *(_failing(point.differences(action)) for action in rest)], axis=0)
        if not fails.any():
            miss = _miss(point, attempt + 1)
            return Checked(point, idle=_idle(point), miss=miss)
        if (fails & ~domain.twisted).any():
            return Checked(point, True, fails & ~domain.twisted)
        if slots == _MANY:
            return Checked(point, True, fails, certain=False)
        slots = _MANY
    raise Undecided(f"degrees so high that {_MANY} primes do not make a miss improbable", "its results")


def independent_roots(traced: Traced, seed: int, reading: Reading) -> int:
    """How many of the roots at x and at g x are independent."""
    domain = RootClasses(seed, reading)
    arrays = zip(traced.operands, traced.program.arrays, strict=True)
    inputs = tuple(domain.symbols(np.shape(x)) if isinstance(one, Field) else np.asarray(x) for one, x in arrays)
    weights = tuple(domain.symbols(shape) for shape in traced.weights)
    point = Point(traced, domain, weights, inputs, tuple(run(traced, domain, [*weights, *inputs])))
    first, *_ = _actions(traced, domain)
    point.at(point.moved(first))
    return domain.independent


def _actions(traced: Traced, domain: PrimeField) -> Iterator[Action]:
    translates = any(isinstance(one, Field) and one.is_position for one in traced.operands)
    yield random_action(domain, inverts=True, translates=translates)
    for element in generating_permutations(dict(traced.program.sizes)):
        yield Action(domain, element=element)


def _failing(differences: Sequence[Shaped[np.ndarray, "slot ..."]]) -> Bool[np.ndarray, " slot"]:
    """The slots in which something differs."""
    return np.any([d.reshape(len(d), -1).any(-1) for d in differences], axis=0)


def _idle(point: Point) -> tuple[bool, ...]:
    """Whether each output is the same for other inputs: for those that turn, if there are such."""
    fields = [n for n, one in enumerate(point.traced.operands) if isinstance(one, Field)]
    turning = [n for n in fields if any(not ir.is_scalar() for _, ir in point.traced.operands[n].irreps)] or fields
    drawn = list(draw_inputs(point.traced, point.domain))
    inputs = [drawn[n] if n in turning else x for n, x in enumerate(point.inputs)]
    return tuple(bool(np.array_equal(a.data, b.data)) for a, b in zip(point.at(inputs), point.outputs, strict=True))


def _miss(point: Point, tries: int, runs_to_come: int = 0, slots: int | None = None) -> float:
    """A bound on the probability that a wrong program passes: that outputs agree, or the arguments of functions.

    It allows for the degrees of D^l(g), and for points being drawn such that some lengths exist.
    """
    traced, domain = point.traced, point.domain
    slots = domain.slots if slots is None else slots
    fields = [one for one in (*traced.operands, *(one for _, one in traced.outputs)) if isinstance(one, Field)]
    lmax = max((ir.l for one in fields for _, ir in one.irreps), default=0)
    drawn_after = [len(x) - 1 for one, x in zip(traced.operands, traced.program.arrays, strict=True) if _is_points(one)]
    extra = math.log2(1 + 4 * lmax) + max([1, *drawn_after]) + math.log2(tries) - BITS
    outputs = max((domain.zeros(z.degree) for z in point.outputs), default=0.0) + extra
    arguments = domain.zeros(domain.deepest) + extra
    asked = domain.arguments * (1 + runs_to_come / 2)  # two runs are behind: at x and at g x
    pairs = 2.0 ** (2 * math.log2(asked) - 1 + slots * min(arguments, 0.0)) if asked else 0.0
    return min(1.0, 2.0 ** (slots * min(outputs, 0.0)) + pairs)


def _enough_slots(point: Point, tries: int, runs_to_come: int) -> int:
    """The number of primes with which a miss is improbable enough, if there are not too many."""
    counts = range(point.domain.slots + 1, _MANY)
    return next((n for n in counts if _miss(point, tries, runs_to_come, n) < MISS / 4), _MANY)


def _is_points(one: Any) -> bool:
    return isinstance(one, Field) and one.is_position
