"""Theorems about `tensor_square`: symmetric intertwiners, each unordered pair once, exact second moments."""

from fractions import Fraction

from eqlib.o3 import Irrep, Irreps, Surd
from eqlib.ops.tensor_square import plan_tensor_square, tensor_square
from eqlib.plan import Path
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, irreps_pairs, require_equivariant, squares

OPTIONS = [(name, normalized) for name in ("component", "norm") for normalized in (False, True)]


@theorem(
    statement="every path of tensor_square is an intertwiner of O(3), symmetric where a copy meets itself; the output "
    "has the dimension d(d+1)/2 of the symmetric square",
    method="integer tensors annihilated by generators written apart from the library; comparison of exact entries",
    covers=("tensor_square",),
    counts="paths",
    assumes=CONNECTED,
)
def tensor_square_is_equivariant(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        if ir2 < ir1:
            continue  # the plan is that of unordered pairs
        irreps = Irreps([(2, ir1), (1, ir2)])
        irreps3, plan = plan_tensor_square(irreps)
        count += require_equivariant(plan, irreps, irreps3)
        for path in plan.paths:
            if path.modes[0] == path.modes[1]:
                _require_symmetric(path, ir1)
    for ir in Irrep.iterator(lmax):
        irreps = Irreps([(2, ir), (1, ir)])
        kept, d = tensor_square(irreps, regroup_output=False), irreps.dim
        if kept.dim != d * (d + 1) // 2:
            raise ProofFailed(f"the symmetric square of {irreps} has the dimension {d * (d + 1) // 2}, not {kept.dim}")
    return count


@theorem(
    statement="component: every output has mean square 1 for independent normal inputs of mean square 1 and for inputs "
    "spread evenly on the sphere; norm: the squares sum to 1 for inputs of mean squared norm 1, likewise",
    method="Isserlis' formula and the fourth moments of the sphere, as exact sums",
    covers=("tensor_square",),
    counts="paths and normalisations",
    assumes="on the unit sphere of dimension d the mean of x_i x_j x_k x_l is the sum of three deltas over d(d+2)",
)
def tensor_square_is_normalised(lmax: int) -> int:
    count = 0
    for ir1, ir2 in irreps_pairs(lmax):
        if ir2 < ir1:
            continue
        irreps = Irreps([(1, ir1), (1, ir2)])
        for normalization, normalized in OPTIONS:
            irreps3, plan = plan_tensor_square(irreps, normalization, normalized)
            for path, (_, ir3) in zip(plan.paths, irreps3, strict=True):
                irs = irreps[path.segments[0]].ir, irreps[path.segments[1]].ir
                found = _mean_squares(path, irs, normalization, normalized)
                expected = 1 if normalization == "component" else Fraction(1, ir3.dim)
                if any(value != expected for value in found):
                    what = f"{irs[0]} x {irs[1]} -> {ir3}, {normalization}, normalized_input={normalized}"
                    raise ProofFailed(f"{what}: the mean squares are {found}, not {expected}")
                count += 1
    return count


def _mean_squares(path: Path, irs: tuple[Irrep, Irrep], normalization: str, normalized: bool) -> list[Fraction]:
    """The mean square of each component of the output."""
    d1, d2 = (ir.dim for ir in irs)
    unit = normalization == "norm" or normalized  # copies of mean squared norm 1, else of mean square 1
    if path.segments[0] != path.segments[1]:
        return [value * (Fraction(1, d1 * d2) if unit else 1) for value in squares(path)]
    fourth = Fraction(1, d1 * (d1 + 2)) if normalized else Fraction(1, d1 * d1) if unit else Fraction(1)
    traces = [Surd.of(0)] * path.coefficients.shape[-1]
    for (i, j, k), value in path.coefficients.entries:
        if i == j:
            traces[k] = traces[k] + value * path.scale
    return [fourth * (trace.square + 2 * value) for trace, value in zip(traces, squares(path), strict=True)]


def _require_symmetric(path: Path, ir: Irrep) -> None:
    entries = dict(path.coefficients.entries)
    if any(entries.get((j, i, k)) != value for (i, j, k), value in entries.items()):
        raise ProofFailed(f"{ir} x {ir}: the block {path.coefficients.label} of a copy with itself is not symmetric")
