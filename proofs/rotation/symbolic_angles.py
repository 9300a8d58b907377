"""Angles as pairs of symbols (c, s) with c^2 + s^2 = 1, on which `numpy.cos` and `numpy.sin` act.

An expression in them has a normal form of degree at most one in s, which vanishes only if the expression does for every
angle.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from proofs.certificate import ProofFailed

CIRCLES = [sympy.symbols(f"c{k} s{k}", real=True) for k in range(3)]


@dataclass(frozen=True)
class Angle:
    """An angle by its cosine and sine; `numpy.cos` and `numpy.sin` call the methods of that name."""

    c: Any
    s: Any

    def cos(self) -> Any:
        return self.c

    def sin(self) -> Any:
        return self.s

    def __neg__(self) -> "Angle":
        return Angle(self.c, -self.s)

    def __add__(self, other: "Angle") -> "Angle":
        return Angle(self.c * other.c - self.s * other.s, self.s * other.c + self.c * other.s)

    def __sub__(self, other: "Angle") -> "Angle":
        return self + -other


ALPHA, BETA, GAMMA = (Angle(c, s) for c, s in CIRCLES)


def require_zero(what: str, expressions: Any) -> int:
    """How many expressions there are, all of them zero for all values of the symbols."""
    flat = np.ravel(np.array(expressions, dtype=object))
    for index, expression in enumerate(flat):
        rest = _normal_form(sympy.sympify(expression))
        if rest != 0:
            raise ProofFailed(f"{what}, entry {index}: {rest} is not 0")
    return len(flat)


def _normal_form(expression: sympy.Expr) -> sympy.Expr:
    for c, s in CIRCLES:
        if expression.has(s):
            expression = sympy.rem(expression, s**2 + c**2 - 1, s)
    return sympy.expand(expression)


def derivative(R: np.ndarray, angle: Angle) -> np.ndarray:
    """dR / d angle, by dc = -s and ds = c."""
    along = np.vectorize(lambda x: sympy.diff(x, angle.s) * angle.c - sympy.diff(x, angle.c) * angle.s, otypes=[object])
    return along(R)
