"""Makes the set of aspirin: `python -m examples.data.aspirin [path]` (about seven minutes; needs ase and tblite)."""

import argparse
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.optimize import BFGS

from examples.data.dynamics import HEAVY_HYDROGEN, Schedule, about_centre_of_mass, langevin, with_heavy_hydrogen
from examples.data.label import ase_calculator
from examples.data.labelled import ASPIRIN
from examples.data.labelling import label_set

SEED = 2027
TRAJECTORIES = {"training": 6, "validation": 1, "test": 1}  # a split never shares one
FRAMES = 50  # of each trajectory
SCHEDULE = Schedule(temperature=500.0, timestep=1.0, warm_up=1000.0, interval=50.0)

# 2-acetoxybenzoic acid, near a minimum that distance geometry and GFN2-xTB found: the lowest of twelve tries.
GEOMETRY = """
C -0.021 -0.910 -3.293
C  0.470 -0.674 -1.898
O  1.491 -0.125 -1.590
O -0.399 -1.191 -0.997
C -0.242 -0.875  0.336
C -0.154 -1.917  1.248
C -0.013 -1.646  2.597
C  0.059 -0.335  3.041
C -0.027  0.705  2.137
C -0.190  0.453  0.776
C -0.344  1.577 -0.177
O -0.895  1.514 -1.249
O  0.169  2.721  0.288
H -0.661 -0.066 -3.549
H  0.817 -0.944 -3.982
H -0.609 -1.821 -3.342
H -0.196 -2.931  0.884
H  0.051 -2.461  3.301
H  0.183 -0.125  4.092
H  0.022  1.730  2.471
H  0.058  3.422 -0.374
"""


def minimum() -> Atoms:
    """Aspirin at the minimum next to GEOMETRY."""
    symbols, *coordinates = zip(*(line.split() for line in GEOMETRY.split("\n") if line), strict=True)
    atoms = Atoms(symbols, np.array(coordinates, dtype=float).T, calculator=ase_calculator())
    if not BFGS(atoms, logfile=None).run(fmax=1e-3, steps=500):
        raise RuntimeError("aspirin did not reach its minimum in 500 steps of BFGS")
    return atoms


def trajectory(start: Atoms, rng: np.random.Generator) -> np.ndarray:
    """Frames of one trajectory from the minimum, each about its centre of mass [FRAMES, atoms, 3]."""
    atoms = with_heavy_hydrogen(start)
    atoms.calc = ase_calculator()
    return about_centre_of_mass(langevin(atoms, SCHEDULE, FRAMES, rng), start.get_masses())


def generate(path: Path) -> None:
    """Samples, labels and writes every split."""
    start = minimum()
    generators = np.random.default_rng(SEED).spawn(sum(TRAJECTORIES.values()))
    particulars = {
        "molecule": "aspirin, C9H8O4",
        "minimum_energy_eV": start.get_potential_energy(),
        "temperature_K": SCHEDULE.temperature,
        "seed": SEED,
        "sampling": {
            split: f"trajectories: {count}, of {FRAMES} frames each; {SCHEDULE}; hydrogen weighs {HEAVY_HYDROGEN} amu"
            for split, count in TRAJECTORIES.items()
        },
    }
    positions = np.concatenate([trajectory(start, rng) for rng in generators])
    splits = {split: FRAMES * count for split, count in TRAJECTORIES.items()}
    label_set(start.numbers, positions, splits, particulars).write(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=ASPIRIN)
    generate(parser.parse_args().path)
