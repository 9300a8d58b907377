"""The arithmetic of plans over edges on arrays [edges, components, channels].

Operands of one channel, as the harmonics of an edge are, are first contracted with the coefficients to a small matrix
per edge, by one matrix product: all channels share it. It is then applied by one multiply-add for each component of an
operand with channels, on whole arrays [edges, components, channels]. The program grows with the number of components
of a path, not with that of its coefficients, and so does the time that XLA takes to compile it.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Extent, Float, Inexact
from eqlib.lowering.xla_einsum import einsum_path
from eqlib.plan import Path, Plan
from eqlib.plan.indexed import IndexedPlan, Term

Part = Inexact[jax.Array, "edges _ _"]  # [edges, components, channels]
Read = tuple[int, int]  # an input of the plan, and a segment of it


def evaluate(
    plan: IndexedPlan, values: Sequence[Sequence[Part]], edges: Extent, precision: Any
) -> list[list[Part | None]]:
    """What the terms add to each segment of each output; None where they add nothing."""
    sums: list[list[Part | None]] = [[None] * len(rows.segments) for rows in plan.outputs]
    chunk = _Chunk(values, edges, precision)
    work = [(term, path) for term in plan.terms for path in term.plan.paths]
    # First those that write many components: the others use what they found on the way.
    for term, path in sorted(work, key=lambda pair: -pair[1].coefficients.shape[-1]):
        part, old = chunk.path(term, path), sums[term.writes][path.segments[-1]]
        if part is not None:
            sums[term.writes][path.segments[-1]] = part if old is None else old + part
    return sums


class _Slot(NamedTuple):
    """An operand of a path: what it reads, its axis in the coefficients, and its components."""

    read: Read
    axis: int
    part: Part

    @property
    def dim(self) -> int:
        """The number of components."""
        return self.part.shape[1]


class _Chunk:
    """The inputs of some edges, and what has been computed from them."""

    def __init__(self, values: Sequence[Sequence[Part]], edges: Extent, precision: Any) -> None:
        self._values, self._edges, self._precision = values, edges, precision
        self._applied: dict[Any, Inexact[jax.Array, ...]] = {}

    def path(self, term: Term, path: Path) -> Part | None:
        """What a path adds to the segment that it writes."""
        reads = [(term.reads[n], s) for n, s in zip(term.plan.slots, path.segments, strict=False)]
        slots = [_Slot(read, axis, self._values[read[0]][read[1]]) for axis, read in enumerate(reads)]
        if not all(slot.part.size for slot in slots):
            return None
        wide = _wide(term.plan, path)
        if wide is None:
            return self._any_channels(term.plan, path, slots)
        table = path.coefficients.numpy(slots[0].part.dtype, path.scale)
        small = [slot for slot, is_wide in zip(slots, wide, strict=False) if not is_wide]
        factors = [slot for slot, is_wide in zip(slots, wide, strict=False) if is_wide and slot.dim == 1]
        tensors = [slot for slot, is_wide in zip(slots, wide, strict=False) if is_wide and slot.dim > 1]
        if wide[-1] or not any(wide):
            return self._by_channel(table, small, factors, tensors)
        if len(tensors) > 2:
            return self._any_channels(term.plan, path, slots)
        return self._over_channels(table, small, factors, tensors)

    def _by_channel(
        self, table: Float[np.ndarray, "..."], small: list[_Slot], factors: list[_Slot], tensors: list[_Slot]
    ) -> Part:
        """Of an output that has the channels of the operands: each channel by itself."""
        if len(tensors) > 1:
            tensors = sorted(tensors, key=lambda slot: self._key(table, small, slot) not in self._applied)
        if tensors:
            first, rest = tensors[0], sorted(tensors[1:], key=lambda slot: slot.axis)
            value = self._first(table, small, first, rest)
            for slot in rest:
                value = _summed(value, slot.part)
        else:
            value = self._matrix(table, small, [])[..., None]
        for slot in factors:
            value = value * slot.part
        return value

    def _first(
        self, table: Float[np.ndarray, "..."], small: list[_Slot], slot: _Slot, rest: list[_Slot]
    ) -> Inexact[jax.Array, "..."]:
        """The coefficients applied to the small operands and to one with channels: [edges, rest..., out, channels]."""
        key = self._key(table, small, slot)
        if key not in self._applied:
            of_one = _multiple_of_identity(table) if math.prod(s.dim for s in small) == 1 and not rest else None
            if of_one is not None:
                scale = of_one * self._product(small)[..., None]
                self._applied[key] = scale * slot.part
            else:
                self._applied[key] = _summed(self._matrix(table, small, [slot, *rest])[..., None], slot.part)
        # Made for another output, it has the same axes in the same order, but for some of extent 1.
        found = self._applied[key]
        return found.reshape(self._edges, *(s.dim for s in rest), table.shape[-1], found.shape[-1])

    def _key(self, table: Float[np.ndarray, "..."], small: list[_Slot], slot: _Slot) -> Any:
        axes = [*(s.axis for s in small), slot.axis]
        rest = [axis for axis in range(table.ndim) if axis not in axes and table.shape[axis] > 1]
        moved = table.transpose([*axes, *rest, *(a for a in range(table.ndim) if a not in axes and a not in rest)])
        return tuple(s.read for s in small), slot.read, moved.shape[: len(axes) + len(rest)], moved.tobytes()

    def _over_channels(
        self, table: Float[np.ndarray, "..."], small: list[_Slot], factors: list[_Slot], tensors: list[_Slot]
    ) -> Part:
        """Of an output that has one channel: the sum over those of the operands, as a matrix product."""
        pair = [*tensors, *factors][:2]
        left = pair[0].part
        right = pair[1].part if len(pair) == 2 else jnp.ones((1, 1, left.shape[2]), left.dtype)
        for slot in [*tensors, *factors][2:]:
            right = right * slot.part
        right = jnp.broadcast_to(right, (self._edges, *right.shape[1:]))
        sums = jnp.einsum("eac,ebc->eab", left, right, precision=self._precision)
        matrix = self._matrix(table, small, pair).reshape(-1, sums.shape[1] * sums.shape[2], table.shape[-1])
        sums = sums.reshape(self._edges, -1)
        if matrix.shape[0] == 1:
            return jnp.matmul(sums, matrix[0], precision=self._precision)[..., None]
        return jnp.einsum("ea,eak->ek", sums, matrix, precision=self._precision)[..., None]

    def _matrix(self, table: Float[np.ndarray, "..."], small: list[_Slot], rest: list[_Slot]) -> Any:
        """The coefficients contracted with the small operands: [edges or 1, components of the rest..., out]."""
        axes = [slot.axis for slot in small]
        last = [*(slot.axis for slot in rest), table.ndim - 1]
        ones = [axis for axis in range(table.ndim) if axis not in axes and axis not in last]
        shape = [table.shape[axis] for axis in last]
        flat = table.transpose([*axes, *ones, *last]).reshape(-1, math.prod(shape))
        if not small:
            return jnp.asarray(flat.reshape(1, *shape))
        product = self._product(small)
        if flat.shape[0] == 1:
            return (product * flat).reshape(-1, *shape)
        return jnp.matmul(product, flat, precision=self._precision).reshape(-1, *shape)

    def _product(self, small: list[_Slot]) -> Inexact[jax.Array, "..."]:
        """The products of the components of the small operands: [edges or 1, products]."""
        product = jnp.ones((1, 1), self._values[0][0].dtype)
        for slot in small:
            product = (product[:, :, None] * slot.part[:, None, :, 0]).reshape(self._edges, -1)
        return product

    def _any_channels(self, plan: Plan, path: Path, slots: list[_Slot]) -> Part:
        """Channels that combine in any way: an einsum."""
        *segments, written = plan.path_segments(path)
        terms = [
            slot.part.reshape(self._edges, segment.dim, *segment.extents)
            for slot, segment in zip(slots, segments, strict=True)
        ]
        z = einsum_path(path, terms, (self._edges,), self._precision)
        return z.reshape(self._edges, written.dim, math.prod(written.extents))


def _wide(plan: Plan, path: Path) -> list[bool] | None:
    """Which slots, the output last, have channels; None if they have not all the same ones."""
    extents = plan.extents(path)
    modes = ["".join(letter for letter in mode if extents[letter] > 1) for mode in path.modes]
    return [mode != "" for mode in modes] if len(set(modes) - {""}) <= 1 else None


def _summed(value: Inexact[Array, "..."], part: Part) -> Inexact[jax.Array, "..."]:
    """Sums over components: value [edges, components, ..., channels or 1], part [edges, components, channels]."""
    between = value.ndim - 3
    terms = [
        value[:, i] * part[:, i].reshape(part.shape[0], *(1,) * between, part.shape[2]) for i in range(part.shape[1])
    ]
    return sum(terms[1:], start=terms[0])


def _multiple_of_identity(table: Float[np.ndarray, "..."]) -> float | None:
    """The factor, if but for axes of extent 1 the table is a multiple of the identity."""
    square = table.squeeze()
    if square.ndim != 2 or square.shape[0] != square.shape[1]:
        return None
    return float(square[0, 0]) if np.array_equal(square, square[0, 0] * np.eye(len(square))) else None
