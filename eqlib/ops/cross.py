"""Cross product of vectors."""

import functools
from typing import Any

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError
from eqlib.keywords import also_named
from eqlib.lowering.on_numpy import contract_or_numpy
from eqlib.o3 import Irrep, Irreps, Surd, present
from eqlib.ops._copy_by_copy import plan_copy_by_copy
from eqlib.ops._operands import as_inexact, takes_irreps
from eqlib.plan import Plan


@also_named(x="a", y="b")
@takes_irreps(2)
def cross(x: Any, y: Any) -> Any:
    """The cross product of each vector of `x` with the vector of `y` at the same place.

    Law:    cross(D1(g) x, D2(g) y) = D3(g) cross(x, y) for all g in O(3); linear in x and in y;
            cross(y, x) = -cross(x, y). The parities multiply: of two polar vectors 1o it is an axial one, 1e.
    Shape:  [..., irreps1], [..., irreps2] -> [..., irreps3]; leading axes broadcast. Irreps alone give irreps3 alone.
    Scale:  |cross(x, y)| = |x| |y| sin(angle): the right-handed product of R^3.
    Order:  that of the vectors, cut where x or y is cut.
    Raises: IrrepsError if an irrep is not of degree 1, or if the numbers of vectors differ.
    Source: the Levi-Civita symbol, which is the Clebsch-Gordan block of 1 x 1 -> 1; see eqlib.o3.basis.
    Example:
        >>> import numpy as np
        >>> cross(IrrepsArray("1o", np.array([1.0, 0.0, 0.0])), IrrepsArray("1e", np.array([0.0, 1.0, 0.0])))
        1x1o [0. 0. 1.]
    """
    x, y = as_inexact(x, y, keeps_numpy=True)
    irreps, plan = plan_cross(x.irreps, y.irreps)
    return IrrepsArray(irreps, contract_or_numpy(plan, x.array, y.array))


@functools.cache
def plan_cross(irreps1: Irreps, irreps2: Irreps) -> tuple[Irreps, Plan]:
    """One path per pair of facing segments: the unit-norm block of 1 x 1 -> 1 is the Levi-Civita symbol over √6."""
    if any(ir.l != 1 for ir in present(irreps1 + irreps2)):
        raise IrrepsError(
            f"cannot take the cross product of {irreps1} and {irreps2}: only vectors, of degree l = 1, have one.\n"
            "  Write cross(x.filter(keep='1o + 1e'), y.filter(keep='1o + 1e')) for the vectors alone, or "
            "elementwise_tensor_product(x, y) for irreps of any degree."
        )
    return plan_copy_by_copy("take the cross product of", irreps1, irreps2, _products)


def _products(ir1: Irrep, ir2: Irrep) -> list[tuple[Irrep, Surd]]:
    """That of two vectors; of irreps of another degree there are no copies."""
    return [(Irrep(1, ir1.p * ir2.p), Surd.sqrt(6))] if ir1.l == ir2.l == 1 else []
