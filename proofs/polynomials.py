"""Polynomials with exact coefficients: the arithmetic in which straight-line programs are proved.

A polynomial is {exponents: coefficient}, with an exponent for each variable and no coefficient that is zero.
"""

from collections.abc import Mapping, Sequence

from eqlib.o3 import Surd
from proofs.certificate import ProofFailed
from proofs.scaled import Index

Polynomial = Mapping[Index, Surd]
NOTHING = Surd.of(0)


def variables(count: int) -> list[Polynomial]:
    """The variables, each of them a polynomial."""
    return [{tuple(int(n == k) for n in range(count)): Surd.of(1)} for k in range(count)]


def total(polynomials: Sequence[Polynomial]) -> Polynomial:
    """Their sum."""
    found: dict[Index, Surd] = {}
    for polynomial in polynomials:
        for exponents, value in polynomial.items():
            found[exponents] = found.get(exponents, NOTHING) + value
    return {exponents: value for exponents, value in found.items() if value}


def product(a: Polynomial, b: Polynomial) -> Polynomial:
    """a b."""
    found: dict[Index, Surd] = {}
    for left, value in a.items():
        for right, other in b.items():
            exponents = tuple(map(sum, zip(left, right, strict=True)))
            found[exponents] = found.get(exponents, NOTHING) + value * other
    return {exponents: value for exponents, value in found.items() if value}


def partial(a: Polynomial, variable: int) -> Polynomial:
    """The derivative in one variable."""
    return {
        tuple(e - (n == variable) for n, e in enumerate(exponents)): exponents[variable] * value
        for exponents, value in a.items()
        if exponents[variable]
    }


class Polynomials:
    """The arithmetic of a program. One inverse root is known: that of `square` is `root`."""

    def __init__(self, variables: int, square: Polynomial | None = None, root: Polynomial | None = None) -> None:
        self._of_constant, self._square, self._root = (0,) * variables, square, root

    def add(self, a: Polynomial, b: Polynomial) -> Polynomial:
        return total([a, b])

    def mul(self, a: Polynomial, b: Polynomial) -> Polynomial:
        return product(a, b)

    def scale(self, factor: Surd, a: Polynomial) -> Polynomial:
        return {exponents: factor * value for exponents, value in a.items()} if factor else {}

    def inverse_root(self, a: Polynomial) -> Polynomial:
        if self._root is None or a != self._square:
            raise ProofFailed(f"the program takes the inverse root of {a}")
        return self._root

    def constant(self, factor: Surd) -> Polynomial:
        return {self._of_constant: factor} if factor else {}
