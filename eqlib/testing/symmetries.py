"""Does a program commute with the group? Every element on every input, in each precision, to a derived bound."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.testing.blocks import on_copies
from eqlib.testing.bounds import Bounds, in_bounds, relative_bound
from eqlib.testing.elements import Element
from eqlib.testing.loops import counted
from eqlib.testing.measured import MeasuredBounds
from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.sampling import is_extreme

Arrays = Sequence[Any]

# A bound of more than this part of the size of the output tells nothing: an operation lost all digits before it.
TELLING = 0.1

# The action is computed in float64: some roundings of D^l for each degree, and of the sum over its rows. An entry of
# D^l is a sum of terms of the size of 1, so that its error is of that size too, even where the entry is zero.
_ACTION = 64 * float(np.finfo(np.float64).eps)


@dataclasses.dataclass(frozen=True)
class Case:
    """One comparison of f(g x) with g f(x), both as lists of arrays, and the bounds of their differences."""

    element: Element
    inputs: str
    arrays: Arrays
    got: Arrays
    want: Arrays
    bounds: Arrays

    @property
    def is_finite(self) -> bool:
        return all(np.isfinite(z).all() for z in (*self.got, *self.want))

    @property
    def error(self) -> float:
        """The greatest difference in units of its bound."""
        return max((in_bounds(g, w, b) for g, w, b in zip(self.got, self.want, self.bounds, strict=True)), default=0.0)

    @property
    def bound(self) -> float:
        """The greatest bound relative to the size of its output; infinite if an output is lost in its bound."""
        return max(relative_bound(b, w) for w, b in zip(self.want, self.bounds, strict=True))


class Runner:
    """The program in one precision, and g f(x) for it."""

    def __init__(self, program: Program, dtype: Any) -> None:
        self.program, self.dtype = program, np.dtype(dtype)
        self.bounds = Bounds(program, dtype) if program.traced else MeasuredBounds(program, dtype)
        self.eps = self.bounds.eps
        self._run: Callable[..., Any] | None = None if program.traced else program.call

    def begin(self) -> None:
        """Has the program compiled, and its analysis, in the background; where that is not done, their use does."""
        if self._run is None:
            self._run = counted(self.program.traced_in(self.dtype), self.cast(self.program.arrays))
            self.bounds.begin()

    def cast(self, arrays: Arrays) -> list[Any]:
        """The fields in the dtype; integers as they are."""
        return self.program.cast(arrays, self.dtype)

    def __call__(self, arrays: Arrays) -> list[Float[np.ndarray, "..."]]:
        """The results, in float64.

        Raises: EndlessLoop.
        """
        self.begin()
        return [np.asarray(z, np.float64) for z in self._run(*self.cast(arrays))]

    def act(self, g: Element, arrays: Arrays) -> list[Any]:
        return [g.act(one, x) for one, x in zip(self.program.operands, arrays, strict=True)]

    def at_rest(self, arrays: Arrays) -> tuple[list[Float[np.ndarray, "..."]], list[Float[np.ndarray, "..."]]]:
        """f(x) and its bounds, which serve every element that is tried on x."""
        return self(arrays), self.bounds(arrays, {})

    def compare(self, g: Element, inputs: str, arrays: Arrays, at_rest: tuple[Arrays, Arrays] | None = None) -> Case:
        """f(g x) with g f(x): the bound is that of either side, and of the rounding of g x and of g f(x)."""
        moved = self.act(g, arrays)
        got, (plain, theirs) = self(moved), at_rest or self.at_rest(arrays)
        described = [one for _, one in self.program.outputs]
        want = [g.act(one, z) for one, z in zip(described, plain, strict=True)]
        rounded = {
            n: self.eps * np.abs(y) + _ACTION * _per_copy(g, one, np.abs(x))
            for n, (one, x, y) in enumerate(zip(self.program.operands, arrays, moved, strict=True))
            if isinstance(one, Field)
        }
        mine = self.bounds(moved, rounded)
        both = [
            b + _spread(g, one, t) + _ACTION * _per_copy(g, one, np.abs(z))
            for one, b, t, z in zip(described, mine, theirs, plain, strict=True)
        ]
        return Case(g, inputs, arrays, got, want, both)

    def is_in_range(self, case: Case) -> bool:
        """Whether inputs of an extreme scale gave numbers that the dtype can hold with all their digits."""
        outputs = [one for _, one in self.program.outputs]
        return not is_extreme(case.inputs) or has_all_digits(outputs, self.dtype, case.got, case.want)


def has_all_digits(outputs: Sequence[Field], dtype: Any, *results: Arrays) -> bool:
    """Whether results are finite, and no segment of an output so small that the dtype has fewer digits for it."""
    smallest = 2.0**24 * float(jnp.finfo(dtype).tiny)
    sizes = [
        max(float(np.max(np.abs(z[..., part]), initial=0.0)) for z in each)
        for one, *each in zip(outputs, *results, strict=True)
        for part in one.irreps.slices()
    ]
    is_finite = all(np.isfinite(z).all() for some in results for z in some)
    return is_finite and not any(0 < size <= smallest for size in sizes)


def _spread(g: Element, one: Field, bound: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """|g| bound: what the action makes of errors of that size."""
    D = g.on(one.irreps)
    return on_copies(lambda ir: np.abs(D[ir]), one.irreps, _permuted(g, one, bound))


def _per_copy(g: Element, one: Field, bound: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """What the action makes of errors of that size if no entry of D^l is known to be smaller than another."""
    return on_copies(lambda ir: np.ones((ir.dim, ir.dim)), one.irreps, _permuted(g, one, bound))


def _permuted(g: Element, one: Field, bound: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    permuted = dataclasses.replace(g, quaternion=(1, 0, 0, 0), inverts=False, translation=(0.0, 0.0, 0.0))
    return permuted.act(one, bound)


def judge(law: str, mode: str, cases: Iterable[Case], witness: Callable[[Case], tuple[str, ...]]) -> Finding:
    """The finding of a law from its comparisons: the first that breaks it is the witness, in finite numbers if any."""
    cases = list(cases)
    finite = [case for case in cases if case.is_finite]
    broken = [case for case in finite if case.error > 1]
    worst = max((case.error for case in finite), default=0.0)
    if broken:
        return Finding(law, mode, Verdict.NOT_EQUIVARIANT, len(cases), worst, broken[0].bound, witness(broken[0]))
    for case in cases:
        if not case.is_finite:
            return Finding(law, mode, Verdict.NON_FINITE, len(cases), np.inf, 0.0, witness(case))
    telling = [case for case in cases if case.bound <= TELLING]
    bound = max((case.bound for case in telling), default=np.inf)
    if not telling:
        why = ("rounding may move the output by its own size: no difference can be told from it.",)
        return Finding(law, mode, Verdict.INCONCLUSIVE, len(cases), worst, bound, why)
    return Finding(law, mode, Verdict.OK, len(cases), worst, bound)
