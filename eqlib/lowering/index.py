"""How the edges of a graph find their rows in an array."""

from typing import NamedTuple

import jax.numpy as jnp

from eqlib.array_types import Array, Extent, Integer
from eqlib.lowering.varying import varying_as


class Index(NamedTuple):
    """A row for each edge; and, the other way round, the edges of each row.

    ids     [edges], the row of each edge; the number of rows, for an edge that has none
    order   [edges], the edges in the order of their rows; edges of one row in their own order
    starts  [rows + 1], where the edges of a row begin in `order`, and where those of the last row end

    The edges that have no row come last in `order`.
    """

    ids: Integer[Array, " edges"]
    order: Integer[Array, " edges"]
    starts: Integer[Array, " rows+1"]

    @property
    def rows(self) -> Extent:
        """The number of rows that there are."""
        return self.starts.shape[-1] - 1


def index_of(ids: Integer[Array, " edges"], rows: Extent) -> Index:
    """The index of some ids; what is negative or not below `rows` is no row."""
    ids = jnp.where((ids < 0) | (ids >= rows), rows, ids)
    order = jnp.argsort(ids, stable=True).astype(ids.dtype)
    # Counted, and not searched: a search by halves must know the number of edges, and of 100,000 is as fast.
    (zeros,) = varying_as([jnp.zeros(rows + 1, ids.dtype)], [ids])
    counts = zeros.at[ids].add(1, mode="promise_in_bounds")
    return Index(ids, order, jnp.cumsum(counts, dtype=ids.dtype) - counts)
