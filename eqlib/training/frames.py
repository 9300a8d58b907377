"""Labelled geometries: what a data set is, and how it is read from an npz file."""

import dataclasses
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from eqlib.array_types import Bool, Integer, Real
from eqlib.training.elements import SYMBOLS, atomic_number
from eqlib.training.errors import DataError

REQUIRED = ("numbers", "positions", "energies", "forces")


@dataclasses.dataclass(frozen=True)
class Frames:
    """Labelled geometries. Where they have different numbers of atoms, 0 stands for none, in the last places of a
    frame.

    name       what messages call it, such as the file
    numbers    [frames, atoms], atomic numbers
    positions  [frames, atoms, 3], angstrom
    energies   [frames], eV
    forces     [frames, atoms, 3], eV/angstrom
    cell       [frames, 3, 3], angstrom, a lattice vector in each row; or None
    pbc        [frames, 3], whether the frame repeats along each lattice vector
    stress     [frames, 3, 3], eV/angstrom^3, dE/d(strain) / volume, positive if the cell wants to shrink; or None
    index      [frames], the number of each frame in the file
    split      [frames], the name of the split that each frame belongs to; or None
    """

    name: str
    numbers: Integer[np.ndarray, "frames atoms"]
    positions: Real[np.ndarray, "frames atoms 3"]
    energies: Real[np.ndarray, " frames"]
    forces: Real[np.ndarray, "frames atoms 3"]
    cell: Real[np.ndarray, "frames 3 3"] | None
    pbc: Bool[np.ndarray, "frames 3"]
    stress: Real[np.ndarray, "frames 3 3"] | None
    index: Integer[np.ndarray, " frames"]
    split: Any = None

    def __len__(self) -> int:
        return len(self.energies)

    def take(self, chosen: Any, name: str | None = None) -> "Frames":
        """The frames of these indices, or where a mask is true, under another name."""
        arrays = {
            field.name: value[chosen]
            for field in dataclasses.fields(self)[1:]
            if (value := getattr(self, field.name)) is not None
        }
        return dataclasses.replace(self, name=name or self.name, **arrays)


def read_frames(path: str | Path) -> Frames:
    """Reads an npz file with the fields of `Frames`.

    `numbers` may be [atoms], and `cell` and `pbc` without the axis of the frames, if they are the same in every frame.
    `species` may stand for `numbers`, and symbols of elements for atomic numbers. `cell` alone means that the frames
    repeat in all directions.

    Raises: DataError if the file cannot be read, or its arrays do not fit together.
    """
    path = Path(path)
    return frames_of(_fields(path), str(path))


def frames_of(fields: Mapping[str, Any], name: str = "the data") -> Frames:
    """The frames of arrays that are named as in such a file.

    Raises: DataError if a field is missing, or the arrays do not fit together.
    Example:
        >>> water = {"numbers": ["O", "H", "H"], "positions": np.zeros((5, 3, 3))}
        >>> len(frames_of(water | {"energies": np.zeros(5), "forces": np.zeros((5, 3, 3))}))
        5
    """
    arrays = {field: np.asarray(value) for field, value in fields.items()}
    if "numbers" not in arrays and "species" in arrays:
        arrays["numbers"] = arrays.pop("species")
    _check_fields(name, arrays)
    arrays["numbers"] = _atomic_numbers(name, arrays["numbers"])
    arrays = _of_every_frame(name, arrays)
    count = len(arrays["positions"])
    real = ("positions", "energies", "forces", "cell", "stress")
    return Frames(
        name=name,
        numbers=arrays["numbers"],
        pbc=arrays.get("pbc", np.full((count, 3), "cell" in arrays)).astype(bool),
        index=np.arange(count),
        split=arrays.get("split"),
        **{field: _real(name, field, arrays[field]) if field in arrays else None for field in real},
    )


def _of_every_frame(name: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays with an axis of the frames, those that are the same in every frame repeated; of the right shapes."""
    numbers, positions = arrays["numbers"], arrays["positions"]
    count, atoms = len(np.atleast_1d(positions)), numbers.shape[-1] if numbers.ndim else 0
    if 0 in (count, atoms):
        raise DataError(f"{name}: there is nothing to learn from: {count} frames of {atoms} atoms.")
    of_a_frame = {
        "numbers": (atoms,),
        "positions": (atoms, 3),
        "energies": (),
        "forces": (atoms, 3),
        "cell": (3, 3),
        "pbc": (3,),
        "stress": (3, 3),
        "split": (),
    }
    found: dict[str, Any] = {}
    for field in filter(arrays.__contains__, of_a_frame):
        array, shape = arrays[field], of_a_frame[field]
        if field in ("numbers", "cell", "pbc") and array.shape == shape:
            array = np.broadcast_to(array, (count, *shape))
        if array.shape != (count, *shape):
            raise DataError(
                f"{name}: {field} has shape {list(array.shape)}, not {[count, *shape]}: positions has {count} frames, "
                f"and numbers {atoms} atoms."
            )
        found[field] = array
    return found


def _fields(path: Path) -> dict[str, Any]:
    write = f"Write it with np.savez_compressed(path, {_keywords(REQUIRED)})."
    if not path.is_file():
        raise DataError(f"{path}: no such file.\n  {write}")
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path} is {'no npz file' if path.stat().st_size else 'empty'}.\n  {write}")
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}.\n  {write}") from error


def _check_fields(name: str, fields: Mapping[str, Any]) -> None:
    if missing := [field for field in REQUIRED if field not in fields]:
        raise DataError(
            f"{name} has no field {', '.join(missing)}: it has {', '.join(fields) or 'none'}.\n"
            f"  Write it with np.savez_compressed(path, {_keywords(REQUIRED)})."
        )
    if "pbc" in fields and np.any(fields["pbc"]) and "cell" not in fields:
        raise DataError(f"{name} has pbc and no cell: there is no length at which it repeats.\n  Write cell=cell.")
    if "stress" in fields and "cell" not in fields:
        raise DataError(f"{name} has stress and no cell: stress is per volume.\n  Write cell=cell, or leave it out.")


def _keywords(names: Iterable[str]) -> str:
    return ", ".join(f"{name}={name}" for name in names)


def _real(name: str, field: str, values: Any) -> Real[np.ndarray, "..."]:
    if values.dtype.kind not in "fiu":
        raise DataError(f"{name}: {field} holds {values.dtype}, not real numbers.")
    return values.astype(np.float64)


def _atomic_numbers(name: str, numbers: Any) -> Integer[np.ndarray, "..."]:
    if numbers.dtype.kind == "U":
        if unknown := [str(text) for text in numbers.flat if text not in (*SYMBOLS, "")]:
            raise DataError(
                f"{name}: there is no element {unknown[0]!r}.\n  Write symbols as 'H', 'C', 'Cl', or atomic numbers."
            )
        return np.vectorize(lambda text: atomic_number(text) if text else 0, otypes=[np.int64])(numbers)
    if numbers.dtype.kind not in "iu":
        raise DataError(f"{name}: numbers holds {numbers.dtype}, not atomic numbers or symbols of elements.")
    return numbers.astype(np.int64)
