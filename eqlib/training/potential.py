"""A trained model, with all that it takes to use it: its options, its parameters, its elements."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from eqlib.array_types import Array, Integer
from eqlib.saving import load, load_metadata, save
from eqlib.training.architectures import described, model_of
from eqlib.training.elements import atomic_number, symbol
from eqlib.training.errors import DataError

_KEY = "potential"


@dataclasses.dataclass(frozen=True)
class Potential:
    """Energies in eV of positions in angstrom, by `model.apply(params, positions, species, senders, receivers)`.

    elements  atomic numbers; an atom's species is the index of its own
    """

    model: Any
    params: Mapping[str, Any]
    elements: tuple[int, ...]

    def species(self, numbers: Integer[Array, " atoms"]) -> Integer[np.ndarray, " atoms"]:
        """The species of atoms of these atomic numbers.

        Raises: DataError if the model does not know one of them.
        """
        numbers = np.asarray(numbers)
        if len(unknown := np.setdiff1d(numbers, self.elements)):
            raise DataError(
                f"the model knows {', '.join(map(symbol, self.elements))} and not {symbol(unknown[0])}.\n"
                f"  Train it on frames with {symbol(unknown[0])} too."
            )
        return np.searchsorted(self.elements, numbers)


def save_potential(path: str | Path, potential: Potential) -> None:
    """Keeps a potential as a safetensors file, in whose metadata its options and elements stand as JSON."""
    words = {"model": described(potential.model), "elements": [symbol(number) for number in potential.elements]}
    save(path, potential.params, metadata={_KEY: json.dumps(words)})


def load_potential(path: str | Path) -> Potential:
    """The potential that a training has left in `model.safetensors`.

    Raises: LayoutError if the file is no safetensors file; DataError if it holds no potential.
    """
    words = json.loads(load_metadata(path).get(_KEY, "{}"))
    if not words:
        raise DataError(f"{path} holds no potential.\n  Write load_potential of the model.safetensors of a training.")
    return Potential(
        model=model_of(words["model"], {}),
        params=load(path),
        elements=tuple(atomic_number(name) for name in words["elements"]),
    )
