"""No file of the repository and no commit message names a path of the machine it was written on."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A place of one machine with something in it, or quoted by itself. The classes keep this file out of its own findings.
_PLACES = rb"(?:[w]ork|[r]oot|[h]ome|[t]mp|[U]sers)"
MACHINE_PATH = re.compile(
    rb"(?<![\w.])/" + _PLACES + rb"/[\w.-]+(?:/[\w.-]+)*|(?<=[\"'`])/" + _PLACES + rb"/?(?=[\"'`])"
)

# Written as they are on every machine.
ALLOWED = (
    rb"${TMPDIR:-/" + b"tmp}",  # the system's folder, where the user has named no other
)


def git(root: Path, *arguments: str) -> bytes | None:
    """What git prints; None where there is no git, no repository or no commit."""
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None


def repository_files(root: Path) -> list[Path]:
    """The files that git tracks or would track."""
    names = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard") or b""
    return [root / name for name in names.decode().split("\0") if name and (root / name).is_file()]


def messages(root: Path) -> list[tuple[str, bytes]]:
    """The commits of the branch, each with its message."""
    log = git(root, "log", "-z", "--format=%h%n%B") or b""
    entries = [entry.partition(b"\n") for entry in log.split(b"\0") if entry]
    return [(commit.decode(), message) for commit, _, message in entries]


def paths(text: bytes) -> Iterator[tuple[int, str]]:
    """(line, path) for every path of a machine in a text."""
    for number, line in enumerate(text.splitlines(), 1):
        for phrase in ALLOWED:
            line = line.replace(phrase, b"")
        yield from ((number, match[0].decode(errors="replace")) for match in MACHINE_PATH.finditer(line))


def problems(root: Path = ROOT) -> list[str]:
    """`file:line: path` for every path of a machine, and likewise for the commit messages."""
    texts = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in repository_files(root)]
    texts += [(f"commit {commit}", message) for commit, message in messages(root)]
    return [f"{name}:{line}: names a path of one machine: {path}" for name, text in texts for line, path in paths(text)]


def main() -> int:
    """Prints the paths."""
    found = problems()
    read = f"{len(repository_files(ROOT))} files and {len(messages(ROOT))} commit messages read"
    print("\n".join(found) or f"no path of a machine: {read}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
