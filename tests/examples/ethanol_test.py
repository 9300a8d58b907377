"""The ethanol data set is what its labels, its splits and its README say; what is not like it is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from examples.data.normal_modes import Rotor, thermal_displacements, thermal_torsions, vibrations
from examples.ethanol.frames import ETHANOL, UNITS, DataError, read_frames

SPLITS = {"training": 400, "validation": 100, "test": 100, "md": 100}


# The stored data


def test_data_set_is_small():
    assert sum(file.stat().st_size for file in ETHANOL.parent.glob("*.npz")) < 200_000


def test_provenance_says_how_the_numbers_were_made():
    provenance = read_frames().provenance
    assert provenance["method"] == "GFN2-xTB"
    assert provenance["units"] == UNITS
    assert {"versions", "seed", "temperature_K", "sampling", "date"} <= provenance.keys()


@pytest.mark.parametrize(("split", "count"), SPLITS.items())
def test_split_has_its_frames(split: str, count: int):
    assert read_frames(split=split).positions.shape == (count, 9, 3)


def test_splits_are_disjoint():
    geometries = {split: {frame.tobytes() for frame in read_frames(split=split).positions} for split in SPLITS}
    assert {split: len(frames) for split, frames in geometries.items()} == SPLITS
    assert len(set().union(*geometries.values())) == sum(SPLITS.values())


@pytest.mark.parametrize("split", SPLITS)
def test_mean_energy_is_thermal(split: str):
    """Equipartition: 21 classical harmonic modes at 500 K have 0.452 eV; half again is room for anharmonicity."""
    frames = read_frames(split=split)
    above = frames.energies - frames.provenance["minimum_energy_eV"]
    assert above.min() > 0
    assert 0.40 < above.mean() < 0.60


def test_net_force_vanishes():
    np.testing.assert_allclose(read_frames().forces.sum(axis=1), 0, atol=2e-6)  # nine numbers with six decimals


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
    positions = read_frames(split="test").positions[0]
    turned = rotor.turn(positions, 0.8)
    for atom in (1, 2):
        before, after = (np.linalg.norm(p[3] - p[atom]) for p in (positions, turned))
        assert after == pytest.approx(before, abs=1e-12)
    slope = (rotor.turn(positions, 1e-5) - rotor.turn(positions, -1e-5)) / 2e-5
    np.testing.assert_allclose(slope, rotor.tangent(positions), atol=1e-9)  # eps / 1e-5, of numbers up to 3


# What is refused


def fields(**changes) -> dict:
    """A valid file of two frames of water, changed; a field set to None is left out."""
    positions = np.array([WATER, WATER + 0.01])
    valid = {
        "species": np.array([8, 1, 1]),
        "positions": positions,
        "energies": np.array([-138.0, -137.9]),
        "forces": np.zeros_like(positions),
        "provenance": json.dumps({"units": UNITS}),
    }
    return {name: value for name, value in (valid | changes).items() if value is not None}


def changed(array: np.ndarray, index: tuple, value: float) -> np.ndarray:
    array = array.copy()
    array[index] = value
    return array


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "water.npz"


def test_a_valid_file_is_read(path: Path):
    np.savez_compressed(path, **fields(species=["O", "H", "H"], split=["a", "b"]))
    frames = read_frames(path, split="b", elements=(1, 8))
    assert frames.species.tolist() == [8, 1, 1]
    assert frames.energies.tolist() == [-137.9]
    assert frames.positions.shape == frames.forces.shape == (1, 3, 3)


POSITIONS, FORCES, ENERGIES = (fields()[name] for name in ("positions", "forces", "energies"))
REFUSED = {
    "missing field": (fields(forces=None), "has no field forces: it has species, positions, energies, provenance"),
    "pickled field": (fields(energies=np.array([None, 1])), "cannot be read: Object arrays cannot be loaded"),
    "text": (fields(energies=["a", "b"]), "energies holds <U1, not real numbers"),
    "no frames": (fields(positions=POSITIONS[:0], forces=FORCES[:0], energies=ENERGIES[:0]), "0 frames of 3 atoms"),
    "scalar positions": (fields(positions=np.array(1.0)), r"positions has shape \[\], not \[1, 3, 3\]"),
    "atoms": (fields(species=np.array([8, 1])), r"positions has shape \[2, 3, 3\], not \[2, 2, 3\]"),
    "species": (fields(species=np.array([[8, 1, 1]])), r"species has shape \[1, 3\], not \[3\]"),
    "energies": (fields(energies=np.zeros(3)), r"energies has shape \[3\], not \[2\]"),
    "forces": (fields(forces=np.zeros((2, 3))), r"forces has shape \[2, 3\], not \[2, 3, 3\]"),
    "symbol": (fields(species=["O", "H", "Hh"]), "there is no element 'Hh'"),
    "number": (fields(species=np.array([8, 1, 119])), "atom 2 has atomic number 119: there is no such element"),
    "fraction": (fields(species=np.array([8.0, 1, 1])), "species holds float64, not atomic numbers or symbols"),
    "NaN position": (
        fields(positions=changed(POSITIONS, (1, 2, 0), np.nan)),
        r"positions is not finite in frame 1, atom 2 \(H\): \[nan",
    ),
    "infinite force": (
        fields(forces=changed(FORCES, (0, 0, 2), np.inf)),
        r"forces is not finite in frame 0, atom 0 \(O\): \[0.0, 0.0, inf",
    ),
    "NaN energy": (fields(energies=changed(ENERGIES, (1,), np.nan)), "energies is not finite in frame 1: nan"),
    "atoms on top of each other": (
        fields(positions=changed(POSITIONS, (1, 2), POSITIONS[1, 1] + [0, 0, 0.1])),
        r"atoms 1 \(H\) and 2 \(H\) of frame 1 are 0.100 angstrom apart",
    ),
    "provenance": (fields(provenance="GFN2"), "provenance is not JSON"),
    "units": (fields(provenance=json.dumps({"units": UNITS | {"energies": "Ha"}})), 'units are .*"energies": "Ha"'),
    "no units": (fields(provenance="{}"), "units are null"),
}


@pytest.mark.parametrize(("stored", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_fields_are_refused(path: Path, stored: dict, message: str):
    np.savez_compressed(path, **stored)
    with pytest.raises(DataError, match=message):
        read_frames(path)


def test_missing_file_is_refused(path: Path):
    with pytest.raises(DataError, match="no such file"):
        read_frames(path)


@pytest.mark.parametrize(("content", "message"), [(b"", "is empty"), (b"x y z\n", "is not an npz file")])
def test_other_file_is_refused(path: Path, content: bytes, message: str):
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_frames(path)


def test_damaged_file_is_refused(path: Path):
    content = bytearray(ETHANOL.read_bytes())
    content[60_000:60_100] = bytes(100)
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        read_frames(path)


def test_element_unknown_to_the_model_is_refused(path: Path):
    np.savez_compressed(path, **fields())
    with pytest.raises(DataError, match=r"atom 0 is O, but the model knows only H, C.\n.* \[1, 6, 8\]"):
        read_frames(path, elements=(1, 6))


def test_unknown_split_is_refused(path: Path):
    with pytest.raises(DataError, match="no split 'train': the file has training, validation, test, md"):
        read_frames(split="train")
    np.savez_compressed(path, **fields())
    with pytest.raises(DataError, match="the file has no field split"):
        read_frames(path, split="training")
    np.savez_compressed(path, **fields(split=["a"]))
    with pytest.raises(DataError, match=r"split has shape \[1\], but positions has \[2\] frames"):
        read_frames(path, split="a")


# What is shown


def test_plot_is_a_png(tmp_path: Path):
    plot = pytest.importorskip("examples.ethanol.plot", reason="needs matplotlib", exc_type=ImportError)
    history = [{"step": step, "loss": 1.0, "force_mae": 900 / (1 + step)} for step in range(0, 101, 10)]
    plot.plot_learning({"lmax = 2": history, "lmax = 0": history[:-1]}, tmp_path / "learning.png")
    assert (tmp_path / "learning.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="nothing to plot"):
        plot.plot_learning({"lmax = 2": []}, tmp_path / "learning.png")
