"""The distances of atoms as a network reads them: a basis of functions that end smoothly at the cutoff."""

from typing import Any

import jax

from eqlib.array_types import Array, Float
from eqlib.ops.radial import bessel, poly_envelope


def cutoff_envelope(r: Float[Array, " edges"], cutoff: float, p: int = 6) -> Float[jax.Array, " edges"]:
    """Falls from 1 to 0 at the cutoff, as (cutoff - r)^3 there, and is 0 beyond it; it leaves 1 as r^p.

    Source: Klicpera et al., ICLR 2020, eq. 8; p is 6 in NequIP and Allegro, and 5 in MACE.
    Example:
        >>> import jax.numpy as jnp
        >>> print(*(f"{value:.3f}" for value in cutoff_envelope(jnp.array([0.0, 2.0, 4.0, 5.0]), 4.0)))
        1.000 0.855 0.000 0.000
    """
    return poly_envelope(p - 1, 2, cutoff)(r)


def radial_basis(
    r: Float[Array, " edges"], number: int, cutoff: float, p: int = 6
) -> Float[jax.Array, "edges {number}"]:
    """Bessel functions of the distance [edges, number], smoothly zero from the cutoff on.

    Each has the mean square 1 in the ball of the cutoff, as a perceptron expects of its inputs.

    Source: Klicpera et al., ICLR 2020, eqs. 7 and 8.
    Example:
        >>> import jax.numpy as jnp
        >>> print(*(f"{value:.3f}" for value in radial_basis(jnp.array([1.0]), 2, cutoff=4.0)[0]))
        2.300 3.252
    """
    envelope: Any = cutoff_envelope(r, cutoff, p)
    return (cutoff**3 / 3) ** 0.5 * bessel(r, number, cutoff) * envelope[..., None]
