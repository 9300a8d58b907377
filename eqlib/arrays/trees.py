"""What JAX transformations see: an IrrepsArray is one leaf with static irreps; irreps alone have no leaf."""

from typing import Any

import jax

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.o3 import Irrep, Irreps, MulIrrep


def _flatten(x: IrrepsArray) -> tuple[tuple[Any], Irreps]:
    return (x.array,), x.irreps


def _flatten_with_keys(x: IrrepsArray) -> tuple[tuple[tuple[Any, Any]], Irreps]:
    return ((jax.tree_util.GetAttrKey("array"), x.array),), x.irreps


def _unflatten(irreps: Irreps, leaves: Any) -> IrrepsArray:
    # A transformation may put an object that is no array here, or an array of another rank: not checked.
    (array,) = leaves
    return IrrepsArray._unchecked(irreps, array)


jax.tree_util.register_pytree_with_keys(IrrepsArray, _flatten_with_keys, _unflatten, _flatten)
for label in (Irrep, MulIrrep, Irreps):
    jax.tree_util.register_pytree_node(label, lambda irreps: ((), irreps), lambda irreps, _: irreps)
