"""Theorems about `generators`: they represent so(3), irreducibly, and are rounded correctly."""

import numpy as np

from eqlib.o3 import Surd, exact_generators, generators
from proofs.certificate import ProofFailed, theorem
from proofs.rounding import require_correctly_rounded
from proofs.scaled import Row, twice_generators, weight

CYCLIC = ((0, 1, 2), (1, 2, 0), (2, 0, 1))


@theorem(
    statement="[X_a, X_b] = X_c for (a, b, c) = (x, y, z) and cyclically; sum_a X_a^2 = -l(l+1)",
    method="integer matrices in the scaled basis, written from the ladder relations and equal to the library's",
    covers=("generators",),
    counts="degrees",
    assumes="a representation of so(3) in 2l+1 dimensions with Casimir -l(l+1) is the irreducible one of degree l",
)
def generators_represent_so3(lmax: int) -> int:
    for l in range(lmax + 1):
        _require_library_generators(l)
        twice = twice_generators(l)
        for a, b, c in CYCLIC:
            commutator = _subtract(_product(twice[a], twice[b]), _product(twice[b], twice[a]))
            expected = {(m, n): 2 * value for m, row in twice[c].items() for n, value in row.items()}
            if commutator != expected:
                raise ProofFailed(f"l = {l}: [X_{'xyz'[a]}, X_{'xyz'[b]}] is not X_{'xyz'[c]}")
        casimir: dict[tuple[int, int], int] = {}
        for a in range(3):
            casimir = _subtract(casimir, _product(twice[a], twice[a]))
        if casimir != {(m, m): 4 * l * (l + 1) for m in range(-l, l + 1) if l}:
            raise ProofFailed(f"l = {l}: the sum of X_a^2 is not -{l * (l + 1)}")
    return lmax + 1


@theorem(
    statement="X_a^T = -X_a, so that exp(t X_a) is orthogonal; for l = 1, X_a[b, c] = -epsilon_abc",
    method="comparison of exact entries",
    covers=("generators",),
    counts="degrees",
)
def generators_are_antisymmetric(lmax: int) -> int:
    for l in range(lmax + 1):
        entries = dict(exact_generators(l).entries)
        for (a, i, j), value in entries.items():
            if entries.get((a, j, i)) != -value:
                raise ProofFailed(
                    f"l = {l}: X_{'xyz'[a]}[{i}, {j}] = {value}, X[{j}, {i}] = {entries.get((a, j, i), 0)}"
                )
    epsilon = {axes: Surd.of(sign) for a, b, c in CYCLIC for axes, sign in (((a, b, c), -1), ((a, c, b), 1))}
    if dict(exact_generators(1).entries) != epsilon:
        raise ProofFailed("l = 1: X_a[b, c] is not -epsilon_abc")
    return lmax + 1


@theorem(
    statement="every entry of generators(l) in float64, float32 and float16 is the correctly rounded exact value",
    method="squares of midpoints between neighbouring floats, as integers",
    covers=("generators",),
    counts="entries",
)
def generators_are_correctly_rounded(lmax: int) -> int:
    return sum(
        require_correctly_rounded(generators(l, dtype), exact_generators(l))
        for l in range(lmax + 1)
        for dtype in (np.float64, np.float32, np.float16)
    )


def _require_library_generators(l: int) -> None:
    expected = {
        (a, l + m, l + n): weight(l, m) / weight(l, n) * Surd.of(value) / 2
        for a, rows in enumerate(twice_generators(l))
        for m, row in rows.items()
        for n, value in row.items()
    }
    library = dict(exact_generators(l).entries)
    for index in sorted(expected.keys() | library.keys()):
        if expected.get(index) != library.get(index):
            raise ProofFailed(f"l = {l}: entry {index} is {library.get(index, 0)}, should be {expected.get(index, 0)}")


def _product(left: dict[int, Row], right: dict[int, Row]) -> dict[tuple[int, int], int]:
    product: dict[tuple[int, int], int] = {}
    for m, row in left.items():
        for k, value in row.items():
            for n, factor in right[k].items():
                product[m, n] = product.get((m, n), 0) + value * factor
    return product


def _subtract(left: dict[tuple[int, int], int], right: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    difference = {index: left.get(index, 0) - right.get(index, 0) for index in left.keys() | right.keys()}
    return {index: value for index, value in difference.items() if value}
