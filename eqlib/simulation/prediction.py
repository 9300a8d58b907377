"""What a simulation asks of a model: energies, forces and stress, on lists of edges that have room for more."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Integer
from eqlib.models.potential import atomic_energies_forces_stress


class Prediction(NamedTuple):
    """The energy of every atom, the forces on them, and the stress with the sign of ASE."""

    energies: Float[jax.Array, " atoms"]
    forces: Float[jax.Array, "atoms 3"]
    stress: Float[jax.Array, "3 3"]


def predict(
    model: Any,
    params: Mapping[str, Any],
    positions: Float[Array, "atoms 3"],
    cell: Float[Array, "3 3"],
    species: Integer[Array, " atoms"],
    senders: Integer[Array, " edges"],
    receivers: Integer[Array, " edges"],
    cell_shifts: Integer[Array, "edges 3"],
) -> Prediction:
    """Energies, forces and stress of a model with a cutoff; an edge with a negative end is padding, and adds nothing.

    Law:    that of `energy_forces_stress`; padding changes nothing but the order of sums.
    Shape:  positions [atoms, 3], cell [3, 3], species [atoms], senders and receivers [edges], cell_shifts [edges, 3]
            -> energies [atoms], forces [atoms, 3], stress [3, 3].
    Units:  those of the model.
    Raises: as `energy_forces_stress`.
    """
    atomic_energies = without_padding(model.apply, model.cutoff)
    graph = (species, senders, receivers, cell_shifts)
    return Prediction(*atomic_energies_forces_stress(atomic_energies, params, positions, cell, *graph))


def without_padding(atomic_energies: Callable[..., Any], cutoff: float) -> Callable[..., Any]:
    """A model to which edges with a negative end are edges of twice the cutoff, to which it gives no weight.

    They begin and end at every atom in turn, so that none has to sum them all.
    """

    def apply(
        params: Any,
        positions: Float[Array, "atoms 3"],
        species: Integer[Array, " atoms"],
        senders: Integer[Array, " edges"],
        receivers: Integer[Array, " edges"],
        shifts: Float[Array, "edges 3"],
    ) -> Any:
        is_edge = (jnp.asarray(senders) >= 0) & (jnp.asarray(receivers) >= 0)
        some_atom = jnp.arange(is_edge.shape[0], dtype=jnp.asarray(senders).dtype) % positions.shape[0]
        beyond = jnp.asarray([2 * cutoff, 0, 0], positions.dtype)
        ends = (jnp.where(is_edge, end, some_atom) for end in (senders, receivers))
        return atomic_energies(params, positions, species, *ends, jnp.where(is_edge[:, None], shifts, beyond))

    return apply


def species_of(numbers: Integer[Array, " atoms"], elements: Sequence[int]) -> Integer[np.ndarray, " atoms"]:
    """The species of atoms by their atomic numbers: the place of each in `elements`.

    Raises: ValueError if the model does not know one of them.
    Example:
        >>> species_of(np.array([8, 1, 1]), (1, 6, 8))
        array([2, 0, 0], dtype=int32)
    """
    place = {int(number): species for species, number in enumerate(elements)}
    unknown = sorted({int(number) for number in numbers} - set(place))
    if unknown:
        raise ValueError(
            f"the model knows the atomic numbers {tuple(place)} and not {unknown[0]}.\n"
            f"  Take a model that was trained for the elements {tuple(sorted({*place, *unknown}))}."
        )
    return np.array([place[int(number)] for number in numbers], np.int32)


def checked_elements(elements: Sequence[int], model: Any) -> tuple[int, ...]:
    """The atomic number of each species of the model.

    Raises: ValueError if there are not as many as the model has species, or if one stands twice.
    """
    numbers = tuple(int(number) for number in elements)
    wanted = getattr(model, "num_species", len(numbers))
    if len(numbers) != wanted or len(set(numbers)) != len(numbers):
        raise ValueError(
            f"elements is {numbers}, and must have one atomic number for each of the {wanted} species of the model.\n"
            "  Write elements=(1, 6, 8) for a model whose species 0, 1 and 2 are H, C and O."
        )
    return numbers


def params_in(params: Mapping[str, Any], dtype: Any | None) -> Mapping[str, Any]:
    """The parameters in `dtype`, or as they are.

    Raises: ValueError if JAX is set up for fewer digits.
    """
    if dtype is not None and jax.dtypes.canonicalize_dtype(dtype) != np.dtype(dtype):
        raise ValueError(
            f"dtype is {np.dtype(dtype)}, and JAX is set up for 32 bits.\n"
            '  Write jax.config.update("jax_enable_x64", True) before anything else.'
        )
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), params)


def dtype_of(params: Mapping[str, Any]) -> np.dtype:
    """The dtype in which a model with these parameters computes."""
    return np.dtype(jnp.result_type(*jax.tree.leaves(params)))
