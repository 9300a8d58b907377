"""Arrays of polynomials: what they prove holds for all inputs and all weights."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from eqlib.array_types import Bool, Integer, Shaped
from eqlib.testing.exact.constants import Exact, Reading
from eqlib.testing.exact.degree import CONSTANT, UNKNOWN, Degree
from eqlib.testing.exact.domain import Undecided, Value
from eqlib.testing.exact.polynomials import ZERO, Polynomial, highest_power


class Polynomials:
    """A single slot, of polynomials in as many unknowns as are asked for."""

    slots = 1

    def __init__(self, reading: Reading) -> None:
        self.reading, self.unknowns = reading, 0
        Polynomial.start()

    def symbols(self, shape: Sequence[int]) -> Value:
        """New unknowns."""
        count = int(np.prod(shape, dtype=int))
        fresh = [Polynomial.unknown(self.unknowns + n) for n in range(count)]
        self.unknowns += count
        return Value(array_of(fresh, (1, *shape)), UNKNOWN)

    def lift(self, array: Shaped[np.ndarray, "..."]) -> Value:
        if array.dtype == np.bool_ or np.issubdtype(array.dtype, np.integer):
            numbers = [Exact(Fraction(int(x))) for x in array.reshape(-1)]
        elif np.isfinite(array.astype(np.float64)).all():
            numbers = self.reading.array(array.reshape(-1))
        else:
            raise Undecided("a constant that is not finite")
        return Value(self.exact(numbers).reshape(1, *array.shape), CONSTANT)

    def exact(self, numbers: Sequence[Exact]) -> Shaped[np.ndarray, "slot number"]:
        """Exact numbers, [1, number]."""
        return array_of([Polynomial.constant(number) for number in numbers], (1, len(numbers)))

    def add(self, a: Value, b: Value) -> Value:
        return _value(np.add(a.data, b.data), a.degree.plus(b.degree))

    def mul(self, a: Value, b: Value) -> Value:
        return _value(np.multiply(a.data, b.data), a.degree.times(b.degree))

    def neg(self, a: Value) -> Value:
        return a.moved(np.negative(a.data))

    def sum(self, a: Value, axes: Sequence[int]) -> Value:
        return a.moved(_summed(a.data, tuple(axis + 1 for axis in axes)))

    def scatter_add(self, a: Value, targets: Integer[np.ndarray, "..."], updates: Value) -> Value:
        flat = a.data.reshape(-1).copy()
        for target, update in zip(targets, updates.data.reshape(-1), strict=True):
            if target >= 0:
                flat[target] = flat[target] + update
        return _value(flat.reshape(a.data.shape), a.degree.plus(updates.degree))

    def matmul(self, a: Value, b: Value) -> Value:
        products = np.multiply(a.data[..., :, :, None], b.data[..., None, :, :])
        return _value(_summed(products, (products.ndim - 2,)), a.degree.times(b.degree))

    def equal(self, a: Value, b: Value) -> Bool[np.ndarray, "..."]:
        difference = np.subtract(a.data, b.data)  # of one slot
        return np.array([d.is_zero for d in difference.reshape(-1)], bool).reshape(difference.shape[1:])

    def inverse(self, a: Value) -> Value:
        terms = [x.terms for x in a.data.reshape(-1)]
        if not all(len(t) == 1 and next(iter(t))[::2] == (0, 0) for t in terms):
            raise Undecided("a division, which is no polynomial")
        parts = [(root, c) for t in terms for (_, root, _), c in t.items()]
        return a.moved(self.exact([Exact(1 / (c * root), root) for root, c in parts]).reshape(a.data.shape))

    def root(self, a: Value) -> NoReturn:
        raise Undecided("a square root, which is no polynomial")

    def cube_root(self, a: Value) -> NoReturn:
        raise Undecided("a cube root, which is no polynomial")

    def sign(self, a: Value) -> NoReturn:
        raise Undecided("a comparison, which is no polynomial")

    def ranks(self, a: Value) -> NoReturn:
        raise Undecided("an order of numbers, which is no polynomial")

    def choose(self, a: Value, axes: Sequence[int], *, least: bool = False) -> NoReturn:
        raise Undecided("a choice among values, which is no polynomial")

    def function(self, name: str, *arguments: Value) -> NoReturn:
        raise Undecided(f"{name}, which is no polynomial")

    odd = even = exponential = function


def array_of(numbers: Sequence[Any], shape: Sequence[int]) -> Shaped[np.ndarray, "..."]:
    """An array of objects, which NumPy takes as they are."""
    array = np.empty(len(numbers), object)
    array[:] = numbers
    return array.reshape(shape)


def _summed(data: Shaped[np.ndarray, "..."], axes: tuple[int, ...]) -> Shaped[np.ndarray, "..."]:
    kept = [n for n in range(data.ndim) if n not in axes]
    shape = tuple(data.shape[n] for n in kept)
    rows = data.transpose(*kept, *axes).reshape(int(np.prod(shape, dtype=int)), -1) if data.size else None
    if rows is None:
        return array_of([ZERO] * int(np.prod(shape, dtype=int)), shape)
    return array_of([sum(row[1:], start=row[0]) for row in rows], shape)


def _value(data: Shaped[np.ndarray, "slot ..."], degree: Degree) -> Value:
    if degree.degree > highest_power():
        raise Undecided(f"a polynomial of degree {degree.degree:.0f}")
    return Value(data, degree)
