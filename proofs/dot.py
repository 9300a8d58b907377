"""Theorem about `dot`: the plan is exactly the sum of products of components, and invariant."""

from eqlib.o3 import Irrep, Irreps
from eqlib.ops.dot import plan_dot
from proofs.certificate import theorem
from proofs.plans import CONNECTED, require_entries, require_equivariant


@theorem(
    statement="dot is sum_i x_i y_i with every coefficient exactly 1, and invariant under O(3), per copy and in total",
    method="comparison of exact entries; integer tensors annihilated by the generators",
    covers=("dot",),
    counts="paths",
    assumes=CONNECTED,
)
def dot_is_the_invariant_product(lmax: int) -> int:
    count = 0
    for ir in Irrep.iterator(lmax):
        irreps = Irreps([(2, ir), (1, "1o"), (1, ir)])
        for per_irrep in (False, True):
            invariants, plan = plan_dot(irreps, per_irrep)
            count += require_equivariant(plan, irreps, irreps, invariants)
            for path in plan.paths:
                dim = irreps[path.segments[0]].ir.dim
                require_entries(path, {(i, i, 0): 1 for i in range(dim)}, f"dot of {irreps}")
    return count
