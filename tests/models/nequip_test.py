"""NequIP: the laws of its docstring, at the edges of its domain, and what it refuses."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.errors import LayoutError
from eqlib.models.graph import check_graph
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
def params_of(model: NequIP):
    return jax.jit(lambda key: model.init(key, POSITIONS, SPECIES, *EDGES))(jax.random.key(0))


@functools.cache
def potential(model: NequIP):
    """Energy and forces as a compiled function of positions and of the graph."""
    params = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), params_of(model))
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
    # Rounding leaves eps / h = 2e-11 of the energy in the difference, and the step h^2 = 1e-10 of third derivatives.
    np.testing.assert_allclose(-(forces[1] @ step[1]) / h, slope, rtol=1e-8)


def test_degrees_above_zero_see_angles():
    """Two geometries with the same distances from the centre: one round of messages and lmax = 0 sees no difference."""
    centre = [[0.0, 0.0, 0.0]]
    bent, straight = (np.array([*centre, [1.0, 0.0, 0.0], x]) for x in ([0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]))
    species, edges = np.array([0, 1, 1]), (np.array([1, 2, 0, 0]), np.array([0, 0, 1, 2]))
    assert energy(model_of(0), bent, species, edges) == energy(model_of(0), straight, species, edges)
    one, other = (energy(model_of(1), x, species, edges) for x in (bent, straight))
    assert abs(one - other) > 1e-9 * abs(one)  # far beyond rounding; how far is a matter of the weights


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
    loops = tuple(np.append(end, [0, ATOMS]) for end in EDGES)
    assert all(np.isfinite(value).all() for value in potential(model)(far, species, *loops))


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
        ({"cutoff": 0.0}, "NequIP: cutoff is 0.0, and must be a finite number greater than 0.\n  Write cutoff=1.0."),
        ({"cutoff": np.inf}, "NequIP: cutoff is inf, and must be a finite number greater than 0.\n  Write cutoff=1.0."),
        (
            {"energy_scale": 0.0},
            "NequIP: energy_scale is 0.0, and must be a finite number greater than 0.\n  Write energy_scale=1.0.",
        ),
        ({"num_layers": 0}, "NequIP: num_layers is 0, and must be an integer, 1 or more.\n  Write num_layers=2."),
        ({"lmax": -1}, "NequIP: lmax is -1, and must be an integer, 0 or more.\n  Write lmax=2."),
        (
            {"radial_neurons": (8, -3)},
            "NequIP: radial_neurons[1] is -3, and must be an integer, 1 or more.\n  Write radial_neurons=(2, 2).",
        ),
        (
            {"energy_shift": [1.0, np.nan]},
            "NequIP: energy_shift[1] is nan, and must be a finite number.\n  Write energy_shift=(1.0, 1.0).",
        ),
        (
            {"energy_shift": (1.0,)},
            "NequIP: energy_shift has 1 numbers for 2 species.\n  Write one number per species, or one for all.",
        ),
        (
            {"energy_shift": [1.0, 2.0, 3.0]},
            "NequIP: energy_shift has 3 numbers for 2 species.\n  Write one number per species, or one for all.",
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
    params = params_of(model)
    with pytest.raises(LayoutError) as raised:
        model.apply(params, POSITIONS, species, *EDGES)
    assert str(raised.value) == (
        f"NequIP: species has the value {wrong}, and must be in [0, 2).\n"
        "  Number the species of the data from 0, or write num_species=species.max() + 1."
    )
    energies = jax.jit(model.apply)(params, POSITIONS, species, *EDGES).array
    assert np.isnan(energies[1]).all()


@pytest.mark.parametrize("wrong", [ATOMS, -1])
@pytest.mark.parametrize("end", [0, 1])
def test_an_edge_to_no_atom_is_refused_where_it_is_known_and_nan_elsewhere(wrong: int, end: int):
    """The forces are NaN as the energies are; an index does not count from the end, and none is clamped or dropped."""
    edges = [np.array([0, 1]), np.array([1, 2])]
    edges[end] = np.array([0, wrong])
    model = model_of(0)
    params = params_of(model)
    with pytest.raises(LayoutError) as raised:
        model.apply(params, POSITIONS, SPECIES, *edges)
    assert str(raised.value) == (
        f"NequIP: {('senders', 'receivers')[end]} has the value {wrong}, and must be in [0, 4).\n"
        "  An edge joins two of the 4 atoms, numbered from 0: all_pairs(4) has every pair."
    )
    found, forces = potential(model)(POSITIONS, SPECIES, *edges)
    assert np.isnan(found) and np.isnan(forces).all()
    assert np.isnan(jax.jit(model.apply)(params, POSITIONS, SPECIES, *edges).array).all()
    float32 = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), params)
    traced = jax.eval_shape(model.apply, float32, POSITIONS.astype(np.float32), SPECIES, *EDGES)
    assert traced.dtype == np.float32


HINTS = {
    "positions": (
        lambda x, s, a, b: (x[None], s, a, b),
        "positions has shape (1, 4, 3), and must be [atoms, 3], the place of every atom.\n"
        "  For many frames, write jax.vmap(lambda x: model.apply(params, x, species, senders, receivers))(positions).",
    ),
    "plane": (
        lambda x, s, a, b: (x[:, :2], s, a, b),
        "positions has shape (4, 2), and must be [atoms, 3], the place of every atom.\n"
        "  For many frames, write jax.vmap(lambda x: model.apply(params, x, species, senders, receivers))(positions).",
    ),
    "species": (
        lambda x, s, a, b: (x, s[:2], a, b),
        "species has shape (2,) for 4 atoms: each has one.\n"
        "  Give them for every row of positions, such as jnp.zeros(len(positions), int) for one species.",
    ),
    "edges": (
        lambda x, s, a, b: (x, s, a[:1], b),
        "senders has shape (1,) and receivers has shape (12,): each edge has one of each.\n"
        "  Write senders, receivers = all_pairs(len(positions)) for every pair of atoms.",
    ),
    "float": (
        lambda x, s, a, b: (x, s, a, b.astype(np.float32)),
        "receivers holds float32, and must hold integers.\n  Write receivers.astype(int).",
    ),
}


def in_graph_check(graph):
    """`check_graph` has no annotated shapes, so that here its own words are heard before those of a type checker."""
    check_graph("NequIP", *graph)


@pytest.mark.parametrize("wrong", HINTS)
def test_arrays_that_are_no_graph_are_refused_even_under_jit(wrong: str):
    change, message = HINTS[wrong]
    graph = change(POSITIONS, SPECIES, *EDGES)
    for check in (in_graph_check, lambda graph: jax.eval_shape(in_graph_check, graph)):
        with pytest.raises(LayoutError) as raised:
            check(graph)
        assert str(raised.value) == f"NequIP: {message}"


def test_what_the_messages_about_a_graph_say_to_write_runs():
    model, positions = model_of(0), POSITIONS[None]
    params = params_of(model)
    senders, receivers = all_pairs(len(POSITIONS))
    species = jnp.zeros(len(POSITIONS), int)
    frames = jax.jit(jax.vmap(lambda x: model.apply(params, x, species, senders, receivers)))(positions)
    assert frames.shape == (1, ATOMS, 1) and np.isfinite(frames.array).all()


@pytest.mark.parametrize("place", [np.nan, np.inf])
def test_an_atom_at_no_place_is_nan_and_so_is_what_its_edges_lead_to(place: float):
    positions, edges = POSITIONS.copy(), (np.array([0, 1, 2, 3]), np.array([1, 0, 3, 2]))
    positions[0, 1] = place
    params, model = params_of(model_of(1)), model_of(1)
    for apply in (model.apply, jax.jit(model.apply)):
        energies = apply(params, positions, SPECIES, *edges).array[:, 0]
        assert np.isnan(energies[:2]).all() and np.isfinite(energies[2:]).all()
    _, forces = potential(model)(positions, SPECIES, *edges)
    assert np.isnan(forces[:2]).all() and np.isfinite(forces[2:]).all()


def test_of_two_atoms_at_one_place_the_energy_is_finite_and_invariant_and_no_limit():
    positions = POSITIONS.copy()
    positions[1] = positions[0]
    model = model_of(1)
    want, forces = potential(model)(positions, SPECIES, *EDGES)
    assert np.isfinite(want) and np.isfinite(forces).all()
    np.testing.assert_allclose(energy(model, positions @ R.T), want, rtol=1e-12)
    positions[1] += 1e-9
    assert abs(energy(model, positions) - want) > 1e-6
