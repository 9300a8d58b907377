"""Energies, forces and stress by extended tight binding: the one file that runs tblite."""

import os

# tblite reads this when it is loaded. One thread sums in one order, and is the fastest for so few atoms.
os.environ["OMP_NUM_THREADS"] = "1"

from typing import NamedTuple

import numpy as np
from tblite.ase import TBLite
from tblite.interface import Calculator

MOLECULES = "GFN2-xTB"
CRYSTALS = "GFN1-xTB"  # and liquids; examples/data/README.md says why
ACCURACY = 1e-3  # tblite's default, 1, converges energies to 3e-5 eV only; a label must come back to 1e-6 eV
HARTREE = 27.211386245981  # eV, CODATA 2022
BOHR = 0.529177210544  # angstrom, CODATA 2022


class Label(NamedTuple):
    """Energy and forces of a geometry, and its stress if it is periodic; or the same of many frames."""

    energy: np.ndarray
    forces: np.ndarray
    stress: np.ndarray | None


def label(numbers: np.ndarray, positions: np.ndarray, cell: np.ndarray | None = None, method: str = MOLECULES) -> Label:
    """Labels one neutral closed-shell molecule or, given a cell with the lattice vectors as rows, periodic box.

    Every call starts from tblite's own guess of the charges, so that a label depends on its geometry alone. The
    stress is the derivative of the energy by a strain of positions and cell, over the volume: positive if the box would
    shrink.

    Shape:  [atoms], [atoms, 3], [3, 3] -> [], [atoms, 3], [3, 3]
    Units:  atomic numbers, angstrom, angstrom -> eV, eV/angstrom, eV/angstrom^3
    Source: GFN2: Bannwarth, Ehlert and Grimme, J. Chem. Theory Comput. 15, 1652 (2019);
            GFN1: Grimme, Bannwarth and Shushkov, J. Chem. Theory Comput. 13, 1989 (2017).
    """
    lattice = {} if cell is None else {"lattice": _bohr(cell), "periodic": np.ones(3, dtype=bool)}
    calculator = Calculator(method, numbers, _bohr(positions), **lattice)
    calculator.set("accuracy", ACCURACY)
    calculator.set("verbosity", 0)
    result = calculator.singlepoint()
    energy, forces = result.get("energy") * HARTREE, -result.get("gradient") * (HARTREE / BOHR)
    stress = None if cell is None else result.get("virial") * HARTREE / abs(np.linalg.det(cell))
    return Label(energy, forces, stress)


def label_all(
    numbers: np.ndarray, positions: np.ndarray, cells: np.ndarray | None = None, method: str = MOLECULES
) -> Label:
    """Labels many geometries of the same atoms.

    Shape:  [atoms], [frames, atoms, 3], [frames, 3, 3] -> [frames], [frames, atoms, 3], [frames, 3, 3]
    Units:  as `label`
    """
    boxes = [None] * len(positions) if cells is None else cells
    labels = [label(numbers, frame, box, method) for frame, box in zip(positions, boxes, strict=True)]
    energies, forces, stresses = zip(*labels, strict=True)
    return Label(np.array(energies), np.array(forces), None if cells is None else np.array(stresses))


def ase_calculator(method: str = MOLECULES) -> TBLite:
    """The same method for ASE's optimiser and molecular dynamics."""
    return TBLite(method=method, accuracy=ACCURACY, verbosity=0)


def _bohr(lengths: np.ndarray) -> np.ndarray:
    return np.asarray(lengths, dtype=np.float64) / BOHR
