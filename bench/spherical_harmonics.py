"""spherical_harmonics: of the directions of edges (lmax 2, 3) and of points on fine grids (6, 8); the solid ones."""

from collections.abc import Callable
from typing import Any

from bench.harness import Workload
from bench.workloads import POINTS, VECTORS


def up_to(lmax: int, *, normalize: bool) -> Callable[[Any, Any], Any]:
    """All degrees up to `lmax`, of the direction alone or of the vector."""
    return lambda lib, x: lib.spherical_harmonics(range(lmax + 1), x, normalize=normalize, normalization="component")


WORKLOADS = (
    Workload("spherical_harmonics", "lmax2", POINTS, (VECTORS,), up_to(2, normalize=True)),
    Workload("spherical_harmonics", "lmax3", POINTS, (VECTORS,), up_to(3, normalize=True)),
    Workload("spherical_harmonics", "lmax6", POINTS, (VECTORS,), up_to(6, normalize=True)),
    Workload("spherical_harmonics", "lmax8", POINTS, (VECTORS,), up_to(8, normalize=True)),
    Workload("spherical_harmonics", "solid3", POINTS, (VECTORS,), up_to(3, normalize=False)),
)
