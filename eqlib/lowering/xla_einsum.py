"""The reference form of a path: one einsum. Every other form must agree with this one."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Inexact, Shape
from eqlib.plan import Path

Label = tuple[str, str | int]


def einsum_path(
    path: Path, terms: list[Inexact[jax.Array, "..."]], leading: Shape, precision: Any
) -> Inexact[jax.Array, "..."]:
    """The sum over every index that the output lacks.

    terms    one array per input slot, [leading, components, channels]
    leading  the leading shape of the output; an extent of 1 asks for the sum over that axis

    Returns [leading, components, channels], with extent 1 along a leading axis that no term has.
    """
    table = path.coefficients.numpy(terms[0].real.dtype, path.scale)
    *reads, write = [_labels(len(leading), mode, slot) for slot, mode in enumerate(path.modes)]
    same = _identity(table)
    if same is None:
        operands = [*zip(terms, reads, strict=True), (table, _components(table.ndim))]
        return labelled_einsum(operands, write, leading, precision)
    renamed = [[same.get(label, label) for label in labels] for labels in reads]
    write = [same.get(label, label) for label in write]
    return labelled_einsum(list(zip(terms, renamed, strict=True)), write, leading, precision) * table.flat[0]


def keeps_components(path: Path) -> bool:
    """Whether the coefficients are a multiple of the identity between the components of two slots."""
    return _identity(path.coefficients.numpy(np.dtype(float), path.scale)) is not None


def einsum_as_stored(
    path: Path, terms: list[Inexact[jax.Array, "..."]], leading: Shape, precision: Any
) -> Inexact[jax.Array, "..."]:
    """`einsum_path` of a path that keeps components, on terms [leading, channels, components]."""
    table = path.coefficients.numpy(terms[0].real.dtype, path.scale)
    same, rank = _identity(table) or {}, len(leading)
    *reads, write = [
        [same.get(label, label) for label in (*labels[:rank], *labels[rank + 1 :], labels[rank])]
        for labels in (_labels(rank, mode, slot) for slot, mode in enumerate(path.modes))
    ]
    z = labelled_einsum(list(zip(terms, reads, strict=True)), write, leading, precision) * table.flat[0]
    return jnp.moveaxis(z, -1, rank)


def _labels(rank: int, mode: str, slot: int) -> list[Label]:
    """A label for each axis of the operand in `slot`; equal labels are the same index."""
    return [*(("leading", a) for a in range(rank)), ("component", slot), *(("channel", c) for c in mode)]


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


def labelled_einsum(
    operands: list[tuple[Inexact[Array, "..."], list[Label]]],
    write: list[Label],
    leading: Shape,
    precision: Any,
) -> Inexact[jax.Array, "..."]:
    """An einsum over labelled axes in which an axis of extent 1 is absent.

    So a weight shared along a batch enters a matrix product and is never repeated, and a leading axis of extent 1 in
    the output is summed. The operand with the first axis of the output comes first: then a matrix product has its axes
    in the order in which they are asked for.
    """
    extents: dict[Label, int] = {}
    for x, labels in operands:
        extents |= {label: n for label, n in zip(labels, x.shape, strict=True) if n != 1}
    summed = {("leading", a) for a, n in enumerate(leading) if n == 1}
    kept = [label for label in write if label in extents and label not in summed]
    present = [
        (x, [label for label, n in zip(labels, x.shape, strict=True) if n != 1])
        for x, labels in sorted(operands, key=lambda operand: _first(kept, operand))
    ]
    axes = _axes([labels for _, labels in present] + [kept])
    numbers = {label: n for n, axis in enumerate(axes) for label in axis}
    sizes = [math.prod(extents[label] for label in axis) for axis in axes]
    arguments: list[Any] = []
    for x, labels in present:
        indices = list(dict.fromkeys(numbers[label] for label in labels))
        arguments += [x.reshape([sizes[n] for n in indices]), indices]
    result = jnp.einsum(*arguments, list(dict.fromkeys(numbers[label] for label in kept)), precision=precision)
    return result.reshape([extents[label] if label in kept else 1 for label in write])


def _axes(operands: list[list[Label]]) -> list[list[Label]]:
    """The labels in groups: those that are neighbours, in one order, wherever they occur, are one axis."""
    axes: list[list[Label]] = []
    for label in dict.fromkeys(label for labels in operands for label in labels):
        if axes and all(_is_next(axes[-1][-1], label, labels) for labels in operands):
            axes[-1].append(label)
        else:
            axes.append([label])
    return axes


def _is_next(left: Label, right: Label, labels: list[Label]) -> bool:
    """Whether `right` follows upon `left`, or neither is there."""
    if left not in labels or right not in labels:
        return left not in labels and right not in labels
    return labels.index(right) == labels.index(left) + 1


def _first(kept: list[Label], operand: tuple[Inexact[Array, "..."], list[Label]]) -> int:
    """The place of the first axis that only this kind of operand brings to the output."""
    x, labels = operand
    places = [kept.index(label) for label, n in zip(labels, x.shape, strict=True) if n != 1 and label in kept]
    return min(places, default=len(kept))
