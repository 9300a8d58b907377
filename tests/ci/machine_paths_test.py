"""The law of portability: a path of one machine is found in any file and any commit message, ignored files excepted."""

import subprocess
from pathlib import Path

import pytest

from ci.machine_paths import messages, paths, problems


def path(*parts: str) -> str:
    return "/" + "/".join(parts)  # assembled, or this file would report itself


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True)


PLACES = [
    path("work", "main"),
    path("root", ".cache"),
    path("tmp", "venvs", "dev", "bin"),
    path("tmp", "log.txt"),
    path("home", "ada"),
    path("Users", "ada", "eqlib"),
]
ELSEWHERE = [
    "network/work/load",
    "the /root of the tree",
    "../work/x",
    "https://a.org/home",
    "https://a.org/tmp/x",
    "${TMPDIR:-" + path("tmp") + "}",
    "and/or, half-/work",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", ["python = '{}'", "cd {}", "--output={}", "({})", "PATH=a:{}"])
def test_a_path_of_a_machine_is_found(place: str, form: str) -> None:
    assert [found for _, found in paths(form.format(place).encode())] == [place]


@pytest.mark.parametrize("place", ["work", "root", "tmp", "home"])
def test_a_place_quoted_by_itself_is_found(place: str) -> None:
    assert [found for _, found in paths(f'Path("{path(place)}")'.encode())] == [path(place)]


@pytest.mark.parametrize("text", ELSEWHERE)
def test_other_words_are_left_alone(text: str) -> None:
    assert list(paths(text.encode())) == []


def test_tracked_and_new_files_are_read_and_ignored_ones_are_not(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/log.txt").write_text(path("root", "log"))
    (tmp_path / "README.md").write_text(f"# eqlib\n\nRun {path('work', 'main')}/ci/test\n")
    expected = f"README.md:3: names a path of one machine: {path('work', 'main', 'ci', 'test')}"
    assert problems(tmp_path) == [expected]


def test_every_commit_message_of_the_branch_is_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for message in ("Say what it is", f"Run it there\n\nAs in {path('tmp', 'run')}.", "Say why"):
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", message)
    assert [message.partition(b"\n")[0] for _, message in messages(tmp_path)] == [
        b"Say why",
        b"Run it there",
        b"Say what it is",
    ]
    commit = messages(tmp_path)[1][0]
    assert problems(tmp_path) == [f"commit {commit}:3: names a path of one machine: {path('tmp', 'run.')}"]


def test_without_a_history_there_is_nothing_to_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository without a commit, a folder that is no repository, a machine without git."""
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q")
    assert problems(tmp_path / "new") == []
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "README.md").write_text(path("root", "log"))
    assert problems(tmp_path) == []
    monkeypatch.setenv("PATH", "")
    assert problems(tmp_path / "new") == []
