"""Theorems about `elementwise_tensor_product`: intertwiners, complete copy by copy, normalised."""

from eqlib.arrays.align import align
from eqlib.o3 import Irreps
from eqlib.ops.elementwise_tensor_product import plan_elementwise_tensor_product
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, irreps_pairs, require_distinct_outputs, require_equivariant, require_squares
from proofs.tensor_product import product_square


@theorem(
    statement="every path of elementwise_tensor_product is an intertwiner of O(3), normalised as asked; each copy of "
    "the output is written once, and the outputs of facing copies have the dimension of their product",
    method="integer tensors annihilated by generators written apart from the library; exact sums of squares",
    covers=("elementwise_tensor_product",),
    counts="paths and normalisations",
    assumes=CONNECTED,
)
def elementwise_tensor_product_is_equivariant(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        # The copies are cut differently: 2 + 1 on the left, 1 + 2 on the right.
        irreps1, irreps2 = Irreps([(2, ir1), (1, ir2)]), Irreps([(1, ir2), (2, ir1)])
        for normalization in ("component", "norm", "none"):
            count += _require_intertwiner(irreps1, irreps2, normalization)
    return count


def _require_intertwiner(irreps1: Irreps, irreps2: Irreps, normalization: str) -> int:
    irreps3, plan = plan_elementwise_tensor_product(irreps1, irreps2, None, normalization)
    aligned1, aligned2 = align(irreps1, irreps2)
    what = f"{irreps1} x {irreps2}, {normalization}"
    pairs = list(zip(aligned1, aligned2, strict=True))
    if irreps3.dim != sum(mul * ir1.dim * ir2.dim for (mul, ir1), (_, ir2) in pairs):
        raise ProofFailed(f"{what}: {irreps3} has not the dimension of the products of the copies")
    require_distinct_outputs(plan, what)
    for path, (_, ir3) in zip(plan.paths, irreps3, strict=True):
        (_, ir1), (_, ir2) = pairs[path.segments[0]]
        require_squares(path, product_square(ir1, ir2, ir3, normalization), what)
    return require_equivariant(plan, aligned1, aligned2, irreps3)
