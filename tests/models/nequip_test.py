"""NequIP: the laws of its docstring, at the edges of its domain, and what it refuses."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.errors import LayoutError
from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.o3 import matrix_from_quaternion

CUTOFF = 4.0
ATOMS = 4
SPECIES = np.array([0, 1, 1, 0])
EDGES = all_pairs(ATOMS)
POSITIONS = np.random.default_rng(1).normal(size=(ATOMS, 3)) + 1.5 * np.eye(ATOMS)[:, :3]
R = matrix_from_quaternion(np.array([1.0, 2.0, -3.0, 1.0]))


def model_of(lmax: int, **options) -> NequIP:
    return NequIP(num_species=2, cutoff=CUTOFF, lmax=lmax, features=2, num_layers=2, radial_neurons=(8,), **options)


@functools.cache
def potential(model: NequIP):
    """Energy and forces as a compiled function of positions and of the graph."""
    params = jax.jit(lambda key: model.init(key, POSITIONS, SPECIES, *EDGES))(jax.random.key(0))
    params = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), params)
    return jax.jit(lambda x, *graph: energy_and_forces(model.apply, params, x, *graph))


def energy(model: NequIP, positions, species=SPECIES, edges=EDGES) -> float:
    return float(potential(model)(positions, species, *edges)[0])


@pytest.mark.parametrize("lmax", [0, 1, 2])
def test_energy_is_invariant_and_forces_are_equivariant(lmax: int):
    f = potential(model_of(lmax))
    want_energy, want_forces = f(POSITIONS, SPECIES, *EDGES)
    for O in (R, -R):
        got_energy, got_forces = f(POSITIONS @ O.T + 0.7, SPECIES, *EDGES)
        np.testing.assert_allclose(got_energy, want_energy, rtol=1e-12)
        np.testing.assert_allclose(got_forces, want_forces @ O.T, atol=1e-12 * np.abs(want_forces).max())
    assert np.abs(want_forces).max() > 1e-3


def test_atoms_have_no_order():
    order = np.array([2, 0, 3, 1])
    f = potential(model_of(1))
    want_energy, want_forces = f(POSITIONS, SPECIES, *EDGES)
    got_energy, got_forces = f(POSITIONS[order], SPECIES[order], *EDGES)
    np.testing.assert_allclose(got_energy, want_energy, rtol=1e-12)
    np.testing.assert_allclose(got_forces, want_forces[order], atol=1e-12)


def test_forces_are_minus_the_derivative_of_the_energy():
    model, h = model_of(1), 1e-5
    _, forces = potential(model)(POSITIONS, SPECIES, *EDGES)
    step = np.zeros((ATOMS, 3))
    step[1] = h * np.array([0.6, 0.0, 0.8])
    slope = (energy(model, POSITIONS + step) - energy(model, POSITIONS - step)) / (2 * h)
    np.testing.assert_allclose(-(forces[1] @ step[1]) / h, slope, rtol=1e-6)


def test_degrees_above_zero_see_angles():
    """Two geometries with the same distances from the centre: one round of messages and lmax = 0 sees no difference."""
    centre = [[0.0, 0.0, 0.0]]
    bent, straight = (np.array([*centre, [1.0, 0.0, 0.0], x]) for x in ([0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]))
    species, edges = np.array([0, 1, 1]), (np.array([1, 2, 0, 0]), np.array([0, 0, 1, 2]))
    assert energy(model_of(0), bent, species, edges) == energy(model_of(0), straight, species, edges)
    assert abs(energy(model_of(1), bent, species, edges) - energy(model_of(1), straight, species, edges)) > 1e-3


def test_energies_of_far_molecules_add():
    model = model_of(1)
    both = np.concatenate([POSITIONS, POSITIONS @ R.T + 100.0])
    got = energy(model, both, np.concatenate([SPECIES, SPECIES]), all_pairs(2 * ATOMS))
    np.testing.assert_allclose(got, 2 * energy(model, POSITIONS), rtol=1e-12)


def test_edges_beyond_the_cutoff_and_of_length_zero_are_padding():
    """Beyond the cutoff an edge adds exactly nothing; an edge from an atom to itself leaves everything finite."""
    model, far = model_of(1), np.concatenate([POSITIONS, [[CUTOFF + 10.0, 0.0, 0.0]]])
    species = np.append(SPECIES, 0)
    pairs = tuple(np.append(end, padding) for end, padding in zip(EDGES, ([ATOMS, 0], [0, ATOMS]), strict=True))
    padded, bare = (potential(model)(far, species, *edges) for edges in (pairs, EDGES))
    np.testing.assert_allclose(padded[0], bare[0], rtol=1e-14)
    np.testing.assert_allclose(padded[1], bare[1], atol=1e-14)
    loops = tuple(np.append(end, 0) for end in EDGES)
    assert all(np.isfinite(value).all() for value in potential(model)(POSITIONS, SPECIES, *loops))


def test_energy_and_forces_are_smooth_at_the_cutoff():
    """Within 1e-3 of the cutoff the pair has lost all but (1e-3)^3 of its energy and (1e-3)^2 of its force."""
    model, species, edges = model_of(1), np.array([0, 1]), all_pairs(2)

    def pair(r: float):
        return potential(model)(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, r]]), species, *edges)

    inside, outside, near = pair(CUTOFF - 1e-3), pair(CUTOFF + 1e-3), pair(1.5)
    assert abs(inside[0] - outside[0]) < 1e-6 * abs(near[0] - outside[0])
    assert np.all(outside[1] == 0)
    assert 0 < np.abs(inside[1]).max() < 1e-4 * np.abs(near[1]).max()


def test_vmap_over_frames_agrees():
    f = potential(model_of(1))
    frames = np.stack([POSITIONS, 1.1 * POSITIONS])
    energies, forces = jax.vmap(lambda x: f(x, SPECIES, *EDGES))(frames)
    for n, frame in enumerate(frames):
        np.testing.assert_allclose(energies[n], f(frame, SPECIES, *EDGES)[0], rtol=1e-12)
        np.testing.assert_allclose(forces[n], f(frame, SPECIES, *EDGES)[1], atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_that_of_the_positions_and_parameters(dtype):
    model, x = model_of(1), jax.ShapeDtypeStruct((ATOMS, 3), dtype)
    params = jax.eval_shape(lambda x: model.init(jax.random.key(0), x, SPECIES, *EDGES), x)
    params = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, dtype), params)
    found, forces = jax.eval_shape(lambda p, x: energy_and_forces(model.apply, p, x, SPECIES, *EDGES), params, x)
    assert found.dtype == forces.dtype == dtype


def test_shift_and_scale_of_the_energy():
    plain, scaled = model_of(0), model_of(0, energy_scale=2.0, energy_shift=(10.0, 1.0))
    np.testing.assert_allclose(energy(scaled, POSITIONS), 2 * energy(plain, POSITIONS) + 22.0, rtol=1e-12)


def test_parameters_depend_on_degrees_as_counted():
    """A message has one weight for each copy of each path; the last round ends in 0e, from 0e x 0e and 1o x 1o."""
    counts = {}
    for lmax in (0, 1):
        params = model_of(lmax).params(POSITIONS, SPECIES, *EDGES)
        assert list(params) == ["embedding", "interaction_0", "interaction_1", "readout", "energy"]
        assert list(params["interaction_0"]) == ["up", "radial", "down", "self"]
        counts[lmax] = params["interaction_1"]["radial"]["Dense_1"]["kernel"].shape
    assert counts == {0: (8, 2), 1: (8, 2 * 2)}


@pytest.mark.parametrize(
    "options, message",
    [
        ({"cutoff": 0.0}, "NequIP: cutoff is 0.0, and must be greater than 0."),
        ({"num_layers": 0}, "NequIP: num_layers is 0, and must be greater than 0."),
        ({"lmax": -1}, "NequIP: lmax is -1, and must be 0 or more."),
        (
            {"energy_shift": (1.0,)},
            "NequIP: energy_shift has 1 numbers for 2 species.\n  Write one number per species, or one for all.",
        ),
    ],
)
def test_options_without_sense_are_refused(options: dict, message: str):
    with pytest.raises(ValueError) as raised:
        NequIP(**({"num_species": 2, "cutoff": CUTOFF} | options))
    assert str(raised.value) == message


@pytest.mark.parametrize("wrong", [2, -1])
def test_a_species_out_of_range_is_refused_where_it_is_known_and_nan_elsewhere(wrong: int):
    species = np.array([0, wrong, 1, 0])
    model = model_of(0)
    params = model.init(jax.random.key(0), POSITIONS, SPECIES, *EDGES)
    with pytest.raises(LayoutError) as raised:
        model.apply(params, POSITIONS, species, *EDGES)
    assert str(raised.value) == (
        f"NequIP: species has the value {wrong}, and must be in [0, 2).\n"
        "  Number the species of the data from 0, or write num_species=species.max() + 1."
    )
    energies = jax.jit(model.apply)(params, POSITIONS, species, *EDGES).array
    assert np.isnan(energies[1]).all()
