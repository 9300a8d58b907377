"""Runs the fast tests of a file on small mutations of it, and prints those that no test notices.

    ci/mutation                                       every mutation of every file below
    ci/mutation eqlib/plan/plan.py                    of one file
    ci/mutation eqlib/o3 --sample 20 --seed 1         a sample of all files of a folder

The mutations are those of cosmic-ray, which need the extra `mutation`. They are made in a copy of the working tree, in
build/mutation. What has been found stands in build/mutation.jsonl, from which an interrupted run goes on: a kill holds
while the file is the same, and a survivor is tried again when its tests are others, unless it has a reason to survive:
those stand in tests/meta/MUTATION.md.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ci.forked_tests import ForkedTests, share
from ci.mutants import Mutant, change, mutants

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "build/mutation"
RECORD = ROOT / "build/mutation.jsonl"
REASONS = ROOT / "tests/meta/MUTATION.md"
COPIED = ("eqlib", "tests", "spec", "proofs", "ci", "bench", "examples", "conftest.py", "pyproject.toml", "README.md")

# The tests that are to notice what is wrong in a file: few, and fast, without those that take many seconds.
CONFORMANCE = "--deselect=tests/ops/tensor_product_test.py::test_conforms"
COUPLING = (
    "tests/o3/clebsch_gordan_test.py "
    "--deselect=tests/o3/clebsch_gordan_test.py::test_all_tensors_to_degree_8_take_two_seconds_cold"
)
PLAN = "tests/plan/plan_test.py tests/plan/indexed_test.py tests/plan/pickle_test.py"
STRAIGHT_LINE = "tests/plan/straight_line_test.py"
TESTS = {
    "eqlib/plan/plan.py": PLAN,
    "eqlib/plan/algebra.py": PLAN,
    "eqlib/plan/simplify.py": PLAN,
    "eqlib/plan/indexed.py": "tests/plan/indexed_test.py",
    "eqlib/plan/straight_line.py": STRAIGHT_LINE,
    "eqlib/plan/tangents.py": STRAIGHT_LINE,
    "eqlib/plan/harmonics.py": "tests/plan/harmonics_test.py",
    "eqlib/plan/per_channel.py": "tests/plan/per_channel_test.py",
    "eqlib/plan/products.py": "tests/plan/products_test.py",
    "eqlib/plan/blocks.py": "tests/plan/blocks_test.py",
    "eqlib/o3/selection.py": "tests/o3/irreps_test.py",
    "eqlib/o3/slices.py": "tests/o3/slices_test.py tests/o3/irreps_test.py",
    "eqlib/o3/parsing.py": "tests/o3/irreps_test.py tests/o3/irrep_test.py",
    "eqlib/o3/irreps.py": "tests/o3/irreps_test.py",
    "eqlib/o3/irrep.py": "tests/o3/irrep_test.py tests/o3/irreps_test.py",
    "eqlib/o3/array_namespace.py": "tests/o3/array_namespace_test.py",
    "eqlib/o3/surd_tensor.py": "tests/o3/surd_tensor_test.py",
    "eqlib/o3/surd.py": "tests/o3/surd_test.py",
    "eqlib/o3/generators.py": "tests/o3/generators_test.py",
    "eqlib/o3/basis.py": f"tests/o3/generators_test.py tests/o3/harmonics_test.py {COUPLING}",
    "eqlib/o3/clebsch_gordan.py": COUPLING,
    "eqlib/o3/symmetric_couplings.py": "tests/o3/symmetric_couplings_test.py",
    "eqlib/o3/symmetric_paths.py": "tests/o3/symmetric_paths_test.py",
    "eqlib/o3/harmonics.py": "tests/o3/harmonics_test.py",
    "eqlib/o3/representation.py": "tests/o3/orthogonal_test.py tests/o3/irrep_test.py tests/o3/irreps_test.py",
    "eqlib/ops/tensor_product.py": f"tests/ops/tensor_product_test.py {CONFORMANCE}",
    "eqlib/o3/wigner.py": "tests/o3/wigner_test.py",
    "eqlib/o3/to_matrix.py": "tests/o3/to_matrix_test.py",
}


def copy() -> None:
    """The working tree, anew."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, COPY / name)


def digest(*paths: str) -> str:
    """A name for the contents of files and of folders of tests."""
    files = sorted(file for path in map(Path, paths) for file in ([path] if path.is_file() else path.glob("*.py")))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def recorded(file: str) -> dict[Mutant, dict[str, Any]]:
    """What is known of the mutants of a file as it is now."""
    if not RECORD.exists():
        return {}
    lines = map(json.loads, RECORD.read_text().splitlines())
    known = [line for line in lines if (line["file"], line["source"]) == (file, digest(file))]
    return {Mutant(*(line[name] for name in Mutant._fields)): line for line in known}


def explained(file: str) -> set[str]:
    """The survivors of a file for which there is a reason: the indented lines under its heading."""
    _, _, section = REASONS.read_text().partition(f"\n## {file}\n")
    return {line.strip() for line in section.partition("\n## ")[0].splitlines() if line.startswith("    ")}


def tried(file: str, wanted: list[Mutant], reasons: set[str]) -> Iterator[dict[str, Any]]:
    """The record of every mutant, made now where there is none."""
    tests, known = TESTS[file].split(), recorded(file)
    now = {"source": digest(file), "tests": digest(*tests)}
    new: list[Mutant] = []
    for mutant in wanted:
        line = known.get(mutant)
        if line and (line["killed"] or line["change"] in reasons or line["tests"] == now["tests"]):
            yield line
        else:
            new.append(mutant)
    if not new:
        return
    forked = ForkedTests(file, tests)
    if reason := forked.unfit():
        raise RuntimeError(f"{file}: {TESTS[file]} {reason}")
    texts = [mutant.text(forked.source) for mutant in new]
    for n, killed in forked.killed(texts):
        line = new[n]._asdict() | now | {"change": change(forked.source, texts[n]), "killed": killed}
        with RECORD.open("a") as record:
            record.write(json.dumps(line) + "\n")
        yield line


def report(file: str, sample: int, seed: int) -> bool:
    """Prints what became of the mutations of a file; true if each is killed or explained."""
    started, reasons = time.monotonic(), explained(file)
    lines: list[dict[str, Any]] = []
    unexplained = 0
    for line in tried(file, mutants(file, sample, seed), reasons):
        lines.append(line)
        if not line["killed"] and line["change"] not in reasons:
            unexplained += 1
            print(f"{file}:{line['line']}: {line['change']}", flush=True)
    killed = sum(line["killed"] for line in lines)
    print(
        f"{file}: {len(lines)} mutations, {killed} killed, {len(lines) - killed - unexplained} explained, "
        f"{unexplained} neither; {time.monotonic() - started:.0f} s",
        flush=True,
    )
    if not sample:
        for stale in sorted(reasons - {line["change"] for line in lines if not line["killed"]}):
            print(f"{file}: explained, and does not survive: {stale}")
    return not unexplained


def chosen(names: list[str]) -> list[str]:
    """The files that are named, or lie in a folder that is."""
    return [
        file for file in TESTS if not names or any(file == n or file.startswith(f"{n.rstrip('/')}/") for n in names)
    ]


def main() -> int:
    """Prints a line for each survivor without a reason, and one for each file; 1 if there is such a survivor."""
    parser = argparse.ArgumentParser(
        prog="ci/mutation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="files or folders; all by default")
    parser.add_argument("--sample", type=int, default=0, help="how many mutations of each file; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    given = parser.parse_args()
    if not (files := chosen(given.names)):
        parser.error(f"there are no tests for {' '.join(given.names)}: write them into TESTS in ci/mutation.py")
    copy()
    os.chdir(COPY)
    sys.path.insert(0, str(COPY))
    share(COPY.parent / "mutation-xla")
    return 0 if all([report(file, given.sample, given.seed) for file in files]) else 1


if __name__ == "__main__":
    sys.exit(main())
