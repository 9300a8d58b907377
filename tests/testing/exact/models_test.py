"""Whole models, with all their weights as unknowns: energies and forces, exactly."""

import jax
import numpy as np
import pytest

from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.testing.exact.field_check import MISS
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import prove

SIZES = {"num_species": 2, "cutoff": 4.0, "features": 2, "radial_basis": 3, "radial_neurons": (4,), "readout": 2}
MODEL, SMALL = NequIP(lmax=2, num_layers=2, **SIZES), NequIP(lmax=1, num_layers=1, **SIZES)
GRAPH = ("points", "labels per node", "nodes per edge", "nodes per edge")
RNG = np.random.default_rng(0)
EXAMPLE = (RNG.normal(size=(3, 3)), np.array([0, 1, 0]), *all_pairs(3))


def params_of(model):
    return jax.jit(model.init)(jax.random.key(0), *EXAMPLE)


def test_energies_and_forces_of_nequip_are_checked_exactly():
    """Under O(3), translations, and permutations of atoms and of edges."""

    def model(params, *inputs):
        return energy_and_forces(MODEL.apply, params, *inputs)

    proof = prove(model, (None, *GRAPH), ("0e", "1o per node"), example=(params_of(MODEL), *EXAMPLE))
    assert proof.verdict is Decision.CHECKED_EXACTLY, str(proof)
    assert 0 < proof.miss < MISS


FAULTS = {
    "absolute positions": (lambda p, *g: (1.5 * p, *g), "translation"),
    "a neighbour off by one": (lambda p, z, s, r: (p, z, (s + 1) % 3, r), "permutation"),
    "an axis stretched": (lambda p, *g: (p * np.array([1.0, 1.0, 1.0 + 1e-9]), *g), "rotation"),
    "a species by position": (lambda p, z, s, r: (p, np.array([0, 1, 1]), s, r), "permutation"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_nequip_of_faulty_inputs_is_refuted(fault):
    change, kind = FAULTS[fault]

    def model(params, positions, *graph):
        energies = SMALL.apply(params, *change(positions, *graph)).array
        return energies + (positions[:, :1] ** 2 if kind == "translation" else 0)

    proof = prove(model, (None, *GRAPH), "0e per node", example=(params_of(SMALL), *EXAMPLE))
    assert proof.verdict is Decision.REFUTED, str(proof)
    assert kind in proof.lines[0].partition(";")[0]
