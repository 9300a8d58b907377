"""A training learns, and leaves what the manual says."""

import csv
import dataclasses
import json
from pathlib import Path

import jax
import numpy as np
import pytest

import eqlib
from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.training import DataError, TrainingError, load_potential, read_config, train
from eqlib.training.job import prepare
from eqlib.training.run import CHECKPOINT
from tests.training.subjects import springs, write_config


def rows(path: Path) -> list[dict[str, float]]:
    with path.open() as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def test_the_error_falls_and_every_evaluation_is_a_row(trained):
    folder, told = trained
    found = rows(folder / "run/metrics.csv")
    assert [row["step"] for row in found] == [10, 20, 30, 40]
    assert found[-1]["validation_force_mae"] < 0.9 * found[0]["validation_force_mae"]
    assert found[-1]["training_loss"] < found[0]["training_loss"]
    assert "NequIP [########################] 40/40" in told
    assert told.startswith("NequIP: compiling\n")
    stored = json.loads((folder / "run/metrics.json").read_text())
    assert stored["history"] == found and set(stored["errors"]) == {"training", "validation", "test"}
    assert f"{stored['errors']['test']['force_mae']:.3g}" in told.splitlines()[-2]


def test_the_plots_are_drawn(trained):
    for name in ("learning.png", "parity.png"):
        assert (trained[0] / "run" / name).read_bytes().startswith(b"\x89PNG")


def test_the_potential_predicts_energies_and_forces(trained):
    potential = load_potential(trained[0] / "run/model.safetensors")
    assert isinstance(potential.model, NequIP) and potential.elements == (1, 8)
    frames, errors = springs(), json.loads((trained[0] / "run/metrics.json").read_text())["errors"]["test"]
    test = np.random.default_rng(0).permutation(40)[30:]
    graph = potential.species(frames.numbers[0]), *all_pairs(3)
    predict = jax.jit(jax.vmap(lambda x: energy_and_forces(potential.model.apply, potential.params, x, *graph)))
    energies, forces = predict(frames.positions[test].astype(np.float32))
    np.testing.assert_allclose(1e3 * np.mean(np.abs(forces - frames.forces[test])), errors["force_mae"], rtol=1e-4)
    # The energies are of the order of 10 eV, in float32: of their error per atom, some 1e-3 meV are rounding.
    found = 1e3 * np.mean(np.abs(energies - frames.energies[test])) / 3
    np.testing.assert_allclose(found, errors["energy_mae"], atol=2e-3)
    with pytest.raises(DataError, match=r"^the model knows H, O and not C\.\n  Train it on frames with C too\.$"):
        potential.species(np.array([6]))


def test_parameters_carry_their_irreps_and_the_model_its_options(trained):
    potential = load_potential(trained[0] / "run/model.safetensors")
    names = list(potential.params["interaction_0"]["up"])
    assert names == ["w[0,0] 2x0e,2x0e"]
    metadata = eqlib.load_metadata(trained[0] / "run/checkpoint.safetensors")
    assert json.loads(metadata["facts"])["model"]["lmax"] == 0


def test_parameters_that_run_away_are_told_and_never_kept(trained, tmp_path):
    config = read_config(trained[0] / "config.toml")
    config = dataclasses.replace(config, output=str(tmp_path / "run"), plots=False)
    wild = dataclasses.replace(config, optimizer=dataclasses.replace(config.optimizer, learning_rate=1e20))
    with pytest.raises(TrainingError) as raised:
        train(wild)
    assert str(raised.value).startswith("the loss is ") and "Write learning_rate = 3e+19 in [optimizer]" in str(
        raised.value
    )
    kept = tmp_path / "run" / CHECKPOINT
    assert not kept.exists() or all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(eqlib.load(kept)["params"]))


def test_frames_that_have_their_split_are_used_by_it(tmp_path):
    frames, config = springs(), read_config(write_config(tmp_path))
    split = np.array(["test"] * 10 + ["training"] * 25 + ["validation"] * 5)
    path = tmp_path / "split.npz"
    np.savez(
        path,
        split=split,
        **{name: getattr(frames, name) for name in ("numbers", "positions", "energies", "forces")},
    )
    data = dataclasses.replace(config.data, path=str(path), num_validation=None)
    job = prepare(dataclasses.replace(config, data=data))
    found = {name: dataset.frames.index.tolist() for name, dataset in job.datasets.items()}
    assert found == {
        "training": list(range(10, 30)),
        "validation": list(range(35, 40)),
        "test": list(range(10)),
    }
