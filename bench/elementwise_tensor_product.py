"""elementwise_tensor_product: features by a scalar for each copy, as radial weights do, and vectors by vectors."""

from bench.harness import Workload
from bench.workloads import EDGES, NEQUIP64

WORKLOADS = (
    Workload(
        "elementwise_tensor_product",
        "weights64",
        EDGES,
        ("192x0e", NEQUIP64),
        lambda lib, w, x: lib.elementwise_tensor_product(w, x),
    ),
    Workload(
        "elementwise_tensor_product",
        "features64",
        EDGES,
        (NEQUIP64, NEQUIP64),
        lambda lib, x, y: lib.elementwise_tensor_product(x, y),
    ),
)
