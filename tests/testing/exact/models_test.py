"""A whole model of faulty inputs is refuted; that the models are right is in `proofs/programs`."""

import functools

import jax
import numpy as np
import pytest

from eqlib.models.allegro import Allegro
from eqlib.models.mace import MACE
from eqlib.models.nequip import NequIP
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import prove
from proofs.programs.models import FRAME, GRAPH, LATENT, SIZES

SMALL = {
    "NequIP": NequIP(lmax=1, num_layers=1, **SIZES),
    "MACE": MACE(lmax=1, correlation=2, num_layers=1, **SIZES),
    "Allegro": Allegro(lmax=1, num_layers=1, **LATENT),
}
EXAMPLE = FRAME["example"]


@functools.cache
def params_of(model):
    return jax.jit(model.init)(jax.random.key(0), *EXAMPLE)


FAULTS = {
    "absolute positions": (lambda p, *g: (1.5 * p, *g), "translation"),
    "a neighbour off by one": (lambda p, z, s, r: (p, z, (s + 1) % 3, r), "permutation"),
    "an axis stretched": (lambda p, *g: (p * np.array([1.0, 1.0, 1.0 + 1e-9]), *g), "rotation"),
    "a species by position": (lambda p, z, s, r: (p, np.array([0, 1, 1]), s, r), "permutation"),
}


# Each is found in NequIP; and in each of the other models one, of those that its ops might hide.
CASES = [*((fault, "NequIP") for fault in FAULTS), ("a species by position", "MACE"), ("an axis stretched", "Allegro")]


@pytest.mark.parametrize(("fault", "name"), CASES)
def test_a_model_of_faulty_inputs_is_refuted(fault, name):
    (change, kind), right = FAULTS[fault], SMALL[name]

    def model(params, positions, *graph):
        energies = right.apply(params, *change(positions, *graph)).array
        return energies + (positions[:, :1] ** 2 if kind == "translation" else 0)

    proof = prove(model, (None, *GRAPH), "0e per node", example=(params_of(right), *EXAMPLE))
    assert proof.verdict is Decision.REFUTED, str(proof)
    assert kind in proof.lines[0].partition(";")[0]
