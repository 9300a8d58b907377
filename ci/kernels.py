"""Which commit this is, and which kernels: what a record of a run on a device is about.

`python -m ci.kernels` prints both.
"""

import hashlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What decides the program that a device runs: exact tables, plans, how they are lowered, and the ops that make plans.
FOLDERS = ("eqlib/o3", "eqlib/plan", "eqlib/lowering", "eqlib/ops")


def kernels_hash(root: Path = ROOT) -> str:
    """Of the files that decide what a device runs; another byte in one of them is another hash."""
    found = hashlib.sha256()
    for path in sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py")):
        found.update(f"{path.relative_to(root).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:16]


def commit(root: Path = ROOT) -> str:
    """The commit, with a + where files that git tracks are other than in it; empty outside of a repository."""
    head = _git(root, "rev-parse", "HEAD")
    return head and head + "+" * bool(_git(root, "status", "--porcelain", "--untracked-files=no"))


def _git(root: Path, *words: str) -> str:
    try:
        return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    except (FileNotFoundError, subprocess.CalledProcessError):
        return ""


if __name__ == "__main__":
    print(commit() or "no commit", kernels_hash())
