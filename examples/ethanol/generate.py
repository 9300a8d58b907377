"""Makes the data set: `python -m examples.ethanol.generate [path]` (about one minute; needs ase and tblite)."""

import argparse
import json
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.build import molecule
from ase.md.langevin import Langevin
from ase.md.velocitydistribution import thermalize_momenta
from ase.optimize import BFGS

from examples.ethanol.frames import ETHANOL, UNITS
from examples.ethanol.label import ACCURACY, BOHR, HARTREE, METHOD, ase_calculator, label, label_all
from examples.ethanol.normal_modes import (
    Rotor,
    hessian,
    thermal_displacements,
    thermal_torsions,
    turn_all,
    vibrations,
)

SEED = 2026
TEMPERATURE = 500.0  # kelvin
NORMAL_MODE_SPLITS = {"training": 400, "validation": 100, "test": 100}
MD_FRAMES = 100
MD_TIMESTEP, MD_WARM_UP, MD_INTERVAL = 0.5, 2000.0, 100.0  # fs
MD_FRICTION = 0.01  # 1/fs

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
    second = hessian(lambda positions: label(species, positions)[1], atoms.positions)
    squares, modes = vibrations(second, atoms.positions, masses, ROTORS)
    displacements = thermal_displacements(squares, modes, masses, kT, count, rng)
    torsions = thermal_torsions(lambda positions: label(species, positions)[0], atoms.positions, ROTORS, kT, count, rng)
    return np.array(
        [turn_all(atoms.positions + move, ROTORS, angles) for move, angles in zip(displacements, torsions, strict=True)]
    )


def md_frames(atoms: Atoms, count: int, rng: np.random.Generator) -> np.ndarray:
    """Snapshots of Langevin dynamics from the minimum, after a warm-up [count, atoms, 3]."""
    atoms = atoms.copy()
    atoms.calc = ase_calculator()
    thermalize_momenta(atoms, temperature_K=TEMPERATURE, rng=rng)
    # ASE 3.29 runs hot with its default, fixcm=True: 0.76 eV of kinetic energy, where nine atoms at 500 K have 0.58.
    dynamics = Langevin(
        atoms, MD_TIMESTEP * units.fs, temperature_K=TEMPERATURE, friction=MD_FRICTION / units.fs, fixcm=False, rng=rng
    )
    dynamics.run(round(MD_WARM_UP / MD_TIMESTEP))
    frames = []
    for _ in range(count):
        dynamics.run(round(MD_INTERVAL / MD_TIMESTEP))
        frames.append(atoms.positions - atoms.get_center_of_mass())
    return np.array(frames)


def provenance(minimum_energy: float) -> str:
    """What a reader must know to use or remake the numbers, as JSON."""
    return json.dumps(
        {
            "molecule": "ethanol, C2H6O",
            "method": METHOD,
            "accuracy": ACCURACY,
            "versions": {name: version(name) for name in ("tblite", "ase", "numpy")},
            "units": UNITS,
            "hartree_in_eV": HARTREE,
            "bohr_in_angstrom": BOHR,
            "minimum_energy_eV": minimum_energy,
            "temperature_K": TEMPERATURE,
            "seed": SEED,
            "sampling": {
                **dict.fromkeys(NORMAL_MODE_SPLITS, "independent: 19 harmonic vibrations, 2 Boltzmann torsions"),
                "md": f"Langevin, {MD_TIMESTEP} fs a step, friction {MD_FRICTION}/fs, "
                f"one frame every {MD_INTERVAL} fs after {MD_WARM_UP} fs",
            },
            "date": date.today().isoformat(),
        }
    )


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
    energies, forces = label_all(atoms.numbers, positions)
    splits = NORMAL_MODE_SPLITS | {"md": MD_FRAMES}
    np.savez_compressed(
        path,
        species=atoms.numbers.astype(np.uint8),
        positions=positions,
        energies=energies,
        forces=forces.astype(np.float32),
        split=np.repeat(list(splits), list(splits.values())),
        provenance=provenance(label(atoms.numbers, atoms.positions)[0]),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=ETHANOL)
    generate(parser.parse_args().path)
