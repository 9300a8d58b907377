"""What loses digits is a fault of precision if it is the fault: not if the law is broken where nothing is narrow."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.testing import check
from eqlib.testing.program import program
from eqlib.testing.widened import breaks_widened, widened
from tests.meta.layers import cut, doubled_backwards, squared

BENT = np.array([1.0, 1.0, 1.001])
COUPLING = np.asarray(eqlib.clebsch_gordan(1, 1, 2), np.float32)


def in_a_scan(x):
    """A carry of 16 bits."""
    step = lambda carry, _: (carry * jnp.bfloat16(0.3), None)  # noqa: E731
    return jax.lax.scan(step, x.astype(jnp.bfloat16), None, length=3)[0].astype(x.dtype)


def in_a_loop(x):
    halved = lambda y: cut(0.5 * y, jnp.bfloat16)  # noqa: E731
    return jax.lax.while_loop(lambda y: squared(y)[0] > 1.0, halved, x)


def in_a_branch(x):
    return jax.lax.cond(squared(x)[0] > 1e-3, lambda y: cut(y, jnp.bfloat16) * 2.0, lambda y: 3.0 * y, x)


def with_a_table(x):
    """A product by coefficients of float32, which are no intertwiner in float64."""
    narrow = x.astype(jnp.float32)
    return jnp.einsum("ijk,i,j->k", COUPLING, narrow[:3], narrow[3:]).astype(x.dtype)


NARROW = {
    "a carry": (in_a_scan, "1o", "1o"),
    "a loop": (in_a_loop, "1o", "1o"),
    "a branch": (in_a_branch, "1o", "1o"),
    "a table": (with_a_table, "2x1o", "2e"),
    "a derivative by hand": (lambda x: jax.nn.relu(squared(x)) * cut(x, jnp.bfloat16), "1o", "1o"),
    "a rounding": (lambda x: jax.lax.reduce_precision(x, 8, 7) * 2.0, "1o", "1o"),
    "an accumulation": (
        lambda x: jnp.dot(x, x, preferred_element_type=jnp.float32).astype(x.dtype)[None] * x,
        "1o",
        "1o",
    ),
}


@pytest.mark.parametrize(("fn", "in_", "out"), NARROW.values(), ids=NARROW)
def test_what_only_loses_digits_is_a_fault_of_precision(fn, in_, out):
    report = check(fn, in_, out, profile="quick", dtypes=())
    assert not report.ok and report.diagnosis.fault == "precision", str(report)


def test_a_cast_that_overflows_is_told_in_the_first_line():
    overflows = lambda x: (x.astype(jnp.float16) * squared(x).astype(jnp.float16)).astype(x.dtype)  # noqa: E731
    report = check(lambda x: overflows(1e4 * x), "1o", "1o", profile="quick", dtypes=())
    first = str(report).splitlines()[0]
    assert first.startswith("<lambda> is non-finite (") and first.endswith(": its value overflows float16."), str(
        report
    )
    assert "convert_element_type, at tests/testing/precision_test.py:" in first


def test_digits_that_a_scale_loses_are_a_fault_of_precision_however_many():
    """The least numbers of float16 have no digits left, at scales that float32 has."""
    report = check(lambda x: x.astype(jnp.float16).astype(x.dtype), "1o", "1o", differentiable=False)
    assert report.diagnosis.fault == "precision" and {f.law for f in report.findings if f.verdict.value != "ok"} == {
        "precision"
    }


WRONG = {
    "beside it": (lambda s, x: (cut(s, jnp.bfloat16), x * BENT), ("0e", "1o"), ("0e", "1o"), "rotation"),
    "in it": (lambda x: cut(x, jnp.bfloat16) * BENT, "1o", "1o", "rotation"),
    "in its branch": (lambda x: jnp.where(squared(x) > 9.0, x * BENT, cut(x, jnp.bfloat16)), "1o", "1o", "rotation"),
    "backwards": (lambda s, x: (cut(s, jnp.float32), doubled_backwards(x)), ("0e", "1o"), ("0e", "1o"), "gradient"),
    "of a parity": (lambda x, y: 1e-3 * x + cut(y, jnp.bfloat16), ("1e", "1o"), "1o", "parity"),
}


@pytest.mark.parametrize(("fn", "in_", "out", "fault"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_where_nothing_is_narrow_is_not(fn, in_, out, fault):
    report = check(fn, in_, out, profile="quick", dtypes=())
    assert report.diagnosis.fault.startswith(fault), str(report)
    assert report.worst.law != "precision" and any("digits are lost by" in note for note in report.notes), str(report)


def test_a_widened_program_has_the_numbers_of_float64():
    made = program(lambda x: (x.astype(jnp.float32) * jnp.float32(0.1)).astype(x.dtype), "1o", "1o")
    (z,) = widened(made).call(made.arrays[0])
    np.testing.assert_array_equal(z, made.arrays[0] * 0.1)


def test_what_cannot_be_widened_is_not_said_to_be_wrong():
    made = program(lambda x: x if float(x[0]) < 9.0 else -x, "1o", "1o")
    assert not made.traced and not breaks_widened(made, "rotation", [], 0)
