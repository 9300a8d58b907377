"""What float64 shows of a broken law, at inputs of several sizes."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from eqlib.array_types import Float
from eqlib.testing.condition import condition, greatest, nearby
from eqlib.testing.elements import Element
from eqlib.testing.exact.traced import Traced
from eqlib.testing.operands import Field

# A difference by so much more than the unit of rounding, relative to the output, is a difference.
_VISIBLE = 2.0**10 * float(np.finfo(np.float64).eps)
# And so is one by so much more than what moving the inputs by a few roundings does: functions may be ill-conditioned.
_MARGIN, _STEP, _DIRECTIONS = 64, 4 * float(np.finfo(np.float64).eps), 4
_SIZES = (1.0, 8.0, 2.0**-3, 2.0**10, 2.0**-10, 2.0**20)


class FloatWitness:
    """Evaluates a function in float64, with random weights."""

    def __init__(self, traced: Traced) -> None:
        rng = np.random.default_rng(0)
        self.traced, self.evaluate = traced, jax.jit(traced.evaluate)
        self.weights = [rng.normal(size=shape) for shape in traced.weights]

    def shows(self, element: Element) -> bool:
        """Whether the law is seen to be broken."""
        return self._seen(element)[0] > _VISIBLE

    def describe(self, elements: Sequence[Element]) -> str:
        """The error that is seen, in a line."""
        error, size = max(self._seen(element) for element in elements)
        scaled = "" if size == 1 else f", for inputs 2^{math.log2(size):.0f} times as large"
        return f"error:  {error:.1e} of the output in float64{scaled if error > _VISIBLE else ': not to be seen'}"

    def _seen(self, element: Element) -> tuple[float, float]:
        """The difference relative to the output, and the first size of the inputs at which it is visible."""
        errors = ((self._error(element, size), size) for size in _SIZES)
        return next((seen for seen in errors if seen[0] > _VISIBLE), (self._error(element, 1.0), 1.0))

    def _error(self, element: Element, size: float) -> float:
        """The greatest difference of f(g x) and g f(x), relative to its output, that no rounding of x explains."""
        pairs = list(zip(self.traced.operands, self.traced.program.arrays, strict=True))
        arrays = [x * size if isinstance(one, Field) else x for one, x in pairs]
        moved = [element.act(one, x) for (one, _), x in zip(pairs, arrays, strict=True)]
        outputs = [one for _, one in self.traced.outputs]
        before, after = self._at(arrays), self._at(moved)
        noises = zip(self._noise(arrays, before), self._noise(moved, after), strict=True)
        worst = 0.0
        for one, y, got, noise in zip(outputs, before, after, noises, strict=True):
            want = element.act(one, y)
            scale, difference = greatest(want), greatest(got - want)
            if 0 < scale < np.inf and difference > _MARGIN * max(noise):
                worst = max(worst, difference / scale)
        return worst

    def _at(self, arrays: Sequence[Any]) -> list[Float[np.ndarray, "..."]]:
        return [np.asarray(z, np.float64) for z in self.evaluate(self.weights, *arrays)]

    def _noise(self, arrays: Sequence[Any], results: Sequence[Float[np.ndarray, "..."]]) -> list[float]:
        """How far each result moves with its inputs, by a few roundings of these."""
        moved = nearby(self.traced.operands, arrays, [_STEP] * _DIRECTIONS, seed=1)
        return [_STEP * c for c in condition(self._at, results, moved)]
