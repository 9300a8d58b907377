"""Layers that are hard to judge: at the edge of a step, of the range of float32, or of what JAX traces."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.testing import check
from eqlib.testing.report import Verdict
from tests.meta.orders import along_an_axis, by_rank, outwards, to_nearest, to_nearest_by_weights, to_the_two_nearest


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


IN_ORDER = {to_nearest: "1o per node", to_nearest_by_weights: "1o per node", by_rank: "1o per node"}
IN_ORDER |= {to_the_two_nearest: "1o per node", outwards: "1o"}
TURN = np.linalg.qr(np.ones((3, 3)) + np.eye(3))[0]
OF_A_LATTICE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1.0]]) @ TURN


@pytest.mark.parametrize(("fn", "out"), IN_ORDER.items())
def test_which_is_closest_is_told_where_it_is_no_tie(fn, out):
    report = check(fn, "points", out, profile="quick")
    assert report.ok and report.certified, str(report)


@pytest.mark.parametrize(("fn", "out"), IN_ORDER.items())
def test_a_tie_that_rounding_decides_refutes_nothing(fn, out):
    report = check(fn, "points", out, example=(OF_A_LATTICE,), profile="quick", differentiable=False)
    assert report.ok, str(report)


def closest_along_an_axis(points):
    return points[jnp.argmin(jnp.abs(points[:, 2] - points[:1, 2]) + 1e9 * jnp.eye(len(points))[0])] - points[0]


@pytest.mark.parametrize("fn", [closest_along_an_axis, along_an_axis])
@pytest.mark.parametrize("options", [{}, {"example": (OF_A_LATTICE,)}], ids=["drawn", "of a lattice"])
def test_an_order_of_components_is_refuted(fn, options):
    report = check(fn, "points", "1o", profile="quick", **options)
    assert report.verdict is Verdict.NOT_EQUIVARIANT, str(report)


@pytest.mark.parametrize("frequency", [1e3, 1e5, 1e6])
def test_a_derivative_is_judged_within_a_wave(frequency):
    report = check(lambda x: x * jnp.sin(frequency * jnp.sum(x * x)), "1o", "1o", profile="quick")
    assert report.ok, str(report)


@pytest.mark.parametrize("frequency", [1.0, 1e3, 1e5, 1e6])
@pytest.mark.parametrize("part", [0.0, 0.5, 0.99, 2.0])
def test_a_wrong_derivative_is_refuted_in_the_steepest_function(frequency, part):
    def partly(x):
        wave = jnp.sin(frequency * jnp.sum(x * x))
        return x * (part * wave + (1 - part) * jax.lax.stop_gradient(wave))

    report = check(partly, "1o", "1o", profile="quick", dtypes=())
    assert report.verdict is Verdict.NOT_EQUIVARIANT and report.worst.law == "derivative", str(report)


def test_a_law_that_numbers_break_is_told_before_those_that_are_none():
    def shifted(x):
        return jnp.where(jnp.sum(x * x) == 0, jnp.nan, x + 0.1)

    report = check(shifted, "1o", "1o", profile="quick")
    assert report.verdict is Verdict.NOT_EQUIVARIANT and report.diagnosis is not None
    assert report.diagnosis.fault == "rotation about all axes" and report.diagnosis.first.startswith("add")


def test_what_no_number_breaks_is_non_finite():
    report = check(lambda x: x / jnp.linalg.norm(x), "1o", "1o", profile="quick")
    assert report.verdict is Verdict.NON_FINITE and report.diagnosis is not None
    assert report.diagnosis.fault == "non-finite"


def test_digits_that_another_batch_rounds_otherwise_are_a_matter_of_precision():
    weights = np.random.default_rng(0).normal(size=(8, 8))

    def gated(x):
        vectors = x.reshape(8, 3)
        squares = jnp.sum((vectors * vectors).astype(jnp.bfloat16), -1, keepdims=True)
        gates = jnp.asarray(weights, jnp.bfloat16) @ squares
        return (vectors * gates.astype(x.dtype)).reshape(-1)

    report = check(gated, "8x1o", "8x1o", as_plain_arrays=True)
    assert {f.law for f in report.findings if f.verdict is Verdict.NOT_EQUIVARIANT} == {"precision"}
    assert report.diagnosis is not None and report.diagnosis.fault == "precision"


def test_a_gradient_is_not_asked_where_the_function_has_left_the_range():
    assert check(lambda x: x * jnp.exp(jnp.sum(x * x)), "1o", "1o", profile="quick").ok
    report = check(lambda x: jnp.sqrt(jnp.sum(x * x, keepdims=True)), "1o", "0e", profile="quick")
    assert next(f for f in report.findings if f.law == "finite gradient").verdict is Verdict.NON_FINITE
