"""The laws of a release: none without a record that all passed on the commit, and one of a GPU for its kernels."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ci.kernels import FOLDERS, commit, kernels_hash
from ci.release import PASSED, RESULTS, keep_passed, problems

ROOT = Path(__file__).resolve().parents[2]
AUTHOR = ("-c", "user.name=author", "-c", "user.email=author@example.org")


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *AUTHOR, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A commit with a file in each folder of the kernels, on which everything passed, and a record of a GPU."""
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "code.py").write_text("x = 1\n")
    (tmp_path / ".gitignore").write_text("build/\n")
    plant(tmp_path)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    keep_passed(tmp_path)
    return tmp_path


def plant(root: Path, **changed: Any) -> None:
    """A record of a GPU, with something other than it must be."""
    record = {"backend": "gpu", "kernels": kernels_hash(root), "size": "gpu", "verified": True, "all_right": True}
    path = root / RESULTS / "gpu-2026-01-01.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record | changed))


def committed(root: Path) -> None:
    git(root, "commit", "-q", "-a", "-m", "another")
    keep_passed(root)


def test_with_both_records_there_is_no_problem(tree: Path) -> None:
    assert problems(tree) == []


def test_another_commit_has_not_passed(tree: Path) -> None:
    passed = commit(tree)
    git(tree, "commit", "-q", "--allow-empty", "-m", "second")
    assert problems(tree) == [f"the checks passed on {passed[:12]}, and this is {commit(tree)[:12]}.\n  Run .ci/run."]


def test_without_a_record_nothing_has_passed(tree: Path) -> None:
    (tree / PASSED).unlink()
    assert problems(tree) == [f"the checks passed on none, and this is {commit(tree)[:12]}.\n  Run .ci/run."]


def test_files_that_are_not_committed_are_not_released(tree: Path) -> None:
    (tree / ".gitignore").write_text("build/\ndist/\n")
    keep_passed(tree)
    assert problems(tree) == ["the files are not those of a commit.\n  Commit them, and run .ci/run."]


@pytest.mark.parametrize("folder", FOLDERS)
def test_other_kernels_need_another_record(folder: str, tree: Path) -> None:
    before = kernels_hash(tree)
    (tree / folder / "code.py").write_text("x = 2\n")
    committed(tree)
    assert problems(tree) == [
        f"no record of a GPU is of these kernels, {kernels_hash(tree)}.\n"
        f"  bench/results/gpu-2026-01-01.json is of the kernels {before}.\n"
        "  Run ci/gpu.sh and commit its record."
    ]


def test_what_is_not_in_a_kernel_does_not(tree: Path) -> None:
    (tree / "README.md").write_text("words\n")
    git(tree, "add", ".")
    committed(tree)
    assert problems(tree) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"backend": "cpu"}, "is of a CPU"),
        ({"size": "quick"}, "has few rows"),
        ({"verified": False}, "does not say that the laws hold there"),
        ({"all_right": False}, "has answers that are wrong"),
    ],
)
def test_a_record_that_shows_nothing_is_refused(changed: dict[str, Any], fault: str, tree: Path) -> None:
    plant(tree, **changed)
    committed(tree)
    (problem,) = problems(tree)
    assert f"  bench/results/gpu-2026-01-01.json {fault}.\n" in problem


def test_the_script_builds_nothing_without_the_records(tree: Path) -> None:
    (tree / PASSED).unlink()
    (tree / "ci").mkdir()
    for name in ("__init__.py", "environment.sh", "kernels.py", "release", "release.py"):
        shutil.copy(ROOT / "ci" / name, tree / "ci" / name)
    environment = {**os.environ, "EQLIB_PYTHON": sys.executable}
    done = subprocess.run([tree / "ci/release"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.startswith("the checks passed on none, and this is ")
    assert not (tree / "dist").exists()
