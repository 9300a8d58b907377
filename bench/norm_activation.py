"""norm_activation: every irrep of every node by a function of its length."""

import jax

from bench.harness import Workload
from bench.workloads import NEQUIP64, NODES

WORKLOADS = (
    Workload(
        "norm_activation", "nequip64", NODES, (NEQUIP64,), lambda lib, x: lib.norm_activation(x, [jax.nn.silu] * 3)
    ),
)
