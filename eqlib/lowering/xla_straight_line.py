"""The elementwise form of a path: straight-line code over its non-zero coefficients, with no matrix product.

Without a dot there is nothing that a device could run at reduced precision, and XLA fuses the path into one loop.
"""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Inexact, Shape
from eqlib.plan import Path


def straight_line_path(
    path: Path, terms: list[Inexact[jax.Array, "..."]], leading: Shape, precision: Any
) -> Inexact[jax.Array, "..."]:
    """The same sum as `einsum_path`: one multiply-add per non-zero coefficient on arrays [leading, channels].

    Operands with a single component are common factors: each output component is multiplied by them once. Where slots
    read one array, as those of a symmetric plan do, the entries that exchange them are one term.
    """
    del precision
    rank = len(leading)
    aligned = [_components(term, mode, path.letters, rank) for term, mode in zip(terms, path.modes, strict=False)]
    factors = [x[0] for x in aligned if len(x) == 1]
    table = path.coefficients.numpy(terms[0].real.dtype, path.scale)
    sums = _sums(path, aligned, table, _same([(term, mode) for term, mode in zip(terms, path.modes, strict=False)]))
    outputs = [math.prod(factors, start=sums[k]) if k in sums else None for k in range(table.shape[-1])]
    shape = jnp.broadcast_shapes(*(x[0].shape for x in aligned))
    filled = [jnp.zeros(shape, terms[0].dtype) if x is None else jnp.broadcast_to(x, shape) for x in outputs]
    return jnp.stack([_reduce(x, path, leading) for x in filled], axis=rank)


def _components(term: Inexact[jax.Array, "..."], mode: str, letters: str, rank: int) -> list[Inexact[jax.Array, "..."]]:
    """The components of `term`, with one axis per letter of the path, of extent 1 where it has not that channel."""
    present = sorted(range(len(mode)), key=lambda axis: letters.index(mode[axis]))
    term = term.transpose(*range(rank + 1), *(rank + 1 + axis for axis in present))
    absent = [rank + 1 + position for position, letter in enumerate(letters) if letter not in mode]
    term = jnp.expand_dims(term, absent)
    return [jax.lax.index_in_dim(term, i, rank, keepdims=False) for i in range(term.shape[rank])]


def _same(slots: list[tuple[Inexact[jax.Array, "..."], str]]) -> list[int]:
    """For each slot the first one that reads the same array in the same way."""
    return [next(m for m, other in enumerate(slots) if other[0] is x and other[1] == mode) for x, mode in slots]


def _sums(
    path: Path, aligned: list[list[Inexact[jax.Array, "..."]]], table: Float[np.ndarray, "..."], same: list[int]
) -> dict[int, Inexact[Array, "..."]]:
    """For each output component, the sum of coefficient times the product of the multi-component operands."""
    tensors = [slot for slot, x in enumerate(aligned) if len(x) != 1]
    wide = path.coefficients.numpy(np.float64, path.scale)

    @functools.cache
    def product(factors: tuple[tuple[int, int], ...]) -> Inexact[jax.Array, "..."]:
        *others, (slot, index) = factors
        value = aligned[slot][index]
        return product(tuple(others)) * value if others else value

    entries: dict[tuple[int, tuple[tuple[int, int], ...]], list[tuple[int, ...]]] = {}
    for index, _ in path.coefficients.entries:
        entries.setdefault((index[-1], tuple(sorted((same[slot], index[slot]) for slot in tensors))), []).append(index)
    sums: dict[int, Any] = {}
    for (k, factors), indices in entries.items():
        coefficient = table[indices[0]] if len(indices) == 1 else sum(map(wide.item, indices))
        term = product(factors) * coefficient if factors else coefficient
        sums[k] = sums[k] + term if k in sums else term
    return sums


def _reduce(x: Inexact[jax.Array, "..."], path: Path, leading: Shape) -> Inexact[jax.Array, "..."]:
    """Sums the leading axes that the output has with extent 1, and the channels that it lacks; orders the rest."""
    rank, write = len(leading), path.modes[-1]
    lost = tuple(rank + p for p, letter in enumerate(path.letters) if letter not in write)
    if any(x.shape[a] != 1 for a in lost) or any(x.shape[a] != n for a, n in enumerate(leading) if n == 1):
        summed = tuple(a for a, n in enumerate(leading) if n == 1)
        x = jnp.sum(x, axis=(*summed, *lost), keepdims=True)
    x = x.squeeze(lost)
    kept = [letter for letter in path.letters if letter in write]
    return x.transpose(*range(rank), *(rank + kept.index(letter) for letter in write))
