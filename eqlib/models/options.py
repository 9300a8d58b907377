"""What a model checks of its options when it is made, in the words that models share."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eqlib.nn.options import finite, whole, wholes


def read_options(model: Any, *, least: Mapping[str, int], positive: Sequence[str], neurons: Sequence[str]) -> None:
    """Makes the options of a frozen model numbers that compare: equal models are equal, however they were written.

    least     the options that are integers, and the least that each may be
    positive  those that are finite numbers greater than 0
    neurons   those that are lengths of hidden layers
    `energy_scale` and `energy_shift`, which every model has, are one number or one for each species.

    Raises: ValueError if an option is none of that.
    """
    kind = type(model).__name__
    read: dict[str, Any] = {name: whole(f"{kind}: {name}", getattr(model, name), n) for name, n in least.items()}
    read |= {name: finite(f"{kind}: {name}", getattr(model, name), positive=True) for name in positive}
    read |= {name: wholes(f"{kind}: {name}", getattr(model, name), 1) for name in neurons}
    for name in ("energy_scale", "energy_shift"):
        is_scale = name == "energy_scale"
        read[name] = per_species(f"{kind}: {name}", getattr(model, name), read["num_species"], positive=is_scale)
    for name, value in read.items():
        object.__setattr__(model, name, value)


def per_species(name: str, values: Any, num_species: int, *, positive: bool = False) -> float | tuple[float, ...]:
    """An option that is one number for all atoms, or one for each species.

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
