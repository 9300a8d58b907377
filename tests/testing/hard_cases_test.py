"""Layers that are hard to judge: at the edge of a step, of the range of float32, or of what JAX traces."""

import jax
import jax.numpy as jnp

import eqlib
from eqlib.testing import check
from eqlib.testing.report import Verdict


def handed(x):
    """The sign of a determinant, which rounding makes 1 or -1 of what is 0 for vectors in a plane."""
    a, b, c = x[:3], x[3:6], x[6:]
    return a * jnp.sign(jnp.dot(a, jnp.cross(b, c), precision="highest"))


def test_rounding_may_lead_to_another_step():
    assert check(handed, "3x1o", "1e").ok
    assert check(lambda x: x * jnp.sign(x[2] - 0.3), "1o", "1o").verdict is Verdict.NOT_EQUIVARIANT


def test_a_segment_that_leaves_the_range_of_float32_is_not_compared_beside_one_that_does_not():
    assert check(lambda x: eqlib.spherical_harmonics([0, 7], x, False), "1o").ok


def test_what_is_there_for_its_effects_alone_changes_nothing():
    seen = []

    def watched(x):
        jax.debug.callback(seen.append, x)
        return x * jnp.sum(x * x)

    assert check(watched, "1o", "1o", profile="quick").ok and seen


def test_a_derivative_by_hand_that_jax_refuses_is_not_trusted():
    @jax.custom_vjp
    def cubed(x):
        return x * jnp.sum(x * x)

    cubed.defvjp(lambda x: (cubed(x), x), lambda x, v: (v[:2],))
    report = check(cubed, "1o", "1o", profile="quick")
    assert report.verdict is Verdict.INCONCLUSIVE and report.worst.law == "gradient"
    assert "Custom VJP bwd rule" in str(report)


def test_a_function_that_refuses_float32_is_not_decided():
    def wide(x):
        if x.dtype == jnp.float32:
            raise ValueError("only float64 is good enough")
        return 2 * x

    report = check(wide, "1o", "1o", profile="quick")
    assert report.verdict is Verdict.INCONCLUSIVE and "only float64 is good enough" in str(report)
