"""The energy for jax-md: the calculator's numbers in its formats; with jax-md itself where it is installed."""

import importlib.util
import types
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.errors import LayoutError
from eqlib.simulation import NeighborList, jax_md_energy, predict
from tests.simulation.subjects import CUTOFF, MODEL, params_of

LENGTH, ATOMS = 9.0, 27
SPECIES = np.arange(ATOMS) % 2
GRID = np.stack(np.meshgrid(*[np.arange(3)] * 3), axis=-1).reshape(-1, 3) * 3.0
POSITIONS = GRID + np.random.default_rng(0).normal(size=(ATOMS, 3)) * 0.1


def displacement(a: Any, b: Any, **_: Any) -> Any:
    """As `jax_md.space.periodic(LENGTH)[0]`: the difference of the nearest images."""
    return (a - b + LENGTH / 2) % LENGTH - LENGTH / 2


def edges() -> Any:
    return NeighborList(CUTOFF, skin=0.0)(POSITIONS, LENGTH * np.eye(3), (True, True, True))


def sparse() -> Any:
    """Receivers and senders; padding has the number of atoms."""
    listed = edges()
    ends = (np.where(end < 0, ATOMS, end) for end in (listed.receivers, listed.senders))
    return types.SimpleNamespace(idx=jnp.asarray(np.stack(list(ends))))


def dense() -> Any:
    """For every atom its neighbours; padding has the number of atoms."""
    listed = edges()
    rows = [listed.senders[listed.receivers == atom].tolist() for atom in range(ATOMS)]
    width = max(map(len, rows)) + 2
    return types.SimpleNamespace(idx=jnp.asarray([row + [ATOMS] * (width - len(row)) for row in rows]))


@pytest.mark.parametrize("neighbors", [sparse, dense])
def test_energy_and_forces_are_those_of_the_model(neighbors: Any):
    energy = jax_md_energy(MODEL, params_of(), SPECIES, displacement)
    listed = neighbors()
    found, gradient = jax.jit(jax.value_and_grad(lambda x: energy(x, neighbor=listed)))(jnp.asarray(POSITIONS))
    wanted = jax.jit(lambda *x: predict(MODEL, params_of(), *x))(POSITIONS, LENGTH * np.eye(3), SPECIES, *edges())
    np.testing.assert_allclose(found, wanted.energies.sum(), rtol=1e-13)
    np.testing.assert_allclose(-gradient, wanted.forces, atol=1e-13)


def test_an_atom_may_leave_the_box_by_a_face_and_enter_it_by_the_other():
    energy, listed = jax_md_energy(MODEL, params_of(), SPECIES, displacement), sparse()
    of_positions = jax.jit(lambda x: energy(x, listed))
    moved = POSITIONS + LENGTH * np.random.default_rng(1).integers(-1, 2, POSITIONS.shape)
    np.testing.assert_allclose(of_positions(moved), of_positions(POSITIONS), rtol=1e-12)


def test_lists_that_are_none_are_refused():
    energy = jax_md_energy(MODEL, params_of(), SPECIES, displacement)
    for neighbor, message in (
        (
            types.SimpleNamespace(idx=sparse().idx, format=types.SimpleNamespace(name="OrderedSparse")),
            "jax_md_energy: the neighbours are in the format OrderedSparse, with each pair once: messages go both ways."
            "\n  Write format=partition.NeighborListFormat.Sparse in partition.neighbor_list.",
        ),
        (
            types.SimpleNamespace(idx=jnp.zeros((3, 5), int)),
            "jax_md_energy: neighbor.idx has shape (3, 5), and must be [2, edges], or [27, neighbours].\n"
            "  Write neighbor = neighbor_fn.allocate(positions), with a function of partition.neighbor_list.",
        ),
    ):
        with pytest.raises(LayoutError) as raised:
            energy(jnp.asarray(POSITIONS), neighbor)
        assert str(raised.value) == message


@pytest.mark.skipif(importlib.util.find_spec("jax_md") is None, reason="jax_md is not installed: pip install jax-md")
@pytest.mark.parametrize("format", ["Sparse", "Dense"])
def test_jax_md_simulates_with_it_and_conserves_energy(format: str):
    from jax_md import partition, quantity, simulate, space

    shown, shift = space.periodic(LENGTH)
    energy = jax_md_energy(MODEL, params_of(), SPECIES, shown)
    of_format = partition.NeighborListFormat[format]
    found = partition.neighbor_list(shown, LENGTH, r_cutoff=CUTOFF, dr_threshold=0.5, format=of_format)
    positions = jnp.asarray(POSITIONS)
    neighbor = found.allocate(positions)
    start, advance = simulate.nve(energy, shift, 1e-3)
    state = start(jax.random.key(0), positions, kT=0.01, mass=1.0, neighbor=neighbor)

    @jax.jit
    def step(state: Any, neighbor: Any) -> Any:
        state = advance(state, neighbor=neighbor)
        return state, neighbor.update(state.position)

    def parts(state: Any, neighbor: Any) -> tuple[float, float]:
        kinetic = quantity.kinetic_energy(momentum=state.momentum, mass=state.mass)
        return float(energy(state.position, neighbor=neighbor)), float(kinetic)

    before = parts(state, neighbor)
    for _ in range(100):
        state, neighbor = step(state, neighbor)
    after = parts(state, neighbor)
    assert not neighbor.did_buffer_overflow
    assert abs(after[1] - before[1]) > 1e-4
    assert abs(sum(after) - sum(before)) < 1e-3 * abs(after[1] - before[1])
