"""A verdict is `ok` only of an output that moved, and moved as it must."""

import numpy as np
import pytest

from eqlib.testing.equivariance import Comparison, compare, overall
from eqlib.testing.report import Verdict

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(5, 3))
R = np.array([[0.0, -1.0, 0.0], [0.6, 0.0, -0.8], [0.8, 0.0, 0.6]])  # orthogonal, of determinant 1


def compared(f, on_output) -> Comparison:
    return compare("rotation", f(VECTORS @ R.T), on_output(f(VECTORS)), ulps=64)


PLANTED = {
    "the length": (lambda x: np.sqrt((x**2).sum(-1)), Verdict.OK),
    "the length, large": (lambda x: 1e9 * np.sqrt((x**2).sum(-1)), Verdict.OK),
    "the length, small": (lambda x: 1e-9 * np.sqrt((x**2).sum(-1)), Verdict.OK),
    "a component": (lambda x: x[:, 0], Verdict.NOT_EQUIVARIANT),
    "a component, small": (lambda x: 1e-9 * x[:, 0], Verdict.NOT_EQUIVARIANT),
    "wrong in one sample": (lambda x: np.where(np.arange(5) == 3, x[:, 0], (x**2).sum(-1)), Verdict.NOT_EQUIVARIANT),
    "a constant": (lambda x: np.full(len(x), 7.0), Verdict.VACUOUS),
    "zero": (lambda x: np.zeros(len(x)), Verdict.VACUOUS),
    "a motion below rounding": (lambda x: 1.0 + 1e-15 * (x**2).sum(-1), Verdict.VACUOUS),
    "NaN": (lambda x: np.full(len(x), np.nan), Verdict.NON_FINITE),
    "NaN in one sample": (lambda x: np.where(np.arange(5) == 3, np.nan, (x**2).sum(-1)), Verdict.NON_FINITE),
    "infinite": (lambda x: np.full(len(x), np.inf), Verdict.NON_FINITE),
}


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
@pytest.mark.parametrize("planted", PLANTED)
def test_verdict_of_planted_invariant(planted: str):
    f, verdict = PLANTED[planted]
    assert compared(f, lambda z: z).verdict is verdict


def test_verdict_of_vectors():
    assert compared(lambda x: x * (x**2).sum(-1, keepdims=True), lambda z: z @ R.T).verdict is Verdict.OK
    assert compared(lambda x: x**3, lambda z: z @ R.T).verdict is Verdict.NOT_EQUIVARIANT


def test_bound_is_in_the_dtype():
    x = VECTORS.astype(np.float32)
    assert compare("identity", x, x, ulps=64).bound == 64 * 2.0**-23
    assert compare("identity", VECTORS, VECTORS, ulps=64).bound == 64 * 2.0**-52


def test_overall_is_the_worst_verdict_then_the_greatest_error():
    good, better = Comparison("good", 1e-7, 1e-5, 1.0), Comparison("better", 1e-16, 1e-13, 1.0)
    still, wrong, broken = (
        Comparison("still", 0.0, 1e-5, 0.0),
        Comparison("wrong", 1.0, 1e-5, 1.0),
        Comparison("broken", np.nan, 1.0, 1.0),
    )
    assert overall([better, good]) is good
    assert overall([good, still]) is still
    assert overall([still, wrong, good]) is wrong
    assert overall([broken, good]) is broken and overall([broken, wrong]) is wrong


def test_nothing_to_compare_is_an_error():
    with pytest.raises(ValueError, match="no comparisons"):
        overall([])
    with pytest.raises(ValueError, match="give two samples"):
        compare("rotation", VECTORS[:1], VECTORS[:1], ulps=1)
    with pytest.raises(ValueError, match="cannot compare outputs of shapes"):
        compare("rotation", VECTORS, VECTORS[:, 0], ulps=1)
