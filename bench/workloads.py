"""The named sizes: irreps of models that people run, and how many edges, nodes and points go through them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Input = str | Callable[[np.random.Generator, int], np.ndarray]
"""What a workload reads: normal components of some irreps, or an array made for a number of rows."""

# NequIP of Batzner et al. (2021) with 64 channels; the first layers of MACE-MP with 128 (Batatia et al., 2023).
NEQUIP64 = "64x0e + 64x1o + 64x2e"
MACE128 = "128x0e + 128x1o + 128x2e"
LINEAR128 = "128x0e + 128x1o + 128x2e + 128x3o"
SH2 = "0e + 1o + 2e"
SH3 = "0e + 1o + 2e + 3o"
VECTORS = "1o"
SPECIES = 10
EDGES_PER_NODE = 20


@dataclass(frozen=True)
class Rows:
    """How many samples are computed at once: in the tests, on a CPU, on a GPU."""

    quick: int
    cpu: int
    gpu: int


NODES = Rows(quick=8, cpu=2_000, gpu=50_000)
EDGES = Rows(quick=40, cpu=2_000, gpu=200_000)
POINTS = Rows(quick=40, cpu=50_000, gpu=1_000_000)


def uniform(low: float, high: float, *shape: int) -> Input:
    """Numbers between `low` and `high`, [rows, *shape]."""
    return lambda rng, rows: rng.uniform(low, high, (rows, *shape))


def normals(*shape: int) -> Input:
    """Normal numbers, [*shape]: the same for every row, as weights are."""
    return lambda rng, rows: rng.normal(size=shape)


def species(rng: np.random.Generator, rows: int) -> np.ndarray:
    """The species of each row."""
    return rng.integers(0, SPECIES, rows).astype(np.int32)


def receivers(rng: np.random.Generator, rows: int) -> np.ndarray:
    """The receiving node of each edge, sorted; every node has about EDGES_PER_NODE."""
    return np.sort(rng.integers(0, rows // EDGES_PER_NODE, rows)).astype(np.int32)
