"""Tensor product of two representations, reduced into irreps."""

import functools
from typing import Any

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.keywords import also_named
from eqlib.lowering import contract
from eqlib.o3 import Irrep, Irreps, exact_clebsch_gordan
from eqlib.ops._normalization import known_normalization, product_scale
from eqlib.ops._operands import as_inexact, irrep_filter, takes_irreps
from eqlib.plan import Path, Plan, Segment, segments


@also_named(x="input1", y="input2")
@takes_irreps(2)
def tensor_product(
    x: Any,
    y: Any,
    *,
    filter_ir_out: Any = None,
    irrep_normalization: str | None = "component",
    regroup_output: bool = True,
) -> Any:
    """Multiplies every irrep of `x` by every irrep of `y` and reduces each product into irreps.

    Law:    tensor_product(D1(g) x, D2(g) y) = D3(g) tensor_product(x, y) for all g in O(3); linear in x and in y.
    Shape:  [..., irreps1], [..., irreps2] -> [..., irreps3]; leading axes broadcast. Irreps alone give irreps3 alone.
    Scale:  component: independent inputs of unit variance give outputs of unit variance; norm: independent inputs of
            unit expected squared norm give such outputs; none: the unit-norm Clebsch-Gordan coefficients.
    Order:  sorted by irrep; equal irreps keep the order (segment of x, segment of y, u, v). Unless `regroup_output` is
            False, the operands are regrouped first and equal irreps of the output merged.
    Raises: IrrepsError if `irrep_normalization` is unknown, or if only one operand has an array.
    Source: Varshalovich, Moskalev, Khersonskii (1988), ch. 8; the real basis of eqlib.o3.basis.
    Example:
        >>> tensor_product("2x1e + 2e", "2e")
        1x0e+3x1e+3x2e+3x3e+1x4e
    """
    x, y = as_inexact(x, y)
    if regroup_output:
        x, y = x.regroup(), y.regroup()
    irreps, plan = plan_tensor_product(
        x.irreps, y.irreps, irrep_filter(filter_ir_out), known_normalization(irrep_normalization)
    )
    z = IrrepsArray(irreps, contract(plan, x.array, y.array))
    return z.regroup() if regroup_output else z


@functools.cache
def plan_tensor_product(
    irreps1: Irreps, irreps2: Irreps, kept: tuple[Irrep, ...] | None = None, irrep_normalization: str = "component"
) -> tuple[Irreps, Plan]:
    """One path per (i1, i2, ir3) that the selection rule allows, in the order of the output."""
    products = [
        (ir3, i1, i2)
        for i1, (_, ir1) in enumerate(irreps1)
        for i2, (_, ir2) in enumerate(irreps2)
        for ir3 in ir1 * ir2
        if kept is None or ir3 in kept
    ]
    paths, out, irreps3 = [], [], []
    for i3, (ir3, i1, i2) in enumerate(sorted(products)):
        (mul1, ir1), (mul2, ir2) = irreps1[i1], irreps2[i2]
        block = exact_clebsch_gordan(ir1.l, ir2.l, ir3.l)  # [i, j, k]
        scale = product_scale(ir1, ir2, ir3, irrep_normalization)
        paths.append(Path((i1, i2, i3), ("u", "v", "uv"), block, scale))
        out.append(Segment((mul1, mul2), ir3.dim))
        irreps3.append((mul1 * mul2, ir3))
    return Irreps(irreps3), Plan((segments(irreps1), segments(irreps2), tuple(out)), (0, 1), tuple(paths))
