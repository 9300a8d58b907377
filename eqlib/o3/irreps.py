"""A representation of O(3) as an ordered direct sum of irreps with multiplicities."""

import itertools
import math
from collections.abc import Iterable
from typing import Any, NamedTuple, SupportsIndex, Union, cast, overload

import numpy as np

from eqlib.array_types import ArrayLike, Float
from eqlib.o3.generators import generators
from eqlib.o3.irrep import Irrep, MulIrrep, segment
from eqlib.o3.parsing import integer, is_number, parse_irreps
from eqlib.o3.representation import Matrix, Representation, block_diagonal, matrices_of, orthogonal
from eqlib.o3.selection import selector
from eqlib.o3.slices import Cut, Slicer, cut_by_chunk, cut_by_dim, cut_by_mul

IntoIrreps = Union[None, str, Irrep, MulIrrep, "Irreps", Iterable[Any]]


class Sort(NamedTuple):
    """Sorted irreps; segment i of the original became segment ``p[i]``, segment j came from ``inv[j]``."""

    irreps: "Irreps"
    p: tuple[int, ...]
    inv: tuple[int, ...]


class Irreps(tuple[MulIrrep, ...], Representation):
    """A direct sum of irreps with multiplicities; the order is that of the components of an array.

    Raises: ValueError if a multiplicity is negative or a term cannot be read.
    Example:
        >>> Irreps("2x0e + 1o"), Irreps([(100, (0, 1)), (50, "1e")]), Irreps()
        (2x0e+1x1o, 100x0e+50x1e, Irreps())
        >>> Irreps("2x0e + 1o").dim
        5
        >>> "1o" in Irreps("2x0e + 1o")
        True
    """

    __slots__ = ()

    # NumPy scalars on the left leave the product to this class.
    __array_ufunc__ = None

    def __new__(cls, irreps: object = None) -> "Irreps":
        if isinstance(irreps, Irreps):
            return irreps
        if irreps is None:
            return super().__new__(cls)
        if isinstance(irreps, str):
            return super().__new__(cls, (MulIrrep(mul, ir) for mul, ir in parse_irreps(irreps)))
        if isinstance(irreps, Irrep | MulIrrep):
            return super().__new__(cls, (segment(irreps),))
        if not isinstance(irreps, Iterable):
            raise ValueError(f'Unable to interpret "{irreps}" as irreps; write for example Irreps("2x0e + 1o").')
        return super().__new__(cls, map(segment, cast(Iterable[object], irreps)))

    @staticmethod
    def spherical_harmonics(lmax: int, p: int = -1) -> "Irreps":
        """The irreps of the spherical harmonics of degrees 0 to `lmax`; `p` is the parity of their argument.

        Example:
            >>> Irreps.spherical_harmonics(3)
            1x0e+1x1o+1x2e+1x3o
        """
        return Irreps([(1, Irrep(l, p**l)) for l in range(lmax + 1)])

    @property
    def dim(self) -> int:
        """The dimension of the representation, the sum of mul (2 l + 1)."""
        return sum(mul_ir.dim for mul_ir in self)

    @property
    def num_irreps(self) -> int:
        """The number of copies of all irreps together."""
        return sum(mul for mul, _ in self)

    @property
    def mul_gcd(self) -> int:
        """The greatest common divisor of the multiplicities; 0 if there is no copy."""
        return math.gcd(*(mul for mul, _ in self))

    @property
    def ls(self) -> list[int]:
        """The degree of every copy."""
        return [ir.l for mul, ir in self for _ in range(mul)]

    @property
    def lmax(self) -> int:
        """The largest degree that has a copy.

        Raises: ValueError if there is none.
        """
        if self.num_irreps == 0:
            raise ValueError(
                f"Cannot get lmax of empty Irreps: {self} has no copy of any irrep; "
                "write max(irreps.ls, default=-1) where that can happen."
            )
        return max(ir.l for mul, ir in self if mul > 0)

    def is_scalar(self) -> bool:
        """True if every segment is 0e and there is at least one."""
        return len(self) > 0 and all(ir.is_scalar() for _, ir in self)

    def count(self, ir: object) -> int:  # type: ignore[override]
        """The number of copies of `ir` in all segments.

        Example:
            >>> Irreps("2x1o + 0e + 3x1o").count("1o")
            5
        """
        ir = Irrep(ir)
        return sum(mul for mul, other in self if other == ir)

    def index(self, *args: Any) -> int:  # type: ignore[override]
        """Not defined: an irrep may stand in several segments.

        Raises: NotImplementedError always.
        """
        raise NotImplementedError(
            "an irrep may stand in several segments; write [i for i, (_, ir) in enumerate(irreps)]"
        )

    def slices(self) -> list[slice]:
        """The components of every segment.

        Example:
            >>> Irreps("2x0e + 1e").slices()
            [slice(0, 2, None), slice(2, 5, None)]
        """
        edges = [0]
        for mul_ir in self:
            edges.append(edges[-1] + mul_ir.dim)
        return [slice(start, stop) for start, stop in itertools.pairwise(edges)]

    @overload
    def __getitem__(self, i: SupportsIndex) -> MulIrrep: ...
    @overload
    def __getitem__(self, i: slice) -> "Irreps": ...
    def __getitem__(self, i: SupportsIndex | slice) -> "MulIrrep | Irreps":
        try:
            return Irreps(super().__getitem__(i)) if isinstance(i, slice) else super().__getitem__(i)
        except TypeError:
            label = str(i) if isinstance(i, (str, Irrep, MulIrrep)) else "1o"
            raise IndexError(
                f"cannot index {self} with {i!r}: its segments are counted from 0.\n"
                f"  Write irreps.filter(keep={label!r}) for the segments of an irrep, irreps.count(ir) for its copies."
            ) from None

    def __contains__(self, ir: object) -> bool:  # type: ignore[override]
        ir = Irrep(ir)
        return any(other == ir for _, other in self)

    def __add__(self, other: object) -> "Irreps":  # type: ignore[override]
        return Irreps((*self, *Irreps(other)))

    def __radd__(self, other: object) -> "Irreps":
        return Irreps(other) + self

    def __mul__(self, n: object) -> "Irreps":
        if isinstance(n, Irreps):
            product = f"tensor_product({quoted(self)}, {quoted(n)})"
            raise NotImplementedError(f"{self} * {n} is no product of numbers; write {product}.")
        if integer(n) is None:
            if is_number(n):
                raise ValueError(f"{self} * {n}: a multiplicity is an integer >= 0.\n  Write 2 * irreps.")
            return NotImplemented
        return Irreps([(mul * n, ir) for mul, ir in self])

    __rmul__ = __mul__  # type: ignore[assignment]

    def __floordiv__(self, n: object) -> "Irreps":
        if integer(n) is None:
            if is_number(n):
                raise ValueError(f"{self} // {n}: a multiplicity is an integer >= 0.\n  Write irreps // 2.")
            return NotImplemented
        return Irreps([(mul // n, ir) for mul, ir in self])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            try:
                other = Irreps(other)
            except ValueError:
                return False
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()

    def __repr__(self) -> str:
        return "+".join(map(str, self)) if self else "Irreps()"

    def repeat(self, n: int) -> "Irreps":
        """The whole sum `n` times in a row.

        Raises:  ValueError if `n` is no integer >= 0.
        Example:
            >>> Irreps("0e + 1e").repeat(2)
            1x0e+1x1e+1x0e+1x1e
        """
        count = integer(n)
        if count is None or count < 0:
            raise ValueError(f"cannot repeat {self} {n!r} times: it takes an integer >= 0; write .repeat(2).")
        return Irreps(tuple(self) * count)

    def unify(self) -> "Irreps":
        """Merges neighbours of equal irrep; keeps segments without copies.

        Example:
            >>> Irreps("0e + 1e + 1e + 0x0e").unify()
            1x0e+2x1e+0x0e
        """
        merged: list[MulIrrep] = []
        for mul, ir in self:
            if merged and merged[-1].ir == ir:
                mul += merged.pop().mul
            merged.append(MulIrrep(mul, ir))
        return Irreps(merged)

    def remove_zero_multiplicities(self) -> "Irreps":
        """Drops segments without copies."""
        return Irreps([mul_ir for mul_ir in self if mul_ir.mul > 0])

    def simplify(self) -> "Irreps":
        """Drops segments without copies, then merges neighbours of equal irrep; the components keep their order.

        Example:
            >>> Irreps("1e + 0x0e + 1e + 0e + 1e").simplify()
            2x1e+1x0e+1x1e
        """
        return self.remove_zero_multiplicities().unify()

    def sort(self) -> Sort:
        """Sorts the segments by irrep; equal irreps keep their order.

        Example:
            >>> Irreps("2o + 1e + 0e + 1e").sort()
            Sort(irreps=1x0e+1x1e+1x1e+1x2o, p=(3, 1, 0, 2), inv=(2, 1, 3, 0))
        """
        inv = sorted(range(len(self)), key=lambda i: (self[i].ir, i))
        p = sorted(range(len(self)), key=inv.__getitem__)
        return Sort(Irreps([self[i] for i in inv]), tuple(p), tuple(inv))

    def regroup(self) -> "Irreps":
        """Sorts, then simplifies: one segment for every irrep.

        Example:
            >>> Irreps("1e + 0e + 1e + 0x2e").regroup()
            1x0e+2x1e
        """
        return self.sort().irreps.simplify()

    def set_mul(self, mul: int) -> "Irreps":
        """Gives every segment the multiplicity `mul`."""
        return Irreps([(mul, ir) for _, ir in self])

    def filter(self, keep: Any = None, *, drop: Any = None, lmax: int | None = None) -> "Irreps":
        """Keeps or drops segments: by irreps in any notation, by a predicate on (mul, ir), or by degree.

        Raises:  ValueError if more than one criterion is given.
        Example:
            >>> Irreps("1e + 2e + 0e").filter(keep="0e + 1e"), Irreps("1e + 2e + 0e").filter(lmax=1)
            (1x1e+1x0e, 1x1e+1x0e)
        """
        return Irreps(filter(selector(keep, drop, lmax), self))

    @property
    def slice_by_mul(self) -> "Slicer[Irreps]":
        """Copies: ``Irreps("1e + 2e + 3x0e").slice_by_mul[1:3]`` is ``1x2e+1x0e``."""
        return Slicer(lambda index: self._cut(cut_by_mul(self, index)))

    @property
    def slice_by_dim(self) -> "Slicer[Irreps]":
        """Components, at boundaries of irreps: ``Irreps("1e + 2e + 3x0e").slice_by_dim[3:8]`` is ``1x2e``."""
        return Slicer(lambda index: self._cut(cut_by_dim(self, index)))

    @property
    def slice_by_chunk(self) -> "Slicer[Irreps]":
        """Segments: ``Irreps("1e + 2e + 3x0e").slice_by_chunk[1:]`` is ``1x2e+3x0e``."""
        return Slicer(lambda index: self._cut(cut_by_chunk(self, index)))

    def _cut(self, cuts: list[Cut]) -> "Irreps":
        return Irreps([(stop - start, self[i].ir) for i, start, stop in cuts])

    def D_from_matrix(self, R: ArrayLike) -> Matrix:
        """Returns the block-diagonal matrix that represents the orthogonal matrix `R`: one block for every copy.

        Law:    D(R S) = D(R) D(S).
        Shape:  [..., 3, 3] -> [..., dim, dim].
        Raises: ValueError if R is not orthogonal; under jit, where that is not known, the result is NaN.
        """
        D = matrices_of([Irrep(0, 1), *(ir for _, ir in self)], orthogonal(R))
        return block_diagonal([D[ir] for mul, ir in self for _ in range(mul)], like=D[Irrep(0, 1)])

    def generators(self) -> Float[np.ndarray[Any, Any], "3 {self.dim} {self.dim}"]:
        """Returns the infinitesimal rotations about x, y and z, block-diagonal: one block for every copy.

        Shape:  [3, dim, dim].
        """
        return block_diagonal([generators(l) for l in self.ls], like=generators(0))


def present(irreps: Irreps) -> frozenset[Irrep]:
    """The irreps of which there is a copy: a segment without copies holds nothing that an op could refuse.

    Example:
        >>> present(Irreps("2x0e + 0x1o + 0e"))
        frozenset({0e})
    """
    return frozenset(ir for _, ir in irreps.remove_zero_multiplicities())


def quoted(irreps: object) -> str:
    """Irreps as code that `Irreps` reads; that of none is '', and not their name in print.

    Example:
        >>> print(quoted(Irreps("1o + 2x0e")), quoted(Irreps()))
        '1x1o+2x0e' ''
    """
    return repr("+".join(map(str, irreps)) if isinstance(irreps, Irreps) else str(irreps))
