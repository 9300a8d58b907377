"""Functions that JAX cannot trace: wrong ones, each with the laws of `check` of which one must find it, and right ones."""
# ruff: noqa: E501  (one case, one line)

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.meta.layers import LayerCase

Array = Any
GRAPH = ("points", "nodes per edge", "nodes per edge")
ROTATION = ("rotation", "inversion", "improper rotation")


def squared(x: Array) -> Array:
    return np.sum(np.square(x), axis=-1, keepdims=True)


def leaning_frame(x: Array) -> Array:
    """The second axis of a frame along x, made from a fixed direction that shows in the result."""
    first = x / np.sqrt(squared(x) + 1.0)
    return first + 1e-3 * np.cross(first, np.array([0.0, 0.0, 1.0], first.dtype))


def branch_beyond_4(x: Array) -> Array:
    return 2.0 * x if x[0] > 4.0 else np.multiply(1.0, x)


def with_a_tolerance(x: Array) -> Array:
    """x / (1 + |x|^2)^(1/2), by steps that end for each component at a tolerance, whatever the dtype."""
    length, y, left = np.sqrt(squared(x) + 1.0), np.zeros_like(x), np.copy(x)
    while np.any(np.abs(left) > 1e-6 * np.max(np.abs(x))):
        y = np.where(np.abs(left) > 1e-6 * np.max(np.abs(x)), y + left / (2.0 * length), y)
        left = x - y * length
    return y


def without_the_first_edge(points: Array, senders: Array, receivers: Array) -> Array:
    total = np.zeros_like(points)
    for s, r in zip(senders[1:].tolist(), receivers[1:].tolist(), strict=True):
        total[r] += (points[s] - points[r]) * np.exp(-squared(points[s] - points[r]))
    return total


def remembers() -> Any:
    """A function whose state is changed by what it sees."""
    seen = []

    def scaled(x: Array) -> Array:
        seen.append(float(np.sum(np.abs(x))))
        return np.multiply(x, np.mean(seen[-3:]) + len(seen))

    return scaled


def called_back(fn: Any, x: jax.Array) -> jax.Array:
    """A foreign function inside one that JAX traces."""
    return jax.pure_callback(lambda y: np.asarray(fn(np.asarray(y))), jax.ShapeDtypeStruct(x.shape, x.dtype), x)


WRONG = (
    LayerCase("a cross product called odd", lambda x, y: np.cross(np.asarray(x), y), ("1o", "1o"), "1o", ("inversion", "signs")),
    LayerCase("a frame that leans on an axis", lambda x: leaning_frame(np.asarray(x)), "1o", "1o", ROTATION),
    LayerCase("float32 inside", lambda x: np.asarray(x) * squared(np.asarray(x, np.float32)).astype(x.dtype), "2e", "2e", ("precision ladder",)),
    LayerCase("a leak of 1e-9", lambda x: np.asarray(x) + 1e-9, "1o", "1o", ROTATION),
    LayerCase("a leak of 1e-11", lambda x: np.asarray(x) + 1e-11 * squared(np.asarray(x)), "1o", "1o", ("precision ladder",)),
    LayerCase("a branch beyond 4", lambda x: branch_beyond_4(np.asarray(x)), "1o", "1o", ROTATION),
    LayerCase("steps to a tolerance", lambda x: with_a_tolerance(np.asarray(x)), "1o", "1o", ("precision ladder",)),
    LayerCase("a band of scales", lambda x: np.asarray(x) * (1.0 + 0.1 * np.sign(x[0]) * (16 < abs(x[0]) < 256)), "1o", "1o", ("signs",)),
    LayerCase("the greatest component", lambda x: max(np.asarray(x).tolist()), "1o", "0e", ROTATION),
    LayerCase("an absolute position", lambda x: squared(np.asarray(x)), "points", "0e per node", ("translation",)),
    LayerCase("a loop that forgets an edge", lambda *xs: without_the_first_edge(*map(np.asarray, xs)), GRAPH, "1o per node", ("permutation of edges",)),
    LayerCase("a state that changes", remembers(), "1o", "1o", ("repetition",)),
    LayerCase("a callback of JAX with a bias", lambda x: called_back(lambda y: y + 1e-6, x), "1o", "1o", ROTATION),
)  # fmt: skip


def overwrites(x: Array) -> Array:
    x = np.asarray(x)
    x *= squared(x)
    return x


def in_float64(x: Array) -> Array:
    """Many operations in float64, whatever is given, and the result in the dtype of what was given."""
    y = np.asarray(x, np.float64)
    for _ in range(50):
        y = y * (1.0 + 0.1 / (1.0 + squared(y)))
    return y.astype(x.dtype)


def in_its_own_frame(x: Array, y: Array) -> Array:
    """x in a frame that x and y span, changed there, and turned back: components of unlike signs are added."""
    first = x / np.sqrt(squared(x) + 1.0)
    third = np.cross(first, y)
    third = third / np.sqrt(squared(third) + 1.0)
    frame = np.stack([first, np.cross(third, first), third])
    return frame.T @ (np.array([2.0, 3.0, 5.0], x.dtype) * (frame @ y))


def eigenvalues(x: Array) -> Array:
    return np.linalg.eigvalsh(np.outer(x[:3], x[3:]) + np.outer(x[3:], x[:3]))


def forces(points: Array) -> list[list[float]]:
    """Loops over numbers of Python, as a foreign program returns them."""
    found = [[0.0, 0.0, 0.0] for _ in points]
    for a, b in np.ndindex(len(points), len(points)):
        r = points[a] - points[b]
        for k in range(3):
            found[a][k] += float(r[k]) * float(np.exp(-np.sum(r * r)))
    return found


def until_it_converges(x: Array) -> Array:
    y = x
    for _ in range(60):
        y = x / (1.0 + squared(y))
    return y


class Compiled:
    """An object like those that compilers of Python give: no name, arrays alone, in C order."""

    def __call__(self, x: Array) -> Array:
        if type(x) is not np.ndarray or not x.flags.c_contiguous:
            raise RuntimeError("cannot determine the type of the argument x")
        return x * squared(x)


RIGHT = (
    LayerCase("one that overwrites its input", overwrites, "1o", "1o"),
    LayerCase("many operations in float64", in_float64, "1o", "1o"),
    LayerCase("a frame of its own", lambda x, y: in_its_own_frame(np.asarray(x), np.asarray(y)), ("1o", "1o"), "1o"),
    LayerCase("eigenvalues", lambda x: eigenvalues(np.asarray(x)), "2x1o", "3x0e"),
    LayerCase("lists of numbers", lambda x: forces(np.asarray(x)), "points", "1o per node"),
    LayerCase("a number of Python", lambda x: float(np.dot(x, x)), "1o", "0e"),
    LayerCase("steps to convergence", lambda x: until_it_converges(0.1 * np.asarray(x)), "1o", "1o"),
    LayerCase("a compiled function", Compiled(), "2e", "2e"),
    LayerCase("a callback of JAX", lambda x: called_back(lambda y: y * squared(y), x), "1o", "1o"),
    LayerCase("a sort of lengths", lambda x: np.sort(squared(np.asarray(x)), axis=0), "1o per node", "0e per rank"),
    LayerCase("a function of eager JAX", lambda x: x if float(jnp.sum(x * x)) > 1.0 else 2.0 * jnp.asarray(x), "1o", "1o"),
)  # fmt: skip
