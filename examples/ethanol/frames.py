"""Reads labelled geometries of one molecule from an npz file, and refuses what a model could not learn from."""

import json
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eqlib.training.elements import SYMBOLS, atomic_number, symbol

ETHANOL = Path(__file__).with_name("ethanol.npz")
FIELDS = ("species", "positions", "energies", "forces", "provenance")
UNITS = {"positions": "angstrom", "energies": "eV", "forces": "eV/angstrom"}
CLOSEST = 0.3  # angstrom; the shortest bond in nature, that of H2, is 0.74


class DataError(ValueError):
    """A data set cannot be used as it is."""


@dataclass(frozen=True)
class Frames:
    """Labelled geometries of one molecule, checked.

    Shape:  species [atoms], positions [frames, atoms, 3], energies [frames], forces [frames, atoms, 3]
    Units:  atomic numbers, angstrom, eV, eV/angstrom
    Raises: DataError if the arrays do not fit together, or hold what no molecule has.
    """

    species: np.ndarray
    positions: np.ndarray
    energies: np.ndarray
    forces: np.ndarray
    provenance: dict

    def __post_init__(self):
        _check_shapes(self)
        _check_species(self.species)
        _check_finite(self)
        _check_distances(self)


def read_frames(path: str | Path = ETHANOL, split: str | None = None, elements: Iterable[int] | None = None) -> Frames:
    """Reads the frames of one split, or of all; `elements` are the atomic numbers that the model knows.

    Raises: DataError if the file or its contents cannot be used.
    Example:
        >>> read_frames(split="training").positions.shape
        (400, 9, 3)
    """
    fields = _read_fields(Path(path))
    frames = Frames(
        species=_atomic_numbers(fields["species"]),
        positions=_real(fields, "positions"),
        energies=_real(fields, "energies"),
        forces=_real(fields, "forces"),
        provenance=_provenance(fields["provenance"]),
    )
    if elements is not None:
        _check_known(frames.species, sorted(elements))
    return frames if split is None else _select(frames, _members(fields, split))


def _select(frames: Frames, chosen: np.ndarray) -> Frames:
    return replace(
        frames, positions=frames.positions[chosen], energies=frames.energies[chosen], forces=frames.forces[chosen]
    )


def _read_fields(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise DataError(f"{path}: no such file.\n  To make it: python -m examples.ethanol.generate {path}")
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty.\n  To make it: python -m examples.ethanol.generate {path}")
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path} is not an npz file.\n  Write it with np.savez_compressed(path, {_keywords(FIELDS)}).")
    try:
        with np.load(path, allow_pickle=False) as stored:
            fields = {name: stored[name] for name in stored.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    missing = [name for name in FIELDS if name not in fields]
    if missing:
        raise DataError(
            f"{path} has no field {', '.join(missing)}: it has {', '.join(fields) or 'none'}.\n"
            f"  Write it with np.savez_compressed(path, {_keywords(FIELDS)})."
        )
    return fields


def _keywords(names: Iterable[str]) -> str:
    return ", ".join(f"{name}={name}" for name in names)


def _members(fields: dict[str, np.ndarray], split: str) -> np.ndarray:
    if "split" not in fields:
        raise DataError(f"there is no split {split!r}: the file has no field split, the name of each frame's split.")
    names, frames = fields["split"], np.shape(fields["positions"])[:1]
    if names.shape != frames:
        raise DataError(f"split has shape {list(names.shape)}, but positions has {list(frames)} frames.")
    if split not in names:
        raise DataError(f"there is no split {split!r}: the file has {', '.join(map(str, dict.fromkeys(names)))}.")
    return names == split


def _real(fields: dict[str, np.ndarray], name: str) -> np.ndarray:
    if fields[name].dtype.kind not in "fiu":
        raise DataError(f"{name} holds {fields[name].dtype}, not real numbers.")
    return fields[name].astype(np.float64)


def _atomic_numbers(species: np.ndarray) -> np.ndarray:
    if species.dtype.kind == "U":
        unknown = [str(name) for name in species.flat if name not in SYMBOLS]
        if unknown:
            raise DataError(
                f"there is no element {unknown[0]!r}.\n  Write symbols as 'H', 'C', 'Cl', or atomic numbers."
            )
        return np.vectorize(atomic_number, otypes=[np.int64])(species)
    if species.dtype.kind not in "iu":
        raise DataError(f"species holds {species.dtype}, not atomic numbers or symbols of elements.")
    return species.astype(np.int64)


def _provenance(text: np.ndarray) -> dict:
    try:
        provenance = json.loads(str(text))
    except json.JSONDecodeError as error:
        raise DataError(f"provenance is not JSON: {error}") from error
    units = provenance.get("units") if isinstance(provenance, dict) else None
    if units != UNITS:
        raise DataError(
            f"by its provenance, the file's units are {json.dumps(units)}, not {json.dumps(UNITS)}.\n"
            f'  Convert the arrays, and write provenance=json.dumps({{"units": {json.dumps(UNITS)}}}).'
        )
    return provenance


def _check_shapes(frames: Frames) -> None:
    shapes = {name: getattr(frames, name).shape for name in ("species", "positions", "energies", "forces")}
    count, atoms = len(np.atleast_1d(frames.positions)), frames.species.size
    expected = {"species": (atoms,), "positions": (count, atoms, 3), "energies": (count,), "forces": (count, atoms, 3)}
    if 0 in (count, atoms):
        raise DataError(f"there is nothing to learn from: {count} frames of {atoms} atoms.")
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise DataError(
                f"{name} has shape {list(shapes[name])}, not {list(shape)}: "
                f"species has {atoms} atoms and positions has {count} frames."
            )


def _check_species(species: np.ndarray) -> None:
    for atom, number in enumerate(species):
        if not 1 <= number <= len(SYMBOLS):
            raise DataError(f"atom {atom} has atomic number {number}: there is no such element.")


def _check_known(species: np.ndarray, elements: list[int]) -> None:
    for atom, number in enumerate(species):
        if number not in elements:
            raise DataError(
                f"atom {atom} is {symbol(number)}, but the model knows only {', '.join(map(symbol, elements))}.\n"
                f"  Train a model for the elements {sorted({*elements, *species.tolist()})}."
            )


def _check_finite(frames: Frames) -> None:
    for name in ("positions", "energies", "forces"):
        values = getattr(frames, name)
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            frame, *atom = bad[0][:2]
            where = f"frame {frame}" + "".join(f", atom {index} ({symbol(frames.species[index])})" for index in atom)
            raise DataError(
                f"{name} is not finite in {where}: {values[tuple(bad[0][:2])].tolist()}.\n  Remove that frame."
            )


def _check_distances(frames: Frames) -> None:
    first, second = np.triu_indices(len(frames.species), k=1)
    distances = np.linalg.norm(frames.positions[:, first] - frames.positions[:, second], axis=-1)
    close = np.argwhere(distances < CLOSEST)
    if len(close):
        frame, pair = close[0]
        atoms = [f"{index} ({symbol(frames.species[index])})" for index in (first[pair], second[pair])]
        raise DataError(
            f"atoms {' and '.join(atoms)} of frame {frame} are {distances[frame, pair]:.3f} angstrom apart: "
            f"no two atoms come closer than {CLOSEST}.\n  If the positions are in nanometres, multiply them by 10."
        )
