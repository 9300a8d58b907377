"""conv: messages from node to node, weighted on every edge, and summed where they arrive."""

import numpy as np

from bench.harness import Workload
from bench.workloads import EDGES_PER_NODE, MACE128, NEQUIP64, SH2, SH3, Rows, receivers
from eqlib import Irreps, tensor_product

GRAPH_EDGES = Rows(quick=40, cpu=10_000, gpu=200_000)


def workload(name: str, irreps: str, harmonics: str, kept: str) -> Workload:
    """Node features of some irreps, sent by edges with harmonics and a weight for each copy that they send."""
    copies = tensor_product(irreps, harmonics, filter_ir_out=kept).num_irreps

    def nodes(rng: np.random.Generator, rows: int) -> np.ndarray:
        return rng.normal(size=(rows // EDGES_PER_NODE, Irreps(irreps).dim))

    def weights(rng: np.random.Generator, rows: int) -> np.ndarray:
        return rng.normal(size=(rows, copies))

    def run(lib, x, y, w, senders, receivers):
        graph = lib.Graph(senders, receivers, len(x))
        return lib.conv(lib.IrrepsArray(irreps, x), y, w, graph, filter_ir_out=kept)

    def with_messages(lib, x, y, w, senders, receivers):
        x = lib.IrrepsArray(lib.Irreps(irreps), x)
        messages = lib.tensor_product(x[senders], y, filter_ir_out=lib.Irreps(kept)) * w
        return lib.scatter_sum(messages, dst=receivers, output_size=len(x.array))

    return Workload(
        "conv", name, GRAPH_EDGES, (nodes, harmonics, weights, senders, receivers), run, e3nn_jax=with_messages
    )


def senders(rng: np.random.Generator, rows: int) -> np.ndarray:
    """The sending node of each edge, in no order."""
    return rng.integers(0, rows // EDGES_PER_NODE, rows).astype(np.int32)


WORKLOADS = (
    workload("nequip64", NEQUIP64, SH2, "0e + 1o + 2e"),
    workload("mace128", MACE128, SH3, "0e + 1o + 2e + 3o"),
)
