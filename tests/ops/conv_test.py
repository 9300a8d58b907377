"""conv: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.conv
from eqlib import IrrepsArray, IrrepsError, LayoutError, normal, scatter_sum, tensor_product
from eqlib.graph import Graph
from eqlib.o3 import Irreps
from eqlib.ops.conv import conv, plan_conv
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject
from tests.to_rounding import require_same

# As many edges as nodes, for the conformance suite gives all operands as many rows. Node 3 receives nothing, node 1
# from two; an edge goes from a node to itself, and two are padding.
SENDERS, RECEIVERS, NODES = (2, 0, 1, 4, -1, 3), (1, 1, 1, 0, 2, 6), 6
GRAPH = Graph(SENDERS, RECEIVERS, NODES)


def subject(left, right, weighted=True, **keywords):
    in_spec = keywords | ({"filter_ir_out": [(0, 1), (1, -1)]} if "filter_ir_out" in keywords else {})
    irreps = tensor_product(left, right, **keywords)

    def fn(x, y, weights=None):
        return conv(x, y, weights if weights is None else weights.array, GRAPH, **keywords)

    return Subject(
        "conv",
        fn,
        (left, right, f"{irreps.num_irreps}x0e") if weighted else (left, right),
        functools.partial(spec.conv.conv, senders=SENDERS, receivers=RECEIVERS, num_nodes=NODES, **in_spec),
        label=f"{left}*{right}" + "".join(f"-{value}" for value in keywords.values()) + "-unweighted" * (not weighted),
        edges=(("", right, ""), ("0x1o", right, "0e")[: 2 + weighted]) if not keywords and weighted else (),
        sample=(NODES,),
        degrees=(1, 1, 1)[: 2 + weighted],
    )


test_conforms = conforms(
    subject("2x0e+2x1o", "0e+1o", filter_ir_out=("0e", "1o")),
    subject("1o+0e+1o", "2x1e", weighted=False, irrep_normalization="norm"),
)


def messages(x, y, w, graph, **keywords):
    """What the docstring says that conv is the same as."""
    sent = tensor_product(x[graph.senders % graph.num_nodes], y, **keywords)
    sent = sent if w is None else sent * w
    return scatter_sum(sent, dst=graph.receivers, output_size=graph.num_nodes, mode="drop")


def draw(irreps1, irreps2, copies, graph):
    keys = jax.random.split(jax.random.key(0), 3)
    x = normal(irreps1, keys[0], (graph.num_nodes,), dtype=jnp.float64)
    y = normal(irreps2, keys[1], (graph.num_edges,), dtype=jnp.float64)
    return x, y, jax.random.normal(keys[2], (graph.num_edges, copies), jnp.float64)


@pytest.mark.parametrize("multiplicity", [1, 5, 8])
def test_is_the_sum_of_weighted_tensor_products_with_all_derivatives(multiplicity):
    irreps1, irreps2 = Irreps(f"{multiplicity}x0e+{multiplicity}x1o+{multiplicity}x2e"), "0e+1o+2e"
    graph = Graph([0, 1, 2, 0, 2, 2, 1], [1, 0, 1, 2, 2, 0, 3], 4)
    copies = tensor_product(irreps1, irreps2, filter_ir_out="0e+1o+2e").num_irreps

    def gradients(op):
        def energy(x, y, w):
            z = op(IrrepsArray(irreps1, x), IrrepsArray(irreps2, y), w, graph, filter_ir_out="0e+1o+2e")
            return jnp.sum(jnp.tanh(z.array))

        return lambda *xs: jnp.concatenate([jnp.ravel(g) for g in jax.grad(energy, (0, 1, 2))(*xs)])

    x, y, w = draw(irreps1, irreps2, copies, graph)
    require_same(gradients(conv), gradients(messages), x.array, y.array, w)


def test_nodes_and_edges_may_be_numbered_in_any_way():
    graph = Graph([0, 1, 2, 0], [1, 0, 1, 2], 3)
    x, y, w = draw("2x0e+1o", "0e+1o", tensor_product("2x0e+1o", "0e+1o").num_irreps, graph)
    z = conv(x, y, w, graph).array
    edges, nodes = np.array([2, 0, 3, 1]), np.array([1, 2, 0])  # node n becomes nodes[n]
    other = Graph(nodes[graph.senders[edges]], nodes[graph.receivers[edges]], 3)
    moved = conv(x[np.argsort(nodes)], y[edges], w[edges], other).array
    np.testing.assert_allclose(moved[nodes], z, rtol=0, atol=1e-14 * np.max(np.abs(z)))


def test_operands_are_regrouped_and_the_output_merged():
    graph = Graph([0, 1], [1, 0], 2)
    irreps = tensor_product("1o+2x0e+1o", "1o+0e")
    x, y, w = draw("1o+2x0e+1o", "1o+0e", irreps.num_irreps, graph)
    z = conv(x, y, w, graph)
    assert z.irreps == irreps
    np.testing.assert_array_equal(z.array, conv(x.regroup(), y.regroup(), w, graph).array)


def test_weights_may_be_an_array_of_scalars():
    graph = Graph([0, 1], [1, 0], 2)
    x, y, w = draw("0e", "1o", 1, graph)
    np.testing.assert_array_equal(conv(x, y, IrrepsArray("0e", w), graph).array, conv(x, y, w, graph).array)


def test_no_array_of_messages_is_made():
    """Beside its inputs and outputs conv, with its gradients, needs less than a tenth of the memory of the weights."""
    edges, nodes = 200_000, 1_000
    irreps, _ = plan_conv("32x0e+32x1o", "0e+1o+2e")
    weights = jax.ShapeDtypeStruct((edges, irreps.num_irreps), jnp.float32)
    x = jax.ShapeDtypeStruct((nodes, 32 * 4), jnp.float32)
    y = jax.ShapeDtypeStruct((edges, 9), jnp.float32)
    graph = jax.eval_shape(lambda i: Graph(i, i, nodes), jax.ShapeDtypeStruct((edges,), jnp.int32))

    def gradients(x, y, w, graph):
        f = lambda x, y, w: conv(IrrepsArray("32x0e+32x1o", x), IrrepsArray("0e+1o+2e", y), w, graph).array  # noqa: E731
        z, pullback = jax.vjp(f, x, y, w)
        return z, pullback(jnp.sin(z))

    def temporary(f):
        return jax.jit(f).lower(x, y, weights, graph).compile().memory_analysis().temp_size_in_bytes

    of_weights = 4 * edges * irreps.num_irreps
    assert temporary(gradients) < 0.1 * of_weights


def test_a_graph_without_edges_and_one_without_nodes():
    none = Graph([], [], 2)
    z = conv(IrrepsArray("0e", jnp.ones((2, 1))), IrrepsArray("1o", jnp.ones((0, 3))), jnp.ones((0, 1)), none)
    np.testing.assert_array_equal(z.array, np.zeros((2, 3)))
    nobody = Graph([], [], 0)
    z = conv(IrrepsArray("0e", jnp.ones((0, 1))), IrrepsArray("1o", jnp.ones((0, 3))), jnp.ones((0, 1)), nobody)
    assert z.shape == (0, 3)


GOOD = IrrepsArray("0e", np.ones((2, 1))), IrrepsArray("1o", np.ones((3, 3))), np.ones((3, 1))
TRIANGLE = Graph([0, 1, 0], [1, 0, 1], 2)


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"graph": ([0], [1])}, LayoutError, "the graph is tuple, and must be a Graph"),
        ({"x": IrrepsArray("0e", np.ones((3, 1)))}, LayoutError, r"x has shape \(3, 1\), and the graph has 2 nodes"),
        ({"y": IrrepsArray("1o", np.ones((2, 3)))}, LayoutError, r"y has shape \(2, 3\), and the graph has 3 edges"),
        ({"y": IrrepsArray("1o", np.ones((4, 3, 3)))}, LayoutError, r"write jax\.vmap"),
        ({"weights": np.ones((3, 2))}, LayoutError, r"weights has shape \(3, 2\), and must be \[3, 1\]"),
        ({"weights": IrrepsArray("0o", np.ones((3, 1)))}, IrrepsError, "the weights are 1x0o, and must be invariant"),
        ({"irrep_normalization": "compnent"}, IrrepsError, "compnent"),
    ],
)
def test_raises(change, error, message):
    given = dict(zip(("x", "y", "weights", "graph"), (*GOOD, TRIANGLE), strict=True)) | change
    with pytest.raises(error, match=message):
        conv(given.pop("x"), given.pop("y"), given.pop("weights"), given.pop("graph"), **given)
