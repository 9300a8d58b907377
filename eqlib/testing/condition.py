"""How far results move with their inputs: the condition of a function, estimated by moving all inputs at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Float, Real
from eqlib.o3 import Irreps
from eqlib.testing.operands import Field, Operand

Arrays = Sequence[Any]


def condition(
    run: Callable[[Arrays], Sequence[Float[np.ndarray, "..."]]],
    results: Sequence[Float[np.ndarray, "..."]],
    moved: Iterable[tuple[float, Arrays]],
) -> list[float]:
    """For each result the greatest change over the steps, each in units of the step; what is not a number has none.

    results  f(x)
    moved    steps, each with x moved by it
    """
    found = [0.0] * len(results)
    for step, arrays in moved:
        with np.errstate(invalid="ignore"):  # a difference of infinities
            changes = [greatest(z - z0) / step for z, z0 in zip(run(arrays), results, strict=True)]
        found = list(map(max, found, changes))
    return found


def nearby(
    operands: Sequence[Operand], arrays: Arrays, steps: Iterable[float], seed: int = 0, dtype: Any = np.float64
) -> Iterator[tuple[float, Arrays]]:
    """The steps, each with the fields moved by it, relative to their numbers and in random directions."""
    rng = np.random.default_rng(seed)

    def moved(one: Operand, x: Any, step: float) -> Any:
        return np.asarray(x * (1 + step * rng.choice([-1.0, 1.0], np.shape(x))), dtype) if isinstance(one, Field) else x

    for step in steps:
        yield step, [moved(one, x, step) for one, x in zip(operands, arrays, strict=True)]


def greatest(x: Real[np.ndarray, "..."]) -> float:
    """The greatest size of a number; 0 if there is none."""
    return float(np.max(np.abs(x), initial=0.0))


def size_of_copies(irreps: Irreps, x: Float[np.ndarray, "*sets dim"]) -> Float[np.ndarray, "*sets dim"]:
    """For each component the greatest size of its copy of an irrep, since rotations mix these."""
    if not x.size:
        return np.zeros_like(x)
    dims = [ir.dim for mul, ir in irreps for _ in range(mul)]
    starts = np.cumsum([0, *dims[:-1]])
    return np.repeat(np.maximum.reduceat(np.abs(x), starts, axis=-1), dims, axis=-1)
