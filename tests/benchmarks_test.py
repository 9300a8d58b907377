"""`eqlib bench` runs the benchmarks of the checkout from any folder, and says where they are if they are not here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eqlib import benchmarks
from eqlib.cli import main


def test_where_the_benchmarks_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmarks, "ROOT", tmp_path)
    assert main(["bench", "--op", "linear"]) == 2
    assert capsys.readouterr().err == f"{benchmarks.NOT_HERE}\n"


def test_from_another_folder_it_runs_what_is_asked_for(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "eqlib.cli", "bench", "--quick", "--op", "nothing"]
    environment = {**os.environ, "PYTHONPATH": str(benchmarks.ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout.startswith("no workload of 'nothing': write one of ")
    offered = done.stdout.partition("write one of ")[2].strip().split(", ")
    assert {"angles_to_axis_angle", "linear", "NequIP"} <= set(offered), offered
