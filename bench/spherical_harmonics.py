"""spherical_harmonics: of the directions of edges (lmax 2, 3) and of points on fine grids (6, 8); the solid ones."""

from collections.abc import Callable
from typing import Any

from bench import _cuequivariance
from bench.harness import Workload
from bench.workloads import POINTS, VECTORS


def up_to(lmax: int, *, normalize: bool) -> Callable[[Any, Any], Any]:
    """All degrees up to `lmax`, of the direction alone or of the vector."""
    return lambda lib, x: lib.spherical_harmonics(range(lmax + 1), x, normalize=normalize, normalization="component")


def workload(name: str, lmax: int, *, normalize: bool) -> Workload:
    """All degrees up to `lmax`, of many vectors."""
    # cuequivariance-jax takes a minute to compile lmax 8.
    peers = {"cuequivariance_jax": _cuequivariance.spherical_harmonics(range(lmax + 1), normalize=normalize)}
    run = up_to(lmax, normalize=normalize)
    return Workload("spherical_harmonics", name, POINTS, (VECTORS,), run, peers=peers if lmax < 8 else {})


WORKLOADS = (
    workload("lmax2", 2, normalize=True),
    workload("lmax3", 3, normalize=True),
    workload("lmax6", 6, normalize=True),
    workload("lmax8", 8, normalize=True),
    workload("solid3", 3, normalize=False),
)
