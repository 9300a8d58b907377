"""Ethanol in MD, as examples/simulation runs it, with a potential that is not trained: energy is conserved by any."""

import functools

import jax
import numpy as np
import pytest

pytest.importorskip("ase", reason="ase is not installed")

from ase import Atoms

from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs
from eqlib.simulation import Calculator
from examples.simulation.ethanol import CUTOFF, ELEMENTS, Conservation, conserve, ethanol


@functools.cache
def calculator() -> Calculator:
    model = NequIP(num_species=3, cutoff=CUTOFF, lmax=1, features=4, num_layers=1, radial_neurons=(8,), num_neighbors=8)
    x = np.random.default_rng(0).normal(size=(3, 3))
    params = jax.jit(model.init)(jax.random.key(1), x, np.arange(3), *all_pairs(3))
    return Calculator(model, params, ELEMENTS, dtype=np.float64, skin=3.0)


@functools.cache
def of_step(step: float) -> Conservation:
    return conserve(ethanol(calculator()), step, time=0.1)


def test_energy_drifts_by_less_than_it_spreads_and_the_spread_falls_with_the_square_of_the_step():
    """In a tenth of a picosecond; a line through an oscillation has some slope, which is no drift."""
    assert 3.5 < of_step(0.5).spread / of_step(0.25).spread < 4.5
    for step in (0.5, 0.25):
        assert abs(of_step(step).drift) * 0.1 < 3 * of_step(step).spread


def test_the_atoms_that_are_given_do_not_move():
    atoms: Atoms = ethanol(calculator())
    before = atoms.positions.copy()
    conserve(atoms, 0.5, time=0.005)
    np.testing.assert_array_equal(atoms.positions, before)
