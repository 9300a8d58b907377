"""A small potential of two elements, and frames of atoms in cells of all kinds."""

import functools
from typing import Any

import jax
import numpy as np

from eqlib.models.nequip import NequIP

CUTOFF = 3.0
ELEMENTS = (1, 8)
MODEL = NequIP(num_species=2, cutoff=CUTOFF, lmax=1, features=4, num_layers=2, radial_neurons=(8,), radial_basis=4)


@functools.cache
def params_of(model: Any = MODEL) -> Any:
    """Parameters in float64, as drawn: numbers, even where a program that is being traced asks for them first."""
    ends = np.array([0, 1]), np.array([1, 0])
    with jax.ensure_compile_time_eval():
        return jax.jit(model.init)(jax.random.key(0), np.eye(3)[:2], np.array([0, 1]), *ends)


def cells() -> dict[str, tuple[np.ndarray, np.ndarray, tuple[bool, bool, bool]]]:
    """Positions, cell and periodic directions: a cutoff of 3 reaches over several images in the small ones."""
    rng = np.random.default_rng(0)
    found = {"molecule": (rng.normal(size=(9, 3)) * 2, np.eye(3), (False, False, False))}
    shapes = {
        "large": (12, 9.0 * np.eye(3), (True, True, True)),
        "smaller than the cutoff": (2, 2.1 * np.eye(3), (True, True, True)),
        "skewed and small": (3, np.array([[2.5, 0.0, 0.3], [1.4, 2.9, 0.0], [-0.9, 0.7, 3.4]]), (True, True, True)),
        "a slab": (6, np.diag([4.0, 5.0, 20.0]), (True, True, False)),
        "a chain": (4, np.diag([2.2, 15.0, 15.0]), (True, False, False)),
        "one atom": (1, np.array([[1.5, 0.0, 0.0], [0.7, 1.6, 0.0], [0.0, 0.1, 4.0]]), (True, True, True)),
    }
    for name, (atoms, cell, pbc) in shapes.items():
        found[name] = (rng.uniform(size=(atoms, 3)) @ cell, cell, pbc)
    # Atoms that have walked out of the cell by several vectors of it.
    positions, cell, pbc = found["skewed and small"]
    found["outside of the cell"] = (positions + rng.integers(-3, 4, (3, 3)) @ cell, cell, pbc)
    return found


CELLS = cells()
