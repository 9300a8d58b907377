"""How far rounding may take the results of a program: derived from the program itself, or estimated where it cannot."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.rounding import with_rounding_each

Arrays = Sequence[Any]

# Where an operation has no rule, this many times what moving the inputs by a rounding does, and these roundings.
_SAFETY, ROUNDINGS = 64, 2.0**12


class Bounds:
    """Bounds on the results of a program that runs in one dtype, derived from the program as it is in that dtype.

    missing   the operation that has no rule, or None: then bounds are estimated, and larger
    """

    def __init__(self, program: Program, dtype: Any) -> None:
        self.program, self.dtype = program, np.dtype(dtype)
        self.eps = float(np.finfo(self.dtype).eps)
        self.missing: str | None = None if program.traced else "JAX cannot trace the function"
        self._fields = [n for n, one in enumerate(program.operands) if isinstance(one, Field)]
        self._analysed = jax.jit(functools.partial(_analysed, program.call, self._fields, self.eps))

    def __call__(self, arrays: Arrays, errors: dict[int, Any]) -> list[np.ndarray]:
        """A bound for every entry of each result, if the fields have these errors."""
        if self.missing is None:
            moved = [np.asarray(errors.get(n, np.zeros(np.shape(arrays[n]))), self.dtype) for n in self._fields]
            try:
                return [np.asarray(b, np.float64) for b in self._analysed(arrays, moved)]
            except NotImplementedError as error:
                self.missing = str(error)
        return self._estimated(arrays)

    def _estimated(self, arrays: Arrays) -> list[np.ndarray]:
        """From the results for inputs that are moved by much more than a rounding, and scaled to `eps`."""
        step, rng = self.eps**0.5, np.random.default_rng(0)
        run = jax.jit(self.program.call) if self.program.traced else self.program.call

        def at(xs: Arrays) -> list[np.ndarray]:
            return [np.asarray(z, np.float64) for z in run(*xs)]

        middle = at(arrays)
        moved = [0.0] * len(middle)
        for _ in range(4):
            shifted = list(arrays)
            for n in self._fields:
                signs = rng.choice([-1.0, 1.0], np.shape(arrays[n]))
                shifted[n] = np.asarray(arrays[n] * (1 + step * signs), self.dtype)
            with np.errstate(invalid="ignore"):  # what is infinite has no bound
                moved = [max(m, _greatest(z - z0)) for m, z, z0 in zip(moved, at(shifted), middle, strict=True)]
        return [
            np.full_like(z, self.eps * (_SAFETY / step * m + ROUNDINGS * _greatest(z)))
            for m, z in zip(moved, middle, strict=True)
        ]


def _greatest(x: np.ndarray) -> float:
    return float(np.max(np.abs(x), initial=0.0))


def _analysed(call: Callable[..., Any], fields: list[int], eps: float, arrays: Arrays, errors: Arrays) -> list[Any]:
    spread: list[Any] = [None] * len(arrays)
    for n, error in zip(fields, errors, strict=True):
        spread[n] = error
    return [bound for _, bound in with_rounding_each(call, arrays, spread, eps)]
