"""A project with one gated function, in a folder of its own, and the command `eqlib gate` run in it."""

import sys
from pathlib import Path

import pytest

from eqlib.cli import main
from eqlib.gates import conditions

TABLE = """
[[tool.eqlib.gate.function]]
target = "gated:step"
inputs = {inputs}
passes = {passes}
"""


class GatedProject:
    """The files of the project, and what the command prints. It runs in this process: the tests have no conditions."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "path", list(sys.path))
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        monkeypatch.setattr(conditions, "hold", lambda *, x64: True)

    def write(self, program: str) -> None:
        """The module `gated`, anew."""
        (self.folder / "gated.py").write_text(program)
        sys.modules.pop("gated", None)

    def name(self, *inputs: str, passes: tuple[str, ...] = ("forward",), before: str = "") -> None:
        """pyproject.toml, which names `gated:step` with these inputs."""
        table = TABLE.format(inputs=list(inputs), passes=list(passes))
        (self.folder / "pyproject.toml").write_text(before + table)

    def gate(self, *words: str) -> tuple[int, str, str]:
        """The exit status of `eqlib gate`, its output and its messages."""
        sys.modules.pop("gated", None)
        status = main(["gate", *words])
        printed = self._capsys.readouterr()
        return status, printed.out, printed.err
