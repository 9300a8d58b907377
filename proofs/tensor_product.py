"""Theorems about `tensor_product`: every path of its plan is an intertwiner, the plan is complete and normalised."""

from fractions import Fraction

from eqlib.o3 import Irrep, Irreps
from eqlib.ops.tensor_product import plan_tensor_product
from eqlib.plan import derivative, transpose
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, irreps_pairs, require_distinct_outputs, require_equivariant, require_squares

MIXED = ("2x0e+1x1o+3x0o+1x2e+2x1e", "1x1o+2x0e+0x1e+1x2o")


def product_square(ir1: Irrep, ir2: Irrep, ir3: Irrep, normalization: str) -> Fraction:
    """The mean square of a component of the output times its sum over the inputs' components, as is promised.

    component: inputs of unit variance give unit variance. norm: components of variance 1/dim give such components.
    """
    return {
        "component": Fraction(1),
        "norm": Fraction(ir1.dim * ir2.dim, ir3.dim),
        "none": Fraction(1, ir3.dim),
    }[normalization]


@theorem(
    statement="every path of tensor_product is an intertwiner of O(3); the outputs of a pair have the dimension of the "
    "product and are each written once",
    method="integer tensors annihilated by generators written apart from the library; parities multiplied",
    covers=("tensor_product",),
    counts="paths",
    assumes=CONNECTED,
)
def tensor_product_is_equivariant(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        irreps1, irreps2 = Irreps([(2, ir1)]), Irreps([(3, ir2)])
        count += _require_intertwiner(irreps1, irreps2)
    return count + _require_intertwiner(*map(Irreps, MIXED))


@theorem(
    statement="component: unit variance in gives unit variance out; norm: unit expected squared norm in gives such "
    "out; none: the blocks have unit norm",
    method="exact sums of squares of scale times coefficients, for each component of the output",
    covers=("tensor_product",),
    counts="paths and normalisations",
)
def tensor_product_is_normalised(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        for normalization in ("component", "norm", "none"):
            irreps3, plan = plan_tensor_product(Irreps([(1, ir1)]), Irreps([(1, ir2)]), None, normalization)
            for path, (_, ir3) in zip(plan.paths, irreps3, strict=True):
                what = f"{ir1} x {ir2} -> {ir3}, {normalization}"
                require_squares(path, product_square(ir1, ir2, ir3, normalization), what)
                count += 1
    return count


@theorem(
    statement="derivatives and transposes of an equivariant plan are equivariant; transposing twice gives the plan "
    "again",
    method="the exact checker on the transformed plans, to second order",
    covers=("tensor_product",),
    counts="paths",
    assumes=CONNECTED,
    cap=8,
)
def plan_algebra_keeps_equivariance(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        irreps1, irreps2 = Irreps([(2, ir1)]), Irreps([(3, ir2)])
        irreps3, plan = plan_tensor_product(irreps1, irreps2)
        count += require_equivariant(derivative(plan, 0), irreps2, irreps1, irreps3)
        count += require_equivariant(derivative(plan, 1), irreps1, irreps2, irreps3)
        count += require_equivariant(derivative(derivative(plan, 0), 0), irreps1, irreps2, irreps3)
        count += require_equivariant(transpose(plan, 0), irreps3, irreps2, irreps1)
        count += require_equivariant(transpose(plan, 1), irreps1, irreps3, irreps2)
        if any(transpose(transpose(plan, n), n) != plan for n in range(2)):
            raise ProofFailed(f"{ir1} x {ir2}: the transpose of the transpose is another plan")
    return count


def _require_intertwiner(irreps1: Irreps, irreps2: Irreps) -> int:
    irreps3, plan = plan_tensor_product(irreps1, irreps2)
    if irreps3.dim != irreps1.dim * irreps2.dim:
        raise ProofFailed(f"{irreps1} x {irreps2} has the dimension {irreps1.dim * irreps2.dim}, {irreps3} has not")
    require_distinct_outputs(plan, f"{irreps1} x {irreps2}")
    return require_equivariant(plan, irreps1, irreps2, irreps3)
