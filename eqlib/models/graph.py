"""The graph of atoms that a potential is given: what it must be, and what is answered where that is not known."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Extent
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import LayoutError
from eqlib.o3 import Irreps
from eqlib.ops._operands import require_in_range


def check_graph(
    model: str, positions: Any, species: Any, senders: Any, receivers: Any, shifts: Any | None = None
) -> None:
    """Refuses what is no graph of atoms in space, where that is known.

    Shape:  positions [atoms, 3], species [atoms], senders [edges], receivers [edges], shifts [edges, 3] if any
    Raises: LayoutError if the shapes are others, if an index is no integer, if a shift is one, or if an edge ends at no
            atom.
    """
    if np.ndim(positions) != 2 or np.shape(positions)[1] != 3:
        raise LayoutError(
            f"{model}: positions has shape {np.shape(positions)}, and must be [atoms, 3], the place of every atom.\n"
            "  For many frames, write "
            "jax.vmap(lambda x: model.apply(params, x, species, senders, receivers))(positions)."
        )
    atoms = np.shape(positions)[0]
    if np.shape(species) != (atoms,):
        raise LayoutError(
            f"{model}: species has shape {np.shape(species)} for {atoms} atoms: each has one.\n"
            "  Give them for every row of positions, such as jnp.zeros(len(positions), int) for one species."
        )
    if np.shape(senders) != np.shape(receivers) or np.ndim(senders) != 1:
        raise LayoutError(
            f"{model}: senders has shape {np.shape(senders)} and receivers has shape {np.shape(receivers)}: "
            "each edge has one of each.\n"
            "  Write senders, receivers = all_pairs(len(positions)) for every pair of atoms."
        )
    for name, values in (("species", species), ("senders", senders), ("receivers", receivers)):
        if not jnp.issubdtype(jnp.result_type(values), jnp.integer):
            raise LayoutError(
                f"{model}: {name} holds {jnp.result_type(values)}, and must hold integers.\n  Write {name}.astype(int)."
            )
    advice = f"An edge joins two of the {atoms} atoms, numbered from 0: all_pairs({atoms}) has every pair."
    for name, ends in (("senders", senders), ("receivers", receivers)):
        require_in_range(f"{model}: {name}", ends, 0, atoms, advice)
    if shifts is not None:
        _check_shifts(model, shifts, np.shape(senders)[0])


def _check_shifts(model: str, shifts: Any, edges: Extent) -> None:
    dtype = jnp.result_type(shifts)
    if not jnp.issubdtype(dtype, jnp.floating):
        raise LayoutError(
            f"{model}: shifts holds {dtype}, and must hold lengths, in the unit of the positions: integers count the "
            "vectors of a cell.\n  Write cell_shifts @ cell."
        )
    if np.shape(shifts) != (edges, 3):
        raise LayoutError(
            f"{model}: shifts has shape {np.shape(shifts)} for {edges} edges: each has one, [{edges}, 3], by which the "
            "image of its receiver is displaced.\n  Write cell_shifts @ cell, or leave it out where nothing repeats."
        )


def known_species(model: str, species: Any, num_species: int) -> Any:
    """The species, one that is negative under jit being made `num_species`: else it would count from the end.

    Raises: LayoutError if one, where it is known, is not in [0, num_species).
    """
    advice = "Number the species of the data from 0, or write num_species=species.max() + 1."
    require_in_range(f"{model}: species", species, 0, num_species, advice)
    return jnp.where(species < 0, num_species, species)


def one_hot(species: Any, num_species: int, dtype: Any) -> IrrepsArray:
    """[atoms, num_species x 0e]: 1 for the species of the atom, else 0.

    Example:
        >>> one_hot(jnp.array([1, 0]), 3, jnp.float32)
        3x0e
        [[0. 1. 0.]
         [1. 0. 0.]]
    """
    return IrrepsArray(Irreps([(num_species, "0e")]), jax.nn.one_hot(species, num_species, dtype=dtype))


def one_edge() -> tuple[Any, ...]:
    """Two atoms and an edge, without data: what a model is applied to before it is applied."""
    ends = jax.ShapeDtypeStruct((1,), jnp.int32)
    return jax.ShapeDtypeStruct((2, 3), jnp.float32), jax.ShapeDtypeStruct((2,), jnp.int32), ends, ends


def one_or_nan(atoms: Extent, *ends: Any) -> Any:
    """1, or NaN if it turns out under jit that an edge ends at no atom.

    It multiplies the positions, so that every force is NaN, and the energies, for an atom without edges has one too.
    """
    unknown = [index for index in ends if isinstance(index, jax.core.Tracer)]  # else they have been refused
    is_graph = [jnp.all((index >= 0) & (index.astype(int) < atoms)) for index in unknown]
    return jnp.where(jnp.all(jnp.stack(is_graph)), 1.0, jnp.nan) if is_graph else 1.0
