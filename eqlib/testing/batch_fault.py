"""Where a sample sees the others: the program of several samples beside those of each, equation by equation."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Shaped
from eqlib.testing.batches import SAMPLES
from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.sampling import adversities
from eqlib.testing.walk import walked

# Two ways to sum differ by some roundings; what depends on other samples differs by more.
_CLOSE = 2.0**12 * float(np.finfo(np.float32).eps)


def first_that_sees_others(program: Program) -> str:
    """In words, the first equation whose value for leading axes is not that of each sample, though its operands are.

    Empty if the function takes one sample at a time, or does other operations for several.
    """
    if not program.wrapped or program.sizes or not all(isinstance(one, Field) for one in program.operands):
        return ""
    every = adversities(program.operands, program.arrays, 0)
    samples = [[np.asarray(x, np.float32) for x in every[name]] for name in SAMPLES]
    axes = [None] * len(program.operands)
    steps, _, together = walked(program.call, [np.stack(x) for x in zip(*samples, strict=True)], axes)
    alone = [walked(program.call, x, axes) for x in samples]
    if any([step.name for step in others] != [step.name for step in steps] for others, _, _ in alone):
        return ""
    for step in steps:
        if not all(_agree(together[z], [values[z] for _, _, values in alone]) for z in step.outputs):
            return f"{step}: its value for several samples is not that of each alone, and its operands are"
    return ""


def _agree(together: Shaped[np.ndarray, "..."], alone: Sequence[Shaped[np.ndarray, "*shape"]]) -> bool:
    """Whether an array has the values of each sample along some axis, or is a constant, the same for all samples."""
    count, of_each = len(alone), np.stack(alone)
    if together.shape == alone[0].shape:
        return all(_close(together, z) for z in alone)
    if together.size != of_each.size:
        return False
    ways = [np.moveaxis(together, k, 0) for k, n in enumerate(together.shape) if n == count]
    return any(_close(way.reshape(of_each.shape), of_each) for way in (*ways, together))


def _close(x: Any, y: Any) -> bool:
    if not jnp.issubdtype(np.asarray(x).dtype, jnp.inexact):
        return bool(np.array_equal(x, y))
    with np.errstate(invalid="ignore"):
        return bool(np.all(~(np.abs(x - y) > _CLOSE * np.max(np.abs(y), initial=0.0))))
