"""Theorems about `linear`: it commutes with O(3) for all weights, leaves out no map, and keeps the variance."""

from fractions import Fraction

from eqlib.o3 import Irrep, Irreps
from eqlib.ops.linear import plan_linear
from eqlib.plan import Path, Plan
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, require_equivariant


@theorem(
    statement="linear commutes with O(3) for all weights, biases and mixing coefficients; equal irreps are all "
    "connected and unequal ones are not, which by Schur's lemma is every linear map that commutes",
    method="every block is the identity times invariants, annihilated by the generators; paths counted",
    covers=("linear",),
    counts="paths",
    assumes=CONNECTED + "; Schur's lemma for real irreps of O(3), whose commutant is the real numbers",
)
def linear_is_equivariant_and_complete(lmax: int) -> int:
    count = 0
    for ir in Irrep.iterator(lmax):
        irreps1, irreps3 = Irreps([(2, ir), (3, "0e"), (1, ir)]), Irreps([(4, ir), (2, "0e"), (1, Irrep(ir.l, -ir.p))])
        for biases in (False, True):
            for weights_dim in (None, 3):
                _, plan = plan_linear(irreps1, irreps3, biases=biases, weights_dim=weights_dim)
                count += require_equivariant(plan, *_operands(plan, irreps1, irreps3, biases, weights_dim))
                _require_identities(plan, irreps3)
                _require_complete(plan, irreps1, irreps3, biases)
    return count


@theorem(
    statement="with unit weights variances n inputs of unit variance give outputs of unit variance; copies (element) "
    "or segments (path) have equal shares of it; with element gradients the factor is 1",
    method="exact sums of squares of the scales into each output",
    covers=("linear",),
    counts="outputs and normalisations",
)
def linear_is_normalised(lmax: int) -> int:
    count = 0
    for ir in Irrep.iterator(lmax):
        irreps1, irreps3 = Irreps([(2, ir), (5, ir)]), Irreps([(4, ir)])
        for shares in (0.0, 1.0):
            _, plan = plan_linear(irreps1, irreps3, path_normalization=shares)
            parts = [path.scale.square * irreps1[path.segments[1]].mul for path in plan.paths]
            wanted = [Fraction(1, 2)] * 2 if shares else [Fraction(2, 7), Fraction(5, 7)]
            if sum(parts) != 1 or parts != wanted:
                raise ProofFailed(f"{irreps1} -> {irreps3}, path_normalization {shares}: the variances are {parts}")
            _, plan = plan_linear(irreps1, irreps3, path_normalization=shares, gradient_normalization=0.0)
            if any(path.scale != 1 for path in plan.paths):
                raise ProofFailed(f"{irreps1} -> {irreps3}: the element gradients have another factor than 1")
            count += 2
    return count


def _operands(
    plan: Plan, irreps1: Irreps, irreps3: Irreps, biases: bool, weights_dim: int | None
) -> tuple[Irreps, ...]:
    """Weights, mixing coefficients and the constant of the biases are invariant."""
    weights = Irreps([(segment.size, "0e") for segment in plan.operands[0]])
    mixing = (Irreps([(weights_dim, "0e")]),) if weights_dim else ()
    return (weights, *mixing, Irreps("0e") + irreps1 if biases else irreps1, irreps3)


def _require_identities(plan: Plan, irreps3: Irreps) -> None:
    for path in plan.paths:
        block, dim = path.coefficients, irreps3[path.segments[-1]].ir.dim
        zeros = (0,) * (len(block.shape) - 2)
        if dict(block.entries) != {(*zeros, i, i): 1 for i in range(dim)}:
            raise ProofFailed(f"path {path.segments} to {irreps3} is not the identity: {block!r}")


def _require_complete(plan: Plan, irreps1: Irreps, irreps3: Irreps, biases: bool) -> None:
    def reads(path: Path) -> int:
        return path.segments[-2] - biases  # the constant 1 stands before x

    found = sorted((reads(path), path.segments[-1]) for path in plan.paths)
    wanted = [(i, o) for i, (_, x) in enumerate(irreps1) for o, (_, z) in enumerate(irreps3) if x == z]
    wanted += [(-1, o) for o, (_, z) in enumerate(irreps3) if biases and z.is_scalar()]
    if found != sorted(wanted):
        raise ProofFailed(f"linear from {irreps1} to {irreps3} connects {found}, not {sorted(wanted)}")
