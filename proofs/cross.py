"""Theorem about `cross`: the plan is exactly the Levi-Civita symbol, with the parity of the product."""

from eqlib.o3 import Irrep, Irreps
from eqlib.ops.cross import plan_cross
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, require_entries, require_equivariant

EPSILON = {(i, j, k): (i - j) * (j - k) * (k - i) // 2 for i in range(3) for j in range(3) for k in range(3)}


@theorem(
    statement="cross(x, y)_k = sum_ij epsilon_ijk x_i y_j exactly, of the parity p1 p2, and equivariant under O(3)",
    method="comparison of exact entries; integer tensors annihilated by the generators",
    covers=("cross",),
    counts="paths",
    assumes=CONNECTED,
)
def cross_is_the_right_handed_product(lmax: int) -> int:
    count = 0
    for p1 in (1, -1):
        for p2 in (1, -1):
            irreps1, irreps2 = Irreps([(2, (1, p1))]), Irreps([(2, (1, p2))])
            irreps3, plan = plan_cross(irreps1, irreps2)
            if irreps3 != Irreps([(2, Irrep(1, p1 * p2))]):
                raise ProofFailed(f"cross of {irreps1} and {irreps2} has the irreps {irreps3}")
            count += require_equivariant(plan, irreps1, irreps2, irreps3)
            for path in plan.paths:
                require_entries(path, EPSILON, f"cross of {irreps1} and {irreps2}")
    return count
