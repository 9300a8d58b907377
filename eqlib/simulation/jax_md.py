"""The energy of a model as jax-md takes it: a function of positions and of a list of neighbours."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Float, Integer
from eqlib.errors import LayoutError
from eqlib.simulation.prediction import without_padding

Displacement = Callable[..., Float[jax.Array, "3"]]
Energy = Callable[..., Float[jax.Array, ""]]


def jax_md_energy(
    model: Any, params: Mapping[str, Any], species: Integer[Array, " atoms"], displacement: Displacement
) -> Energy:
    """energy(positions, neighbor), of which jax-md takes the forces.

    `neighbor.idx` holds what `jax_md.partition.neighbor_list` finds with the displacement function of the simulation,
    for `r_cutoff=model.cutoff`: rows of receivers and senders in the format Sparse, with both directions of every pair,
    or for every atom its neighbours in the format Dense. Positions are lengths; with `space.periodic_general`, write
    fractional_coordinates=False. As anywhere in jax-md, a pair of atoms has one image, so that the cell is to be twice
    the cutoff in width; keywords, as `box`, go to the displacement function.

    Law:    that of the model; the energy does not change under translations, or by vectors of the cell.
    Shape:  positions [atoms, 3] -> []
    Units:  those of the model.
    Raises: LayoutError if `neighbor.idx` is in the format OrderedSparse, or has another shape.
    Source: Schoenholz and Cubuk (2020), NeurIPS 33: displacement functions and lists of neighbours.
    Example:
        >>> import eqlib, types
        >>> model = eqlib.models.NequIP(num_species=1, cutoff=4.0, lmax=1, features=4, num_layers=1)
        >>> positions, edges = jnp.eye(3), jnp.array([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> params = jax.jit(model.init)(jax.random.key(0), positions, jnp.zeros(3, int), *edges)
        >>> energy = jax_md_energy(model, params, jnp.zeros(3, int), lambda a, b, **_: a - b)
        >>> jax.grad(energy)(positions, types.SimpleNamespace(idx=edges)).shape
        (3, 3)
    """
    apply = without_padding(model.apply, model.cutoff)

    def energy(positions: Float[Array, "atoms 3"], neighbor: Any, **of_space: Any) -> Float[jax.Array, ""]:
        receivers, senders = _pairs(neighbor, positions.shape[0])

        def between(sender: Any, receiver: Any) -> Any:
            return displacement(positions[receiver], positions[sender], **of_space)

        # What the displacement adds to a difference of positions is a vector of the cell, and no path of a gradient.
        vectors = jax.lax.stop_gradient(jax.vmap(between)(senders, receivers))
        shifts = vectors - jax.lax.stop_gradient(positions[receivers] - positions[senders])
        energies = apply(params, positions, jnp.asarray(species), senders, receivers, shifts)
        return jnp.sum(getattr(energies, "array", energies))

    return energy


def _pairs(neighbor: Any, atoms: int) -> tuple[Any, Any]:
    """Receivers and senders; of padding, which jax-md numbers as an atom too many, -1."""
    idx = jnp.asarray(neighbor.idx)
    kind = getattr(getattr(neighbor, "format", None), "name", "")
    if kind == "OrderedSparse":
        raise LayoutError(
            "jax_md_energy: the neighbours are in the format OrderedSparse, with each pair once: messages go both ways."
            "\n  Write format=partition.NeighborListFormat.Sparse in partition.neighbor_list."
        )
    if idx.ndim == 2 and idx.shape[0] == 2 and kind != "Dense":
        receivers, senders = idx
    elif idx.ndim == 2 and idx.shape[0] == atoms:
        senders = idx.ravel()
        receivers = jnp.repeat(jnp.arange(atoms, dtype=idx.dtype), idx.shape[1])
    else:
        raise LayoutError(
            f"jax_md_energy: neighbor.idx has shape {idx.shape}, and must be [2, edges], or [{atoms}, neighbours].\n"
            "  Write neighbor = neighbor_fn.allocate(positions), with a function of partition.neighbor_list."
        )
    is_edge = (senders < atoms) & (receivers < atoms)
    return jnp.where(is_edge, receivers, -1), jnp.where(is_edge, senders, -1)
