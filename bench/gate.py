"""gate: the nonlinearity between the layers of NequIP, even gates and odd."""

from bench.harness import Workload
from bench.workloads import NODES

WORKLOADS = (
    Workload("gate", "nequip64", NODES, ("64x0e + 128x0e + 64x1o + 64x2e",), lambda lib, x: lib.gate(x)),
    Workload("gate", "odd64", NODES, ("64x0e + 128x0o + 64x1o + 64x2e",), lambda lib, x: lib.gate(x)),
)
