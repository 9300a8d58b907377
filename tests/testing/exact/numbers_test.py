"""The exact numbers themselves: primes, constants, fields, polynomials, and what is claimed of their chances."""

import math
from fractions import Fraction

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqlib.o3 import Surd, clebsch_gordan, exact_clebsch_gordan
from eqlib.testing.exact.constants import Exact, Reading, nearby, of_surd
from eqlib.testing.exact.degree import Degree
from eqlib.testing.exact.domain import Value
from eqlib.testing.exact.polynomials import Polynomial, power_of
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.exact.primes import BITS, ROOTED, is_prime, primes

UNKNOWN = Degree()


def field(seed=0, slots=3):
    return PrimeField(primes(slots, seed), seed, Reading())


def test_primes_are_primes_in_which_small_numbers_have_roots():
    sympy = pytest.importorskip("sympy")
    for p in primes(8, 0):
        assert sympy.isprime(p) and 2**BITS < p < 2 ** (BITS + 1)
        assert p % 8 == 7 and p % 3 == 2
        assert all(pow(q, (p - 1) // 2, p) == 1 for q in ROOTED)
    assert [n for n in range(25, 200, 2) if is_prime(n)] == list(sympy.primerange(25, 200))
    assert len(set(primes(16, 0))) == 16 and primes(2, 0) != primes(2, 1)


@given(st.integers(-300, 300).filter(bool), st.integers(1, 300), st.integers(1, 300))
def test_constants_are_read_as_the_numbers_that_they_round(n, p, q):
    surd = Surd.sqrt(Fraction(p, q)) * Fraction(n, abs(n))
    read = nearby(float(surd), 53)
    assert read == of_surd(surd)
    assert math.isclose(float(read.factor) * math.sqrt(read.root), float(surd), rel_tol=1e-15)


def test_a_constant_that_rounds_nothing_is_itself_and_is_reported():
    reading = Reading()
    numbers = np.array([0.1234567890123, 0.1234567890123 * math.sqrt(2), 0.5])
    first, second, half = reading.array(numbers)
    assert first == Exact(Fraction(0.1234567890123)) and half == Exact(Fraction(1, 2))
    assert second == Exact(Fraction(0.1234567890123), 2)
    assert list(reading.unread) == [0.1234567890123] and not reading.misprints()


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_constants_of_16_bits_are_read_if_they_are_rounded_and_no_more(dtype):
    """A few units in the last place, as constants of more bits have gone through, are too many roots of fractions."""
    numbers = np.array([0.75, 3.0, 1 / 3, 2**0.5, 1.03 / 3, 1.03 * 2**0.5]).astype(dtype)
    exact = Reading().array(numbers)
    assert exact[:4] == [Exact(Fraction(3, 4)), Exact(Fraction(3)), Exact(Fraction(1, 3)), Exact(Fraction(1), 2)]
    assert [float(x.factor) * x.root**0.5 for x in exact[4:]] == numbers[4:].astype(np.float64).tolist()


def test_clebsch_gordan_tensors_are_read_exactly():
    for ls in [(1, 1, 2), (2, 2, 2), (3, 2, 1), (3, 3, 3), (4, 3, 2)]:
        tensor, numbers = exact_clebsch_gordan(*ls), clebsch_gordan(*ls)
        read = Reading().array(numbers)
        for index, value in tensor.entries:
            assert read[np.ravel_multi_index(index, tensor.shape)] == of_surd(value)


@given(st.integers(0, 2**BITS), st.integers(0, 2**BITS))
def test_products_and_sums_are_those_of_the_field(a, b):
    f = field()
    x, y = (Value(np.array([[n % p, (n + 1) % p] for p in f.primes]), UNKNOWN) for n in (a, b))
    for got, want in [
        (f.mul(x, y), lambda x, y, p: x * y % p),
        (f.add(x, y), lambda x, y, p: (x + y) % p),
        (f.mul(f.inverse(x), x), lambda x, y, p: 1 if x else None),
    ]:
        for slot, p in enumerate(f.primes):
            for n in range(2):
                expected = want(int(x.data[slot, n]), int(y.data[slot, n]), p)
                assert expected is None or int(got.data[slot, n]) == expected


def test_matrix_products_and_sums_do_not_overflow():
    f = field()
    x = f.symbols((3, 5000))
    y = f.symbols((5000, 2))
    got = f.matmul(x, y).data
    for slot, p in enumerate(f.primes):
        want = x.data[slot].astype(object) @ y.data[slot].astype(object) % p
        assert (got[slot] == want.astype(np.int64)).all()
        assert (f.sum(x, (1,)).data[slot] == x.data[slot].astype(object).sum(1) % p).all()


def test_roots_and_signs_have_their_laws():
    f = field(slots=2)
    s, k = f.symbols((50,)), f.symbols((50,))
    square = f.mul(k, k)
    assert f.equal(f.root(f.mul(square, square)), square).all()
    root = f.root(square)
    assert f.equal(f.mul(root, root), square).all() and not f.twisted.any()
    sign, opposite = f.sign(s), f.sign(f.neg(s))
    assert f.equal(sign, f.neg(opposite)).all()
    size = f.mul(s, sign)
    assert f.equal(f.root(f.mul(size, size)), size).all()  # |s| counts as positive
    f.root(f.symbols((50,)))
    assert f.twisted.all()


def test_unknown_functions_have_their_symmetries_and_no_others():
    f = field()
    x = f.symbols((20,))
    minus = f.neg(x)
    assert f.equal(f.odd("g", minus), f.neg(f.odd("g", x))).all()
    assert f.equal(f.even("g", minus), f.even("g", x)).all()
    one = f.lift(np.ones(20))
    assert f.equal(f.mul(f.exponential("g", x), f.exponential("g", minus)), one).all()
    assert not f.equal(f.function("g", minus), f.function("g", x)).any()
    assert not f.equal(f.function("g", minus), f.neg(f.function("g", x))).any()
    assert not f.equal(f.function("g", x), f.function("h", x)).any()


@given(st.lists(st.integers(-3, 3), min_size=6, max_size=6))
def test_polynomials_compute_as_their_values_do(numbers):
    x, y = (Polynomial.unknown(n) for n in range(2))
    root = Polynomial.constant(Exact(Fraction(1, 2), 6))
    a, b, c, d, *at = (Fraction(n) for n in numbers)

    def build(x, y, root, constant):
        p = constant(a) * x * x + constant(b) * root * y
        q = constant(c) + constant(d) * root * x * y
        return p * q - q * q + p

    value = build(float(at[0]), float(at[1]), math.sqrt(6) / 2, float)
    polynomial = build(x, y, root, lambda n: Polynomial.constant(Exact(n)))
    total = sum(
        float(coefficient) * math.sqrt(r) * math.prod(float(v) ** (m >> 6 * n & 63) for n, v in enumerate(at))
        for (m, r, _), coefficient in polynomial.terms.items()
    )
    assert math.isclose(total, value, rel_tol=1e-9, abs_tol=1e-9)
    assert (polynomial - polynomial).is_zero


def test_infinitesimals_are_derivatives():
    x = Polynomial.unknown(0)
    moved = x + x.times_infinitesimal(1) + Polynomial.constant(Exact(Fraction(1))).times_infinitesimal(2)
    cube = moved * moved * moved
    three = Polynomial.constant(Exact(Fraction(3)))
    assert (cube.part(1) - three * x * x * x).is_zero
    assert (cube.part(2) - three * x * x).is_zero
    assert (cube.part(0) - x * x * x).is_zero
    assert (cube.part(0).with_signs(power_of(0)) + x * x * x).is_zero


def test_the_bound_on_zeros_is_kept():
    """In a field of 7919 elements: products of d linear factors vanish as often as d / p allows, and no more."""
    p, d, rng = 7919, 40, np.random.default_rng(0)
    shifts = rng.choice(p, d, replace=False)
    zeros = sum(any((x - shift) % p == 0 for shift in shifts) for x in range(p))
    assert zeros == d and math.log2(zeros) <= Degree(float(d)).zeros(0, {})
    squares = {x * x % p for x in range(p)}
    for a in range(1, 20):  # y = x + a with y^2 = x, a quadratic equation for x
        vanishing = sum((y - y * y - a) % p == 0 for y in squares)
        assert vanishing <= 2 ** Degree(1.0, 0, 1.0).zeros(1, {})
