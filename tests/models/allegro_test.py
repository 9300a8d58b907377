"""Allegro: strictly local, its parameters by the formulas of the paper, and what it refuses."""

import jax
import numpy as np
import pytest

from eqlib.models.allegro import Allegro
from eqlib.models.potential import all_pairs
from eqlib.nn.layer import map_params
from eqlib.o3 import Irrep
from tests.models.subjects import CUTOFF, EDGES, MODELS, POSITIONS, SPECIES, params_of


def influences(model) -> np.ndarray:
    """Whether dE_i / dx_j is not zero in a chain of five atoms, of which only those next to each other are near."""
    steps = np.array([[0.0, 0.0, 0.0], [0.2, 0.1, 2.3], [-0.1, 0.2, 2.1], [0.1, -0.3, 2.2], [0.1, 0.1, 2.4]])
    chain, species = np.cumsum(steps, axis=0), np.array([0, 1, 0, 1, 1])
    graph = species, *all_pairs(len(chain))
    near = np.linalg.norm(chain[:, None] - chain, axis=-1) < CUTOFF
    np.testing.assert_array_equal(near, hops(len(chain)) <= 1)
    energies = jax.jit(jax.jacobian(lambda x: model.apply(params_of(model), x, *graph).array[:, 0]))
    return np.linalg.norm(energies(chain), axis=-1) != 0


def hops(atoms: int) -> np.ndarray:
    """How many steps of a chain are between each two of its atoms."""
    return np.abs(np.subtract.outer(np.arange(atoms), np.arange(atoms)))


def test_the_energy_of_an_atom_depends_on_nothing_beyond_its_cutoff():
    """Exactly nothing, through two layers; two rounds of messages carry twice as far."""
    np.testing.assert_array_equal(influences(MODELS["Allegro"]), hops(5) <= 1)
    np.testing.assert_array_equal(influences(MODELS["MACE"]), hops(5) <= 2)


def test_the_parameters_are_as_many_as_the_formulas_of_the_paper_have():
    """Two layers with l <= 2; S species, n channels, L latent scalars."""
    S, n, L, bessel, hidden, more, readout = 2, 3, 5, 4, 6, 7, 8
    model = Allegro(
        S,
        CUTOFF,
        features=n,
        latent=L,
        radial_basis=bessel,
        two_body_neurons=(hidden,),
        latent_neurons=(more,),
        readout=readout,
    )
    # The products l1 x l2 into each l, all of the parity of harmonics: 00 11 22, 01 10 12 21, 02 11 20 22.
    into = {0: 3, 1: 4, 2: 4}
    weights = L * n * 3  # one for each channel and degree, from the scalars, without a hidden layer
    latent = (L + into[0] * n) * more + more * L
    want = {
        "two_body": (2 * S + bessel) * hidden + hidden * L,
        "tensors": weights,
        "layer_0": weights + latent + sum(into.values()) * n * n,
        "layer_1": weights + latent,  # the tensors are not used after it
        "energy": L * readout + readout,
        "pair_scale": S * S,
    }
    got = dict.fromkeys(want, 0)

    def add(path, param):
        got[path[0]] += int(np.prod(param.shape))

    map_params(add, model.params(POSITIONS, SPECIES, *EDGES))
    assert got == want


def test_tensors_are_kept_if_the_products_that_follow_make_scalars_of_them():
    """Before the last product those with the parity of harmonics; before that also the others, but for 0o."""
    kept = Allegro(2, CUTOFF, lmax=1, num_layers=3)._kept()
    assert kept == [tuple(map(Irrep, irreps)) for irreps in (("0e", "1o", "1e"), ("0e", "1o"), ("0e",))]


def test_an_option_without_sense_is_refused():
    with pytest.raises(ValueError) as raised:
        Allegro(2, CUTOFF, latent_neurons=(64, 0))
    assert str(raised.value) == (
        "Allegro: latent_neurons[1] is 0, and must be an integer, 1 or more.\n  Write latent_neurons=(2, 2)."
    )
