"""From atom to atom: the vectors of the edges of a graph, through the faces of a periodic cell too."""

from typing import Any

import jax.numpy as jnp

from eqlib.array_types import Array, Float, Integer
from eqlib.arrays.irreps_array import IrrepsArray


def edge_vectors(
    positions: Float[Array, "atoms 3"],
    senders: Integer[Array, " edges"],
    receivers: Integer[Array, " edges"],
    shifts: Float[Array, "edges 3"] | None = None,
) -> IrrepsArray:
    """The vector of every edge, from its sender to its receiver, or to that image of the receiver that `shifts` names.

    Law:    it turns with positions and shifts, and does not change if all positions are displaced; if one atom is
            displaced by a, it does not change if the shifts of its edges change by a, against it where it receives.
    Shape:  -> [edges, 1o], of the dtype of the positions.
    Source: the sign is that of ASE: D = positions[j] - positions[i] + S @ cell for an edge from i to j.
    Example: two atoms in a box of length 10, which see each other through a face of it
        >>> positions = jnp.array([[0.0, 0.0, 1.0], [0.0, 0.0, 9.0]])
        >>> edge_vectors(positions, jnp.array([0]), jnp.array([1]), jnp.array([[0.0, 0.0, -10.0]]))
        1x1o [[ 0.  0. -2.]]
    """
    vectors: Any = positions[receivers] - positions[senders]
    if shifts is not None:
        vectors = jnp.asarray(vectors)
        vectors += jnp.asarray(shifts).astype(vectors.dtype)
    return IrrepsArray("1o", vectors)
