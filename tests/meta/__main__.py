"""Prints the kill matrices, and fails if a planted fault is found by no law and no theorem: `python -m tests.meta`."""

import sys

import tests.conftest  # noqa: F401  (64-bit types and two devices, before JAX starts)
from tests.meta.faults import FAULTS
from tests.meta.faults.proofs import PROOF_FAULTS
from tests.meta.kill_matrix import matrix, proof_matrix

if __name__ == "__main__":
    printed = f"{matrix()}\n\n{proof_matrix()}"
    found, planted = printed.count("#"), len(FAULTS) + len(PROOF_FAULTS)
    print(f"{printed}\n{found} of {planted} planted faults found by the law or the theorem named for them")
    sys.exit(found != planted)
