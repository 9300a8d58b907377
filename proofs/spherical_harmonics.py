"""Theorems about `spherical_harmonics`: the plans of its recurrence and gradient are identities of polynomials."""

from collections import defaultdict
from fractions import Fraction

from eqlib.lowering.harmonics import plan_harmonics_gradient, plan_harmonics_step
from eqlib.o3 import Irrep, Irreps, Surd
from eqlib.plan import Path
from proofs.certificate import ProofFailed, theorem
from proofs.harmonics import scaled_harmonics
from proofs.plans import CONNECTED, require_equivariant
from proofs.scaled import Index, weight

NORMALIZATIONS = ("norm", "component", "integral")


@theorem(
    statement="the derivative of Y_l along v is g_l sum C(1, l-1, l)[i, j, k] v_i Y_(l-1),j, coefficient by "
    "coefficient, in each normalisation; its plan is equivariant for vectors of both parities",
    method="partial derivatives of exact polynomials compared with the exact coefficients of the plan",
    covers=("spherical_harmonics",),
    counts="partial derivatives and normalisations",
    assumes=CONNECTED,
)
def harmonics_gradient_is_a_plan(lmax: int) -> int:
    count = 0
    for normalization in NORMALIZATIONS:
        plan = plan_harmonics_gradient(lmax, normalization)
        if [path.segments for path in plan.paths] != [(0, l - 1, l) for l in range(1, lmax + 1)]:
            raise ProofFailed(f"the gradient to degree {lmax} has other paths than one from each degree to the next")
        for p in (1, -1):
            require_equivariant(plan, Irreps([(1, (1, p))]), _degrees(lmax - 1, p), _degrees(lmax, p))
        for l, path in enumerate(plan.paths, start=1):
            _require_gradient(l, path, normalization)
            count += 3 * (2 * l + 1)
    return count


@theorem(
    statement="Y_l(x) = g_l/l sum C(1, l-1, l)[i, j, k] x_i Y_(l-1),j(x), coefficient by coefficient, in each "
    "normalisation",
    method="products of exact polynomials compared with the exact harmonics",
    covers=("spherical_harmonics",),
    counts="components and normalisations",
    assumes=CONNECTED,
)
def harmonics_recurrence_is_a_plan(lmax: int) -> int:
    count = 0
    for normalization in NORMALIZATIONS:
        for l in range(1, lmax + 1):
            plan = plan_harmonics_step(l, normalization)
            for p in (1, -1):
                lower, upper = Irreps([(1, (l - 1, p ** (l - 1)))]), Irreps([(1, (l, p**l))])
                require_equivariant(plan, Irreps([(1, (1, p))]), lower, upper)
            (path,) = plan.paths
            products: dict[int, dict[Index, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
            for (i, j, k), factor in _rational(l, path, normalization).items():
                for exponents, value in scaled_harmonics(l - 1)[j - l + 1].items():
                    raised = (*exponents[:i], exponents[i] + 1, *exponents[i + 1 :])
                    products[k - l][raised] += factor * value
            for m, polynomial in scaled_harmonics(l).items():
                if {e: v for e, v in products[m].items() if v} != polynomial:
                    raise ProofFailed(f"{normalization}: the recurrence does not give Y_{l},{m}")
                count += 1
    return count


def _require_gradient(l: int, path: Path, normalization: str) -> None:
    coefficients = _rational(l, path, normalization)
    for m, polynomial in scaled_harmonics(l).items():
        for axis in range(3):
            difference: dict[Index, Fraction] = defaultdict(Fraction)
            for exponents, value in polynomial.items():
                if exponents[axis]:
                    lowered = (*exponents[:axis], exponents[axis] - 1, *exponents[axis + 1 :])
                    difference[lowered] += exponents[axis] * value
            for n, lower in scaled_harmonics(l - 1).items():
                factor = coefficients.get((axis, n + l - 1, m + l), Fraction(0))
                for exponents, value in lower.items():
                    difference[exponents] -= factor * value
            if any(difference.values()):
                raise ProofFailed(f"{normalization}: the derivative of Y_{l},{m} along {'xyz'[axis]} is another one")


def _rational(l: int, path: Path, normalization: str) -> dict[Index, Fraction]:
    """The coefficients between the integer polynomials 2^l Y_lm / n_m; those of `integral` are those of `component`."""
    size = Surd.of(1) if normalization == "norm" else Surd.sqrt(Fraction(2 * l - 1, 2 * l + 1))
    found: dict[Index, Fraction] = {}
    for (i, j, k), value in path.coefficients.entries:
        factor = (2 * size * path.scale * value * weight(l - 1, j - l + 1) / weight(l, k - l)).rational()
        if factor is None:
            raise ProofFailed(f"{normalization}, l = {l}: the coefficient at {(i, j, k)} is irrational when scaled")
        found[i, j, k] = factor
    return found


def _degrees(lmax: int, p: int) -> Irreps:
    return Irreps([(1, Irrep(l, p**l)) for l in range(lmax + 1)])
