"""Rational numbers, and angles with rational cosines, on which NumPy computes without rounding.

On an array of objects `numpy.sqrt(x)` calls `x.sqrt()`, and likewise for cos, sin, arccos, arctan2 and hypot: with
these objects the functions of `spec/rotation/` run as they are written. What would be irrational raises `Irrational`.
"""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from numbers import Rational
from typing import Any

import numpy as np

from spec.rotation import compose_quaternion

# Cosine and sine of half angles, and axes: with rational square roots all round.
HALF_ANGLES = [(Fraction(c, r), Fraction(s, r)) for c, s, r in ((1, 0, 1), (0, 1, 1), (4, 3, 5), (-3, 4, 5))]
AXES = ((1, 0, 0), (0, 1, 0), (0, 0, -1), (0, 3, 4), (1, 2, 2), (2, -3, 6))


class Irrational(ArithmeticError):
    """The result is no rational number, or no angle whose cosine and sine are."""


def root(square: Fraction) -> Fraction:
    """The square root of a square."""
    found = Fraction(isqrt(max(square.numerator, 0)), isqrt(square.denominator))
    if found**2 != square:
        raise Irrational(f"the square root of {square}")
    return found


@dataclass(frozen=True)
class Term:
    """coefficient * angle^power, where `point` is the cosine and sine of the angle; power 0 is a rational number."""

    coefficient: Fraction
    power: int = 0
    point: tuple[Fraction, Fraction] = (Fraction(1), Fraction(0))

    def _like(self, other: Any) -> "Term":
        """`other` as a term that can be added to this one."""
        term = lift(other)
        if term.coefficient and self.coefficient and (term.power, term.point) != (self.power, self.point):
            raise Irrational(f"the sum of {self} and {term}")
        return term

    def __add__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        term = self._like(other)
        shape = self if self.coefficient else term
        return Term(self.coefficient + term.coefficient, shape.power, shape.point)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        term = lift(other)
        if self.power and term.power and self.point != term.point:
            raise Irrational(f"the product of {self} and {term}")
        shape = self if self.power else term
        return Term(self.coefficient * term.coefficient, self.power + term.power, shape.point)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        term = lift(other)
        if term.power and self.coefficient and self.point != term.point:
            raise Irrational(f"the quotient of {self} and {term}")
        power = self.power - term.power
        return Term(self.coefficient / term.coefficient, power, self.point if power else Term.point)

    def __neg__(self) -> "Term":
        return Term(-self.coefficient, self.power, self.point)

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else self + -lift(other)

    def __rsub__(self, other: Any) -> "Term":
        return -self + other

    def __rtruediv__(self, other: Any) -> "Term":
        return lift(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __abs__(self) -> "Term":
        return self if self.coefficient >= 0 else -self

    def __lt__(self, other: Any) -> bool:
        """Angles are not negative: they come from the upper half of the circle, or are multiples of such."""
        return (self - other).coefficient < 0

    def __gt__(self, other: Any) -> bool:
        return (self - other).coefficient > 0

    def __eq__(self, other: object) -> bool:
        return (self - other).coefficient == 0

    def __hash__(self) -> int:
        return hash(self.coefficient)

    def number(self) -> Fraction:
        if self.power and self.coefficient:
            raise Irrational(f"{self} as a number")
        return self.coefficient

    def sqrt(self) -> "Term":
        if self.power % 2:
            raise Irrational(f"the square root of {self}")
        return Term(root(self.coefficient), self.power // 2, self.point)

    def hypot(self, other: Any) -> "Term":
        return (self * self + other * other).sqrt()

    def arctan2(self, x: Any) -> "Term":
        y, x = self.number(), lift(x).number()
        radius = root(x**2 + y**2)
        if y == 0 and x >= 0:
            return Term(Fraction(0))
        upper = Term(Fraction(1), 1, (x / radius, abs(y) / radius))
        return upper if y >= 0 else -upper

    def arccos(self) -> "Term":
        c = self.number()
        return Term(root(1 - c**2)).arctan2(c)

    def cos(self) -> "Term":
        return Term(self._turn()[0])

    def sin(self) -> "Term":
        return Term(self._turn()[1])

    def _turn(self) -> tuple[Fraction, Fraction]:
        """Cosine and sine, by multiplication of (c + i s) for a whole multiple of the angle or of its half."""
        multiple, (c, s) = self.coefficient, self.point
        if not multiple:
            return Fraction(1), Fraction(0)
        if self.power != 1:
            raise Irrational(f"the cosine of {self}")
        if multiple.denominator == 2:
            half = root((1 + c) / 2)
            multiple, c, s = 2 * multiple, half, root((1 - c) / 2)
        if multiple.denominator != 1:
            raise Irrational(f"the cosine of {self}")
        total = (Fraction(1), Fraction(0))
        for _ in range(abs(int(multiple))):
            total = (total[0] * c - total[1] * s, total[0] * s + total[1] * c)
        return total if multiple > 0 else (total[0], -total[1])


@dataclass(frozen=True)
class FractionOfTurn:
    """A number u in [0, 1) of which only 2 pi u is asked for: an angle."""

    angle: Term

    def __rmul__(self, factor: Any) -> Term:
        if factor != 2 * np.pi:
            raise Irrational(f"{factor} times a fraction of a turn")
        return self.angle


def lift(x: Any) -> Term:
    """An exact number: floats are, as 0.0 and 1.0 of numpy.zeros and numpy.eye."""
    if isinstance(x, Term):
        return x
    return Term(Fraction(x) if isinstance(x, Rational | float) else Fraction(int(x)))


def exact(values: Any) -> np.ndarray:
    """An array of exact numbers."""
    return np.vectorize(lift, otypes=[object])(np.asarray(values, dtype=object))


def rational_rotations() -> list[np.ndarray]:
    """About rational axes, and with rational Euler angles; each as a quaternion."""
    about_axes = [
        (c * root(Fraction(sum(n * n for n in axis))), *(s * n for n in axis)) for axis in AXES for c, s in HALF_ANGLES
    ]
    of_angles = [
        compose_quaternion(compose_quaternion((a, 0, sa, 0), (b, sb, 0, 0)), (c, 0, sc, 0))
        for (a, sa), (b, sb), (c, sc) in itertools.product(HALF_ANGLES, repeat=3)
    ]
    return [exact(q) for q in (*about_axes, *of_angles)]


def uniform_numbers() -> list[tuple[FractionOfTurn, FractionOfTurn, Term]]:
    """Three numbers in [0, 1) whose Euler angles have rational halves."""
    turns = [FractionOfTurn(Term(Fraction(2), 1, point)) for point in HALF_ANGLES[1:]]
    heights = [lift(c**2) for c, _ in HALF_ANGLES]
    return list(itertools.product(turns, turns, heights))


def show(q: np.ndarray) -> str:
    return f"({', '.join(str(lift(x).number()) for x in q)})"
