"""Every workload gives the answer of float64 with few rows; with -m slow, so do the gradients, and all are timed."""

from typing import Any

import jax
import numpy as np
import pytest

import eqlib
from bench.harness import EPS, LIMIT, Case, Workload, error, exactly, installed, measure, workloads
from bench.workloads import NODES, VECTORS

QUICK = [workload.cases("quick")[0] for workload in workloads()]
TIMED = [case for workload in workloads() for case in workload.cases("cpu")]


@pytest.mark.parametrize("case", QUICK, ids=str)
def test_it_is_right(case: Case) -> None:
    measured = measure(case, {"eqlib": eqlib}, timed=False)["eqlib"]
    assert measured.is_right, f"an error of {measured.error:.0f} eps"
    assert measured.figures.hlo_ops > 0
    assert measured.figures.jaxpr_equations > 0


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
    (case,) = Workload("double", "vectors", NODES, (VECTORS,), lambda lib, x: 2.0 * x, has_gradient=False).cases(
        "quick"
    )
    results = measure(case, dict(installed()))
    assert results["eqlib"].error == 0
    assert all(result.timing is not None and result.timing.cpu_ms > 0 for result in results.values())


def test_errors_are_in_units_of_eps() -> None:
    assert error([np.array([2.0, 1.0 + EPS])], [np.array([2.0, 1.0])]) == pytest.approx(0.5)
    assert error([np.array([np.nan])], [np.array([1.0])]) == np.inf
    assert error([np.ones(2)], [np.ones(3)]) == np.inf


@pytest.mark.slow
@pytest.mark.parametrize("case", TIMED, ids=str)
def test_time(case: Case, benchmark: Any) -> None:
    exact = case.arrays()
    with jax.enable_x64(False):
        arrays = [jax.device_put(a.astype(np.float32) if a.dtype == np.float64 else a) for a in exact]
        run = jax.jit(case.function(eqlib)).lower(*arrays).compile()
    assert error(benchmark(lambda: jax.block_until_ready(run(*arrays))), exactly(case, exact)) <= LIMIT
