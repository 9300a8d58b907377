"""Bounds on the degree of computed numbers, and what follows for the probability that a wrong program passes.

A polynomial of degree d that is not zero vanishes at a random point of a field of p elements with probability at most
d / p (Schwartz 1980, Zippel 1979). Beside the inputs a number may be a polynomial in

reciprocals   z = 1/u. Times a power of each u, no z is left, and a polynomial of degree e has become one of degree
              e (1 + the sum of the degrees of the u). If the u contain reciprocals, this is done level by level.
square roots  y with y^2 = s, of half the degree of s. The product over both signs of every root is a polynomial, so
              each root that matters doubles the degree.
values of unknown functions, which are random numbers and so new unknowns
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Degree(NamedTuple):
    """Of the numbers of an array: bounds for each of them.

    degree  as a polynomial in the inputs, the reciprocals and the values of functions
    level   how deeply reciprocals are nested
    roots   on how many roots one number depends
    """

    degree: float = 1.0
    level: int = 0
    roots: float = 0.0

    def times(self, other: "Degree") -> "Degree":
        """That of a product."""
        return Degree(self.degree + other.degree, max(self.level, other.level), self.roots + other.roots)

    def plus(self, other: "Degree") -> "Degree":
        """That of a sum."""
        return Degree(max(self.degree, other.degree), max(self.level, other.level), self.roots + other.roots)

    def summed(self, count: int) -> "Degree":
        """That of a sum of `count` such numbers."""
        return self._replace(roots=count * self.roots)

    def inverted(self) -> "Degree":
        """That of a reciprocal."""
        return Degree(1.0, self.level + 1, self.roots)

    def rooted(self) -> "Degree":
        """That of a root."""
        return Degree(self.degree / 2, self.level, self.roots + 1)

    def zeros(self, roots: int, inverted: Mapping[int, float]) -> float:
        """log2 of the bound on d in d / p, given how many roots there are, and the sum of the degrees of each level."""
        cleared = sum(math.log2(1 + inverted.get(level, 0.0)) for level in range(1, self.level + 1))
        return math.log2(max(self.degree, 1.0)) + cleared + min(self.roots, roots)


CONSTANT = Degree(0.0)
UNKNOWN = Degree()


def largest(degrees: Sequence[Degree]) -> Degree:
    """A bound for each of several numbers."""
    return Degree(*(max(column) for column in zip(*degrees, strict=True))) if degrees else CONSTANT
