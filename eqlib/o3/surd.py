"""The exact number s*sqrt(p/q): every coefficient of the theory is one."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any, NamedTuple

import numpy as np


class BinaryFormat(NamedTuple):
    """A binary floating format: bits of the significand, exponents of the least and the greatest normal 2^e."""

    bits: int
    least: int
    greatest: int


_FORMATS = {
    "float16": BinaryFormat(11, -14, 15),
    "bfloat16": BinaryFormat(8, -126, 127),
    "float32": BinaryFormat(24, -126, 127),
    "float64": BinaryFormat(53, -1022, 1023),
}


@functools.total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Surd:
    """The real number `sign * sqrt(square)`, with `sign` in {-1, 0, 1} and `square` a non-negative fraction.

    Law:    closed under product, quotient and negation; the sum of two surds is a surd only if their ratio is rational.
    Order:  that of the real numbers; equal to the int, Fraction or float of the same exact value.
    Raises: ValueError if the sign does not fit the square, or if a sum is no surd.
    Example:
        >>> print(Surd.sqrt(Fraction(3, 10)) * Surd.sqrt(Fraction(5, 6)), -Surd.sqrt(3), Surd.sqrt(8) + Surd.sqrt(2))
        1/2 -√3 √18
    """

    sign: int
    square: Fraction

    def __post_init__(self) -> None:
        numerator = self.square.numerator
        if numerator < 0 or self.sign not in (-1, 0, 1) or (self.sign == 0) != (numerator == 0):
            raise ValueError(
                f"Surd({self.sign}, {self.square}) is no real number sign*sqrt(square): square must be >= 0 and sign "
                "must be 0 exactly where square is. Write Surd.of(x) for a rational x, Surd.sqrt(x) for its root."
            )

    @staticmethod
    def of(number: Surd | Rational | float) -> Surd:
        """Converts a number exactly; a float is the rational number that it stores."""
        if isinstance(number, Surd):
            return number
        rational = Fraction(int(number)) if isinstance(number, Integral) else Fraction(number)
        return Surd((rational > 0) - (rational < 0), rational * rational)

    @staticmethod
    def sqrt(square: Rational | int) -> Surd:
        """Returns the non-negative square root of a non-negative rational number."""
        square = Fraction(int(square)) if isinstance(square, Integral) else Fraction(square)
        return Surd(int(square > 0), square) if square >= 0 else Surd(-1, square)  # the latter refuses

    def rational(self) -> Fraction | None:
        """Returns the value as a fraction, or None where it is irrational."""
        p, q = self.square.numerator, self.square.denominator
        root_p, root_q = math.isqrt(p), math.isqrt(q)
        return self.sign * Fraction(root_p, root_q) if root_p * root_p == p and root_q * root_q == q else None

    def __mul__(self, other: Any) -> Surd:
        other = _exact(other)
        return NotImplemented if other is None else Surd(self.sign * other.sign, self.square * other.square)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Surd:
        other = _exact(other)
        return NotImplemented if other is None else Surd(self.sign * other.sign, self.square / other.square)

    def __rtruediv__(self, other: Any) -> Surd:
        other = _exact(other)
        return NotImplemented if other is None else other / self

    def __add__(self, other: Any) -> Surd:
        other = _exact(other)
        if other is None:
            return NotImplemented
        if not other or not self:
            return self if self else other
        ratio = (other / self).rational()
        if ratio is None:
            raise ValueError(f"({self}) + ({other}) is no surd: the ratio of the two is irrational")
        return self * (1 + ratio)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Surd:
        other = _exact(other)
        return NotImplemented if other is None else self + -other

    def __rsub__(self, other: Any) -> Surd:
        return -self + other

    def __neg__(self) -> Surd:
        return Surd(-self.sign, self.square)

    def __abs__(self) -> Surd:
        return Surd(abs(self.sign), self.square)

    def __bool__(self) -> bool:
        return self.sign != 0

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Surd):
            return self.sign == other.sign and self.square == other.square
        exact = _exact(other)
        return NotImplemented if exact is None else self == exact

    def __lt__(self, other: Any) -> bool:
        other = _exact(other)  # x -> sign(x) x^2 is increasing, hence the comparison below
        return NotImplemented if other is None else self.sign * self.square < other.sign * other.square

    def __hash__(self) -> int:
        rational = self.rational()
        return hash((self.sign, self.square)) if rational is None else hash(rational)

    def __float__(self) -> float:
        return self.nearest(_FORMATS["float64"])

    def __str__(self) -> str:
        rational = self.rational()
        if rational is not None:
            return str(rational)
        root = f"√({self.square})" if self.square.denominator > 1 else f"√{self.square}"
        return f"-{root}" if self.sign < 0 else root

    def round(self, dtype: Any = np.float64) -> Any:
        """Rounds to the nearest number of a binary floating dtype, ties to the even significand.

        Law:    the error is at most half a unit in the last place, subnormal numbers included.
        Raises: OverflowError beyond the largest finite number; TypeError for a dtype that is not a known binary one.
        Source: IEEE 754-2019, section 4.3.1 (roundTiesToEven); integer square roots only, no floating point.
        Example:
            >>> Surd.sqrt(2).round(np.float32)
            np.float32(1.4142135)
        """
        dtype = np.dtype(dtype)
        return dtype.type(self.nearest(binary_format(dtype)))  # exact: float64 holds the other formats

    def nearest(self, to: BinaryFormat) -> float:
        """As `round`, to any binary format that float64 contains, as a Python float."""
        if not self:
            return 0.0
        p, q = self.square.numerator, self.square.denominator
        unit = max(_exponent(p, q), to.least) - to.bits + 1  # the result is an integer multiple of 2^unit
        if unit > 0:
            q <<= 2 * unit
        else:
            p <<= -2 * unit
        multiple = math.isqrt(p // q)
        excess = 4 * p - (2 * multiple + 1) ** 2 * q  # has the sign of sqrt(p/q) - (multiple + 1/2)
        multiple += excess > 0 or (excess == 0 and multiple & 1)
        if multiple.bit_length() + unit > to.greatest + 1:
            raise OverflowError(f"{self} is larger than every finite number of {to.bits} bits")
        return math.ldexp(self.sign * multiple, unit)


@functools.cache
def binary_format(dtype: np.dtype[Any]) -> BinaryFormat:
    """Returns the format of a floating dtype.

    Raises: TypeError for a dtype that is not a known binary one.
    Example:
        >>> binary_format(np.dtype("float32"))
        BinaryFormat(bits=24, least=-126, greatest=127)
    """
    if dtype.name not in _FORMATS:
        raise TypeError(f"cannot round to {dtype.name}: write one of {', '.join(_FORMATS)}")
    return _FORMATS[dtype.name]


def _exponent(p: int, q: int) -> int:
    """Returns the integer e with 2^e <= sqrt(p/q) < 2^(e+1)."""
    e = (p.bit_length() - q.bit_length()) // 2  # right, or one too large
    reached = p >= q << 2 * e if e >= 0 else p << -2 * e >= q
    return e if reached else e - 1


def _exact(number: Any) -> Surd | None:
    """Returns the surd equal to a finite number, or None for anything else (as Python's operators expect)."""
    if isinstance(number, Surd):
        return number
    if isinstance(number, Rational) or (isinstance(number, float) and math.isfinite(number)):
        return Surd.of(number)
    return None
