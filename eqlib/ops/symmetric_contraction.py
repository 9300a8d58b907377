"""Polynomials of every channel's irreps, with learned weights: the many-body features of MACE."""

import functools
import math
from typing import Any

import jax.numpy as jnp

from eqlib.array_types import Array, Inexact
from eqlib.arrays.create import as_irreps_array
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.lowering import contract
from eqlib.o3 import Irrep, Irreps, Surd, SurdTensor, quoted
from eqlib.o3.symmetric_paths import SymmetricPath, as_power, counted, polynomials, wanted
from eqlib.ops._operands import require_in_range
from eqlib.plan import Path, Plan, Segment, segments


def symmetric_contraction(x: Any, weights: Any, irreps_out: Any, *, degree: Any = 3, index: Any = None) -> IrrepsArray:
    """Forms every equivariant polynomial of the irreps of a channel, up to a degree, and sums them with weights.

    Channels do not mix: the copies u of all irreps of `x` are one channel, and there are as many channels as copies.
    With an `index`, such as the species of an atom, each sample has the weights of its own row.

    Law:    symmetric_contraction(D(g) x, w) = D'(g) symmetric_contraction(x, w) for all g in O(3); linear in w; what a
            path adds is homogeneous in x, of the degree of the path.
    Shape:  x [..., mul x (ir1 + ir2 + ...)], weights [..., paths, mul] -> [..., mul x irreps_out]; leading axes
            broadcast. With `index` [...]: weights [rows, paths, mul]. The paths are those of
            `symmetric_contraction_paths`, in their order.
    Scale:  component: of independent factors of unit variance, every path makes unit variance.
    Order:  as `irreps_out` names the irreps, each once; whatever multiplicities it has, the output has that of x.
    Raises: IrrepsError if the irreps of x have not all one multiplicity, or if an irrep of `irreps_out` is reached by
            no path; LayoutError if the weights have not that shape, or an index that is known is no row: under jit such
            a sample is NaN; ValueError if `degree` is not at least 1.
    Source: Batatia et al. (2022), arXiv:2206.07697, eq. 10.
    Example: a vector has three paths: its square to 0e, and itself and its cube to 1o
        >>> x = IrrepsArray("1o", jnp.array([1.0, 2.0, 2.0]))
        >>> symmetric_contraction(x, jnp.array([[1.0], [10.0], [0.0]]), "0e + 1o")
        1x0e+1x1o [ 5.196152 10.       20.       20.      ]
    """
    x = as_irreps_array(x).regroup()
    irreps, paths, plan = plan_symmetric_contraction(x.irreps, wanted(irreps_out), as_power(degree))
    w = _weights(weights, index, len(paths), irreps[0].mul)
    w = w.reshape(*w.shape[:-2], len(paths) * irreps[0].mul)
    ones = jnp.ones((*x.shape[:-1], irreps[0].mul), x.dtype)
    return IrrepsArray(irreps, contract(plan, w, jnp.concatenate([ones, x.array], axis=-1)))


@functools.cache
def plan_symmetric_contraction(
    irreps: Irreps, wanted: tuple[Irrep, ...], degree: int
) -> tuple[Irreps, tuple[SymmetricPath, ...], Plan]:
    """A plan that is linear in the weights of all paths, and of one degree in the irreps of a channel after a 1.

    A polynomial of a lower degree has the 1 for the factors that it lacks: so all are one plan.
    """
    mul = _multiplicity(irreps)
    found = polynomials(irreps, wanted, degree)
    segment_of = {ir: s for s, (_, ir) in enumerate(irreps, 1)}
    out = Irreps([(mul, ir) for ir in wanted])
    operands = tuple(Segment((mul,), 1) for _ in found), (Segment((mul,), 1), *segments(irreps)), segments(out)
    paths: list[Path] = []
    for n, (path, tensor) in enumerate(found):
        ones = (0,) * (degree - path.degree)
        entries = {(0, *ones, *index): value for index, value in tensor.entries}
        with_ones = SurdTensor.of((1, *(1 for _ in ones), *tensor.shape), entries, tensor.label)
        reads = (n, *ones, *(segment_of[ir] for ir in path.factors), wanted.index(path.ir_out))
        # In so many orders the factors stand in the tensor that is symmetric in all of them: its squares sum to dim.
        orders = math.factorial(path.degree) // math.prod(math.factorial(n) for _, n in counted(path.factors))
        scale = Surd.sqrt(orders * path.ir_out.dim)
        paths.append(Path(reads, ("u",) * len(reads), with_ones, scale))
    return out, tuple(path for path, _ in found), Plan(operands, (0, *(1,) * degree), tuple(paths))


def _multiplicity(irreps: Irreps) -> int:
    """The number of channels."""
    muls = {mul for mul, _ in irreps}
    if len(muls) != 1:
        most = Irreps([(max(muls, default=1), ir) for _, ir in irreps])
        raise IrrepsError(
            f"symmetric_contraction: the irreps of {irreps} have not one multiplicity, and so are no channels.\n"
            f"  Bring them to one by a linear map, such as eqlib.flax.Linear({quoted(most)})."
        )
    return muls.pop()


def _weights(weights: Any, index: Any, paths: int, mul: int) -> Inexact[Array, "... paths mul"]:
    """The weights of each sample."""
    w = jnp.asarray(weights)
    w = w if jnp.issubdtype(w.dtype, jnp.inexact) else w.astype(float)
    if w.shape[-2:] != (paths, mul) or (index is not None and w.ndim != 3):
        rows = "rows, " if index is not None else "..., "
        raise LayoutError(
            f"symmetric_contraction: weights has shape {w.shape}, and must be [{rows}{paths}, {mul}]: {paths} paths, "
            f"{mul} channels.\n  Write weights of the shape "
            "(len(symmetric_contraction_paths(x.irreps, irreps_out, degree=degree)), mul)."
        )
    if index is None:
        return w
    index = jnp.asarray(index)
    if not jnp.issubdtype(index.dtype, jnp.integer):
        raise LayoutError(
            f"symmetric_contraction: the index holds {index.dtype}, and must hold integers, the rows of the weights.\n"
            "  Write index.astype(int)."
        )
    advice = "Number the species of the data from 0, and give weights a row for each."
    require_in_range("symmetric_contraction: the index", index, 0, len(w), advice)
    return w.at[jnp.where(index < 0, len(w), index)].get(mode="fill", fill_value=jnp.nan)
