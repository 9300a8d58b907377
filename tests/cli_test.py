"""The laws of the command line: it answers truly, and what it does not know it refuses."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import pytest

from eqlib.cli import PIPE_CLOSED, STOPPED, Command, build_parser, main
from eqlib.version import __version__

ROOT = Path(__file__).resolve().parent.parent


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert capsys.readouterr().out == f"eqlib {__version__}\n"


def test_info_names_the_versions_and_every_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0
    facts = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert facts["eqlib"] == __version__
    assert facts["jax"].startswith(jax.__version__)
    assert facts["devices"].count(":") == len(jax.devices())
    assert facts["float64"] == "on"  # as tests/conftest.py sets it
    assert "einsum" in facts["lowerings"]


@pytest.mark.parametrize("argv", [[], ["inform"], ["info", "--verbose"]])
def test_an_unknown_request_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        main(argv)
    assert "usage: eqlib" in capsys.readouterr().err


def test_a_command_is_one_entry() -> None:
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--twice", action="store_true")

    command = Command("echo", "repeat", add_arguments, lambda arguments: 2 if arguments.twice else 1)
    arguments = build_parser([command]).parse_args(["echo", "--twice"])
    assert arguments.run(arguments) == 2


def test_what_one_command_needs_another_does_not_load() -> None:
    program = "import sys; from eqlib.cli import main; main(['info']); sys.exit('eqlib.testing' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)


def started(*words: str, **options: Any) -> subprocess.Popen[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "eqlib.cli", *words]
    return subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.PIPE, **options)


@pytest.mark.parametrize("words", [["info"], ["check", "eqlib:nothing", "--in", "1o", "--json"]], ids=" ".join)
def test_a_closed_pipe_ends_it_quietly(words: list[str]) -> None:
    process = started(*words, stdout=subprocess.PIPE)
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait() == PIPE_CLOSED and "BrokenPipe" not in said and "Traceback" not in said


def test_what_is_interrupted_says_so_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(600)\n")
    process = started("check", f"{tmp_path}/slow.py:layer", "--in", "1o", stdout=subprocess.PIPE)
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate() == ("", "\neqlib: stopped\n") and process.returncode == STOPPED
