"""What float64 shows of a broken law, at inputs of several sizes."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from eqlib.testing.elements import Element
from eqlib.testing.exact.traced import Traced
from eqlib.testing.operands import Field

# A difference by so much more than the unit of rounding, relative to the output, is a difference.
_VISIBLE = 2.0**10 * float(np.finfo(np.float64).eps)
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
        scaled = "" if size == 1 else f", for inputs {size:g} times as large"
        return f"error:  {error:.1e} of the output in float64{scaled if error > _VISIBLE else ': not to be seen'}"

    def _seen(self, element: Element) -> tuple[float, float]:
        """The difference relative to the output, and the first size of the inputs at which it is visible."""
        errors = ((self._error(element, size), size) for size in _SIZES)
        return next((seen for seen in errors if seen[0] > _VISIBLE), (self._error(element, 1.0), 1.0))

    def _error(self, element: Element, size: float) -> float:
        pairs = list(zip(self.traced.operands, self.traced.program.arrays, strict=True))
        arrays = [x * size if isinstance(one, Field) else x for one, x in pairs]
        moved = [element.act(one, x) for (one, _), x in zip(pairs, arrays, strict=True)]
        before: Any = self.evaluate(self.weights, *arrays)
        after: Any = self.evaluate(self.weights, *moved)
        worst = 0.0
        for (_, one), y, got in zip(self.traced.outputs, before, after, strict=True):
            want = element.act(one, np.asarray(y, np.float64))
            scale = np.max(np.abs(want), initial=0.0)
            if 0 < scale < np.inf:
                worst = max(worst, float(np.max(np.abs(np.asarray(got) - want), initial=0.0) / scale))
        return worst
