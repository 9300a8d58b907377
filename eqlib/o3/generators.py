"""Generators of rotations in the real basis: the derivatives of the Wigner matrices at the identity."""

import functools
from fractions import Fraction
from typing import Any

import numpy as np

from eqlib.array_types import Float
from eqlib.o3.basis import as_degree
from eqlib.o3.surd import Surd
from eqlib.o3.surd_tensor import Index, SurdTensor


def generators(l: Any, dtype: Any = np.float64) -> Float[np.ndarray[Any, Any], "3 {2*l+1} {2*l+1}"]:
    """Returns the three generators of the irrep of degree `l`, correctly rounded.

    Law:    D(exp(t K_a)) = exp(t X_a); [X_x, X_y] = X_z and cyclically; antisymmetric; sum_a X_a^2 = -l(l+1).
    Shape:  [3, 2l+1, 2l+1], the first axis in the order x, y, z. A fresh array.
    Raises: TypeError, ValueError if l is not an integer >= 0.
    Source: see `exact_generators`.
    Example:
        >>> generators(1)[2]
        array([[ 0., -1.,  0.],
               [ 1.,  0.,  0.],
               [ 0.,  0.,  0.]])
    """
    return exact_generators(l).numpy(dtype)


def exact_generators(l: Any) -> SurdTensor:
    """Returns the three generators with exact entries; basis and signs as stated in `eqlib.o3.basis`.

    Law:    as `generators`, without rounding.
    Raises: TypeError, ValueError if l is not an integer >= 0.
    Source: the ladder operators of Condon and Shortley, Varshalovich et al. (1988), 3.1, in the real basis.
    Example:
        >>> exact_generators(2)
        X(2) [3, 5, 5], 16 non-zero: (0, 0, 1) 1, (0, 1, 0) -1, (0, 2, 3) -√3, ...
    """
    return _exact_generators(as_degree(l))


@functools.cache
def _exact_generators(l: int) -> SurdTensor:
    x, y, z = range(3)
    entries: dict[Index, Surd] = {}

    def set_antisymmetric(axis: int, row: int, column: int, value: Surd) -> None:
        entries[axis, l + row, l + column] = value
        entries[axis, l + column, l + row] = -value

    for m in range(1, l + 1):  # about the polar axis, cosine and sine of m turn into each other
        set_antisymmetric(y, -m, m, Surd.of(m))
    for m in range(l):  # about the others, m and m + 1 mix by half the ladder coefficient
        half_ladder = Surd.sqrt(Fraction((l - m) * (l + m + 1), 4 if m else 2))
        set_antisymmetric(x, m, m + 1, -half_ladder)
        set_antisymmetric(z, -(m + 1), m, -half_ladder)
        if m > 0:
            set_antisymmetric(x, -(m + 1), -m, half_ladder)
            set_antisymmetric(z, -m, m + 1, -half_ladder)
    return SurdTensor.of((3, 2 * l + 1, 2 * l + 1), entries, f"X({l})")
