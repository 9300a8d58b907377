"""Whether this commit may be released: a record that everything passed on it, and one of a GPU for its kernels.

`python -m ci.release` says what is missing. `python -m ci.release --passed` is what the continuous integration says at
its end: it keeps the commit in build/passed.json.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ci.kernels import ROOT, commit, kernels_hash

PASSED = Path("build/passed.json")
RESULTS = Path("bench/results")


def problems(root: Path = ROOT) -> list[str]:
    """Why this commit may not be released."""
    return [*not_passed(root), *not_on_a_gpu(root)]


def not_passed(root: Path) -> Iterator[str]:
    """The tree is a commit, and the tests and checks passed on it."""
    here = commit(root)
    if not here or here.endswith("+"):
        yield "the files are not those of a commit.\n  Commit them, and run .ci/run."
        return
    path = root / PASSED
    passed = json.loads(path.read_text())["commit"] if path.exists() else "none"
    if passed != here:
        yield f"the checks passed on {passed[:12]}, and this is {here[:12]}.\n  Run .ci/run."


def not_on_a_gpu(root: Path) -> Iterator[str]:
    """Some record of a GPU is of these kernels, with the laws found to hold and every answer right."""
    records = {path.name: json.loads(path.read_text()) for path in sorted((root / RESULTS).glob("*.json"))}
    faults = {name: fault_of(record, kernels_hash(root)) for name, record in records.items()}
    if None in faults.values():
        return
    found = [f"  {RESULTS / name} {fault}." for name, fault in faults.items()]
    what = f"no record of a GPU is of these kernels, {kernels_hash(root)}."
    yield "\n".join([what, *found, "  Run ci/gpu.sh and commit its record."])


def fault_of(record: dict[str, Any], kernels: str) -> str | None:
    """What a record lacks, or None."""
    if record.get("backend", "cpu") == "cpu":
        return "is of a CPU"
    if record.get("kernels") != kernels:
        return f"is of the kernels {record.get('kernels')}"
    if record.get("size") != "gpu":
        return "has few rows"
    if not record.get("verified"):
        return "does not say that the laws hold there"
    return None if record.get("all_right") else "has answers that are wrong"


def keep_passed(root: Path = ROOT) -> int:
    """Keeps that everything passed on this commit; with changes, on what is no commit."""
    path = root / PASSED
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"commit": commit(root)}) + "\n")
    return 0


def main(arguments: list[str]) -> int:
    """Says why this commit may not be released, or keeps that it passed."""
    if "--passed" in arguments:
        return keep_passed()
    found = problems()
    print("\n".join(found) or f"{commit()[:12]} may be released")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
