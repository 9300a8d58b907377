"""Paths of which one operand has no channels and the other two have the same: few matrix products for all of them.

The operand without channels, as the harmonics of an edge are, makes with the coefficients a matrix for each sample that
all channels share. The paths that meet in a segment have their matrices side by side in one: a plan of many paths is a
product or two for each segment of the operand that has the fewest.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float, Inexact, Shape
from eqlib.lowering.in_order import in_order
from eqlib.lowering.parts import Part, Parts
from eqlib.lowering.xla_einsum import Label, labelled_einsum
from eqlib.plan import Path, Plan

CHANNEL: Label = ("channel", "")


def bare_slot(plan: Plan, path: Path) -> int | None:
    """Of three slots the one without channels, if the other two have the same."""
    extents = plan.extents(path)
    modes = ["".join(letter for letter in mode if extents[letter] > 1) for mode in path.modes]
    bare = [slot for slot, mode in enumerate(modes) if not mode]
    return bare[0] if len(modes) == 3 and len(bare) == 1 and len(set(modes)) == 2 else None


class _Group(NamedTuple):
    """Paths with one segment in slot `one`, and any in slot `many` and in slot `bare`."""

    bare: int
    one: int
    many: int
    paths: list[Path]

    def segments(self, slot: int) -> list[int]:
        """The segments of a slot, each once, in order."""
        return sorted({path.segments[slot] for path in self.paths})


def _groups(plan: Plan, paths: Sequence[Path]) -> Iterator[_Group]:
    for bare in range(3):
        alike = [path for path in paths if bare_slot(plan, path) == bare]
        one, many = sorted({0, 1, 2} - {bare}, key=lambda slot: len({path.segments[slot] for path in alike}))
        for segment in sorted({path.segments[one] for path in alike}):
            yield _Group(bare, one, many, [path for path in alike if path.segments[one] == segment])


def matrix_paths(
    plan: Plan, paths: Sequence[Path], inputs: Sequence[Parts], leading: Shape, precision: Any
) -> Iterator[tuple[int, Part]]:
    """What the paths add to segments of the output.

    leading  the leading shape of the output; an extent of 1 asks for the sum over that axis
    """
    rank, of_slot = len(leading), [inputs[n] for n in plan.slots]
    for group in _groups(plan, paths):
        stacks = [parts.stacked(group.segments(slot)) for slot, parts in enumerate(of_slot)]
        z = _over_channels if group.bare == 2 else _by_channel
        found = in_order(z(plan, group, stacks, leading, precision))
        start = 0
        for number in group.segments(2):
            segment = plan.operands[-1][number]
            part = jax.lax.slice_in_dim(found, start, start + segment.dim, axis=rank)
            yield number, part.reshape(*part.shape[: rank + 1], *segment.extents)
            start += segment.dim


def _by_channel(
    plan: Plan, group: _Group, stacks: list[Part], leading: Shape, precision: Any
) -> Inexact[jax.Array, "..."]:
    """The matrix of each sample, from the operand without channels, applied to the other: [leading, k, channel]."""
    bare, other = stacks[group.bare][..., 0], 1 - group.bare
    table = _table(plan, group, (group.bare, 2, other), bare.real.dtype)  # [j, k, i]
    matrix = jnp.matmul(bare, table.reshape(len(table), -1), precision=precision)
    matrix = matrix.reshape(*bare.shape[:-1], *table.shape[1:])
    operands = [(matrix, _labels(leading, 2, other)), (stacks[other], _labels(leading, other, CHANNEL))]
    return labelled_einsum(operands, _labels(leading, 2, CHANNEL), leading, precision)


def _over_channels(
    plan: Plan, group: _Group, stacks: list[Part], leading: Shape, precision: Any
) -> Inexact[jax.Array, "..."]:
    """The products of the components of two operands, summed over channels, with the coefficients: [leading, k, 1]."""
    slots = (group.many, group.one)
    table = _table(plan, group, (*slots, 2), stacks[0].real.dtype)  # [i, j, k]
    operands = [(stacks[slot], _labels(leading, slot, CHANNEL)) for slot in slots]
    products = labelled_einsum(operands, _labels(leading, *slots), leading, precision)
    products = products.reshape(*products.shape[:-2], -1)
    return jnp.matmul(products, table.reshape(-1, table.shape[-1]), precision=precision)[..., None]


def _labels(leading: Shape, *last: int | Label) -> list[Label]:
    """The axes of an array: the leading ones, then components of slots and channels."""
    components = [axis if isinstance(axis, tuple) else ("component", axis) for axis in last]
    return [*(("leading", a) for a in range(len(leading))), *components]


def _table(plan: Plan, group: _Group, order: tuple[int, ...], dtype: Any) -> Float[np.ndarray, "_ _ _"]:
    """The coefficients of all paths of a group, with the slots in some order and their segments stacked."""
    starts: list[dict[int, int]] = []
    sizes: list[int] = []
    for slot in order:
        operand = plan.operands[(*plan.slots, -1)[slot]]
        ends = np.cumsum([0, *(operand[s].dim for s in group.segments(slot))]).tolist()
        starts.append(dict(zip(group.segments(slot), ends, strict=False)))
        sizes.append(ends[-1])
    table = np.zeros(sizes, dtype)
    for path in group.paths:
        block = path.coefficients.numpy(dtype, path.scale).transpose(order)
        first = [at[path.segments[slot]] for slot, at in zip(order, starts, strict=True)]
        table[tuple(slice(a, a + n) for a, n in zip(first, block.shape, strict=True))] += block
    return table
