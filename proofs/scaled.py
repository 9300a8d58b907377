"""The scaled basis: a diagonal change of basis that turns the surds of the theory into integers.

With Y_m = n_m H_m and weights n_m, generators of the H_m are half-integers and Clebsch-Gordan tensors are integers up
to one common factor. The weights need no trust: conjugation with any non-zero diagonal matrix preserves every identity
proved here, and a wrong weight leaves irrational numbers, at which the proof fails.
"""

import functools
import math
from collections.abc import Iterator
from fractions import Fraction

from eqlib.o3 import Surd
from proofs.certificate import ProofFailed

Index = tuple[int, ...]
Row = dict[int, int]


@functools.cache
def weight_square(l: int, m: int) -> Fraction:
    """Returns n_m^2 = (2 - delta_m0) (l-|m|)!/(l+|m|)!."""
    m = abs(m)
    return Fraction((2 if m else 1) * math.factorial(l - m), math.factorial(l + m))


@functools.cache
def weight(l: int, m: int) -> Surd:
    """Returns n_m."""
    return Surd.sqrt(weight_square(l, m))


@functools.cache
def twice_generators(l: int) -> tuple[dict[int, Row], dict[int, Row], dict[int, Row]]:
    """Returns 2 X_a for a = x, y, z as rows {m: {m': integer}}: (d/dt) H_m(R(t) v) = sum_m' X_a[m, m'] H_m'(v).

    Written from the ladder relations of the H_m alone; it shares nothing with the library.
    """
    x: dict[int, Row] = {m: {} for m in range(-l, l + 1)}
    y: dict[int, Row] = {m: {} for m in range(-l, l + 1)}
    z: dict[int, Row] = {m: {} for m in range(-l, l + 1)}
    for m in range(1, l + 1):
        y[-m][m], y[m][-m] = 2 * m, -2 * m
        lower = (l + m) * (l - m + 1)
        x[m][m - 1] = lower
        z[-m][m - 1] = -lower
        if m > 1:
            x[-m][-(m - 1)] = lower
            z[m][-(m - 1)] = lower
    for m in range(l):
        twice = 1 if m else 2
        x[m][m + 1] = -twice
        z[m][-(m + 1)] = twice
        if m:
            x[-m][-(m + 1)] = -1
            z[-m][m + 1] = -1
    return x, y, z


def integer_tensor(entries: dict[Index, Surd], what: str) -> dict[Index, int]:
    """Returns the entries divided by a common positive factor that makes them coprime integers."""
    if not entries:
        return {}
    pivot = abs(next(iter(entries.values())))
    ratios: dict[Index, Fraction] = {}
    for index, value in entries.items():
        ratio = (value / pivot).rational()
        if ratio is None:
            raise ProofFailed(f"{what}: the entry {value} at {index} is irrational in the scaled basis")
        ratios[index] = ratio
    denominator = math.lcm(*(ratio.denominator for ratio in ratios.values()))
    integers = {index: int(ratio * denominator) for index, ratio in ratios.items()}
    divisor = math.gcd(*integers.values())
    return {index: value // divisor for index, value in integers.items()}


def triples(lmax: int) -> Iterator[tuple[int, int, int]]:
    """Yields every (l1, l2, l3) with degrees up to `lmax` that the selection rule admits, small ones first."""
    admitted = (
        (l1, l2, l3)
        for l1 in range(lmax + 1)
        for l2 in range(lmax + 1)
        for l3 in range(abs(l1 - l2), min(l1 + l2, lmax) + 1)
    )
    yield from sorted(admitted, key=lambda ls: (max(ls), ls))
