"""Makes the data set: `python -m examples.ethanol.generate [path]` (about one minute; needs ase and tblite)."""

import argparse
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.build import molecule
from ase.optimize import BFGS

from examples.data.dynamics import Schedule, about_centre_of_mass, langevin
from examples.data.label import MOLECULES, ase_calculator, label, label_all
from examples.data.labelled import UNITS, Labelled
from examples.data.labelling import provenance
from examples.data.normal_modes import Rotor, hessian, thermal_displacements, thermal_torsions, turn_all, vibrations
from examples.ethanol.frames import ETHANOL

SEED = 2026
TEMPERATURE = 500.0  # kelvin
NORMAL_MODE_SPLITS = {"training": 400, "validation": 100, "test": 100}
MD_FRAMES = 100
MD = Schedule(TEMPERATURE, timestep=0.5, warm_up=2000.0, interval=100.0)

# ASE's ethanol is C C O H(O) H H (CH2) H H H (CH3).
ROTORS = (Rotor(tail=1, head=2, atoms=(3,)), Rotor(tail=1, head=0, atoms=(6, 7, 8)))
GAUCHE = 60.0  # degree; the C-C-O-H angle from which the optimiser finds the lowest minimum


def minimum() -> Atoms:
    """Ethanol at its lowest minimum, gauche."""
    atoms = molecule("CH3CH2OH", calculator=ase_calculator())
    atoms.set_dihedral(0, 1, 2, 3, GAUCHE, indices=[3])
    if not BFGS(atoms, logfile=None).run(fmax=1e-4, steps=500):
        raise RuntimeError("ethanol did not reach its minimum in 500 steps of BFGS")
    return atoms


def normal_mode_frames(atoms: Atoms, count: int, rng: np.random.Generator) -> np.ndarray:
    """Independent thermal geometries, by nineteen vibrations and two torsions [count, atoms, 3]."""
    species, masses, kT = atoms.numbers, atoms.get_masses(), units.kB * TEMPERATURE

    def energy(positions: np.ndarray) -> float:
        return label(species, positions).energy

    def forces(positions: np.ndarray) -> np.ndarray:
        return label(species, positions).forces

    squares, modes = vibrations(hessian(forces, atoms.positions), atoms.positions, masses, ROTORS)
    displacements = thermal_displacements(squares, modes, masses, kT, count, rng)
    torsions = thermal_torsions(energy, atoms.positions, ROTORS, kT, count, rng)
    return np.array(
        [turn_all(atoms.positions + move, ROTORS, angles) for move, angles in zip(displacements, torsions, strict=True)]
    )


def md_frames(atoms: Atoms, count: int, rng: np.random.Generator) -> np.ndarray:
    """Snapshots of Langevin dynamics from the minimum, about their centres of mass [count, atoms, 3]."""
    atoms = atoms.copy()
    atoms.calc = ase_calculator()
    return about_centre_of_mass(langevin(atoms, MD, count, rng), atoms.get_masses())


def particulars(minimum_energy: float) -> dict:
    """What the provenance of this set says beside that of every other."""
    return {
        "molecule": "ethanol, C2H6O",
        "minimum_energy_eV": minimum_energy,
        "temperature_K": TEMPERATURE,
        "seed": SEED,
        "sampling": {
            **dict.fromkeys(NORMAL_MODE_SPLITS, "independent: 19 harmonic vibrations, 2 Boltzmann torsions"),
            "md": str(MD),
        },
    }


def generate(path: Path) -> None:
    """Samples, labels and writes every split."""
    atoms = minimum()
    modes_rng, md_rng = np.random.default_rng(SEED).spawn(2)
    sampled = [
        normal_mode_frames(atoms, sum(NORMAL_MODE_SPLITS.values()), modes_rng),
        md_frames(atoms, MD_FRAMES, md_rng),
    ]
    # Rounded before labelling: the stored geometry is exactly the labelled one.
    positions = np.concatenate(sampled).astype(np.float32)
    labels = label_all(atoms.numbers, positions)
    splits = NORMAL_MODE_SPLITS | {"md": MD_FRAMES}
    Labelled(
        numbers=atoms.numbers.astype(np.uint8),
        positions=positions,
        energies=labels.energy,
        forces=labels.forces.astype(np.float32),
        split=np.repeat(list(splits), list(splits.values())),
        provenance=provenance(MOLECULES, UNITS, particulars(label(atoms.numbers, atoms.positions).energy)),
    ).write(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=ETHANOL)
    generate(parser.parse_args().path)
