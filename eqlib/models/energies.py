"""The units of a model's energies: a scale and a shift, of every atom or of each species."""

from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Float, Integer


def scale_and_shift(
    energies: Float[Array, "atoms 1"],
    species: Integer[Array, " atoms"],
    num_species: int,
    scale: float | tuple[float, ...],
    shift: float | tuple[float, ...],
) -> Float[jax.Array, "atoms 1"]:
    """scale * energies + shift, of every atom with the numbers of its species; NaN where there is no such species.

    Source: Musaelian et al. (2023), Nature Communications 14, 579, of the energies of atoms: sigma E + mu.
    Example:
        >>> scale_and_shift(jnp.ones((2, 1)), jnp.array([0, 1]), 2, 2.0, (10.0, 20.0)).ravel()
        Array([12., 22.], dtype=float32)
    """

    def of_each(values: float | tuple[float, ...]) -> Any:
        numbers = jnp.asarray(values if isinstance(values, tuple) else (values,) * num_species, energies.dtype)
        return numbers.at[species, None].get(mode="fill", fill_value=jnp.nan)

    return of_each(scale) * energies + of_each(shift)
