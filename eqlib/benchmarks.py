"""The command `eqlib bench`: the benchmarks of the repository, on the device that is here."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = Path("bench", "__main__.py")

NOT_HERE = """\
eqlib bench: the benchmarks are in the repository of eqlib, and not in the package that is installed.
  Run it in a checkout, after pip install -e '.[bench]'; or name one: PYTHONPATH=path/to/checkout eqlib bench"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All that follows is for the benchmarks: `eqlib bench --help` prints what they take."""
    parser.add_argument("words", nargs=argparse.REMAINDER)
    parser.prefix_chars = "\0"  # so that argparse takes no option for its own


def run(arguments: argparse.Namespace) -> int:
    """Runs the benchmarks of this checkout in a process of their own, which sets the flags of XLA before JAX starts."""
    if not (ROOT / BENCHMARKS).is_file():
        print(NOT_HERE, file=sys.stderr)
        return 2
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    words = [sys.executable, "-m", "bench", *arguments.words]
    return subprocess.run(words, env={**os.environ, "PYTHONPATH": path}).returncode
