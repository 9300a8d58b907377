"""Prints the kill matrix: which checker finds which planted fault. It fails if one is found by none.

`python -m tests.meta` runs every checker on every fault and on what is right: eight minutes of one core. `--write`
keeps the result in tests/meta/KILL_MATRIX.txt. `--named` tries the law or theorem named for each fault of an op or a
table, and whether the record is of the faults that are planted.
"""

import argparse
import sys
from collections.abc import Iterator

import tests.conftest  # noqa: F401  (64-bit types and two devices, before JAX starts)
from tests.meta.faults import FAULTS
from tests.meta.faults.proofs import PROOF_FAULTS
from tests.meta.kill_matrix import RECORD, is_as_it_must, stale, text
from tests.meta.kills import BY_NAME, kills, refutes
from tests.meta.rows import ROWS


def not_found() -> Iterator[str]:
    """The faults of ops and of what is proved that are not found by what is named for them."""
    yield from (fault.name for fault in FAULTS if not kills(BY_NAME[fault.killer], fault.subject))
    yield from (fault.name for fault in PROOF_FAULTS if not refutes(fault.killer, fault))


def named() -> int:
    """The quick form."""
    problems = [f"not found as named: {name}" for name in not_found()] + stale(RECORD.read_text())
    planted = len(FAULTS) + len(PROOF_FAULTS)
    print("\n".join([*problems, f"{planted} faults tried by name; the kill matrix has {len(ROWS)} rows"]))
    return bool(problems)


def everything(write: bool) -> int:
    """The whole matrix; each row is told on stderr when it is done."""
    results = {}
    for n, row in enumerate(ROWS, 1):
        results[row] = row.refusals()
        print(f"{n}/{len(ROWS)} {row.name}: {is_as_it_must(row, results[row])}", file=sys.stderr, flush=True)
    matrix = text(results)
    print(matrix, end="")
    if write:
        RECORD.write_text(matrix)
    return not all(is_as_it_must(row, got) for row, got in results.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.meta", description=__doc__)
    parser.add_argument("--named", action="store_true", help="try only the law or the theorem named for each fault")
    parser.add_argument("--write", action="store_true", help="keep the matrix in tests/meta/KILL_MATRIX.txt")
    given = parser.parse_args()
    sys.exit(named() if given.named else everything(given.write))
