"""Graph: what it holds, what it refuses, and that it passes through JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import LayoutError
from eqlib.graph import Graph


def test_edges_of_padding_have_no_end():
    graph = Graph([0, 1, -1, 2, 0], [1, 3, 0, 0, 2], 3)
    np.testing.assert_array_equal(graph.senders, [0, 3, 3, 2, 0])
    np.testing.assert_array_equal(graph.receivers, [1, 3, 3, 0, 2])
    assert (graph.num_nodes, graph.num_edges, repr(graph)) == (3, 5, "Graph(3 nodes, 5 edges)")


def test_edges_in_the_order_of_their_ends():
    graph = Graph([2, 0, 2], [1, 1, 0], 3)
    np.testing.assert_array_equal(graph.by_sender.order, [1, 0, 2])
    np.testing.assert_array_equal(graph.by_receiver.order, [2, 0, 1])
    np.testing.assert_array_equal(graph.by_receiver.starts, [0, 1, 3, 3])


@pytest.mark.parametrize("dtype, kept", [(np.int32, np.int32), (np.int64, np.int64), (np.uint8, np.int32)])
def test_integers_keep_their_width_and_small_ones_are_widened(dtype, kept):
    graph = Graph(np.array([0, 1], dtype), np.array([1, 0], dtype), 300)
    assert {a.dtype for a in jax.tree.leaves(graph)} == {np.dtype(kept)}


def test_it_is_a_pytree_that_jit_and_vmap_take():
    graph = Graph([0, 1], [1, 0], 2)
    same = jax.jit(lambda g: g)(graph)
    assert isinstance(same, Graph)
    np.testing.assert_array_equal(same.senders, graph.senders)
    several = jax.vmap(lambda s, r: Graph(s, r, 2))(jnp.array([[0, 1], [1, 0]]), jnp.array([[1, 0], [0, 0]]))
    assert several.senders.shape == (2, 2)
    assert (several.num_nodes, several.num_edges) == (2, 2)


@pytest.mark.parametrize(
    "ends, error, message",
    [
        (([0.0], [1.0], 2), LayoutError, "senders holds float.*must hold integers"),
        (([0], [1, 2], 3), LayoutError, r"senders has shape \(1,\) and receivers \(2,\)"),
        (([[0]], [[1]], 2), LayoutError, r"senders has shape \(1, 1\), and must be \[edges\]"),
        (([0], [1], 2.0), ValueError, "num_nodes is 2.0"),
        (([0], [1], -1), ValueError, "num_nodes is -1"),
        (([True], [False], 2), LayoutError, "senders holds bool"),
    ],
)
def test_raises(ends, error, message):
    with pytest.raises(error, match=message):
        Graph(*ends)
