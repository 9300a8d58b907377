"""Matrices of a direct sum of irreps, block by block: wide irreps cost what they hold, and not the square of it."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from eqlib.array_types import Float
from eqlib.o3 import Irrep, Irreps


def on_copies(
    block: Callable[[Irrep], Float[np.ndarray, "d d"]], irreps: Irreps, x: Float[np.ndarray, "*sets dim"]
) -> Float[np.ndarray, "*sets dim"]:
    """The block of its irrep on each copy.

    Shape:  [..., irreps] -> the same.
    """
    parts = [x[..., :0]]
    for mul, ir, columns in runs(irreps):
        copies = x[..., columns].reshape(-1, ir.dim) @ block(ir).T
        parts.append(copies.reshape(*x.shape[:-1], mul * ir.dim))
    return np.concatenate(parts, axis=-1)


@functools.lru_cache(maxsize=256)
def runs(irreps: Irreps) -> Sequence[tuple[int, Irrep, slice]]:
    """Each run of copies of one irrep, and its columns."""
    simple = irreps.simplify()
    return tuple((mul, ir, columns) for (mul, ir), columns in zip(simple, simple.slices(), strict=True))
