"""From sampled geometries to a labelled set: rounding first, then labels, and where they come from."""

from datetime import date
from importlib.metadata import version

import numpy as np

from examples.data.label import ACCURACY, BOHR, HARTREE, MOLECULES, label_all
from examples.data.labelled import PERIODIC_UNITS, UNITS, Labelled

# Multiples of 1e-6, nearly, that are short in binary: float64 holds them exactly, and they compress to half its size.
GRID = 2.0**-20  # angstrom, eV/angstrom


def on_grid(values: np.ndarray) -> np.ndarray:
    """The nearest multiples of GRID."""
    return np.round(values / GRID) * GRID


def label_set(
    numbers: np.ndarray,
    positions: np.ndarray,
    splits: dict[str, int],
    particulars: dict,
    cell: np.ndarray | None = None,
    method: str = MOLECULES,
) -> Labelled:
    """Labels sampled frames, `splits` of them in this order.

    Positions and cells are rounded before they are labelled, so that the labels belong to what is stored.
    """
    positions = on_grid(positions)
    cell = None if cell is None else on_grid(cell)
    energies, forces, stress = label_all(numbers, positions, cell, method)
    return Labelled(
        numbers=np.asarray(numbers),
        positions=positions,
        energies=energies,
        forces=on_grid(forces),
        split=np.repeat(list(splits), list(splits.values())),
        provenance=provenance(method, UNITS if cell is None else PERIODIC_UNITS, particulars),
        pbc=None if cell is None else np.ones(3, dtype=bool),
        cell=cell,
        stress=stress,
    )


def provenance(method: str, units: dict[str, str], particulars: dict) -> dict:
    """What a reader must know to use or remake the numbers; the particulars are those of one set."""
    return {
        "method": method,
        "accuracy": ACCURACY,
        "versions": {name: version(name) for name in ("tblite", "ase", "numpy")},
        "units": units,
        "hartree_in_eV": HARTREE,
        "bohr_in_angstrom": BOHR,
        **particulars,
        "date": date.today().isoformat(),
    }
