"""Solid harmonics: the homogeneous harmonic polynomials of degree l, as exact and as rounded coefficients."""

import functools
import math
from typing import Any

import numpy as np

from eqlib.array_types import Float
from eqlib.o3.basis import as_degree, norm_square
from eqlib.o3.surd import Surd
from eqlib.o3.surd_tensor import Index, SurdTensor


def harmonics(
    l: Any, dtype: Any = np.float64, scale: Surd | int = 1
) -> Float[np.ndarray[Any, Any], "{l+1} {l+1} {l+1} {2*l+1}"]:
    """Returns the coefficients of the solid harmonics of degree `l`, times `scale`, correctly rounded.

    Law:    Y_m(v) = sum_abc harmonics(l)[a, b, c, l + m] x^a y^b z^c; Y(R v) = D^l(R) Y(v); zero Laplacian.
    Shape:  [l+1, l+1, l+1, 2l+1]; zero unless a + b + c = l. A fresh array.
    Scale:  sum_m Y_m(v)^2 = |v|^(2l) (`norm`); scale = Surd.sqrt(2l+1) gives `component`.
    Raises: TypeError, ValueError if l is not an integer >= 0.
    Source: see `exact_harmonics`.
    Example:
        >>> harmonics(2)[0, 2, 0]  # the coefficients of y^2
        array([0., 0., 1., 0., 0.])
    """
    return exact_harmonics(l).numpy(dtype, scale)


def exact_harmonics(l: Any) -> SurdTensor:
    """Returns the solid harmonics of degree `l`: entry (a, b, c, l + m) is the coefficient of x^a y^b z^c in Y_m.

    Law:    as `harmonics`, without rounding.
    Raises: TypeError, ValueError if l is not an integer >= 0.
    Source: Varshalovich et al. (1988), 5.1 and 5.2: derivatives of Legendre polynomials times powers of z + ix.
    Example:
        >>> exact_harmonics(2)
        Y(2) [3, 3, 3, 5], 8 non-zero: (0, 0, 2, 2) -1/2, (0, 0, 2, 4) √(3/4), (0, 1, 1, 3) √3, ...
    """
    return _exact_harmonics(as_degree(l))


@functools.cache
def _exact_harmonics(l: int) -> SurdTensor:
    entries: dict[Index, Surd] = {}
    for m in range(-l, l + 1):
        norm = Surd.sqrt(norm_square(l, m) / 4**l)
        for exponents, coefficient in _scaled_harmonic(l, m).items():
            entries[*exponents, l + m] = norm * coefficient
    return SurdTensor.of((l + 1, l + 1, l + 1, 2 * l + 1), entries, f"Y({l})")


def _scaled_harmonic(l: int, m: int) -> dict[Index, int]:
    """Returns 2^l H_lm as {exponents (a, b, c) of x, y, z: integer}.

    H_lm = A_m r^(l-|m|) P_l^(|m|)(y/r), with P_l^(|m|) the derivative of the Legendre polynomial
    P_l(t) = 2^-l sum_k (-1)^k binomial(l, k) binomial(2l-2k, l) t^(l-2k), and B_|m| in place of A_m for m < 0.
    """
    order = abs(m)
    polynomial: dict[Index, int] = {}
    for k in range((l - order) // 2 + 1):
        legendre = (-1) ** k * math.comb(l, k) * math.comb(2 * l - 2 * k, l) * math.perm(l - 2 * k, order)
        power_of_y = l - 2 * k - order
        for (a, b, c), radial in _power_of_r_square(k).items():
            for power_of_x, azimuthal in _azimuthal(m).items():
                exponents = (a + power_of_x, b + power_of_y, c + order - power_of_x)
                polynomial[exponents] = polynomial.get(exponents, 0) + legendre * radial * azimuthal
    return polynomial


def _power_of_r_square(k: int) -> dict[Index, int]:
    """Returns (x^2 + y^2 + z^2)^k by exponents."""
    return {
        (2 * a, 2 * b, 2 * (k - a - b)): math.comb(k, a) * math.comb(k - a, b)
        for a in range(k + 1)
        for b in range(k - a + 1)
    }


def _azimuthal(m: int) -> dict[int, int]:
    """Returns the real (m >= 0) or imaginary (m < 0) part of (z + ix)^|m|, by the exponent of x."""
    order, first = abs(m), 0 if m >= 0 else 1
    return {power: (-1) ** (power // 2) * math.comb(order, power) for power in range(first, order + 1, 2)}
