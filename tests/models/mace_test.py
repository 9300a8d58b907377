"""MACE: its parameters by the formulas of the paper, its polynomials, and what it refuses."""

import dataclasses
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.models.mace import MACE
from eqlib.nn.layer import map_params
from tests.models.subjects import CUTOFF, EDGES, MODELS, POSITIONS, SPECIES, atomic, params_of

SPECIES_COUNT, CHANNELS, LMAX, BESSEL, NEURONS, READOUT = 2, 3, 3, 4, 5, 6


def symmetric_invariants(lmax: int, degree: int, l: int) -> int:
    """How often the irrep l, of the parity of its harmonics, occurs in the symmetric power of 0e + 1o + ... + lmax.

    By its character, averaged over O(3): of a rotation by t that of l is sin((l + 1/2) t) / sin(t / 2), an inversion
    gives it (-1)^l, and of a power g has a symmetric function of the characters of g, g^2 and g^3.
    """
    count = 64 * (degree * lmax + l + 1)  # the mean over a grid is exact for every Fourier mode below it
    t = (np.arange(count) + 0.5) * 2 * np.pi / count

    def character(l: int, t, p: int):
        return p**l * sum(np.cos(m * t) for m in range(-l, l + 1))

    total = 0.0
    for p in (1, -1):
        c1, c2, c3 = (sum(character(j, n * t, p**n) for j in range(lmax + 1)) for n in (1, 2, 3))
        power = {1: c1, 2: (c1**2 + c2) / 2, 3: (c1**3 + 3 * c1 * c2 + 2 * c3) / 6}[degree]
        total += np.mean(power * character(l, t, p) * (1 - np.cos(t)))
    return round(total / 2)


def test_the_parameters_are_as_many_as_the_formulas_of_the_paper_have():
    """Two layers with harmonics to l = 3, messages to L = 1, correlation 3; S species, C channels."""
    model = MACE(
        SPECIES_COUNT, CUTOFF, LMAX, features=CHANNELS, radial_basis=BESSEL, radial_neurons=(NEURONS,), readout=READOUT
    )
    params = model.params(POSITIONS, SPECIES, *EDGES)
    S, C = SPECIES_COUNT, CHANNELS
    # Eq. 8, R: a weight for each channel and path l1 x l2 -> l. First 0 x l -> l; then also 1 x l2 -> l2 +- 1.
    first, second = LMAX + 1, (LMAX + 1) + 2 * LMAX
    # Eqs. 10 and 11: W of each species, channel and polynomial of degrees 1, 2 and 3.
    to = [sum(symmetric_invariants(LMAX, degree, L) for degree in (1, 2, 3)) for L in (0, 1)]
    want = {
        "embedding": S * C,
        "interaction_0": {
            "up": C * C,  # eq. 8, W of the features that are sent
            "radial": BESSEL * NEURONS + NEURONS * first * C,
            "down": first * C * C,  # eq. 10, w: a matrix for each path into each l
            "products": S * C * (to[0] + to[1]),
            "message": 2 * C * C,  # eq. 12, W of the message, for L = 0 and 1
            "self": S * C * C,  # eq. 12, W of the species, for L = 0 alone: there is nothing else before
        },
        "readout_0": C,  # eq. 14: linear
        "interaction_1": {
            "up": 2 * C * C,
            "radial": BESSEL * NEURONS + NEURONS * second * C,
            "down": second * C * C,
            "products": S * C * to[0],
            "message": C * C,
            "self": S * C * C,
        },
        "readout_1": C * READOUT + READOUT,  # eq. 14: a perceptron
    }

    got = {
        name: {inner: count(params) for inner, params in specs.items()} if "interaction" in name else count(specs)
        for name, specs in params.items()
    }
    assert got == want


def count(specs) -> int:
    """The numbers in some parameters."""
    found: list[int] = []
    map_params(lambda _, param: found.append(int(np.prod(param.shape))), specs)
    return sum(found)


@pytest.mark.parametrize("correlation", [1, 2, 3])
def test_one_round_sees_as_many_neighbours_at_once_as_its_correlation(correlation: int):
    """What three neighbours give together, less what any two and any one do: nothing, unless all three are seen.

    It is the energy that the linear readout gives the first atom; who is absent is beyond its cutoff.
    """
    model = MACE(2, CUTOFF, lmax=1, features=2, correlation=correlation, radial_neurons=(8,), readout=2)
    params = params_of(model) | {"readout_1": jax.tree.map(jnp.zeros_like, params_of(model)["readout_1"])}
    present = np.array(list(itertools.product((0, 1), repeat=3)))
    frames = np.stack([POSITIONS] * 8)
    frames[:, 1:] += np.where(present, 0.0, 3 * CUTOFF)[..., None] * np.eye(3)
    edges = np.array([1, 2, 3]), np.array([0, 0, 0])
    energies = jax.jit(jax.vmap(lambda x: model.apply(params, x, SPECIES, *edges).array[0, 0]))(frames)
    together, largest = abs((-1.0) ** (3 - present.sum(1)) @ energies), np.abs(energies).max()
    assert together > 1e-6 * largest if correlation == 3 else together < 1e-13 * largest


def test_every_species_has_polynomials_of_its_own():
    """A change of the weights of one species changes the first features of its atoms, and of no others."""
    model = MODELS["MACE"]
    params = params_of(model)
    weights = params["interaction_1"]["products"]["weights"]
    products = {"weights": weights.at[1].multiply(2.0)}
    changed = params | {"interaction_1": params["interaction_1"] | {"products": products}}
    before, after = (atomic(model)(p, POSITIONS, SPECIES, *EDGES).array[:, 0] for p in (params, changed))
    np.testing.assert_array_equal(before == after, SPECIES != 1)


def test_the_energy_of_an_atom_alone_is_that_of_its_species():
    model = dataclasses.replace(MODELS["MACE"], energy_shift=(-1.0, -2.5))
    none = np.zeros(0, int), np.zeros(0, int)
    apply, params = atomic(model), params_of(model)
    alone = apply(params, POSITIONS, SPECIES, *none).array[:, 0]
    unshifted = atomic(MODELS["MACE"])(params, POSITIONS, SPECIES, *none).array[:, 0]
    np.testing.assert_allclose(alone, unshifted + np.array([-1.0, -2.5])[SPECIES], rtol=1e-14)
    # Nothing is seen, so that atoms of one species are alike.
    assert alone[0] == alone[3] and alone[1] == alone[2]


@pytest.mark.parametrize(
    "options, message",
    [
        (
            {"lmax": 1, "message_lmax": 2},
            "MACE: message_lmax is 2 and lmax is 1: messages are made of sums over neighbours, which have no greater "
            "degree than lmax.\n  Write message_lmax=1.",
        ),
        ({"correlation": 0}, "MACE: correlation is 0, and must be an integer, 1 or more.\n  Write correlation=2."),
        ({"message_lmax": -1}, "MACE: message_lmax is -1, and must be an integer, 0 or more.\n  Write message_lmax=2."),
        (
            {"energy_scale": (1.0, -1.0)},
            "MACE: energy_scale[1] is -1.0, and must be a finite number greater than 0.\n"
            "  Write energy_scale=(1.0, 1.0).",
        ),
    ],
)
def test_options_without_sense_are_refused(options: dict, message: str):
    with pytest.raises(ValueError) as raised:
        MACE(**({"num_species": 2, "cutoff": CUTOFF} | options))
    assert str(raised.value) == message
