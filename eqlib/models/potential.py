"""Energies and forces of a model of atomic energies."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Integer


def energy_and_forces(
    atomic_energies: Callable[..., Any], params: Mapping[str, Any], positions: Float[Array, "atoms 3"], *graph: Any
) -> tuple[Float[jax.Array, ""], Float[jax.Array, "atoms 3"]]:
    """The energy, and minus its gradient in the positions.

    `atomic_energies(params, positions, *graph)` gives an energy for each atom, as `NequIP(...).apply` does.

    Law:    the energy is invariant and the forces are equivariant if the energies are; the forces on all atoms sum to
            zero if the energies do not change under translations.
    Shape:  positions [atoms, 3] -> energy [], forces [atoms, 3]; vmap for many frames.
    Units:  energy as the model gives it; forces in that unit per unit of length.
    Source: the definition of a force, F = -dE/dx.
    Example:
        >>> def spring(params, x):
        ...     return params["k"] / 2 * jnp.sum(x**2, axis=-1)
        >>> energy, forces = energy_and_forces(spring, {"k": 2.0}, jnp.array([[1.0, 0.0, 0.0]]))
        >>> print(energy, forces)
        1.0 [[-2. -0. -0.]]
    """

    def total(x: Float[Array, "atoms 3"]) -> Float[jax.Array, ""]:
        energies = atomic_energies(params, x, *graph)
        return jnp.sum(getattr(energies, "array", energies))

    energy, gradient = jax.value_and_grad(total)(positions)
    return energy, -gradient


def all_pairs(num_atoms: int) -> tuple[Integer[np.ndarray, " pairs"], Integer[np.ndarray, " pairs"]]:
    """Senders and receivers of every ordered pair of distinct atoms: the edges of a small molecule.

    A model with a cutoff gives no weight to the pairs beyond it, so these edges serve every geometry.

    Shape:  -> [n (n - 1)], [n (n - 1)].
    Example:
        >>> all_pairs(2)
        (array([0, 1]), array([1, 0]))
    """
    senders, receivers = np.nonzero(~np.eye(num_atoms, dtype=bool))
    return senders, receivers
