"""A function that is another program each time that it is traced is not decided, and is told where."""

import itertools
import time

import flax.nnx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.testing import check, prove
from eqlib.testing.exact.proof import Decision
from eqlib.testing.program import program
from eqlib.testing.report import Verdict
from eqlib.testing.retracing import changes
from tests.meta.layers import FAULTS, RIGHT

RANDOM, COUNT = np.random.default_rng(0), itertools.count(1)


def growing(x):
    for _ in range(next(COUNT)):
        x = jnp.sin(x)
    return x


UNSTEADY = {
    "a random number": (lambda x: x * RANDOM.normal(), "mul at tests/testing/retracing_test.py:"),
    "random numbers": (lambda x: x + jnp.asarray(RANDOM.normal(size=3)), "add at tests/testing/retracing_test.py:"),
    "a clock": (lambda x: x * time.perf_counter(), "mul at"),
    "a counter": (lambda x: x * next(COUNT), "mul at"),
    "a counter in a call": (lambda x: jax.checkpoint(lambda y: y * next(COUNT))(x), "mul at"),
    "a counter in a setting": (lambda x: x ** next(COUNT), "integer_pow at"),
    "a counter in a result": (lambda x: (x, jnp.asarray([1.0 * next(COUNT)])), "a result at"),
    "another order": (lambda x: x[(np.arange(3) + next(COUNT)) % 3] * 2.0, ""),
    "a program that grows": (growing, ""),
}


@pytest.mark.parametrize(("fn", "where"), UNSTEADY.values(), ids=UNSTEADY)
def test_another_program_is_not_decided(fn, where):
    out = ("1o", "0e") if "result" in where else "1o"
    report = check(fn, "1o", out, profile="quick", as_plain_arrays=True)
    assert report.verdict is Verdict.INCONCLUSIVE and [f.law for f in report.findings] == ["repetition"], str(report)
    assert where in str(report) and "another program each time" in str(report)


def test_a_callback_that_counts_is_not_decided():
    """It is the same program, with other results."""

    def counted(x):
        return jax.pure_callback(lambda y: np.asarray(y) * next(COUNT), jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    report = check(counted, "1o", "1o", profile="quick", differentiable=False)
    assert report.verdict is Verdict.INCONCLUSIVE and "other results for the same inputs" in str(report)


@pytest.mark.parametrize("case", [*FAULTS, *RIGHT], ids=lambda case: case.name)
def test_what_is_the_same_program_is_not_taken_for_another(case):
    assert changes(program(case.fn, case.in_, case.out)) is None


def test_keys_and_modules_are_the_same():
    def noisy(x):
        return x * jax.random.normal(jax.random.key(3), ())

    layer = eqlib.nnx.Linear("2x0e + 1o", irreps_in="0e + 2x1o", rngs=flax.nnx.Rngs(0))
    assert changes(program(noisy, "1o", "1o")) is None and changes(program(layer, "0e + 2x1o")) is None


@pytest.mark.parametrize(("fn", "where"), UNSTEADY.values(), ids=UNSTEADY)
def test_another_program_is_not_proved(fn, where):
    proof = prove(fn, "1o", ("1o", "0e") if "result" in where else "1o", as_plain_arrays=True)
    assert proof.verdict is Decision.NOT_DECIDED, str(proof)
    assert where in str(proof) and "another program each time" in str(proof) and "evaluation mode" in str(proof)


def test_a_module_whose_noise_is_drawn_anew_is_not_proved():
    """A generator that a module of nnx keeps gives another key in each trace."""
    layer = flax.nnx.Dropout(0.5, rngs=flax.nnx.Rngs(0))
    assert prove(lambda x: layer(jnp.ones(1)) * x, "1o", "1o").verdict is Decision.NOT_DECIDED


def of_an_iterator():
    """A function that the first trace leaves nothing of what it reads."""
    factors = iter([2.0])
    return lambda x: x * next(factors)


@pytest.mark.parametrize("settings", [{"computes_in": "float64"}, {"computes_in": "float32"}])
def test_what_is_consumed_by_a_trace_is_not_there_for_another(settings):
    said = "first in StopIteration at retracing_test.py:"
    report = check(of_an_iterator(), "1o", "1o", profile="quick", **settings)
    assert report.verdict is Verdict.INCONCLUSIVE and said in str(report) and "did not raise before" in str(report)
    assert [f.law for f in report.findings] == ["repetition"]
    proof = prove(of_an_iterator(), "1o", "1o")
    assert proof.verdict is Decision.NOT_DECIDED and said in str(proof), str(proof)


def test_what_is_consumed_by_two_traces_is_not_there_for_a_third():
    two = iter([2.0, 2.0])
    report = check(lambda x: x * next(two), "1o", "1o", profile="quick")
    assert report.verdict is Verdict.INCONCLUSIVE and "StopIteration at retracing_test.py:" in str(report)
    again = iter([2.0, 2.0])
    proof = prove(lambda x: x * next(again), "1o", "1o")
    assert proof.verdict is Decision.NOT_DECIDED and "StopIteration at retracing_test.py:" in str(proof)


def test_what_is_consumed_before_float32_is_no_fixed_dtype():
    """However many traces a check makes in float64, and each of them reads one."""
    read = itertools.count()
    check(lambda x: x * (1.0 + 0 * next(read)), "1o", "1o", profile="quick", dtypes=())
    left = iter([2.0] * next(read))
    report = check(lambda x: x * next(left), "1o", "1o", profile="quick")
    assert report.verdict is Verdict.INCONCLUSIVE and "StopIteration at retracing_test.py:" in str(report)
    assert "dtype is fixed" not in str(report) and report.findings[-1].law == "repetition", str(report)
