"""Are there equalities that hold on a piece of the inputs, such as relu(x) = 0?

Elsewhere two functions count as different if they differ anywhere, for then they agree on a set of measure zero, unless
they are defined by pieces. Here each slot is a piece: a comparison has the sign +1 or -1 there, a choice one outcome,
and a step function a small integer. An equality that holds in some slots and not in others is one on which a branch may
depend, and is not decided.
"""

from collections.abc import Sequence

import numpy as np

from eqlib.array_types import Bool, Integer
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.degree import UNKNOWN
from eqlib.testing.exact.domain import Undecided, Value
from eqlib.testing.exact.hashing import spread
from eqlib.testing.exact.prime_field import ORDER, PrimeField, up_to_sign
from eqlib.testing.exact.primes import primes

# An equality that needs one sign is missed with probability 2^-48; one that needs three, 1/600.
_SLOTS = 48
STEPS = frozenset({"floor", "ceil", "round", "truncate"})
PIECEWISE = STEPS | {"a comparison", ORDER}


class Pieces(PrimeField):
    """A prime field in which the signs of comparisons are signs, independent in each slot.

    Raises: Undecided from `equal` if an equality holds in some slots only.
    """

    def __init__(self, seed: int, reading: Reading) -> None:
        super().__init__(primes(4, seed) * (_SLOTS // 4), seed, reading)

    def sign(self, a: Value) -> Value:
        p = self.modulus(a.data.ndim)
        size, sign = up_to_sign(a.data, p)
        signs = 1 - 2 * (self._hashed("a comparison", [size], a.degree) & 1)
        return self._value(np.where(a.data == 0, 0, signs * sign), UNKNOWN)

    def function(self, name: str, *arguments: Value) -> Value:
        value = super().function(name, *arguments)
        return self._value(value.data % 3 - 1, UNKNOWN) if name in STEPS else value

    def odd(self, name: str, a: Value) -> Value:
        if name not in STEPS:
            return super().odd(name, a)
        size, sign = up_to_sign(a.data, self.modulus(a.data.ndim))
        return self._value((self._hashed(name, [size], a.degree) % 3 - 1) * sign, UNKNOWN)

    def ranks(self, a: Value) -> Integer[np.ndarray, "..."]:
        raise Undecided("a place in an order of numbers, in a program that also asks whether numbers are equal")

    def choose(self, a: Value, axes: Sequence[int], *, least: bool = False) -> Value:
        data = self.along(a.data, axes)
        ranks = spread(self._hash(ORDER, [data], a.degree), self.primes)
        where = (np.argmin if least else np.argmax)(ranks, axis=-1)[..., None]
        return a.moved(np.take_along_axis(data, where, axis=-1)[..., 0])

    def equal(self, a: Value, b: Value) -> Bool[np.ndarray, "..."]:
        in_slots = self.equal_in_slots(a, b)
        if (in_slots.any(0) & ~in_slots.all(0)).any():
            raise Undecided("an equality that holds for some inputs and not for others")
        return np.asarray(in_slots.all(0))
