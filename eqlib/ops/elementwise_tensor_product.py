"""Tensor product of two representations copy by copy, reduced into irreps."""

import functools
from typing import Any

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.keywords import also_named
from eqlib.lowering import contract
from eqlib.o3 import Irrep, Irreps
from eqlib.ops._copy_by_copy import plan_copy_by_copy
from eqlib.ops._normalization import known_normalization, product_scale
from eqlib.ops._operands import as_inexact, irrep_filter, takes_irreps
from eqlib.plan import Plan


@also_named(x="input1", y="input2")
@takes_irreps(2)
def elementwise_tensor_product(
    x: Any, y: Any, *, filter_ir_out: Any = None, irrep_normalization: str | None = "component"
) -> Any:
    """Multiplies each copy of an irrep of `x` by the copy of `y` at the same place and reduces into irreps.

    Law:    elementwise_tensor_product(D1(g) x, D2(g) y) = D3(g) elementwise_tensor_product(x, y) for all g in O(3);
            linear in x and in y.
    Shape:  [..., irreps1], [..., irreps2] -> [..., irreps3]; leading axes broadcast. Irreps alone give irreps3 alone.
    Scale:  as `tensor_product`.
    Order:  that of the copies, cut where x or y is cut, then by degree; neither sorted nor merged.
    Raises: IrrepsError if the numbers of copies differ, if `irrep_normalization` is unknown, or if only one operand
            has an array.
    Source: Varshalovich, Moskalev, Khersonskii (1988), ch. 8; the real basis of eqlib.o3.basis.
    Example:
        >>> elementwise_tensor_product("2x0e + 1o", "1e + 0o + 0o")
        1x1e+1x0o+1x1e
    """
    x, y = as_inexact(x, y)
    irreps, plan = plan_elementwise_tensor_product(
        x.irreps, y.irreps, irrep_filter(filter_ir_out), known_normalization(irrep_normalization)
    )
    return IrrepsArray(irreps, contract(plan, x.array, y.array))


@functools.cache
def plan_elementwise_tensor_product(
    irreps1: Irreps, irreps2: Irreps, kept: tuple[Irrep, ...] | None = None, irrep_normalization: str = "component"
) -> tuple[Irreps, Plan]:
    """One path per pair of facing segments and ir3 that the selection rule allows."""
    return plan_copy_by_copy(
        "multiply copy by copy",
        irreps1,
        irreps2,
        lambda ir1, ir2: [
            (ir3, product_scale(ir1, ir2, ir3, irrep_normalization)) for ir3 in ir1 * ir2 if kept is None or ir3 in kept
        ],
    )
