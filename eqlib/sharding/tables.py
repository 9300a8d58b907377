"""The tables by which devices know of their atoms, edges and messages, made on the host."""

from typing import NamedTuple

import numpy as np

from eqlib.array_types import Array, Bool, Integer
from eqlib.sharding.halo import LocalEdges, Members, displacements, members_and_edges
from eqlib.sharding.sizes import Sizes
from eqlib.simulation.neighbors import Edges


class Tables(NamedTuple):
    """What devices hold beside positions: of each array the rows are spread, and a device numbers its atoms itself.

    is_owned   [devices * owned], whether there is an atom
    species    [devices * local], of its own atoms and then of those that it receives
    senders, receivers  [devices * edges], -1 where there is none
    cell_shifts  [devices * edges, 3]
    sends      for each step of the grid, [devices * number], which of its own atoms a device sends
    """

    is_owned: Bool[Array, " owned"]
    species: Integer[Array, " local"]
    senders: Integer[Array, " edges"]
    receivers: Integer[Array, " edges"]
    cell_shifts: Integer[Array, "edges 3"]
    sends: tuple[Integer[Array, " sent"], ...]


class Messages(NamedTuple):
    """Of every atom that a device receives: from whom, by which step, and the how-manieth of that message it is."""

    senders: Integer[np.ndarray, " received"]
    receivers: Integer[np.ndarray, " received"]
    atoms: Integer[np.ndarray, " received"]
    steps: Integer[np.ndarray, "received axes"]
    places: Integer[np.ndarray, " received"]


class Needs(NamedTuple):
    """What devices hold and send, by the numbers of all atoms and all edges."""

    devices: int
    owners: Integer[np.ndarray, " atoms"]
    members: Members
    edges: LocalEdges
    messages: Messages

    def sizes(self) -> Sizes:
        """The least that serve every device."""
        steps, kinds = np.unique(self.messages.steps, axis=0, return_inverse=True)
        longest = np.zeros(len(steps), int)
        np.maximum.at(longest, kinds.ravel(), self.messages.places + 1)
        return Sizes(
            owned=int(np.bincount(self.owners, minlength=self.devices).max()),
            edges=max(int(np.bincount(self.edges.devices, minlength=self.devices).max()), 1),
            sends=tuple((tuple(map(int, step)), int(n)) for step, n in zip(steps, longest, strict=True)),
        )


def needs_of(
    owners: Integer[np.ndarray, " atoms"], edges: Edges, rounds: int, grid: tuple[int, ...], repeats: tuple[bool, ...]
) -> Needs:
    """What the devices of a grid need for the atoms that they own; `repeats` says which axes of the grid do."""
    members, local = members_and_edges(owners, edges, rounds)
    is_foreign = owners[members.atoms] != members.devices
    receivers, atoms = members.devices[is_foreign], members.atoms[is_foreign]
    senders = owners[atoms]
    order = np.lexsort((atoms, senders, receivers))
    senders, receivers, atoms = senders[order], receivers[order], atoms[order]
    devices = int(np.prod(grid))
    places = _places(receivers * devices + senders)
    steps = displacements(senders, receivers, grid, np.array(repeats))
    return Needs(devices, owners, members, local, Messages(senders, receivers, atoms, steps, places))


def tables_of(
    needs: Needs, species: Integer[np.ndarray, " atoms"], edges: Edges, sizes: Sizes
) -> tuple[Integer[np.ndarray, "devices owned"], Tables]:
    """The owned atoms of every device, -1 where it has fewer than there is room for, and its tables."""
    atoms, sends = _atoms_and_sends(needs, sizes)
    senders, receivers, cell_shifts = _edges(needs, edges, atoms, sizes.edges)
    owned = atoms[:, : sizes.owned]
    kinds = np.where(atoms < 0, 0, species[atoms]).astype(np.int32)
    return owned, Tables((owned >= 0).ravel(), kinds.ravel(), senders, receivers, cell_shifts, sends)


def _atoms_and_sends(
    needs: Needs, sizes: Sizes
) -> tuple[Integer[np.ndarray, "devices local"], tuple[Integer[np.ndarray, " sent"], ...]]:
    """The atoms of every device in the order in which it numbers them: its own, and then those of each message."""
    owners, messages = needs.owners, needs.messages
    by_owner = np.argsort(owners, kind="stable")
    own_place = np.empty(len(owners), int)
    own_place[by_owner] = _places(owners[by_owner])
    atoms = np.full((needs.devices, sizes.local), -1, np.int32)
    atoms[owners, own_place] = np.arange(len(owners))
    sends, begin = [], sizes.owned
    for step, number in sizes.sends:
        senders, receivers, received, _, places = (x[np.all(messages.steps == step, axis=1)] for x in messages)
        table = np.zeros((needs.devices, number), np.int32)
        table[senders, places] = own_place[received]
        atoms[receivers, begin + places] = received
        sends.append(table.ravel())
        begin += number
    return atoms, tuple(sends)


def _edges(
    needs: Needs, edges: Edges, atoms: Integer[np.ndarray, "devices local"], room: int
) -> tuple[Integer[np.ndarray, " edges"], Integer[np.ndarray, " edges"], Integer[np.ndarray, "edges 3"]]:
    """Senders, receivers and cell shifts on every device, as it numbers its atoms."""
    count, local = len(needs.owners), needs.edges
    members = needs.members.devices * count + needs.members.atoms  # sorted
    devices, rows = np.nonzero(atoms >= 0)
    row_of = np.empty(len(members), int)
    row_of[np.searchsorted(members, devices * count + atoms[devices, rows])] = rows
    senders, receivers = (
        row_of[np.searchsorted(members, local.devices * count + ends[local.edges])] for ends in edges[:2]
    )
    order = np.lexsort((receivers, local.devices))  # messages are summed at rows that are neighbours in memory
    place = local.devices[order], _places(local.devices[order])
    tables = np.full((2, needs.devices, room), -1, np.int32)
    tables[0][place], tables[1][place] = senders[order], receivers[order]
    cell_shifts = np.zeros((needs.devices, room, 3), np.int32)
    cell_shifts[place] = edges.cell_shifts[local.edges[order]]
    return tables[0].ravel(), tables[1].ravel(), cell_shifts.reshape(-1, 3)


def _places(sorted_groups: Integer[np.ndarray, " items"]) -> Integer[np.ndarray, " items"]:
    """The how-manieth of its group each item is.

    Example:
        >>> _places(np.array([4, 4, 4, 7, 7]))
        array([0, 1, 2, 0, 1])
    """
    return np.arange(len(sorted_groups)) - np.searchsorted(sorted_groups, sorted_groups)
