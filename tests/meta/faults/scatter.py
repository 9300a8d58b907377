"""Mistakes in the sums, means and maxima over rows."""

import functools
from typing import Any

import jax
import jax.numpy as jnp

import spec.scatter
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.ops.scatter import scatter_max, scatter_mean, scatter_sum
from eqlib.testing.subject import Subject
from tests.meta.faults.fault import Fault

DST, SIZE = [1, -1, 1], 3  # one row goes nowhere


def subject(op: Any, specified: Any, irreps: str, **keywords: float) -> Subject:
    """Three rows, two of them with one destination."""
    return Subject(
        op.__name__,
        functools.partial(op, dst=jnp.array(DST), output_size=SIZE, mode="drop", **keywords),
        (irreps,),
        functools.partial(specified, dst=DST, output_size=SIZE, **keywords),
        sample=(len(DST),),
        degrees=None if keywords else (1,),
    )


SUM = subject(scatter_sum, spec.scatter.scatter_sum, "0e+1o")
MEAN = subject(scatter_mean, spec.scatter.scatter_mean, "0e+1o")
MAX = subject(scatter_max, spec.scatter.scatter_max, "2x0e", initial=-2.0)


def sum_to(dst: list[int]) -> Any:
    """scatter_sum with other destinations."""
    return functools.partial(scatter_sum, dst=jnp.array(dst), output_size=SIZE, mode="drop")


def largest_components(x: IrrepsArray) -> IrrepsArray:
    """The maximum of each component, also of a vector, and not below 0."""
    dst = jnp.array([d % (SIZE + 1) for d in DST])
    return IrrepsArray(x.irreps, jnp.maximum(jax.ops.segment_max(x.array, dst, SIZE + 1)[:SIZE], 0.0))


FAULTS = (
    Fault("a sum at the senders", SUM, sum_to([2, 0, -1]), "agrees_with_spec"),
    Fault("a wrong scatter index", SUM, sum_to([d + 1 for d in DST]), "agrees_with_spec"),
    Fault("a destination counted from the end", SUM, sum_to([d % SIZE for d in DST]), "agrees_with_spec"),
    Fault("a maximum of components", SUM, largest_components, "is_equivariant"),
    Fault("a mean over all rows", MEAN, lambda x: SUM(x) / len(DST), "agrees_with_spec"),
    Fault("a maximum of magnitudes", MAX, lambda x: MAX(IrrepsArray(x.irreps, jnp.abs(x.array))), "agrees_with_spec"),
)
