"""Numbers that programs run on: floating ones, and fractions, of which nothing is rounded."""

from fractions import Fraction

import numpy as np

from eqlib.o3 import Surd


class Numbers:
    """The arithmetic of whatever Python adds and multiplies."""

    def add(self, a, b):
        return a + b

    def mul(self, a, b):
        return a * b


class Floats(Numbers):
    """The arithmetic of floating-point numbers, and of arrays of them."""

    def scale(self, factor, a):
        return float(factor) * a

    def inverse_root(self, a):
        return np.where(a == 0, 0.0, 1 / np.sqrt(np.where(a == 0, 1.0, a)))

    def constant(self, factor):
        return np.float64(float(factor))


class Fractions(Numbers):
    """The arithmetic of rational numbers, of which some have rational roots."""

    def scale(self, factor, a):
        return factor.rational() * a

    def inverse_root(self, a):
        return 1 / Surd.sqrt(a).rational() if a else a

    def constant(self, factor):
        return factor.rational()


def run(program, *rows):
    """The outputs of a program on rows of fractions."""
    return program.run([list(map(Fraction, row)) for row in rows], Fractions())
