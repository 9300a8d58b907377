"""Whether kernels run in this process, and what happens if not: one warning that says why, and the portable lowering.

The way to a device is not a documented one. Before the first kernel of a process is trusted with anything, two small
plans run by kernels and by the portable lowering, on the device, and must agree.

EQLIB_KERNELS is `off` for the portable lowering, or `require`, for an error in place of the warning.
"""

import functools
import os
import warnings
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Extent, Inexact
from eqlib.errors import LoweringError
from eqlib.lowering.cuda.contraction import contract_by_kernels
from eqlib.lowering.cuda.launch import Launch, launch_on
from eqlib.lowering.cuda.nvrtc import NoCompiler
from eqlib.lowering.cuda.schedule import NoKernel
from eqlib.lowering.index import Index, index_of
from eqlib.lowering.xla_indexed import compute_indexed
from eqlib.o3 import Surd, exact_clebsch_gordan
from eqlib.plan import Path, Plan, Segment
from eqlib.plan.indexed import IndexedPlan, derivative, over_edges, transpose

VARIABLE = "EQLIB_KERNELS"
SETTINGS = ("", "off", "require")

# Sums of fewer than a hundred products, each rounded three times; a number at a wrong place is off by its own size.
TOLERANCE = 300 * float(np.finfo(np.float32).eps)


class NoRoute(RuntimeError):
    """Why kernels do not run in this process."""


def compute_on_cuda(
    plan: IndexedPlan,
    inputs: Sequence[Inexact[Array, "..."]],
    indices: Sequence[Index],
    edges: Extent,
    precision: Any,
) -> list[Inexact[jax.Array, "..."]]:
    """The meaning of `contract_indexed` on an NVIDIA GPU: by kernels, or else by the portable lowering."""
    if _setting() != "off":
        try:
            return contract_by_kernels(plan, inputs, indices, edges, route())
        except (NoRoute, NoCompiler) as reason:
            _fall_back(f"no CUDA kernel runs here: {reason}", is_required=_setting() == "require")
        except NoKernel as reason:
            _fall_back(f"there is no CUDA kernel for a plan over edges: {reason}", is_required=False)
    return compute_indexed(plan, inputs, indices, edges, precision)


def _setting() -> str:
    setting = os.environ.get(VARIABLE, "")
    if setting not in SETTINGS:
        raise LoweringError(
            f"{VARIABLE}={setting}: there is no such setting.\n  Set it to off or require, or not at all."
        )
    return setting


def _fall_back(reason: str, *, is_required: bool) -> None:
    if is_required:
        raise LoweringError(f"{reason}\n  {VARIABLE}=require asks for kernels; leave it unset to do without.")
    _warn(f"{reason}\n  The portable lowering computes the same, more slowly; {VARIABLE}=off says that it should.")


@functools.cache
def _warn(text: str) -> None:
    """Warns of a reason once in a process."""
    warnings.warn(text, stacklevel=2)


def route() -> Launch:
    """How kernels are launched on the device of this process.

    Raises: NoRoute, with the reason, if they cannot be, or do not give what they should.
    """
    found = _tried()
    if isinstance(found, str):
        raise NoRoute(found)
    return found


@functools.cache
def _tried() -> Launch | str:
    """The launch, if it passes the self-test; or why it does not. Found once in a process."""
    try:
        launch = launch_on(architecture())
        with jax.ensure_compile_time_eval(), jax.default_device(jax.local_devices(backend="cuda")[0]):
            self_test(launch)
    except NoRoute as reason:
        return str(reason)
    except Exception as reason:  # of the compiler, of XLA, of the driver: whatever it is, there is no route
        return f"the self-test ended with {type(reason).__name__}: {str(reason).partition(chr(10))[0]}"
    return launch


def architecture() -> str:
    """What to compile for: the least of the devices of this process, since PTX runs on all that are newer."""
    try:
        devices = jax.local_devices(backend="cuda")
    except RuntimeError:
        raise NoRoute("JAX sees no NVIDIA GPU in this process") from None
    least = min((tuple(map(int, device.compute_capability.split("."))) for device in devices), default=(0, 0))
    if least < (8, 0):
        raise NoRoute(f"kernels are for compute capability 8.0 and newer, and the device has {least[0]}.{least[1]}")
    return f"compute_{least[0]}{least[1]}"


def self_test(launch: Launch) -> None:
    """Runs a small plan and its transpose by kernels and by the portable lowering.

    Raises: NoRoute if they differ.
    """
    rng = np.random.default_rng(0)
    indices = [index_of(jnp.asarray(rng.integers(0, 6, 24), jnp.int32), 5) for _ in range(2)]
    forward = over_edges(_vectors(), (0, None, None, 1))
    backward = transpose(derivative(forward, (0, 1, 2)), (3, 4, 5))
    for name, plan in (("forward", forward), ("backward", backward)):
        rows = [24 if of.at is None else 5 for of in plan.inputs]
        x = [jnp.asarray(rng.normal(size=(n, of.size)), jnp.float32) for n, of in zip(rows, plan.inputs, strict=True)]
        found = jax.jit(lambda *x, plan=plan: contract_by_kernels(plan, x, indices, 24, launch))(*x)
        wanted = jax.jit(lambda *x, plan=plan: compute_indexed(plan, x, indices, 24, jax.lax.Precision.HIGHEST))(*x)
        for z, w in zip(found, wanted, strict=True):
            if not float(jnp.max(jnp.abs(z - w))) <= TOLERANCE * float(jnp.max(jnp.abs(w))):
                raise NoRoute(f"kernels do not agree with the portable lowering in the {name} pass of the self-test")


def _vectors() -> Plan:
    """Weighted products with a vector of the edge: of 40 vectors, to vectors, and of 3, to tensors of degree 2."""
    vectors, weights = (Segment((40,), 3), Segment((3,), 3)), (Segment((40,), 1), Segment((3,), 1))
    paths = tuple(
        Path((s, 0, s, s), ("u", "", "u", "u"), _weighted(l), Surd.sqrt(2 * l + 1)) for s, l in enumerate((1, 2))
    )
    written = (Segment((40,), 3), Segment((3,), 5))
    return Plan((vectors, (Segment((), 3),), weights, written), (0, 1, 2), paths)


def _weighted(l: int) -> Any:
    block = exact_clebsch_gordan(1, 1, l)
    entries = {(i, j, 0, k): value for (i, j, k), value in block.entries}
    return type(block).of((3, 3, 1, 2 * l + 1), entries, block.label)
