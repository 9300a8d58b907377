"""Which lowering a process takes, and what it is told: kernels that pass the self-test, or the portable one."""

import re
import warnings
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.errors import LoweringError
from eqlib.graph import Graph
from eqlib.lowering.contract_indexed import contract_indexed
from eqlib.lowering.cuda import nvrtc, route
from eqlib.lowering.cuda.launch import launch_on
from eqlib.lowering.cuda.schedule import schedules
from eqlib.plan.indexed import over_edges
from tests.lowering.cuda.passes import conv, draw, indices, needs_compiler, run_on_machine
from tests.plan.examples import outer

pytestmark = needs_compiler

PLAN = conv("40x0e + 40x1o", "0e + 1o", lmax=1)
IDS, ROWS = ([0, 3, 1, 3], [2, 2, 0, 3]), (4, 3)


@pytest.fixture(autouse=True)
def a_fresh_process(monkeypatch):
    """What a process finds out once, it finds out again; its cache is not that of a user."""
    monkeypatch.setenv("EQLIB_KERNEL_CACHE", "off")
    monkeypatch.delenv(route.VARIABLE, raising=False)
    found = (route._tried, route._warn)
    for function in found:
        function.cache_clear()
    yield
    for function in found:
        function.cache_clear()


@pytest.fixture
def no_gpu(monkeypatch):
    """As on a machine without one, wherever the test runs."""

    def local_devices(backend=None):
        raise RuntimeError(f"Unknown backend {backend}")

    monkeypatch.setattr(route.jax, "local_devices", local_devices)


def simulated(kernel, arguments, outputs):
    """Runs a kernel on the machine from within a compiled function."""

    def run(*arrays):
        return [np.asarray(z) for z in run_on_machine(kernel, arrays, outputs)]

    return jax.pure_callback(run, list(outputs), *arguments)


def lowered(plan=PLAN, ids=IDS, rows=ROWS):
    """The text of a program for an NVIDIA GPU, made on whatever is here."""
    inputs, of_edges = draw(plan, len(ids[0]), rows, "float32"), indices(ids, rows)
    return (
        jax.jit(lambda *x: contract_indexed(plan, x, of_edges))
        .trace(*inputs)
        .lower(lowering_platforms=("cuda",))
        .as_text()
    )


def kernels(text):
    return re.findall(r'@__gpu\$xla\.gpu\.ptx.*?name = "(\w+)"', text)


def test_kernels_pass_the_self_test():
    route.self_test(simulated)


def test_kernels_that_are_wrong_do_not():
    def wrong(kernel, arguments, outputs):
        first, *rest = simulated(kernel, arguments, outputs)
        return [first.at[0].multiply(1 + 1e-3), *rest]

    with pytest.raises(route.NoRoute, match="do not agree with the portable lowering in the forward pass"):
        route.self_test(wrong)


def test_a_program_for_a_gpu_has_the_kernels_in_it(monkeypatch):
    monkeypatch.setattr(route, "route", lambda: launch_on("compute_90"))
    text = lowered()
    assert kernels(text) == ["contract_indexed"]
    (schedule,) = schedules(PLAN)
    blocks = -(-ROWS[1] // schedule.blocks.rows)
    assert f"block_x = {schedule.blocks.threads} : i32, block_y = {schedule.blocks.rows} : i32" in text
    assert f"grid_x = {blocks} : i32, grid_y = 1 : i32" in text
    assert ".target sm_90" in text


def test_gradients_for_a_gpu_are_kernels_too(monkeypatch):
    monkeypatch.setattr(route, "route", lambda: launch_on("compute_80"))
    graph = Graph(*IDS, num_nodes=4)
    inputs = draw(PLAN, 4, (4, 4), "float32")

    def energy(*x):
        return jnp.sum(contract_indexed(PLAN, x, [graph.by_sender, graph.by_receiver])[0] ** 2)

    gradient = jax.jit(jax.grad(energy, argnums=(0, 1, 2)))
    assert kernels(gradient.trace(*inputs).lower(lowering_platforms=("cuda",)).as_text()).count("contract_indexed") == 2


def test_without_a_gpu_there_is_one_warning_and_the_portable_lowering(no_gpu):
    with pytest.warns(UserWarning, match="no CUDA kernel runs here: JAX sees no NVIDIA GPU in this process"):
        assert kernels(lowered()) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        jax.clear_caches()
        assert kernels(lowered()) == []


@pytest.mark.parametrize("capability, reason", [("7.5", "the device has 7.5"), ("9.0", "RuntimeError: no such target")])
def test_what_went_wrong_is_told(monkeypatch, capability, reason):
    def launch(*_):
        raise RuntimeError("no such target\nand more")

    device = SimpleNamespace(compute_capability=capability)
    monkeypatch.setattr(route.jax, "local_devices", lambda backend=None: [device])
    monkeypatch.setattr(route.jax, "default_device", lambda _: warnings.catch_warnings())
    monkeypatch.setattr(route, "launch_on", lambda _: launch)
    with pytest.warns(UserWarning, match=reason):
        lowered()


def test_without_a_compiler_the_warning_says_what_to_install(monkeypatch):
    def absent(*_):
        raise nvrtc.NoCompiler("libnvrtc is not found")

    monkeypatch.setattr(route, "route", absent)
    with pytest.warns(UserWarning, match="libnvrtc is not found"):
        assert kernels(lowered()) == []


def test_a_plan_without_a_kernel_takes_the_portable_lowering(monkeypatch):
    monkeypatch.setattr(route, "route", lambda: launch_on("compute_80"))
    monkeypatch.setenv(route.VARIABLE, "require")  # it requires that kernels run, not that every plan has one
    with pytest.warns(UserWarning, match="there is no CUDA kernel for a plan over edges: a path has operands with"):
        assert kernels(lowered(over_edges(outer(), (0, None, 1)))) == []


def test_off(monkeypatch):
    monkeypatch.setattr(route, "route", lambda: launch_on("compute_80"))
    monkeypatch.setenv(route.VARIABLE, "off")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kernels(lowered()) == []


def test_require(monkeypatch, no_gpu):
    monkeypatch.setenv(route.VARIABLE, "require")
    with pytest.raises(LoweringError, match=r"JAX sees no NVIDIA GPU in this process\n.*leave it unset"):
        lowered()


def test_a_setting_that_is_not_one(monkeypatch):
    monkeypatch.setenv(route.VARIABLE, "on")
    with pytest.raises(LoweringError, match="EQLIB_KERNELS=on: there is no such setting"):
        lowered()
