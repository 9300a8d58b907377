"""Periodic cells: what the image of an atom is, and the stress as a derivative and in the units of ASE."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.errors import LayoutError
from eqlib.models.edges import edge_vectors
from eqlib.models.potential import energy_and_forces, energy_forces_stress
from tests.models.subjects import (
    CELL,
    EDGES,
    MODELS,
    POSITIONS,
    SPECIES,
    R,
    atomic,
    params_of,
    periodic,
    periodic_edges,
)

GRAPH = periodic_edges(POSITIONS, CELL)


@pytest.fixture(params=MODELS)
def model(request) -> Any:
    return MODELS[request.param]


def of(model, positions=POSITIONS, cell=CELL, species=SPECIES, graph=GRAPH):
    return periodic(model)(positions, cell, species, *graph)


def require_same(got, want, tolerance: float = 1e-12):
    for one, other in zip(got, want, strict=True):
        np.testing.assert_allclose(one, other, atol=tolerance * np.abs(other).max())


def test_an_atom_may_be_any_of_its_images(model):
    senders, receivers, cell_shifts = GRAPH
    step = np.array([1, -2, 1])
    moved = POSITIONS.copy()
    moved[1] += step @ CELL
    changed = cell_shifts - np.outer(receivers == 1, step) + np.outer(senders == 1, step)
    require_same(of(model, moved, graph=(senders, receivers, changed)), of(model))


def test_a_supercell_has_twice_the_energy_and_the_same_stress(model):
    cell = np.diag([1.0, 2.0, 1.0]) @ CELL
    positions = np.concatenate([POSITIONS, POSITIONS + CELL[1]])
    got = of(model, positions, cell, np.tile(SPECIES, 2), periodic_edges(positions, cell))
    energy, forces, stress = of(model)
    require_same(got, (2 * energy, np.tile(forces, (2, 1)), stress))


def test_forces_and_stress_turn_with_the_cell(model):
    energy, forces, stress = of(model)
    for O in (R, -R):
        require_same(of(model, POSITIONS @ O.T + 0.7, CELL @ O.T), (energy, forces @ O.T, O @ stress @ O.T))


def test_the_stress_is_symmetric_and_no_accident(model):
    stress = of(model)[2]
    np.testing.assert_array_equal(stress, stress.T)
    assert np.linalg.matrix_rank(stress - np.trace(stress) / 3 * np.eye(3)) == 3


def test_the_stress_is_the_derivative_in_strain(model):
    """Central differences: the rounding of the energies over the step, and the third derivative times its square."""
    h, volume = 1e-4, abs(np.linalg.det(CELL))
    found = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            strain = np.zeros((3, 3))
            strain[i, j] += h / 2
            strain[j, i] += h / 2
            up, down = (of(model, POSITIONS @ m, CELL @ m)[0] for m in (np.eye(3) + strain, np.eye(3) - strain))
            found[i, j] = (up - down) / (2 * h * volume)
    np.testing.assert_allclose(of(model)[2], found, atol=1e-6 * np.abs(found).max())


def test_forces_of_a_cell_are_those_of_its_edges_and_sum_to_zero(model):
    senders, receivers, cell_shifts = GRAPH
    _, forces, _ = of(model)
    graph = SPECIES, senders, receivers, cell_shifts @ CELL
    want = energy_and_forces(atomic(model), params_of(model), POSITIONS, *graph)[1]
    np.testing.assert_allclose(forces, want, atol=1e-12 * np.abs(want).max())
    np.testing.assert_allclose(forces.sum(axis=0), 0, atol=1e-12 * np.abs(want).max())


def test_shifts_of_zero_change_no_bit(model):
    apply, params = atomic(model), params_of(model)
    without = apply(params, POSITIONS, SPECIES, *EDGES).array
    zeros = apply(params, POSITIONS, SPECIES, *EDGES, jnp.zeros((len(EDGES[0]), 3))).array
    np.testing.assert_array_equal(without, zeros)


def test_single_precision_stays_single(model):
    float32 = jnp.float32
    arrays = POSITIONS.astype(float32), CELL.astype(float32), SPECIES, *GRAPH
    params = params_of(model, float32)
    found = jax.eval_shape(lambda p, *xs: energy_forces_stress(model.apply, p, *xs), params, *arrays)
    assert {one.dtype for one in found} == {jnp.dtype(float32)}
    shifts = jax.ShapeDtypeStruct((len(GRAPH[0]), 3), jnp.float64)
    assert jax.eval_shape(model.apply, params, arrays[0], SPECIES, *GRAPH[:2], shifts).dtype == float32


def test_vmap_over_frames_and_cells_agrees():
    model = MODELS["NequIP"]
    cells = np.stack([CELL, 1.05 * CELL])
    got = jax.vmap(lambda cell: periodic(model)(POSITIONS, cell, SPECIES, *GRAPH))(cells)
    for n, cell in enumerate(cells):
        require_same([one[n] for one in got], of(model, cell=cell))


def test_the_stress_of_a_pair_potential_is_that_of_ase():
    """The energies of Lennard-Jones, written here, have the energy, the forces and the stress of ASE's calculator."""
    ase = pytest.importorskip("ase")
    lj = pytest.importorskip("ase.calculators.lj")
    lists = pytest.importorskip("ase.neighborlist")
    sigma, epsilon, cutoff = 2.0, 0.7, 5.0
    atoms = ase.Atoms("He4", positions=POSITIONS, cell=CELL, pbc=True)
    atoms.calc = lj.LennardJones(sigma=sigma, epsilon=epsilon, rc=cutoff, smooth=False)

    def energies(params, x, species, senders, receivers, shifts):
        r6 = jnp.sum(edge_vectors(x, senders, receivers, shifts).array ** 2, axis=-1) ** 3
        pair = 4 * epsilon * ((sigma**6 / r6) ** 2 - sigma**6 / r6)
        at_cutoff = 4 * epsilon * ((sigma / cutoff) ** 12 - (sigma / cutoff) ** 6)
        return jnp.zeros(len(x)).at[receivers].add((pair - at_cutoff) / 2)

    senders, receivers, cell_shifts = lists.neighbor_list("ijS", atoms, cutoff)
    got = energy_forces_stress(energies, {}, POSITIONS, CELL, SPECIES, senders, receivers, cell_shifts)
    want = atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress(voigt=False)
    require_same(got, want)


STRESS_MESSAGES = {
    "lengths alone": (
        {"cell": CELL[0]},
        "cell has shape (3,), and must be [3, 3], a vector in each row.\n"
        "  For a box with right angles, write jnp.diag(jnp.array(lengths)).",
    ),
    "shifts that are lengths": (
        {"cell_shifts": GRAPH[2] @ CELL},
        "cell_shifts holds float64, and must hold integers, the numbers of vectors of the cell between an atom and its "
        "image.\n  Write jnp.round(shifts @ jnp.linalg.inv(cell)).astype(int) for shifts that are lengths.",
    ),
    "no shifts for some edges": (
        {"cell_shifts": GRAPH[2][:1]},
        f"cell_shifts has shape (1, 3) for {len(GRAPH[0])} edges, and must be [{len(GRAPH[0])}, 3].\n"
        "  Write jnp.zeros((len(senders), 3), int) where every edge stays in the cell.",
    ),
    "a plane": (
        {"cell": CELL * np.array([[1.0], [1.0], [0.0]])},
        "the vectors of cell lie in a plane: it has no volume, by which a stress is divided.\n"
        "  Write energy_and_forces(model.apply, params, positions, species, senders, receivers, cell_shifts @ cell).",
    ),
}


@pytest.mark.parametrize("wrong", STRESS_MESSAGES)
def test_what_is_no_cell_is_refused(wrong: str):
    """Without the check of annotated shapes, so that the function's own words are heard."""
    change, message = STRESS_MESSAGES[wrong]
    named = dict(zip(("senders", "receivers", "cell_shifts"), GRAPH, strict=True)) | {"cell": CELL} | change
    unchecked = getattr(energy_forces_stress, "__wrapped__", energy_forces_stress)
    with pytest.raises(LayoutError) as raised:
        unchecked(None, {}, positions=POSITIONS, species=SPECIES, **named)
    assert str(raised.value) == f"energy_forces_stress: {message}"


def test_what_the_messages_say_to_write_runs():
    model, cell = MODELS["NequIP"], CELL
    params, positions, species = params_of(model), POSITIONS, SPECIES
    senders, receivers, cell_shifts = GRAPH
    shifts = cell_shifts @ cell
    np.testing.assert_array_equal(jnp.round(shifts @ jnp.linalg.inv(cell)).astype(int), cell_shifts)
    energy, _ = energy_and_forces(model.apply, params, positions, species, senders, receivers, cell_shifts @ cell)
    np.testing.assert_allclose(energy, of(model)[0], rtol=1e-12)
    box, still = jnp.diag(jnp.array([9.0, 9.0, 9.0])), jnp.zeros((len(senders), 3), int)
    found = energy_forces_stress(atomic(model), params, positions, box, species, senders, receivers, still)
    assert all(np.isfinite(one).all() for one in found)
