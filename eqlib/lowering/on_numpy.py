"""A plan on NumPy arrays, path by path as it reads, for the ops that leave to NumPy what is NumPy's."""

from string import ascii_uppercase as COMPONENTS

import numpy as np

from eqlib.array_types import Array, Inexact
from eqlib.lowering.contract import contract
from eqlib.plan import Plan, Segment


def contract_or_numpy(plan: Plan, *inputs: Inexact[Array, "..."]) -> Inexact[Array, "... {plan.sizes[-1]}"]:
    """`contract`; on arrays that are all of NumPy the same by NumPy, in their dtype, whatever JAX's widest is.

    Shape:  [..., plan.sizes[n]] for each input n -> [..., plan.sizes[-1]]; leading axes broadcast.
    Scale:  that of the plan; 16-bit inputs are computed in float32 and rounded once, at the end.
    """
    if not all(isinstance(x, np.ndarray) for x in inputs):
        return contract(plan, *inputs)
    dtype = np.result_type(*inputs)
    wide = np.result_type(dtype, np.float32)
    cut = [_cut(x.astype(wide), operand) for x, operand in zip(inputs, plan.operands, strict=False)]
    leading = np.broadcast_shapes(*(x.shape[:-1] for x in inputs))
    sums = [np.zeros((*leading, *segment.extents, segment.dim), wide) for segment in plan.operands[-1]]
    for path in plan.paths:
        axes = [f"...{mode}{component}" for mode, component in zip(path.modes, COMPONENTS, strict=False)]
        table = path.coefficients.numpy(np.finfo(wide).dtype, path.scale)
        terms = ",".join([*axes[:-1], COMPONENTS[: table.ndim]])
        reads = [cut[n][s] for n, s in zip(plan.slots, path.segments, strict=False)]
        sums[path.segments[-1]] += np.einsum(f"{terms}->{axes[-1]}", *reads, table)
    rows = [z.reshape((*leading, segment.size)) for z, segment in zip(sums, plan.operands[-1], strict=True)]
    return np.concatenate([np.zeros((*leading, 0), wide), *rows], axis=-1).astype(dtype)


def _cut(x: Inexact[np.ndarray, "*batch size"], operand: tuple[Segment, ...]) -> list[Inexact[np.ndarray, "..."]]:
    """Each segment, as [..., *extents, dim]."""
    ends = np.cumsum([segment.size for segment in operand]).tolist()
    parts = np.split(x, ends[:-1], axis=-1) if operand else []
    return [part.reshape((*x.shape[:-1], *s.extents, s.dim)) for part, s in zip(parts, operand, strict=True)]
