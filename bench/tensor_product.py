"""tensor_product: node features, brought to the edges, by the spherical harmonics of the edges."""

from bench.harness import Workload
from bench.workloads import EDGES, MACE128, NEQUIP64, NODES, SH2, SH3

WORKLOADS = (
    Workload(
        "tensor_product",
        "nequip64",
        EDGES,
        (NEQUIP64, SH2),
        lambda lib, x, y: lib.tensor_product(x, y, filter_ir_out="0e + 1o + 2e"),
        e3nn_jax=lambda lib, x, y: lib.tensor_product(x, y, filter_ir_out=lib.Irreps("0e + 1o + 2e")),
    ),
    Workload(
        "tensor_product",
        "mace128",
        EDGES,
        (MACE128, SH3),
        lambda lib, x, y: lib.tensor_product(x, y, filter_ir_out="0e + 1o + 2e + 3o"),
        e3nn_jax=lambda lib, x, y: lib.tensor_product(x, y, filter_ir_out=lib.Irreps("0e + 1o + 2e + 3o")),
    ),
    Workload(
        "tensor_product", "every32", EDGES, ("32x0e + 32x1o + 32x2e", SH2), lambda lib, x, y: lib.tensor_product(x, y)
    ),
    Workload(
        "tensor_product", "pairs8", NODES, ("8x0e + 8x1o", "8x0e + 8x1o"), lambda lib, x, y: lib.tensor_product(x, y)
    ),
)
