"""No file of the repository names a path of the machine it was written on."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The classes keep this file, and the shape of the paths, out of its own findings.
MACHINE_PATH = re.compile(rb"(?<![\w.])/(?:[w]ork|[r]oot|[h]ome/\w+|[t]mp/[v]env\w*|[U]sers/\w+)/[\w.-]+")


def repository_files(root: Path) -> list[Path]:
    """The files that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True).stdout.split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


def problems(root: Path = ROOT) -> list[str]:
    """`file:line: path` for every path of a machine."""
    return [
        f"{path.relative_to(root).as_posix()}:{number}: names a path of one machine: {match[0].decode()}"
        for path in repository_files(root)
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        for match in MACHINE_PATH.finditer(line)
    ]


def main() -> int:
    """Prints the paths."""
    found = problems()
    print("\n".join(found) or "no path of a machine")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
