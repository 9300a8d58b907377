"""The kernels on a device, where there is one: every pass at the sizes of models, in float64 and float32."""

import jax
import numpy as np
import pytest

from eqlib.lowering.contract_indexed import contract_indexed
from eqlib.lowering.cuda import route
from eqlib.lowering.cuda.launch import TARGET
from tests.lowering.cuda.passes import PASSES, by_kernels, conv, draw, indices, passes, portably, require_close

pytestmark = pytest.mark.skipif(jax.default_backend() != "gpu", reason="there is no GPU here")

PLANS = {
    "nequip64": lambda: conv("64x0e + 64x1o + 64x2e", "0e + 1o + 2e", lmax=2),
    "mace128": lambda: conv("128x0e + 128x1o + 128x2e", "0e + 1o + 2e + 3o", lmax=3),
    "96 and others": lambda: conv("96x0e + 64x1o + 5x1e + 1x2e", "0e + 1o + 2e", lmax=2),
}
EDGES, ROWS = 3000, (170, 150)

# Sums of a few thousand products, each rounded three times.
RELATIVE = {"float64": 1e-12, "float32": 3000 * float(np.finfo(np.float32).eps)}


def graph():
    """Edges in the order of their receivers, some nodes without any, and some edges without an end."""
    rng = np.random.default_rng(0)
    return indices([rng.integers(0, ROWS[0] + 3, EDGES), np.sort(rng.integers(0, ROWS[1] + 3, EDGES))], ROWS)


@pytest.mark.parametrize("which", PASSES)
@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("dtype", RELATIVE)
def test_kernels_agree_with_the_portable_lowering_in_float64(name, which, dtype):
    plan, of_edges = passes(PLANS[name]())[which], graph()
    inputs = draw(plan, EDGES, ROWS, dtype)
    launched = jax.jit(lambda *x: by_kernels(plan, x, of_edges, route.route()))
    found = launched(*inputs)
    require_close(found, portably(plan, [x.astype("float64") for x in inputs], of_edges), RELATIVE[dtype])
    for z, again in zip(found, launched(*inputs), strict=True):
        np.testing.assert_array_equal(z, again)


def test_the_route_is_taken(monkeypatch):
    """Not only is it there: conv on this device is kernels."""
    monkeypatch.setenv(route.VARIABLE, "require")
    plan, of_edges = PLANS["nequip64"](), graph()
    inputs = draw(plan, EDGES, ROWS, "float32")
    assert TARGET in jax.jit(lambda *x: contract_indexed(plan, x, of_edges)).lower(*inputs).as_text()
