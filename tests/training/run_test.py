"""A training learns, leaves what the manual says, and goes on bit for bit after a kill at any moment."""

import contextlib
import csv
import dataclasses
import io
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import jax
import numpy as np
import pytest

import eqlib
from eqlib.cli import main
from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.training import CheckpointError, DataError, TrainingError, load_potential, read_config, train
from eqlib.training.checkpoint import restore_state, save_state
from eqlib.training.run import CHECKPOINT, prepare
from eqlib.training.step import first_state
from tests.training.subjects import springs

CONFIG = """
output = "run"
steps = {steps}
evaluate_every = 10
checkpoint_every = 1
plots = {plots}
[data]
path = "water.npz"
num_training = 20
num_validation = 10
[model]
name = "NequIP"
cutoff = 3.0
lmax = 0
features = 2
num_layers = 1
radial_neurons = [4]
readout = 2
"""


def write_config(folder: Path, steps: int = 40, plots: str = "false") -> Path:
    frames = springs()
    arrays = {name: getattr(frames, name) for name in ("numbers", "positions", "energies", "forces")}
    np.savez_compressed(folder / "water.npz", **arrays)
    (folder / "config.toml").write_text(CONFIG.format(steps=steps, plots=plots))
    return folder / "config.toml"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder in which `eqlib train config.toml` has run, and what it printed."""
    folder = tmp_path_factory.mktemp("trained")
    config, told = write_config(folder, plots="true"), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        status = main(["train", str(config)])
    assert status == 0, told.getvalue()
    return folder, told.getvalue()


def rows(path: Path) -> list[dict[str, float]]:
    with path.open() as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


# What it leaves


def test_the_error_falls_and_every_evaluation_is_a_row(trained):
    folder, told = trained
    found = rows(folder / "run/metrics.csv")
    assert [row["step"] for row in found] == [10, 20, 30, 40]
    assert found[-1]["validation_force_mae"] < 0.9 * found[0]["validation_force_mae"]
    assert found[-1]["training_loss"] < found[0]["training_loss"]
    assert "NequIP [########################] 40/40" in told
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


# Going on


@contextlib.contextmanager
def process(config: Path):
    """A training in a process of its own, whose progress can be read."""
    command = [sys.executable, "-m", "eqlib.cli", "train", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running


def test_a_training_that_is_killed_ends_in_the_same_bits_as_one_that_is_not(tmp_path):
    """Each is killed a random while after it has begun to move, with a checkpoint in every step."""
    finished, stopped = tmp_path / "finished", tmp_path / "stopped"
    for folder in (finished, stopped):
        folder.mkdir()
        write_config(folder, steps=200)
    with process(finished / "config.toml") as running:
        assert running.wait() == 0
    moments, reached = random.Random(0), []
    for _ in range(3):
        with process(stopped / "config.toml") as running:
            assert running.stderr is not None
            assert running.stderr.readline().startswith("NequIP [")
            time.sleep(moments.uniform(0.0, 0.1))
            running.kill()
        assert running.returncode < 0
        reached.append(int(eqlib.load(stopped / "run" / CHECKPOINT)["step"]))
    assert reached == sorted(set(reached)) and reached[-1] < 200
    with process(stopped / "config.toml") as running:
        assert running.wait() == 0
    for name in (CHECKPOINT, "model.safetensors", "metrics.csv", "metrics.json"):
        assert (finished / "run" / name).read_bytes() == (stopped / "run" / name).read_bytes(), name


def test_a_training_that_has_ended_is_not_done_again(trained, capsys):
    folder, told = trained
    before = (folder / "run/model.safetensors").read_bytes()
    assert main(["train", str(folder / "config.toml")]) == 0
    found = capsys.readouterr()
    assert "[" not in found.err
    assert found.out.splitlines() == told.splitlines()[-len(found.out.splitlines()) :]
    assert (folder / "run/model.safetensors").read_bytes() == before


# What is refused


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "there, config.seed was 0, and is now 1."),
        ({"steps": 50}, "there, config.steps was 40, and is now 50."),
        ({"model": {"features": 3}}, "there, model.features was 2, and is now 3."),
        ({"data": {"num_training": 15}}, "there, config.data.num_training was 20, and is now 15."),
    ],
)
def test_a_checkpoint_of_another_training_is_refused(trained, change, message):
    config = read_config(trained[0] / "config.toml")
    if "model" in change:
        change = {"model": {**config.model, **change["model"]}}
    if "data" in change:
        change = {"data": dataclasses.replace(config.data, **change["data"])}
    with pytest.raises(CheckpointError) as raised:
        train(dataclasses.replace(config, **change))
    assert message in str(raised.value)
    assert str(raised.value).endswith(
        "\n  To begin anew, write eqlib train --restart; to keep it, write another output."
    )


def test_other_frames_are_refused(trained):
    frames = springs()
    energies = frames.energies.copy()
    energies[0] += 1e-6
    path = trained[0] / "other.npz"
    np.savez(path, numbers=frames.numbers, positions=frames.positions, energies=energies, forces=frames.forces)
    config = read_config(trained[0] / "config.toml")
    with pytest.raises(CheckpointError, match="there, frames was "):
        train(dataclasses.replace(config, data=dataclasses.replace(config.data, path=str(path))))


def test_a_state_is_restored_into_no_other_irreps(tmp_path):
    """Of the same shapes: only the parity of the features differs."""
    config = read_config(write_config(tmp_path))
    job = prepare(config)
    state = jax.eval_shape(lambda: first_state(config, job.model, job.datasets["training"].batch(np.arange(5))))
    zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), state)
    odd, even = (
        zeros._replace(params={"w": eqlib.IrrepsArray(ir, np.zeros(6, np.float32))}) for ir in ("2x1o", "2x1e")
    )
    path = tmp_path / "state.safetensors"
    save_state(path, odd, {}, [])
    restore_state(path, odd, {})
    with pytest.raises(
        CheckpointError, match=r"params/w holds 2x1o in the file and 2x1e in `like`: they differ only in"
    ):
        restore_state(path, even, {})


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        (("steps = 40", "setps = 40"), 2, "config.toml: there is no key setps.\n  Write steps."),
        (("water.npz", "watr.npz"), 2, "watr.npz: no such file.\n  Write it with np.savez_compressed("),
        (("cutoff = 3.0", "cutoff = 0.5"), 2, "no atom has a neighbour within 0.5 angstrom"),
        (("num_validation = 10", "num_validation = 30"), 2, "has 40 frames, and num_training + num_validation = 50."),
        (("num_validation = 10", ""), 2, "Write num_training and num_validation in [data]."),
        (("checkpoint_every = 1", "batch_size = 21"), 2, "has 20 frames, and batch_size = 21.\n  Write batch_"),
        (('[model]', 'elements = ["H", "C"]\n[model]'), 2, "atom 0 (O): no atom of elements in [data] is of"),
        (('[model]', 'elements = ["Hx"]\n[model]'), 2, 'in [data], elements has "Hx", which is none.'),
        (('[data]', '[loss]\nstress = 1.0\n[data]'), 2, "has no stress, and [loss] counts it."),
    ],
)  # fmt: skip
def test_a_training_that_cannot_begin_says_why(tmp_path, capsys, change, status, message):
    config = write_config(tmp_path)
    assert change[0] in config.read_text()
    config.write_text(config.read_text().replace(*change))
    assert main(["train", str(config)]) == status
    said = capsys.readouterr().err
    assert said.startswith("eqlib train: ") and message in said
    assert not (tmp_path / "run").exists()


def test_check_trains_nothing(tmp_path, capsys):
    assert main(["train", "--check", str(write_config(tmp_path))]) == 0
    told = capsys.readouterr().out
    assert told.startswith(
        "nothing is wrong with the data: 20 training, 10 validation, 10 test\nNequIP(num_species=2, "
    )
    assert not (tmp_path / "run").exists()


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


# Without what is optional


def without(package: str, code: str, **options) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.modules[{package!r}] = None\n{code}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, **options)


def test_without_optax_frames_are_read_and_the_rest_says_what_to_install(tmp_path):
    config = write_config(tmp_path)
    code = f"""
from eqlib.training import TrainingError, read_frames
from eqlib.cli import main
print(len(read_frames({str(tmp_path / "water.npz")!r})), main(["train", {str(config)!r}]))
try:
    from eqlib.training import train
except ImportError as error:
    print(error)
"""
    done = without("optax", code)
    told = "eqlib.training needs optax, which is not installed: pip install eqlib[train]\n"
    assert done.stdout == f"40 2\n{told}" and done.stderr == f"eqlib train: {told}"


def test_without_matplotlib_plots_are_refused_before_the_training(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["train", "--check", str(write_config(tmp_path, plots="true"))]) == 2
    assert capsys.readouterr().err == (
        "eqlib train: plots need matplotlib, which is not installed: pip install eqlib[train], or plots = false.\n"
    )
