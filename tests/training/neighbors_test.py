"""Edges are those of ASE, in cells of any shape, and lengths are those of the vectors that the law gives."""

import numpy as np
import pytest

from eqlib.training.neighbors import neighbors

ase = pytest.importorskip("ase")
neighborlist = pytest.importorskip("ase.neighborlist")


@pytest.mark.parametrize("seed", range(12))
def test_edges_are_those_of_ase(seed: int):
    rng = np.random.default_rng(seed)
    count, cutoff, pbc = rng.integers(1, 8), rng.uniform(1, 3), rng.random(3) < 0.7
    cell, positions = 3 * rng.normal(size=(3, 3)) + 5 * np.eye(3), 5 * rng.normal(size=(count, 3))
    cell[~pbc] *= seed % 2  # as ASE has them, vectors along which nothing repeats may be zero
    found = neighbors(positions, cutoff, cell, pbc)
    atoms = ase.Atoms(f"H{count}", positions=positions, cell=cell, pbc=pbc)
    expected = np.column_stack(neighborlist.neighbor_list("ijS", atoms, cutoff)[:2])
    shifts = neighborlist.neighbor_list("S", atoms, cutoff)
    edges = np.column_stack([found.senders, found.receivers, found.cell_shifts])
    assert sorted(edges.tolist()) == sorted(np.column_stack([expected, shifts]).tolist())
    vectors = positions[found.receivers] - positions[found.senders] + found.cell_shifts @ cell
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), found.lengths, rtol=1e-12)
    assert (np.diff(found.receivers) >= 0).all()


def test_without_a_cell_edges_are_the_pairs_within_the_cutoff():
    found = neighbors(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 3.0, 0.0]]), 2.0)
    assert (found.senders.tolist(), found.receivers.tolist(), found.lengths.tolist()) == ([1, 0], [0, 1], [1.0, 1.0])
