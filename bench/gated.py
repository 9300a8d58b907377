"""What `eqlib gate` measures of every op: its workloads with the rows of a CPU, compiled and not run."""

from collections.abc import Iterator

import numpy as np

import eqlib
from bench.harness import Workload, workloads
from eqlib.gates import Case
from eqlib.gates.passes import PASSES

# Compilation takes the time of the gate, which is to be a minute of one core. These take the most of it, and of each op
# another workload is there; and no model differentiates rotations twice. The models themselves took another minute.
LEFT_OUT = (
    ("conv", "nequip64"),
    ("elementwise_tensor_product", "features64"),
    ("spherical_harmonics", "lmax6"),
    ("spherical_harmonics", "lmax8"),
    ("symmetric_contraction", "mace128-0e-1o"),
    ("tensor_product", "mace128"),
    ("tensor_product", "every32"),
    ("tensor_square", "density4"),
)


def cases() -> list[Case]:
    """The passes of the workloads that have them."""
    return list(_cases())


def _cases() -> Iterator[Case]:
    for workload in workloads():
        if workload.file != "models" and (workload.op, workload.name) not in LEFT_OUT:
            yield _case(workload)


def _case(workload: Workload) -> Case:
    forward, *_ = workload.cases("cpu")
    arrays = [a.astype(np.float32) if a.dtype == np.float64 else a for a in forward.arrays()]
    count = 1 if not workload.has_gradient else 2 if workload.file == "rotation" else 3
    return Case(f"{workload.op} {workload.name}", forward.function(eqlib), tuple(arrays), PASSES[:count])
