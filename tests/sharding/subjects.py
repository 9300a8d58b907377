"""Atoms, potentials and meshes that the tests of sharding share; and how programs on more devices are run."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from eqlib.models import MACE, Allegro, NequIP
from eqlib.simulation import Edges, NeighborList
from tests.simulation.subjects import CELLS
from tests.simulation.subjects import CUTOFF as CUTOFF_OF_CELLS
from tests.training.subjects import Pairs

ROOT = Path(__file__).resolve().parents[2]
CUTOFF = 2.0
SMALL: dict[str, Any] = {"num_species": 2, "cutoff": CUTOFF, "lmax": 1, "features": 4, "num_layers": 2}
MODELS: dict[str, Any] = {
    "NequIP": NequIP(**SMALL, radial_neurons=(4,), readout=4),
    "Allegro": Allegro(**SMALL | {"num_layers": 1}, latent=8, two_body_neurons=(8,), latent_neurons=(8,), readout=4),
    "MACE": MACE(**SMALL | {"lmax": 0}, message_lmax=0, correlation=1, radial_neurons=(4,), readout=4),
}


class System(NamedTuple):
    positions: np.ndarray
    species: np.ndarray
    cell: np.ndarray | None
    pbc: Any
    edges: Edges


def system(positions: np.ndarray, cell: np.ndarray | None, pbc: Any, cutoff: float) -> System:
    species = np.arange(len(positions)) % 2
    box = np.eye(3) if cell is None else cell
    return System(positions, species, cell, pbc, NeighborList(cutoff, skin=0.0)(positions, box, pbc))


def liquid() -> System:
    """A disordered box with skewed vectors, a part of which is empty, and atoms that have walked out of it."""
    rng = np.random.default_rng(0)
    places = np.stack(np.meshgrid(*[np.arange(5)] * 3), axis=-1).reshape(-1, 3)
    places = places[rng.permutation(125)[:100]] + 0.3 * rng.uniform(-1, 1, (100, 3))
    cell = 7.5 * np.eye(3) + 0.5 * rng.normal(size=(3, 3))
    walked = rng.integers(-1, 2, (100, 3)) * (rng.uniform(size=(100, 1)) < 0.2)
    return system((places / 5 + walked) @ cell, cell, (True, True, True), CUTOFF)


LIQUID = liquid()
CLUSTER = system(LIQUID.positions[:60], None, (False, False, False), CUTOFF)
SYSTEMS = {"liquid": LIQUID}
SYSTEMS |= {name: system(x, cell if any(pbc) else None, pbc, CUTOFF_OF_CELLS) for name, (x, cell, pbc) in CELLS.items()}


class Case(NamedTuple):
    """A model, the atoms, a mesh of devices, and how many rounds of messages their halos serve."""

    model: str
    system: str
    grid: tuple[int, ...]
    rounds: int = 1


CASES = {
    "NequIP, features exchanged": Case("NequIP", "liquid", (2, 2, 2)),
    "NequIP, deep halo": Case("NequIP", "liquid", (8,), rounds=2),
    "Allegro": Case("Allegro", "liquid", (2, 2, 2)),
    "MACE, features exchanged": Case("MACE", "liquid", (2, 4)),
}
FEW = ("molecule", "smaller than the cutoff", "skewed and small", "a slab")
CASES |= {f"Pairs, {name}": Case("Pairs", name, (2, 2, 2)) for name in FEW}
MODELS["Pairs"] = Pairs(CUTOFF_OF_CELLS)


def params_of(model: Any) -> Any:
    ends = np.array([0, 1]), np.array([1, 0])
    params = jax.jit(model.init)(jax.random.key(0), np.eye(3)[:2], np.array([0, 1]), *ends)
    return jax.tree.map(lambda leaf: leaf.astype(float), params)


def run(program: str, *arguments: Any, devices: int) -> subprocess.Popen[str]:
    """A program of these tests in a process that has so many devices."""
    effort = "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
    flags = f"--xla_force_host_platform_device_count={devices} {effort}"
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_ENABLE_X64": "1", "PYTHONPATH": str(ROOT)}
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)  # it is for one process at a time, and hosts run at once
    command = [sys.executable, "-m", f"tests.sharding.{program}", *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def require_done(process: subprocess.Popen[str]) -> None:
    told = process.communicate(timeout=600)[0]
    assert process.returncode == 0, told
