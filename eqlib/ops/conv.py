"""Message passing: what the edges of a graph carry from node to node, summed at the nodes that receive it."""

import functools
from typing import Any

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Extent
from eqlib.arrays.create import as_irreps_array
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.graph import Graph
from eqlib.lowering.contract_indexed import contract_indexed
from eqlib.o3 import Irrep, Irreps, SurdTensor, present
from eqlib.ops._operands import irrep_filter
from eqlib.ops.tensor_product import plan_tensor_product
from eqlib.plan import Path, Plan, Segment
from eqlib.plan.indexed import IndexedPlan, over_edges

SENDERS, RECEIVERS = 0, 1


def conv(
    x: Any,
    y: Any,
    weights: Any,
    graph: Any,
    *,
    filter_ir_out: Any = None,
    irrep_normalization: str = "component",
) -> IrrepsArray:
    """Sends along every edge the product of the sender's features and the edge's, weighted, and sums at the receivers.

    The same as

        messages = weights * tensor_product(x[graph.senders], y, filter_ir_out=filter_ir_out)
        scatter_sum(messages, dst=graph.receivers, output_size=graph.num_nodes)

    but no array of messages is ever made, in derivatives of any order neither. The same operands give bitwise the same
    sums.

    Law:    conv(D1(g) x, D2(g) y, w) = D3(g) conv(x, y, w) for all g in O(3); linear in x, in y and in w; the order of
            edges does not matter, and nodes may be numbered in any way.
    Shape:  x [nodes, irreps1], y [edges, irreps2], weights [edges, copies] -> [nodes, irreps3]; for batches, jax.vmap.
            `copies` is irreps3.num_irreps: one weight for each copy of an irrep in irreps3, in its order. None: all 1.
    Scale:  that of tensor_product, times the weight; a sum of n independent messages has n times their variance.
    Order:  irreps3 is that of tensor_product: sorted by irrep; equal irreps keep the order (segment of x, segment of y,
            u, v). The operands are regrouped first, and equal irreps of the output merged.
    Raises: LayoutError if the rows of an operand are not the nodes or edges, or if there is not one weight per copy;
            IrrepsError if weights are not scalars, or `irrep_normalization` is unknown.
    Source: Batzner et al. (2022), Nature Communications 13, 2453, eq. 5; Varshalovich et al. (1988), ch. 8.
    Example: an atom at each end of an edge, and none of them sends to itself
        >>> graph = Graph(senders=[0, 1], receivers=[1, 0], num_nodes=2)
        >>> x = IrrepsArray("0e", jnp.array([[1.0], [2.0]]))
        >>> y = IrrepsArray("0e + 1o", jnp.array([[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, -1.0]]))
        >>> weights = jnp.array([[1.0, 10.0], [1.0, 10.0]])
        >>> conv(x, y, weights, graph)
        1x0e+1x1o
        [[  2.   0.   0. -20.]
         [  1.   0.   0.  10.]]
    """
    _check_graph(graph)
    x, y = _rows("x", x, graph.num_nodes, "nodes"), _rows("y", y, graph.num_edges, "edges")
    kept = irrep_filter(filter_ir_out)
    irreps, plan = plan_conv(x.irreps, y.irreps, kept, irrep_normalization, is_weighted=weights is not None)
    inputs = [x.array, y.array]
    if weights is not None:
        inputs.append(_weights(weights, graph.num_edges, irreps))
    (z,) = contract_indexed(plan, inputs, [graph.by_sender, graph.by_receiver])
    return IrrepsArray(irreps, z).regroup()


@functools.cache
def plan_conv(
    irreps1: Any,
    irreps2: Any,
    kept: tuple[Irrep, ...] | None = None,
    irrep_normalization: str = "component",
    *,
    is_weighted: bool = True,
) -> tuple[Irreps, IndexedPlan]:
    """The plan of tensor_product, with a weight for each copy that it writes, over the edges of a graph."""
    irreps, product = plan_tensor_product(Irreps(irreps1), Irreps(irreps2), kept, irrep_normalization)
    if is_weighted:
        return irreps, over_edges(_weighted(product), (SENDERS, None, None, RECEIVERS))
    return irreps, over_edges(product, (SENDERS, None, RECEIVERS))


def _weighted(plan: Plan) -> Plan:
    """A bilinear plan whose paths each multiply what they write by a weight of every copy."""
    x, y, z = plan.operands
    weights = tuple(Segment(segment.extents, 1) for segment in z)
    paths = []
    for path in plan.paths:
        (i1, i2, i3), (mode1, mode2, mode3) = path.segments, path.modes
        n1, n2, n3 = path.coefficients.shape
        entries = {(i, j, 0, k): value for (i, j, k), value in path.coefficients.entries}
        table = SurdTensor.of((n1, n2, 1, n3), entries, path.coefficients.label)
        paths.append(Path((i1, i2, i3, i3), (mode1, mode2, mode3, mode3), table, path.scale))
    return Plan((x, y, weights, z), (0, 1, 2), tuple(paths))


def _check_graph(graph: Any) -> None:
    if not isinstance(graph, Graph):
        raise LayoutError(
            f"conv: the graph is {type(graph).__name__}, and must be a Graph.\n"
            "  Write graph = Graph(senders, receivers, num_nodes) once, outside of the layers."
        )


def _rows(name: str, x: Any, count: Extent, of: str) -> IrrepsArray:
    """An operand with a row for each node or edge, regrouped."""
    x = as_irreps_array(x)
    if x.ndim != 2 or x.shape[0] != count:
        hint = f"jax.vmap(lambda {name}: conv(x, y, weights, graph))({name})"
        raise LayoutError(
            f"conv: {name} has shape {x.shape}, and the graph has {count} {of}: {name} has a row for each, "
            f"[{count}, {x.irreps.dim}]." + (f"\n  For a batch of samples, write {hint}." if x.ndim > 2 else "")
        )
    return IrrepsArray(x.irreps, jnp.asarray(x.array)).regroup()


def _weights(weights: Any, edges: Extent, irreps: Irreps) -> Any:
    """The weights as an array, [edges, copies]."""
    if isinstance(weights, IrrepsArray):
        if not all(ir.is_scalar() for ir in present(weights.irreps)):
            raise IrrepsError(
                f"conv: the weights are {weights.irreps}, and must be invariant, 0e, or what they multiply would "
                "turn with them.\n  Write weights.filter('0e'), or give an array of numbers."
            )
        weights = weights.array
    if np.shape(weights) != (edges, irreps.num_irreps):
        raise LayoutError(
            f"conv: weights has shape {np.shape(weights)}, and must be [{edges}, {irreps.num_irreps}]: for each of "
            f"{edges} edges one weight for each copy of an irrep in {irreps.regroup()}.\n"
            "  Write weights of the shape (graph.num_edges, tensor_product(x.irreps, y.irreps).num_irreps), with the "
            "filter_ir_out of conv."
        )
    return jnp.asarray(weights)
