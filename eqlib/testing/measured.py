"""Bounds for a function that cannot be analysed: its rounding is measured, by running it in float32 beside float64.

The roundings of an algorithm are as many in float64 as in float32, and each is smaller by 2^29. So the error of f in
float32, which f in float64 shows, says what to expect of the error in float64, which nothing shows.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.testing.bounds import ROUNDINGS
from eqlib.testing.condition import condition, greatest, size_of_copies
from eqlib.testing.operands import Field
from eqlib.testing.program import Program

Arrays = Sequence[Any]

EPS32 = float(np.finfo(np.float32).eps)

# How many times the measured error is allowed. Each is the greatest of an array and of three inputs. Sums of 3 to 100
# terms, cubes, lengths and chains of fifty operations, thousands of times each, stayed below an eighth of the bound. It
# can be exceeded where large terms cancel to nothing in an exact computation, and sometimes do in float32.
_MARGIN = 32.0

# A function of a handful of operations may round nothing for the inputs that were tried.
_FEWEST = 4.0

# The condition is how far the output moves with the inputs, by a few roundings and by far more, and that is allowed
# this many times. The larger step is above the noise of the function; the smaller finds what oscillates within it.
_CONDITION, _FEW = 64.0, 4.0


class MeasuredBounds:
    """Bounds on the results of a function that JAX cannot trace, when it runs in one dtype.

    Scale:  eps (64 c + 32 n), where c is the condition, and n the number of roundings of the size of the output that
            the function makes in float32; 2^7 for one that rounds no more than its results there, because it computes
            in float64 whatever it is given, or that does not take float32.
    """

    blunt = 0.0

    def __init__(self, program: Program, dtype: Any) -> None:
        self.program, self.dtype = program, np.dtype(dtype)
        self.eps = float(jnp.finfo(self.dtype).eps)
        self.missing = f"JAX cannot trace the function ({program.untraced})"
        self._fields = [n for n, one in enumerate(program.operands) if isinstance(one, Field)]
        self._unmeasured: str | None = "it rounds no more than its results to float32"

    def begin(self) -> None:
        """There is nothing to compile."""

    @property
    def notes(self) -> list[str]:
        """Why bounds are not derived, and what they are instead."""
        if self._unmeasured is None:
            return [f"bounds were measured in float32 and not derived: {self.missing}"]
        return [f"bounds were estimated and not derived: {self.missing}, and {self._unmeasured}"]

    def __call__(self, arrays: Arrays, errors: dict[int, Any]) -> list[Float[np.ndarray, "..."]]:
        """A bound for every entry of each result, the greatest of all, if the fields have errors of some roundings."""
        rng = np.random.default_rng(0)
        steps = (0.0, _FEW * self.eps, self.eps**0.5, _FEW * self.eps, self.eps**0.5)
        points = [self._moved(arrays, step, rng) for step in steps]
        middle = self._at(points[0], self.dtype)
        conditions = condition(lambda x: self._at(x, self.dtype), middle, zip(steps[1:], points[1:], strict=True))
        roundings = self._roundings(points[:3])
        return [
            np.full_like(z, self.eps * (_CONDITION * c + n * greatest(z)))
            for z, c, n in zip(middle, conditions, roundings, strict=True)
        ]

    def _moved(self, arrays: Arrays, step: float, rng: np.random.Generator) -> list[Any]:
        """The inputs, each component moved by a step of the size of the copy of an irrep that it is of."""
        moved = list(arrays)
        for n in self._fields:
            size = _size(self.program.operands[n], np.asarray(arrays[n], np.float64))
            moved[n] = np.asarray(arrays[n] + step * size * rng.choice([-1.0, 1.0], size.shape), self.dtype)
        return moved

    def _at(self, arrays: Arrays, dtype: Any) -> list[Float[np.ndarray, "..."]]:
        given = [np.asarray(x, dtype) if n in self._fields else x for n, x in enumerate(arrays)]
        return [np.asarray(z, np.float64) for z in self.program.call(*given)]

    def _roundings(self, points: Sequence[Arrays]) -> list[float]:
        """The error in float32 of each result in roundings of its size, with the margin; ROUNDINGS if there is none."""
        most, shows = [_FEWEST] * len(self.program.outputs), False
        for x in points:
            rounded = [np.asarray(y, np.float32) if n in self._fields else y for n, y in enumerate(x)]
            try:
                narrow, wide = self._at(rounded, np.float32), self._at(rounded, np.float64)
            except Exception:  # a foreign function may raise anything for a dtype that it does not take
                self._unmeasured = "it does not take float32"
                return [ROUNDINGS] * len(most)
            with np.errstate(over="ignore", invalid="ignore"):
                shows |= any(np.any(np.float32(z) != np.float32(z0)) for z, z0 in zip(narrow, wide, strict=True))
                errors = [
                    greatest(z - z0) / (EPS32 * (greatest(z0) or 1.0)) for z, z0 in zip(narrow, wide, strict=True)
                ]
            most = [max(m, e) if np.isfinite(e) else ROUNDINGS / _MARGIN for m, e in zip(most, errors, strict=True)]
        self._unmeasured = None if shows else self._unmeasured
        return [_MARGIN * m for m in most] if shows else [ROUNDINGS] * len(most)


def _size(one: Any, x: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """For each component the greatest of its copy of an irrep; of positions, the greatest of all."""
    return np.full_like(x, greatest(x)) if one.is_position else size_of_copies(one.irreps, x)
