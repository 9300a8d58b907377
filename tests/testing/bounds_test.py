"""The measure of a difference: in units of its bound, and never silent about what is no number."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import norm
from eqlib.testing import Verdict, check
from eqlib.testing.bounds import in_bounds

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
