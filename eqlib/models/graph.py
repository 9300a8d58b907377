"""The graph of atoms that a potential is given: what it must be, and what is answered where that is not known."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.errors import LayoutError
from eqlib.ops._operands import require_in_range


def check_graph(model: str, positions: Any, species: Any, senders: Any, receivers: Any) -> None:
    """Refuses what is no graph of atoms in space, where that is known.

    Shape:  positions [atoms, 3], species [atoms], senders [edges], receivers [edges]
    Raises: LayoutError if the shapes are others, if an index is no integer, or if an edge ends at no atom.
    """
    if np.ndim(positions) != 2 or np.shape(positions)[1] != 3:
        raise LayoutError(
            f"{model}: positions has shape {np.shape(positions)}, and must be [atoms, 3], the place of every atom.\n"
            "  For many frames, write "
            "jax.vmap(lambda x: model.apply(params, x, species, senders, receivers))(positions)."
        )
    atoms = len(positions)
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


def one_or_nan(atoms: int, *ends: Any) -> Any:
    """1, or NaN if it turns out under jit that an edge ends at no atom.

    It multiplies the positions, so that every force is NaN, and the energies, for an atom without edges has one too.
    """
    unknown = [index for index in ends if isinstance(index, jax.core.Tracer)]  # else they have been refused
    is_graph = [jnp.all((index >= 0) & (index.astype(int) < atoms)) for index in unknown]
    return jnp.where(jnp.all(jnp.stack(is_graph)), 1.0, jnp.nan) if is_graph else 1.0
