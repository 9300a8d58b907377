"""LAMMPS on an exported potential, by `fix external`: the calculator's forces and pressure, and a conserved energy."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ase", reason="ase is not installed")

from ase import Atoms, units
from ase.io import write

from eqlib.simulation import Calculator, save_exported
from tests.simulation.subjects import ELEMENTS, MODEL, params_of

ROOT = Path(__file__).resolve().parents[2]
STEPS = 60

WITHOUT_EQLIB = """
import sys
sys.modules["eqlib"] = None
import json
from examples.simulation.drive_lammps import Exported, run
print(json.dumps(run(Exported(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
"""


MISSING = [name for name in ("lammps", "vesin", "flatbuffers") if importlib.util.find_spec(name) is None]


def liquid() -> Atoms:
    """27 atoms of two elements near the sites of a grid, in a skewed cell."""
    rng = np.random.default_rng(0)
    sites = np.stack(np.meshgrid(*[np.arange(3)] * 3), axis=-1).reshape(-1, 3) / 3
    cell = np.array([[6.6, 0.0, 0.0], [0.4, 6.9, 0.0], [0.2, -0.3, 7.2]])
    atoms = Atoms(numbers=[1, 8, 1] * 9, positions=sites @ cell + rng.normal(size=(27, 3)) * 0.1, cell=cell, pbc=True)
    atoms.wrap()
    atoms.calc = Calculator(MODEL, params_of(), ELEMENTS)
    return atoms


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: pip install {' '.join(MISSING)}, and mpich for lammps")
def test_lammps_runs_on_the_exported_potential(tmp_path: Path):
    atoms = liquid()
    save_exported(tmp_path / "potential.zip", MODEL, params_of(), ELEMENTS)
    write(tmp_path / "atoms.data", atoms, format="lammps-data", specorder=["H", "O"], masses=True)
    files = [str(tmp_path / name) for name in ("potential.zip", "atoms.data")]
    command = [sys.executable, "-c", WITHOUT_EQLIB, *files, str(STEPS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    # LAMMPS reads the atoms from text, with as many digits as ASE writes: 8 or more after the point.
    forces = atoms.get_forces()
    np.testing.assert_allclose(found["forces"], forces, atol=1e-6 * np.abs(forces).max())
    np.testing.assert_allclose(found["pe"][0], atoms.get_potential_energy(), rtol=1e-6)
    bar = -atoms.get_stress()[:3].mean() / (units.bar)
    np.testing.assert_allclose(found["press"][0], bar, rtol=1e-5)
    # The atoms begin at rest: what they gain in motion they lose in potential energy.
    total, potential = np.array(found["etotal"]), np.array(found["pe"])
    assert np.ptp(potential) > 1e-3
    assert np.ptp(total) < 1e-2 * np.ptp(potential)
