"""The reference form of a path: one einsum. Every other form must agree with this one."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Inexact
from eqlib.plan import Path

Label = tuple[str, str | int]


def einsum_path(
    path: Path, terms: list[Inexact[jax.Array, "..."]], leading: tuple[int, ...], precision: Any
) -> Inexact[jax.Array, "... {path.coefficients.shape[-1]}"]:
    """The sum over every index that the output lacks.

    terms    one array per input slot, [leading, channels, components]
    leading  the leading shape of the output; an extent of 1 asks for the sum over that axis

    Returns [leading, channels, components], with extent 1 along a leading axis that no term has.
    """
    table = path.coefficients.numpy(terms[0].real.dtype, path.scale)
    *reads, write = [_labels(len(leading), mode, slot) for slot, mode in enumerate(path.modes)]
    same = _identity(table)
    if same is None:
        return _einsum([*zip(terms, reads, strict=True), (table, _components(table.ndim))], write, leading, precision)
    renamed = [[same.get(label, label) for label in labels] for labels in reads]
    write = [same.get(label, label) for label in write]
    return _einsum(list(zip(terms, renamed, strict=True)), write, leading, precision) * table.flat[0]


def _labels(rank: int, mode: str, slot: int) -> list[Label]:
    """A label for each axis of the operand in `slot`; equal labels are the same index."""
    return [*(("leading", a) for a in range(rank)), *(("channel", c) for c in mode), ("component", slot)]


def _components(count: int) -> list[Label]:
    return [("component", slot) for slot in range(count)]


def _identity(table: Float[np.ndarray, "..."]) -> dict[Label, Label] | None:
    """If the table is a multiple of the identity between two of its axes, or of a single entry: the labels to unite."""
    wide = [slot for slot, n in enumerate(table.shape) if n != 1]
    if not wide and table.flat[0]:
        return {}
    if len(wide) != 2:
        return None
    square = table.squeeze()
    if square.shape[0] != square.shape[1] or not np.array_equal(square, square[0, 0] * np.eye(len(square))):
        return None
    return {("component", wide[1]): ("component", wide[0])}


def _einsum(
    operands: list[tuple[Inexact[Array, "..."], list[Label]]],
    write: list[Label],
    leading: tuple[int, ...],
    precision: Any,
) -> Inexact[jax.Array, "..."]:
    """An einsum over labelled axes in which an axis of extent 1 is absent.

    So a weight shared along a batch enters a matrix product and is never repeated, and a leading axis of extent 1 in
    the output is summed.
    """
    numbers: dict[Label, int] = {}
    extents: dict[Label, int] = {}
    arguments: list[Any] = []
    for x, labels in operands:
        present = {label: n for label, n in zip(labels, x.shape, strict=True) if n != 1}
        extents |= present
        arguments += [x.reshape(tuple(present.values())), [numbers.setdefault(a, len(numbers)) for a in present]]
    summed = {("leading", a) for a, n in enumerate(leading) if n == 1}
    kept = [label for label in write if label in extents and label not in summed]
    result = jnp.einsum(*arguments, [numbers[label] for label in kept], precision=precision)
    return result.reshape([extents[label] if label in kept else 1 for label in write])
