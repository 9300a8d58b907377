"""Who sees whom: the edges of a frame, through the faces of its cell if it repeats."""

import dataclasses
import itertools

import numpy as np

from eqlib.array_types import Bool, Float, Integer, Real


@dataclasses.dataclass(frozen=True)
class Neighbors:
    """The edges of one frame.

    senders, receivers  [edges], the atoms that an edge comes from and goes to
    cell_shifts         [edges, 3], the cell that the receiver is in, from that of the sender, in lattice vectors
    lengths             [edges]
    """

    senders: Integer[np.ndarray, " edges"]
    receivers: Integer[np.ndarray, " edges"]
    cell_shifts: Integer[np.ndarray, "edges 3"]
    lengths: Float[np.ndarray, " edges"]


def neighbors(
    positions: Real[np.ndarray, "atoms 3"],
    cutoff: float,
    cell: Real[np.ndarray, "3 3"] | None = None,
    pbc: Bool[np.ndarray, " 3"] | None = None,
) -> Neighbors:
    """Every ordered pair of atoms, or of an atom and an image of another or of itself, closer than the cutoff.

    It compares every pair in every cell in reach, with NumPy alone: for the frames of a training set, hundreds of atoms
    and not thousands. For those, and for atoms that move, `eqlib.simulation.NeighborList` calls vesin or ASE.

    Law:    edge e joins senders[e] to receivers[e], and is positions[receivers] - positions[senders] + cell_shifts @
            cell.
    Example: a chain of atoms, one to a cell
        >>> found = neighbors(np.zeros((1, 3)), 1.5, np.eye(3), np.array([True, False, False]))
        >>> print(found.cell_shifts)
        [[-1  0  0]
         [ 1  0  0]]
    """
    reach = np.zeros(3, int) if cell is None or pbc is None else _cells_in_reach(positions, cutoff, cell, pbc)
    if cell is None or not np.any(reach):
        cell = np.zeros((3, 3))
    found = []
    for shift in itertools.product(*(range(-n, n + 1) for n in reach)):
        vectors = positions[None, :] - positions[:, None] + np.array(shift) @ cell  # [senders, receivers, 3]
        lengths = np.linalg.norm(vectors, axis=-1)
        is_edge = lengths < cutoff
        if not any(shift):
            np.fill_diagonal(is_edge, False)
        senders, receivers = np.nonzero(is_edge)
        found.append((senders, receivers, np.tile(shift, (len(senders), 1)), lengths[is_edge]))
    senders, receivers, cell_shifts, lengths = map(np.concatenate, zip(*found, strict=True))
    order = np.argsort(receivers, kind="stable")  # as `Graph` reads them from memory
    return Neighbors(senders[order], receivers[order], cell_shifts[order], lengths[order])


def _cells_in_reach(
    positions: Real[np.ndarray, "atoms 3"],
    cutoff: float,
    cell: Real[np.ndarray, "3 3"],
    pbc: Bool[np.ndarray, " 3"],
) -> Integer[np.ndarray, " 3"]:
    """How many cells away a neighbour may be, along each lattice vector.

    The faces that a lattice vector joins are 1 / |column of the inverse| apart; atoms outside of their cell reach
    farther. Vectors along which nothing repeats may be zero.
    """
    inverse = np.linalg.pinv(
        np.where(pbc[:, None], cell, 0.0)
    )  # positions @ inverse are multiples of those that repeat
    spread = np.ptp(positions @ inverse, axis=0)
    reach = np.floor(cutoff * np.linalg.norm(inverse, axis=0) + spread).astype(int)
    return np.where(pbc, reach, 0)
