"""The portable lowering: every path by the form that suits it, on whatever device XLA drives."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Inexact
from eqlib.lowering.choose import choose
from eqlib.lowering.xla_einsum import einsum_path
from eqlib.lowering.xla_straight_line import straight_line_path
from eqlib.plan import Plan, Segment

FORMS = {"einsum": einsum_path, "straight_line": straight_line_path}


def compute(
    *inputs: Inexact[jax.Array, "..."], plan: Plan, leading: tuple[int, ...], lowering: str | None, precision: Any
) -> Inexact[jax.Array, "... {plan.sizes[-1]}"]:
    """The meaning of `contract`: sums the paths of each output segment and writes the segments side by side."""
    dtype = inputs[0].dtype
    # 16-bit storage, 32-bit arithmetic: one rounding at the end instead of one per term.
    wide = jnp.promote_types(dtype, jnp.float32)
    chunks = [_split(x.astype(wide), operand) for x, operand in zip(inputs, plan.operands, strict=False)]
    shapes = (*(x.shape[:-1] for x in inputs), leading)
    sums: dict[int, jax.Array] = {}
    for path in plan.paths:
        *reads, write = path.segments
        terms = [chunks[n][s] for n, s in zip(plan.slots, reads, strict=True)]
        if all(term.size for term in terms):
            form = FORMS[choose(plan, path, shapes, lowering).lowering]
            term = form(path, terms, leading, precision)
            sums[write] = sums[write] + term if write in sums else term
    written = [_flat(leading, segment, sums.get(n), wide) for n, segment in enumerate(plan.operands[-1])]
    return jnp.concatenate([jnp.zeros((*leading, 0), wide), *written], axis=-1).astype(dtype)


def _split(x: Inexact[jax.Array, "*leading size"], operand: tuple[Segment, ...]) -> list[Inexact[jax.Array, "..."]]:
    """The segments of an operand, each [leading, channels, components]."""
    ends = np.cumsum([segment.size for segment in operand], dtype=int).tolist()
    return [
        x[..., end - segment.size : end].reshape(*x.shape[:-1], *segment.extents, segment.dim)
        for end, segment in zip(ends, operand, strict=True)
    ]


def _flat(
    leading: tuple[int, ...], segment: Segment, chunk: Inexact[jax.Array, "... {segment.dim}"] | None, dtype: Any
) -> Inexact[jax.Array, "... {segment.size}"]:
    """An output segment as [leading, size]: broadcast along the leading axes that no input has."""
    if chunk is None:
        return jnp.zeros((*leading, segment.size), dtype)
    return jnp.broadcast_to(chunk, (*leading, *segment.extents, segment.dim)).reshape(*leading, segment.size)
