"""symmetric_contraction: the products of MACE, cubic in the features of every channel."""

from bench.harness import Workload
from bench.workloads import SPECIES, Rows, species
from eqlib import symmetric_contraction_paths

ATOMS = Rows(quick=8, cpu=200, gpu=10_000)
FEATURES = "128x0e + 128x1o + 128x2e + 128x3o"


def workload(name: str, wanted: str) -> Workload:
    """Features of 128 channels, with weights of their own for each species."""
    paths = len(symmetric_contraction_paths(FEATURES, wanted))
    return Workload(
        "symmetric_contraction",
        name,
        ATOMS,
        (FEATURES, lambda rng, rows: rng.normal(size=(SPECIES, paths, 128)), species),
        lambda lib, x, w, of: lib.symmetric_contraction(x, w, wanted, index=of),
    )


WORKLOADS = (workload("mace128-0e", "0e"), workload("mace128-0e-1o", "0e + 1o"))
