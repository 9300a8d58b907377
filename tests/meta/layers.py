"""Layers that users write: wrong ones, each with the law of `eqlib.testing.check` that must find it, and right ones.

The right ones are nasty: ill-conditioned, at extreme scales, with branches, loops, randomness or sorted inputs.
"""
# ruff: noqa: E501  (one case, one line)

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

import eqlib
from eqlib import IrrepsArray
from tests.meta import modules, orders

GRAPH = ("points", "nodes per edge", "nodes per edge")


class LayerCase(NamedTuple):
    """A layer with what it takes and gives, and the laws of which one must find its fault; none for a right one."""

    name: str
    fn: Callable[..., Any]
    in_: Any
    out: Any = None
    found_by: tuple[str, ...] = ()


def cut(x: jax.Array, dtype: Any) -> jax.Array:
    return x.astype(dtype).astype(x.dtype)


def squared(x: jax.Array) -> jax.Array:
    return jnp.sum(x * x, axis=-1, keepdims=True)


def edge_vectors(points: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    return points[receivers] - points[senders]


def messages(points: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    r = edge_vectors(points, senders, receivers)
    return r * jnp.exp(-squared(r))


def of_neighbours(points: jax.Array, senders: jax.Array, receivers: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The sum of the messages to each node, and how many there are."""
    sums = jnp.zeros_like(points).at[receivers].add(messages(points, senders, receivers))
    return sums, jnp.zeros((len(points), 1), points.dtype).at[receivers].add(1)


def bent_where_alone(*graph: jax.Array) -> jax.Array:
    sums, degrees = of_neighbours(*graph)
    return jnp.where(degrees == 0, 1.0, sums)


def mean_of_none(*graph: jax.Array) -> jax.Array:
    sums, degrees = of_neighbours(*graph)
    return sums / degrees


def mean_of_one_at_least(*graph: jax.Array) -> jax.Array:
    sums, degrees = of_neighbours(*graph)
    return sums / jnp.maximum(degrees, 1)


def out_of_sight(points: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    """A sum over the neighbours within a cutoff that is shorter than every distance."""
    r2 = squared(edge_vectors(points, senders, receivers))
    return jnp.ones((len(points), 1)).at[receivers].add(jnp.where(r2 < 1e-6, r2, 0.0))


def bent_at_the_edge(points: jax.Array, senders: jax.Array, receivers: jax.Array) -> jax.Array:
    """A sum over the neighbours within a cutoff of 3, with an axis scaled just within it."""
    r = edge_vectors(points, senders, receivers)
    r2 = squared(r)
    bent = jnp.where((r2 > 8.9) & (r2 < 9.0), r * BENT.astype(r.dtype), r)
    return jnp.zeros_like(points).at[receivers].add(bent * jnp.exp(-r2) * (r2 < 9.0))


def unless_equal(x: jax.Array) -> jax.Array:
    return jnp.where(jnp.all(x[:3] == x[3:]), jnp.abs(x[:3]), x[:3] + x[3:])


def layer_norm(x: jax.Array) -> jax.Array:
    return (x - jnp.mean(x)) / jnp.sqrt(jnp.var(x) + 1.0)


@jax.custom_vjp
def doubled_backwards(x: jax.Array) -> jax.Array:
    return x * squared(x)


doubled_backwards.defvjp(
    lambda x: (x * squared(x), x), lambda x, v: (2.0 * (v * squared(x) + 2.0 * x * jnp.sum(x * v)),)
)


@jax.custom_jvp
def right_by_hand(x: jax.Array) -> jax.Array:
    return x * squared(x)


right_by_hand.defjvp(lambda xs, ts: (right_by_hand(*xs), ts[0] * squared(xs[0]) + 2.0 * xs[0] * jnp.sum(xs[0] * ts[0])))

ROTATION = ("rotation", "inversion", "improper rotation")
MASK = np.array([1.0, 0.0, 1.0])
WEIGHTS16 = (np.arange(16.0).reshape(4, 4) / 16).astype(jnp.bfloat16)
BENT_LESS = np.array([1.0, 1.0, 1.001])
BENT = np.array([1.0, 1.0, 1.01])
OF_SPECIES = lambda x, kind: jnp.where((kind == 7)[:, None], x * BENT, x)  # noqa: E731
WRONG_CROSS = lambda x, y: IrrepsArray("1o", eqlib.cross(x, y).array)  # noqa: E731


@jax.custom_vjp
def turned_backwards(x: jax.Array) -> jax.Array:
    return x * squared(x)


turned_backwards.defvjp(
    lambda x: (x * squared(x), x), lambda x, v: ((v * squared(x) + 2.0 * x * jnp.sum(x * v))[jnp.array([1, 0, 2])],)
)

FAULTS = (
    LayerCase("an activation on a vector", jax.nn.silu, "1o", "1o", ROTATION),
    LayerCase("a bias of 1e-9 on a vector", lambda x: x + 1e-9, "1o", "1o", ROTATION),
    LayerCase("a branch broken beyond 4", lambda x: jnp.where(x[0] > 4.0, 2.0 * x, x), "1o", "1o", ROTATION),
    LayerCase("an activation on 0o that is not odd", jax.nn.silu, "3x0o", "3x0o", ("inversion",)),
    LayerCase("a normalisation over components", layer_norm, "2x1o", "2x1o", ROTATION),
    LayerCase("a cross product called odd", WRONG_CROSS, ("1o", "1o"), "1o", ("inversion",)),
    LayerCase("components in another order", lambda x: x[jnp.array([1, 0, 2])], "1o", "1o", ROTATION),
    LayerCase("one component of the other sign", lambda x: x * jnp.array([1.0, 1.0, -1.0]), "1o", "1o", ROTATION),
    LayerCase("a dropout that splits components", lambda x: x * MASK, "1o", "1o", ROTATION),
    LayerCase("the greatest component", lambda x: jnp.max(x)[None], "1o", "0e", ROTATION),
    LayerCase("a scalar and a pseudoscalar added", lambda x: x[:1] + x[1:], "0e + 0o", "0e", ("inversion",)),
    LayerCase("degree 2 read as degree 1", lambda x: x[:3], "2e", "1e", ROTATION),
    LayerCase("a coefficient off by 1e-12", lambda x: x * np.array([1.0, 1.0, 1.0 + 1e-12]), "1o", "1o", ROTATION),
    LayerCase("a product in bfloat16", lambda x: cut(x, jnp.bfloat16) * squared(x), "1o", "1o", ("precision",)),
    LayerCase("a float32 hidden in float64", lambda x: cut(x, jnp.float32) * squared(x), "1o", "1o", ("precision",)),
    LayerCase("an axis scaled beside a product in bfloat16", lambda s, x: (cut(s, jnp.bfloat16), x * BENT_LESS), ("0e", "1o"), ("0e", "1o"), ROTATION),
    LayerCase("weights in bfloat16", lambda x: (x.reshape(4, 3).T.astype(jnp.bfloat16) @ WEIGHTS16).T.reshape(12).astype(x.dtype), "4x1o", "4x1o", ("precision",)),
    LayerCase("a dependence on the batch", lambda x: x - eqlib.mean(x, axis=0) if x.ndim > 1 else x, "1o", None, ("batch",)),
    LayerCase("a factor that is detached", lambda x: x * jax.lax.stop_gradient(squared(x)), "1o", "1o", ("derivative",)),
    LayerCase("a backward pass of twice the size", doubled_backwards, "1o", "1o", ("derivative",)),
    LayerCase("a backward pass that swaps components", turned_backwards, "1o", "1o", ("gradient",)),
    LayerCase("nothing", lambda x: 0.0 * x, "1o", "1o", ("motion",)),
    LayerCase("a constant", lambda x: jnp.ones(2), "1o", "2x0e", ("motion",)),
    LayerCase("a direction without its zero", lambda x: x / jnp.linalg.norm(x), "1o", "1o", ROTATION),
    LayerCase("a length without its gradient", lambda x: jnp.linalg.norm(x)[None], "1o", "0e", ("finite gradient",)),
    LayerCase("an absolute position", lambda x: squared(x), "points", "0e per node", ("translation",)),
    LayerCase("positions from the first atom", lambda x: x - x[:1], "points", "1o per node", ("permutation of nodes",)),
    LayerCase("weights by the number of a node", lambda x: x * jnp.arange(5.0)[:, None], "0e per node", "0e per node", ("permutation of nodes",)),
    LayerCase("a receiver off by one", lambda x, s, r: jnp.zeros_like(x).at[(r + 1) % len(x)].add(messages(x, s, r)), GRAPH, "1o per node", ("permutation of nodes",)),
    LayerCase("a sum that knows the order of edges", lambda x, s, r: jnp.sum(messages(x, s, r), axis=0) + messages(x, s, r)[0], GRAPH, "1o", ("permutation of edges",)),
    LayerCase("a lost edge", lambda x, s, r: jnp.sum(squared(messages(x, s, r))[1:], axis=0), GRAPH, "0e", ("permutation of edges",)),
    LayerCase("a potential that sees no atom", out_of_sight, GRAPH, "0e per node", ("motion",)),
    LayerCase("one axis scaled", lambda x: squared(x * jnp.array([1.0, 1.0, 1.01])), "1o", "0e", ROTATION),
    LayerCase("a bias of zeros on vectors", modules.Biased(), "4x1o", "4x1o", ROTATION),
    LayerCase("a bias of zeros on vectors, in nnx", modules.BiasedInNnx(), "4x1o", "4x1o", ROTATION),
    LayerCase("a bias of zeros on vectors, in haiku", modules.biased_in_haiku, "4x1o", "4x1o", ROTATION),
    LayerCase("a scale of ones for each component", modules.Scaled(), "1o", "1o", ROTATION),
    LayerCase("a scale of ones for each component, in equinox", modules.ScaledInEquinox(jnp.ones(3)), "1o", "1o", ROTATION),
    LayerCase("a branch around tanh with weights of zero", modules.Residual(jnp.tanh), "4x1o", "4x1o", ROTATION),
    LayerCase("an axis scaled for lengths of 0.001 to 0.03", lambda x: jnp.where((squared(x) > 1e-6) & (squared(x) < 1e-3), x * BENT, x), "1o", "1o", ROTATION),
    LayerCase("an activation for lengths of 20 to 500", lambda x: jnp.where((squared(x) > 400.0) & (squared(x) < 250000.0), jnp.tanh(x), x), "1o", "1o", ROTATION),
    LayerCase("an absolute value of equal vectors", unless_equal, "2x1o", "1o", ROTATION),
    LayerCase("vectors by running statistics of components", modules.NormalisedByComponent(), "1o", "1o", ROTATION),
    LayerCase("a scale of ones in the method of a module", modules.ScaledInEquinox(jnp.ones(3)).__call__, "1o", "1o", ROTATION),
    LayerCase("a scale of ones that a function closes over", modules.closing_over(modules.ScaledInEquinox(jnp.ones(3))), "1o", "1o", ROTATION),
    LayerCase("an axis scaled for one species", OF_SPECIES, ("1o per node", "labels per node"), "1o per node", ROTATION),
    LayerCase("an axis scaled at the edge of a cutoff", bent_at_the_edge, GRAPH, "1o per node", ROTATION),
    LayerCase("ones for a node without neighbours", bent_where_alone, GRAPH, "1o per node", ROTATION),
    LayerCase("a mean over no neighbours", mean_of_none, GRAPH, "1o per node", ROTATION),
    LayerCase("points in the order of a component", orders.along_an_axis, "points", "1o", ROTATION),
    LayerCase("nothing beside something", lambda x: (x, 0.0 * x), "1o", ("1o", "1o"), ("motion",)),
    LayerCase("a segment of nothing", lambda x: jnp.concatenate([x, 0.0 * x]), "1o", "1o + 1e", ("motion",)),
)  # fmt: skip

# What `check` says of each: the kind of fault, the first operation that goes wrong, and what stands on its line. Where a
# function is wrong as a whole, there is no such operation: every value transforms, but not as it is told.
LINEAR, CALL = "every value transforms linearly", ""
DIAGNOSES = {
    "an activation on a vector": ("rotation about all axes", "logistic", CALL),
    "a bias of 1e-9 on a vector": ("rotation about all axes", "add", "x + 1e-9"),
    "a branch broken beyond 4": ("rotation about y and z", "slice", "x[0] > 4.0"),
    "an activation on 0o that is not odd": ("parity", "logistic", CALL),
    "a normalisation over components": ("rotation about all axes", "reduce_sum", "jnp.mean(x)"),
    "a cross product called odd": ("parity", LINEAR, "eqlib.cross"),
    "components in another order": ("rotation about all axes", LINEAR, "jnp.array([1, 0, 2])"),
    "one component of the other sign": ("rotation about x and y", LINEAR, "x * jnp.array"),
    "a dropout that splits components": ("rotation about x and z", "mul", "x * MASK"),
    "the greatest component": ("rotation about all axes", "reduce_max", "jnp.max(x)"),
    "a scalar and a pseudoscalar added": ("parity", "add", "x[:1] + x[1:]"),
    "degree 2 read as degree 1": ("rotation about all axes", "slice", "x[:3]"),
    "a coefficient off by 1e-12": ("rotation about x and y", LINEAR, "1.0 + 1e-12"),
    "a product in bfloat16": ("precision", "convert_element_type", "x.astype(dtype)"),
    "a float32 hidden in float64": ("precision", "convert_element_type", "x.astype(dtype)"),
    "an axis scaled beside a product in bfloat16": ("rotation about x and y", LINEAR, "x * BENT_LESS"),
    "weights in bfloat16": ("precision", "convert_element_type", "x.reshape(4, 3).T.astype(jnp.bfloat16)"),
    "a dependence on the batch": ("batch dependence", "", CALL),
    "a factor that is detached": ("gradient", "stop_gradient", "jax.lax.stop_gradient"),
    "a backward pass of twice the size": ("gradient", "custom_vjp_call", "lambda x, v: (2.0 * (v"),
    "a backward pass that swaps components": ("gradient", "custom_vjp_call", "[jnp.array([1, 0, 2])],)"),
    "nothing": ("vacuous", "", CALL),
    "a constant": ("vacuous", "", CALL),
    "a direction without its zero": ("non-finite", "div", "x / jnp.linalg.norm(x)"),
    "a length without its gradient": ("gradient", "div", "jnp.linalg.norm(x)"),
    "an absolute position": ("translation", "mul", "x * x"),
    "positions from the first atom": ("permutation of nodes", LINEAR, "x - x[:1]"),
    "weights by the number of a node": ("permutation of nodes", "mul", "x * jnp.arange(5.0)"),
    "a receiver off by one": ("permutation of nodes", LINEAR, "(r + 1) % len(x)"),
    "a sum that knows the order of edges": ("permutation of edges", "slice", "messages(x, s, r)[0]"),
    "a lost edge": ("permutation of edges", "reduce_sum", "messages(x, s, r))[1:]"),
    "a potential that sees no atom": ("vacuous", "", CALL),
    "one axis scaled": ("rotation about x and y", "mul", "x * x"),
    "a bias of zeros on vectors": ("rotation about all axes", "add", "return layer(x.reshape(4, 3).T)"),
    "a bias of zeros on vectors, in nnx": ("rotation about all axes", "add", "return layer(x.reshape(4, 3).T)"),
    "a bias of zeros on vectors, in haiku": ("rotation about all axes", "add", "return layer(x.reshape(4, 3).T)"),
    "a scale of ones for each component": ("rotation about all axes", LINEAR, "self.param"),
    "a scale of ones for each component, in equinox": ("rotation about all axes", LINEAR, "self.scale"),
    "a branch around tanh with weights of zero": ("rotation about all axes", "tanh", "self.branch(x)"),
    "an axis scaled for lengths of 0.001 to 0.03": ("rotation about x and y", "select_n", "x * BENT"),
    "an activation for lengths of 20 to 500": ("rotation about all axes", "tanh", CALL),
    "an absolute value of equal vectors": ("rotation about all axes", "", CALL),
    "vectors by running statistics of components": ("rotation about all axes", "sub", "nn.BatchNorm"),
    "a scale of ones in the method of a module": ("rotation about all axes", LINEAR, "self.scale"),
    "a scale of ones that a function closes over": ("rotation about all axes", LINEAR, "self.scale"),
    "an axis scaled for one species": ("rotation about x and y", "select_n", "x * BENT"),
    "an axis scaled at the edge of a cutoff": ("rotation about x and y", "select_n", "r * BENT"),
    "ones for a node without neighbours": ("rotation about all axes", "select_n", "jnp.where(degrees == 0"),
    "a mean over no neighbours": ("non-finite", "div", "sums / degrees"),
    "points in the order of a component": ("rotation about x and y", "gather", "[jnp.argsort(keys)]"),
    "nothing beside something": ("vacuous", "", CALL),
    "a segment of nothing": ("vacuous", "", CALL),
}


def dropped_whole(x: IrrepsArray) -> IrrepsArray:
    keep = jax.random.bernoulli(jax.random.key(0), 0.5, (x.irreps.num_irreps,)).at[0].set(True)
    return x * keep.astype(x.dtype)


def normalised_by_lengths(x: IrrepsArray) -> IrrepsArray:
    return x / jnp.sqrt(1.0 + jnp.mean(eqlib.norm(x, squared=True).array, axis=-1, keepdims=True))


def iterated(x: jax.Array) -> jax.Array:
    return jax.lax.fori_loop(0, 3, lambda _, y: y + 0.1 * x * squared(y), x)


def turned(x: jax.Array) -> jax.Array:
    """A cond on whether a difference is positive that cancels for collinear vectors."""
    a, _, b = x.reshape(3, 3)
    area = squared(a) * squared(b) - jnp.sum(a * b, keepdims=True) ** 2
    return jax.lax.cond(area[0] > 0, squared, lambda y: 2.0 * squared(y), a)


def relaxed(x: jax.Array) -> jax.Array:
    """A loop of unknown length, and a derivative by hand beside it."""
    return until_short(x) * jax.nn.relu(1.0 + squared(x))


def until_short(x: jax.Array) -> jax.Array:
    return jax.lax.while_loop(lambda y: squared(y)[0] > 1.0, lambda y: 0.5 * y, x)


def force(x: jax.Array) -> jax.Array:
    return -jax.grad(lambda y: jnp.sum(jnp.exp(-squared(y[:, None] - y[None]))))(x)


def between(x: jax.Array, y: jax.Array) -> jax.Array:
    """The angle between two vectors, of which the sine is a root of what cancels where they are collinear."""
    return jnp.arctan2(jnp.sqrt(1e-12 + squared(jnp.cross(x, y))), jnp.sum(x * y, keepdims=True))


def dihedral(x: jax.Array) -> jax.Array:
    """The cosine of the angle between the planes of three vectors in a chain."""
    a, b, c = x.reshape(3, 3)
    normal1, normal2 = jnp.cross(a, b), jnp.cross(b, c)
    return jnp.sum(normal1 * normal2, keepdims=True) / jnp.sqrt((1e-12 + squared(normal1)) * (1e-12 + squared(normal2)))


def by_its_length(x: jax.Array) -> jax.Array:
    return x / jnp.sqrt(jnp.where(squared(x) == 0, 1.0, squared(x))) * squared(x)


def gram(x: jax.Array) -> jax.Array:
    """The identity and the products of vectors: for tiny ones, the identity to rounding."""
    vectors = x.reshape(3, 3)
    return vectors @ vectors.T + jnp.eye(3, dtype=x.dtype)


RIGHT = (
    LayerCase("a cube", lambda x: x * squared(x), "1o", "1o"),
    LayerCase("a great factor", lambda x: x * 1e6, "1o", "1o"),
    LayerCase("a small factor", lambda x: x * 1e-9, "1o", "1o"),
    LayerCase("digits that cancel", lambda x: (x * 1e6 + x) - x * 1e6, "1o", "1o"),
    LayerCase("a branch on a length", lambda x: jnp.where(squared(x) > 1.0, x, 2.0 * x), "1o", "1o"),
    LayerCase("an odd activation on 0o", jnp.tanh, "3x0o", "3x0o"),
    LayerCase("an even activation on 0o", jnp.abs, "3x0o", "3x0e"),
    LayerCase("a cross product", eqlib.cross, ("1o", "1o"), "1e"),
    LayerCase("an area squared", lambda x, y: eqlib.norm(eqlib.cross(x, y), squared=True), ("1o", "1o")),
    LayerCase("an area", lambda x, y: eqlib.norm(eqlib.cross(x, y)), ("1o", "1o")),
    LayerCase("the square of a product that cancels", lambda x, y: eqlib.tensor_square(eqlib.tensor_product(x, y).filter("1e")), ("2x1o", "1o")),
    LayerCase("an angle", between, ("1o", "1o"), "0e"),
    LayerCase("a dihedral angle", dihedral, "3x1o", "0e"),
    LayerCase("a vector by its length, guarded at zero", lambda x, y: by_its_length(jnp.cross(x, y)), ("1o", "1o"), "1e"),
    LayerCase("the logarithm of a determinant", lambda x: jnp.linalg.slogdet(gram(x))[1][None], "3x1o", "0e"),
    LayerCase("the logarithm of a trace", lambda x: jnp.log(jnp.trace(gram(x)) / 3)[None], "3x1o", "0e"),
    LayerCase("the logarithm of a gamma function", lambda x: jax.scipy.special.gammaln(1 + squared(x)), "1o", "0e"),
    LayerCase("a direction, smooth at zero", lambda x: x / jnp.sqrt(1.0 + squared(x)), "1o", "1o"),
    LayerCase("a loop", iterated, "1o", "1o"),
    LayerCase("a loop of unknown length", until_short, "1o", "1o"),
    LayerCase("a loop and a derivative by hand", relaxed, "1o", "1o"),
    LayerCase("a cond on what cancels", turned, "3x1o", "0e"),
    LayerCase("a derivative by hand", right_by_hand, "1o", "1o"),
    LayerCase("a dropout of whole irreps", dropped_whole, "4x0e + 4x1o"),
    LayerCase("a normalisation by lengths", normalised_by_lengths, "4x0e + 4x1o"),
    LayerCase("harmonics of degree 6", lambda x: eqlib.spherical_harmonics("6e", x, False), "1o"),
    LayerCase("a gate", eqlib.gate, "4x0e + 2x0o + 2x0e + 2x1o"),
    LayerCase("sorted lengths", lambda x: jnp.sort(jnp.sum(x * x, axis=-1))[::-1, None][:2], "1o per node", "0e per rank"),
    LayerCase("the closest point", orders.to_nearest, "points", "1o per node"),
    LayerCase("the closest point by weights", orders.to_nearest_by_weights, "points", "1o per node"),
    LayerCase("the two closest points", orders.to_the_two_nearest, "points", "1o per node"),
    LayerCase("weights by the rank of distances", orders.by_rank, "points", "1o per node"),
    LayerCase("points from the centre outwards", orders.outwards, "points", "1o"),
    LayerCase("a steep wave", lambda x: x * jnp.sin(1e5 * squared(x)), "1o", "1o"),
    LayerCase("forces", force, "points", "1o per node"),
    LayerCase("a sum over edges", lambda x, s, r: jnp.zeros_like(x).at[r].add(messages(x, s, r)), GRAPH, "1o per node"),
    LayerCase("a mean over neighbours, if any", mean_of_one_at_least, GRAPH, "1o per node"),
    LayerCase("positions that move", lambda x, s, r: x + jnp.zeros_like(x).at[r].add(messages(x, s, r)), GRAPH, "points"),
    LayerCase("a tree of operands", lambda tree: {"z": tree["a"] * squared(tree["b"])}, ({"a": "1o", "b": "1e"},), {"z": "1o"}),
    LayerCase("a linear layer of flax", eqlib.flax.Linear("2x1o + 0e"), "3x0e + 2x1o"),
    LayerCase("a branch around lengths with weights of zero", modules.Residual(lambda x: x * squared(x)), "4x1o", "4x1o"),
    LayerCase("a bias of zeros on scalars", modules.Gate(), ("2x0e", "4x1o"), "4x1o"),
    LayerCase("a running mean of scalars", modules.RunningNorm(), "4x0e", "4x0e"),
    LayerCase("a running sum of squares", modules.BySquares(), "1o", "1o"),
    LayerCase("a constant table in equinox", modules.Crossed(jnp.asarray(modules.EPSILON), jnp.ones(())), ("1o", "1o"), "1e"),
    LayerCase("a constant of NumPy in equinox", modules.Summed(np.ones(3)), "1o", "0e"),
)  # fmt: skip
