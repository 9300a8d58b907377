"""Rigid water has the energy of TIP3P, and its chain the temperature that was asked for."""

from itertools import islice

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from examples.data.rigid_water import ANGLE, BOND, SHAPE, Box, lattice, metropolis, sample

KT = 0.03


def atoms_of(box: Box) -> np.ndarray:
    return (box.oxygens[:, None] + SHAPE @ box.turns.swapaxes(1, 2)).reshape(-1, 3)


def total(box: Box) -> float:
    return sum(map(box.energy_of, range(len(box.oxygens)), box.oxygens, box.turns)) / 2


def test_shape_is_that_of_the_molecule():
    arms = SHAPE[1:] - SHAPE[0]
    np.testing.assert_allclose(np.linalg.norm(arms, axis=1), BOND, rtol=1e-14)
    assert np.degrees(np.arccos(arms[0] @ arms[1] / BOND**2)) == pytest.approx(ANGLE, rel=1e-12)


def test_energy_is_that_of_ase():
    ase = pytest.importorskip("ase", reason="needs ase")
    tip3p = pytest.importorskip("ase.calculators.tip3p", reason="needs ase")
    box = metropolis(lattice(4, 50.0, np.random.default_rng(1)), KT, 1, np.random.default_rng(2))
    box = Box(50.0, box.oxygens / 8, box.turns)  # some angstrom apart, so that no image and no cutoff matters
    atoms = ase.Atoms("OHH" * 4, atoms_of(box), cell=[50.0] * 3, pbc=True, calculator=tip3p.TIP3P(rc=25.0))
    assert total(box) == pytest.approx(atoms.get_potential_energy(), rel=1e-4)  # the digits of Coulomb's constant
    assert abs(total(box)) > 0.05


def test_energy_does_not_depend_on_the_image():
    box = lattice(8, 6.2, np.random.default_rng(1))
    away = 0.3 * np.random.default_rng(4).standard_normal((8, 3))  # from the lattice, where two images are as near
    box = Box(6.2, box.oxygens + away, box.turns)
    moved = Box(6.2, box.oxygens + 6.2 * np.random.default_rng(2).integers(-2, 3, size=(8, 3)), box.turns)
    assert total(moved) == pytest.approx(total(box), rel=1e-10)


def test_chain_has_the_temperature():
    """Of a Boltzmann distribution, <(dU/da)^2> = kT <d2U/da2>, where a is the angle about a fixed axis."""
    step = 1e-3
    first, second = [], []
    for box in islice(sample(8, 6.2, KT, 300, 10, np.random.default_rng(3)), 100):
        for which, axis in np.ndindex(8, 3):
            turns = [Rotation.from_rotvec(angle * np.eye(3)[axis]).as_matrix() for angle in (-step, 0, step)]
            below, here, above = (box.energy_of(which, box.oxygens[which], turn @ box.turns[which]) for turn in turns)
            first.append((above - below) / (2 * step))
            second.append((above - 2 * here + below) / step**2)
    assert np.mean(np.square(first)) / np.mean(second) == pytest.approx(KT, rel=0.15)  # four standard errors


def test_sampling_leaves_the_box_it_starts_from():
    box = lattice(8, 6.2, np.random.default_rng(1))
    oxygens = box.oxygens.copy()
    moved = metropolis(box, KT, 5, np.random.default_rng(2))
    np.testing.assert_array_equal(box.oxygens, oxygens)
    assert np.abs(moved.oxygens - oxygens).max() > 0.01
    np.testing.assert_allclose(
        moved.turns @ moved.turns.swapaxes(1, 2), np.broadcast_to(np.eye(3), (8, 3, 3)), atol=1e-12
    )
