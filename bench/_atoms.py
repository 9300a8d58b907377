"""A cluster of atoms and its edges, as many as there are rows: what the models are given."""

import functools
from typing import NamedTuple

import numpy as np

from bench.workloads import EDGES_PER_NODE, Rows

CUTOFF = 5.0
# 22 atoms have 462 pairs.
EDGES = Rows(quick=440, cpu=4_000, gpu=100_000)


class Cluster(NamedTuple):
    """The positions of the atoms, and the edges up to the cutoff, sorted by receiver."""

    positions: np.ndarray
    senders: np.ndarray
    receivers: np.ndarray


@functools.cache
def cluster(edges: int) -> Cluster:
    """Atoms about the points of a cubic lattice, with an edge in both directions between the nearest pairs.

    Lengths are in units of the greatest of an edge, which is 5% below the cutoff: no edge is without weight.
    """
    atoms = edges // EDGES_PER_NODE
    side = round(np.ceil(np.cbrt(atoms)))
    lattice = np.stack(np.unravel_index(np.arange(atoms), (side,) * 3), axis=-1)
    places = lattice + np.random.default_rng(0).normal(scale=0.1, size=lattice.shape)
    first, second = np.triu_indices(atoms, k=1)
    lengths = np.linalg.norm(places[first] - places[second], axis=-1)
    nearest = np.argsort(lengths)[: edges // 2]
    pairs = np.stack([first, second])[:, nearest]
    senders, receivers = np.concatenate([pairs, pairs[::-1]], axis=1).astype(np.int32)
    order = np.lexsort((senders, receivers))
    return Cluster(places * 0.95 * CUTOFF / lengths[nearest[-1]], senders[order], receivers[order])


def positions(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Of the atoms, [atoms, 3]."""
    return cluster(rows).positions


def senders(rng: np.random.Generator, rows: int) -> np.ndarray:
    """The atom that each edge comes from."""
    return cluster(rows).senders


def receivers(rng: np.random.Generator, rows: int) -> np.ndarray:
    """The atom that each edge ends at, sorted."""
    return cluster(rows).receivers
