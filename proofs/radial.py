"""Theorems about the radial functions: the identities that their texts claim, and that the code has these formulas."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import sympy

from eqlib.ops.radial import bessel, poly_envelope, soft_envelope, soft_one_hot_linspace, sus
from proofs.certificate import ProofFailed, theorem

X = sympy.Symbol("x", positive=True)
ORDERS = tuple(itertools.product(range(7), repeat=2))
POINTS = tuple(Fraction(k, 16) for k in range(1, 16))
Coefficients = list[Fraction]


@theorem(
    statement="poly_envelope is 1 at 0 and 0 at the cutoff, n0 derivatives vanish at 0 and n1 at the cutoff; it and "
    "its mirror image with n0, n1 exchanged sum to 1",
    method="polynomials with rational coefficients; the code's values at dyadic points compared as fractions",
    covers=("poly_envelope",),
    counts="pairs n0, n1",
)
def poly_envelope_is_flat_at_both_ends(lmax: int) -> int:
    for n0, n1 in ORDERS:
        f, mirrored = _envelope(n0, n1), _shifted(_envelope(n1, n0))  # mirrored(t) = f_(n1, n0)(1 - t)
        if f[0] != 1 or any(f[1 : n0 + 1]):
            raise ProofFailed(f"n0 = {n0}, n1 = {n1}: the series at 0 is {f[: n0 + 1]}")
        at_end = _shifted(f)
        if any(at_end[: n1 + 1]):
            raise ProofFailed(f"n0 = {n0}, n1 = {n1}: the series at the cutoff is {at_end[: n1 + 1]}")
        if [a + b for a, b in zip(f, mirrored, strict=True)] != [1] + [0] * (len(f) - 1):
            raise ProofFailed(f"n0 = {n0}, n1 = {n1}: f and its mirror image do not sum to 1")
        exact = {t: sum((c * t**k for k, c in enumerate(f)), Fraction(0)) for t in POINTS}
        _require_values(poly_envelope(n0, n1), exact, f"poly_envelope({n0}, {n1})")
    return len(ORDERS)


@theorem(
    statement="the integral of x^2 B_k B_m from 0 to x_max is delta_km",
    method="integrals by sympy, for k, m <= 4 and x_max = 1 and 5/2; the code's values at dyadic points within 2^-40",
    covers=("bessel",),
    counts="integrals",
)
def bessel_functions_are_orthonormal(lmax: int) -> int:
    count = 0
    for x_max in (sympy.Integer(1), sympy.Rational(5, 2)):
        B = [sympy.sqrt(2 / x_max) * sympy.sin(k * sympy.pi * X / x_max) / X for k in range(1, 5)]
        for k, m in itertools.combinations_with_replacement(range(4), 2):
            overlap = sympy.integrate(sympy.expand(X**2 * B[k] * B[m]), (X, 0, x_max))
            if sympy.simplify(overlap) != int(k == m):
                raise ProofFailed(f"x_max = {x_max}: the overlap of B_{k + 1} and B_{m + 1} is {overlap}")
            count += 1
        for k in range(4):
            exact = {t: _digits(B[k].subs(X, sympy.Rational(t.numerator, t.denominator))) for t in POINTS}
            _require_values(lambda x, k=k, c=float(x_max): bessel(x, 4, c)[..., k], exact, f"bessel {k + 1}")
    return count


@theorem(
    statement="all derivatives of sus at 0 and of soft_envelope at its cutoff tend to 0 from the side where they are "
    "not constant; soft_envelope has its value at the origin",
    method="limits by sympy, to order 4; the code's values at dyadic points within 2^-40",
    covers=("sus", "soft_envelope"),
    counts="derivatives",
)
def smooth_steps_are_flat_where_they_end(lmax: int) -> int:
    step = sympy.exp(-1 / X)
    for order in range(5):
        limit = sympy.limit(sympy.diff(step, X, order), X, 0, "+")
        if limit != 0:
            raise ProofFailed(f"the derivative of order {order} of exp(-1/x) tends to {limit} at 0")
    a, at_origin = sympy.Integer(2), sympy.Rational(6, 5)
    envelope = at_origin * step.subs(X, a * (1 - X)) / step.subs(X, a)
    if sympy.simplify(envelope.subs(X, 0) - at_origin) != 0:
        raise ProofFailed(f"soft_envelope is {envelope.subs(X, 0)} at the origin")
    values = {t: sympy.Rational(t.numerator, t.denominator) for t in POINTS}
    _require_values(sus, {t: _digits(step.subs(X, x)) for t, x in values.items()}, "sus")
    _require_values(soft_envelope, {t: _digits(envelope.subs(X, x)) for t, x in values.items()}, "soft_envelope")
    return 5


@theorem(
    statement="cosine: between the first and the last centre the squares sum to 1 exactly; fourier with vanishing "
    "ends: the functions are orthogonal with equal norms; no such identity holds for gaussian and smooth_finite, "
    "which have the stated formulas",
    method="identities by sympy; the code's values at dyadic points within 2^-40",
    covers=("soft_one_hot_linspace",),
    counts="identities",
)
def soft_one_hot_functions_have_their_identities(lmax: int) -> int:
    u = sympy.Symbol("u", real=True)  # the place between two neighbouring centres; the others are farther than 1
    if sympy.simplify(sympy.cos(sympy.pi * u / 2) ** 2 + sympy.cos(sympy.pi * (u - 1) / 2) ** 2) != 1:
        raise ProofFailed("the squares of two neighbouring cosines do not sum to 1")
    count = 1
    for k, m in itertools.combinations_with_replacement(range(1, 5), 2):
        overlap = sympy.integrate(sympy.sin(sympy.pi * k * u) * sympy.sin(sympy.pi * m * u), (u, 0, 1))
        if overlap != sympy.Rational(int(k == m), 2):
            raise ProofFailed(f"the overlap of the fourier functions {k} and {m} is {overlap}")
        count += 1
    for basis, formula in _bases(u):
        for centre in range(3):
            exact = {}
            for t in POINTS:  # three functions centred at 0, 1/2, 1: spacings of 1/2
                d = sympy.Rational(t.numerator, t.denominator) * 2 - centre
                exact[t] = _digits(formula.subs(u, d)) if basis == "gaussian" or abs(d) < 1 else Fraction(0)
            _require_values(
                lambda x, b=basis, n=centre: soft_one_hot_linspace(
                    x, start=0.0, end=1.0, number=3, basis=b, cutoff=False
                )[..., n],
                exact,
                f"soft_one_hot_linspace {basis} {centre}",
            )
            count += 1
    return count


def _bases(u: sympy.Symbol) -> tuple[tuple[str, sympy.Expr], ...]:
    return (
        ("cosine", sympy.cos(sympy.pi * u / 2)),
        ("gaussian", sympy.exp(-(u**2)) / sympy.Rational(112, 100)),
        ("smooth_finite", sympy.Rational(114136, 100000) * sympy.exp(2 - 2 / (1 - u**2))),
    )


def _envelope(n0: int, n1: int) -> Coefficients:
    """(1 - t)^(n1 + 1) sum_{k <= n0} binomial(n1 + k, k) t^k by powers of t."""
    f = [Fraction(0)] * (n0 + n1 + 2)
    for k in range(n0 + 1):
        for j in range(n1 + 2):
            f[k + j] += Fraction(math.comb(n1 + k, k) * math.comb(n1 + 1, j) * (-1) ** j)
    return f


def _shifted(f: Coefficients) -> Coefficients:
    """The powers of s = 1 - t in f(t)."""
    g = [Fraction(0)] * len(f)
    for k, c in enumerate(f):
        for j in range(k + 1):
            g[j] += c * math.comb(k, j) * (-1) ** j
    return g


def _digits(expression: sympy.Expr) -> Fraction:
    """The value to 30 digits."""
    return Fraction(str(sympy.N(expression, 30)))


def _require_values(function: Callable[[Any], Any], exact: dict[Fraction, Fraction], what: str) -> None:
    """The code's numbers in float64, read as the fractions that they are, are within 2^-40 of the exact values."""
    with jax.enable_x64(True):
        values = function(jnp.asarray([float(t) for t in exact], "float64"))
    for (t, wanted), value in zip(exact.items(), values.tolist(), strict=True):
        if abs(Fraction(value) - wanted) > Fraction(1, 2**40) * max(1, abs(wanted)):
            raise ProofFailed(f"{what} at {t} is {value}, should be {float(wanted)}")
