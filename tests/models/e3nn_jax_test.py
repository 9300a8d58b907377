"""The same architecture, written with the ops of e3nn-jax, gives the same energies and forces with the same parameters.

MACE has harmonics to l = 2, too: of few irreps the bases of its polynomials might agree by chance.
"""

import dataclasses
import importlib
from typing import Any

import jax
import numpy as np
import pytest

from eqlib.models.potential import energy_and_forces
from tests.models.subjects import EDGES, MODELS, POSITIONS, SPECIES, params_of, potential

pytest.importorskip("e3nn_jax")
REFERENCES = importlib.import_module("bench._e3nn_jax").MODELS
COMPARED = MODELS | {"MACE, l = 2": dataclasses.replace(MODELS["MACE"], lmax=2)}


@pytest.mark.parametrize("name", COMPARED)
def test_energies_and_forces_are_those_of_the_ops_of_e3nn_jax(name: str):
    model = COMPARED[name]

    def atomic_energies(params: Any, *graph: Any) -> Any:
        return REFERENCES[type(model).__name__](model, params, *graph)

    run = jax.jit(lambda x: energy_and_forces(atomic_energies, params_of(model), x, SPECIES, *EDGES))
    energy, forces = run(POSITIONS)
    got_energy, got_forces = potential(model)(POSITIONS, SPECIES, *EDGES)
    np.testing.assert_allclose(got_energy, energy, rtol=1e-12)
    np.testing.assert_allclose(got_forces, forces, atol=1e-12 * np.abs(forces).max())
