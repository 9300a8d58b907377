"""dot: the overlap of two sets of features, whole and for each copy."""

from bench.harness import Workload
from bench.workloads import MACE128, NODES

WORKLOADS = (
    Workload("dot", "mace128", NODES, (MACE128, MACE128), lambda lib, x, y: lib.dot(x, y)),
    Workload("dot", "mace128 per irrep", NODES, (MACE128, MACE128), lambda lib, x, y: lib.dot(x, y, per_irrep=True)),
)
