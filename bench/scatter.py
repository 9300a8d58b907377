"""scatter_sum, scatter_mean and scatter_max: the messages of the edges at the nodes that receive them."""

from bench.harness import Workload
from bench.workloads import EDGES, EDGES_PER_NODE, NEQUIP64, receivers


def at_receivers(scatter, x, dst):
    """Messages of edges sorted by receiver."""
    return scatter(x, dst=dst, output_size=x.shape[0] // EDGES_PER_NODE)


WORKLOADS = (
    Workload(
        "scatter_sum", "nequip64", EDGES, (NEQUIP64, receivers), lambda lib, x, i: at_receivers(lib.scatter_sum, x, i)
    ),
    Workload(
        "scatter_mean", "nequip64", EDGES, (NEQUIP64, receivers), lambda lib, x, i: at_receivers(lib.scatter_mean, x, i)
    ),
    Workload(
        "scatter_max", "scalars64", EDGES, ("64x0e", receivers), lambda lib, x, i: at_receivers(lib.scatter_max, x, i)
    ),
)
