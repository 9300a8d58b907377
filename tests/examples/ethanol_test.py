"""The ethanol data set is what its labels, its splits and its README say."""

from pathlib import Path

import numpy as np
import pytest

from examples.data.labelled import UNITS, read_labelled
from examples.data.normal_modes import Rotor, thermal_displacements, thermal_torsions, vibrations
from examples.ethanol.frames import ETHANOL, read_splits

SPLITS = {"training": 400, "validation": 100, "test": 100, "md": 100}


# The stored data


def test_data_set_is_small():
    assert sum(file.stat().st_size for file in ETHANOL.parent.glob("*.npz")) < 200_000


def test_provenance_says_how_the_numbers_were_made():
    provenance = read_labelled(ETHANOL).provenance
    assert provenance["method"] == "GFN2-xTB"
    assert provenance["units"] == UNITS
    assert {"versions", "seed", "temperature_K", "sampling", "date"} <= provenance.keys()


@pytest.mark.parametrize(("split", "count"), SPLITS.items())
def test_split_has_its_frames(split: str, count: int):
    assert read_splits()[split].positions.shape == (count, 9, 3)


def test_splits_are_disjoint():
    geometries = {split: {frame.tobytes() for frame in frames.positions} for split, frames in read_splits().items()}
    assert {split: len(frames) for split, frames in geometries.items()} == SPLITS
    assert len(set().union(*geometries.values())) == sum(SPLITS.values())


@pytest.mark.parametrize("split", SPLITS)
def test_mean_energy_is_thermal(split: str):
    """Equipartition: 21 classical harmonic modes at 500 K have 0.452 eV; half again is room for anharmonicity."""
    above = read_splits()[split].energies - read_labelled(ETHANOL).provenance["minimum_energy_eV"]
    assert above.min() > 0
    assert 0.40 < above.mean() < 0.60


def test_net_force_vanishes():
    np.testing.assert_allclose(
        read_labelled(ETHANOL).forces.sum(axis=1), 0, atol=2e-6
    )  # nine numbers with six decimals


# Sampling

WATER = np.array([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]])
WATER_MASSES = np.array([16.0, 1.0, 1.0])


def test_vibrations_move_neither_centre_of_mass_nor_angular_momentum():
    rng = np.random.default_rng(1)
    root = rng.standard_normal((9, 9))
    squares, modes = vibrations(root @ root.T, WATER, WATER_MASSES, rotors=())
    assert squares.shape == (3,)
    moves = thermal_displacements(squares, modes, WATER_MASSES, 0.04, 50, rng)
    momenta = WATER_MASSES[:, None] * moves
    np.testing.assert_allclose(momenta.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.cross(WATER, momenta).sum(axis=1), 0, atol=1e-12)
    assert np.abs(moves).max() > 1e-3


def test_harmonic_energy_obeys_equipartition():
    rng = np.random.default_rng(2)
    root = rng.standard_normal((9, 9))
    hessian = root @ root.T
    squares, modes = vibrations(hessian, WATER, WATER_MASSES, rotors=())
    moves = thermal_displacements(squares, modes, WATER_MASSES, 0.04, 20_000, rng).reshape(-1, 9)
    energies = np.einsum("na,ab,nb->n", moves, hessian, moves) / 2
    assert energies.mean() == pytest.approx(1.5 * 0.04, rel=0.03)  # three modes; five standard errors


def test_torsions_have_the_boltzmann_distribution():
    """For V = a (1 - cos angle), the mean of cos angle is I1(a / kT) / I0(a / kT)."""
    rotor = Rotor(tail=0, head=1, atoms=(2,))
    molecule = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.5], [1.0, 0.0, 2.0]])
    angles = thermal_torsions(
        lambda positions: -positions[2, 0], molecule, [rotor], 1.0, 4000, np.random.default_rng(3)
    )
    assert np.cos(angles).mean() == pytest.approx(0.4464, abs=0.04)  # four standard errors of 4000 samples


def test_rotor_keeps_bonds_and_has_the_stated_tangent():
    rotor = Rotor(tail=1, head=2, atoms=(3,))
    positions = read_splits()["test"].positions[0]
    turned = rotor.turn(positions, 0.8)
    for atom in (1, 2):
        before, after = (np.linalg.norm(p[3] - p[atom]) for p in (positions, turned))
        assert after == pytest.approx(before, abs=1e-12)
    slope = (rotor.turn(positions, 1e-5) - rotor.turn(positions, -1e-5)) / 2e-5
    np.testing.assert_allclose(slope, rotor.tangent(positions), atol=1e-9)  # eps / 1e-5, of numbers up to 3


# What is shown


def test_plot_is_a_png(tmp_path: Path):
    plot = pytest.importorskip("examples.ethanol.plot", reason="needs matplotlib", exc_type=ImportError)
    history = [{"step": step, "loss": 1.0, "force_mae": 900 / (1 + step)} for step in range(0, 101, 10)]
    plot.plot_learning({"lmax = 2": history, "lmax = 0": history[:-1]}, tmp_path / "learning.png")
    assert (tmp_path / "learning.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="nothing to plot"):
        plot.plot_learning({"lmax = 2": []}, tmp_path / "learning.png")
