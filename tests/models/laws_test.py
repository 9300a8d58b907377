"""The laws of a potential, of every model: what its energies may depend on, and how smoothly they do."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.errors import LayoutError
from eqlib.models.allegro import Allegro
from eqlib.models.potential import all_pairs, energy_and_forces
from tests.models.subjects import ATOMS, CUTOFF, EDGES, MODELS, POSITIONS, SPECIES, R, atomic, params_of, potential


@pytest.fixture(params=MODELS)
def model(request) -> Any:
    return MODELS[request.param]


def energy(model, positions, species=SPECIES, edges=EDGES) -> float:
    return float(potential(model)(positions, species, *edges)[0])


def test_energy_is_invariant_and_forces_are_equivariant(model):
    f = potential(model)
    want_energy, want_forces = f(POSITIONS, SPECIES, *EDGES)
    for O in (R, -R):
        got_energy, got_forces = f(POSITIONS @ O.T + 0.7, SPECIES, *EDGES)
        np.testing.assert_allclose(got_energy, want_energy, rtol=1e-12)
        np.testing.assert_allclose(got_forces, want_forces @ O.T, atol=1e-12 * np.abs(want_forces).max())
    assert np.abs(want_forces).max() > 1e-3


def test_atoms_have_no_order(model):
    order = np.array([2, 0, 3, 1])
    f = potential(model)
    want_energy, want_forces = f(POSITIONS, SPECIES, *EDGES)
    got_energy, got_forces = f(POSITIONS[order], SPECIES[order], *EDGES)
    np.testing.assert_allclose(got_energy, want_energy, rtol=1e-12)
    np.testing.assert_allclose(got_forces, want_forces[order], atol=1e-12)


def test_edges_have_no_order(model):
    order = np.random.default_rng(0).permutation(len(EDGES[0]))
    want = potential(model)(POSITIONS, SPECIES, *EDGES)
    got = potential(model)(POSITIONS, SPECIES, *(end[order] for end in EDGES))
    np.testing.assert_allclose(got[0], want[0], rtol=1e-12)
    np.testing.assert_allclose(got[1], want[1], atol=1e-12)


def test_forces_are_minus_the_derivative_of_the_energy(model):
    h, step = 1e-5, np.zeros((ATOMS, 3))
    _, forces = potential(model)(POSITIONS, SPECIES, *EDGES)
    step[1] = h * np.array([0.6, 0.0, 0.8])
    slope = (energy(model, POSITIONS + step) - energy(model, POSITIONS - step)) / (2 * h)
    # Rounding leaves eps / h = 2e-11 of the energy in the difference, and the step h^2 = 1e-10 of third derivatives.
    np.testing.assert_allclose(-np.sum(forces * step) / h, slope, rtol=1e-8, atol=1e-9 * np.abs(forces).max())


def test_energies_of_far_molecules_add(model):
    both = np.concatenate([POSITIONS, POSITIONS @ R.T + 100.0])
    got = energy(model, both, np.concatenate([SPECIES, SPECIES]), all_pairs(2 * ATOMS))
    np.testing.assert_allclose(got, 2 * energy(model, POSITIONS), rtol=1e-12)


def test_edges_beyond_the_cutoff_are_padding_and_those_of_length_zero_are_finite(model):
    """Beyond the cutoff an edge adds exactly nothing; an edge from an atom to itself leaves everything finite."""
    far = np.concatenate([POSITIONS, [[CUTOFF + 10.0, 0.0, 0.0]]])
    species = np.append(SPECIES, 0)
    pairs = tuple(np.append(end, padding) for end, padding in zip(EDGES, ([ATOMS, 0], [0, ATOMS]), strict=True))
    padded, bare = (potential(model)(far, species, *edges) for edges in (pairs, EDGES))
    np.testing.assert_allclose(padded[0], bare[0], rtol=1e-14)
    np.testing.assert_allclose(padded[1], bare[1], atol=1e-14 * np.abs(bare[1]).max())
    loops = tuple(np.append(end, [0, ATOMS]) for end in EDGES)
    assert all(np.isfinite(value).all() for value in potential(model)(far, species, *loops))


def test_energy_and_forces_vanish_at_the_cutoff_as_the_envelope_does(model):
    """The envelope ends as (cutoff - r)^3: half as far from it the energy of a pair is an eighth, the force a quarter.

    The Bessel functions vanish there too, so that NequIP and MACE, which see a pair by them alone, have a power more.
    """
    f, species, edges = potential(model), np.array([0, 1]), all_pairs(2)
    power = 3 if isinstance(model, Allegro) else 4

    def pair(r: float):
        return f(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, r]]), species, *edges)

    outside = pair(CUTOFF + 1e-3)
    assert np.all(outside[1] == 0)
    np.testing.assert_array_equal(pair(CUTOFF)[0], outside[0])
    h = 2e-3 * CUTOFF
    (e1, f1), (e2, f2) = (pair(CUTOFF - step) for step in (h, h / 2))
    # The next power adds a small multiple of h / CUTOFF = 2e-3, and the one before it would halve what is asked here.
    np.testing.assert_allclose((e1 - outside[0]) / (e2 - outside[0]), 2**power, rtol=0.05)
    np.testing.assert_allclose(f1[1, 2] / f2[1, 2], 2 ** (power - 1), rtol=0.05)


def test_forces_are_continuous_as_an_atom_crosses_the_cutoff_of_others(model):
    """The forces on all atoms, as one leaves the cutoff of another in a molecule: a jump would not shrink with h."""
    f, positions = potential(model), POSITIONS.copy()
    direction = np.array([0.0, 0.6, 0.8])

    def crossing(h: float):
        positions[3] = positions[0] + (CUTOFF + h) * direction
        return np.asarray(f(positions, SPECIES, *EDGES)[1])

    steps = [np.abs(crossing(h) - crossing(-h)).max() for h in (1e-3, 1e-4)]
    assert 0 < steps[1] < 0.12 * steps[0]


def test_vmap_over_frames_agrees(model):
    f = potential(model)
    frames = np.stack([POSITIONS, 1.1 * POSITIONS])
    energies, forces = jax.vmap(lambda x: f(x, SPECIES, *EDGES))(frames)
    for n, frame in enumerate(frames):
        np.testing.assert_allclose(energies[n], f(frame, SPECIES, *EDGES)[0], rtol=1e-12)
        np.testing.assert_allclose(forces[n], f(frame, SPECIES, *EDGES)[1], atol=1e-12)


def test_what_training_differentiates_has_the_right_derivative_and_so_has_that(model):
    """The gradient of the squared forces in the parameters, and its derivative along a line: the third of energies."""
    params = params_of(model)
    leaves, tree = jax.tree.flatten(params)
    rng = np.random.default_rng(2)
    line = jax.tree.unflatten(tree, [rng.normal(size=leaf.shape) for leaf in leaves])

    def loss(p):
        return jnp.sum(energy_and_forces(model.apply, p, POSITIONS, SPECIES, *EDGES)[1] ** 2)

    def along(t):
        return jax.tree.map(lambda p, d: p + t * d, params, line)

    def slope(p):
        return sum(
            jnp.vdot(g, d) for g, d in zip(jax.tree.leaves(jax.grad(loss)(p)), jax.tree.leaves(line), strict=True)
        )

    @jax.jit
    def derivatives(t):
        value, second = jax.jvp(lambda t: slope(along(t)), (t,), (1.0,))
        return loss(along(t)), value, second

    h = 1e-5
    up, at, down = (derivatives(t) for t in (h, 0.0, -h))
    for n in (0, 1):  # as of forces: the rounding over the step, and its square times a derivative that may be larger
        found = (up[n] - down[n]) / (2 * h)
        np.testing.assert_allclose(at[n + 1], found, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_that_of_the_positions_and_parameters(model, dtype):
    x = jax.ShapeDtypeStruct((ATOMS, 3), dtype)
    params = jax.eval_shape(lambda x: model.init(jax.random.key(0), x, SPECIES, *EDGES), x)
    params = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, dtype), params)
    found, forces = jax.eval_shape(lambda p, x: energy_and_forces(model.apply, p, x, SPECIES, *EDGES), params, x)
    assert found.dtype == forces.dtype == dtype


def test_parameters_may_be_arrays_of_numpy(model):
    """As a file of parameters gives them."""
    params = jax.tree.map(np.asarray, params_of(model))
    found = jax.jit(lambda x: model.apply(params, x, SPECIES, *EDGES).array)(POSITIONS)
    np.testing.assert_allclose(found, atomic(model)(params, POSITIONS, SPECIES, *EDGES).array, rtol=1e-12)


@pytest.mark.parametrize("wrong", [2, -1])
def test_a_species_out_of_range_is_refused_where_it_is_known_and_nan_elsewhere(model, wrong: int):
    """Of an atom with neighbours, and of one without."""
    species, (senders, receivers) = np.array([0, wrong, 1, wrong]), EDGES
    edges = tuple(end[(senders != 3) & (receivers != 3)] for end in EDGES)
    with pytest.raises(LayoutError) as raised:
        model.apply(params_of(model), POSITIONS, species, *edges)
    assert str(raised.value) == (
        f"{type(model).__name__}: species has the value {wrong}, and must be in [0, 2).\n"
        "  Number the species of the data from 0, or write num_species=species.max() + 1."
    )
    energies = atomic(model)(params_of(model), POSITIONS, species, *edges).array
    assert np.isnan(energies[jnp.array([1, 3])]).all()


@pytest.mark.parametrize("wrong", [ATOMS, -1])
@pytest.mark.parametrize("end", [0, 1])
def test_an_edge_to_no_atom_is_refused_where_it_is_known_and_nan_elsewhere(model, wrong: int, end: int):
    """The forces are NaN as the energies are; an index does not count from the end, and none is clamped or dropped."""
    edges = [np.copy(one) for one in EDGES]
    edges[end][1] = wrong
    with pytest.raises(LayoutError) as raised:
        model.apply(params_of(model), POSITIONS, SPECIES, *edges)
    assert str(raised.value) == (
        f"{type(model).__name__}: {('senders', 'receivers')[end]} has the value {wrong}, and must be in [0, 4).\n"
        "  An edge joins two of the 4 atoms, numbered from 0: all_pairs(4) has every pair."
    )
    found, forces = potential(model)(POSITIONS, SPECIES, *edges)
    assert np.isnan(found) and np.isnan(forces).all()
    assert np.isnan(atomic(model)(params_of(model), POSITIONS, SPECIES, *edges).array).all()


@pytest.mark.parametrize("place", [np.nan, np.inf])
def test_an_atom_at_no_place_is_nan_and_so_is_what_its_edges_lead_to(model, place: float):
    positions, edges = POSITIONS.copy(), (np.array([0, 1, 2, 3]), np.array([1, 0, 3, 2]))
    positions[0, 1] = place
    energies = atomic(model)(params_of(model), positions, SPECIES, *edges).array[:, 0]
    assert np.isnan(energies[:2]).all() and np.isfinite(energies[2:]).all()
    _, forces = potential(model)(positions, SPECIES, *edges)
    assert np.isnan(forces[:2]).all() and np.isfinite(forces[2:]).all()


def test_of_two_atoms_at_one_place_the_energy_is_finite_and_invariant_and_no_limit(model):
    positions = POSITIONS.copy()
    positions[1] = positions[0]
    want, forces = potential(model)(positions, SPECIES, *EDGES)
    assert np.isfinite(want) and np.isfinite(forces).all()
    np.testing.assert_allclose(energy(model, positions @ R.T), want, rtol=1e-12)
    positions[1] += 1e-9
    assert abs(energy(model, positions) - want) > 1e-6 * abs(want)
