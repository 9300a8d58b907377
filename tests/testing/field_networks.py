"""Message-passing layers of the literature, written as users write them: in plain JAX, flax, equinox and haiku."""

from typing import Any

import equinox
import flax.linen as nn
import haiku
import jax
import jax.numpy as jnp
import numpy as np

import eqlib
from tests.testing.field_layer import GRAPH, FieldLayer

KEY = jax.random.key(7)


def weights(number: int, *shape: int) -> jax.Array:
    return jax.random.normal(jax.random.fold_in(KEY, number), shape) / shape[0] ** 0.5


def gaussians(d: jax.Array, count: int = 6, cutoff: float = 4.0) -> jax.Array:
    centres = jnp.linspace(0.0, cutoff, count)
    return jnp.exp(-((d[:, None] - centres) ** 2))


def cosine_cutoff(d: jax.Array, cutoff: float = 4.0) -> jax.Array:
    return jnp.where(d < cutoff, 0.5 * (1 + jnp.cos(jnp.pi * d / cutoff)), 0.0)


def lengths(r: jax.Array) -> jax.Array:
    """Those of the edges; safe where an edge has none."""
    square = jnp.sum(r**2, axis=-1)
    return jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0)


def dense(number: int, x: jax.Array, width: int) -> jax.Array:
    return jnp.dot(x, weights(number, x.shape[-1], width), precision="highest")


def egnn(x: jax.Array, senders: jax.Array, receivers: jax.Array, h: jax.Array) -> tuple[jax.Array, jax.Array]:
    r = x[receivers] - x[senders]
    square = jnp.sum(r**2, axis=-1, keepdims=True)
    m = jax.nn.silu(dense(0, jnp.concatenate([h[receivers], h[senders], square], axis=-1), 8))
    x = x + jax.ops.segment_sum(r / (1 + square) * jnp.tanh(dense(1, m, 1)), receivers, len(x))
    return x, h + dense(2, jax.ops.segment_sum(m, receivers, len(x)), 4)


class PaiNN(nn.Module):
    @nn.compact
    def __call__(self, x: Any, senders: Any, receivers: Any, s: Any, v: Any) -> Any:
        r = x[receivers] - x[senders]
        d = lengths(r)
        width, v = s.shape[-1], v.reshape(*v.shape[:-1], -1, 3)
        filters = nn.Dense(3 * width)(gaussians(d)) * cosine_cutoff(d)[:, None]
        scale, along, kept = jnp.split(nn.Dense(3 * width)(nn.silu(nn.Dense(width)(s)))[senders] * filters, 3, -1)
        unit = r / (d + 1e-8)[:, None]
        s = s + jax.ops.segment_sum(scale, receivers, len(x))
        v = v + jax.ops.segment_sum(
            kept[..., None] * v[senders] + along[..., None] * unit[:, None, :], receivers, len(x)
        )
        mixed, other = (
            jnp.einsum("nui,uv->nvi", v, self.param(k, nn.initializers.lecun_normal(), (width,) * 2)) for k in "UV"
        )
        gates = nn.Dense(3 * width)(
            nn.silu(nn.Dense(width)(jnp.concatenate([s, jnp.sqrt(jnp.sum(other**2, -1) + 1e-8)], -1)))
        )
        a, b, c = jnp.split(gates, 3, -1)
        v = v + a[..., None] * mixed
        return s + b + c * jnp.sum(mixed * other, axis=-1), v.reshape(*v.shape[:-2], -1)


def schnet(x: jax.Array, senders: jax.Array, receivers: jax.Array, species: jax.Array) -> jax.Array:
    d = lengths(x[receivers] - x[senders])
    h = weights(3, 2, 6)[species]
    filters = jax.nn.softplus(dense(4, gaussians(d), 6)) * cosine_cutoff(d)[:, None]
    h = h + jax.nn.softplus(dense(5, jax.ops.segment_sum(h[senders] * filters, receivers, len(x)), 6)) - jnp.log(2.0)
    return jnp.sum(dense(6, h, 1))


def schnet_forces(x: jax.Array, senders: jax.Array, receivers: jax.Array, species: jax.Array) -> jax.Array:
    return -jax.grad(schnet)(x, senders, receivers, species)


class GVP(equinox.Module):
    mix: jax.Array
    out: jax.Array
    scalars: equinox.nn.Linear
    gate: equinox.nn.Linear

    def __init__(self) -> None:
        keys = jax.random.split(KEY, 4)
        self.mix, self.out = jax.random.normal(keys[0], (4, 5)), jax.random.normal(keys[1], (5, 3))
        self.scalars = equinox.nn.Linear(6 + 5, 6, key=keys[2])
        self.gate = equinox.nn.Linear(6, 3, key=keys[3])

    def __call__(self, s: Any, v: Any) -> Any:
        hidden = jnp.einsum("ui,uv->vi", v.reshape(4, 3), self.mix)
        norms = jnp.sqrt(jnp.maximum(jnp.sum(hidden**2, axis=-1), 1e-8))
        s = self.scalars(jnp.concatenate([s, norms]))
        v = jnp.einsum("vi,vw->wi", hidden, self.out) * jax.nn.sigmoid(self.gate(s))[:, None]
        return jax.nn.relu(s), v.reshape(-1)


class TensorFieldNetwork(nn.Module):
    @nn.compact
    def __call__(self, x: Any, senders: Any, receivers: Any, h: Any) -> Any:
        r = eqlib.IrrepsArray("1o", x[receivers] - x[senders])
        y = eqlib.spherical_harmonics([0, 1, 2], r, normalize=True)
        radial = eqlib.bessel(eqlib.norm(r).array[:, 0], 4, 4.0)
        messages = eqlib.tensor_product(h[senders], y, filter_ir_out=["0e", "1o", "2e"])
        weights = nn.Dense(messages.irreps.num_irreps, use_bias=False)(radial)
        summed = eqlib.scatter_sum(messages * weights, dst=receivers, output_size=len(x))
        return eqlib.flax.Linear("4x0e + 2x1o")(summed)


def attention(x: jax.Array, senders: jax.Array, receivers: jax.Array, s: jax.Array, v: jax.Array) -> jax.Array:
    """The weights of attention are invariant: a softmax over the neighbours of products of queries and keys."""
    r, v = x[senders] - x[receivers], v.reshape(len(x), -1, 3)
    keys = jnp.concatenate([s[senders], jnp.einsum("eui,ei->eu", v[senders], r)], axis=-1)
    logits = jnp.sum(dense(7, s, 6)[receivers] * dense(8, keys, 6), axis=-1)
    top = jax.ops.segment_max(logits, receivers, len(x))
    weight = jnp.exp(logits - top[receivers])
    weight = weight / jax.ops.segment_sum(weight, receivers, len(x))[receivers]
    values = dense(9, s, 2)[senders][..., None] * r[:, None, :] + v[senders]
    return jax.ops.segment_sum(weight[:, None, None] * values, receivers, len(x)).reshape(len(x), -1)


def cormorant(h: eqlib.IrrepsArray) -> eqlib.IrrepsArray:
    square = eqlib.tensor_square(h, normalized_input=True).filter("0e + 1o + 2e")
    return eqlib.concatenate([h, square / (1 + eqlib.norm(square, squared=True).array.sum(-1, keepdims=True))])


def haiku_network(x: Any, senders: Any, receivers: Any, species: Any) -> Any:
    r = x[receivers] - x[senders]
    h = haiku.Embed(2, 4)(species)
    d2 = jnp.sum(r**2, axis=-1, keepdims=True)
    m = haiku.nets.MLP([6, 1], activation=jax.nn.gelu)(jnp.concatenate([h[receivers], h[senders], d2], -1))
    return jax.ops.segment_sum(r * m, receivers, len(x))


def nearest_neighbors(x: jax.Array) -> jax.Array:
    """The sum over the two nearest, found by top_k."""
    r = x[None, :] - x[:, None]
    d2 = jnp.sum(r**2, axis=-1) + 1e6 * jnp.eye(len(x))
    closest, index = jax.lax.top_k(-d2, 2)
    return jnp.sum(jnp.take_along_axis(r, index[..., None], axis=1) * jnp.exp(closest)[..., None], axis=1)


def sorted_distances(x: jax.Array) -> jax.Array:
    d2 = jnp.sum((x[None, :] - x[:, None]) ** 2, axis=-1)
    return dense(10, jnp.sort(d2, axis=-1), 3)


def causal_attention(h: jax.Array, v: jax.Array) -> jax.Array:
    """Causal linear attention along a sequence, whose order is fixed: a cumulated sum."""
    q, k = jax.nn.elu(dense(11, h, 4)) + 1.1, jax.nn.elu(dense(12, h, 4)) + 1.1
    past = jnp.cumsum(k[:, :, None] * v[:, None, :], axis=0)
    return jnp.einsum("tc,tci->ti", q, past) / jnp.einsum("tc,tc->t", q, jnp.cumsum(k, axis=0))[:, None]


def padded(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    """Edges from a node to itself are padding: their length has no derivative, which the mask must hide."""
    r, mask = x[receivers] - x[senders], (senders != receivers)[:, None]
    square = jnp.where(mask, jnp.sum(r**2, axis=-1, keepdims=True), 1.0)
    return jax.ops.segment_sum(jnp.where(mask, r / jnp.sqrt(square), 0.0), receivers, len(x))


SIX = {"node": 4, "edge": 6}
PADDED = (None, np.array([0, 1, 2, 0, 1], np.int32), np.array([1, 0, 0, 0, 1], np.int32))
NETWORKS = (
    FieldLayer("egnn", egnn, (*GRAPH, "4x0e per node"), ("points", "4x0e per node"), sizes=SIX),
    FieldLayer(
        "painn in flax",
        PaiNN(),
        (*GRAPH, "4x0e per node", "4x1o per node"),
        ("4x0e per node", "4x1o per node"),
        sizes=SIX,
    ),
    FieldLayer("schnet energy", schnet, (*GRAPH, "labels per node"), "0e", sizes=SIX),
    FieldLayer("schnet forces", schnet_forces, (*GRAPH, "labels per node"), "1o per node", sizes=SIX),
    FieldLayer("gvp in equinox", GVP(), ("6x0e", "4x1o"), ("6x0e", "3x1o")),
    FieldLayer("tensor field network in flax", TensorFieldNetwork(), (*GRAPH, "2x0e + 1o per node"), sizes=SIX),
    FieldLayer(
        "se3 transformer attention", attention, (*GRAPH, "4x0e per node", "2x1o per node"), "2x1o per node", sizes=SIX
    ),
    FieldLayer("cormorant", cormorant, "2x0e + 1o + 2e"),
    FieldLayer(
        "species in haiku",
        haiku.without_apply_rng(haiku.transform(haiku_network)),
        (*GRAPH, "labels per node"),
        "1o per node",
        sizes=SIX,
    ),
    FieldLayer("nearest neighbours by top_k", nearest_neighbors, "points", "1o per node", sizes={"node": 4}),
    FieldLayer("sorted distances", sorted_distances, "points", "3x0e per node", sizes={"node": 4}),
    FieldLayer(
        "causal linear attention",
        lambda h, v: causal_attention(h.reshape(3, 4), v.reshape(3, 3)).reshape(9),
        ("12x0e", "3x1o"),
        "3x1o",
    ),
    FieldLayer("padded edges", padded, GRAPH, "1o per node", example=PADDED, sizes={"node": 3}),
)
