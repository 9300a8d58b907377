"""Theorem about `norm`: its plan is the sum of squares, and invariant; so is the root."""

from eqlib.o3 import Irrep, Irreps
from eqlib.ops.norm import plan_norm
from eqlib.plan import derivative
from proofs.certificate import theorem
from proofs.plans import CONNECTED, require_entries, require_equivariant


@theorem(
    statement="the squared norm is sum_i x_i^2 with every coefficient exactly 1, invariant under O(3), and so is every "
    "function of it; its derivative along v is 2 x.v",
    method="comparison of exact entries; integer tensors annihilated by the generators",
    covers=("norm",),
    counts="paths",
    assumes=CONNECTED,
)
def norm_is_invariant(lmax: int) -> int:
    count = 0
    for ir in Irrep.iterator(lmax):
        irreps = Irreps([(2, ir), (1, "1e")])
        for per_irrep in (False, True):
            invariants, plan = plan_norm(irreps, per_irrep)
            slope = derivative(plan, 0)
            count += require_equivariant(plan, irreps, invariants)
            count += require_equivariant(slope, irreps, irreps, invariants)
            for times, paths in ((1, plan.paths), (2, slope.paths)):
                for path in paths:
                    dim = irreps[path.segments[0]].ir.dim
                    require_entries(path, {(i, i, 0): times for i in range(dim)}, f"norm of {irreps}")
    return count
