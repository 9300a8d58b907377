"""The least time in which a device could compute a case: what must be moved, or computed, at the rate of the device."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.gates.figures import equations
from eqlib.plan import Plan

# The numbers that are copied: on an accelerator, more than its caches hold, as the workloads are; on a CPU the fastest
# of several, since there the workloads fit in a cache. And the side of the matrices whose product is taken.
COPIED = {"cpu": (1 << 16, 1 << 18, 1 << 20, 1 << 22)}
SIDE = {"cpu": 1024}
ROUNDS = 11


@dataclass(frozen=True)
class Machine:
    """What this device was seen to do: copies, and a product of matrices in full float32."""

    bytes_per_second: float
    flops_per_second: float

    @staticmethod
    def measured() -> "Machine":
        """The medians of some rounds."""
        backend = jax.default_backend()
        copied = [jnp.zeros(size, jnp.float32) for size in COPIED.get(backend, (1 << 26,))]
        a = jnp.ones((SIDE.get(backend, 8192),) * 2, jnp.float32)
        copy = jax.jit(lambda x: x + 1)
        product = jax.jit(lambda a: jnp.dot(a, a, precision=jax.lax.Precision.HIGHEST))
        bandwidth = max(2 * x.nbytes / _seconds(copy, x) for x in copied)
        return Machine(bandwidth, 2 * a.shape[0] ** 3 / _seconds(product, a))


@dataclass(frozen=True)
class Needs:
    """What a case takes at the least: each input read once and each output written once; the operations of its plans.

    Of what is no plan, no operations are counted: the floor is below what can be reached, and never above.
    """

    bytes: int
    flops: int

    @staticmethod
    def of(function: Callable[..., Any], arrays: Sequence[Any]) -> "Needs":
        """Those of a function of eqlib, on arrays."""
        traced = jax.jit(function).trace(*arrays)
        read = sum(a.nbytes for a in arrays)
        written = sum(z.size * z.dtype.itemsize for z in jax.tree.leaves(traced.out_info))
        return Needs(read + written, sum(map(_flops, equations(traced.jaxpr.jaxpr))))

    def milliseconds(self, machine: Machine) -> float:
        """The floor on a machine."""
        return 1e3 * max(self.bytes / machine.bytes_per_second, self.flops / machine.flops_per_second)


def clock() -> Callable[[], float]:
    """CPU time where the CPU computes, in one thread; else the time on the wall."""
    return time.process_time if jax.default_backend() == "cpu" else time.perf_counter


def _flops(equation: Any) -> int:
    """The operations of an equation that evaluates a plan; 0 of any other."""
    plan = equation.params.get("plan")
    if isinstance(plan, Plan):
        return plan.flops * math.prod(equation.params["leading"])
    if plan is not None and "edges" in equation.params:
        return sum(term.plan.flops for term in plan.terms) * equation.params["edges"]
    return 0


def _seconds(call: Callable[..., Any], array: jax.Array) -> float:
    now = clock()
    samples = []
    for _ in range(ROUNDS + 1):
        started = now()
        jax.block_until_ready(call(array))
        samples.append(now() - started)
    return statistics.median(samples[1:])
