"""Shape and dtype of the array; the axis of the irreps stays last."""

import math
from typing import Any, Self

from eqlib.array_types import Shape
from eqlib.arrays.base import IrrepsArrayBase
from eqlib.errors import LayoutError
from eqlib.keywords import also_named
from eqlib.o3 import as_shape, namespace


class Shaping(IrrepsArrayBase):
    """The methods that change the leading axes or the dtype of an IrrepsArray."""

    @also_named(shape="shape")
    def reshape(self, *shape: Any) -> Self:
        """Reshapes the leading axes; the last entry of `shape` is ``irreps.dim`` or -1.

        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("2x0e + 1o", np.ones((6, 5))).reshape((2, 3, -1)).shape
            (2, 3, 5)
        """
        leading = self._leading(shape)
        as_shape(tuple(n for n in leading if n != -1))
        known = math.prod(n for n in leading if n != -1)
        size = math.prod(self.shape[:-1])
        # An axis of length 0 leaves -1 undetermined to NumPy; here the number of rows is known without it.
        asked = tuple(size // known if n == -1 and known else n for n in leading)
        if asked.count(-1) or math.prod(asked) != size:
            other = "" if -1 in leading else f", and {leading} would have {known}"
            raise LayoutError(
                f"cannot reshape {self.irreps} of shape {self.shape} to {(*leading, self.irreps.dim)}: "
                f"the leading axes {self.shape[:-1]} have {size} rows{other}.\n"
                "  Write x.reshape((-1, x.irreps.dim)) for all of them on one axis."
            )
        return self._new(self.irreps, self.array.reshape((*asked, self.irreps.dim)))

    @also_named(shape="shape")
    def broadcast_to(self, *shape: Any) -> Self:
        """Broadcasts the leading axes; the last entry of `shape` is ``irreps.dim`` or -1.

        Raises: LayoutError if a leading axis is neither of length 1 nor of the length asked for.
        """
        wanted, leading = as_shape(self._leading(shape)), self.shape[:-1]
        fits = len(wanted) >= len(leading) and all(
            n in (1, m) for n, m in zip(leading[::-1], wanted[::-1], strict=False)
        )
        if not fits:
            rows = wanted[-1] if wanted else 1
            raise LayoutError(
                f"cannot broadcast {self.irreps} of shape {self.shape} to {(*wanted, self.irreps.dim)}: counted from "
                f"the right, an axis of {leading} is neither 1 nor that of {wanted}.\n"
                f"  Write x[..., None, :].broadcast_to((*x.shape[:-1], {rows}, -1)) for {rows} of each row."
            )
        return self._new(self.irreps, namespace(self.array).broadcast_to(self.array, (*wanted, self.irreps.dim)))

    def astype(self, dtype: Any) -> Self:
        """Converts the array to another dtype."""
        return self._new(self.irreps, self.array.astype(dtype))

    def _leading(self, shape: Shape) -> Shape:
        """The leading axes of a shape that is given as one tuple or as several integers."""
        if len(shape) == 1 and isinstance(shape[0], tuple | list):
            shape = tuple(shape[0])
        if not shape or shape[-1] not in (-1, self.irreps.dim):
            raise LayoutError(
                f"the shape {shape} does not fit {self.irreps}: its last entry must be -1 or {self.irreps.dim}, the "
                "dimension of the irreps.\n"
                "  To change the irreps, write x.axis_to_mul(), x.mul_to_axis() or x.rechunk()."
            )
        return shape[:-1]
