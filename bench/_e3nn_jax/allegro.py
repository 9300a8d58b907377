"""Allegro with the ops of e3nn-jax."""

from collections.abc import Mapping
from typing import Any

import e3nn_jax as e3nn
import jax.numpy as jnp
import numpy as np

from bench._e3nn_jax.parts import edges_of, linear, one_hot, perceptron


def allegro(model: Any, params: Mapping[str, Any], positions: Any, species: Any, senders: Any, receivers: Any) -> Any:
    """The energies of the atoms."""
    edges = edges_of(model, positions, senders, receivers)
    kinds, atoms = one_hot(model, species, positions.dtype).array, len(positions)
    x = jnp.concatenate([kinds[receivers], kinds[senders], edges.radial], axis=-1)
    x = edges.envelope * perceptron(params["two_body"], x)
    tensors = _weighted(model, perceptron(params["tensors"], x), edges.harmonics)
    for n in range(model.num_layers):
        own, is_last = params[f"layer_{n}"], n == model.num_layers - 1
        wanted = [e3nn.Irrep("0e")] if is_last else [ir for _, ir in edges.harmonics.irreps]
        around = _weighted(model, perceptron(own["environment"], x), edges.harmonics)
        around = e3nn.scatter_sum(around, dst=receivers, output_size=atoms) / model.num_neighbors
        products = e3nn.tensor_product(tensors, around[receivers], filter_ir_out=wanted)
        scalars = products.filter("0e").array.reshape(len(x), -1)
        new = perceptron(own["latent"], jnp.concatenate([x, scalars], axis=-1))
        x = (x + 0.5 * edges.envelope * new) / np.sqrt(1.25)
        if not is_last:
            mixed = [(model.features, ir) for ir in wanted]
            tensors = linear(own["mixed"], mixed, products.axis_to_mul()).mul_to_axis(model.features)
    scales = params["pair_scale"][species[receivers], species[senders], None]
    energies = scales * perceptron(params["energy"], x, act=lambda x: x)
    return e3nn.scatter_sum(energies, dst=receivers, output_size=atoms)[:, 0] / model.num_neighbors


def _weighted(model: Any, weights: Any, harmonics: Any) -> Any:
    """The harmonics with weights for each irrep and channel: [edges, channels, 0e + 1o + ...]."""
    degrees = model.lmax + 1
    by_channel = jnp.swapaxes(weights.reshape(-1, degrees, model.features), 1, 2)
    return e3nn.IrrepsArray(f"{degrees}x0e", by_channel) * harmonics[:, None]
