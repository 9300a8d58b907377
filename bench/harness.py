"""A workload of an op, checked against float64 and then timed beside the same op of other libraries."""

import importlib
import pkgutil
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import jax
import numpy as np

import bench
import eqlib
from bench._floor import Needs
from bench.workloads import Input, Rows
from eqlib.gates.figures import Figures, compiled
from eqlib.gates.passes import pullback

NO_OPS = {"gated", "harness", "workloads"}
"""The files of this folder that are not of an op."""

# The largest error of a float32 result that is timed, in units of eps times the largest component. The gradients of
# weights, sums over thousands of rows, need some tens; a product at TF32, of 10 bits, has several thousands.
LIMIT = 500.0
EPS = float(np.finfo(np.float32).eps)

ROUNDS = 11
SAMPLE_SECONDS = 0.02
CASE_SECONDS = 6.0


@dataclass(frozen=True)
class Workload:
    """One op at one named size.

    `run` takes a library, eqlib or e3nn-jax, and then the inputs; `e3nn_jax` replaces it for e3nn-jax where the names
    or the arguments differ. Inputs that are irreps arrive as that library's IrrepsArray. `peers` has the same for
    others, by the name of their module: they take arrays, and return arrays in the order and scale of eqlib.
    """

    op: str
    name: str
    rows: Rows
    inputs: tuple[Input, ...]
    run: Callable[..., Any]
    e3nn_jax: Callable[..., Any] | None = None
    peers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    has_gradient: bool = True

    @property
    def file(self) -> str:
        """The name of the file that defines it, which is that of the file of the op."""
        return self.run.__module__.rpartition(".")[2]

    def run_by(self, library: ModuleType) -> Callable[..., Any] | None:
        """What a library runs, if it is known how."""
        has_name = self.run if hasattr(library, self.op) else None
        runs = {"eqlib": self.run, "e3nn_jax": self.e3nn_jax or has_name, **self.peers}
        return runs.get(library.__name__)

    def cases(self, size: str) -> list["Case"]:
        """Its forward pass, and its gradient if it has one, with the rows of a size: quick, cpu or gpu."""
        kinds = ("forward", "gradient") if self.has_gradient else ("forward",)
        return [Case(self, kind, getattr(self.rows, size)) for kind in kinds]


@dataclass(frozen=True)
class Case:
    """A pass of a workload; `kind` is forward, or gradient: the value and the gradients of all inputs."""

    workload: Workload
    kind: str
    rows: int

    def __str__(self) -> str:
        return f"{self.workload.op} {self.workload.name} {self.kind}"

    def arrays(self) -> list[np.ndarray]:
        """The inputs in float64, then for a gradient the cotangents; their numbers are those of float32."""
        rng = np.random.default_rng(0)
        made = [_array(given, rng, self.rows) for given in self.workload.inputs]
        if self.kind == "gradient":
            with jax.enable_x64(True):
                outputs = jax.tree.leaves(jax.eval_shape(self._forward(eqlib), *made))
            made += [rng.normal(size=output.shape) for output in outputs]
        return [a.astype(np.float32).astype(np.float64) if a.dtype == np.float64 else a for a in made]

    def function(self, library: ModuleType) -> Callable[..., list[Any]]:
        """From arrays to a list of arrays."""
        forward = self._forward(library)
        if self.kind == "forward":
            return forward
        count = len(self.workload.inputs)
        return lambda *arrays: jax.tree.leaves(pullback(forward, arrays[:count])(*arrays))

    def _forward(self, library: ModuleType) -> Callable[..., list[Any]]:
        run = self.workload.run_by(library)
        assert run is not None, f"{self.workload.op} is not run by {library.__name__}"
        has_irreps = hasattr(library, "IrrepsArray")

        def forward(*arrays: Any) -> list[Any]:
            pairs = zip(self.workload.inputs, arrays, strict=True)
            inputs = (library.IrrepsArray(i, a) if isinstance(i, str) and has_irreps else a for i, a in pairs)
            outputs = run(library, *inputs)
            leaves = jax.tree.leaves(outputs, is_leaf=lambda z: hasattr(z, "irreps"))
            return [getattr(z, "array", z) for z in leaves]

        return forward


@dataclass(frozen=True)
class Timing:
    """Medians per call."""

    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True)
class Result:
    """One library on one case: its error in units of eps, its compiled size, and its time if the answer is right."""

    error: float
    figures: Figures
    timing: Timing | None

    @property
    def is_right(self) -> bool:
        """Whether the answer is that of float64."""
        return self.error <= LIMIT


def workloads() -> list[Workload]:
    """Those of every file of an op in this folder."""
    names = {module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")}
    modules = [importlib.import_module(f"bench.{name}") for name in sorted(names - NO_OPS)]
    return [workload for module in modules for workload in module.WORKLOADS]


def measure(case: Case, libraries: Mapping[str, ModuleType]) -> dict[str, Result]:
    """Checks each library that has the op against eqlib in float64, and times those that are right, in turns, on the
    same inputs.
    """
    libraries = {name: library for name, library in libraries.items() if case.workload.run_by(library)}
    exact = case.arrays()
    reference = evaluate(case, exact, np.float64)
    arrays = rounded(exact, np.float32)
    calls, figures, errors = {}, {}, {}
    for name, library in libraries.items():
        # A peer is asked for full precision; eqlib has to have it without being asked.
        with jax.enable_x64(False), jax.default_matmul_precision(None if library is eqlib else "highest"):
            call, figures[name] = compiled(case.function(library), arrays)
        errors[name] = error(call(*arrays), reference)
        if errors[name] <= LIMIT:
            calls[name] = call
    times = interleaved(calls, arrays)
    return {name: Result(errors[name], figures[name], times.get(name)) for name in libraries}


def needs(case: Case) -> Needs:
    """What bounds the time of a case from below."""
    with jax.enable_x64(False):
        return Needs.of(case.function(eqlib), rounded(case.arrays(), np.float32))


def evaluate(case: Case, exact: Sequence[np.ndarray], dtype: type[np.floating]) -> list[np.ndarray]:
    """What eqlib computes in a dtype, once, so that XLA need not take long to make it fast."""
    with jax.enable_x64(dtype is np.float64):
        run = jax.jit(case.function(eqlib), compiler_options={"xla_backend_optimization_level": 0})
        return [np.asarray(z) for z in run(*rounded(exact, dtype))]


def rounded(arrays: Sequence[np.ndarray], dtype: type[np.floating]) -> list[jax.Array]:
    """The arrays on the device, the floating ones in a dtype."""
    with jax.enable_x64(dtype is np.float64):
        return [jax.device_put(a.astype(dtype) if a.dtype == np.float64 else a) for a in arrays]


def error(outputs: Sequence[Any], reference: Sequence[np.ndarray]) -> float:
    """The largest difference, in units of eps of float32 times the largest component of the output it is in."""
    if [z.shape for z in outputs] != [z.shape for z in reference]:
        return float("inf")
    worst = 0.0
    for z, exact in zip(outputs, reference, strict=True):
        if exact.size:
            difference = float(np.max(np.abs(np.asarray(z, np.float64) - exact)))
            if not np.isfinite(difference):
                return float("inf")
            scale = EPS * float(np.max(np.abs(exact)))
            worst = max(worst, difference / scale if scale else float("inf") if difference else 0.0)
    return worst


def interleaved(calls: Mapping[str, Callable[..., Any]], arrays: Sequence[Any]) -> dict[str, Timing]:
    """Medians of samples taken in turns, so that whatever slows the machine slows all alike."""
    repeats = {name: _repeats(call, arrays) for name, call in calls.items()}
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    start = time.perf_counter()
    for n in range(ROUNDS):
        if n >= 5 and time.perf_counter() - start > CASE_SECONDS:
            break
        for name in list(calls) if n % 2 == 0 else reversed(calls):
            samples[name].append(_sample(calls[name], arrays, repeats[name]))
    return {name: Timing(*(statistics.median(s) for s in zip(*taken, strict=True))) for name, taken in samples.items()}


def _repeats(call: Callable[..., Any], arrays: Sequence[Any]) -> int:
    """How many calls make a sample long enough for the clock; this also warms up."""
    _sample(call, arrays, 1)
    cpu_ms, _ = _sample(call, arrays, 1)
    return max(1, round(SAMPLE_SECONDS / max(cpu_ms / 1e3, 1e-6)))


def _sample(call: Callable[..., Any], arrays: Sequence[Any], repeats: int) -> tuple[float, float]:
    """CPU and wall milliseconds per call, all threads of this process together."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(repeats):
        jax.block_until_ready(call(*arrays))
    return 1e3 * (time.process_time() - cpu) / repeats, 1e3 * (time.perf_counter() - wall) / repeats


def _array(given: Input, rng: np.random.Generator, rows: int) -> np.ndarray:
    return rng.normal(size=(rows, eqlib.Irreps(given).dim)) if isinstance(given, str) else given(rng, rows)
