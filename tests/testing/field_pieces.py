"""Pieces of networks as users write them: normalisation, pooling, frames, derivatives, loops, complex numbers."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import jax.scipy as jsp
import numpy as np
from jax.sharding import PartitionSpec

import eqlib
from tests.testing.field_layer import GRAPH, FieldLayer
from tests.testing.field_networks import KEY, dense, gaussians, lengths, weights


def vector_neurons(v: jax.Array) -> jax.Array:
    """A relu of vectors: what points against a learned direction is projected out."""
    v = v.reshape(-1, 3)
    q, k = jnp.einsum("ui,uv->vi", v, weights(20, 4, 4)), jnp.einsum("ui,uv->vi", v, weights(21, 4, 4))
    along = jnp.sum(q * k, axis=-1, keepdims=True)
    return jnp.where(along >= 0, q, q - along / (jnp.sum(k * k, axis=-1, keepdims=True) + 1e-6) * k).reshape(-1)


class LayerNorm(nn.Module):
    """Scalars are normalised as usual, vectors by the root of their mean square."""

    @nn.compact
    def __call__(self, x: eqlib.IrrepsArray) -> eqlib.IrrepsArray:
        scalars, vectors = x.filter("0e").array, x.filter("1o").array.reshape(-1, 3)
        rms = jnp.sqrt(jnp.mean(jnp.sum(vectors**2, axis=-1)) + 1e-5)
        scaled = self.param("scale", nn.initializers.ones, (len(vectors), 1)) * vectors / rms
        return eqlib.IrrepsArray(x.irreps, jnp.concatenate([nn.LayerNorm()(scalars), scaled.reshape(-1)]))


RUNNING = {"mean": np.array([0.3, -0.2]), "square": np.array([1.5, 0.7])}


def batch_norm(x: eqlib.IrrepsArray) -> eqlib.IrrepsArray:
    """In evaluation: by statistics that were gathered before."""
    scalars = (x.filter("0e").array - RUNNING["mean"]) / np.sqrt(RUNNING["square"] + 1e-5)
    vectors = x.filter("1o") / np.sqrt(3 * RUNNING["square"][0] + 1e-5)
    return eqlib.IrrepsArray(x.irreps, jnp.concatenate([scalars, vectors.array]))


def batch_statistics(v: jax.Array) -> jax.Array:
    """In training: the root mean square over the nodes, of each channel."""
    vectors = v.reshape(len(v), -1, 3)
    rms = jnp.sqrt(jnp.mean(jnp.sum(vectors**2, axis=-1), axis=0) + 1e-5)
    return (vectors / rms[:, None]).reshape(v.shape)


def dropout(x: eqlib.IrrepsArray, key: jax.Array) -> eqlib.IrrepsArray:
    """Whole copies are kept or dropped."""
    kept = jax.random.bernoulli(key, 0.7, (x.irreps.num_irreps,))
    return x * jnp.where(kept, 1 / 0.7, 0.0)


def dropout_in_evaluation(x: eqlib.IrrepsArray) -> eqlib.IrrepsArray:
    return eqlib.IrrepsArray(x.irreps, nn.Dropout(0.5, deterministic=True).apply({}, x.array))


def longest(v: jax.Array) -> jax.Array:
    """Max pooling: of each channel, the longest vector of all nodes."""
    vectors = v.reshape(len(v), -1, 3)
    chosen = jnp.argmax(jnp.sum(vectors**2, axis=-1), axis=0)
    return jnp.take_along_axis(vectors, chosen[None, :, None], axis=0)[0].reshape(-1)


def over_time(v: jax.Array) -> jax.Array:
    """A convolution along a trajectory of five frames, of two vectors each."""
    frames = v.reshape(5, 2, 3).transpose(2, 1, 0)  # the components are a batch
    kernel = weights(22, 3, 2, 3).astype(v.dtype)
    return jax.lax.conv_general_dilated(frames, kernel, (1,), "SAME").transpose(2, 1, 0).reshape(-1)


class Head(nn.Module):
    @nn.compact
    def __call__(self, x: eqlib.IrrepsArray) -> Any:
        invariants = jnp.concatenate([x.filter("0e").array, eqlib.norm(x.filter("1o"), squared=True).array])
        return nn.Dense(1)(nn.gelu(nn.Dense(8)(invariants), approximate=False))


def charges(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    h = jax.ops.segment_sum(gaussians(lengths(x[receivers] - x[senders])), receivers, len(x))
    return jnp.tanh(dense(23, h, 1))[:, 0]


def dipole(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    q = charges(x, senders, receivers)
    return (q - jnp.mean(q)) @ x


def energy(x: jax.Array, field: jax.Array) -> jax.Array:
    mu = x - jnp.mean(x, axis=0)
    return jnp.sum(jnp.log1p(jnp.sum((mu + field) ** 2, axis=-1)))


def as_irreps(matrix: jax.Array) -> jax.Array:
    """The trace and the rest of a symmetric matrix, by its products with l = 0 and l = 2."""
    tables = [np.asarray(eqlib.clebsch_gordan(1, 1, l)) for l in (0, 2)]
    return jnp.concatenate([jnp.einsum("ij,ijk->k", matrix, table) for table in tables])


def polarizability(x: jax.Array) -> jax.Array:
    return as_irreps(jax.hessian(energy, argnums=1)(x, jnp.zeros(3)))


def stress(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    def strained(strain: jax.Array) -> jax.Array:
        moved = x + x @ (strain + strain.T) / 2
        return jnp.sum(charges(moved, senders, receivers))

    return as_irreps(jax.grad(strained)(jnp.zeros((3, 3))))


def fourier_features(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    d = lengths(x[receivers] - x[senders])[:, None]
    waves = jnp.concatenate([jnp.sin(jnp.arange(1, 4) * d), jnp.cos(jnp.arange(1, 4) * d)], axis=-1)
    bessel = jnp.sqrt(0.5) * jnp.sin(jnp.arange(1, 4) * jnp.pi * d / 4) / d
    return jax.ops.segment_sum(jnp.concatenate([waves, bessel], axis=-1), receivers, len(x))


def layers_by_scan(v: jax.Array) -> jax.Array:
    @jax.checkpoint
    def layer(v: jax.Array, w: jax.Array) -> tuple[jax.Array, None]:
        v = jnp.einsum("ui,uv->vi", v, w)
        return v / (1 + jnp.linalg.norm(v, axis=-1, keepdims=True)), None

    return jax.lax.scan(layer, v.reshape(4, 3), weights(24, 3, 4, 4).astype(v.dtype))[0].reshape(-1)


def to_convergence(v: jax.Array) -> jax.Array:
    """A fixed point x = v / (2 + tanh |x|^2), iterated until it moves by little."""

    def step(state: Any) -> Any:
        x, _ = state
        new = v / (2 + jnp.tanh(jnp.sum(x**2)))
        return new, jnp.sum((new - x) ** 2)

    return jax.lax.while_loop(lambda state: state[1] > 1e-6 * jnp.sum(v**2), step, (v, jnp.sum(v**2)))[0]


def by_size(v: jax.Array) -> jax.Array:
    return jax.lax.cond(jnp.sum(v**2) > 2.0, lambda v: v / jnp.sqrt(jnp.sum(v**2)), lambda v: v / jnp.sqrt(2.0), v)


@jax.custom_jvp
def safe_norm(v: jax.Array) -> jax.Array:
    return jnp.sqrt(jnp.sum(v**2))


@safe_norm.defjvp
def _(primals: Any, tangents: Any) -> Any:
    (v,), (dv,) = primals, tangents
    n = safe_norm(v)
    return n, jnp.sum(v * dv) / jnp.where(n > 0, n, 1.0)


@jax.custom_vjp
def reverse_by_hand(v: jax.Array) -> jax.Array:
    return v * jnp.sum(v**2)


reverse_by_hand.defvjp(lambda v: (reverse_by_hand(v), v), lambda v, ct: (ct * jnp.sum(v**2) + 2 * v * jnp.sum(v * ct),))


def sharded(v: jax.Array) -> jax.Array:
    mesh = jax.make_mesh((1,), ("nodes",), axis_types=(jax.sharding.AxisType.Auto,))
    spec = PartitionSpec("nodes")

    def local(v: jax.Array) -> jax.Array:
        total = jax.lax.psum(jnp.sum(v**2), "nodes")
        return v / (1 + total)

    return jax.shard_map(local, mesh=mesh, in_specs=spec, out_specs=spec)(v)


def inertia(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    centred = x - jnp.mean(x, axis=0)
    return centred, centred.T @ centred


def principal_frames(x: jax.Array) -> jax.Array:
    """Frame averaging: the mean over the signs of the principal axes."""
    centred, matrix = inertia(x)
    _, axes = jnp.linalg.eigh(matrix)
    signs = jnp.asarray(np.array(np.meshgrid([1, -1], [1, -1], [1, -1])).reshape(3, -1).T, x.dtype)

    def in_frame(sign: jax.Array) -> jax.Array:
        frame = axes * sign
        return jnp.tanh(dense(25, centred @ frame, 3)) @ frame.T

    return jnp.mean(jax.vmap(in_frame)(signs), axis=0)


def whitened(x: jax.Array) -> jax.Array:
    centred, matrix = inertia(x)
    return jnp.linalg.solve(matrix + jnp.eye(3), centred.T).T


def volume(v: jax.Array) -> jax.Array:
    a, b, c = v.reshape(3, 3)
    return jnp.stack([jnp.dot(jnp.cross(a, b), c), jnp.linalg.det(v.reshape(3, 3))])


def local_frames(v: jax.Array) -> jax.Array:
    """Gram-Schmidt: what a third vector is in the plane of two, in which anything may be done to it."""
    a, b, c = v.reshape(3, 3)
    e1 = a / jnp.linalg.norm(a)
    e2 = b - jnp.dot(b, e1) * e1
    e2 = e2 / jnp.linalg.norm(e2)
    frame = jnp.stack([e1, e2, jnp.cross(e1, e2)])
    return (dense(26, jnp.tanh(frame @ c) * IN_PLANE, 3) * IN_PLANE) @ frame


def periodic(x: jax.Array, cell: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    """The nearest image, in the coordinates of the cell, whose vectors turn with the atoms."""
    cell = cell.reshape(3, 3) + 0.0
    fractional = jnp.linalg.solve(cell.T, (x[receivers] - x[senders]).T).T
    r = (fractional - jnp.round(fractional)) @ cell
    return jax.ops.segment_sum(r * jnp.exp(-jnp.sum(r**2, axis=-1, keepdims=True)), receivers, len(x))


def edge_frame(v: jax.Array) -> jax.Array:
    """eSCN: turned until the edge is the y axis, mixed there by a map that commutes with turns about it, and back."""
    r, x = v[:3], v[3:].reshape(2, 3)
    angle_a, angle_b = jnp.arctan2(r[0], r[2]), jnp.arccos(r[1] / jnp.sqrt(jnp.sum(r**2)))
    turn = eqlib.angles_to_matrix(angle_a, angle_b, jnp.zeros_like(angle_a))
    along, across = weights(27, 2, 2), weights(28, 2, 2)
    local = x @ turn
    mixed = jnp.stack([across @ local[:, 0], along @ local[:, 1], across @ local[:, 2]], axis=-1)
    return (mixed @ turn.T).reshape(-1)


# From e3nn's order (x, y, z as m = -1, 0, 1 about y) to complex components.
COMPLEX = np.array([[1, 0, -1j], [0, np.sqrt(2), 0], [-1, 0, -1j]]) / np.sqrt(2)


def complex_product(v: jax.Array) -> jax.Array:
    """In the complex basis, weights of their modulus, and back."""
    a, b = (v.reshape(2, 3) @ COMPLEX.T).astype(jnp.result_type(v.dtype, jnp.complex64))
    scale = jnp.real(jnp.sum(jnp.conj(a) * b))
    return jnp.real((a * jnp.tanh(scale) + b * jnp.sum(jnp.abs(a) ** 2)) @ COMPLEX.conj())


def fourier_mixing(v: jax.Array) -> jax.Array:
    """Channels are convolved by their Fourier transform."""
    spectrum = jnp.fft.rfft(v.reshape(8, 3), axis=0) * jnp.asarray([1.0, 0.5, 0.25, 0.1, 0.0])[:, None]
    return jnp.fft.irfft(spectrum, axis=0).reshape(-1)


def screened(x: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    d = lengths(x[receivers] - x[senders])
    return jnp.sum(jsp.special.erfc(d) / d)


def symmetrised(x: jax.Array) -> jax.Array:
    """The nearest rotation to a matrix of three vectors, by its singular values."""
    u, _, vt = jnp.linalg.svd(x.reshape(3, 3))
    return (u @ vt).reshape(-1)


IN_PLANE = np.array([1.0, 1.0, 0.0])
NODES = {"node": 4}
SIX = {"node": 4, "edge": 6}
PIECES = (
    FieldLayer("vector neurons", vector_neurons, "4x1o", "4x1o"),
    FieldLayer("layer norm in flax", LayerNorm(), "4x0e + 2x1o"),
    FieldLayer("batch norm, running", batch_norm, "2x0e + 2x1o", prove="proved"),
    FieldLayer("batch norm, training", batch_statistics, "2x1o per node", "2x1o per node"),
    FieldLayer("dropout with a key", dropout, ("4x0e + 4x1o", None), example=(None, KEY), prove="proved"),
    FieldLayer("dropout in evaluation", dropout_in_evaluation, "4x0e + 4x1o", prove="proved"),
    FieldLayer("max pooling by argmax", longest, "2x1o per node", "2x1o"),
    FieldLayer("convolution over time", over_time, "10x1o", "15x1o", prove="proved"),
    FieldLayer("invariant head in flax", Head(), "4x0e + 3x1o", "0e"),
    FieldLayer("dipole", dipole, GRAPH, "1o", sizes=SIX),
    FieldLayer("polarizability", polarizability, "points", "0e + 2e", sizes=NODES),
    FieldLayer("stress", stress, GRAPH, "0e + 2e", sizes=SIX),
    FieldLayer("fourier and bessel features", fourier_features, GRAPH, "9x0e per node", sizes=SIX),
    FieldLayer("layers by scan, checkpointed", layers_by_scan, "4x1o", "4x1o", check="non-finite"),
    FieldLayer("while to convergence", to_convergence, "1o", "1o", prove="not decided"),
    FieldLayer("cond by size", by_size, "1o", "1o"),
    FieldLayer("norm with a custom jvp", lambda v: v * safe_norm(v), "1o", "1o"),
    FieldLayer("custom vjp", reverse_by_hand, "1o", "1o", prove="proved"),
    FieldLayer("shard_map", sharded, "1o per node", "1o per node"),
    FieldLayer("principal frames by eigh", principal_frames, "points", "1o per node", prove="not decided", sizes=NODES),
    FieldLayer("solve", whitened, "points", "1o per node", sizes=NODES),
    FieldLayer("cross, dot and det", volume, "3x1o", "2x0o", prove="proved"),
    FieldLayer("local frames", local_frames, "3x1o", "1o", check="non-finite"),
    FieldLayer("periodic cell", periodic, ("points", "3x1o", *GRAPH[1:]), "1o per node", check="non-finite", sizes=SIX),
    FieldLayer("edge frame by angles", edge_frame, "3x1o", "2x1o", check="non-finite", prove="not decided"),
    FieldLayer("complex basis", complex_product, "2x1o", "1o", prove="not decided"),
    FieldLayer("fourier transform of channels", fourier_mixing, "8x1o", "8x1o", prove="not decided"),
    FieldLayer("ewald by erfc", screened, GRAPH, "0e", sizes=SIX),
    FieldLayer("polar decomposition by svd", symmetrised, "3x1o", "3x1o", check="non-finite", prove="not decided"),
)
