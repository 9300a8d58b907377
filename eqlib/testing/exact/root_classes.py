"""How many of the roots that a program takes are independent: of s, s k^2 and t, only that of s and that of t.

Modulo a prime, half of the numbers are squares. Arguments of roots that differ by a factor k^2 are squares at the same
points, and those of independent roots at points that have nothing to do with each other. So the rank, over the field of
two elements, of the table of which argument is a square at which point is the number of independent roots.
"""

from collections.abc import Sequence

import numpy as np

from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.domain import Value
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.exact.primes import primes

# The rank of n independent roots is found too small with a probability below 2^(n - 96).
_SLOTS = 96


class RootClasses(PrimeField):
    """Random points, at which some roots exist and others do not."""

    def __init__(self, seed: int, reading: Reading) -> None:
        super().__init__(primes(8, seed) * (_SLOTS // 8), seed, reading)
        self.squares = set[int]()

    def root(self, a: Value) -> Value:
        result = super().root(a)
        exists = self.equal_in_slots(self.mul(result, result), a).reshape(self.slots, -1)
        self.squares |= {sum(1 << n for n in np.flatnonzero(~column).tolist()) for column in exists.T}
        return result

    @property
    def independent(self) -> int:
        """The number of independent roots."""
        return rank(sorted(self.squares))


def rank(vectors: Sequence[int]) -> int:
    """The rank of vectors over the field of two elements, each the bits of an integer.

    Example:
        >>> rank([0b011, 0b101, 0b110])
        2
    """
    basis: list[int] = []
    for vector in vectors:
        for other in basis:
            vector = min(vector, vector ^ other)
        if vector:
            basis.append(vector)
    return len(basis)
