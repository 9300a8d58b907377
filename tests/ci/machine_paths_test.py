"""The law of portability: a path of one machine is found in any file of the repository, ignored files excepted."""

import subprocess
from pathlib import Path

import pytest

from ci.machine_paths import MACHINE_PATH, problems


def path(*parts: str) -> str:
    return "/" + "/".join(parts)  # assembled, or this file would report itself


@pytest.mark.parametrize(
    "place", [path("work", "main"), path("root", ".cache"), path("tmp", "venvs", "dev"), path("home", "ada", "eqlib")]
)
def test_a_path_of_a_machine_is_found(place: str) -> None:
    assert MACHINE_PATH.search(f"python = '{place}'".encode())


@pytest.mark.parametrize("text", ["network/work/load", "the /root of the tree", "../work/x", "https://a.org/home"])
def test_other_words_are_left_alone(text: str) -> None:
    assert not MACHINE_PATH.search(text.encode())


def test_tracked_and_new_files_are_read_and_ignored_ones_are_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/log.txt").write_text(path("root", "log"))
    (tmp_path / "README.md").write_text(f"# eqlib\n\nRun {path('work', 'main')}/ci/test\n")
    expected = f"README.md:3: names a path of one machine: {path('work', 'main')}"
    assert problems(tmp_path) == [expected]
