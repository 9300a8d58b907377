"""bessel, soft_one_hot_linspace and the envelopes: functions of the lengths of the edges."""

from bench.harness import Workload
from bench.workloads import POINTS, uniform

LENGTHS = uniform(0.1, 1.2)


def gaussians(lib, x):
    """Ten Gaussians between 0 and 1."""
    return lib.soft_one_hot_linspace(x, start=0.0, end=1.0, number=10, basis="gaussian", cutoff=False)


WORKLOADS = (
    Workload("bessel", "bessel8", POINTS, (LENGTHS,), lambda lib, x: lib.bessel(x, 8)),
    Workload("soft_one_hot_linspace", "gaussian10", POINTS, (LENGTHS,), gaussians),
    Workload("poly_envelope", "envelope53", POINTS, (LENGTHS,), lambda lib, x: lib.poly_envelope(5, 3)(x)),
    Workload("soft_envelope", "edges", POINTS, (LENGTHS,), lambda lib, x: lib.soft_envelope(x)),
    Workload("sus", "edges", POINTS, (LENGTHS,), lambda lib, x: lib.sus(x)),
)
