"""Prints the kill matrix: `python -m tests.meta`."""

import tests.conftest  # noqa: F401  (64-bit types and two devices, before JAX starts)
from tests.meta.kill_matrix import matrix

if __name__ == "__main__":
    print(matrix())
