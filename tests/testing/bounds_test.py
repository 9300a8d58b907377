"""The measure of a difference: in units of its bound, and never silent about what is no number."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import norm
from eqlib.testing import Verdict, check
from eqlib.testing.arithmetic import double_precision
from eqlib.testing.bounds import BLUNT, Bounds, in_bounds
from eqlib.testing.program import program

NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("got", "want", "bound", "measure"),
    [
        (1.0, 1.5, 0.25, 2.0),
        (1.0, 1.0, 0.0, 0.0),
        (1.0, 1.5, 0.0, INF),
        (NAN, 1.0, 1.0, INF),
        (1.0, NAN, 1.0, INF),
        (INF, 1.0, INF, INF),
        (INF, -INF, 1.0, INF),
        (NAN, NAN, 1.0, 0.0),
        (INF, INF, NAN, 0.0),
        (1.0, 2.0, INF, 0.0),
        (1.0, 2.0, NAN, 0.0),
    ],
)
def test_a_difference_in_units_of_its_bound(got, want, bound, measure):
    beside = np.array([3.0, got]), np.array([3.0, want]), np.array([1.0, bound])
    assert in_bounds(*beside) == measure


def test_an_estimated_bound_is_not_deceived_by_what_oscillates_within_its_step():
    """sin of a phase of 1e15: each rounding of the inputs is a part of a turn, and no rotation is to blame."""
    report = check(
        lambda x: jnp.sin(1e3 * norm(x, squared=True).array), "1o", "0e", profile="quick", differentiable=False
    )
    assert report.verdict is Verdict.OK, report


def logarithm_of_a_trace(x):
    return jnp.log(1.0 + jnp.sum(x**2))[None]


def cancelling(x):
    return (x * 2.0**40 + x) - x * 2.0**40


def test_inputs_that_lose_digits_in_a_program_that_is_told_of_others_are_not_estimated():
    """Of 1 + 1e-12 an estimate sees 1e-12 and no rounding: no step of the inputs is so long that the 1 rounds."""
    with double_precision():
        bounds = Bounds(program(logarithm_of_a_trace, "1o", "0e"), np.float64)
        (given,) = bounds.program.arrays
        _, (bound,) = (bounds([scale * given], {}) for scale in (1.0, 2.0**-20))
    assert bound >= bounds.eps and bounds.blunt > BLUNT * bounds.eps and not bounds.notes


def test_a_program_of_which_nothing_is_told_is_estimated_but_at_extreme_scales():
    with double_precision():
        bounds = Bounds(program(cancelling, "1o", "1o"), np.float64)
        (given,) = bounds.program.arrays
        near, far = (bounds([scale * given], {})[0] / scale for scale in (2.0, 2.0**-20))
    assert np.all(near < 2.0**-35) and np.all(far > 2.0**-13 * np.abs(given))
    assert bounds.notes[0].startswith("bounds were estimated: the derived ones were up to")
