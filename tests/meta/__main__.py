"""Prints the kill matrix, and fails if a planted fault is found by no law: `python -m tests.meta`."""

import sys

import tests.conftest  # noqa: F401  (64-bit types and two devices, before JAX starts)
from tests.meta.faults import FAULTS
from tests.meta.kill_matrix import matrix

if __name__ == "__main__":
    printed = matrix()
    found = printed.count("#")
    print(f"{printed}\n{found} of {len(FAULTS)} planted faults found by the law named for them")
    sys.exit(found != len(FAULTS))
