"""Spreading atoms over devices: each atom has one owner, and nothing that it needs is left out, or dropped."""

import itertools
from typing import Any

import jax
import numpy as np
import pytest

from eqlib.errors import LayoutError
from eqlib.sharding import RoomError, Sizes, decompose, mesh_of
from eqlib.sharding.domains import domains
from eqlib.sharding.halo import displacements, members_and_edges, permutation
from eqlib.simulation import Edges
from tests.sharding.subjects import CLUSTER, LIQUID, SYSTEMS, System

PERIODIC, OPEN = np.ones(3, bool), np.zeros(3, bool)


def spread_out(system: System, **options: Any) -> Any:
    x, species, cell, pbc, edges = system
    return decompose(x, species, edges, options.pop("mesh", mesh_of(2)), cell=cell, pbc=pbc, **options)


@pytest.mark.parametrize("grid", [(8,), (2, 4), (4, 2, 3)])
@pytest.mark.parametrize("system", [LIQUID, CLUSTER], ids=["periodic", "open"])
def test_every_domain_has_its_share_of_the_space_between_cuts(system, grid):
    pbc = OPEN if system.cell is None else PERIODIC
    owners = domains(system.positions, grid, system.cell, pbc, (0, 1, 2)[: len(grid)])
    place = np.stack(np.unravel_index(owners, grid))
    for axis, parts in enumerate(grid):
        counts = np.bincount(place[axis], minlength=parts)
        assert counts.max() - counts.min() <= 1
        coordinate = system.positions[:, axis]
        if system.cell is not None:
            coordinate = (system.positions @ np.linalg.inv(system.cell))[:, axis] % 1.0
        ends = [(coordinate[place[axis] == n].min(), coordinate[place[axis] == n].max()) for n in range(parts)]
        assert all(low[1] < high[0] for low, high in itertools.pairwise(ends))


def test_images_of_an_atom_have_one_owner_and_other_vectors_may_be_cut():
    x, cell = LIQUID.positions, LIQUID.cell
    assert cell is not None
    owners = domains(x, (2, 2), cell, PERIODIC, (2, 0))
    np.testing.assert_array_equal(domains(x + cell[0] - 2 * cell[2], (2, 2), cell, PERIODIC, (2, 0)), owners)
    swapped = domains(x[:, [2, 0, 1]], (2, 2), cell[[2, 0, 1]][:, [2, 0, 1]], PERIODIC, (0, 1))
    np.testing.assert_array_equal(swapped, owners)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_devices_have_what_leads_to_their_atoms_and_no_more(rounds):
    """By walking back along every edge, device by device and atom by atom."""
    edges, count = LIQUID.edges, len(LIQUID.positions)
    is_edge = edges.senders >= 0
    edges = Edges(*(ends[is_edge] for ends in edges))
    owners = np.random.default_rng(1).integers(0, 5, count)
    members, local = members_and_edges(owners, edges, rounds)
    for device in range(5):
        needed, used = set(np.nonzero(owners == device)[0]), set()
        for _ in range(rounds):
            used |= {e for e, receiver in enumerate(edges.receivers) if receiver in needed}
            needed |= {edges.senders[e] for e in used}
        found = members.atoms[members.devices == device]
        assert len(found) == len(needed) and set(found) == needed
        found = local.edges[local.devices == device]
        assert len(found) == len(used) and set(found) == used


@pytest.mark.parametrize("grid, repeats", [((4,), (True,)), ((3, 2), (True, False)), ((2, 3, 2), (False, True, True))])
def test_every_pair_of_devices_has_one_message_in_one_permutation(grid, repeats):
    devices = range(int(np.prod(grid)))
    pairs = np.array([(a, b) for a in devices for b in devices if a != b])
    steps = displacements(pairs[:, 0], pairs[:, 1], grid, np.array(repeats))
    for step, pair in zip(steps.tolist(), pairs.tolist(), strict=True):
        assert tuple(pair) in permutation(tuple(step), grid, repeats)
    for step in np.unique(steps, axis=0).tolist():
        senders, receivers = zip(*permutation(tuple(step), grid, repeats), strict=True)
        assert len(set(senders)) == len(senders) and len(set(receivers)) == len(receivers)


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("rounds", [1, 2])
def test_the_edges_of_devices_are_those_of_all_atoms(name, rounds):
    """Edges as devices number them, translated back: each edge once where its receiver is owned."""
    system = SYSTEMS[name]
    spread = spread_out(system, rounds=rounds, room=1.3)
    sizes, tables = spread.sizes, jax.device_get(spread.tables)
    number = np.where(spread.atoms >= 0, spread.atoms, -7)
    sent = [np.full((2, sizes.local - sizes.owned), -7)]
    begin = 0
    for (step, count), table in zip(sizes.sends, tables.sends, strict=True):
        for sender, receiver in permutation(step, (2,), spread.layout.repeats):
            sent[0][receiver, begin : begin + count] = number[sender, table.reshape(2, count)[sender]]
        begin += count
    number = np.concatenate([number, *sent], axis=1)
    found = []
    for device in range(2):
        rows = slice(device * sizes.edges, (device + 1) * sizes.edges)
        senders, receivers, shifts = tables.senders[rows], tables.receivers[rows], tables.cell_shifts[rows]
        is_edge = senders >= 0
        assert np.array_equal(is_edge, receivers >= 0) and np.all(np.diff(receivers[is_edge]) >= 0)
        is_own = is_edge & (receivers < sizes.owned)
        assert rounds > 1 or np.array_equal(is_own, is_edge)
        for e in np.nonzero(is_edge)[0]:
            ends = number[device, senders[e]], number[device, receivers[e]]
            assert min(ends) >= 0
            for end, row in zip(ends, (senders[e], receivers[e]), strict=True):
                assert tables.species.reshape(2, -1)[device, row] == system.species[end]
            if is_own[e]:
                found.append((*map(int, ends), *shifts[e].tolist()))
    rows = zip(*(np.asarray(ends).tolist() for ends in system.edges), strict=True)
    assert sorted(found) == sorted((i, j, *shift) for i, j, shift in rows if i >= 0)
    assert sorted(spread.atoms[spread.atoms >= 0]) == list(range(len(system.positions)))


def test_values_go_to_their_owners_and_come_back():
    spread = spread_out(LIQUID, room=1.2)
    placed = spread.place(LIQUID.positions)
    assert len(placed) == 2 * spread.sizes.owned == spread.atoms.size
    assert {len(shard.data) for shard in placed.addressable_shards} == {spread.sizes.owned}
    assert not np.asarray(placed)[spread.atoms.ravel() < 0].any()
    np.testing.assert_array_equal(spread.gather(placed), LIQUID.positions)
    np.testing.assert_array_equal(spread.gather(spread.place(LIQUID.species)), LIQUID.species)


def test_more_devices_than_atoms_are_served():
    spread = spread_out(SYSTEMS["one atom"])
    assert spread.atoms.tolist() == [[-1], [0]] and spread.sizes.halo == 0


@pytest.mark.parametrize("what", ["owned", "edges", "sends"])
def test_what_has_no_room_is_refused_and_never_dropped(what):
    needed = spread_out(LIQUID).sizes
    (step, sent), *others = needed.sends
    less = {"owned": needed.owned - 1, "edges": needed.edges - 1, "sends": (((step), sent - 1), *others)}
    sizes = Sizes(**{"owned": needed.owned, "edges": needed.edges, "sends": needed.sends} | {what: less[what]})
    counts = {
        "owned": (f"{needed.owned} atoms of its own", needed.owned),
        "edges": (f"{needed.edges} edges", needed.edges),
        "sends": (f"{sent} atoms to send by {step}", sent),
    }
    with pytest.raises(RoomError) as raised:
        spread_out(LIQUID, sizes=sizes)
    text, count = counts[what]
    assert str(raised.value) == (
        f"decompose: a device has {text}, and sizes has room for {count - 1}.\n"
        "  Write sizes=None and room=1.2: the program is compiled again, and has room for more."
    )
    assert spread_out(LIQUID, room=1.2).sizes == needed.with_room(1.2)


def test_devices_that_have_become_neighbours_have_no_room_for_messages():
    sizes = spread_out(SYSTEMS["a chain"]).sizes
    with pytest.raises(RoomError, match=r"atoms to send by \(-1,\), and sizes has room for 0\."):
        spread_out(SYSTEMS["large"], sizes=Sizes(100, 10000, sizes.sends))


def test_faulty_operands_are_refused():
    x, species, cell, _, edges = LIQUID
    faults = [
        (
            lambda: decompose(x[:, :2], species, edges, mesh_of(2)),
            "decompose: positions has shape (100, 2) and species (100,): they must be [atoms, 3] and [atoms].\n"
            "  Give the place and the species of every atom.",
        ),
        (
            lambda: decompose(x[:50], species[:50], edges, mesh_of(2), cell=cell),
            "decompose: an edge ends at atom 99, and there are 50, numbered from 0.\n"
            "  Write edges=NeighborList(cutoff)(positions, cell, pbc).",
        ),
        (
            lambda: decompose(x, species, edges, mesh_of(2), cell=np.diag([1.0, 1.0, 0.0])),
            "decompose: cell is [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]], and must be three vectors that do "
            "not lie in a plane.\n  Leave it out where nothing repeats.",
        ),
        (
            lambda: decompose(x, species, edges, mesh_of(2, 1), along=(1, 1, 0)),
            "decompose: the mesh has 2 axes, and along is (1, 1, 0): each axis is to cut another of the three "
            "directions of space.\n  Write a mesh of one, two or three axes, and along=(0, 1, 2).",
        ),
        (
            lambda: decompose(x, species, edges, mesh_of(2), rounds=0),
            "decompose: rounds is 0, and must be an integer, 1 or more.\n  Write rounds=2.",
        ),
        (
            lambda: Sizes(1, 1, ()).with_room(0.5),
            "with_room: factor is 0.5, and must be 1 or more.\n  Write with_room(1.2).",
        ),
    ]
    for call, message in faults:
        with pytest.raises((LayoutError, ValueError)) as raised:
            call()
        assert str(raised.value) == message
