"""Energies, forces and stress of atoms that are spread over devices."""

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.sharding import PartitionSpec

from eqlib.array_types import Array, Float
from eqlib.models.potential import atomic_energies_forces_stress
from eqlib.sharding.decomposition import Decomposition, Layout
from eqlib.sharding.exchange import apply_with_exchange, exchange_of
from eqlib.sharding.tables import Tables
from eqlib.simulation.prediction import without_padding


class Prediction(NamedTuple):
    """Of all atoms the energy, and with the sign of ASE the stress; of each, where it is owned, energy and forces.

    `Decomposition.gather` brings these into the first order of the atoms.
    """

    energy: Float[jax.Array, ""]
    energies: Float[jax.Array, " rows"]
    forces: Float[jax.Array, "rows 3"]
    stress: Float[jax.Array, "3 3"] | None


def predict(
    model: Any,
    params: Mapping[str, Any],
    decomposition: Decomposition,
    positions: Float[Array, "rows 3"],
    cell: Float[Array, "3 3"] | None = None,
) -> Prediction:
    """Energy, forces and stress of a model with a cutoff; devices exchange what is in their halos, and nothing else.

    `positions` are as `decomposition.place` has spread them. A device receives the positions of its halo, and the
    features of its halo wherever the model has sent `rounds` rounds of messages and goes on; backwards, forces return
    the same ways. Numbers are summed over all devices for the energy and the stress alone.

    Law:    as far as sums in another order allow, what one device computes for the same edges.
    Shape:  positions [rows, 3] -> energies [rows], forces [rows, 3], stress [3, 3], or None if there is no cell; rows
            that are no atom are 0.
    Units:  those of the model.
    Raises: as `energy_forces_stress`.
    Source: Musaelian et al. (2023), SC '23, on 5120 GPUs; arXiv:2304.10061.
    Example:
        >>> import eqlib, numpy as np
        >>> from eqlib.sharding import decompose, mesh_of
        >>> from eqlib.simulation import Edges
        >>> model = eqlib.models.NequIP(num_species=1, cutoff=4.0, lmax=1, features=4, num_layers=1)
        >>> x, species, (i, j) = np.eye(3), np.zeros(3, int), eqlib.models.all_pairs(3)
        >>> params = jax.jit(model.init)(jax.random.key(0), x, species, i, j)
        >>> spread_out = decompose(x, species, Edges(i, j, np.zeros((6, 3), int)), mesh_of(1))
        >>> forces = predict(model, params, spread_out, spread_out.place(x)).forces
        >>> spread_out.gather(forces).shape
        (3, 3)
    """
    return program_of(model, decomposition.layout)(params, decomposition.tables, positions, cell)


# Compiled once for a model and a layout, whichever atoms are where.
@functools.cache
def program_of(model: Any, layout: Layout) -> Any:
    """(params, tables, positions, cell) -> `Prediction`, compiled."""
    spread, same = PartitionSpec(layout.mesh.axis_names), PartitionSpec()

    @jax.jit
    def program(
        params: Mapping[str, Any],
        tables: Tables,
        positions: Float[Array, "rows 3"],
        cell: Float[Array, "3 3"] | None,
    ) -> Prediction:
        box = jnp.eye(3, dtype=positions.dtype) if cell is None else cell
        found = jax.shard_map(
            functools.partial(_on_a_device, model, layout),
            mesh=layout.mesh,
            in_specs=(same, spread, spread, same),
            out_specs=Prediction(same, spread, spread, same),
        )(params, tables, positions, box)
        return found._replace(stress=None) if cell is None else found

    return program


def _on_a_device(
    model: Any,
    layout: Layout,
    params: Mapping[str, Any],
    tables: Tables,
    positions: Float[jax.Array, "owned 3"],
    cell: Float[jax.Array, "3 3"],
) -> Prediction:
    """What one device adds: the energies of its own atoms, and the forces on them of all atoms.

    The gradient is that of the sum over all devices: the transpose of the exchange brings home what is due to an atom
    elsewhere, and a strain that all devices share has the sum of their derivatives.
    """
    exchange, owned = exchange_of(layout, tables.sends), layout.sizes.owned
    apply = without_padding(apply_with_exchange(model, exchange, owned, layout.rounds), model.cutoff)

    def own_energies(params: Any, own: Any, _: Any, *edges: Any) -> Float[jax.Array, " owned"]:
        energies = apply(params, exchange(own), tables.species, *edges)
        energies = jnp.asarray(getattr(energies, "array", energies)).reshape(-1)[:owned]
        return jnp.where(tables.is_owned, energies, 0)

    graph = (tables.species[:owned], tables.senders, tables.receivers, tables.cell_shifts)
    found = atomic_energies_forces_stress(own_energies, params, positions, cell, *graph)
    return Prediction(jax.lax.psum(jnp.sum(found[0]), layout.mesh.axis_names), *found)
