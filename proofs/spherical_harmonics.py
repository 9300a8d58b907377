"""Theorems about `spherical_harmonics`: its straight-line programs and their derivatives, run on exact polynomials."""

from collections.abc import Sequence

from eqlib.o3 import Surd, exact_harmonics
from eqlib.plan.harmonics import harmonics_program
from eqlib.plan.tangents import derivative, transpose
from proofs.certificate import ProofFailed, theorem
from proofs.polynomials import Polynomial, Polynomials, partial, product, total, variables

NORMALIZATIONS = ("norm", "component")  # `integral` is `component`, divided by the root of 4 pi


@theorem(
    statement="the program of the solid harmonics gives Y_l(v), that of the harmonics of a direction |v|^-l Y_l(v), "
    "coefficient by coefficient, in each normalisation",
    method="the programs, run on polynomials in v and 1/|v|, and the exact harmonics",
    covers=("spherical_harmonics",),
    counts="components, normalisations and programs",
)
def harmonics_programs_are_exact(lmax: int) -> int:
    count = 0
    *v, inverse = variables(4)
    arithmetic = Polynomials(4, square=total([product(x, x) for x in v]), root=inverse)
    for normalization in NORMALIZATIONS:
        for of_direction in (False, True):
            program = harmonics_program(tuple(range(lmax + 1)), normalization, of_direction=of_direction)
            (found,) = program.run([v], arithmetic)
            wanted = [
                {(*exponents, l * of_direction): value for exponents, value in harmonic.items()}
                for l in range(lmax + 1)
                for harmonic in _harmonics(l, normalization)
            ]
            count += _require_same(found, wanted, f"{normalization}: component")
    return count


@theorem(
    statement="the derivative of the program of the solid harmonics along u is u.grad Y_l(v), and its transpose gives "
    "sum_k g_k grad Y_k(v), coefficient by coefficient, in each normalisation",
    method="the programs, run on polynomials in v and u or g, and partial derivatives of the exact harmonics",
    covers=("spherical_harmonics",),
    counts="components and normalisations",
)
def harmonics_derivatives_are_exact(lmax: int) -> int:
    count = 0
    for normalization in NORMALIZATIONS:
        harmonics = [y for l in range(lmax + 1) for y in _harmonics(l, normalization)]
        forward = derivative(harmonics_program(tuple(range(lmax + 1)), normalization), (0,))
        v, u = variables(6)[:3], variables(6)[3:]
        (found,) = forward.run([v, u], Polynomials(6))
        wanted = [total([product(u[i], _with(partial(y, i), (0, 0, 0))) for i in range(3)]) for y in harmonics]
        count += _require_same(found, wanted, f"{normalization}: the derivative of component")
        # The cotangent g_k is the monomial s t^k: a product of two of them would be of degree 2 in s.
        v = [_with(x, (0, 0)) for x in variables(3)]
        g: list[Polynomial] = [{(0, 0, 0, 1, k): Surd.of(1)} for k in range(len(harmonics))]
        (back,) = transpose(forward, (1,)).run([v, g], Polynomials(5))
        sums = [total([_with(partial(y, i), (1, k)) for k, y in enumerate(harmonics)]) for i in range(3)]
        count += _require_same(back, sums, f"{normalization}: the transposed derivative, component")
    return count


def _harmonics(l: int, normalization: str) -> list[Polynomial]:
    """The exact harmonics of degree l."""
    size = Surd.of(1) if normalization == "norm" else Surd.sqrt(2 * l + 1)
    found: list[dict[tuple[int, ...], Surd]] = [{} for _ in range(2 * l + 1)]
    for (*exponents, k), value in exact_harmonics(l).entries:
        found[k][tuple(exponents)] = size * value
    return list(found)


def _with(polynomial: Polynomial, exponents: tuple[int, ...]) -> Polynomial:
    """The polynomial times a monomial in more variables."""
    return {(*e, *exponents): value for e, value in polynomial.items()}


def _require_same(found: Sequence[Polynomial], wanted: Sequence[Polynomial], what: str) -> int:
    for n, (one, other) in enumerate(zip(found, wanted, strict=True)):
        if one != other:
            difference = total([one, Polynomials(0).scale(Surd.of(-1), other)])
            raise ProofFailed(f"{what} {n} is off by { ({e: str(value) for e, value in difference.items()}) }")
    return len(found)
