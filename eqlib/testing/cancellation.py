"""Digits that a function loses in float32, and that its inputs determine: an algorithm that cancels."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from eqlib.testing.operands import Field
from eqlib.testing.symmetries import Runner

# The condition is estimated, from below, and sums of n terms add some root of n roundings.
_TOLD = 64.0
_STEP, _DIRECTIONS = 2.0**-26, 8


class Conditioned(NamedTuple):
    """Inputs that float32 has, their results in float64, and how far these move per relative move of the inputs."""

    arrays: Sequence[Any]
    results: Sequence[np.ndarray]
    condition: Sequence[float]


def conditioned(runner: Runner) -> Conditioned:
    """The condition is estimated in float64, by moving all inputs at once in random directions."""
    fields = [isinstance(one, Field) for one in runner.program.operands]
    arrays = [np.float64(np.float32(x)) if f else x for f, x in zip(fields, runner.program.arrays, strict=True)]
    results, rng = runner(arrays), np.random.default_rng(0)
    condition = [0.0] * len(results)
    for _ in range(_DIRECTIONS):
        moved = [
            x * (1 + _STEP * rng.choice([-1.0, 1.0], np.shape(x))) if f else x
            for f, x in zip(fields, arrays, strict=True)
        ]
        changes = [_greatest(z - z0) / _STEP for z, z0 in zip(runner(moved), results, strict=True)]
        condition = list(map(max, condition, changes))
    return Conditioned(arrays, results, condition)


def lost_digits(truth: Conditioned, runner: Runner) -> list[str]:
    """A note for each output that is much further from the truth than the rounding of inputs and outputs explains.

    It says nothing of symmetry: the verdict stays what it is.
    """
    notes = []
    computed = runner(runner.cast(truth.arrays))
    for (path, one), z, exact, condition in zip(runner.program.outputs, computed, *truth[1:], strict=True):
        explained = runner.eps * (condition + _greatest(exact))
        factor = _greatest(z - exact) / explained if explained else 0.0
        if np.isfinite(factor) and factor > _TOLD:
            notes.append(
                f"in {runner.dtype}, {path}{one} loses {np.log10(factor):.1f} digits more than the rounding of its "
                "inputs explains: look for a small difference of large numbers"
            )
    return notes


def _greatest(x: np.ndarray) -> float:
    return float(np.max(np.abs(x), initial=0.0))
