"""What each device has to know of the atoms of others: the halo of its own, and from whom it comes."""

from typing import NamedTuple

import numpy as np

from eqlib.array_types import Bool, Integer
from eqlib.simulation.neighbors import Edges


class Members(NamedTuple):
    """Every atom that a device needs, once, with the device: sorted by device, then by atom."""

    devices: Integer[np.ndarray, " members"]
    atoms: Integer[np.ndarray, " members"]


class LocalEdges(NamedTuple):
    """Every edge along which a device sends messages, with the device; an edge of a halo has several."""

    devices: Integer[np.ndarray, " local_edges"]
    edges: Integer[np.ndarray, " local_edges"]


def members_and_edges(owners: Integer[np.ndarray, " atoms"], edges: Edges, rounds: int) -> tuple[Members, LocalEdges]:
    """What devices need in order that the atoms they own have received messages in so many rounds.

    In the last round an atom receives from its neighbours, in the one before they do from theirs: a device needs the
    atoms from which `rounds` edges or fewer lead to its own, and the edges that end at those from which fewer lead.

    Law:    the edges decide, and no length: none is left out that `rounds` rounds of messages use, and none is added.
    Example: a row of four atoms that send to the left, two for each device
        >>> edges = Edges(np.array([1, 2, 3]), np.array([0, 1, 2]), np.zeros((3, 3), int))
        >>> members, local = members_and_edges(np.array([0, 0, 1, 1]), edges, rounds=1)
        >>> print(members.devices, members.atoms, local.edges)
        [0 0 0 1 1] [0 1 2 2 3] [0 1 2]
    """
    count = len(owners)
    order = np.argsort(edges.receivers, kind="stable")
    first = np.searchsorted(edges.receivers[order], np.arange(count + 1))
    new = known = np.sort(owners * count + np.arange(count))  # a member as one number
    found: list[LocalEdges] = []
    for _ in range(rounds):
        devices, atoms = np.divmod(new, count)
        incoming = first[atoms + 1] - first[atoms]
        ends = np.repeat(np.cumsum(incoming), incoming)
        into = order[np.repeat(first[atoms + 1], incoming) - ends + np.arange(len(ends))]
        found.append(LocalEdges(np.repeat(devices, incoming), into))
        new = np.setdiff1d(found[-1].devices * count + edges.senders[into], known)
        known = np.union1d(known, new)
    return Members(*np.divmod(known, count)), LocalEdges(*map(np.concatenate, zip(*found, strict=True)))


def displacements(
    senders: Integer[np.ndarray, " messages"],
    receivers: Integer[np.ndarray, " messages"],
    grid: tuple[int, ...],
    repeats: Bool[np.ndarray, " axes"],
) -> Integer[np.ndarray, "messages axes"]:
    """From device to device, in steps of the grid; through the faces where it repeats, the shorter way round.

    Example:
        >>> displacements(np.array([0, 0]), np.array([1, 3]), (4,), np.array([True])).ravel()
        array([ 1, -1])
    """
    sizes = np.array(grid)
    steps = np.stack(np.unravel_index(receivers, grid), axis=1) - np.stack(np.unravel_index(senders, grid), axis=1)
    return np.where(repeats, (steps + sizes // 2) % sizes - sizes // 2, steps)


def permutation(step: tuple[int, ...], grid: tuple[int, ...], repeats: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Which device sends to which, each by the same step of the grid; those at a face that is open send nothing.

    Example:
        >>> permutation((1,), (3,), (True,)), permutation((1,), (3,), (False,))
        ([(0, 1), (1, 2), (2, 0)], [(0, 1), (1, 2)])
    """
    pairs = []
    for sender, place in enumerate(np.ndindex(grid)):
        target = np.add(place, step)
        inside = (target >= 0) & (target < grid)
        if np.all(inside | np.array(repeats)):
            pairs.append((sender, int(np.ravel_multi_index(tuple(target % np.array(grid)), grid))))
    return pairs
