"""The label of an irreducible representation of O(3), and a multiplicity of it."""

import itertools
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Union

import numpy as np

from eqlib.array_types import ArrayLike, Float
from eqlib.o3.generators import generators
from eqlib.o3.parsing import integer, is_number, parse_irrep, parse_term
from eqlib.o3.representation import Matrix, Representation, matrices_of, orthogonal

IntoIrrep = Union[str, tuple[int, int], "Irrep", "MulIrrep"]


@dataclass(init=False, frozen=True, eq=False, repr=False)
class Irrep(Representation):
    """An irreducible representation of O(3): degree `l` = 0, 1, ... and parity `p` = +1 (even, e) or -1 (odd, o).

    Order:  by l, then the natural parity (-1)^l first: 0e, 0o, 1o, 1e, 2e, 2o, ...
    Raises: ValueError if l is no integer >= 0, p is not +1 or -1, or the text is no label.
    Example:
        >>> Irrep("1o"), Irrep(2, -1), Irrep("3y")
        (1o, 2o, 3o)
        >>> Irrep("2o").dim
        5
        >>> list(Irrep("1o") * Irrep("1o"))
        [0e, 1e, 2e]
        >>> 3 * Irrep("1e"), Irrep("1o") + Irrep("2o")
        (3x1e, 1x1o+1x2o)
    """

    l: int
    p: int

    # NumPy scalars on the left leave the product to this class.
    __array_ufunc__ = None

    def __init__(self, l: object, p: object = None) -> None:
        degree, parity = _label(l) if p is None else (l, p)
        l_, p_ = integer(degree), integer(parity)
        if l_ is None or l_ < 0:
            raise ValueError(f"Irrep: the degree l is an integer >= 0, not {degree!r}; write for example Irrep(1, -1).")
        if p_ not in (1, -1):
            raise ValueError(f"Irrep: the parity p is 1 (even) or -1 (odd), not {parity!r}; write Irrep({l_}, 1).")
        object.__setattr__(self, "l", l_)
        object.__setattr__(self, "p", p_)

    @classmethod
    def iterator(cls, lmax: int | None = None) -> Iterator["Irrep"]:
        """All irreps of O(3) in their order, up to the degree `lmax`.

        Example:
            >>> list(Irrep.iterator(1))
            [0e, 0o, 1o, 1e]
        """
        for l in itertools.count() if lmax is None else range(lmax + 1):
            yield cls(l, (-1) ** l)
            yield cls(l, -((-1) ** l))

    @property
    def dim(self) -> int:
        """The dimension of the representation, 2 l + 1."""
        return 2 * self.l + 1

    def is_scalar(self) -> bool:
        """True for 0e alone: 0o changes sign under inversion."""
        return self.l == 0 and self.p == 1

    def D_from_matrix(self, R: ArrayLike) -> Matrix:
        """Returns the matrix that represents the orthogonal matrix `R`; det R = -1 is an inversion.

        Law:    D(R S) = D(R) D(S); D(-1) = p.
        Shape:  [..., 3, 3] -> [..., 2l+1, 2l+1].
        Raises: ValueError if R is not orthogonal; under jit, where that is not known, the result is NaN.
        """
        return matrices_of([self], orthogonal(R))[self]

    def generators(self) -> Float[np.ndarray[Any, Any], "3 {self.dim} {self.dim}"]:
        """Returns the infinitesimal rotations about x, y and z.

        Law:    [X_x, X_y] = X_z and cyclic; antisymmetric.
        Shape:  [3, 2l+1, 2l+1].
        """
        return generators(self.l)

    def __repr__(self) -> str:
        return f"{self.l}{'e' if self.p == 1 else 'o'}"

    def __iter__(self) -> Iterator[int]:
        yield self.l
        yield self.p

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Irrep):
            try:
                other = Irrep(other)
            except ValueError:
                return False
        return (self.l, self.p) == (other.l, other.p)

    def __hash__(self) -> int:
        return hash((self.l, self.p))

    def __lt__(self, other: IntoIrrep) -> bool:
        return _order(self) < _order(_irrep(other))

    def __le__(self, other: IntoIrrep) -> bool:
        return _order(self) <= _order(_irrep(other))

    def __gt__(self, other: IntoIrrep) -> bool:
        return _order(self) > _order(_irrep(other))

    def __ge__(self, other: IntoIrrep) -> bool:
        return _order(self) >= _order(_irrep(other))

    def __mul__(self, other: object) -> Iterator["Irrep"]:
        """The selection rule: the irreps of the product, |l1 - l2| <= l <= l1 + l2 and p = p1 p2, l ascending."""
        if integer(other) is not None:
            raise ValueError(
                f"{self} * {other} is no product of irreps: the multiplicity comes first.\n"
                f"  Write {abs(operator.index(other))} * Irrep({str(self)!r}) for so many copies."  # type: ignore[arg-type]
            )
        other = Irrep(other)
        return (Irrep(l, self.p * other.p) for l in range(abs(self.l - other.l), self.l + other.l + 1))

    def __rmul__(self, mul: object) -> "irreps.Irreps":
        if integer(mul) is None:
            if is_number(mul):
                raise ValueError(
                    f"{mul} * {self}: a multiplicity is an integer >= 0.\n  Write 2 * Irrep({str(self)!r})."
                )
            return NotImplemented
        return irreps.Irreps([(mul, self)])

    def __add__(self, other: object) -> "irreps.Irreps":
        return irreps.Irreps(self) + irreps.Irreps(other)

    def __radd__(self, other: object) -> "irreps.Irreps":
        return irreps.Irreps(other) + irreps.Irreps(self)


@dataclass(init=False, frozen=True, repr=False)
class MulIrrep:
    """`mul` copies of the irrep `ir`.

    Order:  by irrep, then by multiplicity.
    Raises: ValueError if `mul` is no integer >= 0.
    Example:
        >>> MulIrrep(2, "1o"), MulIrrep(2, "1o").dim
        (2x1o, 6)
    """

    mul: int
    ir: Irrep

    def __init__(self, mul: Any, ir: object = None) -> None:
        mul, ir = mul if ir is None else (mul, ir)
        count = integer(mul)
        if count is None or count < 0:
            raise ValueError(_explain_multiplicity(mul, ir))
        object.__setattr__(self, "mul", count)
        object.__setattr__(self, "ir", _irrep(ir))

    @property
    def dim(self) -> int:
        """The dimension of all copies together, mul (2 l + 1)."""
        return self.mul * self.ir.dim

    def __repr__(self) -> str:
        return f"{self.mul}x{self.ir}"

    def __iter__(self) -> Iterator[Any]:
        yield self.mul
        yield self.ir

    def __lt__(self, other: object) -> bool:
        other = segment(other)
        return (self.ir, self.mul) < (other.ir, other.mul)


def segment(item: Any) -> MulIrrep:
    """One term of a sum: a MulIrrep, an Irrep, a string, a degree (of even parity), or (mul, irrep)."""
    if isinstance(item, MulIrrep):
        return item
    if isinstance(item, Irrep):
        return MulIrrep(1, item)
    if isinstance(item, str):
        return MulIrrep(*parse_term(item))
    if integer(item) is not None:
        return MulIrrep(1, Irrep(item, 1))
    try:
        mul, ir = item
        return MulIrrep(mul, ir)
    except (TypeError, ValueError) as error:
        reason = "" if isinstance(error, TypeError) else f" {error}"  # else Python's, about unpacking
        raise ValueError(
            f'Unable to interpret "{item}" as an irrep. '
            f'A term is (mul, irrep), as in (2, "1o"), or an irrep alone.{reason}'
        ) from None


def _explain_multiplicity(mul: Any, ir: Any) -> str:
    if _is_label(mul) and integer(ir) is not None:
        return f"MulIrrep: the multiplicity comes first, then the irrep; write MulIrrep({ir}, {str(Irrep(mul))!r})."
    label = str(Irrep(ir)) if _is_label(ir) else "1o"
    return f"MulIrrep: a multiplicity is an integer >= 0, not {mul!r}; write MulIrrep(2, {label!r})."


def _is_label(value: Any) -> bool:
    try:
        Irrep(value)
    except ValueError:
        return False
    return True


def _irrep(ir: object) -> Irrep:
    return ir if isinstance(ir, Irrep) else Irrep(ir)


def _order(ir: Irrep) -> tuple[int, int]:
    return ir.l, -ir.p * (-1) ** ir.l


def _label(value: Any) -> tuple[Any, Any]:
    """Degree and parity, unchecked, of whatever stands for an irrep."""
    if isinstance(value, MulIrrep):
        return value.ir.l, value.ir.p
    if isinstance(value, Irrep):
        return value.l, value.p
    if isinstance(value, str):
        return parse_irrep(value)
    if isinstance(value, tuple) and len(value) == 2:  # type: ignore[arg-type]
        return value  # type: ignore[return-value]
    raise ValueError(f"Irrep: {value!r} does not name an irrep; write a label, Irrep('1o'), or l and p, Irrep(1, -1).")


# A sum of irreps is an Irreps, whose module needs the classes above: imported when they exist.
from eqlib.o3 import irreps  # noqa: E402
