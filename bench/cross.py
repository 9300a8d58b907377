"""cross: of the vectors of every node."""

from bench.harness import Workload
from bench.workloads import NODES

WORKLOADS = (Workload("cross", "vectors64", NODES, ("64x1o", "64x1o"), lambda lib, x, y: lib.cross(x, y)),)
