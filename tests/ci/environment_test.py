"""The laws of the set-up: the first suitable Python is taken, and an environment of the user's is kept as it is."""

import os
import subprocess
import sys
from pathlib import Path

from ci.names import ROOT

SCRIPT = ROOT / "ci/environment.sh"


def source(folder: Path, pythons: dict[str, int], **variables: str) -> subprocess.CompletedProcess[str]:
    """Sources the script in an empty folder where each name in `pythons` is a Python that says its version is that."""
    path = folder / "path"
    path.mkdir()
    for name, minor in pythons.items():
        # The version question is answered by the exit status; making an environment leaves a mark.
        text = f'#!/bin/bash\n[[ "$1" == -c ]] && exit {int(minor < 11)}\necho "{name} $*"\n'
        text += "mkdir -p .venv/bin && ln -sf /bin/true .venv/bin/python\n"
        (path / name).write_text(text)
        (path / name).chmod(0o755)
    (folder / "pyproject.toml").write_text("")
    command = f'source "{SCRIPT}" all && echo "PYTHON=$PYTHON"'
    environment = {"PATH": f"{path}:/usr/bin:/bin", **variables}
    return subprocess.run(
        ["bash", "-c", command, "./ci/test"], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_python_3_11_comes_first(tmp_path: Path) -> None:
    done = source(tmp_path, {"python3.11": 11, "python3": 13})
    assert done.stdout.splitlines() == ["python3.11 -m venv .venv", f"PYTHON={tmp_path}/.venv/bin/python"]
    assert (tmp_path / ".venv/installed-all").exists()


def test_a_newer_python_will_do(tmp_path: Path) -> None:
    done = source(tmp_path, {"python3.11": 0, "python3": 13})
    assert done.stdout.startswith("python3 -m venv .venv\n")


def test_an_older_python_is_refused_with_what_to_do(tmp_path: Path) -> None:
    done = source(tmp_path, {"python3.11": 0, "python3": 10})
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "EQLIB_PYTHON=path/to/python ./ci/test" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_environment_of_the_user_is_used_as_it_is(tmp_path: Path) -> None:
    done = source(tmp_path, {"python3.11": 11}, EQLIB_PYTHON=sys.executable)
    assert done.stdout.splitlines() == [f"PYTHON={sys.executable}"]
    assert not (tmp_path / ".venv").exists()


def test_an_environment_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    done = source(tmp_path, {"python3.11": 11}, EQLIB_PYTHON="gone/python")
    assert done.returncode == 1
    assert done.stderr == "EQLIB_PYTHON=gone/python is not a command.\n"


def test_the_commands_can_be_called() -> None:
    for command in ("ci/test", "ci/check", ".ci/run"):
        assert os.access(ROOT / command, os.X_OK), command
        subprocess.run(["bash", "-n", ROOT / command], check=True)


def run_check(*names: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EQLIB_PYTHON": sys.executable}
    return subprocess.run([ROOT / "ci/check", *names], env=environment, capture_output=True, text=True)


def test_one_check_is_one_line() -> None:
    done = run_check("sizes")
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["OK", "sizes"]]


def test_an_unknown_check_is_an_error() -> None:
    done = run_check("size")
    assert done.returncode == 2
    assert done.stdout.startswith("there is no check size: lint format types")
