"""`eqlib gate time`: the two sides are what they are said to be. No test here asserts a time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eqlib.gates.paired import Comparison
from eqlib.gates.project import read_project
from eqlib.gates.time_command import common, extract
from eqlib.gates.worker import Worker
from eqlib.testing.targets import Unusable
from tests.gates.project import GatedProject

PROGRAM = """
import jax.numpy as jnp

def step(x, n):
    return jnp.sin(x[n])
"""


@pytest.fixture
def committed(project: GatedProject) -> GatedProject:
    """A project that is a repository with one commit."""
    project.write(PROGRAM)
    project.name("float32[4, 3]", "int32[4]", passes=("forward", "gradient"))
    author = ("-c", "user.name=author", "-c", "user.email=author@example.org")
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], cwd=project.folder, check=True)
    return project


def test_the_base_is_the_commit_and_not_what_is_here(committed: GatedProject, tmp_path: Path) -> None:
    committed.write("changed = True\n")
    extract("HEAD", tmp_path / "base")
    assert (tmp_path / "base/gated.py").read_text() == PROGRAM


def test_a_commit_that_is_not_there(committed: GatedProject) -> None:
    status, _, err = committed.gate("time", "--base", "gone")
    assert status == 2
    assert err.startswith("eqlib gate: gone cannot be had: ")
    assert err.endswith("Name a commit: --base main.\n")


def test_only_what_both_have_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert common(["a, forward", "b, forward"], ["b, forward", "c, forward"], []) == ["b, forward"]
    assert capsys.readouterr().err == "not in the base, and not compared: c, forward\n"
    with pytest.raises(Unusable, match="nothing to compare"):
        common(["a, forward"], ["b, forward"], [])


def test_a_worker_compiles_and_samples_what_the_project_names(committed: GatedProject) -> None:
    worker = Worker(read_project(committed.folder))
    assert worker.names() == ["gated:step, forward", "gated:step, gradient"]
    worker.compile("gated:step, gradient")
    assert [leaf.shape for leaf in worker.inputs] == [(4, 3), (4,), (4, 3)]
    assert worker.sample(1) > 0


def test_a_module_from_elsewhere_is_not_timed_as_this_one(
    committed: GatedProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As an editable installation of a project would have it: then both sides were the same."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "gated.py").write_text(PROGRAM)
    sys.path.insert(0, str(elsewhere))
    __import__("gated")
    with pytest.raises(Unusable, match=r"gated was imported from .*, and not from the checkout\.\n.*path = "):
        Worker(read_project(committed.folder))


@pytest.mark.slow
def test_two_checkouts_are_sampled(committed: GatedProject) -> None:
    words = ["time", "--base", "HEAD", "--limit", "1000", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [sys.executable, "-m", "eqlib.cli", "gate", *words], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == ["gated:step, forward", "gated:step, gradient"]
    for comparison in found.values():
        assert comparison["median"] == Comparison(tuple(comparison["ratios"])).median
