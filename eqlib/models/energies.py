"""The units of a model's energies: a scale and a shift, of every atom or of each species."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Integer
from eqlib.nn.options import finite


def per_species(name: str, values: Any, num_species: int, *, positive: bool = False) -> float | tuple[float, ...]:
    """An option that is one number for all atoms, or one for each species, as numbers that compare.

    Raises: ValueError if one is not finite, or `positive` and it is not, or if there are more or fewer than species.
    Example:
        >>> per_species("NequIP: energy_shift", np.array([-1.0, 2.0]), 2)
        (-1.0, 2.0)
    """
    if np.ndim(values) == 0:
        return finite(name, values, positive=positive)
    numbers = tuple(finite(f"{name}[{n}]", value, positive=positive) for n, value in enumerate(values))
    if len(numbers) != num_species:
        raise ValueError(
            f"{name} has {len(numbers)} numbers for {num_species} species.\n"
            "  Write one number per species, or one for all."
        )
    return numbers


def scale_and_shift(
    energies: Float[Array, "atoms 1"],
    species: Integer[Array, " atoms"],
    scale: float | tuple[float, ...],
    shift: float | tuple[float, ...],
) -> Float[jax.Array, "atoms 1"]:
    """scale * energies + shift, of every atom with the numbers of its species; NaN for a species without any.

    Source: Musaelian et al. (2023), Nature Communications 14, 579, of the energies of atoms: sigma E + mu.
    Example:
        >>> scale_and_shift(jnp.ones((2, 1)), jnp.array([0, 1]), 2.0, (10.0, 20.0)).ravel()
        Array([12., 22.], dtype=float32)
    """
    return _of_each(scale, species, energies.dtype) * energies + _of_each(shift, species, energies.dtype)


def _of_each(values: float | tuple[float, ...], species: Integer[Array, " atoms"], dtype: Any) -> Any:
    """The number for all, or that of every atom."""
    if not isinstance(values, tuple):
        return values
    return jnp.asarray(values, dtype).at[species, None].get(mode="fill", fill_value=jnp.nan)
