"""Tensor product of a representation with itself, without what symmetry repeats or cancels."""

import functools
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Integer
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.keywords import also_named
from eqlib.lowering import contract
from eqlib.o3 import Irrep, Irreps, Surd, exact_clebsch_gordan
from eqlib.ops._normalization import known_normalization, product_scale
from eqlib.ops._operands import as_inexact, takes_irreps
from eqlib.plan import Path, Plan, Segment, segments


@also_named(x="input")
@takes_irreps(1)
def tensor_square(
    x: Any,
    *,
    irrep_normalization: str | None = "component",
    normalized_input: bool = False,
    regroup_output: bool = True,
) -> Any:
    """Multiplies every unordered pair of copies of irreps of `x` and reduces each product into irreps.

    Two different copies give every irrep of the selection rule; a copy with itself gives those of even degree, for
    the others are antisymmetric and vanish.

    Law:    tensor_square(D(g) x) = D'(g) tensor_square(x) for all g in O(3); homogeneous of degree 2.
    Shape:  [..., irreps] -> [..., irreps3]. Irreps alone give irreps3 alone.
    Scale:  component: outputs of mean square 1 in each component; norm: outputs of mean squared norm 1; none: the
            unit-norm Clebsch-Gordan coefficients. The mean is over independent normal inputs of that same
            normalisation, or, if `normalized_input`, over copies spread evenly on the sphere |x| = 1.
    Order:  sorted by irrep; equal irreps keep the order (segment i1, segment i2 >= i1), and in i1 = i2 first the pairs
            u < v, then each copy with itself. Unless `regroup_output` is False, the operand is regrouped first and
            equal irreps of the output merged.
    Raises: IrrepsError if `irrep_normalization` is unknown.
    Source: Varshalovich, Moskalev, Khersonskii (1988), ch. 8; C(l, l, l3) is symmetric exactly for even l3.
    Example:
        >>> tensor_square("0e + 2x1o")
        4x0e+2x1o+1x1e+3x2e
    """
    (x,) = as_inexact(x)
    if regroup_output:
        x = x.regroup()
    irreps, plan = plan_tensor_square(x.irreps, known_normalization(irrep_normalization), normalized_input)
    z = _each_pair_once(plan, IrrepsArray(irreps, contract(plan, x.array)))
    return z.regroup() if regroup_output else z


@functools.cache
def plan_tensor_square(
    irreps: Irreps, irrep_normalization: str = "component", normalized_input: bool = False
) -> tuple[Irreps, Plan]:
    """One path per (i1, i2 >= i1, ir3), quadratic in its one input, in the order of the output.

    The path of a segment with itself has every ordered pair (u, v) of its copies: contract knows no triangles.
    """
    products = []
    for i1, (mul1, ir1) in enumerate(irreps):
        for i2, (_, ir2) in enumerate(irreps[i1:], start=i1):
            for ir3 in ir1 * ir2:
                if i1 < i2 or mul1 > 1:
                    products.append((ir3, i1, i2, False))
                if i1 == i2 and ir3.l % 2 == 0:
                    products.append((ir3, i1, i2, True))
    paths, out, irreps3 = [], [], []
    for i3, (ir3, i1, i2, is_same) in enumerate(sorted(products)):
        (mul1, ir1), (mul2, ir2) = irreps[i1], irreps[i2]
        block = exact_clebsch_gordan(ir1.l, ir2.l, ir3.l)  # [i, j, k]
        scale = _scale(ir1, ir2, ir3, is_same, irrep_normalization, normalized_input)
        paths.append(Path((i1, i2, i3), ("u", "u", "u") if is_same else ("u", "v", "uv"), block, scale))
        out.append(Segment((mul1,) if is_same else (mul1, mul2), ir3.dim))
        irreps3.append((mul1 if is_same else mul1 * mul2, ir3))
    return Irreps(irreps3), Plan((segments(irreps), tuple(out)), (0, 0), tuple(paths))


def _scale(ir1: Irrep, ir2: Irrep, ir3: Irrep, is_same: bool, irrep_normalization: str, normalized_input: bool) -> Surd:
    """The scale of a product of independent copies, corrected for unit vectors and for a copy with itself.

    Let <x_i x_j x_k x_l> = f (δij δkl + δik δjl + δil δjk): f = <x²>² for normal components, and on the unit sphere
    f = 1 / (dim (dim + 2)) with <x²> = 1 / dim. The mean of sum_k (sum_ij C[i, j, k] x_i x_j)² is then f (dim + 2) if
    ir3 is a scalar, for there C is δ / √dim, and 2 f if not, for there C has no trace. Independent copies give <x²>².
    """
    scale = product_scale(ir1, ir2, ir3, irrep_normalization)
    if irrep_normalization == "none":
        return scale
    if normalized_input and irrep_normalization == "component":
        scale *= Surd.sqrt(ir1.dim * ir2.dim)
    if not is_same:
        return scale
    f = Fraction(ir1.dim, ir1.dim + 2) if normalized_input else 1  # in units of <x²>²
    return scale / Surd.sqrt(f * (ir1.dim + 2 if ir3.l == 0 else 2))


def _each_pair_once(plan: Plan, z: IrrepsArray) -> IrrepsArray:
    """Of the pairs (u, v) of a segment with itself, keeps those with u < v."""
    irreps, components = _unordered(plan, z.irreps)
    if len(components) == z.irreps.dim:
        return IrrepsArray(irreps, z.array)
    # Said to be sorted and unique, the indices make the transpose a scatter without atomics.
    keep = functools.partial(jnp.take, axis=-1, mode="clip", unique_indices=True, indices_are_sorted=True)
    return IrrepsArray(irreps, keep(z.array, components))


@functools.cache
def _unordered(plan: Plan, irreps: Irreps) -> tuple[Irreps, Integer[np.ndarray, " components"]]:
    """The irreps and the components that remain."""
    kept, components = [], [np.zeros(0, int)]
    for path, segment, (mul, ir), at in zip(plan.paths, plan.operands[-1], irreps, irreps.slices(), strict=True):
        copies = np.arange(mul)
        if path.segments[0] == path.segments[1] and len(segment.extents) == 2:
            copies = np.flatnonzero(np.triu(np.ones(segment.extents), k=1))
        kept.append((len(copies), ir))
        components.append((at.start + copies[:, None] * ir.dim + np.arange(ir.dim)).ravel())
    return Irreps(kept), np.concatenate(components)
