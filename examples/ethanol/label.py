"""Energies and forces by GFN2-xTB: the one file that runs tblite."""

import os

# tblite reads this when it is loaded. One thread sums in one order, and is the fastest for nine atoms.
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from tblite.ase import TBLite
from tblite.interface import Calculator

METHOD = "GFN2-xTB"
ACCURACY = 1e-3  # tblite's default, 1, converges energies to 3e-5 eV only; a label must come back to 1e-6 eV
HARTREE = 27.211386245981  # eV, CODATA 2022
BOHR = 0.529177210544  # angstrom, CODATA 2022


def label(species: np.ndarray, positions: np.ndarray) -> tuple[float, np.ndarray]:
    """Energy and forces of one neutral closed-shell molecule.

    Every call starts from tblite's own guess of the charges, so that a label depends on its geometry alone.

    Shape:  [atoms], [atoms, 3] -> [], [atoms, 3]
    Units:  atomic numbers, angstrom -> eV, eV/angstrom
    Source: Bannwarth, Ehlert and Grimme, J. Chem. Theory Comput. 15, 1652 (2019).
    """
    calculator = Calculator(METHOD, species, np.asarray(positions, dtype=np.float64) / BOHR)
    calculator.set("accuracy", ACCURACY)
    calculator.set("verbosity", 0)
    result = calculator.singlepoint()
    return float(result.get("energy")) * HARTREE, -result.get("gradient") * (HARTREE / BOHR)


def label_all(species: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Energies and forces of many geometries of one molecule.

    Shape:  [atoms], [frames, atoms, 3] -> [frames], [frames, atoms, 3]
    Units:  as `label`
    """
    energies, forces = zip(*(label(species, frame) for frame in positions), strict=True)
    return np.array(energies), np.array(forces)


def ase_calculator() -> TBLite:
    """The same method for ASE's optimiser and molecular dynamics."""
    return TBLite(method=METHOD, accuracy=ACCURACY, verbosity=0)
