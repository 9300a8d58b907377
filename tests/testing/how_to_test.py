"""The how-to is followed word for word: its files are written, its commands run, and they print what it shows."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.readme_test import failures
from tests.testing.pytest_project import ROOT, install_plugin, run_in

TEXT = (ROOT / "eqlib/testing/README.md").read_text()
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MODULES = {"eqlib": "eqlib.cli", "pytest": "pytest"}
NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d*(?:e[-+]\d+)?")
# What no two machines share: how long it took, the error within its bound, and how far it falls with precision.
VARIES = re.compile(r"in \d+\.\d+s|worst error \S+|falls from .*")


def same(shown: str, printed: str) -> bool:
    """Whether two texts have the same words and whole numbers, and other numbers that agree up to a factor of two."""
    shown, printed = VARIES.sub("...", shown), VARIES.sub("...", printed)
    words = [" ".join(NUMBER.sub("#", text).split()) for text in (shown, printed)]
    numbers = zip(map(float, NUMBER.findall(shown)), map(float, NUMBER.findall(printed)), strict=False)
    return words[0] == words[1] and all(x == y or 0.5 < x / y < 2 for x, y in numbers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with the files of the how-to, each of which begins with its name."""
    made = tmp_path_factory.mktemp("how_to")
    install_plugin(made)
    for _, block in BLOCK.findall(TEXT):
        if named := re.match(r"# ([\w.]+)\n", block):
            (made / named[1]).write_text(block)
    return made


def commands() -> list[tuple[str, str]]:
    """Each command with what it is said to print."""
    blocks = [block.partition("\n") for language, block in BLOCK.findall(TEXT) if language == "console"]
    return [(command.removeprefix("$ "), shown) for command, _, shown in blocks]


@pytest.mark.parametrize(("command", "shown"), commands(), ids=[command for command, _ in commands()])
def test_each_command_prints_what_is_shown(folder, command, shown):
    program, *words = shlex.split(command)
    done = run_in(folder, MODULES[program], words)
    assert same(shown, done.stdout), f"{command}\n{done.stdout}\n{done.stderr}"
    assert done.returncode == (1 if "is not equivariant" in shown or ": refuted" in shown else 0)


def test_its_python_prints_what_is_shown(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    said = "".join(failures(TEXT))
    sys.modules.pop("layers", None)
    assert TEXT.count(">>>") > 5 and not said, said


def test_no_example_has_the_deadline_of_hypothesis_which_a_compilation_exceeds():
    assert TEXT.count("@given(") == TEXT.count("@settings(deadline=None)") > 0


def test_every_block_is_a_file_a_command_or_an_example():
    for language, block in BLOCK.findall(TEXT):
        is_file, is_example = re.match(r"# [\w.]+\n", block), block.startswith(">>> ")
        assert (language in ("python", "toml") and (is_file or is_example)) or (
            language == "console" and block.startswith("$ ")
        ), block


def test_what_is_not_the_same_is_noticed():
    line = "rotation float64 ok 44 tried, bound 8.8e-14, worst error 0.0053 of it"
    assert same(line, line.replace("0.0053", "0.1").replace("8.8e-14", "7.1e-14"))
    for old, new in (("44", "45"), ("ok", "not equivariant"), ("8.8e-14", "8.8e-13"), ("8.8e-14", "-8.8e-14")):
        assert not same(line, line.replace(old, new))
