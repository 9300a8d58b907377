"""Neighbour lists of atoms that move: found by vesin or ASE, kept while they hold, and padded to a few sizes."""

import importlib.util
from typing import Any, NamedTuple

import numpy as np

from eqlib.array_types import Array, Bool, Float, Integer
from eqlib.nn.options import finite
from eqlib.simulation.optional import need

# Room for a few more edges than there are: a liquid gains and loses some at every step.
ROOM = 1.1
# So that small molecules of about a size share a compiled program.
LEAST = 64


class Edges(NamedTuple):
    """From senders[e] to the image of receivers[e] that is displaced by cell_shifts[e] @ cell; padding has ends -1."""

    senders: Integer[np.ndarray, " edges"]
    receivers: Integer[np.ndarray, " edges"]
    cell_shifts: Integer[np.ndarray, "edges 3"]


class NeighborList:
    """Every ordered pair of atoms within a cutoff, with all images in a periodic cell, and room for more pairs.

    cutoff  the distance up to which pairs are to be there
    skin    pairs are found up to cutoff + skin, and found anew when an atom has moved by more than half of the skin, or
            when the cell, the directions in which it repeats, or the number of atoms has changed
    finder  "vesin" or "ase"; None takes vesin if it is installed

    `builds` counts how often pairs were found. The arrays are as long as when most edges were needed, or longer: when
    they are full they double, so that a program compiled for their shape serves for a long time.

    Law:    of every pair within the cutoff there is one edge each way; no pair is dropped, whatever the length was.
    Units:  those of the positions.
    Raises: ValueError if an option makes no sense; ImportError if neither vesin nor ase is installed.
    Example: an atom in a cubic cell, and its six nearest images
        >>> neighbors = NeighborList(cutoff=2.5, skin=0.1)
        >>> edges = neighbors(np.zeros((1, 3)), 2.0 * np.eye(3), (True, True, True))
        >>> len(edges.senders), int((edges.senders >= 0).sum())
        (64, 6)
    """

    def __init__(self, cutoff: float, skin: float = 0.3, finder: str | None = None) -> None:
        self.cutoff = finite("NeighborList: cutoff", cutoff, positive=True)
        self.skin = finite("NeighborList: skin", skin)
        if self.skin < 0:
            raise ValueError(f"NeighborList: skin is {skin}, and must be 0 or more.\n  Write skin=0.3.")
        self._find = _finder(finder)
        self.builds = 0
        self._of: _Geometry | None = None
        self._edges: Edges | None = None

    def __call__(self, positions: Float[Array, "atoms 3"], cell: Float[Array, "3 3"], pbc: Any) -> Edges:
        """The edges of atoms at these positions; `pbc` has for each vector of the cell whether it repeats."""
        now = _Geometry(np.array(positions, float), np.array(cell, float), np.array(pbc, bool))
        if self._edges is None or self._of is None or not self._of.holds_for(now, self.skin / 2):
            found = self._find(now, self.cutoff + self.skin)
            is_another = self._of is not None and len(self._of.positions) != len(now.positions)
            room = 0 if self._edges is None or is_another else len(self._edges.senders)
            self._edges, self._of, self.builds = _padded(found, room), now, self.builds + 1
        return self._edges


class _Geometry(NamedTuple):
    """What a list of neighbours was found for."""

    positions: Float[np.ndarray, "atoms 3"]
    cell: Float[np.ndarray, "3 3"]
    pbc: Bool[np.ndarray, "3"]

    def holds_for(self, now: "_Geometry", step: float) -> bool:
        """Whether no atom has moved by more than `step` since then, and nothing else has changed."""
        if self.positions.shape != now.positions.shape or not np.array_equal(self.pbc, now.pbc):
            return False
        if not np.array_equal(self.cell, now.cell):
            return False
        return bool(np.all(np.sum((now.positions - self.positions) ** 2, axis=1) <= step**2))


def _padded(edges: Edges, room: int) -> Edges:
    """The edges, and padding up to `room` of them, or to twice as many and more if that is not enough."""
    count = len(edges.senders)
    if count > room:
        room = max(2 * room, LEAST, int(ROOM * count) + 1)
    padding = room - count
    ends = (np.pad(end, (0, padding), constant_values=-1) for end in (edges.senders, edges.receivers))
    return Edges(*ends, np.pad(edges.cell_shifts, ((0, padding), (0, 0))))


def _finder(name: str | None) -> Any:
    found = {"vesin": _by_vesin, "ase": _by_ase}
    if name is None:
        name = "vesin" if importlib.util.find_spec("vesin") else "ase"
    if name not in found:
        raise ValueError(f'NeighborList: finder is {name!r}.\n  Write finder="vesin" or finder="ase".')
    need(name, "NeighborList")
    return found[name]


def _by_vesin(geometry: _Geometry, cutoff: float) -> Edges:
    vesin = need("vesin", "NeighborList")
    neighbors = vesin.NeighborList(cutoff=cutoff, full_list=True, sorted=True)
    i, j, shifts = neighbors.compute(*geometry, quantities="ijS")
    return _sorted_by_receiver(i, j, shifts)


def _by_ase(geometry: _Geometry, cutoff: float) -> Edges:
    lists = need("ase.neighborlist", "NeighborList")
    positions, cell, pbc = geometry
    i, j, shifts = lists.primitive_neighbor_list("ijS", pbc, cell, positions, cutoff)
    return _sorted_by_receiver(i, j, shifts)


def _sorted_by_receiver(i: Any, j: Any, shifts: Any) -> Edges:
    """Edges from j to i, of pairs that are sorted by i: messages are summed at rows that are neighbours in memory."""
    return Edges(np.asarray(j, np.int32), np.asarray(i, np.int32), -np.asarray(shifts, np.int32))
