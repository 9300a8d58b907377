"""Intertwiners that are symmetric in their factors: Clebsch-Gordan tensors of several factors, made symmetric."""

import functools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from eqlib.o3.basis import as_degree, norm_square
from eqlib.o3.clebsch_gordan import exact_clebsch_gordan
from eqlib.o3.surd import Surd
from eqlib.o3.surd_tensor import Index, SurdTensor

Integers = Any  # a NumPy array of Python's integers, which have no bound


def symmetric_couplings(powers: Sequence[tuple[Any, int]], l: Any) -> tuple[SurdTensor, ...]:
    """Returns an orthonormal basis of the intertwiners from a product of symmetric powers to l.

    `powers` are pairs (degree, n): n factors that are one and the same vector of that degree. Two pairs of one degree
    are different vectors.

    Law:    T[i1, ..., in, k] = sum D1[i1, a1] ... Dn[in, an] D[k, c] T[a1, ..., an, c] for all rotations; exchanging
            two axes of a pair changes nothing; the sum of T^2 is 1, that of T T' of two of them 0.
    Shape:  each [2 l1 + 1, ..., 2 l + 1], an axis for each factor; as many as the product has copies of l.
    Order:  the couplings ((l1 l2) l12 l3) ... l, by l12, then by the degree after it, ..., each made symmetric and
            orthogonal to those before it; what depends on them is left out.
    Raises: ValueError if there is no factor; TypeError, ValueError if a degree is not an integer >= 0.
    Source: Dusson et al. (2022), J. Comput. Phys. 454, 110946, sec. 3; Batatia et al. (2022), arXiv:2206.07697, eq. 10.
    Example: of the cubes of a vector, one is a vector, x^2 x; of its squares none
        >>> symmetric_couplings([(1, 3)], 1)
        (sym(1³->1) [3, 3, 3, 3], 21 non-zero: (0, 0, 0, 0) √(1/5), (0, 0, 1, 1) √(1/45), (0, 0, 2, 2) √(1/45), ...,)
        >>> symmetric_couplings([(1, 2)], 1)
        ()
    """
    found = tuple((as_degree(one, "a degree of powers"), as_degree(n, "a power")) for one, n in powers)
    if not sum(n for _, n in found):
        raise ValueError(
            "symmetric_couplings: there is no factor: write powers such as [(1, 3)], the cube of a vector."
        )
    return _symmetric_couplings(found, as_degree(l))


@functools.cache
def _symmetric_couplings(powers: tuple[tuple[int, int], ...], l: int) -> tuple[SurdTensor, ...]:
    # With T = J / (n1 ... nn nk), n the factors between the real basis and polynomials with integer coefficients, J is
    # made of integers, up to one common factor, for every coupling T: only n^2, which is rational, is ever summed over.
    ls = tuple(one for one, n in powers for _ in range(n))
    squares = functools.reduce(np.multiply.outer, [_inverse_squares(one) for one in (*ls, l)])
    basis: list[tuple[Integers, int]] = []
    for coupling in _couplings(ls, l):
        rest = _coprime(_symmetric(coupling, powers))
        for one, square in basis:
            rest = _coprime(square * rest - (rest * one * squares).sum() * one)
        if rest.any():
            basis.append((rest, (rest * rest * squares).sum()))
    label = f"sym({','.join(str(one) + _superscript(n) for one, n in powers if n)}->{l})"
    return tuple(_of_unit_norm(one, square, squares, label) for one, square in basis)


def _couplings(ls: tuple[int, ...], l: int) -> Iterator[Integers]:
    """Every way to couple the degrees, one after another, to l: [i1, ..., in, k], up to a factor."""
    *first, last = ls
    if not first:
        if last == l:
            yield from _integers(exact_clebsch_gordan(0, l, l))  # the one that there is
        return
    for between in range(abs(last - l), last + l + 1):
        step = _integers(exact_clebsch_gordan(between, last, l)) * _inverse_squares(between)[:, None, None]
        for coupling in _couplings(tuple(first), between):
            yield np.tensordot(coupling, step, axes=1)


def _symmetric(coupling: Integers, powers: tuple[tuple[int, int], ...]) -> Integers:
    """The sum over the orders of factors that are the same."""
    begin = 0
    for _, n in powers:
        # An order of some factors is one of all but the last, and then the last exchanged with one of them, or not.
        for last in range(begin, begin + n):
            coupling = coupling + sum(coupling.swapaxes(place, last) for place in range(begin, last))
        begin += n
    return coupling


def _integers(C: SurdTensor) -> Integers:
    """C n1 n2 n3, divided by a common factor."""
    n = [[Surd.sqrt(norm_square(size // 2, m - size // 2)) for m in range(size)] for size in C.shape]
    scaled = {index: value * n[0][index[0]] * n[1][index[1]] * n[2][index[2]] for index, value in C.entries}
    unit = abs(next(iter(scaled.values())))
    ratios: dict[Index, Fraction] = {}
    for index, value in scaled.items():
        ratio = (value / unit).rational()
        assert ratio is not None, "the factors n make the coefficients rational"
        ratios[index] = ratio
    common = math.lcm(*(ratio.denominator for ratio in ratios.values()))
    found = np.zeros(C.shape, object)
    for index, ratio in ratios.items():
        found[index] = int(ratio * common)
    return _coprime(found)


@functools.cache
def _inverse_squares(l: int) -> Integers:
    """1 / n^2 for each component, which is an integer."""
    return np.array([norm_square(l, m).denominator for m in range(-l, l + 1)], object)


def _coprime(numbers: Integers) -> Integers:
    """The integers divided by what all have in common."""
    divisor = math.gcd(*numbers.flat)
    return numbers // divisor if divisor else numbers


def _of_unit_norm(one: Integers, square: int, squares: Integers, label: str) -> SurdTensor:
    entries = {
        index: Surd.sqrt(Fraction(squares[index], square)) * value for index, value in np.ndenumerate(one) if value
    }
    return SurdTensor.of(one.shape, entries, label)


def _superscript(n: int) -> str:
    return "" if n == 1 else "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(n))
