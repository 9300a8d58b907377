"""The laws of the command line: it answers truly, and what it does not know it refuses."""

import argparse
import subprocess
import sys
from pathlib import Path

import jax
import pytest

from eqlib.cli import Command, build_parser, main
from eqlib.version import __version__


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
    root = Path(__file__).resolve().parent.parent
    subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True)
