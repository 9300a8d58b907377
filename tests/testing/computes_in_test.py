"""A layer that computes in float32 by design is held to the bounds of float32, if that is said."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen

from eqlib.testing import check
from eqlib.testing.report import Verdict

WEIGHTS = np.random.default_rng(0).normal(size=(4, 4)).astype(np.float32)
HINT = 'If it computes in float32 by design, write computes_in="float32".'


def cut(x):
    vectors = x.reshape(4, 3).T.astype(jnp.float32)
    return (jnp.tanh(jnp.sum(vectors * vectors)) * (vectors @ WEIGHTS)).T.reshape(12)


class Dense(linen.Module):
    @linen.compact
    def __call__(self, x):
        return linen.Dense(4, use_bias=False, dtype=jnp.float32)(x.reshape(4, 3).T).T.reshape(12)


BY_DESIGN = {
    "and returns it": cut,
    "and returns what it is given": lambda x: cut(x).astype(x.dtype),
    "a module": Dense(),
}


@pytest.mark.parametrize("fn", BY_DESIGN.values(), ids=BY_DESIGN)
def test_a_cast_to_float32_is_a_fault_of_precision_unless_it_is_said_to_be_by_design(fn):
    report = check(fn, "4x1o", "4x1o", profile="quick")
    assert report.diagnosis.fault == "precision" and HINT in str(report), str(report)
    report = check(fn, "4x1o", "4x1o", profile="quick", computes_in="float32")
    assert report.ok and {f.mode for f in report.findings} <= {"float32", "float64"}, str(report)
    assert {f.law for f in report.findings} >= {"motion", "rotation", "inversion", "derivative", "gradient", "batch"}
    assert report.notes[0] == (
        "it is said to compute in float32: that is what its bounds are of, and float64 was not tried"
    )


WRONG = {
    "a bias": lambda x: x.astype(jnp.float32) + jnp.float32(1e-4),
    "a scaled axis": lambda x: x.astype(jnp.float32) * jnp.float32(np.array([1.0, 1.0, 1.0001] * 4)),
    "bfloat16": lambda x: x.astype(jnp.bfloat16).astype(x.dtype),
}


@pytest.mark.parametrize("fn", WRONG.values(), ids=WRONG)
def test_what_is_more_than_float32_rounds_is_refused(fn):
    report = check(fn, "4x1o", "4x1o", profile="quick", computes_in="float32")
    assert report.verdict is Verdict.NOT_EQUIVARIANT, str(report)


def test_what_jax_cannot_trace_has_no_ladder():
    fn = lambda x: (np.asarray(x, np.float32) * np.float32(3.0)).astype(x.dtype)  # noqa: E731
    report = check(fn, "1o", "1o", profile="quick", computes_in=np.float32)
    assert report.ok and not report.certified, str(report)
    assert "there was no precision ladder: it computes in float32 alone" in report.notes


@pytest.mark.parametrize("other", ["int32", "bfloat16", "nonsense"])
def test_no_other_precision_is_taken(other):
    with pytest.raises(ValueError, match=r'Write computes_in="float32", or leave it out\.'):
        check(cut, "4x1o", "4x1o", computes_in=other)
