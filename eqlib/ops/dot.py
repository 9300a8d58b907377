"""Scalar product of two vectors of one representation."""

import functools
from typing import Any

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError
from eqlib.explain import difference, mismatch
from eqlib.keywords import also_named
from eqlib.lowering.on_numpy import contract_or_numpy
from eqlib.o3 import Irreps, Surd, exact_clebsch_gordan
from eqlib.ops._operands import as_inexact, takes_irreps
from eqlib.plan import Path, Plan, Segment, segments


@also_named(x="a", y="b")
@takes_irreps(2)
def dot(x: Any, y: Any, per_irrep: bool = False) -> Any:
    """The sum of conj(x_i) y_i over all components, or over those of each copy of an irrep.

    Law:    dot(D(g) x, D(g) y) = dot(x, y) for all g in O(3); linear in y and, but for the complex conjugate, in x;
            dot(y, x) = conj(dot(x, y)).
    Shape:  [..., irreps], [..., irreps] -> [..., 1], or one number per copy; leading axes broadcast. Irreps alone give
            the irreps of the result alone.
    Order:  that of the copies, in the segments of x.simplify().
    Raises: IrrepsError if x and y, simplified, have not the same irreps.
    Source: the Clebsch-Gordan block of l x l -> 0, which is the identity; see eqlib.o3.basis.
    Example:
        >>> import numpy as np
        >>> x = IrrepsArray("0e + 1e", np.array([1j, 1.0, 0.0, 0.0]))
        >>> y = IrrepsArray("0e + 1e", np.array([1.0, 2.0, 1.0, 1.0]))
        >>> dot(x, y)
        1x0e [2.-1.j]
        >>> dot(x, y, per_irrep=True)
        1x0e+1x0e [0.-1.j 2.+0.j]
    """
    x, y = (operand.simplify() for operand in as_inexact(x, y, keeps_numpy=True))
    if x.irreps != y.irreps:
        raise _no_dot(x.irreps, y.irreps)
    irreps, plan = plan_dot(x.irreps, per_irrep)
    return IrrepsArray(irreps, contract_or_numpy(plan, x.array.conj(), y.array))


@functools.cache
def plan_dot(irreps: Irreps, per_irrep: bool = False) -> tuple[Irreps, Plan]:
    """One path per segment: the unit-norm block of l x l -> 0 is the identity over the square root of its dimension."""
    paths = [
        Path(
            (i, i, i if per_irrep else 0),
            ("u", "u", "u" if per_irrep else ""),
            exact_clebsch_gordan(ir.l, ir.l, 0),  # [i, j, 1]
            Surd.sqrt(ir.dim),
        )
        for i, (_, ir) in enumerate(irreps)
    ]
    if not per_irrep:
        return Irreps("0e"), Plan((segments(irreps), segments(irreps), (Segment((), 1),)), (0, 1), tuple(paths))
    invariants = Irreps([(mul, "0e") for mul, _ in irreps])
    return invariants, Plan((segments(irreps), segments(irreps), segments(invariants)), (0, 1), tuple(paths))


def _no_dot(irreps1: Irreps, irreps2: Irreps) -> IrrepsError:
    what = f"cannot take the dot product of {irreps1} and {irreps2}"
    if irreps1.regroup() == irreps2.regroup():
        return mismatch(what, irreps1, irreps2, lambda x, y: f"dot({x}, {y})")
    return IrrepsError(
        f"{what}: {difference(irreps1, irreps2)}, and only equal irreps have an invariant product.\n"
        "  Write tensor_product(x, y, filter_ir_out='0e') for the invariants of all pairs of copies."
    )
