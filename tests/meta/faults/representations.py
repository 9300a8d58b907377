"""Mistakes in D, the matrices of the group: what commutes with wrong ones may commute with right ones as well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from eqlib.o3 import irrep
from eqlib.o3.wigner import wigner_from_matrix


@dataclass(frozen=True)
class RepresentationFault:
    """A mistake in the matrices of all irreps, (irreps, R) -> {irrep: D(R)}."""

    name: str
    matrices_of: Callable[[Any, Any], dict[Any, Any]]

    @contextmanager
    def planted(self) -> Iterator[None]:
        """While it lasts, D is wrong."""
        with patch.object(irrep, "matrices_of", self.matrices_of):
            yield


RIGHT_MATRICES = irrep.matrices_of
REPRESENTATION_FAULTS = (
    RepresentationFault(
        "a parity taken as (-1)^l", lambda irreps, R: {ir: wigner_from_matrix(ir.l, R) for ir in irreps}
    ),
    RepresentationFault(
        "D transposed",
        lambda irreps, R: {ir: D.swapaxes(-1, -2) for ir, D in RIGHT_MATRICES(irreps, R).items()},
    ),
)
