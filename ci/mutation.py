"""Runs the fast tests of a file on small mutations of it, and prints those that no test notices.

    ci/mutation                                       a sample of every file below
    ci/mutation eqlib/plan/plan.py --sample 0         every mutation of one file: hours for some
    ci/mutation eqlib/o3 --sample 20 --seed 1         another sample, in all files of a folder

The mutations are those of cosmic-ray, which need the extra `mutation`. They are made in a copy of the working tree, in
build/mutation. What a sample gave, and which survivors no test can notice: tests/meta/MUTATION.md.
"""

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkResult

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "build/mutation"
COPIED = ("eqlib", "tests", "spec", "proofs", "ci", "bench", "examples", "pyproject.toml", "README.md")
PATIENCE = 5.0  # times the seconds that the tests take without a mutation: then it is a loop without an end, and a kill

# The tests that are to notice what is wrong in a file: few, and fast.
PLAN = "tests/plan"
TESTS = {
    "eqlib/plan/plan.py": PLAN,
    "eqlib/plan/algebra.py": PLAN,
    "eqlib/plan/simplify.py": PLAN,
    "eqlib/o3/irrep.py": "tests/o3/irrep_test.py tests/o3/irreps_test.py",
    "eqlib/o3/irreps.py": "tests/o3/irreps_test.py",
    "eqlib/o3/parsing.py": "tests/o3/irreps_test.py tests/o3/irrep_test.py",
    "eqlib/o3/slices.py": "tests/o3/irreps_test.py",
    "eqlib/o3/selection.py": "tests/o3/irreps_test.py",
    "eqlib/o3/surd.py": "tests/o3/surd_test.py",
    "eqlib/o3/surd_tensor.py": "tests/o3/surd_tensor_test.py",
    "eqlib/o3/clebsch_gordan.py": "tests/o3/clebsch_gordan_test.py",
    "eqlib/o3/basis.py": "tests/o3/generators_test.py tests/o3/clebsch_gordan_test.py",
    "eqlib/o3/generators.py": "tests/o3/generators_test.py",
    "eqlib/o3/harmonics.py": "tests/o3/harmonics_test.py",
    "eqlib/o3/wigner.py": "tests/o3/wigner_test.py",
    "eqlib/o3/to_matrix.py": "tests/o3/to_matrix_test.py",
    "eqlib/o3/representation.py": "tests/o3/orthogonal_test.py tests/o3/irrep_test.py",
    "eqlib/ops/tensor_product.py": "tests/ops/tensor_product_test.py",
}

# In annotations, `|` makes a union, which no run of the program reads.
LEFT_OUT = ("ReplaceBinaryOperator_BitOr",)


def copy() -> None:
    """The working tree, anew."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, COPY / name)


def command(file: str) -> str:
    """The command that fails if a test, or an example in the file, notices the mutation."""
    return f"{sys.executable} -m pytest -q -x -p no:cacheprovider {file} {TESTS[file]}"


def mutations(file: str, sample: int, seed: int) -> list[MutationSpec]:
    """All mutations of a file, or a sample of the given size."""
    with use_db(":memory:", WorkDB.Mode.create) as db:
        init([Path(file)], db, {})
        found = [mutation for item in db.work_items for mutation in item.mutations]
    found = [one for one in found if not one.operator_name.split("/")[-1].startswith(LEFT_OUT)]
    found.sort(key=lambda one: (one.operator_name, one.occurrence))
    return random.Random(seed).sample(found, min(sample, len(found))) if sample else found


def change(result: WorkResult) -> str:
    """The lines that a mutation took away and put in, without their indentation."""
    lines = (result.diff or "").splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return "  ".join(f"{line[0]} {line[1:].strip()}" for line in changed)


def survivors(file: str, tried: list[MutationSpec], timeout: float) -> Iterator[str]:
    """The place and the change of each mutation that no test notices."""
    for one in tried:
        result = mutate_and_test([one], command(file), timeout)
        if result.test_outcome not in (TestOutcome.KILLED, TestOutcome.SURVIVED):  # no test ran: that says nothing
            raise RuntimeError(f"{file}:{one.start_pos[0]}: the tests were not run.\n{result.output}")
        if result.test_outcome is TestOutcome.SURVIVED:
            yield f"{file}:{one.start_pos[0]}: {change(result)}"


def chosen(names: list[str]) -> list[str]:
    """The files that are named, or lie in a folder that is."""
    return [
        file for file in TESTS if not names or any(file == n or file.startswith(f"{n.rstrip('/')}/") for n in names)
    ]


def main() -> int:
    """Prints a line for each survivor, and one for each file; fails only if the tests fail without a mutation."""
    parser = argparse.ArgumentParser(
        prog="ci/mutation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="files or folders; all by default")
    parser.add_argument("--sample", type=int, default=10, help="how many mutations of each file; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    given = parser.parse_args()
    if not (files := chosen(given.names)):
        parser.error(f"there are no tests for {' '.join(given.names)}: write them into TESTS in ci/mutation.py")
    copy()
    os.chdir(COPY)
    for file in files:
        started = time.monotonic()
        if subprocess.run(shlex.split(command(file)), capture_output=True).returncode:
            print(f"{file}: {TESTS[file]} fails without a mutation")
            return 1
        tried, found = mutations(file, given.sample, given.seed), 0
        for line in survivors(file, tried, PATIENCE * (time.monotonic() - started)):
            found += 1
            print(line, flush=True)
        print(f"{file}: {len(tried) - found} of {len(tried)} mutations killed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
