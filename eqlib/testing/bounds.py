"""How far rounding may take the results of a program: derived from the program itself, or estimated where it cannot."""

import functools
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr

from eqlib.array_types import Float, Real
from eqlib.testing.condition import condition, greatest, nearby
from eqlib.testing.effort import unless_refused
from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.rounding import with_rounding_of

Arrays = Sequence[Any]

# Where an operation has no rule, this many times what moving the inputs by a rounding does, and these roundings.
_SAFETY, ROUNDINGS = 64, 2.0**12

# A derived bound of more roundings than this, relative to the result, is that of a deep program whose every error had
# the worst sign: energies and forces of NequIP with lmax = 2 have 1e12, and are off by some 20.
BLUNT = 2.0**30

# Inputs further than this factor from the size of those that were given are of an extreme scale. There a function may
# add what is far below the rounding of something else, which no step of the inputs shows.
_EXTREME = 2.0**10
# An estimate moves the inputs so many times by each of its steps.
_NEIGHBORS = 8


class Bounds:
    """Bounds on the results of a program that runs in one dtype, derived from the program as it is in that dtype.

    missing   the operation that has no rule, or None: then bounds are estimated
    blunt     the greatest derived bound, relative to its result, that was too great to tell anything; else 0
    sharp     for how many inputs the derived bounds told something
    """

    def __init__(self, program: Program, dtype: Any) -> None:
        self.program, self.dtype = program, np.dtype(dtype)
        self.eps = float(jnp.finfo(self.dtype).eps)
        # In a narrower dtype the bounds would be rounded themselves: those of float32 with this unit are the same.
        self._wide = np.dtype(np.float32) if self.eps > np.finfo(np.float32).eps else self.dtype
        self.missing: str | None = None if program.traced else "JAX cannot trace the function"
        self.blunt, self.sharp = 0.0, 0
        self._fields = [n for n, one in enumerate(program.operands) if isinstance(one, Field)]
        self._analysed: Any = None

    def begin(self) -> None:
        """Has the analysis compiled in the background; where that is not done, its first use does."""
        if self._analysed is None and self.missing is None:
            wide = self.program.cast(self.program.arrays, self._wide)
            analysed = functools.partial(_analysed, self.program.traced_in(self._wide).jaxpr, self._fields, self.eps)
            self._analysed, why = unless_refused(analysed, wide, [np.zeros_like(wide[n]) for n in self._fields])
            self.missing = why or None

    @property
    def notes(self) -> list[str]:
        """Why bounds were estimated and not derived, if they were for all inputs; some are ill-conditioned."""
        if self.missing is not None:
            return [f"bounds were estimated and not derived: {self.missing}"]
        if self.blunt and not self.sharp:
            return [f"bounds were estimated: the derived ones were up to {self.blunt:.1e} of a result in {self.dtype}"]
        return []

    def __call__(self, arrays: Arrays, errors: dict[int, Any]) -> list[Float[np.ndarray, "..."]]:
        """A bound for every entry of each result, if the fields have these errors."""
        self.begin()
        if self.missing is not None:
            return self._estimated(arrays)
        return self._sharpened(arrays, self._derived(arrays, errors))

    def _derived(
        self, arrays: Arrays, errors: dict[int, Any]
    ) -> list[tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]]:
        """The results and their bounds, by the rules."""
        wide = self.program.cast(arrays, self._wide)
        moved = [np.asarray(errors.get(n, np.zeros(np.shape(arrays[n]))), self._wide) for n in self._fields]
        return [(np.asarray(z, np.float64), np.asarray(b, np.float64)) for z, b in self._analysed(wide, moved)]

    def _sharpened(
        self, arrays: Arrays, pairs: Sequence[tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]]
    ) -> list[Float[np.ndarray, "..."]]:
        """The derived bounds; where the worst case of a deep program tells nothing, no more than the estimated ones.

        A program is deep if nothing is told of it for the inputs that were given. Of another, what tells nothing for
        some inputs has lost its digits there, by cancellation: an estimate sees that by luck, and would refuse it.
        """
        derived = [bound for _, bound in pairs]
        worst = _worst(pairs, default=0.0)
        if self.dtype != np.float64 or not worst > BLUNT * self.eps:
            self.sharp += 1
            return derived
        self.blunt = max(self.blunt, worst)
        if not self._is_deep or self._is_extreme(arrays):
            return derived
        return [np.fmin(b, e) for b, e in zip(derived, self._estimated(arrays), strict=True)]

    @functools.cached_property
    def _is_deep(self) -> bool:
        return not _worst(self._derived(self.program.arrays, {}), default=np.inf) <= BLUNT * self.eps

    def _is_extreme(self, arrays: Arrays) -> bool:
        ratios = [
            greatest(arrays[n]) / size for n in self._fields if (size := greatest(np.asarray(self.program.arrays[n])))
        ]
        return any(ratio and not 1 / _EXTREME < ratio < _EXTREME for ratio in ratios)

    def _estimated(self, arrays: Arrays) -> list[Float[np.ndarray, "..."]]:
        """From the results for inputs that are moved, by a few roundings and by far more, and scaled to `eps`.

        The larger step is above the noise of the function itself; the smaller finds what oscillates within the larger.
        """
        run = self.program.jitted if self.program.traced else self.program.call

        def at(xs: Arrays) -> list[Float[np.ndarray, "..."]]:
            return [np.asarray(z, np.float64) for z in run(*xs)]

        results, steps = at(arrays), (4 * self.eps, self.eps**0.5) * _NEIGHBORS
        conditions = condition(at, results, nearby(self.program.operands, arrays, steps, dtype=self.dtype))
        return [
            np.full_like(z, self.eps * (_SAFETY * c + ROUNDINGS * greatest(z)))
            for c, z in zip(conditions, results, strict=True)
        ]


def _worst(pairs: Sequence[tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]], default: float) -> float:
    """The greatest bound relative to its result, of results that are not zero."""
    return max((greatest(b) / size for z, b in pairs if (size := greatest(z))), default=default)


def in_bounds(
    got: Real[np.ndarray, "*shape"], want: Real[np.ndarray, "*shape"], bound: Real[np.ndarray, "*#shape"]
) -> float:
    """The greatest difference in units of its bound; infinite if only one side is a number, or they are infinite."""
    same = (got == want) | (np.isnan(got) & np.isnan(want))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(got - want) / bound
    # A difference that is NaN is one of a number and of none; a bound that is NaN or infinite allows what is finite.
    unbounded = np.isfinite(got) & np.isfinite(want) & ~np.isfinite(bound)
    ratio = np.where(same | unbounded, 0.0, np.where(np.isnan(ratio), np.inf, ratio))
    return float(np.max(ratio, initial=0.0))


def relative_bound(bound: Real[np.ndarray, "*shape"], want: Real[np.ndarray, "*shape"]) -> float:
    """The greatest bound relative to the size of its result, if that is not zero."""
    size = float(np.max(np.abs(want), initial=0.0))
    return float(np.max(bound, initial=0.0)) / (size or 1.0)


def _analysed(program: ClosedJaxpr, fields: list[int], eps: float, arrays: Arrays, errors: Arrays) -> list[Any]:
    spread: list[Any] = [None] * len(arrays)
    for n, error in zip(fields, errors, strict=True):
        spread[n] = error
    return with_rounding_of(program, arrays, spread, eps)
