"""Mistakes in linear, whose weights are given as scalars, or as a table of three entries of which the last is read."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

import spec.linear
import spec.o3
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.lowering import contract
from eqlib.o3 import Irreps
from eqlib.ops.linear import linear, plan_linear
from eqlib.testing.subject import Subject
from tests.meta.faults.fault import Fault, of_array, then
from tests.meta.faults.plans import in_path, rescale
from tests.ops.linear_weights import by_name

IRREPS, NUMBER, ENTRIES, INDEX = "2x0e+2x1o", 8, 3, -1


def specified(irreps: Any, x: Any, _: Any, w: Any) -> Any:
    """The output irreps are those of x."""
    return spec.linear.linear(irreps, x, by_name(w, IRREPS, IRREPS), spec.o3.parse(IRREPS))


def specified_by_index(irreps: Any, x: Any, _: Any, w: Any) -> Any:
    """One entry of the table, then as ever."""
    return specified(irreps, x, _, w.reshape(ENTRIES, NUMBER)[INDEX])


def by_index(index: int) -> Callable[..., Any]:
    """linear with an entry of the table, which is the same for all samples."""

    def op(x: IrrepsArray, w: IrrepsArray) -> IrrepsArray:
        table = jnp.moveaxis(w.array.reshape(*w.shape[:-1], ENTRIES, NUMBER), -2, 0)
        return linear(x, table, IRREPS, index=index)

    return op


LINEAR = Subject("linear", lambda x, w: linear(x, w.array, IRREPS), (IRREPS, f"{NUMBER}x0e"), specified, degrees=(1, 1))
INDEXED = Subject(
    "linear", by_index(INDEX), (IRREPS, f"{ENTRIES * NUMBER}x0e"), specified_by_index, "by index", degrees=(1, 1)
)


def another_path_weight(x: IrrepsArray, w: IrrepsArray) -> IrrepsArray:
    """The vectors are too large by the root of two."""
    irreps, plan = plan_linear(x.irreps, Irreps(IRREPS))
    return IrrepsArray(irreps, contract(in_path(1, rescale)(plan), w.array, x.array))


def transposed_matrices(x: IrrepsArray, w: IrrepsArray) -> IrrepsArray:
    """w[out, in] for w[in, out]."""
    matrices = w.array.reshape(*w.shape[:-1], 2, 2, 2)
    return linear(x, jnp.swapaxes(matrices, -1, -2).reshape(w.shape), IRREPS)


def bias_on_vectors(a: Any) -> Any:
    """A constant added to what is no scalar."""
    return a.at[..., 2:].add(0.1)


def a_weight_for_each_component(a: Any) -> Any:
    """The components of a vector have weights of their own."""
    return a * jnp.asarray([1.0, 1.0, *(1.0, 1.1, 1.2) * 2], a.dtype)


def copies_for_components(x: IrrepsArray, w: IrrepsArray) -> IrrepsArray:
    """The copies of the vectors, [u, i], are read as [i, u]."""
    vectors = x.array[..., 2:].reshape(*x.shape[:-1], 3, 2)
    mixed = jnp.concatenate([x.array[..., :2], jnp.swapaxes(vectors, -1, -2).reshape(*x.shape[:-1], 6)], axis=-1)
    return linear(IrrepsArray(x.irreps, mixed), w.array, IRREPS)


FAULTS = (
    Fault("a path weight of linear", LINEAR, another_path_weight, "agrees_with_spec"),
    Fault("a matrix of weights transposed", LINEAR, transposed_matrices, "agrees_with_spec"),
    Fault("a bias on the vectors of linear", LINEAR, then(LINEAR, of_array(bias_on_vectors)), "is_equivariant"),
    Fault("weights for components", LINEAR, then(LINEAR, of_array(a_weight_for_each_component)), "is_equivariant"),
    Fault("copies taken for components", LINEAR, copies_for_components, "is_equivariant"),
    Fault("an index off by one", INDEXED, by_index(INDEX - 1), "agrees_with_spec"),
    Fault("an index clipped at zero", INDEXED, by_index(max(INDEX, 0)), "agrees_with_spec"),
)
