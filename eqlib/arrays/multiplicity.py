"""Leading axes and multiplicities exchanged: an axis of equal arrays is a number of copies."""

from typing import Self

from eqlib.arrays.base import IrrepsArrayBase
from eqlib.errors import LayoutError
from eqlib.o3 import Irreps, namespace
from eqlib.o3.parsing import integer


class Multiplicity(IrrepsArrayBase):
    """The methods that turn copies into an axis and back."""

    def mul_to_axis(self, factor: int | None = None, axis: int = -2) -> Self:
        """Splits the copies of every segment into `factor` groups and puts the groups on a new axis.

        Law:    x.mul_to_axis(n, axis).axis_to_mul(axis) == x.
        Shape:  [..., n * irreps] -> [..., n, irreps] for axis -2; `axis` is the position of the new axis.
        Raises: LayoutError if `factor`, by default the greatest one possible, does not divide every multiplicity, or
                the axis would come after the irreps.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("4x0e + 2x1e", np.arange(10)).mul_to_axis()
            2x0e+1x1e
            [[0 1 4 5 6]
             [2 3 7 8 9]]
        """
        axis = standardize_axis(axis, self.ndim + 1, self.irreps)
        factor = self.irreps.mul_gcd or 1 if factor is None else factor
        n = integer(factor)
        if n is None or n < 1 or any(mul % n for mul, _ in self.irreps):
            fault = "it is no integer, 1 or more" if n is None or n < 1 else "it does not divide every one"
            raise LayoutError(
                f"cannot factor {factor!r} out of the multiplicities of {self.irreps}: {fault}.\n"
                "  Write x.mul_to_axis() for the greatest factor of all."
            )
        xp, irreps = namespace(self.array), self.irreps // factor
        parts = [
            chunk.reshape((*self.shape[:-1], factor, mul_ir.dim))
            for chunk, mul_ir in zip(self.chunks, irreps, strict=True)
        ]
        empty = xp.zeros((*self.shape[:-1], factor, 0), self.dtype)
        return self._new(irreps, xp.moveaxis(xp.concatenate(parts or [empty], axis=-1), -2, axis))

    def axis_to_mul(self, axis: int = -2) -> Self:
        """Makes a leading axis part of the multiplicities: the copies of every segment, one position after another.

        Law:    x.axis_to_mul(axis).mul_to_axis(n, axis) == x, n the length of the axis.
        Shape:  [..., n, irreps] -> [..., n * irreps] for axis -2.
        Raises: LayoutError if the axis is that of the irreps, or there is no other.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 1e", np.arange(8).reshape(2, 4)).axis_to_mul()
            2x0e+2x1e [0 4 1 2 3 5 6 7]
        """
        axis = standardize_axis(axis, self.ndim, self.irreps)
        xp, n = namespace(self.array), self.shape[axis]
        leading_shape = self.shape[:axis] + self.shape[axis + 1 : -1]
        irreps = self.irreps * n
        parts = [
            xp.moveaxis(chunk, axis, -3).reshape((*leading_shape, mul_ir.dim))
            for chunk, mul_ir in zip(self.chunks, irreps, strict=True)
        ]
        return self._new(irreps, xp.concatenate(parts or [xp.zeros((*leading_shape, 0), self.dtype)], axis=-1))

    def axis_to_irreps(self, axis: int = -2) -> Self:
        """Lays the arrays along a leading axis end to end: the irreps repeat as a whole.

        Shape:  [..., n, irreps] -> [..., irreps.repeat(n)] for axis -2.
        Raises: LayoutError if the axis is that of the irreps, or there is no other.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 1e", np.arange(8).reshape(2, 4)).axis_to_irreps()
            1x0e+1x1e+1x0e+1x1e [0 1 2 3 4 5 6 7]
        """
        axis = standardize_axis(axis, self.ndim, self.irreps)
        leading_shape = self.shape[:axis] + self.shape[axis + 1 : -1]
        irreps = self.irreps.repeat(self.shape[axis]).simplify()
        array = namespace(self.array).moveaxis(self.array, axis, -2)
        return self._new(irreps, array.reshape((*leading_shape, irreps.dim)))

    repeat_irreps_by_last_axis = axis_to_irreps


def standardize_axis(axis: int, ndim: int, irreps: Irreps) -> int:
    """`axis` counted from the left, among the leading axes of an array of `ndim` axes.

    Raises:  LayoutError if there is no such axis, or it is that of the irreps.
    """
    if integer(axis) is None or not -ndim <= axis < ndim:
        fault = "no integer" if integer(axis) is None else "out of range"
        raise LayoutError(
            f"axis {axis!r} is {fault}: there are {ndim} axes, the last being that of {irreps}.\n"
            "  Write axis=0 for the first, axis=-2 for the one before the irreps."
        )
    if axis % ndim == ndim - 1:
        raise LayoutError(
            f"axis {axis} cannot be used: the last axis is that of the irreps, {irreps}.\n"
            "  Write axis=-2 for the leading axis beside it."
        )
    return axis % ndim
