"""The edges of a few atoms, found inside of a compiled program: every pair is looked at."""

import itertools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Bool, Float, Integer


class RadiusGraph(NamedTuple):
    """Edges as `NeighborList` gives them, padded with -1; and whether there were more than there is room for."""

    senders: Integer[jax.Array, " edges"]
    receivers: Integer[jax.Array, " edges"]
    cell_shifts: Integer[jax.Array, "edges 3"]
    overflow: Bool[jax.Array, ""]


def radius_graph(
    positions: Float[Array, "atoms 3"],
    cutoff: float,
    num_edges: int,
    cell: Float[Array, "3 3"] | None = None,
    images: tuple[int, int, int] = (0, 0, 0),
) -> RadiusGraph:
    """Every ordered pair of atoms closer than the cutoff, in an array of `num_edges`, sorted by receiver.

    `images` says how many cells are looked at to either side, along each vector of the cell: `images_within` knows how
    many a cutoff needs. What is found in a time that grows as atoms^2 suits molecules and small cells; `NeighborList`
    is for large ones.

    Law:    the pairs do not change if everything is rotated or displaced. If `overflow` is true, some are missing: the
            results of that step are to be thrown away, and computed again with more room.
    Shape:  positions [atoms, 3] -> senders and receivers [num_edges], cell_shifts [num_edges, 3], overflow [].
    Units:  `cutoff` in those of the positions.
    Raises: ValueError if num_edges is no number of edges, or if there are images and no cell.
    Source: the definition of a neighbour list; the sign is that of `edge_vectors`.
    Example:
        >>> graph = jax.jit(lambda x: radius_graph(x, 1.5, num_edges=4))(jnp.array([[0.0, 0, 0], [1, 0, 0], [5, 0, 0]]))
        >>> print(graph.senders, graph.receivers, graph.overflow)
        [ 1  0 -1 -1] [ 0  1 -1 -1] False
    """
    if isinstance(num_edges, bool) or not hasattr(num_edges, "__index__") or num_edges < 1:
        raise ValueError(f"radius_graph: num_edges is {num_edges!r}, and must be an integer, 1 or more.\n  Write 64.")
    if cell is None and any(images):
        raise ValueError(f"radius_graph: images is {images}, and there is no cell.\n  Write cell=cell, or no images.")
    positions = jnp.asarray(positions)
    shifts = np.array(list(itertools.product(*(range(-n, n + 1) for n in images))), np.int32)
    displaced = shifts @ (jnp.zeros((3, 3)) if cell is None else jnp.asarray(cell)).astype(positions.dtype)
    vectors = positions[None, :, None] - positions[:, None, None] + displaced  # [receiver, sender, image]
    is_self = np.eye(len(positions), dtype=bool)[:, :, None] & ~np.any(shifts, axis=1)
    is_edge = (jnp.sum(vectors**2, axis=-1) < cutoff**2) & ~is_self
    found = jnp.nonzero(is_edge, size=num_edges, fill_value=-1)
    receivers, senders, image = (index.astype(jnp.int32) for index in found)
    # The vector is that from a receiver to the image of its sender: seen from the sender, the receiver is displaced.
    cell_shifts = jnp.where(image[:, None] < 0, 0, -jnp.asarray(shifts)[image])
    return RadiusGraph(senders, receivers, cell_shifts, jnp.sum(is_edge) > num_edges)


def images_within(
    cell: Float[Array, "3 3"], cutoff: float, positions: Float[Array, "atoms 3"] | None = None
) -> tuple[int, int, int]:
    """How many cells a cutoff reaches to either side, along each vector of the cell.

    Atoms are taken to lie in the cell, or where `positions` says.

    Raises: ValueError if the cell has no volume.
    Example:
        >>> images_within(np.diag([4.0, 10.0, 10.0]), 5.0)
        (2, 1, 1)
    """
    cell = np.asarray(cell, float)
    if abs(np.linalg.det(cell)) == 0:
        raise ValueError("images_within: the vectors of the cell lie in a plane.\n  Write radius_graph without a cell.")
    inverse = np.linalg.inv(cell)  # of each column the length is one over the distance of two faces
    spread = np.ones(3) if positions is None else np.ptp(np.asarray(positions, float) @ inverse, axis=0)
    return tuple(int(n) for n in np.floor(cutoff * np.linalg.norm(inverse, axis=0) + spread))  # type: ignore[return-value]
