"""contract_indexed(plan, inputs, indices): the primitive of message passing: gather, contract, sum at the receivers.

It never stores what an edge sends. The derivatives and transposes of a plan over edges are such plans, so three rules
give every order of derivative, each as one pass over the edges:

    jvp        one bind for all tangents, with the derivative of the plan
    transpose  one bind for all cotangents, with the transposed plan
    batch      the edges of every sample side by side; what the samples share is not copied
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from eqlib.array_types import Array, Extent, Inexact, Integer, Num
from eqlib.lowering.contract import Precision
from eqlib.lowering.cuda.route import compute_on_cuda
from eqlib.lowering.index import Index, index_of
from eqlib.lowering.varying import mark_varying
from eqlib.lowering.xla_indexed import compute_indexed
from eqlib.plan.indexed import IndexedPlan, derivative, read_by, restricted, transpose

contract_indexed_p = Primitive("contract_indexed")
contract_indexed_p.multiple_results = True


def contract_indexed(
    plan: IndexedPlan,
    inputs: Sequence[Num[Array, "..."]],
    indices: Sequence[Index],
    *,
    precision: Precision = jax.lax.Precision.HIGHEST,
) -> list[Inexact[jax.Array, "..."]]:
    """Evaluates a plan over edges.

    Law:    for every edge e and every term, outputs[term.writes][row of e] += term.plan(inputs[n][row of e], ...);
            linear in each input that every term reads once.
    Shape:  inputs[n] is [rows, plan.inputs[n].size], the rows those of its index, or the edges; outputs likewise.
    Scale:  that of the plans; 16-bit inputs are computed and summed in float32 and rounded once, at the end.
    Order:  the same edges in the same order give bitwise the same sums.
    Raises: ValueError if the inputs do not fit the plan or the indices.

    An edge that has no row in one of the indices that the plan uses is left out: it adds nothing, and where an output
    has a row for each edge, its row is zero.
    """
    dtype = jnp.result_type(*inputs)
    if not jnp.issubdtype(dtype, jnp.inexact):
        dtype = jnp.result_type(float)
    arrays = [jnp.asarray(x, dtype) for x in inputs]
    edges = _edges(plan, arrays, indices)
    counts = [edges if rows.at is None else indices[rows.at].rows for rows in plan.inputs]
    for n, (x, rows, count) in enumerate(zip(arrays, plan.inputs, counts, strict=True)):
        if x.shape != (count, rows.size):
            raise ValueError(f"input {n} has shape {x.shape}; the plan reads {(count, rows.size)}.")
    return bind(plan, arrays, indices, edges, precision)


def _edges(plan: IndexedPlan, arrays: Sequence[Inexact[Array, "..."]], indices: Sequence[Index]) -> Extent:
    """How many edges there are."""
    if indices:
        return indices[0].ids.shape[0]
    return next(x.shape[0] for x, rows in zip(arrays, plan.inputs, strict=True) if rows.at is None)


def bind(
    plan: IndexedPlan,
    inputs: Sequence[Inexact[Array, "..."]],
    indices: Sequence[Index],
    edges: Extent,
    precision: Precision,
) -> list[Inexact[jax.Array, "..."]]:
    """Binds the primitive to those of the inputs that some term reads."""
    needed = read_by(plan.terms)
    plan = restricted(plan, needed, tuple(range(len(plan.outputs))))
    arrays = mark_varying([*(inputs[n] for n in needed), *(a for index in indices for a in index)])
    return contract_indexed_p.bind(*arrays, plan=plan, edges=edges, precision=precision)


def split(plan: IndexedPlan, operands: Sequence[Any]) -> tuple[list[Any], list[Index]]:
    """The operands of the primitive as inputs and indices."""
    count = len(plan.inputs)
    rest = operands[count:]
    return list(operands[:count]), [Index(*rest[n : n + 3]) for n in range(0, len(rest), 3)]


def compute(*operands: Any, plan: IndexedPlan, edges: Extent, precision: Precision) -> list[Inexact[jax.Array, "..."]]:
    """The meaning of the primitive."""
    inputs, indices = split(plan, operands)
    return compute_indexed(plan, inputs, indices, edges, precision)


def compute_cuda(
    *operands: Any, plan: IndexedPlan, edges: Extent, precision: Precision
) -> list[Inexact[jax.Array, "..."]]:
    """The same on an NVIDIA GPU."""
    inputs, indices = split(plan, operands)
    return compute_on_cuda(plan, inputs, indices, edges, precision)


@contract_indexed_p.def_abstract_eval
def _abstract(*avals: Any, plan: IndexedPlan, edges: Extent, **_: Any) -> Any:
    _, indices = split(plan, avals)
    counts = [edges if rows.at is None else indices[rows.at].rows for rows in plan.outputs]
    return [avals[0].update(shape=(count, rows.size)) for count, rows in zip(counts, plan.outputs, strict=True)]


def _jvp(primals: Sequence[Any], tangents: Sequence[Any], *, plan: IndexedPlan, **params: Any) -> Any:
    inputs, indices = split(plan, primals)
    outputs = bind(plan, inputs, indices, **params)
    moved = tuple(n for n in range(len(inputs)) if type(tangents[n]) is not ad.Zero)
    moving = derivative(plan, moved)
    if not moving.terms:
        return outputs, [ad.Zero(jax.typeof(z)) for z in outputs]
    return outputs, bind(moving, [*inputs, *(tangents[n] for n in moved)], indices, **params)


def _transpose(cotangents: Sequence[Any], *operands: Any, plan: IndexedPlan, **params: Any) -> Any:
    inputs, indices = split(plan, operands)
    linear = tuple(n for n, x in enumerate(inputs) if ad.is_undefined_primal(x))
    given = [x for x in inputs if not ad.is_undefined_primal(x)]
    seen = [n for n, g in enumerate(cotangents) if type(g) is not ad.Zero]
    kept = (*range(len(given)), *(len(given) + n for n in seen))
    backward = restricted(transpose(plan, linear), kept, tuple(range(len(linear))))
    results: list[Any] = [None] * len(operands)
    found = bind(backward, [*given, *(cotangents[n] for n in seen)], indices, **params) if seen else []
    for at, n in enumerate(linear):
        results[n] = found[at] if found else ad.Zero(inputs[n].aval)
    return results


def _batch(
    operands: Sequence[Any], axes: Sequence[Any], *, plan: IndexedPlan, edges: Extent, precision: Precision
) -> Any:
    size = next(x.shape[a] for x, a in zip(operands, axes, strict=True) if a is not None)
    moved = [x if a is None else jnp.moveaxis(x, a, 0) for x, a in zip(operands, axes, strict=True)]
    inputs, indices = split(plan, moved)
    input_axes = axes[: len(inputs)]
    wide = _Batched(indices, edges, size)
    of_inputs = [
        rows._replace(at=wide.place(rows.at, axis is not None))
        for rows, axis in zip(plan.inputs, input_axes, strict=True)
    ]
    of_outputs = [rows._replace(at=wide.place(rows.at, True)) for rows in plan.outputs]
    flat = [x if axis is None else x.reshape(-1, x.shape[-1]) for x, axis in zip(inputs, input_axes, strict=True)]
    batched = IndexedPlan(tuple(of_inputs), tuple(of_outputs), plan.terms)
    outputs = bind(batched, flat, wide.indices, edges * size, precision)
    return [z.reshape(size, z.shape[0] // size, z.shape[-1]) for z in outputs], [0] * len(outputs)


class _Batched:
    """The indices of `size` copies of the edges, made as they are asked for."""

    def __init__(self, indices: Sequence[Index], edges: Extent, size: int) -> None:
        self._of_sample, self._edges, self._size = indices, edges, size
        self._places: dict[tuple[int | None, bool], int] = {}
        self.indices: list[Index] = []

    def place(self, index: int | None, has_own_rows: bool) -> int | None:
        """Where in `indices` the rows are found: of every sample its own, or the same rows for all of them."""
        if index is None and has_own_rows:
            return None
        if (index, has_own_rows) not in self._places:
            self._places[index, has_own_rows] = len(self.indices)
            self.indices.append(self._made(index, has_own_rows))
        return self._places[index, has_own_rows]

    def _made(self, index: int | None, has_own_rows: bool) -> Index:
        ids, rows = self._ids(index)
        if not has_own_rows:
            return index_of(ids.ravel(), rows)
        moved = ids + rows * jnp.arange(self._size, dtype=ids.dtype)[:, None]
        return index_of(jnp.where(ids < rows, moved, rows * self._size).ravel(), rows * self._size)

    def _ids(self, index: int | None) -> tuple[Integer[jax.Array, "size edges"], Extent]:
        """The row of each edge in each sample, and how many rows a sample has."""
        if index is None:
            ids, rows = jnp.arange(self._edges), self._edges
        else:
            ids, rows = self._of_sample[index].ids, self._of_sample[index].rows
        return jnp.broadcast_to(ids, (self._size, self._edges)), rows


contract_indexed_p.def_impl(jax.jit(contract_indexed_p.bind, static_argnames=("plan", "edges", "precision")))
ad.primitive_jvps[contract_indexed_p] = _jvp
ad.primitive_transposes[contract_indexed_p] = _transpose
batching.primitive_batchers[contract_indexed_p] = _batch
mlir.register_lowering(contract_indexed_p, mlir.lower_fun(compute, multiple_results=True))
mlir.register_lowering(contract_indexed_p, mlir.lower_fun(compute_cuda, multiple_results=True), platform="cuda")
