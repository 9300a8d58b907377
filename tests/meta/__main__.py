"""Prints which law and which theorem finds which planted fault, and fails if one is found by none.

`python -m tests.meta` tries every law on every fault; `python -m tests.meta --named` only the law named for it.
"""

import argparse
import sys

import tests.conftest  # noqa: F401  (64-bit types and two devices, before JAX starts)
from tests.meta.faults import FAULTS
from tests.meta.faults.proofs import PROOF_FAULTS
from tests.meta.kill_matrix import matrix, proof_matrix

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.meta", description=__doc__)
    parser.add_argument("--named", action="store_true", help="try only the law or the theorem named for each fault")
    named = parser.parse_args().named
    printed = f"{matrix(named=named)}\n\n{proof_matrix(named=named)}"
    found, planted = printed.count("#"), len(FAULTS) + len(PROOF_FAULTS)
    print(f"{printed}\n{found} of {planted} planted faults found by the law or the theorem named for them")
    sys.exit(found != planted)
