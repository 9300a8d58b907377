"""scalar_activation, and the functions it applies, on the hidden scalars of every node."""

import jax

from bench.harness import Workload
from bench.workloads import NODES, uniform

WORKLOADS = (
    Workload("scalar_activation", "scalars128", NODES, ("64x0e + 64x0o",), lambda lib, x: lib.scalar_activation(x)),
    Workload(
        "normalize_function",
        "silu",
        NODES,
        (uniform(-3, 3, 128),),
        lambda lib, x: lib.normalize_function(jax.nn.silu)(x),
    ),
    Workload("soft_odd", "scalars128", NODES, (uniform(-3, 3, 128),), lambda lib, x: lib.soft_odd(x)),
)
