"""Neighbour lists: all pairs that are there, by trying every image; kept while they hold; never too short."""

import itertools
from collections import Counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.simulation import Edges, NeighborList, images_within, radius_graph
from tests.simulation.subjects import CELLS, CUTOFF

REACH = 4  # cells to either side: more than a cutoff here reaches, from atoms in the cell
FAR_REACH = 10  # and from atoms that are up to three cells outside of it


def tried(positions: np.ndarray, cell: np.ndarray, pbc: Any, cutoff: float, reach: int = REACH) -> Counter:
    """Every ordered pair within the cutoff, by trying the images one by one."""
    ranges = [range(-reach, reach + 1) if repeats else range(1) for repeats in pbc]
    shifts = np.array(list(itertools.product(*ranges)))
    vectors = positions[None, :] - positions[:, None]
    far = np.linalg.norm(vectors[:, :, None] + shifts @ cell, axis=-1)
    found = Counter()
    for i, j, s in zip(*np.nonzero(far < cutoff), strict=True):
        if i != j or shifts[s].any():
            found[int(i), int(j), *shifts[s].tolist()] += 1
    return found


def listed(edges: Any) -> Counter:
    """The edges without padding."""
    rows = zip(*(np.asarray(ends).tolist() for ends in edges[:3]), strict=True)
    return Counter((i, j, *shift) for i, j, shift in rows if i >= 0)


@pytest.mark.parametrize("finder", ["vesin", "ase"])
@pytest.mark.parametrize("name", CELLS)
def test_every_pair_within_the_cutoff_is_there_once_each_way(name: str, finder: str):
    pytest.importorskip(finder, reason=f"{finder} is not installed")
    positions, cell, pbc = CELLS[name]
    edges = NeighborList(CUTOFF, skin=0.0, finder=finder)(positions, cell, pbc)
    want = tried(positions, cell, pbc, CUTOFF, FAR_REACH if "outside" in name else REACH)
    assert listed(edges) == want and want
    assert np.all(np.diff(edges.receivers[edges.receivers >= 0]) >= 0)


@pytest.mark.parametrize("name", [name for name, (_, _, pbc) in CELLS.items() if len(set(pbc)) == 1])
def test_the_dense_graph_finds_the_same_pairs_in_a_compiled_program(name: str):
    positions, cell, pbc = CELLS[name]
    images = images_within(cell, CUTOFF, positions) if pbc[0] else (0, 0, 0)
    want = tried(positions, cell, pbc, CUTOFF, FAR_REACH if "outside" in name else REACH)

    @jax.jit
    def graph(x: Any) -> Any:
        return radius_graph(x, CUTOFF, sum(want.values()) + 3, cell=cell, images=images)

    found = graph(positions)
    assert listed(found) == want and not found.overflow
    assert np.all(np.diff(found.receivers[:-3]) >= 0)
    exact = radius_graph(jnp.asarray(positions), CUTOFF, sum(want.values()), cell=cell, images=images)
    assert listed(exact) == want and not exact.overflow
    assert radius_graph(jnp.asarray(positions), CUTOFF, sum(want.values()) - 1, cell=cell, images=images).overflow


def test_atoms_that_move_within_half_of_the_skin_keep_their_list_and_it_still_has_every_pair():
    positions, cell, pbc = CELLS["large"]
    neighbors = NeighborList(CUTOFF, skin=0.4)
    first = neighbors(positions, cell, pbc)
    rng = np.random.default_rng(1)
    for _ in range(20):
        step = rng.normal(size=positions.shape)
        step *= 0.199 / np.linalg.norm(step, axis=1, keepdims=True)
        moved = positions + step
        assert neighbors(moved, cell, pbc) is first and neighbors.builds == 1
        assert not tried(moved, cell, pbc, CUTOFF) - listed(first)
    moved = positions.copy()
    moved[3, 0] += 0.201
    second = neighbors(moved, cell, pbc)
    assert neighbors.builds == 2
    assert not tried(moved, cell, pbc, CUTOFF + 0.399) - listed(second)


def test_what_changes_besides_positions_is_noticed():
    positions, cell, pbc = CELLS["large"]
    neighbors = NeighborList(CUTOFF, skin=0.4)
    neighbors(positions, cell, pbc)
    neighbors(positions, 1.001 * cell, pbc)
    neighbors(positions, 1.001 * cell, (True, True, False))
    neighbors(positions[:-1], 1.001 * cell, (True, True, False))
    assert neighbors.builds == 4
    neighbors(positions[:-1], 1.001 * cell, (True, True, False))
    assert neighbors.builds == 4


def test_positions_that_a_caller_overwrites_are_not_those_that_were_listed():
    positions, cell, pbc = CELLS["large"]
    positions = positions.copy()
    neighbors = NeighborList(CUTOFF, skin=0.4)
    neighbors(positions, cell, pbc)
    positions += 1.0
    neighbors(positions, cell, pbc)
    assert neighbors.builds == 2


def test_a_list_that_is_full_doubles_and_drops_nothing():
    """A gas that is pressed into a fortieth of its volume."""
    rng = np.random.default_rng(2)
    places, pbc = rng.uniform(size=(40, 3)), (True, True, True)
    neighbors, lengths = NeighborList(CUTOFF, skin=0.0), []
    for length in np.linspace(12.0, 3.5, 18):
        cell = length * np.eye(3)
        edges = neighbors(places @ cell, cell, pbc)
        assert listed(edges) == tried(places @ cell, cell, pbc, CUTOFF)
        lengths.append(len(edges.senders))
    changes = [(a, b) for a, b in itertools.pairwise(lengths) if a != b]
    assert changes and all(b >= 2 * a for a, b in changes)


def test_fewer_atoms_keep_no_room_for_more():
    positions, cell, pbc = CELLS["skewed and small"]
    neighbors = NeighborList(CUTOFF, skin=0.0)
    crowded = neighbors(positions, cell, pbc)
    alone = neighbors(positions[:1], 10 * cell, pbc)
    assert len(alone.senders) < len(crowded.senders) and not listed(alone)


@pytest.mark.parametrize(
    "options, message",
    [
        (
            {"cutoff": 0.0},
            "NeighborList: cutoff is 0.0, and must be a finite number greater than 0.\n  Write cutoff=1.0.",
        ),
        ({"skin": -0.1}, "NeighborList: skin is -0.1, and must be 0 or more.\n  Write skin=0.3."),
        ({"finder": "none"}, 'NeighborList: finder is \'none\'.\n  Write finder="vesin" or finder="ase".'),
    ],
)
def test_options_without_sense_are_refused(options: dict, message: str):
    with pytest.raises(ValueError) as raised:
        NeighborList(**({"cutoff": 1.0} | options))
    assert str(raised.value) == message


def test_a_dense_graph_without_sense_is_refused():
    for options, message in (
        ({"num_edges": 0}, "radius_graph: num_edges is 0, and must be an integer, 1 or more.\n  Write 64."),
        (
            {"num_edges": 4, "images": (1, 0, 0)},
            "radius_graph: images is (1, 0, 0), and there is no cell.\n  Write cell=cell, or no images.",
        ),
    ):
        with pytest.raises(ValueError) as raised:
            radius_graph(jnp.eye(3), 1.0, **options)
        assert str(raised.value) == message
    with pytest.raises(ValueError, match="lie in a plane"):
        images_within(np.diag([1.0, 1.0, 0.0]), 1.0)


def test_edges_are_a_plain_tuple_of_arrays():
    edges = NeighborList(CUTOFF)(*CELLS["molecule"])
    assert isinstance(edges, Edges) and all(end.dtype == np.int32 for end in edges)
