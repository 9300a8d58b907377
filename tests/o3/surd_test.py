"""Law: Surd is exact arithmetic on s*sqrt(p/q), and its rounding is that of IEEE 754 to the nearest, ties to even."""

import math
from dataclasses import FrozenInstanceError
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqlib.o3 import Surd

rationals = st.fractions(max_denominator=10**6)
surds = st.builds(lambda q, s: Surd.sqrt(abs(q)) * s, rationals, st.sampled_from([-1, 1]))
DTYPES = (np.float64, np.float32, np.float16)


@given(surds, surds)
def test_product_and_quotient_agree_with_squares_and_signs(a: Surd, b: Surd) -> None:
    assert (a * b).square == a.square * b.square and (a * b).sign == a.sign * b.sign
    if b:
        assert a / b * b == a and 1 / (1 / b) == b
    else:
        with pytest.raises(ZeroDivisionError):
            a / b


@given(rationals, rationals, surds)
def test_sums_of_rational_multiples_are_distributive(p: Fraction, q: Fraction, a: Surd) -> None:
    assert a * p + a * q == a * (p + q)
    assert a * p - a * q == a * (p - q)
    assert a - a == 0 and a + 0 == a == 0 + a
    assert -a == 0 - a == a * -1 and Surd.of(0) + a == a


@given(rationals, rationals)
def test_numbers_of_python_may_stand_on_the_left(p: Fraction, q: Fraction) -> None:
    assert p + Surd.of(q) == p + q and p - Surd.of(q) == p - q and p * Surd.of(q) == p * q
    if q:
        assert p / Surd.of(q) == p / q


def test_a_square_root_is_rational_where_numerator_and_denominator_are_squares() -> None:
    for p, q in ((4, 9), (4, 5), (5, 9), (8, 27), (0, 1)):
        root = Surd.sqrt(Fraction(p, q)).rational()
        assert root == (Fraction(math.isqrt(p), math.isqrt(q)) if {p, q} <= {0, 1, 4, 9} else None)


def test_a_sum_that_is_no_surd_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(√2\) \+ \(√3\) is no surd: the ratio of the two is irrational"):
        Surd.sqrt(2) + Surd.sqrt(3)


@given(surds, surds)
def test_order_is_that_of_the_real_numbers(a: Surd, b: Surd) -> None:
    assert [a < b, a == b, a > b].count(True) == 1
    assert (a < b) == (b > a) and (a <= b) == (not a > b)
    if abs(float(a) - float(b)) > 1e-9 * (1 + abs(float(a))):
        assert (a < b) == (float(a) < float(b))


@given(rationals)
def test_equal_numbers_have_equal_hashes(q: Fraction) -> None:
    assert Surd.of(q) == q == Surd.of(q).rational() and hash(Surd.of(q)) == hash(q)
    assert Surd.sqrt(q * q) == abs(q) == abs(Surd.of(q))
    assert bool(Surd.of(q)) == bool(q)


def test_a_float_is_the_rational_that_it_stores() -> None:
    assert Surd.of(0.5) == Fraction(1, 2) == 0.5 and Surd.of(0.1) != Fraction(1, 10)
    assert Surd.of(0.1) == 0.1 and Surd.of(np.int64(3)) == 3 and Surd.sqrt(2) != math.sqrt(2)
    assert Surd.of(1) != math.nan and Surd.of(1) != "1" and not Surd.of(2) < 1.5
    for bad in (math.nan, math.inf):
        with pytest.raises((ValueError, OverflowError)):
            Surd.of(bad)


@pytest.mark.parametrize(("sign", "square"), [(2, Fraction(1)), (0, Fraction(1)), (1, Fraction(0)), (1, Fraction(-1))])
def test_inconsistent_parts_are_refused(sign: int, square: Fraction) -> None:
    with pytest.raises(ValueError, match=r"is no real number sign\*sqrt\(square\)"):
        Surd(sign, square)


def test_the_square_root_of_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="is no real number"):
        Surd.sqrt(-2)


def test_printing() -> None:
    numbers = (
        Surd.of(Fraction(1, 2)),
        Surd.sqrt(Fraction(1, 2)),
        -Surd.sqrt(Fraction(3, 10)),
        Surd.sqrt(3),
        Surd.of(0),
    )
    assert [str(s) for s in numbers] == [
        "1/2",
        "√(1/2)",
        "-√(3/10)",
        "√3",
        "0",
    ]
    assert eval(repr(Surd.sqrt(Fraction(3, 10))), {"Surd": Surd, "Fraction": Fraction}) == Surd.sqrt(Fraction(3, 10))


@pytest.mark.parametrize("dtype", DTYPES)
@given(surds)
def test_rounding_is_within_half_an_ulp(dtype: type, a: Surd) -> None:
    limit = Surd.of(float(np.finfo(dtype).max))
    if abs(a) > limit:
        return
    rounded = a.round(dtype)
    assert rounded.dtype == dtype and np.sign(rounded) == (a.sign if rounded else 0)
    x = abs(rounded)
    below, above = (Fraction(float(np.nextafter(x, dtype(end)))) for end in (0, np.inf))
    low, high = (Fraction(float(x)) + below) / 2, (Fraction(float(x)) + above) / 2
    assert low**2 <= a.square <= high**2


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive_a_round_trip(x: float) -> None:
    assert float(Surd.of(x)) == x
    assert abs(float(Surd.sqrt(Fraction(x) ** 2))) == abs(x)


@given(st.integers(0, 2**70))
def test_rational_numbers_round_as_in_python(n: int) -> None:
    assert float(Surd.of(n)) == float(n) and float(Surd.of(Fraction(n, 3))) == float(Fraction(n, 3))


def test_ties_go_to_the_even_significand() -> None:
    for n, expected in ((2**53 + 1, 2.0**53), (2**53 + 3, 2.0**53 + 4)):
        assert float(Surd.of(n)) == expected
    assert Surd.of(2**24 + 1).round(np.float32) == np.float32(2**24)


def test_what_is_least_above_or_below_a_tie_is_no_tie() -> None:
    """4 p = (2 m + 1)^2 q +- 1 for the root of p/q between m and m + 1, which have 11 bits."""
    assert Surd.sqrt(Fraction(3148801, 3)).round(np.float16) == 1025  # m = 1024
    assert Surd.sqrt(Fraction(5258251, 5)).round(np.float16) == 1025  # m = 1025


def test_subnormal_numbers_and_underflow() -> None:
    tiny = Fraction(1, 2**1074)
    assert float(Surd.of(tiny)) == 5e-324
    assert float(Surd.of(tiny / 2)) == 0.0 and float(Surd.of(tiny * Fraction(51, 100))) == 5e-324
    assert float(Surd.sqrt(2 * tiny**2)) == 5e-324 and float(Surd.sqrt(3 * tiny**2)) == 1e-323
    assert Surd.of(Fraction(3, 2**150)).round(np.float32) == np.float32(2**-148)
    assert Surd.of(Fraction(1, 2**24)).round(np.float16) == np.float16(6e-08)


@pytest.mark.parametrize(("dtype", "bits", "least"), [(np.float16, 11, -14), (ml_dtypes.bfloat16, 8, -126)])
def test_the_least_number_is_reached_from_just_above_its_half(dtype: type, bits: int, least: int) -> None:
    smallest = Fraction(1, 2 ** (bits - 1 - least))
    assert Surd.of(smallest).round(dtype) == dtype(float(smallest)) > 0
    assert Surd.of(smallest / 2).round(dtype) == 0
    assert Surd.of(smallest / 2 * Fraction(1025, 1024)).round(dtype) == dtype(float(smallest))


def test_the_greatest_number_of_bfloat16_is_not_refused() -> None:
    greatest = 2**128 - 2**120
    assert Surd.of(greatest).round(ml_dtypes.bfloat16) == float(greatest)
    with pytest.raises(OverflowError, match="finite number of 8 bits"):
        Surd.of(2**128).round(ml_dtypes.bfloat16)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Surd.of(1).sign = -1


def test_overflow_is_refused() -> None:
    assert Surd.of(65519).round(np.float16) == 65504
    with pytest.raises(OverflowError, match="65520 is larger than every finite number of 11 bits"):
        Surd.of(65520).round(np.float16)
    with pytest.raises(OverflowError, match="finite number of 53 bits"):
        float(Surd.of(2) * Fraction(2**1023))


def test_bfloat16_is_a_dtype_like_the_others() -> None:
    bfloat16 = ml_dtypes.bfloat16
    for n in range(1, 500):
        assert Surd.sqrt(n).round(bfloat16) == bfloat16(float(Surd.sqrt(n)))
    assert Surd.sqrt(2).round(bfloat16).dtype == np.dtype(bfloat16)


@pytest.mark.parametrize("dtype", [np.int32, np.complex64, np.bool_])
def test_other_dtypes_are_refused(dtype: type) -> None:
    with pytest.raises(TypeError, match="cannot round to"):
        Surd.sqrt(2).round(dtype)


@settings(max_examples=50)
@given(surds)
def test_mixing_with_what_is_no_number_is_a_type_error(a: Surd) -> None:
    for operation in (lambda: a * "2", lambda: a + "2", lambda: a < "2", lambda: a / [1]):
        with pytest.raises(TypeError):
            operation()
