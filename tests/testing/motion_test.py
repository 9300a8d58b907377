"""What never moves is vacuous: a whole output, one of several, or a segment of one that could not be a constant."""

import jax
import jax.numpy as jnp

import eqlib
from eqlib.testing.checking import check
from eqlib.testing.profile import QUICK
from eqlib.testing.report import Verdict

NOTHING = "it satisfies every law, and that says nothing."
LEAVE_OUT = (
    "If it vanishes by symmetry, as the cross product of a vector and itself does, leave it out: y.filter(drop=...)."
)


def quick(fn, in_, out=None):
    return check(fn, in_, out, profile=QUICK, dtypes=())


def test_an_idle_operand_is_noted():
    report = quick(lambda x, y: x * 2.0, ("1o", "1o"), "1o")
    assert report.ok and report.notes == ("no output depends on the operand 1x1o",)


def test_an_idle_output_beside_one_that_moves_is_vacuous():
    report = quick(lambda x: (x, 0.0 * x), "1o", ("1o", "1o"))
    assert report.verdict is Verdict.VACUOUS and not report.notes
    assert report.worst.witness == (f"the output [1]: 1x1o does not move: {NOTHING}", LEAVE_OUT)


def test_an_idle_segment_beside_one_that_moves_is_vacuous():
    report = quick(lambda x: jnp.concatenate([x, 0.0 * x]), "1o", "1o + 1e")
    assert report.verdict is Verdict.VACUOUS
    assert report.worst.witness == (f"1x1e of the output 1x1o+1x1e does not move: {NOTHING}", LEAVE_OUT)
    assert quick(lambda x: jnp.concatenate([jnp.zeros(1), x]), "1o", "0o + 1o").verdict is Verdict.VACUOUS
    assert quick(lambda x: eqlib.tensor_product(x, x), "1o").verdict is Verdict.VACUOUS
    assert quick(lambda x: eqlib.tensor_product(x, x), "2x1o").ok
    assert quick(lambda x: eqlib.tensor_product(x, x).filter(drop="1e"), "1o").ok


def test_a_constant_of_0e_beside_what_moves_is_noted():
    report = quick(lambda x: eqlib.spherical_harmonics("0e + 1o + 2e", x, normalize=False), "1o")
    assert report.ok and report.notes == ("1x0e of the output 1x0e+1x1o+1x2e does not move",)
    assert quick(lambda x: eqlib.spherical_harmonics("0e", x, normalize=False), "1o").verdict is Verdict.VACUOUS


def test_a_gate_that_is_shut_at_one_point_is_not_idle():
    """With one scalar, a gate is shut at two random points in every fourth case."""
    for seed in range(4):
        report = check(lambda s, x: (s, jax.nn.relu(s - 0.5) * x), ("0e", "1o"), ("0e", "1o"), seed=seed, profile=QUICK)
        assert report.ok, str(report)
