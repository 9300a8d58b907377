"""A `while_loop` that does not end is stopped and named, and one that ends gives what it gave."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing import check
from eqlib.testing.loops import ROUNDS, EndlessLoop, counted
from eqlib.testing.profile import Profile
from eqlib.testing.report import Verdict

FEW = Profile("few", inputs=("as given",), thorough=("as given",), few=1)


def to(limit, x):
    """Doubles x until it is as great as the limit, which 0 never is."""
    return jax.lax.while_loop(lambda y: y < limit, lambda y: 2 * y, x)


def in_a_scan_and_a_branch(x):
    def step(carry, _):
        return jax.lax.cond(carry < 3.0, lambda y: to(3.0, y), lambda y: jax.jit(lambda z: to(9.0, z))(y), carry), carry

    last, every = jax.lax.scan(step, x, None, length=3)
    return [last, every]


def in_a_loop(x):
    return [jax.lax.while_loop(lambda y: y < 100.0, lambda y: to(9.0, y) + 1.0, x)]


@pytest.mark.parametrize("fn", [lambda x: [to(8.0, x)], in_a_scan_and_a_branch, in_a_loop])
def test_loops_are_stopped_where_they_do_not_end_and_are_as_they_were_where_they_do(fn):
    run = counted(jax.jit(fn).trace(1.0), (1.0,))
    for x in (1.0, 5.0):
        for got, want in zip(run(x), fn(x), strict=True):
            assert np.array_equal(got, want)
    with pytest.raises(EndlessLoop, match=f"has not ended after {ROUNDS} rounds"):
        run(0.0)


def test_a_function_without_loops_runs_as_it_is():
    assert counted(jax.jit(lambda x: [2 * x]).trace(1.0), (1.0,))(3.0) == [6.0]


def grown(x, rate):
    """x times a factor that grows from 1 in small steps; in float32, 1 + 1e-9 is 1."""
    one = jnp.ones((), x.dtype)
    return x * jax.lax.while_loop(lambda y: y - 1 < 3 * rate, lambda y: y + rate, one)


def test_a_loop_that_ends_in_float64_alone_is_named():
    report = check(lambda x: grown(x, 1e-9), "1o", "1o", profile=FEW)
    assert report.verdict is Verdict.INCONCLUSIVE and report.worst.law == "loop" and report.worst.mode == "float32"
    assert report.worst.witness[0].startswith("the loop at tests/testing/loops_test.py:")
    assert check(lambda x: grown(x, 1e-2), "1o", "1o", profile=FEW).ok


def test_a_derivative_by_hand_beside_a_loop_runs_as_it_is():
    fn = lambda x: [jax.nn.relu(to(8.0, x)) + jax.nn.silu(x)]  # noqa: E731
    assert counted(jax.jit(fn).trace(1.0), (1.0,))(1.0) == fn(1.0)
