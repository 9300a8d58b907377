"""Theorems about `conv`: its plan is that of the tensor product with a weight per copy, summed at the receivers."""

import itertools
from fractions import Fraction

import numpy as np

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.graph import Graph
from eqlib.o3 import Irreps
from eqlib.ops.conv import conv, plan_conv
from eqlib.ops.tensor_product import plan_tensor_product
from eqlib.plan import indexed
from eqlib.plan.indexed import IndexedPlan
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, irreps_pairs, require_equivariant

NODES = 2
ENDS = tuple(itertools.product(range(-1, NODES + 1), repeat=2))  # the sender and receiver of an edge; some are no node


@theorem(
    statement="every path of conv is an intertwiner of O(3) with invariant weights, and so are those of its derivative "
    "and of the transpose of that: all that training on forces computes",
    method="integer tensors annihilated by generators written apart from the library; parities multiplied",
    covers=("conv",),
    counts="paths",
    assumes=CONNECTED,
    cap=6,
)
def conv_is_equivariant(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        irreps1, irreps2 = Irreps([(2, ir1)]), Irreps([(1, ir2)])
        irreps3, plan = plan_conv(irreps1, irreps2)
        weights = Irreps([(mul, "0e") for mul, _ in irreps3])
        moving = indexed.derivative(plan, (0, 1, 2))
        backward = indexed.transpose(moving, (3, 4, 5))
        of_inputs = (irreps1, irreps2, weights)
        count += _require_equivariant(plan, of_inputs, (irreps3,))
        count += _require_equivariant(moving, of_inputs * 2, (irreps3,))
        count += _require_equivariant(backward, (*of_inputs, irreps3), of_inputs)
    return count


@theorem(
    statement="with weights of 1 every path of conv is that of tensor_product, of the same segments, scale and "
    "coefficients",
    method="exact tensors, entry by entry",
    covers=("conv",),
    counts="paths",
)
def conv_is_the_tensor_product(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        irreps, product = plan_tensor_product(Irreps([(2, ir1)]), Irreps([(3, ir2)]))
        found, over_edges = plan_conv(Irreps([(2, ir1)]), Irreps([(3, ir2)]))
        (term,) = over_edges.terms
        if irreps != found or len(product.paths) != len(term.plan.paths):
            raise ProofFailed(f"{ir1} x {ir2}: conv gives {found}, tensor_product {irreps}")
        for one, other in zip(product.paths, term.plan.paths, strict=True):
            i1, i2, weight, i3 = other.segments
            entries = {(i, j, k): value for (i, j, _, k), value in other.coefficients.entries}
            same = (i1, i2, i3) == one.segments and weight == i3 and other.scale == one.scale
            if not same or entries != dict(one.coefficients.entries) or other.modes[2] != other.modes[3]:
                raise ProofFailed(f"{ir1} x {ir2}: path {one.segments} of tensor_product is {other.segments} of conv")
            count += 1
    return count


@theorem(
    statement="conv moves whole rows: what an edge sends reaches its receiver and no other node, and an edge with an "
    "end that is no node sends nothing; so it commutes with every representation that its product commutes with",
    method="the op on every pair of edges between two nodes, its values powers of two, compared as fractions",
    covers=("conv",),
    counts="graphs",
    assumes="the op is linear in each operand, which its specification tests",
)
def conv_moves_whole_rows(lmax: int) -> int:
    x, y = np.array([[1.0], [2.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 4.0, 0.0]])
    weights = np.array([[8.0], [64.0]])
    for edges in itertools.product(ENDS, repeat=2):
        graph = Graph(np.array([s for s, _ in edges]), np.array([r for _, r in edges]), NODES)
        z = np.asarray(conv(IrrepsArray("0e", x), IrrepsArray("1o", y), weights, graph).array)
        for n, k in np.ndindex(NODES, 3):
            is_edge = [0 <= s < NODES and r == n for s, r in edges]
            wanted = sum(Fraction(x[s, 0] * y[e, k] * weights[e, 0]) for e, (s, _) in enumerate(edges) if is_edge[e])
            if Fraction(float(z[n, k])) != wanted:
                raise ProofFailed(f"edges {edges}: component {k} at node {n} is {z[n, k]}, and must be {wanted}")
    return len(ENDS) ** 2


def _require_equivariant(plan: IndexedPlan, inputs: tuple[Irreps, ...], outputs: tuple[Irreps, ...]) -> int:
    """Every term is equivariant, given the irreps of the rows that it reads and writes."""
    for operands, irreps in ((plan.inputs, inputs), (plan.outputs, outputs)):
        if len(operands) != len(irreps):
            raise ProofFailed(f"the plan has {len(operands)} operands, and {len(irreps)} are named")
    count = 0
    for term in plan.terms:
        count += require_equivariant(term.plan, *(inputs[n] for n in term.reads), outputs[term.writes])
    return count
