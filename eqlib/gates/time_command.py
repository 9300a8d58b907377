"""The command `eqlib gate time`: the CPU time of a checkout against that of another commit, sampled in turns."""

import argparse
import contextlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eqlib.gates import conditions
from eqlib.gates.paired import LIMIT, Comparison, Verdict, compare
from eqlib.testing.targets import Unusable

# Long enough for the clock, which ticks in microseconds, and for a scheduler, which does in milliseconds.
SAMPLE_SECONDS = 0.03

_STATUS = {Verdict.PASSED: 0, Verdict.SLOWER: 1, Verdict.UNDECIDED: 2}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eqlib gate time`."""
    parser.add_argument("case", nargs="*", help="only the cases whose name begins so")
    parser.add_argument("--base", required=True, metavar="COMMIT", help="what to compare with, as main or HEAD~1")
    parser.add_argument("--limit", type=float, default=LIMIT, help=f"the ratio over which a case fails: {LIMIT}")
    parser.add_argument("--json", action="store_true", help="print the samples as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Compares the files that are here with a commit; 0 passed, 1 slower, 2 undecided or not measured."""
    with tempfile.TemporaryDirectory() as folder:
        extract(arguments.base, Path(folder))
        with Side("the base", Path(folder)) as base, Side("the files here", Path.cwd()) as head:
            names = common(base.names, head.names, arguments.case)
            found = {}
            for name in names:
                found[name] = timed(base, head, name, arguments.limit)
                if not arguments.json:
                    print(f"{name}: {found[name]}", flush=True)
    if arguments.json:
        print(json.dumps({name: as_json(comparison) for name, comparison in found.items()}, indent=1))
    verdicts = [comparison.verdict for comparison in found.values()]
    return 1 if Verdict.SLOWER in verdicts else max(_STATUS[verdict] for verdict in verdicts)


def extract(commit: str, folder: Path) -> None:
    """The files of a commit, of the current folder and below it, in another folder.

    Raises: Unusable with what git says, if it cannot.
    """
    done = subprocess.run(["git", "archive", commit], capture_output=True)
    if done.returncode:
        raise Unusable(f"{commit} cannot be had: {done.stderr.decode().strip()}\n  Name a commit: --base main.")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def common(base: Sequence[str], head: Sequence[str], beginnings: Sequence[str]) -> list[str]:
    """The passes that both have, of those that were asked for; what only one has is named.

    Raises: Unusable if there are none.
    """
    wanted = [name for name in head if not beginnings or name.startswith(tuple(beginnings))]
    if new := [name for name in wanted if name not in base]:
        print(f"not in the base, and not compared: {'; '.join(new)}", file=sys.stderr)
    if not (both := [name for name in wanted if name in base]):
        raise Unusable(f"there is nothing to compare.\n  The files here have {'; '.join(head)}.")
    return both


def timed(base: "Side", head: "Side", name: str, limit: float) -> Comparison:
    """A pass compiled on both sides and sampled in turns, with as many calls in a sample on each."""
    seconds = max(base.ask("compile", name), head.ask("compile", name), 1e-6)
    repeats = max(1, round(SAMPLE_SECONDS / seconds))
    return compare(lambda: base.ask("sample", repeats), lambda: head.ask("sample", repeats), limit)


def as_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison with its samples."""
    return {
        "verdict": comparison.verdict.value,
        "median": comparison.median,
        "interval": comparison.interval,
        "ratios": comparison.ratios,
    }


class Side(contextlib.AbstractContextManager["Side"]):
    """A process that times one of the two checkouts.

    Raises: Unusable with what it says, if it cannot.
    """

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "eqlib.gates.worker"],
            cwd=root,
            env=conditions.environment(x64=False),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.names: list[str] = self._answer()["names"]

    def ask(self, request: str, argument: Any) -> float:
        """The CPU seconds that the process answers."""
        assert self._process.stdin is not None
        print(json.dumps([request, argument]), file=self._process.stdin, flush=True)
        return self._answer()["seconds"]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the process ended; its own message is above."}
        if "error" in answer:
            raise Unusable(f"{self.name} cannot be timed: {answer['error']}")
        return answer

    def __exit__(self, *_: Any) -> None:
        self._process.terminate()
        self._process.communicate()
