"""The exact numbers that the floating-point constants of a program stand for.

A constant is read as the number s sqrt(p/q) of small p and q that it rounds. One that rounds none is the binary
fraction that it stores; constants beside it whose ratio to it is such a number are read as multiples of it.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.o3 import Surd

# A constant may have gone through a few operations that round: this many units in the last place.
ULPS = 16
# In formats of fewer bits than this, where roots are no further apart than a few units, it is only rounded.
_FEW_BITS = 24
# So many numbers beside which others are read as multiples, in one array.
_ANCHORS = 8
# A constant this close, in units in the last place, to the root of a fraction of numbers this small was meant to be it.
_MISPRINT_ULPS, _MISPRINT_HEIGHT = 2.0**20, 2**11


class Exact(NamedTuple):
    """The number factor * sqrt(root), with no square in `root`."""

    factor: Fraction
    root: int = 1


@dataclass
class Reading:
    """How constants are read, and which of them are not within rounding of a root of a small fraction.

    known    constants that are known to round these numbers
    unread   such a constant, the nearest root of a small fraction, and how far it is in units in the last place
    """

    known: Mapping[float, Exact] = field(default_factory=dict)
    unread: dict[float, tuple[Surd, float]] = field(default_factory=dict)

    def array(self, numbers: Float[np.ndarray, "..."]) -> list[Exact]:
        """The exact numbers of finite constants of one floating dtype, flat."""
        bits = 1 + int(jnp.finfo(numbers.dtype).nmant)  # NumPy knows no bfloat16
        anchors: list[float] = []
        return [self._number(x, bits, anchors) for x in numbers.astype(np.float64).reshape(-1).tolist()]

    def _number(self, x: float, bits: int, anchors: list[float]) -> Exact:
        found = self.known.get(x) or nearby(x, bits)
        if found is not None:
            return found
        for anchor in anchors:
            ratio = nearby(x / anchor, bits)
            if ratio is not None:
                return Exact(Fraction(anchor) * ratio.factor, ratio.root)
        if len(anchors) < _ANCHORS:
            anchors.append(x)
        self.unread.setdefault(x, _nearest_root(x))
        return Exact(Fraction(x))

    def misprints(self) -> list[str]:
        """Constants that are almost, and not within rounding, roots of small fractions: likely mistakes."""
        return [
            f"the constant {x!r} is {ulps:.2g} units in the last place from {surd}"
            for x, (surd, ulps) in self.unread.items()
            if ulps < _MISPRINT_ULPS
        ]


@functools.lru_cache(maxsize=1 << 16)
def nearby(x: float, bits: int) -> Exact | None:
    """The small fraction, or the root of one, that x rounds in a format of so many bits.

    Example:
        >>> nearby(0.31622776601683794, 53), nearby(0.3162277660168, 53)
        (Exact(factor=Fraction(1, 10), root=10), None)
    """
    if float(x).is_integer():
        return Exact(Fraction(x))
    size, tolerance = Fraction(abs(x)), Fraction(ULPS if bits >= _FEW_BITS else 1, 2**bits)
    sign = 1 if x > 0 else -1
    rational = size.limit_denominator(2 ** max(bits // 4 - 1, 2))
    if abs(rational - size) <= tolerance * size:
        return Exact(sign * rational)
    highest = 2 ** (bits // 3)
    square = (size * size).limit_denominator(highest)
    if 0 < square.numerator <= highest and abs(square - size * size) <= 2 * tolerance * size * size:
        return of_surd(Surd(sign, square))
    return None


@functools.lru_cache(maxsize=1 << 16)
def of_surd(surd: Surd) -> Exact:
    """A surd as a rational number times the root of an integer that no square divides.

    Example:
        >>> of_surd(Surd.sqrt(Fraction(8, 3)))
        Exact(factor=Fraction(2, 3), root=6)
    """
    p, q = surd.square.numerator, surd.square.denominator
    rational = surd.rational()
    if rational is not None:
        return Exact(rational)
    square, root = _without_squares(p * q)
    return Exact(Fraction(surd.sign * square, q), root)


def _without_squares(number: int) -> tuple[int, int]:
    """r and n with r^2 n = number, where no square divides n; by trial division."""
    square, root, divisor = 1, 1, 2
    while divisor * divisor <= number:
        power = 0
        while number % divisor == 0:
            number, power = number // divisor, power + 1
        square *= divisor ** (power // 2)
        root *= divisor ** (power % 2)
        divisor += 1
    return square, root * number


def _nearest_root(x: float) -> tuple[Surd, float]:
    size = Fraction(x) ** 2
    square = size.limit_denominator(_MISPRINT_HEIGHT)
    if not 0 < square.numerator <= _MISPRINT_HEIGHT:
        return Surd.of(0), math.inf
    surd = Surd(1 if x > 0 else -1, square)
    return surd, float(abs(square - size) / (2 * abs(Fraction(x)) * Fraction(math.ulp(x))))
