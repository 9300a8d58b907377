"""Every workload gives the answer of float64 with few rows; with -m slow, so do the gradients, and all are timed.

The models take minutes to compile in two dtypes: one is tried, and with -m slow all are.
"""

import os
from typing import Any

import jax
import numpy as np
import pytest

import eqlib
from bench._peers import PEERS, available
from bench.harness import EPS, LIMIT, Case, Workload, error, evaluate, measure, rounded, workloads
from bench.workloads import NODES, VECTORS
from eqlib.gates.figures import compiled

QUICK = [workload.cases("quick")[0] for workload in workloads()]
SLOW = [case for case in QUICK if case.workload.file == "models" and str(case) != "Allegro energy and forces forward"]
TIMED = [case for workload in workloads() for case in workload.cases("cpu")]


@pytest.mark.parametrize("case", [pytest.param(c, marks=[pytest.mark.slow] * (c in SLOW), id=str(c)) for c in QUICK])
def test_it_is_right(case: Case) -> None:
    exact = case.arrays()
    assert error(evaluate(case, exact, np.float32), evaluate(case, exact, np.float64)) <= LIMIT


def test_names_are_unique() -> None:
    assert len({str(case) for case in TIMED}) == len(TIMED)


def test_a_wrong_answer_is_not_timed() -> None:
    def wrong(lib: Any, x: Any) -> Any:
        return x * np.where(x.array.dtype == np.float32, 1 + 2 * LIMIT * EPS, 1)

    (case,) = Workload("wrong", "vectors", NODES, (VECTORS,), wrong, has_gradient=False).cases("quick")
    result = measure(case, {"eqlib": eqlib})["eqlib"]
    assert not result.is_right
    assert result.timing is None


def test_a_right_answer_is_timed_beside_the_peers() -> None:
    case, _ = Workload("norm", "vectors", NODES, (VECTORS,), lambda lib, x: lib.norm(x, squared=True)).cases("quick")
    results = measure(case, {"eqlib": eqlib, **available()[0]})
    assert {"eqlib", "e3nn-jax"} <= set(results)
    assert results["eqlib"].is_right
    assert results["eqlib"].figures.hlo_ops > 0
    assert results["eqlib"].figures.jaxpr_equations > 0
    assert all(result.timing is not None and result.timing.cpu_ms > 0 for result in results.values())


@pytest.mark.parametrize("op", ["linear", "spherical_harmonics"])
def test_an_adapter_of_a_peer_gives_the_answer_of_float64(op: str) -> None:
    peer = pytest.importorskip("cuequivariance_jax")
    workload = next(workload for workload in workloads() if workload.op == op)
    result = measure(workload.cases("quick")[0], {"peer": peer})["peer"]
    assert result.is_right


def test_a_peer_that_is_not_timed_says_why() -> None:
    modules, absent = available()
    assert set(modules) | set(absent) == set(PEERS)
    assert all(absent.values())


def test_errors_are_in_units_of_eps() -> None:
    assert error([np.array([2.0, 1.0 + EPS])], [np.array([2.0, 1.0])]) == pytest.approx(0.5)
    assert error([np.array([np.nan])], [np.array([1.0])]) == np.inf
    assert error([np.ones(2)], [np.ones(3)]) == np.inf


def test_figures_count_what_is_compiled() -> None:
    _, figures = compiled(jax.jit(lambda x: jax.nn.relu(x @ x) + 1), [np.ones((8, 8), np.float32)])
    assert figures.dots == 1
    assert figures.flops == pytest.approx(2 * 8**3, rel=0.25)  # and the additions of relu(...) + 1: 128 of 1024
    assert figures.hlo_ops >= figures.dots + figures.fusions
    assert figures.jaxpr_equations >= 4  # jit, dot_general, max, add


@pytest.mark.slow
@pytest.mark.parametrize("case", TIMED, ids=str)
def test_time(case: Case, benchmark: Any) -> None:
    if benchmark.enabled and "optimization_level=0" in os.environ.get("XLA_FLAGS", ""):
        pytest.fail("what XLA does not optimise is not what users run: set EQLIB_TEST_EFFORT=default")
    exact = case.arrays()
    arrays = rounded(exact, np.float32)
    with jax.enable_x64(False):
        call, _ = compiled(case.function(eqlib), arrays)
    assert error(call(*arrays), evaluate(case, exact, np.float64)) <= LIMIT
    benchmark(lambda: jax.block_until_ready(call(*arrays)))
