"""Numbers modulo primes: random inputs, and equality without rounding.

What is no rational function is an unknown function with the symmetries that it is known to have: odd, even, positive.
Positive numbers are modelled by squares: -1 is no square, a product of two squares is one, and so is every root that is
taken. The value of an unknown function is a hash of its arguments in all slots together.
"""

from collections.abc import Sequence

import numpy as np

from eqlib.array_types import Bool, Integer, Shaped
from eqlib.testing.exact.constants import Exact, Reading
from eqlib.testing.exact.degree import CONSTANT, UNKNOWN, Degree, largest
from eqlib.testing.exact.domain import Value
from eqlib.testing.exact.hashing import mixed, spread, started

# Sums are taken of the high and of the low bits, so that neither overflows.
_LOW = 25
# Matrices are multiplied by so many products at a time.
_PRODUCTS = 1 << 22
# The name of the unknown order.
ORDER = "the order of numbers"


class PrimeField:
    """One slot for each of some primes, which may be equal: then the slots are samples.

    reading    how constants are read
    arguments  how many numbers unknown functions were given
    deepest    a bound on the degrees of those numbers
    unknown    the names of these functions
    independent_roots  how many of the roots it takes are independent, if that is known
    asked_equal  whether the program compared numbers for equality
    twisted    the slots in which the root was taken of a number that has none: there root(s)^2 = s does not hold
    """

    def __init__(self, primes: Sequence[int], seed: int, reading: Reading) -> None:
        self.primes, self.slots, self.seed, self.reading = tuple(primes), len(primes), seed, reading
        self.p = np.array(primes, np.int64)
        self.rng = np.random.default_rng(seed)
        self.arguments, self.deepest, self.asked_equal = 0, CONSTANT, False
        self.independent_roots: int | None = None
        self._taken: set[int] = set()
        self._inverted: dict[int, dict[int, float]] = {}
        self.twisted, self.unknown = np.zeros(self.slots, bool), set[str]()
        self._unit = np.array([int(self.rng.integers(2, q)) for q in primes], np.int64)
        self._lifted: dict[tuple[str, tuple[int, ...], bytes], np.ndarray] = {}
        self._roots: dict[int, np.ndarray] = {}

    def modulus(self, ndim: int) -> Integer[np.ndarray, "slot ..."]:
        """The primes, to broadcast along an array [slot, ...] of so many axes."""
        return self.p.reshape(-1, *(1,) * (ndim - 1))

    def random(self, shape: Sequence[int]) -> Integer[np.ndarray, "slot ..."]:
        """Independent uniform numbers, [slot, *shape]."""
        return np.stack([self.rng.integers(0, q, tuple(shape)) for q in self.primes])

    def symbols(self, shape: Sequence[int]) -> Value:
        """Random inputs."""
        return Value(self.random(shape), UNKNOWN)

    def lift(self, array: Shaped[np.ndarray, "..."]) -> Value:
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._lifted:
            self._lifted[key] = self._lift(array)
        return Value(self._lifted[key], CONSTANT)

    def _lift(self, array: Shaped[np.ndarray, "*shape"]) -> Integer[np.ndarray, " slot *shape"]:
        if array.dtype == np.bool_ or np.issubdtype(array.dtype, np.integer):
            return np.stack([array.astype(object) % q for q in self.primes]).astype(np.int64)
        flat = array.reshape(-1)
        finite = np.isfinite(flat.astype(np.float64))
        numbers = self.exact(self.reading.array(np.where(finite, flat, 0).astype(flat.dtype)))
        for n in np.flatnonzero(~finite):
            symbol = self._hashed(str(abs(flat[n])), [np.zeros((self.slots, 1), np.int64)])[:, 0]
            numbers[:, n] = np.where(flat[n] < 0, -symbol, symbol) % self.p
        return numbers.reshape(self.slots, *array.shape)

    def exact(self, numbers: Sequence[Exact]) -> Integer[np.ndarray, "slot number"]:
        """Exact numbers in each field, [slot, number]."""
        distinct = {number: n for n, number in enumerate(dict.fromkeys(numbers))}
        table = np.zeros((self.slots, len(distinct)), np.int64)
        for number, n in distinct.items():
            numerator, denominator = number.factor.numerator, number.factor.denominator
            rational = [numerator * pow(denominator, -1, q) % q for q in self.primes]
            table[:, n] = self._times(np.array(rational, np.int64), self._root_of_integer(number.root))
        return table[:, [distinct[number] for number in numbers]]

    def _root_of_integer(self, n: int) -> Integer[np.ndarray, " slot"]:
        if n not in self._roots:
            self._roots[n] = (
                np.array([1] * self.slots) if n == 1 else self._root(np.array([n % q for q in self.primes]))
            )
        return self._roots[n]

    def add(self, a: Value, b: Value) -> Value:
        return self._value(np.add(*_aligned(a, b)), a.degree.plus(b.degree))

    def mul(self, a: Value, b: Value) -> Value:
        return Value(self._times(*_aligned(a, b)), a.degree.times(b.degree))

    def neg(self, a: Value) -> Value:
        return self._value(-a.data, a.degree)

    def sum(self, a: Value, axes: Sequence[int]) -> Value:
        axes = tuple(axis + 1 for axis in axes)
        count = int(np.prod([a.data.shape[axis] for axis in axes]))
        return Value(self._summed(a.data, axes), a.degree.summed(count))

    def scatter_add(self, a: Value, targets: Integer[np.ndarray, "..."], updates: Value) -> Value:
        kept, new = targets >= 0, updates.data.reshape(self.slots, -1)
        high, low = (np.zeros((self.slots, int(np.prod(a.shape, dtype=int))), np.int64) for _ in range(2))
        for total, part in ((high, new >> _LOW), (low, new & (1 << _LOW) - 1)):
            np.add.at(total, (slice(None), targets[kept]), part[:, kept])
        most = int(np.bincount(targets[kept]).max(initial=0))
        sums = self._joined(high, low).reshape(a.data.shape)
        return self._value(a.data + sums, a.degree.plus(updates.degree.summed(most)))

    def matmul(self, a: Value, b: Value) -> Value:
        x, y = a.data, np.swapaxes(b.data, -1, -2)
        rows = max(1, _PRODUCTS // max(1, y.size))
        parts = [
            self._summed(self._times(x[..., n : n + rows, None, :], y[..., None, :, :]), (-1,))
            for n in range(0, x.shape[-2], rows)
        ]
        data = np.concatenate(parts, axis=-2) if parts else np.zeros((*x.shape[:-1], y.shape[-2]), np.int64)
        return Value(data, a.degree.times(b.degree).summed(x.shape[-1]))

    def _summed(self, data: Integer[np.ndarray, "slot ..."], axes: tuple[int, ...]) -> Integer[np.ndarray, "slot ..."]:
        return self._joined((data >> _LOW).sum(axes), (data & (1 << _LOW) - 1).sum(axes))

    def _joined(
        self, high: Integer[np.ndarray, "*shape"], low: Integer[np.ndarray, "*shape"]
    ) -> Integer[np.ndarray, "*shape"]:
        p = self.modulus(high.ndim)
        return (self._times(high % p, np.full_like(p, 1 << _LOW)) + low) % p

    def _times(self, a: Integer[np.ndarray, "..."], b: Integer[np.ndarray, "..."]) -> Integer[np.ndarray, "..."]:
        return multiply(a, b, self.modulus(max(a.ndim, b.ndim)))

    def inverse(self, a: Value) -> Value:
        """Of zero, a symbol."""
        infinite = self._hashed("1/0", [np.zeros((self.slots, 1), np.int64)]).reshape(-1, *(1,) * (a.data.ndim - 1))
        inverted = self._power(a.data, [-1] * self.slots)
        self._count_reciprocals(a)
        return self._value(np.where(a.data == 0, infinite, inverted), a.degree.inverted())

    def _count_reciprocals(self, a: Value) -> None:
        at = self._inverted.setdefault(a.degree.level + 1, {})
        at |= dict.fromkeys(self._identities(a.data), a.degree.degree)

    def root(self, a: Value) -> Value:
        self._taken |= self._identities(a.data)
        return Value(self._root(a.data), a.degree.rooted())

    def zeros(self, degree: Degree) -> float:
        """log2 of the number of zeros, divided by p, that numbers of this degree can have at random."""
        roots = len(self._taken) if self.independent_roots is None else self.independent_roots
        return degree.zeros(roots, {level: sum(of.values()) for level, of in self._inverted.items()})

    def _identities(self, data: Integer[np.ndarray, "slot ..."]) -> set[int]:
        """An integer for each number, the same for equal ones and for opposites."""
        size, _ = up_to_sign(data, self.modulus(data.ndim))
        return set(self._hash("identity", [size])[0].reshape(-1).tolist())

    def cube_root(self, a: Value) -> Value:
        """The number of which `a` is the cube."""
        # It is an odd function of its own, and more is known of it: its cube.
        self._hash("cube root", [a.data], a.degree)
        return Value(self._power(a.data, [(2 * q - 1) // 3 for q in self.primes]), UNKNOWN)

    def _root(self, a: Integer[np.ndarray, "*shape"]) -> Integer[np.ndarray, "*shape"]:
        """The square among the two roots; if there is none, that of -a times a fixed random number."""
        root, p = self._power(a, [(q + 1) // 4 for q in self.primes]), self.modulus(a.ndim)
        exists = self._times(root, root) == a
        self.twisted |= ~exists.reshape(self.slots, -1).all(-1)
        return np.where(exists, root, self._times(root, self._unit.reshape(p.shape)))

    def sign(self, a: Value) -> Value:
        p = self.modulus(a.data.ndim)
        is_square = self._power(a.data, [(q - 1) // 2 for q in self.primes])  # 1, 0 or p - 1
        size = self._hashed("a comparison", [up_to_sign(a.data, p)[0]], a.degree)
        return Value(self._times(is_square, self._times(size, size)), UNKNOWN)

    def function(self, name: str, *arguments: Value) -> Value:
        data = np.broadcast_arrays(*_all_aligned(arguments))
        return self._value(self._hashed(name, data, *(a.degree for a in arguments)), UNKNOWN)

    def odd(self, name: str, a: Value) -> Value:
        """An unknown function with f(-x) = -f(x)."""
        p = self.modulus(a.data.ndim)
        size, sign = up_to_sign(a.data, p)
        values = self._hashed(name, [size], a.degree) * sign
        return self._value(np.where(a.data == 0, 0, values), UNKNOWN)

    def even(self, name: str, a: Value) -> Value:
        """An unknown function with f(-x) = f(x)."""
        size, _ = up_to_sign(a.data, self.modulus(a.data.ndim))
        return self._value(self._hashed(name, [size], a.degree), UNKNOWN)

    def exponential(self, name: str, a: Value) -> Value:
        """An unknown positive function with f(-x) f(x) = 1."""
        p = self.modulus(a.data.ndim)
        size, sign = up_to_sign(a.data, p)
        value = self._hashed(name, [size], a.degree)
        square = self._times(value, value)
        values = np.where(sign > 0, square, self._power(square, [-1] * self.slots))
        self._count_reciprocals(Value(square, Degree(2.0)))
        return self._value(np.where(a.data == 0, 1, values), Degree(2.0, 1))

    def along(self, data: Integer[np.ndarray, "slot ..."], axes: Sequence[int]) -> Integer[np.ndarray, "slot ..."]:
        """Some axes as one, the last."""
        kept = [n for n in range(1, data.ndim) if n - 1 not in axes]
        data = data.transpose(0, *kept, *(axis + 1 for axis in axes))
        return data.reshape(*data.shape[: 1 + len(kept)], -1)

    def ranks(self, a: Value) -> Integer[np.ndarray, "..."]:
        return self._hash(ORDER, [a.data], a.degree)[0]

    def choose(self, a: Value, axes: Sequence[int], *, least: bool = False) -> Value:
        data = self.along(a.data, axes)
        where = (np.argmin if least else np.argmax)(self.ranks(Value(data, a.degree)), axis=-1)
        where = np.broadcast_to(where[None, ..., None], (*data.shape[:-1], 1))
        return a.moved(np.take_along_axis(data, where, axis=-1)[..., 0])

    def equal(self, a: Value, b: Value) -> Bool[np.ndarray, "..."]:
        self.asked_equal = True
        return np.asarray(self.equal_in_slots(a, b).all(0))

    def equal_in_slots(self, a: Value, b: Value) -> Bool[np.ndarray, "slot ..."]:
        """Where two arrays agree in each slot."""
        return np.equal(*_aligned(a, b))

    def _value(self, data: Integer[np.ndarray, "slot ..."], degree: Degree) -> Value:
        return Value(data % self.modulus(data.ndim), degree)

    def _power(self, a: Integer[np.ndarray, "*shape"], exponents: Sequence[int]) -> Integer[np.ndarray, "*shape"]:
        """Each number to the power of its slot; of zero, zero."""
        rows = zip(a.reshape(self.slots, -1).tolist(), exponents, self.primes, strict=True)
        return np.array([[pow(x, n, q) if x else 0 for x in row] for row, n, q in rows], np.int64).reshape(a.shape)

    def _hash(
        self, name: str, arguments: Sequence[Integer[np.ndarray, "..."]], *degrees: Degree
    ) -> Integer[np.ndarray, "2 ..."]:
        """A hash of 128 bits of the arguments in all slots, [2, *shape]."""
        hashes = started(f"{self.seed} {name}", arguments[0].shape[1:])
        for a in arguments:
            hashes = mixed(hashes, a)
        if degrees:
            self.unknown.add(name)
            self.arguments += int(np.prod(arguments[0].shape[1:]))
            self.deepest = largest([self.deepest, *degrees])
        return hashes

    def _hashed(
        self, name: str, arguments: Sequence[Integer[np.ndarray, "..."]], *degrees: Degree
    ) -> Integer[np.ndarray, "slot ..."]:
        """The value of an unknown function."""
        return spread(self._hash(name, arguments, *degrees), self.primes)


def multiply(
    a: Integer[np.ndarray, "..."], b: Integer[np.ndarray, "..."], p: Integer[np.ndarray, "..."]
) -> Integer[np.ndarray, "..."]:
    """a b modulo p < 2^50: the quotient, in float64, is wrong by one at most; the remainder wraps around."""
    quotient = (a.astype(np.float64) * b / p).astype(np.int64)
    return (a * b - quotient * p) % p


def _aligned(a: Value, b: Value) -> list[Integer[np.ndarray, "slot ..."]]:
    return _all_aligned([a, b])


def _all_aligned(values: Sequence[Value]) -> list[Integer[np.ndarray, "slot ..."]]:
    """The arrays with as many axes each: NumPy would align the slots of one with an axis of another."""
    rank = max(v.data.ndim for v in values)
    return [v.data.reshape(v.data.shape[0], *(1,) * (rank - v.data.ndim), *v.data.shape[1:]) for v in values]


def up_to_sign(
    a: Integer[np.ndarray, "*shape"], p: Integer[np.ndarray, "..."]
) -> tuple[Integer[np.ndarray, "*shape"], Integer[np.ndarray, "1 ..."]]:
    """One of a and -a, and the sign that leads back; the choice is the same in all slots."""
    flips = a[:1] > p[:1] // 2
    return np.where(flips, (p - a) % p, a), np.where(flips, -1, 1)
