"""Thermal geometries along a trajectory of Langevin dynamics."""

from dataclasses import dataclass

import numpy as np
from ase import Atoms, units
from ase.md.langevin import Langevin
from ase.md.velocitydistribution import thermalize_momenta

HEAVY_HYDROGEN = 4.0  # amu


@dataclass(frozen=True)
class Schedule:
    """When a trajectory gives its frames: one every `interval` after the `warm_up`; femtoseconds, kelvin, 1/fs."""

    temperature: float
    timestep: float
    warm_up: float
    interval: float
    friction: float = 0.01

    def __str__(self) -> str:
        return (
            f"Langevin, {self.timestep} fs a step, friction {self.friction}/fs, "
            f"one frame every {self.interval} fs after {self.warm_up} fs"
        )


def langevin(atoms: Atoms, schedule: Schedule, count: int, rng: np.random.Generator) -> np.ndarray:
    """Runs the dynamics of `atoms`, which has its calculator, and moves it along [count, atoms, 3]."""
    thermalize_momenta(atoms, temperature_K=schedule.temperature, rng=rng)
    # ASE 3.29 runs hot with its default, fixcm=True: 0.76 eV of kinetic energy, where nine atoms at 500 K have 0.58.
    dynamics = Langevin(
        atoms,
        schedule.timestep * units.fs,
        temperature_K=schedule.temperature,
        friction=schedule.friction / units.fs,
        fixcm=False,
        rng=rng,
    )
    dynamics.run(round(schedule.warm_up / schedule.timestep))
    frames = []
    for _ in range(count):
        dynamics.run(round(schedule.interval / schedule.timestep))
        frames.append(atoms.positions.copy())
    return np.array(frames)


def with_heavy_hydrogen(atoms: Atoms) -> Atoms:
    """A copy that may take steps of 1 fs: the classical distribution of the positions does not depend on the masses."""
    heavy = atoms.copy()
    heavy.set_masses(np.where(atoms.numbers == 1, HEAVY_HYDROGEN, atoms.get_masses()))
    return heavy


def about_centre_of_mass(frames: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Frames moved so that the centre of mass of each is at the origin [frames, atoms, 3]."""
    return frames - np.einsum("a,fai->fi", masses / masses.sum(), frames)[:, None]
