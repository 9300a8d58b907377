"""Digits that a function loses in float32, and that its inputs determine: an algorithm that cancels."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from eqlib.array_types import Float
from eqlib.gates.figures import equations
from eqlib.testing.condition import condition, greatest, nearby
from eqlib.testing.operands import Field
from eqlib.testing.symmetries import Runner

# The condition is estimated, from below, and sums of n terms add some root of n roundings.
_TOLD = 64.0
_RANDOM = ("random_bits", "rng_bit_generator", "rng_uniform", "threefry2x32")
_STEP, _DIRECTIONS = 2.0**-26, 8


class Conditioned(NamedTuple):
    """Inputs that float32 has, their results in float64, and how far these move per relative move of the inputs."""

    arrays: Sequence[Any]
    results: Sequence[Float[np.ndarray, "..."]]
    condition: Sequence[float]


def conditioned(runner: Runner) -> Conditioned:
    """The condition is estimated in float64, by moving all inputs at once in random directions."""
    fields = [isinstance(one, Field) for one in runner.program.operands]
    arrays = [np.float64(np.float32(x)) if f else x for f, x in zip(fields, runner.program.arrays, strict=True)]
    results, moved = runner(arrays), nearby(runner.program.operands, arrays, [_STEP] * _DIRECTIONS)
    return Conditioned(arrays, results, condition(runner, results, moved))


def draws(runner: Runner) -> bool:
    """Whether a program draws random numbers, from a key that it has or is given."""
    return any(eqn.primitive.name in _RANDOM for eqn in equations(runner.program.traced_in(runner.dtype).jaxpr.jaxpr))


def lost_digits(truth: Conditioned, runner: Runner) -> list[str]:
    """A note for each output that is much further from the truth than the rounding of inputs and outputs explains.

    It says nothing of symmetry: the verdict stays what it is. A program that draws random numbers is another one in
    each dtype, and has no truth in float64.
    """
    if runner.program.traced and draws(runner):
        return []
    notes = []
    computed = runner(runner.cast(truth.arrays))
    for (path, one), z, exact, slope in zip(runner.program.outputs, computed, *truth[1:], strict=True):
        explained = runner.eps * (slope + greatest(exact))
        factor = greatest(z - exact) / explained if explained else 0.0
        if np.isfinite(factor) and factor > _TOLD:
            notes.append(
                f"in {runner.dtype}, {path}{one} loses {np.log10(factor):.1f} digits more than the rounding of its "
                "inputs explains: look for a small difference of large numbers"
            )
    return notes
