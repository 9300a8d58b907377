"""Makes the set of liquid water: `python -m examples.data.water [path]` (about five minutes; needs ase and tblite)."""

import argparse
from itertools import islice
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.build import molecule
from ase.optimize import BFGS

from examples.data.dynamics import HEAVY_HYDROGEN, Schedule, langevin, with_heavy_hydrogen
from examples.data.label import CRYSTALS, ase_calculator, label
from examples.data.labelled import WATER
from examples.data.labelling import label_set
from examples.data.normal_modes import hessian, thermal_displacements, vibrations
from examples.data.rigid_water import Box, sample

SEED = 2028
TEMPERATURE = 350.0  # kelvin
MOLECULES = 16
DENSITY = 0.997  # g/cm^3
STRAIN = 0.02  # deviation of the components of each box's own strain: a stress is learnt from boxes that differ
WARM_UP, INTERVAL = 2000, 200  # sweeps of rigid molecules
INDEPENDENT_SPLITS = {"training": 120, "validation": 20, "test": 20}  # each from a chain of its own
MD_FRAMES = 20
SCHEDULE = Schedule(TEMPERATURE, timestep=1.0, warm_up=200.0, interval=10.0)


def monomer() -> Atoms:
    """One molecule at its minimum, in the orientation of `rigid_water.SHAPE`."""
    atoms = molecule("H2O", calculator=ase_calculator(CRYSTALS))
    if not BFGS(atoms, logfile=None).run(fmax=1e-4, steps=100):
        raise RuntimeError("water did not reach its minimum in 100 steps of BFGS")
    bisector = atoms.positions[1:].mean(axis=0) - atoms.positions[0]
    atoms.translate(-atoms.positions[0])
    atoms.rotate(bisector, "z")
    atoms.rotate(atoms.positions[1] * [1, 1, 0], "x")
    return atoms


def vibrating(atoms: Atoms, count: int, rng: np.random.Generator) -> np.ndarray:
    """Independent thermal geometries of one molecule, by its three vibrations [count, 3, 3]."""

    def forces(positions: np.ndarray) -> np.ndarray:
        return label(atoms.numbers, positions, method=CRYSTALS).forces

    masses = atoms.get_masses()
    squares, modes = vibrations(hessian(forces, atoms.positions), atoms.positions, masses, rotors=())
    return atoms.positions + thermal_displacements(squares, modes, masses, units.kB * TEMPERATURE, count, rng)


def edge() -> float:
    """Of the cube that has the density of water, in angstrom."""
    grams = MOLECULES * molecule("H2O").get_masses().sum() / units.mol
    return (grams / DENSITY) ** (1 / 3) * 1e8


def strained(box: Box, molecules: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Places vibrating molecules where the rigid ones are, in a strained cell [atoms, 3], [3, 3]."""
    strain = rng.normal(scale=STRAIN, size=(3, 3))
    deformation = np.eye(3) + (strain + strain.T) / 2
    turned = molecules @ box.turns.swapaxes(1, 2)
    return (box.oxygens @ deformation.T)[:, None] + turned, box.edge * deformation


def independent_frames(atoms: Atoms, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Positions [count, atoms, 3] and cells [count, 3, 3] of one chain of rigid water."""
    chain = sample(MOLECULES, edge(), units.kB * TEMPERATURE, WARM_UP, INTERVAL, rng)
    molecules = vibrating(atoms, count * MOLECULES, rng).reshape(count, MOLECULES, 3, 3)
    placed = [strained(box, shapes, rng) for box, shapes in zip(islice(chain, count), molecules, strict=True)]
    positions, cells = map(np.array, zip(*placed, strict=True))
    return positions.reshape(count, -1, 3), cells


def md_frames(atoms: Atoms, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Positions and cells of one trajectory of GFN1-xTB, which starts from an independent frame."""
    starts, cells = independent_frames(atoms, 1, rng)
    box = with_heavy_hydrogen(Atoms(list(atoms.numbers) * MOLECULES, starts[0], cell=cells[0], pbc=True))
    box.calc = ase_calculator(CRYSTALS)
    return langevin(box, SCHEDULE, count, rng), np.tile(cells, (count, 1, 1))


def generate(path: Path) -> None:
    """Samples, labels and writes every split."""
    atoms = monomer()
    *chains, md = np.random.default_rng(SEED).spawn(len(INDEPENDENT_SPLITS) + 1)
    sampled = [independent_frames(atoms, *chain) for chain in zip(INDEPENDENT_SPLITS.values(), chains, strict=True)]
    sampled.append(md_frames(atoms, MD_FRAMES, md))
    positions, cells = map(np.concatenate, zip(*sampled, strict=True))
    particulars = {
        "liquid": f"water, {MOLECULES} H2O in a periodic box",
        "molecule_energy_eV": atoms.get_potential_energy(),
        "density_g/cm3": DENSITY,
        "strain": f"symmetric, components of deviation {STRAIN} before symmetrising",
        "temperature_K": TEMPERATURE,
        "seed": SEED,
        "sampling": {
            **dict.fromkeys(
                INDEPENDENT_SPLITS,
                f"Metropolis chain of rigid TIP3P water, a frame every {INTERVAL} sweeps after {WARM_UP}, "
                "strained; each molecule with its own harmonic vibrations",
            ),
            "md": f"{SCHEDULE}; hydrogen weighs {HEAVY_HYDROGEN} amu",
        },
    }
    numbers = np.tile(atoms.numbers, MOLECULES)
    splits = INDEPENDENT_SPLITS | {"md": MD_FRAMES}
    label_set(numbers, positions, splits, particulars, cell=cells, method=CRYSTALS).write(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=WATER)
    generate(parser.parse_args().path)
