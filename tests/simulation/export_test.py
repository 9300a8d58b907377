"""An exported potential: the numbers of the model, for any number of atoms and edges, where there is no eqlib."""

import functools
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

pytest.importorskip("flatbuffers", reason="jax.export writes programs by it")

from jax import export

from eqlib.simulation import NeighborList, export_potential, predict, save_exported
from tests.models.subjects import MODELS
from tests.models.subjects import params_of as params_of_model
from tests.simulation.subjects import CELLS, CUTOFF, ELEMENTS, MODEL, params_of

ROOT = Path(__file__).resolve().parents[2]

# Python's way of saying that there is no such package.
WITHOUT_EQLIB = "import sys\nsys.modules['eqlib'] = None\n"
RUN = """
import json, zipfile, jax, numpy as np
jax.config.update("jax_enable_x64", True)
archive = zipfile.ZipFile(sys.argv[1])
about = json.loads(archive.read("potential.json"))
call = jax.jit(jax.export.deserialize(bytearray(archive.read("program.bin"))).call)
stored = np.load(sys.argv[2])
frames = sorted({key.split(":")[0] for key in stored})
found = {}
for frame in frames:
    outputs = call(*(stored[f"{frame}:{name}"] for name in about["inputs"]))
    found |= {f"{frame}:{name}": z for name, z in zip(about["outputs"], outputs)}
np.savez(sys.argv[3], **found)
assert not any(name.startswith("eqlib.") for name in sys.modules)
"""


wanted_of = jax.jit(predict, static_argnums=0)


@functools.cache
def exported(dtype: Any = np.float64) -> bytes:
    """The potential of all these tests, as a program."""
    return export_potential(MODEL, params_of(), dtype=dtype)


def inputs_of(name: str, dtype: Any = np.float64) -> tuple[np.ndarray, ...]:
    positions, cell, pbc = CELLS[name]
    edges = NeighborList(CUTOFF, skin=0.2)(positions, cell, pbc)
    species = (np.arange(len(positions)) % len(ELEMENTS)).astype(np.int32)
    return positions.astype(dtype), cell.astype(dtype), species, *edges


def require_same(found: Any, wanted: Any, tolerance: float) -> None:
    for z, w in zip(found, wanted, strict=True):
        np.testing.assert_allclose(z, w, rtol=0, atol=tolerance * (1 + np.abs(w).max()))
        assert z.shape == w.shape and np.asarray(z).dtype == w.dtype


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-13), (np.float32, 2e-5)])
def test_one_program_serves_every_number_of_atoms_and_edges(dtype: Any, tolerance: float):
    """The tolerance is a few hundred roundings: the same sums, in another order."""
    program = export.deserialize(exported(dtype))
    params = jax.tree.map(lambda leaf: leaf.astype(dtype), params_of())
    for name in ("one atom", "large", "skewed and small"):
        inputs = inputs_of(name, dtype)
        require_same(program.call(*inputs), wanted_of(MODEL, params, *inputs), tolerance)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_exported_and_loses_nothing(name: str):
    model, params = MODELS[name], params_of_model(MODELS[name])
    positions, cell, species, *_ = inputs_of("skewed and small")
    edges = NeighborList(model.cutoff, skin=0.2)(positions, cell, (True, True, True))
    inputs = positions, cell, species, *edges
    program = export.deserialize(export_potential(model, params))
    require_same(program.call(*inputs), wanted_of(model, params, *inputs), 1e-12)


def test_padding_changes_nothing():
    inputs = inputs_of("skewed and small")
    count = int((inputs[3] >= 0).sum())
    bare = *inputs[:3], *(array[:count] for array in inputs[3:])
    require_same(wanted_of(MODEL, params_of(), *inputs), wanted_of(MODEL, params_of(), *bare), 1e-13)


def test_arrays_alone_stand_in_the_signature():
    program = export.deserialize(exported())
    assert program.in_tree == jax.tree.structure(((0,) * 6, {}))
    assert program.out_tree == jax.tree.structure((0,) * 3)
    assert [str(aval.shape) for aval in program.in_avals][:2] == ["(atoms, 3)", "(3, 3)"]


def test_it_can_be_written_for_a_gpu_where_there_is_none(monkeypatch: pytest.MonkeyPatch):
    """It is not run here: that it is written, and says for what, is all that is seen."""
    monkeypatch.setenv("EQLIB_KERNELS", "off")
    program = export.deserialize(export_potential(MODEL, params_of(), platforms=("cpu", "cuda")))
    assert program.platforms == ("cpu", "cuda")
    inputs = inputs_of("large")
    wanted = wanted_of(MODEL, params_of(), *inputs)
    require_same(program.call(*inputs), wanted, 1e-13)


def test_a_process_without_eqlib_finds_the_same_numbers(tmp_path: Path):
    save_exported(tmp_path / "potential.zip", MODEL, params_of(), ELEMENTS)
    names = ("positions", "cell", "species", "senders", "receivers", "cell_shifts")
    frames = {name: inputs_of(name) for name in ("molecule", "a slab", "smaller than the cutoff")}
    stored = {f"{frame}:{name}": x for frame, xs in frames.items() for name, x in zip(names, xs, strict=True)}
    np.savez(tmp_path / "inputs.npz", **stored)
    files = [str(tmp_path / name) for name in ("potential.zip", "inputs.npz", "outputs.npz")]
    subprocess.run([sys.executable, "-c", WITHOUT_EQLIB + RUN, *files], cwd=tmp_path, check=True)
    outputs = np.load(tmp_path / "outputs.npz")
    for frame, inputs in frames.items():
        wanted = wanted_of(MODEL, params_of(), *inputs)
        found = [outputs[f"{frame}:{name}"] for name in ("energies", "forces", "stress")]
        require_same(found, wanted, 1e-13)


def test_the_file_says_what_a_simulation_must_know(tmp_path: Path):
    save_exported(tmp_path / "potential.zip", MODEL, params_of(), ELEMENTS)
    about = json.loads(zipfile.ZipFile(tmp_path / "potential.zip").read("potential.json"))
    assert about["elements"] == list(ELEMENTS) and about["cutoff"] == CUTOFF and about["dtype"] == "float64"
    assert about["units"] == {
        "length": "angstrom",
        "energy": "eV",
        "forces": "eV/angstrom",
        "stress": "eV/angstrom^3",
    }
    with pytest.raises(ValueError, match="must have one atomic number for each"):
        save_exported(tmp_path / "other.zip", MODEL, params_of(), (1, 6, 8))
    assert not (tmp_path / "other.zip").exists()
