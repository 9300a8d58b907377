"""The messages of `conv` and `Graph`."""
# ruff: noqa: E501  (messages stand on their own lines)

import jax.numpy as jnp

from eqlib import Graph, IrrepsError, LayoutError
from tests.messages.case import Case, array

NAMES = {
    "x": array("0e", 2),
    "y": array("1o", 3),
    "weights": jnp.ones((3, 1)),
    "graph": Graph([0, 1, 0], [1, 0, 1], 2),
    "senders": [0, 1],
    "receivers": [1, 0],
}

CASES = [
    Case(
        "conv(x, y, weights, (senders, receivers))",
        LayoutError,
        "conv: the graph is tuple, and must be a Graph.\n"
        "  Write graph = Graph(senders, receivers, num_nodes) once, outside of the layers.",
        "Graph(senders, receivers, 2)",
        NAMES,
    ),
    Case(
        "conv(x[:1], y, weights, graph)",
        LayoutError,
        "conv: x has shape (1, 1), and the graph has 2 nodes: x has a row for each, [2, 1].",
        None,
        NAMES,
    ),
    Case(
        "conv(x, y, weights, graph)",
        LayoutError,
        "conv: y has shape (5, 3, 3), and the graph has 3 edges: y has a row for each, [3, 3].\n"
        "  For a batch of samples, write jax.vmap(lambda y: conv(x, y, weights, graph))(y).",
        "jax.vmap(lambda y: conv(x, y, weights, graph))(y)",
        NAMES | {"y": array("1o", 5, 3)},
    ),
    Case(
        "conv(x, y, jnp.ones((3, 2)), graph)",
        LayoutError,
        "conv: weights has shape (3, 2), and must be [3, 1]: for each of 3 edges one weight for each copy of an irrep in 1x1o.\n"
        "  Write weights of the shape (graph.num_edges, tensor_product(x.irreps, y.irreps).num_irreps), with the filter_ir_out of conv.",
        "conv(x, y, jnp.ones((graph.num_edges, tensor_product(x.irreps, y.irreps).num_irreps)), graph)",
        NAMES,
    ),
    Case(
        "conv(x, y, weights, graph)",
        IrrepsError,
        "conv: the weights are 1x0e+1x1o, and must be invariant, 0e, or what they multiply would turn with them.\n"
        "  Write weights.filter('0e'), or give an array of numbers.",
        "conv(x, y, weights.filter('0e'), graph)",
        NAMES | {"weights": array("0e + 1o", 3)},
    ),
    Case(
        "Graph([0.0, 1.0], receivers, 2)",
        LayoutError,
        "Graph: senders holds float64, and must hold integers, the numbers of nodes.\n  Write senders.astype(int).",
        "Graph(jnp.array([0.0, 1.0]).astype(int), receivers, 2)",
        NAMES,
    ),
    Case(
        "Graph([0], receivers, 2)",
        LayoutError,
        "Graph: senders has shape (1,) and receivers (2,): an edge has one of each.\n  Give both for every edge, [edges].",
        None,
        NAMES,
    ),
    Case(
        "Graph(jnp.array([senders]), jnp.array([receivers]), 2)",
        LayoutError,
        "Graph: senders has shape (1, 2), and must be [edges].\n"
        "  For graphs of several samples, write jax.vmap(lambda s, r: Graph(s, r, num_nodes))(senders, receivers).",
        "jax.vmap(lambda s, r: Graph(s, r, 2))(jnp.array([senders]), jnp.array([receivers]))",
        NAMES,
    ),
    Case(
        "Graph(senders, receivers, 2.0)",
        ValueError,
        "Graph: num_nodes is 2.0, and must be an integer, 0 or more.\n  Write len(x).",
        "Graph(senders, receivers, len(x))",
        NAMES,
    ),
]
