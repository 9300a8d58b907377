"""What the models share: linear maps, perceptrons, and what is known of an edge from its vector.

Activations are normalised as eqlib does: by its exact mean square, where e3nn-jax has a sum over a grid.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import e3nn_jax as e3nn
import e3nn_jax.flax as flax
import jax
import jax.numpy as jnp
import numpy as np

from eqlib import normalize_function

SILU, TANH = normalize_function(jax.nn.silu), normalize_function(jnp.tanh)


def linear(params: Mapping[str, Any], irreps: Any, *inputs: Any, **options: Any) -> Any:
    """The layer, with parameters that are given."""
    return flax.Linear(irreps, **options).apply({"params": params}, *inputs)


def by_species(params: Mapping[str, Any], irreps: Any, species: Any, x: Any) -> Any:
    """The layer, with weights of each species."""
    count = len(jax.tree.leaves(params)[0])
    return linear(params, irreps, species, x, num_indexed_weights=count, force_irreps_out=True)


def perceptron(params: Mapping[str, Any], x: Any, act: Callable[..., Any] = SILU) -> Any:
    """Dense layers, with `act` between them."""
    for n in range(len(params)):
        kernel = params[f"Dense_{n}"]["kernel"]
        x = x @ kernel / np.sqrt(len(kernel))
        x = act(x) if n < len(params) - 1 else x
    return x


class Edges(NamedTuple):
    """Of every edge: its harmonics, its Bessel functions [edges, radial_basis], and its envelope [edges, 1]."""

    harmonics: Any
    radial: Any
    envelope: Any


def edges_of(model: Any, positions: Any, senders: Any, receivers: Any, *, power: int = 6) -> Edges:
    """`power` is that of the distance with which the envelope leaves 1."""
    vectors = e3nn.IrrepsArray("1o", positions[receivers] - positions[senders])
    r = jnp.linalg.norm(vectors.array, axis=-1)
    envelope = e3nn.poly_envelope(power - 1, 2, model.cutoff)(r)[:, None]
    radial = (model.cutoff**3 / 3) ** 0.5 * e3nn.bessel(r, model.radial_basis, model.cutoff) * envelope
    return Edges(e3nn.spherical_harmonics(range(model.lmax + 1), vectors, True), radial, envelope)


def messages(up: Any, edges: Edges, weights: Any, senders: Any, receivers: Any, wanted: Any) -> Any:
    """The features of the senders, turned by the edges, weighted for each irrep, and summed at the receivers."""
    sent = e3nn.tensor_product(up[senders], edges.harmonics, filter_ir_out=wanted) * weights
    return e3nn.scatter_sum(sent, dst=receivers, output_size=up.shape[0])


def one_hot(model: Any, species: Any, dtype: Any) -> Any:
    """[atoms, num_species x 0e]."""
    return e3nn.IrrepsArray(f"{model.num_species}x0e", jax.nn.one_hot(species, model.num_species, dtype=dtype))
