"""A labelled set and its file: frames of the same atoms with energies, forces and, if periodic, cells and stress."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
ASPIRIN, WATER = FOLDER / "aspirin.npz", FOLDER / "water.npz"

UNITS = {"positions": "angstrom", "energies": "eV", "forces": "eV/angstrom"}
PERIODIC_UNITS = UNITS | {"cell": "angstrom", "stress": "eV/angstrom^3"}


@dataclass(frozen=True)
class Labelled:
    """Frames of the same atoms, as their file has them.

    Shape:  numbers [atoms], positions [frames, atoms, 3], energies [frames], forces [frames, atoms, 3], split [frames];
            a periodic set has also pbc [3], cell [frames, 3, 3] with the lattice vectors as rows, stress [frames, 3, 3]
    Units:  atomic numbers, angstrom, eV, eV/angstrom; angstrom, eV/angstrom^3
    Signs:  forces are minus the derivative of the energy by the positions; stress, as in ASE, is its derivative by a
            strain of positions and cell, over the volume
    """

    numbers: np.ndarray
    positions: np.ndarray
    energies: np.ndarray
    forces: np.ndarray
    split: np.ndarray
    provenance: dict
    pbc: np.ndarray | None = None
    cell: np.ndarray | None = None
    stress: np.ndarray | None = None

    def select(self, chosen: np.ndarray) -> "Labelled":
        """The frames of a mask, or of indices."""
        per_frame = ("positions", "energies", "forces", "split", *(("cell", "stress") if self.is_periodic else ()))
        return replace(self, **{name: getattr(self, name)[chosen] for name in per_frame})

    @property
    def is_periodic(self) -> bool:
        return self.cell is not None

    def write(self, path: Path) -> None:
        """Writes the npz file; `provenance` goes as JSON."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays["provenance"] = json.dumps(self.provenance)
        np.savez_compressed(path, **{name: array for name, array in arrays.items() if array is not None})


def read_labelled(path: Path, split: str | None = None) -> Labelled:
    """Reads the frames of one split, or of all, from a file that a generator here has made.

    Raises: ValueError if the file has no frame of that split.
    Example:
        >>> read_labelled(ASPIRIN, split="training").positions.shape
        (300, 21, 3)
    """
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    numbers = arrays.pop("numbers").astype(np.int64)
    labelled = Labelled(numbers=numbers, provenance=json.loads(str(arrays.pop("provenance"))), **arrays)
    if split is None:
        return labelled
    if split not in labelled.split:
        names = ", ".join(map(str, dict.fromkeys(labelled.split)))
        raise ValueError(f"there is no split {split!r}: {Path(path).name} has {names}.")
    return labelled.select(labelled.split == split)
