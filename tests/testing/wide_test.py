"""Wide irreps cost what they hold: a matrix of all of them would have the square of that."""

import tracemalloc

import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.o3 import Irreps
from eqlib.testing import check, prove
from eqlib.testing.elements import Element, random_rotations
from eqlib.testing.exact.polynomials import Polynomial
from eqlib.testing.lie import generators
from eqlib.testing.operands import Field
from eqlib.testing.profile import QUICK
from eqlib.testing.report import Verdict

WIDE = "2048x1o"


def peak(run):
    """The result, and the bytes that Python and NumPy had at most."""
    tracemalloc.start()
    try:
        return run(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("irreps", ["0e", "1o + 0x2e + 1o + 0o", "3x0e + 2x1o + 1e + 2x3o", "0x1o"])
def test_blocks_are_those_of_the_whole_matrix(irreps):
    irreps = Irreps(irreps)
    x, field = np.random.default_rng(0).normal(size=(2, irreps.dim)), Field(irreps)
    for g in random_rotations(4):
        D = irreps.D_from_matrix(g.matrix)
        assert np.allclose(g.act(field, x), x @ D.T, rtol=0, atol=1e-13)  # 7 terms of the size of 1 in a row
    for X, generator in zip(generators([field]), irreps.generators(), strict=True):
        assert np.allclose(X.act(field, x), x @ generator.T, rtol=0, atol=1e-13)
        assert np.allclose(X.spread(field, np.abs(x)), np.abs(x) @ np.abs(generator).T, rtol=0, atol=1e-13)


def test_what_is_no_number_stays_in_its_copy():
    moved = Element((1, 1, 0, 0)).act(Field(Irreps("2x1o")), np.array([np.inf, 0.0, 0.0, 1.0, 2.0, 3.0]))
    assert np.isfinite(moved[3:]).all() and not np.isfinite(moved[0])


def test_an_element_acts_without_a_matrix_of_all_copies():
    x = np.ones(Irreps(WIDE).dim)
    _, used = peak(lambda: Element((1, 2, -3, 1)).act(Field(Irreps(WIDE)), x))
    assert used < 20 * x.nbytes


def test_a_wide_layer_is_checked_in_memory_of_its_size():
    report, used = peak(lambda: check(eqlib.elementwise_tensor_product, (WIDE, WIDE), profile=QUICK, dtypes=()))
    assert report.ok, str(report)
    assert used < 8 * Irreps(WIDE).dim ** 2 / 2  # half of one matrix


def test_a_wide_layer_that_is_wrong_is_refuted_by_one_copy():
    def wrong(x):
        return x.at[300].add(1e-3 * jnp.abs(x[300]))

    report = check(wrong, "512x1o", "512x1o", profile=QUICK, as_plain_arrays=True)
    assert report.verdict is Verdict.NOT_EQUIVARIANT and report.diagnosis is not None
    assert "in:     1x1o" in str(report), str(report)


def test_a_wide_layer_is_proved():
    assert str(prove(lambda x: 2.0 * x, "512x1o").verdict) == "proved"
    unknowns = Polynomial.unknown(3) * Polynomial.unknown(5000) + Polynomial.unknown(3) * Polynomial.unknown(3)
    assert unknowns.unknowns == {3, 5000}
