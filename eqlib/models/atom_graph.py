"""A graph of atoms as a model reads it: checked, and each edge as harmonics of its direction and a length."""

import dataclasses
from typing import Any

from eqlib.array_types import Array, Float, Integer
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.graph import Graph
from eqlib.models.edges import edge_vectors
from eqlib.models.graph import check_graph, known_species, one_or_nan
from eqlib.ops.norm import norm
from eqlib.ops.spherical_harmonics import spherical_harmonics


@dataclasses.dataclass(frozen=True)
class AtomGraph:
    """What every model makes of positions, species and edges.

    species    [atoms], below the number of species; that number where it is not known under jit, and is no species
    harmonics  [edges, 0e + 1o + ...], of the direction of each edge
    lengths    [edges]
    graph      the edges, with their order by sender and by receiver
    one        1, or NaN if it turns out under jit that an edge ends at no atom: it is to multiply the energies
    """

    species: Integer[Array, " atoms"]
    harmonics: IrrepsArray
    lengths: Float[Array, " edges"]
    graph: Graph
    one: Any


def atom_graph(
    model: str,
    positions: Float[Array, "atoms 3"],
    species: Integer[Array, " atoms"],
    senders: Integer[Array, " edges"],
    receivers: Integer[Array, " edges"],
    shifts: Float[Array, "edges 3"] | None,
    *,
    num_species: int,
    lmax: int,
) -> AtomGraph:
    """The graph of these atoms, with harmonics up to `lmax`; `model` is named in what is said of a wrong one.

    Raises: LayoutError as `check_graph`, or if a species is known not to be below `num_species`.
    Example:
        >>> import jax.numpy as jnp
        >>> positions, ends = jnp.array([[0.0, 0.0, 0.0], [0.0, 0.0, 2.0]]), (jnp.array([0]), jnp.array([1]))
        >>> atoms = atom_graph("NequIP", positions, jnp.array([0, 0]), *ends, None, num_species=1, lmax=1)
        >>> print(atoms.harmonics.irreps, atoms.lengths)
        1x0e+1x1o [2.]
    """
    check_graph(model, positions, species, senders, receivers, shifts)
    species = known_species(model, species, num_species)
    one = one_or_nan(positions.shape[0], senders, receivers)
    edges = edge_vectors(one * positions, senders, receivers, shifts)
    harmonics = spherical_harmonics(range(lmax + 1), edges, normalize=True)
    return AtomGraph(species, harmonics, norm(edges).array[..., 0], Graph(senders, receivers, positions.shape[0]), one)
