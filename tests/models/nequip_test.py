"""NequIP: its degrees, its parameters, and what it refuses. The laws that all models have are in `laws_test`."""

import numpy as np
import pytest

from eqlib.models.nequip import NequIP
from tests.models.subjects import CUTOFF, EDGES, POSITIONS, SPECIES, R, potential


def model_of(lmax: int, **options) -> NequIP:
    return NequIP(num_species=2, cutoff=CUTOFF, lmax=lmax, features=2, num_layers=2, radial_neurons=(8,), **options)


def energy(model: NequIP, positions, species=SPECIES, edges=EDGES) -> float:
    return float(potential(model)(positions, species, *edges)[0])


@pytest.mark.parametrize("lmax", [0, 2])
def test_energy_is_invariant_and_forces_are_equivariant(lmax: int):
    f = potential(model_of(lmax))
    want_energy, want_forces = f(POSITIONS, SPECIES, *EDGES)
    for O in (R, -R):
        got_energy, got_forces = f(POSITIONS @ O.T + 0.7, SPECIES, *EDGES)
        np.testing.assert_allclose(got_energy, want_energy, rtol=1e-12)
        np.testing.assert_allclose(got_forces, want_forces @ O.T, atol=1e-12 * np.abs(want_forces).max())
    assert np.abs(want_forces).max() > 1e-3


def test_degrees_above_zero_see_angles():
    """Two geometries with the same distances from the centre: one round of messages and lmax = 0 sees no difference."""
    centre = [[0.0, 0.0, 0.0]]
    bent, straight = (np.array([*centre, [1.0, 0.0, 0.0], x]) for x in ([0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]))
    species, edges = np.array([0, 1, 1]), (np.array([1, 2, 0, 0]), np.array([0, 0, 1, 2]))
    assert energy(model_of(0), bent, species, edges) == energy(model_of(0), straight, species, edges)
    one, other = (energy(model_of(1), x, species, edges) for x in (bent, straight))
    assert abs(one - other) > 1e-9 * abs(one)  # far beyond rounding; how far is a matter of the weights


def test_shift_and_scale_of_the_energy():
    plain, scaled = model_of(0), model_of(0, energy_scale=2.0, energy_shift=(10.0, 1.0))
    np.testing.assert_allclose(energy(scaled, POSITIONS), 2 * energy(plain, POSITIONS) + 22.0, rtol=1e-12)
    by_species = model_of(0, energy_scale=(2.0, 2.0), energy_shift=(10.0, 1.0))
    np.testing.assert_array_equal(energy(by_species, POSITIONS), energy(scaled, POSITIONS))


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
