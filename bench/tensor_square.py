"""tensor_square: all pairs of a few features of the density about an atom."""

from bench.harness import Workload
from bench.workloads import NODES

WORKLOADS = (
    Workload("tensor_square", "density4", NODES, ("4x0e + 4x1o + 4x2e",), lambda lib, x: lib.tensor_square(x)),
    Workload("tensor_square", "vectors16", NODES, ("16x1o",), lambda lib, x: lib.tensor_square(x)),
)
