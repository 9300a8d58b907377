"""A function whose dtypes are fixed runs in one precision alone: the check and the proof say so, and what to write."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing import check, prove
from eqlib.testing.exact.proof import Decision
from eqlib.testing.profile import Profile
from eqlib.testing.report import Verdict

FEW = Profile("few", inputs=("as given",), thorough=("as given",), few=1)


def convolved(x):
    weights = jnp.ones((1, 1, 1), jnp.float32)
    return jax.lax.conv_general_dilated(x.reshape(1, 1, 3), weights, (1,), "SAME").reshape(3)


def added_thrice(x):
    return jax.lax.scan(lambda carry, _: (carry + x, None), jnp.zeros(3, jnp.float32), None, length=3)[0]


@pytest.mark.parametrize("fn", [convolved, added_thrice])
def test_what_runs_in_float32_alone_is_not_decided(fn):
    report, proof = check(fn, "1o", "1o"), prove(fn, "1o", "1o")
    assert report.verdict is Verdict.INCONCLUSIVE and proof.verdict is Decision.NOT_DECIDED
    for text in (str(report), str(proof)):
        assert "in float64 it raises TypeError at one_precision_test.py:" in text
        assert "In float32 it runs: some dtype is fixed. Write weights.astype(x.dtype), " in text


def test_its_hint_mends_it():
    def mended(x):
        weights = jnp.ones((1, 1, 1), jnp.float32).astype(x.dtype)
        return jax.lax.conv_general_dilated(x.reshape(1, 1, 3), weights, (1,), "SAME").reshape(3)

    assert check(mended, "1o", "1o", profile=FEW, differentiable=False).ok and prove(mended, "1o", "1o").ok


def test_what_runs_in_float64_alone_is_not_decided_either():
    def doubled(x):
        return jax.lax.add(x, jax.lax.stop_gradient(x).astype(np.float64))

    report = check(doubled, "1o", "1o", profile=FEW, differentiable=False, dtypes=[jnp.bfloat16])
    assert report.verdict is Verdict.INCONCLUSIVE
    assert {f.mode: f.verdict for f in report.findings if f.law == "dtype"} == {"bfloat16": Verdict.INCONCLUSIVE}
    assert "In float64 it runs: some dtype is fixed." in str(report)


def test_what_runs_in_neither_raises():
    def out_of_order(x):
        raise TypeError("out of order")

    for judge in (check, prove):
        with pytest.raises(TypeError, match="out of order"):
            judge(out_of_order, "1o", "1o")
