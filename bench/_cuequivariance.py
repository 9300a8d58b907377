"""The ops of cuequivariance-jax on the arrays of the workloads, in the order and scale of eqlib.

Its operands have the copies of an irrep innermost: an adapter transposes inside of what is timed, as a program does
whose arrays are as ours. Both ops are computed by its portable method, naive, which is that of its own functions.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

import jax


def spherical_harmonics(degrees: Iterable[int], *, normalize: bool) -> Callable[..., Any]:
    """Of vectors, [rows, 3]."""

    def run(lib: Any, x: jax.Array) -> jax.Array:
        cue = importlib.import_module("cuequivariance")
        vectors = lib.RepArray(cue.Irreps("O3", "1o"), x, cue.ir_mul)
        return lib.spherical_harmonics(list(degrees), vectors, normalize=normalize).array

    return run


def linear(irreps: str) -> Callable[..., Any]:
    """From irreps to the same, with weights for all rows."""

    def run(lib: Any, x: jax.Array, w: jax.Array) -> jax.Array:
        cue = importlib.import_module("cuequivariance")
        labels = cue.Irreps("O3", irreps.replace(" ", ""))
        features = lib.RepArray(labels, x, cue.mul_ir).change_layout(cue.ir_mul)
        z = lib.equivariant_polynomial(cue.descriptors.linear(labels, labels), [w, features], method="naive")
        return z.change_layout(cue.mul_ir).array

    return run
