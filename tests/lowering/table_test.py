"""The table of a sum has every term once, and nothing else that counts."""

from collections import Counter

import numpy as np
import pytest

from eqlib.lowering.table import TERMS_PER_STEP, table
from eqlib.o3 import Surd
from eqlib.plan import derivative, transpose
from eqlib.plan.products import Products, SumOfProducts, Term, sum_of_products
from tests.plan.examples import channelwise, cubic, square

SLOPE = derivative(cubic(), 1)
NONE = Products((0,), (), are_symmetric=False)


def counts(*numbers):
    """Sums of so many terms, all different: the n-th of a component has the coefficient n + 1."""
    terms = [Term(k, n, k, Surd.of(n + 1)) for k, number in enumerate(numbers) for n in range(number)]
    return SumOfProducts(NONE, NONE, tuple(terms))


SUMS = {
    "square": (sum_of_products(square(), square().paths), 5),
    "channelwise": (sum_of_products(channelwise(), channelwise().paths), 3),
    "slope": (sum_of_products(SLOPE, SLOPE.paths), 8),
    "of weights": (sum_of_products(transpose(cubic(), 0), transpose(cubic(), 0).paths), 5),
    "one term": (counts(1), 1),
    "a component without terms": (counts(0, 3, 0), 3),
    "a last component that is full": (counts(1, TERMS_PER_STEP), 2),
    "long and short": (counts(1, 200, 7, 90), 4),
}


@pytest.mark.parametrize("name", SUMS)
def test_every_term_is_there_once(name):
    sums, components = SUMS[name]
    of = table(sums, components, np.float64)
    steps, terms, rows = of.coefficients.shape
    assert of.left.shape == of.right.shape == (steps, TERMS_PER_STEP, rows) and terms == TERMS_PER_STEP
    found = Counter()
    for k, (numbers, is_row) in enumerate(zip(of.sums, of.is_row, strict=True)):
        for row in numbers[is_row]:
            for at in np.ndindex(steps, terms):
                if of.coefficients[*at, row]:
                    found[k, of.left[*at, row], of.right[*at, row], of.coefficients[*at, row]] += 1
    assert found == Counter((t.output, t.left, t.right, float(t.coefficient)) for t in sums.terms)


@pytest.mark.parametrize("name", SUMS)
def test_what_fills_a_row_is_a_term_of_its_own(name):
    sums, components = SUMS[name]
    of = table(sums, components, np.float32)
    own = {(t.output, t.left, t.right) for t in sums.terms}
    for k, (numbers, is_row) in enumerate(zip(of.sums, of.is_row, strict=True)):
        for row in numbers[is_row]:
            read = zip(of.left[..., row].ravel().tolist(), of.right[..., row].ravel().tolist(), strict=True)
            assert {(k, *pair) for pair in read} <= own


def test_every_row_is_in_one_sum():
    for sums, components in SUMS.values():
        of = table(sums, components, np.float32)
        assert sorted(of.sums[of.is_row]) == list(range(of.left.shape[2]))


def test_coefficients_are_rounded_once():
    of = table(SumOfProducts(NONE, NONE, (Term(0, 0, 0, Surd.sqrt(2)),)), 1, np.float32)
    assert of.coefficients.dtype == np.float32 and of.left.dtype == of.sums.dtype == np.int32
    assert of.coefficients[0, 0, 0] == np.float32(np.sqrt(2))


def test_long_sums_are_made_of_several_rows_and_short_ones_are_not():
    several = table(*SUMS["long and short"], np.float32)
    assert several.coefficients.size < 4 * 200
    assert several.is_row.sum(axis=1).tolist()[0] == 1
    even = table(counts(*[16] * 40), 40, np.float32)
    assert even.is_row.sum() == 40 and len(even.left) == 2
