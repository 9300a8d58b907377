"""Theorems about `harmonics`: harmonic, homogeneous, equivariant, orthonormal; the addition theorem; the signs."""

import functools
import math
from collections import defaultdict
from fractions import Fraction

import numpy as np

from eqlib.o3 import Surd, exact_clebsch_gordan, exact_harmonics, harmonics
from proofs.certificate import ProofFailed, theorem
from proofs.rounding import require_correctly_rounded
from proofs.scaled import Index, twice_generators, weight, weight_square

Polynomial = dict[Index, Fraction]


@functools.cache
def scaled_harmonics(l: int) -> dict[int, dict[Index, int]]:
    """Returns 2^l H_lm by m, the library's harmonics divided by their weights, as integer polynomials."""
    polynomials: dict[int, dict[Index, int]] = {m: {} for m in range(-l, l + 1)}
    for (a, b, c, k), value in exact_harmonics(l).entries:
        coefficient = (value / weight(l, k - l) * 2**l).rational()
        if coefficient is None or coefficient.denominator != 1:
            raise ProofFailed(f"l = {l}, m = {k - l}: {value} x^{a} y^{b} z^{c} is no integer in the scaled basis")
        polynomials[k - l][a, b, c] = int(coefficient)
    return polynomials


@theorem(
    statement="every component is a homogeneous polynomial of degree l with zero Laplacian",
    method="integer polynomials",
    covers=("harmonics", "spherical_harmonics"),
    counts="polynomials",
)
def harmonics_are_harmonic(lmax: int) -> int:
    for l in range(lmax + 1):
        for m, polynomial in scaled_harmonics(l).items():
            if not polynomial or any(sum(exponents) != l for exponents in polynomial):
                raise ProofFailed(f"Y_{l},{m} is zero or not homogeneous of degree {l}: {polynomial}")
            laplacian: dict[Index, int] = defaultdict(int)
            for exponents, value in polynomial.items():
                for axis, power in enumerate(exponents):
                    if power > 1:
                        laplacian[_shift(exponents, axis, -2)] += power * (power - 1) * value
            if any(laplacian.values()):
                raise ProofFailed(f"the Laplacian of Y_{l},{m} is not zero: {dict(laplacian)}")
    return (lmax + 1) ** 2


@theorem(
    statement="d/dt Y(R_a(t) v) = X_a Y(v) at t = 0 for the rotations about a = x, y, z",
    method="integer polynomials; generators written apart from the library",
    covers=("harmonics", "spherical_harmonics"),
    counts="identities",
    assumes="SO(3) is connected: what its Lie algebra respects, the group respects",
)
def harmonics_are_equivariant(lmax: int) -> int:
    for l in range(lmax + 1):
        polynomials = scaled_harmonics(l)
        for a, rows in enumerate(twice_generators(l)):
            for m, row in rows.items():
                difference: dict[Index, int] = defaultdict(int)
                for exponents, value in polynomials[m].items():
                    for turned, factor in _rotate(exponents, a):
                        difference[turned] += 2 * factor * value
                for n, factor in row.items():
                    for exponents, value in polynomials[n].items():
                        difference[exponents] -= factor * value
                if any(difference.values()):
                    raise ProofFailed(f"l = {l}, m = {m}: the rotation about {'xyz'[a]} does not act as X_{'xyz'[a]}")
    return 3 * (lmax + 1) ** 2


@theorem(
    statement="the mean of Y_m Y_n over the unit sphere is delta_mn/(2l+1)",
    method="exact moments of the sphere",
    covers=("harmonics", "spherical_harmonics"),
    counts="integrals",
    assumes="the mean of x^2a y^2b z^2c over the sphere is (2a-1)!!(2b-1)!!(2c-1)!!/(2a+2b+2c+1)!!",
)
def harmonics_are_orthonormal(lmax: int) -> int:
    count = 0
    for l in range(lmax + 1):
        polynomials = scaled_harmonics(l)
        for m in range(-l, l + 1):
            for n in range(-l, m + 1):
                mean = Fraction(_moment_of_product(polynomials[m], polynomials[n]), 4**l * _double_factorial(2 * l + 1))
                if mean * weight_square(l, m) != (Fraction(1, 2 * l + 1) if m == n else 0):
                    raise ProofFailed(f"l = {l}: the mean of Y_{m} Y_{n} is not delta/(2l+1)")
                count += 1
    return count


@theorem(
    statement="sum_m Y_m(u) Y_m(v) = |u|^l |v|^l P_l(cos of the angle between u and v); so sum_m Y_m(v)^2 = |v|^(2l)",
    method="polynomials in six variables with rational coefficients",
    covers=("harmonics", "spherical_harmonics"),
    counts="coefficients",
)
def harmonics_satisfy_the_addition_theorem(lmax: int) -> int:
    count = 0
    for l in range(lmax + 1):
        difference = _legendre_in_six_variables(l)
        for m, polynomial in scaled_harmonics(l).items():
            square = weight_square(l, m) / 4**l
            for e1, value1 in polynomial.items():
                for e2, value2 in polynomial.items():
                    difference[e1 + e2] = difference.get(e1 + e2, Fraction(0)) - square * value1 * value2
        for exponents, value in difference.items():
            if value:
                raise ProofFailed(f"l = {l}: the coefficient of u^{exponents[:3]} v^{exponents[3:]} is off by {-value}")
        count += len(difference)
    return count


@theorem(
    statement="Y_1(v) = v; Y_l = c sum C(1, l-1, l)[i, j, k] v_i Y_(l-1),j on harmonic polynomials, with c > 0; "
    "Y_l is (0..1..0) at the y axis; the first term of component m, by powers of y and then of z, is positive",
    method="comparison of exact coefficients",
    covers=("harmonics", "spherical_harmonics"),
    counts="components",
)
def harmonics_follow_the_sign_convention(lmax: int) -> int:
    for l in range(lmax + 1):
        for m, polynomial in scaled_harmonics(l).items():
            at_y_axis = sum(value for (a, b, c), value in polynomial.items() if a == c == 0)
            if at_y_axis != (2**l if m == 0 else 0):
                raise ProofFailed(f"Y_{l},{m} at the y axis is not {int(m == 0)}")
            leading = max(polynomial, key=lambda exponents: (exponents[1], exponents[2]))
            if polynomial[leading] <= 0:
                raise ProofFailed(f"Y_{l},{m} has the leading term {polynomial[leading]} at {leading}")
        if l > 0:
            _require_product_with_vector(l)
    if [scaled_harmonics(1)[m] for m in (-1, 0, 1)] != [{(1, 0, 0): 2}, {(0, 1, 0): 2}, {(0, 0, 1): 2}]:
        raise ProofFailed("Y_1 is not (x, y, z)")
    return (lmax + 1) ** 2


@theorem(
    statement="every coefficient of harmonics(l), unscaled and times sqrt(2l+1), is the correctly rounded exact value",
    method="squares of midpoints between neighbouring floats, as integers; float64 and float32",
    covers=("harmonics", "spherical_harmonics"),
    counts="entries",
)
def harmonics_are_correctly_rounded(lmax: int) -> int:
    return sum(
        require_correctly_rounded(harmonics(l, dtype, scale), exact_harmonics(l), scale)
        for l in range(lmax + 1)
        for dtype in (np.float64, np.float32)
        for scale in (1, Surd.sqrt(2 * l + 1))
    )


def _shift(exponents: Index, axis: int, by: int) -> Index:
    return (*exponents[:axis], exponents[axis] + by, *exponents[axis + 1 :])


def _rotate(exponents: Index, a: int) -> list[tuple[Index, int]]:
    """Returns the derivative of a monomial along e_a x v: b -> -c, c -> b for cyclic (a, b, c)."""
    b, c = (a + 1) % 3, (a + 2) % 3
    terms: list[tuple[Index, int]] = []
    if exponents[b]:
        terms.append((_shift(_shift(exponents, b, -1), c, 1), -exponents[b]))
    if exponents[c]:
        terms.append((_shift(_shift(exponents, c, -1), b, 1), exponents[c]))
    return terms


def _double_factorial(n: int) -> int:
    return math.prod(range(n, 0, -2))


def _moment_of_product(left: dict[Index, int], right: dict[Index, int]) -> int:
    """Returns (2l+1)!! times the mean of a product of two polynomials of degree l over the unit sphere."""
    total = 0
    for (a, b, c), value1 in left.items():
        for (d, e, f), value2 in right.items():
            if not ((a + d) & 1 or (b + e) & 1 or (c + f) & 1):
                moment = _double_factorial(a + d - 1) * _double_factorial(b + e - 1) * _double_factorial(c + f - 1)
                total += value1 * value2 * moment
    return total


def _legendre_in_six_variables(l: int) -> Polynomial:
    """Returns |u|^l |v|^l P_l(u.v/(|u||v|)) = 2^-l sum_k (-1)^k C(l,k) C(2l-2k,l) (u.v)^(l-2k) (|u|^2 |v|^2)^k."""
    result: Polynomial = defaultdict(Fraction)
    for k in range(l // 2 + 1):
        factor = Fraction((-1) ** k * math.comb(l, k) * math.comb(2 * l - 2 * k, l), 2**l)
        square = {tuple(2 * power for power in powers): value for powers, value in _trinomial(k).items()}
        for e, value in _trinomial(l - 2 * k).items():
            for p, value1 in square.items():
                for q, value2 in square.items():
                    u, v = (tuple(map(sum, zip(e, s, strict=True))) for s in (p, q))
                    result[u + v] += factor * value * value1 * value2
    return result


def _trinomial(n: int) -> dict[Index, int]:
    """Returns the coefficients of (a + b + c)^n."""
    return {(i, j, n - i - j): math.comb(n, i) * math.comb(n - i, j) for i in range(n + 1) for j in range(n - i + 1)}


def _require_product_with_vector(l: int) -> None:
    """Proves that sum C(1, l-1, l)[i, j, k] v_i Y_(l-1),j is one positive multiple of Y_lk for all k."""
    previous, current = scaled_harmonics(l - 1), scaled_harmonics(l)
    products: dict[int, Polynomial] = {m: defaultdict(Fraction) for m in current}
    pivot = dict(exact_clebsch_gordan(1, l - 1, l).entries)[1, l - 1, l]
    for (i, j, k), value in exact_clebsch_gordan(1, l - 1, l).entries:
        ratio = (value / pivot * weight(l - 1, j - l + 1) / weight(l, k - l)).rational()
        if ratio is None:
            raise ProofFailed(f"CG(1,{l - 1},{l})[{i},{j},{k}] = {value} is irrational in the scaled basis")
        for exponents, coefficient in previous[j - l + 1].items():
            products[k - l][_shift(exponents, i, 1)] += 2 * ratio * coefficient
    factor = _ratio_of_leading(products[0], current[0])
    if factor <= 0 or pivot.sign <= 0:
        raise ProofFailed(f"CG(1,{l - 1},{l}) has the wrong sign: {pivot}")
    for m, product in products.items():
        if {e: v for e, v in product.items() if v} != {e: factor * v for e, v in current[m].items()}:
            raise ProofFailed(f"CG(1,{l - 1},{l}) times (v, Y_{l - 1}) is not proportional to Y_{l} at m = {m}")


def _ratio_of_leading(left: Polynomial, right: dict[Index, int]) -> Fraction:
    leading = max(right)
    return Fraction(left[leading]) / right[leading]
