"""The models that have the laws of a potential, small; and frames of atoms to try them on."""

import functools
import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.models.allegro import Allegro
from eqlib.models.mace import MACE
from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces, energy_forces_stress
from eqlib.o3 import matrix_from_quaternion

CUTOFF = 4.0
SIZES: dict[str, Any] = {"num_species": 2, "cutoff": CUTOFF, "features": 2, "num_layers": 2, "radial_basis": 4}
MODELS = {
    "NequIP": NequIP(lmax=1, radial_neurons=(8,), **SIZES),
    "MACE": MACE(lmax=1, radial_neurons=(8,), readout=4, **SIZES),
    "Allegro": Allegro(lmax=2, latent=4, two_body_neurons=(8,), latent_neurons=(8,), readout=4, **SIZES),
}

SPECIES = np.array([0, 1, 1, 0])
ATOMS = len(SPECIES)
EDGES = all_pairs(ATOMS)
POSITIONS = np.random.default_rng(1).normal(size=(ATOMS, 3)) + 1.5 * np.eye(ATOMS)[:, :3]
R = matrix_from_quaternion(np.array([1.0, 2.0, -3.0, 1.0]))

# A cell without right angles, in which every atom sees images of itself.
CELL = np.array([[3.5, 0.0, 0.3], [0.4, 4.2, 0.0], [-0.6, 0.2, 5.0]])


def periodic_edges(positions: np.ndarray, cell: np.ndarray, cutoff: float = CUTOFF) -> tuple[np.ndarray, ...]:
    """Senders, receivers and cell_shifts of all edges up to the cutoff, by trying the images one by one."""
    found = []
    for shift in itertools.product(range(-3, 4), repeat=3):
        for i, j in itertools.product(range(len(positions)), repeat=2):
            if 0 < np.linalg.norm(positions[j] - positions[i] + np.array(shift) @ cell) < cutoff:
                found.append((i, j, *shift))
    edges = np.array(found)
    return edges[:, 0], edges[:, 1], edges[:, 2:]


@functools.cache
def params_of(model: Any, dtype: Any = jnp.float64) -> Any:
    with jax.ensure_compile_time_eval():  # they are kept, and may be asked for in a function that is being traced
        params = jax.jit(lambda key: model.init(key, POSITIONS, SPECIES, *EDGES))(jax.random.key(0))
        return jax.tree.map(lambda leaf: leaf.astype(dtype), params)


@functools.cache
def atomic(model: Any) -> Any:
    """The energies of the atoms as a compiled function of parameters, positions and the graph."""
    return jax.jit(model.apply)


@functools.cache
def potential(model: Any) -> Any:
    """Energy and forces as a compiled function of positions and of the graph."""
    params = params_of(model)
    return jax.jit(lambda x, *graph: energy_and_forces(model.apply, params, x, *graph))


@functools.cache
def periodic(model: Any) -> Any:
    """Energy, forces and stress as a compiled function of positions, of the cell and of the graph."""
    params = params_of(model)
    return jax.jit(lambda x, *graph: energy_forces_stress(model.apply, params, x, *graph))
