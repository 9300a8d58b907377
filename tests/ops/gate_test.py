"""gate: the conformance suite, and what is particular to it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.gate
from eqlib import Irreps, IrrepsArray, IrrepsError, normal
from eqlib.ops.gate import gate
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject

test_conforms = conforms(
    Subject(
        "gate",
        gate,
        ("2x0e+2x0o+1o+1e",),
        spec.gate.gate,
        label="mixed",
        edges=(("",), ("0x0e+0x1o",), ("0x0e+2x0e+2x1o",), ("0x1o+2x0e+2e+0x0o",), ("3x0e+0x0o",)),
    ),
    Subject(
        "gate",
        lambda x: gate(x, jnp.tanh, jnp.abs, jnp.cos, jnp.sin, normalize_act=False),
        ("1o+0e+0o+2e",),
        lambda irreps, x: spec.gate.gate(
            irreps, x, even_act=np.tanh, odd_act=np.abs, even_gate_act=np.cos, odd_gate_act=np.sin, normalize_act=False
        ),
        label="own-functions",
    ),
)


@pytest.mark.parametrize(
    "irreps",
    [
        "2x0e+3x0o+2x1e+2e",
        "1o+2x0e+2x1e+0o+3x0o+2o",
        "3x0o+2x0e",
        "",
        "0x0e+2x0e+2x1o",
        "0x0e+0x1o",
        "0x1o+3x0e+2e",
        "1x0e+0x0o+2x0e+1o",
        "3x0e+0x0e+0x0o+0o+1o+1e+0x2e+1e",
    ],
)
def test_same_numbers_as_e3nn_jax(irreps):
    e3nn = pytest.importorskip("e3nn_jax")
    x = normal(irreps, jax.random.key(0), (3,), dtype=jnp.float64).array
    ours = gate(IrrepsArray(irreps, x), normalize_act=False)
    theirs = e3nn.gate(e3nn.IrrepsArray(irreps, x), normalize_act=False)
    assert str(ours.irreps) == str(theirs.irreps)
    np.testing.assert_allclose(ours.array, theirs.array, rtol=1e-12, atol=1e-14)


def test_the_normalised_gate_is_that_of_e3nn_jax_up_to_the_constants():
    """It takes each from a million quantiles, to about 2e-5; eqlib integrates."""
    e3nn = pytest.importorskip("e3nn_jax")
    irreps = "0e+0o+0e+0o+1o+2e"
    x = normal(irreps, jax.random.key(0), (3,), dtype=jnp.float64).array
    ratios = []
    for module, function in ((e3nn, e3nn.gate), (None, gate)):
        of = (module.IrrepsArray if module else IrrepsArray)(irreps, x)
        ratios.append(function(of).array / function(of, normalize_act=False).array)
    np.testing.assert_allclose(ratios[1], np.broadcast_to(ratios[1][0], ratios[1].shape), rtol=1e-12)
    np.testing.assert_allclose(ratios[0], ratios[1], rtol=2e-5)


def test_law_component_normalised():
    """Mean squares over a normal scalar, times that of the component it multiplies, are 1.

    The functions are analytic for |Im x| < pi / 2, so the trapezoidal rule of step h is off by about 2 exp(-pi^2 / h):
    1e-34; beyond 10 lies 1e-21. What remains is the rounding of a sum of positive numbers, and of the constant, itself
    a sum of that kind.
    """
    h = 1 / 8
    x = jnp.arange(-80, 81, dtype=jnp.float64) * h
    weights = h * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    one = jnp.ones((len(x), 3))
    for irreps in ("0e", "0o", "0e+1o", "0o+1o"):
        z = gate(IrrepsArray(irreps, jnp.concatenate([x[:, None], one], axis=-1)[:, : Irreps(irreps).dim]))
        np.testing.assert_allclose(weights @ z.array**2, 1.0, rtol=2 * len(x) * np.finfo(float).eps)


def test_an_odd_gate_changes_the_parity_of_what_it_multiplies():
    z = gate(IrrepsArray("0o+1o", jnp.array([0.5, 1.0, 2.0, 3.0])), odd_gate_act=jnp.sin, normalize_act=False)
    assert z.irreps == "1e"
    np.testing.assert_allclose(z.array, np.sin(0.5) * np.array([1.0, 2.0, 3.0]), rtol=1e-15)


def test_raises_for_too_few_scalars_and_its_hint_works():
    with pytest.raises(IrrepsError, match="it has 1 scalars for 3 copies of irreps of degree l > 0") as error:
        gate("0e+2x1o+2e")
    assert "should have the output 2x0e + 1x0e+2x1o+1x2e" in str(error.value)
    assert gate("2x0e + 1x0e+2x1o+1x2e") == "2x1o+2e"


def test_raises_for_an_odd_scalar_without_an_odd_or_even_function():
    with pytest.raises(IrrepsError, match="sigmoid is neither even nor odd"):
        gate("0o+1o", odd_gate_act=jax.nn.sigmoid)
