"""The elementwise form of a path: straight-line code over its non-zero coefficients, with no matrix product.

Without a dot there is nothing that a device could run at reduced precision, and XLA fuses the path into one loop.
"""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Inexact
from eqlib.plan import Path


def straight_line_path(
    path: Path, terms: list[Inexact[jax.Array, "..."]], leading: tuple[int, ...], precision: Any
) -> Inexact[jax.Array, "... {path.coefficients.shape[-1]}"]:
    """The same sum as `einsum_path`: one multiply-add per non-zero coefficient on arrays [leading, channels].

    Operands with a single component are common factors: each output component is multiplied by them once.
    """
    del precision
    aligned = [_align(term, mode, path.letters) for term, mode in zip(terms, path.modes, strict=False)]
    factors = [x[..., 0] for x in aligned if x.shape[-1] == 1]
    table = path.coefficients.numpy(terms[0].real.dtype, path.scale)
    sums = _sums(path, aligned, table)
    outputs = [math.prod(factors, start=sums[k]) if k in sums else None for k in range(table.shape[-1])]
    shape = jnp.broadcast_shapes(*(x.shape[:-1] for x in aligned))
    filled = [jnp.zeros(shape, terms[0].dtype) if x is None else jnp.broadcast_to(x, shape) for x in outputs]
    return _reduce(jnp.stack(filled, axis=-1), path, leading)


def _align(term: Inexact[jax.Array, "*channels dim"], mode: str, letters: str) -> Inexact[jax.Array, "... dim"]:
    """`term` with one axis per letter of the path, of extent 1 where the operand has not that channel."""
    rank = term.ndim - len(mode) - 1
    present = sorted(range(len(mode)), key=lambda axis: letters.index(mode[axis]))
    term = term.transpose(*range(rank), *(rank + axis for axis in present), term.ndim - 1)
    absent = [rank + position for position, letter in enumerate(letters) if letter not in mode]
    return jnp.expand_dims(term, absent)


def _sums(
    path: Path, aligned: list[Inexact[jax.Array, "..."]], table: Float[np.ndarray, "..."]
) -> dict[int, Inexact[Array, "..."]]:
    """For each output component, the sum of coefficient times the product of the multi-component operands."""
    tensors = [slot for slot, x in enumerate(aligned) if x.shape[-1] != 1]

    @functools.cache
    def product(indices: tuple[int, ...]) -> Inexact[jax.Array, "..."]:
        if len(indices) == 1:
            return aligned[tensors[0]][..., indices[0]]
        return product(indices[:-1]) * aligned[tensors[len(indices) - 1]][..., indices[-1]]

    sums: dict[int, Any] = {}
    for index, _ in path.coefficients.entries:
        indices = tuple(index[slot] for slot in tensors)
        term = product(indices) * table[index] if indices else table[index]
        sums[index[-1]] = sums[index[-1]] + term if index[-1] in sums else term
    return sums


def _reduce(
    x: Inexact[jax.Array, "*channels dim"], path: Path, leading: tuple[int, ...]
) -> Inexact[jax.Array, "... dim"]:
    """Sums the leading axes that the output has with extent 1, and the channels that it lacks; orders the rest."""
    rank, write = len(leading), path.modes[-1]
    lost = tuple(rank + p for p, letter in enumerate(path.letters) if letter not in write)
    if any(x.shape[a] != 1 for a in lost) or any(x.shape[a] != n for a, n in enumerate(leading) if n == 1):
        summed = tuple(a for a, n in enumerate(leading) if n == 1)
        x = jnp.sum(x, axis=(*summed, *lost), keepdims=True)
    x = x.squeeze(lost)
    kept = [letter for letter in path.letters if letter in write]
    return x.transpose(*range(rank), *(rank + kept.index(letter) for letter in write), x.ndim - 1)
