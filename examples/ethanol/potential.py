"""A NequIP model as a potential of one molecule: energies and forces of many geometries, and their errors."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.training import Frames

MILLI = 1000.0


@functools.cache
def potential(model: NequIP) -> Callable[..., tuple[jax.Array, jax.Array]]:
    """(params, positions [frames, atoms, 3], species [atoms]) -> energies [frames], forces [frames, atoms, 3]."""

    @jax.jit
    def energies_and_forces(params: Mapping[str, Any], positions: Any, species: Any) -> tuple[jax.Array, jax.Array]:
        edges = all_pairs(len(species))
        return jax.vmap(lambda x: energy_and_forces(model.apply, params, x, species, *edges))(positions)

    return energies_and_forces


@dataclass(frozen=True)
class Targets:
    """Frames as a model learns them: species counted from 0, and energies from their mean over the training frames."""

    positions: np.ndarray
    species: np.ndarray
    energies: np.ndarray
    forces: np.ndarray

    @classmethod
    def of(cls, frames: Frames, training: Frames) -> "Targets":
        species = np.searchsorted(np.unique(training.numbers), frames.numbers[0])
        energies = frames.energies - training.energies.mean()
        numbers = (np.asarray(values, np.float32) for values in (frames.positions, energies, frames.forces))
        positions, energies, forces = numbers
        return cls(positions, species, energies, forces)


@dataclass(frozen=True)
class Errors:
    """Mean absolute errors.

    Units:  meV/atom, meV/angstrom
    """

    energy: float
    force: float


def errors(model: NequIP, params: Mapping[str, Any], targets: Targets) -> Errors:
    """The errors of a model on all these frames."""
    energies, forces = potential(model)(params, targets.positions, targets.species)
    return Errors(
        energy=MILLI * float(jnp.mean(jnp.abs(energies - targets.energies))) / len(targets.species),
        force=MILLI * float(jnp.mean(jnp.abs(forces - targets.forces))),
    )
