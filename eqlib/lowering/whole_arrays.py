"""The plain meaning of plans over edges: gather whole arrays, contract them, and sum them at their rows.

It is what checkers read, and what the other lowerings are held to: slow, and large, but made of parts that are known.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Extent, Inexact
from eqlib.lowering.contract import contract
from eqlib.lowering.index import Index
from eqlib.plan.indexed import IndexedPlan


def compute_whole(
    plan: IndexedPlan, inputs: Sequence[Inexact[Array, "..."]], indices: Sequence[Index], edges: Extent, precision: Any
) -> list[Inexact[jax.Array, "..."]]:
    """The meaning of `contract_indexed`."""
    read = [
        x if rows.at is None else x.at[indices[rows.at].ids].get(mode="fill", fill_value=0)
        for x, rows in zip(inputs, plan.inputs, strict=True)
    ]
    has_rows = jnp.ones(edges, bool)
    for k in sorted(plan.indices):
        has_rows &= indices[k].ids < indices[k].rows
    outputs = []
    for n, rows in enumerate(plan.outputs):
        sent = jnp.zeros((edges, rows.size), inputs[0].dtype)
        for term in plan.terms:
            if term.writes == n:
                sent = sent + contract(term.plan, *(read[m] for m in term.reads), precision=precision)
        sent = jnp.where(has_rows[:, None], sent, 0)
        if rows.at is not None:
            index = indices[rows.at]
            sent = jnp.zeros((index.rows, rows.size), sent.dtype).at[index.ids].add(sent, mode="drop")
        outputs.append(sent)
    return outputs
