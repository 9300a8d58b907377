"""A training goes on bit for bit after a kill at any moment, and from no checkpoint of another training."""

import contextlib
import dataclasses
import io
import os
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
from eqlib.training import CheckpointError, read_config, train
from eqlib.training.checkpoint import restore_state, save_state
from eqlib.training.job import prepare
from eqlib.training.run import CHECKPOINT
from eqlib.training.step import first_state
from tests.training.subjects import springs, write_config


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
        config = write_config(folder, steps=300)
        config.write_text(config.read_text().replace("evaluate_every = 10", "evaluate_every = 70"))
    with process(finished / "config.toml") as running:
        assert running.wait() == 0
    moments, reached = random.Random(0), []
    for _ in range(3):
        with process(stopped / "config.toml") as running:
            assert running.stderr is not None
            assert running.stderr.readline() == "NequIP: compiling\n"
            assert running.stderr.readline().startswith("NequIP [")
            time.sleep(moments.uniform(0.0, 0.02))
            running.kill()
        assert running.returncode < 0
        reached.append(int(eqlib.load(stopped / "run" / CHECKPOINT)["step"]))
    assert reached == sorted(set(reached)) and reached[-1] < 300
    with process(stopped / "config.toml") as running:
        assert running.wait() == 0
    for name in (CHECKPOINT, "model.safetensors", "metrics.csv", "metrics.json"):
        assert (finished / "run" / name).read_bytes() == (stopped / "run" / name).read_bytes(), name


class Killed(BaseException):
    """As a signal would end the process, here at a moment that is chosen."""


@pytest.mark.parametrize("devices", [1, 2])
def test_at_whichever_file_it_is_killed_it_ends_in_the_same_bits(tmp_path, monkeypatch, devices):
    """Before a file takes its place, and after."""
    config = read_config(write_config(tmp_path, steps=20))
    config = dataclasses.replace(config, checkpoint_every=5, devices=devices)
    moments: list[str] = []

    def trained_to(output: str, fatal: int | None = None, is_after: bool = False) -> dict[str, bytes]:
        moments.clear()

        def replace(source, target, original=os.replace):
            moments.append(Path(target).name)
            if is_after or len(moments) != fatal:
                original(source, target)
            if len(moments) == fatal:
                raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            train(dataclasses.replace(config, output=str(tmp_path / output)), stream=io.StringIO())
        return {path.name: path.read_bytes() for path in (tmp_path / output).iterdir()}

    expected = trained_to("whole")
    assert {"model.safetensors", "metrics.csv", CHECKPOINT, "metrics.json"} == set(expected) == set(moments)
    for fatal in range(1, len(moments) + 1):
        output = f"killed{fatal}"
        with pytest.raises(Killed):
            trained_to(output, fatal, is_after=fatal % 2 == 0)
        assert trained_to(output) == expected


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
        ({"devices": 2}, "there, config.devices was 1, and is now 2."),
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


def test_restart_forgets_the_checkpoint_and_what_killed_writers_left(trained, tmp_path, monkeypatch):
    """Even if it is stopped before it keeps its own."""
    (tmp_path / "run").mkdir()
    for name in (CHECKPOINT, f".{CHECKPOINT}.killed.part"):
        (tmp_path / "run" / name).write_bytes((trained[0] / "run" / CHECKPOINT).read_bytes())

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("eqlib.training.run.order_of", stop)
    write_config(tmp_path)
    assert main(["train", "--restart", str(tmp_path / "config.toml")]) == 1
    assert list((tmp_path / "run").iterdir()) == []
