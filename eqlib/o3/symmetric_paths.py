"""The paths of symmetric contractions: which polynomials there are of the irreps of a channel."""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from eqlib.errors import IrrepsError
from eqlib.o3.irrep import Irrep
from eqlib.o3.irreps import Irreps
from eqlib.o3.surd_tensor import SurdTensor
from eqlib.o3.symmetric_couplings import symmetric_couplings


class SymmetricPath(NamedTuple):
    """A polynomial: the irreps that are its factors, in the order of the input, and the irrep that it makes of them.

    Where several polynomials have the same factors, `number` tells them apart.
    """

    factors: tuple[Irrep, ...]
    ir_out: Irrep
    number: int = 0

    @property
    def degree(self) -> int:
        """The degree of the polynomial."""
        return len(self.factors)

    def __repr__(self) -> str:
        powers = [f"{ir}^{n}" if n > 1 else str(ir) for ir, n in counted(self.factors)]
        which = f" #{self.number}" if self.number else ""
        return f"SymmetricPath({' '.join(powers)} -> {self.ir_out}{which})"


def symmetric_contraction_paths(irreps: Any, irreps_out: Any, *, degree: Any = 3) -> tuple[SymmetricPath, ...]:
    """Names the paths of `symmetric_contraction`, each of which has a weight for every channel.

    Law:    the paths to an irrep are as many as it has copies in the symmetric powers of `irreps`, taken once, up to
            `degree`: every equivariant polynomial is one sum of them.
    Shape:  a tuple; the weights are [..., its length, mul].
    Order:  the irreps of `irreps_out`, as it names them; for each the degrees, ascending; for each the products of
            factors in the order of `irreps`, regrouped; then as `eqlib.o3.symmetric_couplings`.
    Raises: IrrepsError, ValueError as `symmetric_contraction`.
    Source: Batatia et al. (2022), arXiv:2206.07697, eq. 10.
    Example:
        >>> symmetric_contraction_paths("8x0e + 8x1o", "0e", degree=2)
        (SymmetricPath(0e -> 0e), SymmetricPath(0e^2 -> 0e), SymmetricPath(1o^2 -> 0e))
    """
    return tuple(path for path, _ in polynomials(Irreps(irreps).regroup(), wanted(irreps_out), as_power(degree)))


@functools.cache
def polynomials(irreps: Irreps, wanted: tuple[Irrep, ...], degree: int) -> tuple[tuple[SymmetricPath, SurdTensor], ...]:
    """Each path to the irreps that are wanted, and its coefficients of unit norm, with an axis for each factor."""
    found: list[tuple[SymmetricPath, SurdTensor]] = []
    for ir in wanted:
        to_ir = [pair for power in range(1, degree + 1) for pair in _of_degree(irreps, ir, power)]
        if not to_ir:
            raise IrrepsError(
                f"symmetric_contraction: no polynomial of {irreps} up to degree {degree} is {ir}.\n"
                f"  Leave out {ir}, or write a greater degree."
            )
        found += to_ir
    return tuple(found)


def _of_degree(irreps: Irreps, ir: Irrep, degree: int) -> Iterator[tuple[SymmetricPath, SurdTensor]]:
    for factors in itertools.combinations_with_replacement([ir for _, ir in irreps], degree):
        if math.prod(one.p for one in factors) == ir.p:
            powers = [(one.l, n) for one, n in counted(factors)]
            for n, tensor in enumerate(symmetric_couplings(powers, ir.l)):
                yield SymmetricPath(factors, ir, n), tensor


def counted(factors: Sequence[Irrep]) -> list[tuple[Irrep, int]]:
    """The different factors, and how often each occurs."""
    return [(ir, factors.count(ir)) for ir in dict.fromkeys(factors)]


def wanted(irreps_out: Any) -> tuple[Irrep, ...]:
    """The irreps that are asked for, each once; no copies of an irrep ask for nothing."""
    return tuple(dict.fromkeys(ir for _, ir in Irreps(irreps_out).remove_zero_multiplicities()))


def as_power(degree: Any) -> int:
    """The greatest degree of a polynomial, as an integer."""
    if not hasattr(degree, "__index__") or isinstance(degree, bool) or degree < 1:
        raise ValueError(
            f"symmetric_contraction: degree is {degree!r}, and must be an integer, 1 or more.\n  Write degree=2."
        )
    return int(degree)
