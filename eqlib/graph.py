"""The edges of a graph, and for each node those that it sends and receives."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, ArrayLike, Extent, Integer
from eqlib.errors import LayoutError
from eqlib.lowering.extents import is_known
from eqlib.lowering.index import Index, index_of


@jax.tree_util.register_pytree_node_class
class Graph:
    """Directed edges between nodes, with their order by sender and by receiver: made once, used by every layer.

    `senders` and `receivers` are the nodes that each edge comes from and goes to. Edges keep the order in which they
    are given; sorted by receiver they are read from memory in turn, which is fastest. An edge with an end that is no
    node, such as -1, is padding: both its ends are stored as `num_nodes`; it sends nothing, and has the gradient zero.

    Shape:  senders, receivers [edges], of any integer dtype; 32-bit integers stay 32-bit.
    Raises: LayoutError if the ends are no integers, or not one of each per edge; ValueError if num_nodes is no number
            of nodes.
    Example: two nodes that see each other, and room for one edge more
        >>> graph = Graph([0, 1, -1], [1, 0, -1], num_nodes=2)
        >>> graph
        Graph(2 nodes, 3 edges)
        >>> print(graph.senders)
        [0 1 2]
    """

    by_sender: Index
    by_receiver: Index

    def __init__(self, senders: ArrayLike, receivers: ArrayLike, num_nodes: Any) -> None:
        if is_known(num_nodes) and (not hasattr(num_nodes, "__index__") or num_nodes < 0):
            raise ValueError(f"Graph: num_nodes is {num_nodes!r}, and must be an integer, 0 or more.\n  Write len(x).")
        ends = [_ends(name, nodes) for name, nodes in (("senders", senders), ("receivers", receivers))]
        if ends[0].shape != ends[1].shape:
            raise LayoutError(
                f"Graph: senders has shape {ends[0].shape} and receivers {ends[1].shape}: an edge has one of each.\n"
                "  Give both for every edge, [edges]."
            )
        dtype = jnp.result_type(*ends, _smallest_dtype(num_nodes))
        is_edge = _is_node(ends[0], num_nodes) & _is_node(ends[1], num_nodes)
        ids = [jnp.where(is_edge, end, num_nodes).astype(dtype) for end in ends]
        self.by_sender, self.by_receiver = (index_of(one, num_nodes) for one in ids)

    @property
    def senders(self) -> Integer[Array, "*batch edges"]:
        """[edges], the node that each edge comes from; `num_nodes` for padding."""
        return self.by_sender.ids

    @property
    def receivers(self) -> Integer[Array, "*batch edges"]:
        """[edges], the node that each edge goes to; `num_nodes` for padding."""
        return self.by_receiver.ids

    @property
    def num_nodes(self) -> Extent:
        """The number of nodes."""
        return self.by_receiver.rows

    @property
    def num_edges(self) -> Extent:
        """The number of edges, those of padding included."""
        return self.by_receiver.ids.shape[-1]

    def __repr__(self) -> str:
        return f"Graph({self.num_nodes} nodes, {self.num_edges} edges)"

    def tree_flatten(self) -> tuple[tuple[Index, Index], None]:
        """The arrays, for JAX."""
        return (self.by_sender, self.by_receiver), None

    @classmethod
    def tree_unflatten(cls, _: None, children: tuple[Index, Index]) -> "Graph":
        """A graph of such arrays, for JAX."""
        graph = object.__new__(cls)
        graph.by_sender, graph.by_receiver = children
        return graph


def _ends(name: str, nodes: Any) -> Integer[jax.Array, " edges"]:
    array = jnp.asarray(nodes)
    if array.size == 0:
        array = array.astype(jnp.int32)
    if not jnp.issubdtype(array.dtype, jnp.integer):
        raise LayoutError(
            f"Graph: {name} holds {array.dtype}, and must hold integers, the numbers of nodes.\n"
            f"  Write {name}.astype(int)."
        )
    if array.ndim != 1:
        raise LayoutError(
            f"Graph: {name} has shape {array.shape}, and must be [edges].\n"
            "  For graphs of several samples, write jax.vmap(lambda s, r: Graph(s, r, num_nodes))(senders, receivers)."
        )
    return array


def _smallest_dtype(num_nodes: Any) -> Any:
    """Of the dtypes of indices, that which counts so many nodes; 32 bits if their number is not known yet."""
    return jnp.int32 if not is_known(num_nodes) or num_nodes < np.iinfo(np.int32).max else jnp.int64


def _is_node(ends: Integer[jax.Array, " edges"], num_nodes: Extent) -> Any:
    return (ends >= 0) & (ends < num_nodes)
