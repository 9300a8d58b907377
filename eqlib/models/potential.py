"""Energies, forces and stress of a model of atomic energies."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Extent, Float, Integer
from eqlib.errors import LayoutError


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
        return jnp.sum(_array(atomic_energies(params, x, *graph)))

    energy, gradient = jax.value_and_grad(total)(positions)
    return energy, -gradient


def energy_forces_stress(
    atomic_energies: Callable[..., Any],
    params: Mapping[str, Any],
    positions: Float[Array, "atoms 3"],
    cell: Float[Array, "3 3"],
    species: Integer[Array, " atoms"],
    senders: Integer[Array, " edges"],
    receivers: Integer[Array, " edges"],
    cell_shifts: Integer[Array, "edges 3"],
) -> tuple[Float[jax.Array, ""], Float[jax.Array, "atoms 3"], Float[jax.Array, "3 3"]]:
    """The energy of a periodic cell, minus its gradient in the positions, and its stress.

    `atomic_energies(params, positions, species, senders, receivers, shifts)` gives an energy for each atom, as
    `NequIP(...).apply` does. The rows of `cell` are its vectors; an edge goes to the image of its receiver that is
    displaced by `cell_shifts` of them. The stress is the derivative of the energy in a homogeneous strain that moves
    atoms and cell together, x -> x (1 + strain), divided by the volume: positive where the cell would contract.

    Law:    the energy is invariant, the forces are equivariant and the stress turns as R stress R^T if the energies are
            invariant; it is symmetric. An atom that is displaced by a vector of the cell, with the cell_shifts of its
            edges, changes nothing.
    Shape:  positions [atoms, 3], cell [3, 3], cell_shifts [edges, 3] -> energy [], forces [atoms, 3], stress [3, 3].
    Units:  energy as the model gives it; forces in that unit per length; stress per length^3, with the sign of ASE.
    Raises: LayoutError if cell or cell_shifts have another shape, if cell_shifts are no integers, or if the cell, where
            it is known, has no volume: under jit the stress is then infinite or NaN.
    Source: Knuth et al. (2015), Computer Physics Communications 190, 33: the stress as a derivative in strain.
    Example: one atom, bound by springs to its images along x, in a cell of volume 8
        >>> def springs(params, x, species, senders, receivers, shifts):
        ...     return params["k"] / 2 * jnp.sum((x[receivers] - x[senders] + shifts) ** 2, axis=-1)
        >>> edges = jnp.array([0]), jnp.array([0]), jnp.array([[1, 0, 0]])
        >>> energy, _, stress = energy_forces_stress(
        ...     springs, {"k": 2.0}, jnp.zeros((1, 3)), 2 * jnp.eye(3), jnp.array([0]), *edges
        ... )
        >>> print(energy, stress[0])
        4.0 [1. 0. 0.]
    """
    _check_cell(cell, cell_shifts, np.shape(senders)[0])
    graph = (species, senders, receivers, cell_shifts)
    energies, forces, stress = atomic_energies_forces_stress(atomic_energies, params, positions, cell, *graph)
    return jnp.sum(energies), forces, stress


def atomic_energies_forces_stress(
    atomic_energies: Any,
    params: Mapping[str, Any],
    positions: Float[Array, "atoms 3"],
    cell: Float[Array, "3 3"],
    species: Integer[Array, " atoms"],
    senders: Integer[Array, " edges"],
    receivers: Integer[Array, " edges"],
    cell_shifts: Integer[Array, "edges 3"],
) -> tuple[Float[jax.Array, " atoms"], Float[jax.Array, "atoms 3"], Float[jax.Array, "3 3"]]:
    """As `energy_forces_stress`, with the energy of every atom in place of their sum.

    A program that simulates sums them in more digits than the model has.

    Shape:  -> energies [atoms], forces [atoms, 3], stress [3, 3].
    Raises: as `energy_forces_stress`.
    Example:
        >>> def spring(params, x, *graph):
        ...     return params["k"] / 2 * jnp.sum(x**2, axis=-1)
        >>> edges = jnp.array([0]), jnp.array([0]), jnp.array([[1, 0, 0]])
        >>> x, species = jnp.array([[1.0, 0.0, 0.0]]), jnp.array([0])
        >>> print(atomic_energies_forces_stress(spring, {"k": 2.0}, x, jnp.eye(3), species, *edges)[0])
        [1.]
    """
    _check_cell(cell, cell_shifts, np.shape(senders)[0])
    positions, cell = jnp.asarray(positions), jnp.asarray(cell)

    def total(x: Float[jax.Array, "atoms 3"], strain: Float[jax.Array, "3 3"]) -> tuple[Any, Any]:
        # Only what is symmetric in it strains; the rest is a rotation, which is to leave rounding alone.
        strain = (strain + strain.T) / 2
        strained = cell + _product(cell, strain)
        shifts = _product(jnp.asarray(cell_shifts).astype(cell.dtype), strained)
        found = atomic_energies(params, x + _product(x, strain), species, senders, receivers, shifts)
        energies = _array(found).reshape(x.shape[0])
        return jnp.sum(energies), energies

    of_total = jax.value_and_grad(total, argnums=(0, 1), has_aux=True)
    (_, energies), (gradient, virial) = of_total(positions, jnp.zeros_like(cell))
    volume = jnp.abs(jnp.sum(cell[0] * jnp.cross(cell[1], cell[2])))
    return energies, -gradient, virial / volume


def _array(energies: Any) -> Float[jax.Array, "..."]:
    return jnp.asarray(getattr(energies, "array", energies))


def _product(x: Float[jax.Array, "rows 3"], matrix: Float[jax.Array, "3 3"]) -> Float[jax.Array, "rows 3"]:
    """x @ matrix, in the precision of its dtype: places are not to be rounded to the digits of a tensor core."""
    return jnp.matmul(x, matrix, precision=jax.lax.Precision.HIGHEST)


def _check_cell(cell: Any, cell_shifts: Any, edges: Extent) -> None:
    if np.shape(cell) != (3, 3):
        raise LayoutError(
            f"energy_forces_stress: cell has shape {np.shape(cell)}, and must be [3, 3], a vector in each row.\n"
            "  For a box with right angles, write jnp.diag(jnp.array(lengths))."
        )
    dtype = jnp.result_type(cell_shifts)
    if not jnp.issubdtype(dtype, jnp.integer):
        raise LayoutError(
            f"energy_forces_stress: cell_shifts holds {dtype}, and must hold integers, the numbers of vectors of the "
            "cell between an atom and its image.\n  Write jnp.round(shifts @ jnp.linalg.inv(cell)).astype(int) for "
            "shifts that are lengths."
        )
    if np.shape(cell_shifts) != (edges, 3):
        raise LayoutError(
            f"energy_forces_stress: cell_shifts has shape {np.shape(cell_shifts)} for {edges} edges, and must be "
            f"[{edges}, 3].\n  Write jnp.zeros((len(senders), 3), int) where every edge stays in the cell."
        )
    if not isinstance(cell, jax.core.Tracer) and np.linalg.det(np.asarray(cell)) == 0:
        raise LayoutError(
            "energy_forces_stress: the vectors of cell lie in a plane: it has no volume, by which a stress is divided."
            "\n  Write energy_and_forces(model.apply, params, positions, species, senders, receivers, "
            "cell_shifts @ cell)."
        )


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
