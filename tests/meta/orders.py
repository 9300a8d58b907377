"""Layers that read points in an order: that of invariants, which transforms as it should, and that of components."""

import jax
import jax.numpy as jnp


def _differences(points: jax.Array) -> jax.Array:
    return points - points[:, None]


def _from_others(points: jax.Array) -> jax.Array:
    """The squared distance to each other point; that to itself is great."""
    return jnp.sum(_differences(points) ** 2, axis=-1) + 1e9 * jnp.eye(len(points), dtype=points.dtype)


def to_nearest(points: jax.Array) -> jax.Array:
    """From each point to the one that is closest."""
    return points[jnp.argmin(_from_others(points), axis=1)] - points


def to_nearest_by_weights(points: jax.Array) -> jax.Array:
    """The same, by a matrix of zeros and ones."""
    nearest = jnp.argmin(_from_others(points), axis=1)
    return jax.nn.one_hot(nearest, len(points), dtype=points.dtype) @ points - points


def by_rank(points: jax.Array) -> jax.Array:
    """A sum over the others, each weighted by how many are closer."""
    squares = jnp.sum(_differences(points) ** 2, axis=-1)
    ranks = jnp.argsort(jnp.argsort(squares, axis=1), axis=1)
    return jnp.einsum("ij,ijk->ik", ranks.astype(points.dtype), _differences(points))


def to_the_two_nearest(points: jax.Array) -> jax.Array:
    """The vector to the closest point, and half of that to the second."""
    nearest = jax.lax.top_k(-_from_others(points), 2)[1]
    vectors = points[nearest] - points[:, None]
    return vectors[:, 0] + 0.5 * vectors[:, 1]


def outwards(points: jax.Array) -> jax.Array:
    """A sum of the points from the centre outwards, each weighted by its place."""
    return _in_order(points, jnp.sum((points - jnp.mean(points, axis=0)) ** 2, axis=-1))


def along_an_axis(points: jax.Array) -> jax.Array:
    """A sum of the points in the order of a component."""
    return _in_order(points, points[:, 2])


def _in_order(points: jax.Array, keys: jax.Array) -> jax.Array:
    sorted_points = (points - jnp.mean(points, axis=0))[jnp.argsort(keys)]
    return jnp.sum(sorted_points * jnp.arange(len(points), dtype=points.dtype)[:, None], axis=0)
