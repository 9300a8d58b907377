"""Layers of the field with a fault that looks right, each with the verdicts that must say so."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

import eqlib
from tests.testing.field_layer import GRAPH, FieldLayer
from tests.testing.field_networks import SIX, dense, lengths, weights
from tests.testing.field_pieces import COMPLEX, NODES, charges, inertia


def refuted(name: str, fn: Any, in_: Any, out: Any = None, **options: Any) -> FieldLayer:
    return FieldLayer(name, fn, in_, out, **{"check": "not equivariant", "prove": "refuted"} | options)


def place_in_message(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    """The length of a sender's place, where its distance is meant."""
    m = jnp.tanh(lengths(x[senders]))[:, None]
    return jax.ops.segment_sum(m * (x[receivers] - x[senders]), receivers, len(x))


def gates_of_components(v: jax.Array) -> jax.Array:
    return jax.nn.sigmoid(dense(30, v, 6)) * v


def biased(v: jax.Array) -> jax.Array:
    return (
        nn.Dense(3)
        .apply({"params": {"kernel": weights(31, 4, 3), "bias": jnp.full(3, 1e-3)}}, v.reshape(4, 3).T)
        .T.reshape(-1)
    )


def attention_by_a_component(x: jax.Array, senders: jax.Array, receivers: jax.Array, v: jax.Array) -> jax.Array:
    logits = v[receivers][:, 0] * v[senders][:, 0]
    weight = jnp.exp(logits - jax.ops.segment_max(logits, receivers, len(x))[receivers])
    weight = weight / jax.ops.segment_sum(weight, receivers, len(x))[receivers]
    return jax.ops.segment_sum(weight[:, None] * v[senders], receivers, len(x))


def largest_components(v: jax.Array) -> jax.Array:
    return jnp.max(v, axis=0)


def axes_of_a_solver(x: jax.Array) -> jax.Array:
    """The signs of principal axes are those that the solver happens to return."""
    centred, matrix = inertia(x)
    axes = jnp.linalg.eigh(matrix)[1]
    return dense(32, jnp.tanh(centred @ axes), 3) @ axes.T


def box_along_the_axes(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    r = x[receivers] - x[senders]
    return jax.ops.segment_sum(r - jnp.round(r), receivers, len(x))


def charged_dipole(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    return charges(x, senders, receivers) @ x


def nearest_by_a_coordinate(x: jax.Array) -> jax.Array:
    index = jax.lax.top_k(x[:, 0], 2)[1]
    return jnp.sum(x[index] - jnp.mean(x, axis=0), axis=0)


def sorted_components(v: jax.Array) -> jax.Array:
    return jnp.sort(v)


def mixed_up_orders(v: jax.Array) -> jax.Array:
    """In the complex basis, one order with another weight."""
    a = v @ COMPLEX.T * np.array([1.0, 1.0, 0.5])
    return jnp.real(a @ COMPLEX.conj())


def until_small_components(v: jax.Array) -> jax.Array:
    return jax.lax.while_loop(lambda x: jnp.max(jnp.abs(x)) > 0.1, lambda x: x / 1.2, v)


def convolved_components(v: jax.Array) -> jax.Array:
    kernel = jnp.ones((1, 1, 2), v.dtype)
    return jax.lax.conv_general_dilated(v[None, None], kernel, (1,), [(0, 1)])[0, 0]


def normalised_components(x: eqlib.IrrepsArray) -> Any:
    return nn.LayerNorm(use_bias=False, use_scale=False).apply({}, x.array)


def padded_with_nan(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    """The mask comes after the root, whose derivative at zero is infinite."""
    r = x[receivers] - x[senders]
    d = jnp.sqrt(jnp.sum(r**2, axis=-1))
    return jnp.sum(jnp.where(senders != receivers, jnp.exp(-d), 0.0))


PADDED = (None, np.array([0, 1, 2, 0], np.int32), np.array([1, 0, 0, 0], np.int32))
WRONG = (
    refuted("the place of a sender", place_in_message, GRAPH, "1o per node", sizes=SIX),
    refuted("gates of components", gates_of_components, "2x1o", "2x1o"),
    refuted("a small bias", biased, "4x1o", "3x1o"),
    refuted("attention by a component", attention_by_a_component, (*GRAPH, "1o per node"), "1o per node", sizes=SIX),
    refuted("largest components", largest_components, "1o per node", "1o"),
    refuted("signs of a solver", axes_of_a_solver, "points", "1o per node", prove="not decided", sizes=NODES),
    refuted("a box along the axes", box_along_the_axes, GRAPH, "1o per node", sizes=SIX),
    refuted("the dipole of a charge", charged_dipole, GRAPH, "1o", sizes=SIX),
    refuted("nearest by a coordinate", nearest_by_a_coordinate, "points", "1o", sizes=NODES),
    refuted("sorted components", sorted_components, "1o", "1o"),
    refuted("one order of three", mixed_up_orders, "1o", "1o", prove="not decided"),
    refuted("until all components are small", until_small_components, "1o", "1o", prove="not decided"),
    refuted("a convolution of components", convolved_components, "1o", "1o"),
    refuted("layer norm of components", normalised_components, "3x0e + 1o", "3x0e + 1o"),
    FieldLayer(
        "a mask after the root", padded_with_nan, GRAPH, "0e", check="non-finite", example=PADDED, sizes={"node": 3}
    ),
)
