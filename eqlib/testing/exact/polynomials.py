"""Polynomials in many unknowns with coefficients in Q(sqrt 2, sqrt 3, ...), and with infinitesimals.

A monomial is an integer whose digits are the powers of the unknowns. The infinitesimals e_1, e_2, ... satisfy
e_i e_j = 0: the coefficient of e_i is a derivative, as with dual numbers, and one computation has them all.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

from eqlib.testing.exact.constants import Exact
from eqlib.testing.exact.domain import Undecided

# A power of one unknown stays below 2^6.
_DIGIT = 6
_BUDGET = 500_000

Term = tuple[int, int, int]  # the monomial, the integer under the root, the number of the infinitesimal or 0


class Polynomial:
    """A sum of terms; immutable. Zero has no terms."""

    __slots__ = ("terms",)
    spent = 0  # products of terms since `start`

    def __init__(self, terms: Mapping[Term, Fraction]) -> None:
        self.terms = terms

    @staticmethod
    def start() -> None:
        """Counts the work anew, of which only so much may be done."""
        Polynomial.spent = 0

    @staticmethod
    def constant(number: Exact) -> "Polynomial":
        """A number."""
        return Polynomial({(0, number.root, 0): number.factor} if number.factor else {})

    @staticmethod
    def unknown(n: int) -> "Polynomial":
        """The unknown of number n."""
        return Polynomial({(power_of(n), 1, 0): Fraction(1)})

    @property
    def is_zero(self) -> bool:
        """Whether it is zero: the roots of different such integers are independent over the rationals."""
        return not self.terms

    @property
    def unknowns(self) -> set[int]:
        """The numbers of the unknowns that it contains."""
        present = 0
        for monomial, _, _ in self.terms:
            present |= monomial
        found = set()
        while present:  # from one that is there to the next: of thousands, a polynomial may have one
            n = ((present & -present).bit_length() - 1) // _DIGIT
            found.add(n)
            present = present >> _DIGIT * (n + 1) << _DIGIT * (n + 1)
        return found

    def part(self, infinitesimal: int) -> "Polynomial":
        """The coefficient of an infinitesimal; of 0, what has none."""
        found = {(m, r, 0): c for (m, r, e), c in self.terms.items() if e == infinitesimal}
        return Polynomial(found)

    def times_infinitesimal(self, n: int) -> "Polynomial":
        """The product with an infinitesimal."""
        return Polynomial({(m, r, n): c for (m, r, e), c in self.terms.items() if e == 0})

    def with_signs(self, odd: int) -> "Polynomial":
        """With the opposite signs of some unknowns, whose `power_of` are summed in `odd`."""
        return Polynomial({key: -c if (key[0] & odd).bit_count() % 2 else c for key, c in self.terms.items()})

    def __add__(self, other: "Polynomial") -> "Polynomial":
        if len(self.terms) < len(other.terms):
            self, other = other, self
        terms = dict(self.terms)
        for key, c in other.terms.items():
            total = terms.get(key, 0) + c
            if total:
                terms[key] = total
            else:
                del terms[key]
        return Polynomial(terms)

    def __neg__(self) -> "Polynomial":
        return Polynomial({key: -c for key, c in self.terms.items()})

    def __sub__(self, other: "Polynomial") -> "Polynomial":
        return self + -other

    def __mul__(self, other: "Polynomial") -> "Polynomial":
        Polynomial.spent += len(self.terms) * len(other.terms)
        if Polynomial.spent > _BUDGET:
            raise Undecided("polynomials with too many terms")
        terms: dict[Term, Fraction] = {}
        for key, c in self._products(other):
            total = terms.get(key, 0) + c
            if total:
                terms[key] = total
            else:
                del terms[key]
        return Polynomial(terms)

    def _products(self, other: "Polynomial") -> Iterator[tuple[Term, Fraction]]:
        for (m1, r1, e1), c1 in self.terms.items():
            for (m2, r2, e2), c2 in other.terms.items():
                if e1 and e2:
                    continue
                if r1 == 1 or r2 == 1:
                    yield (m1 + m2, r1 * r2, e1 + e2), c1 * c2
                else:
                    shared = math.gcd(r1, r2)
                    yield (m1 + m2, r1 * r2 // shared**2, e1 + e2), c1 * c2 * shared


ZERO = Polynomial({})


def power_of(n: int) -> int:
    """The monomial of the unknown of number n: as a mask, the lowest bit of its power."""
    return 1 << (_DIGIT * n)


def highest_power() -> int:
    """The power that no unknown may exceed."""
    return (1 << _DIGIT) - 1
