"""The same architecture, written with the ops of e3nn-jax, gives the same energies and forces with the same parameters.

Activations are normalised as eqlib does: by its exact mean square, where e3nn-jax has a sum over a grid.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.models.allegro import Allegro
from eqlib.models.nequip import NequIP
from eqlib.ops.scalar_activation import normalize_function
from tests.models.subjects import ATOMS, EDGES, MODELS, POSITIONS, SPECIES, params_of, potential

e3nn = pytest.importorskip("e3nn_jax")
flax = pytest.importorskip("e3nn_jax.flax")

SILU, TANH = normalize_function(jax.nn.silu), normalize_function(jnp.tanh)
SENDERS, RECEIVERS = EDGES


def linear(params, irreps, *inputs, **options):
    return flax.Linear(irreps, **options).apply({"params": params}, *inputs)


def perceptron(params, x, act=SILU):
    """Dense layers, with `act` between them."""
    for n in range(len(params)):
        kernel = params[f"Dense_{n}"]["kernel"]
        x = x @ kernel / np.sqrt(len(kernel))
        x = act(x) if n < len(params) - 1 else x
    return x


def geometry(model, positions):
    """The harmonics of the edges, their Bessel functions and their envelope."""
    edges = e3nn.IrrepsArray("1o", positions[RECEIVERS] - positions[SENDERS])
    r = jnp.linalg.norm(edges.array, axis=-1)
    envelope = e3nn.poly_envelope(5, 2, model.cutoff)(r)[:, None]
    basis = (model.cutoff**3 / 3) ** 0.5 * e3nn.bessel(r, model.radial_basis, model.cutoff) * envelope
    return e3nn.spherical_harmonics(range(model.lmax + 1), edges, True), basis, envelope


def nequip(model: NequIP, params, positions):
    harmonics, radial, _ = geometry(model, positions)
    x = e3nn.IrrepsArray("2x0e", jnp.eye(2)[SPECIES])
    x = linear(params["embedding"], f"{model.features}x0e", x)
    every = [e3nn.Irrep(l, p) for l in range(model.lmax + 1) for p in (1, -1)]
    for n in range(model.num_layers):
        own, wanted = params[f"interaction_{n}"], every if n < model.num_layers - 1 else [e3nn.Irrep("0e")]
        up = linear(own["up"], x.irreps, x)
        messages = e3nn.tensor_product(up[SENDERS], harmonics, filter_ir_out=wanted)
        messages = messages * perceptron(own["radial"], radial)
        incoming = e3nn.scatter_sum(messages, dst=RECEIVERS, output_size=ATOMS) / model.num_neighbors
        irreps = [(model.features, ir) for ir in wanted if ir in incoming.irreps]
        vectors = [one for one in irreps if one[1].l > 0]
        gates = [(model.features * len(vectors), "0e")] if vectors else []
        gated = e3nn.Irreps([one for one in irreps if one[1].l == 0] + gates + vectors)
        down = linear(own["down"], gated, incoming, force_irreps_out=True)
        kept = linear(own["self"], gated, SPECIES, x, num_indexed_weights=2, force_irreps_out=True)
        acts = {"even_act": SILU, "odd_act": TANH, "even_gate_act": SILU}
        x = e3nn.gate((down + kept) / np.sqrt(2), **acts, normalize_act=False)
    x = linear(params["readout"], f"{model.readout}x0e", x)
    return jnp.sum(linear(params["energy"], "0e", x).array)


def allegro(model: Allegro, params, positions):
    harmonics, radial, envelope = geometry(model, positions)
    kinds, degrees = jnp.eye(2)[SPECIES], model.lmax + 1

    def weighted(weights):
        by_channel = jnp.swapaxes(weights.reshape(-1, degrees, model.features), 1, 2)
        return e3nn.IrrepsArray(f"{degrees}x0e", by_channel) * harmonics[:, None]

    x = jnp.concatenate([kinds[RECEIVERS], kinds[SENDERS], radial], axis=-1)
    x = envelope * perceptron(params["two_body"], x)
    tensors = weighted(perceptron(params["tensors"], x))
    for n in range(model.num_layers):
        own, is_last = params[f"layer_{n}"], n == model.num_layers - 1
        wanted = [e3nn.Irrep("0e")] if is_last else [ir for _, ir in harmonics.irreps]
        around = weighted(perceptron(own["environment"], x))
        around = e3nn.scatter_sum(around, dst=RECEIVERS, output_size=ATOMS) / model.num_neighbors
        products = e3nn.tensor_product(tensors, around[RECEIVERS], filter_ir_out=wanted)
        scalars = products.filter("0e").array.reshape(len(x), -1)
        new = perceptron(own["latent"], jnp.concatenate([x, scalars], axis=-1))
        x = (x + 0.5 * envelope * new) / np.sqrt(1.25)
        if not is_last:
            mixed = [(model.features, ir) for ir in wanted]
            tensors = linear(own["mixed"], mixed, products.axis_to_mul()).mul_to_axis(model.features)
    energies = perceptron(params["energy"], x, act=lambda x: x)
    return jnp.sum(params["pair_scale"][SPECIES[RECEIVERS], SPECIES[SENDERS], None] * energies) / model.num_neighbors


@pytest.mark.parametrize("reference", [nequip, allegro])
def test_energies_and_forces_are_those_of_the_ops_of_e3nn_jax(reference):
    model = next(one for name, one in MODELS.items() if name.lower() == reference.__name__)
    energy, gradient = jax.jit(jax.value_and_grad(lambda x: reference(model, params_of(model), x)))(POSITIONS)
    got_energy, got_forces = potential(model)(POSITIONS, SPECIES, *EDGES)
    np.testing.assert_allclose(got_energy, energy, rtol=1e-12)
    np.testing.assert_allclose(got_forces, -gradient, atol=1e-12 * np.abs(gradient).max())
