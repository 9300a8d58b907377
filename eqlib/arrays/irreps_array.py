"""The array type of eqlib."""

from eqlib.arrays.arith import Arithmetic
from eqlib.arrays.multiplicity import Multiplicity
from eqlib.arrays.regroup import Regrouping
from eqlib.arrays.shape import Shaping
from eqlib.arrays.transform import Transformation


class IrrepsArray(Arithmetic, Regrouping, Shaping, Multiplicity, Transformation):
    """An array whose last axis is a representation of O(3).

    Its operators are those of a vector space, and products with scalars; what would not be equivariant raises.

    Shape:  `array` is [..., irreps.dim]: for each segment of `irreps` its copies, for each copy its 2l+1 components.
    Raises: LayoutError if the last axis of `array` has another length.
    Example:
        >>> import numpy as np
        >>> x = IrrepsArray("1o + 2x0e", np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
        >>> x
        1x1o+2x0e [1. 2. 3. 4. 5.]
        >>> 2 * x["1o"]
        1x1o [2. 4. 6.]
        >>> x + x.regroup()
        Traceback (most recent call last):
            ...
        eqlib.errors.IrrepsError: cannot add 1x1o+2x0e and 2x0e+1x1o: the same representation in a different order.
          Write x.regroup() + y.regroup().
    """
