"""norm: the lengths of the features of every node."""

from bench.harness import Workload
from bench.workloads import MACE128, NODES

WORKLOADS = (
    Workload("norm", "mace128", NODES, (MACE128,), lambda lib, x: lib.norm(x)),
    Workload("norm", "mace128 squared", NODES, (MACE128,), lambda lib, x: lib.norm(x, squared=True)),
)
