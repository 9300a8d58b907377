"""Planted regressions: each computes what was computed before, and turns the gate red in the figure that shows it."""

import pytest

from tests.gates.project import GatedProject

LOOP = """
import jax

def step(x, w):
    return jax.lax.scan(lambda x, w: (x @ w, None), x, w)[0]
"""
UNROLLED = """
def step(x, w):
    for n in range(8):
        x = x @ w[n]
    return x
"""

FUSED = """
import jax.numpy as jnp

def step(x, w):
    return jnp.sum(jnp.tanh(x + 1) * w[0], axis=1)
"""
# XLA stores the products before it sums them by windows: the same operations, in two passes over memory.
NOT_FUSED = """
import jax
import jax.numpy as jnp

def step(x, w):
    return jax.lax.reduce_window(jnp.tanh(x + 1) * w[0], 0.0, jax.lax.add, (1, 16), (1, 16), "valid")[:, 0]
"""

FLOAT32 = """
def step(x, w):
    return 0.5 * x + w[0]
"""
LEAK = """
import numpy as np

def step(x, w):
    return (np.float64(0.5) * x + w[0]).astype(x.dtype)
"""


@pytest.mark.parametrize(
    ("before", "after", "figures"),
    [
        pytest.param(LOOP, UNROLLED, {"dots", "jaxpr_equations"}, id="an unrolled loop"),
        pytest.param(FUSED, NOT_FUSED, {"bytes_accessed", "temp_bytes"}, id="a lost fusion"),
        pytest.param(FLOAT32, LEAK, {"float64_ops"}, id="a float64 leak"),
    ],
)
def test_the_gate_turns_red(before: str, after: str, figures: set[str], project: GatedProject) -> None:
    project.name("float32[16, 16]", "float32[8, 16, 16]")
    project.write(before)
    assert project.gate("record")[0] == 0
    assert project.gate("check")[0] == 0

    project.write(after)
    status, out, err = project.gate("check")
    *risen, accept = out.splitlines()
    assert (status, err) == (1, "")
    assert figures <= {line.removeprefix("over its limit: gated:step, forward: ").split()[0] for line in risen}
    assert accept == "If this is meant: eqlib gate record"

    assert project.gate("record")[0] == 0
    assert project.gate("check")[0] == 0
