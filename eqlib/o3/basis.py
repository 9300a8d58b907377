"""Every convention of o3, stated once.

Axes.       Vectors are (x, y, z). The polar axis is y, and the azimuth runs from z to x: a point of the unit sphere is
            (sin b sin a, cos b, sin b cos a), and a rotation is R = Ry(alpha) Rx(beta) Ry(gamma).
Components. The irrep of degree l has the 2l+1 components m = -l..l, stored at index m + l. With A_m + i B_m =
            (z + ix)^m, component m > 0 is proportional to A_m (cosine), m < 0 to B_|m| (sine), and m = 0 depends on y
            and r only. There is no Condon-Shortley sign. Degree 1 is (x, y, z) itself, so D^1(R) = R.
Scale.      Solid harmonics are Y_lm = n_lm H_lm: H_lm has integer coefficients once multiplied by 2^l, and
            n_lm^2 = (2 - delta_m0) (l-|m|)!/(l+|m|)!, so that sum_m Y_lm(v)^2 = |v|^(2l) (normalisation `norm`).
Generators. X_a = d/dt D(rotation by t about axis a) at t = 0, in the order a = x, y, z; [X_x, X_y] = X_z.
            For degree 1, X_a[b, c] = -epsilon_abc. Real and antisymmetric.
Coupling.   The Clebsch-Gordan tensor C(l1, l2, l3)[i, j, k] is the real invariant of l1 x l2 x l3 with sum C^2 = 1.
            Its sign is that of Condon and Shortley for complex spherical harmonics, carried to the real basis with
            the phase i^(l1+l2+l3). In the real basis this is a rule one can see:
                C at m = (0, 0, 0) is positive where l1+l2+l3 is even: (y, y, y), the value at three equal vectors;
                C at m = (0, 1, -1) is positive where l1+l2+l3 is odd: (y, z, x), an even permutation of (x, y, z).
            Hence C is unchanged by cyclic permutations of its axes, and takes the factor (-1)^(l1+l2+l3) under a swap.
            C(1, 1, 0) = delta/sqrt(3), C(1, 1, 1) = epsilon/sqrt(6).

These are the conventions of e3nn and e3nn-jax 0.21.
Source: Varshalovich, Moskalev, Khersonskii, Quantum Theory of Angular Momentum (1988), chapters 5 and 8.
"""

import math
import operator
from fractions import Fraction
from typing import Any

import numpy as np


def as_degree(l: Any, name: str = "l") -> int:
    """Returns a degree as a Python int.

    Raises: TypeError if it is not an integer (booleans are not); ValueError if it is negative.
    Example:
        >>> as_degree(np.int64(2))
        2
    """
    if isinstance(l, (bool, np.bool_)) or not hasattr(l, "__index__"):
        raise TypeError(f"{name} = {l!r} is no degree: irreps of O(3) have an integer degree 0, 1, 2, ...")
    degree = operator.index(l)
    if degree < 0:
        raise ValueError(f"{name} = {degree} is no degree: irreps of O(3) have a degree 0, 1, 2, ...")
    return degree


def norm_square(l: int, m: int) -> Fraction:
    """Returns n_lm^2, the square of the factor between the solid harmonics Y_lm and H_lm.

    Example:
        >>> [str(norm_square(2, m)) for m in (0, 1, 2)]
        ['1', '1/3', '1/12']
    """
    m = abs(m)
    return Fraction((2 if m else 1) * math.factorial(l - m), math.factorial(l + m))
