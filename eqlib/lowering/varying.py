"""The axes of a mesh over which an operand varies, inside shard_map."""

from collections.abc import Sequence
from typing import Any

import jax

from eqlib.array_types import Array, Num


def mark_varying(operands: Sequence[Num[Array, "..."]]) -> Sequence[Num[Array, "..."]]:
    """The operands of a primitive must agree on the mesh axes over which they vary; replicated ones are marked so."""
    axes = [_varying(jax.typeof(x)) for x in operands]
    joined = frozenset[Any]().union(*axes)
    return [
        jax.lax.pcast(x, tuple(joined - own), to="varying") if joined - own else x
        for x, own in zip(operands, axes, strict=True)
    ]


def _varying(aval: Any) -> frozenset[Any]:
    # jax 0.10.2 renamed `aval.vma` to `aval.manual_axis_type.varying`; drop the older name with jax 0.10.1.
    kind = getattr(aval, "manual_axis_type", None)
    return getattr(aval, "vma", frozenset()) if kind is None else kind.varying


def varying_as(values: Sequence[Num[Array, "..."]], operands: Sequence[Num[Array, "..."]]) -> list[Num[Array, "..."]]:
    """Values to begin a loop with, marked to vary over the axes over which what is added to them does."""
    return list(mark_varying([*values, *operands])[: len(values)])
