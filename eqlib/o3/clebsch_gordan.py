"""Clebsch-Gordan tensors in the real basis, exact and rounded."""

import functools
import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np

from eqlib.array_types import Float
from eqlib.o3.basis import as_degree
from eqlib.o3.surd import Surd
from eqlib.o3.surd_tensor import SurdTensor


def clebsch_gordan(
    l1: Any, l2: Any, l3: Any, dtype: Any = np.float64
) -> Float[np.ndarray[Any, Any], "{2*l1+1} {2*l2+1} {2*l3+1}"]:
    """Returns the intertwiner of l1 x l2 x l3, correctly rounded.

    Law:    C[i, j, k] = sum_abc D1[i, a] D2[j, b] D3[k, c] C[a, b, c] for all rotations; sum C^2 = 1;
            C(l1, l2, l3) is C(l2, l3, l1) with the axes turned, and (-1)^(l1+l2+l3) C(l2, l1, l3) with two swapped.
    Shape:  [2 l1 + 1, 2 l2 + 1, 2 l3 + 1]; zero where l3 is not in |l1-l2|..l1+l2. A fresh array.
    Raises: TypeError, ValueError if a degree is not an integer >= 0.
    Source: see `exact_clebsch_gordan`.
    Example:
        >>> clebsch_gordan(1, 1, 0)[:, :, 0].diagonal()
        array([0.57735027, 0.57735027, 0.57735027])
    """
    return exact_clebsch_gordan(l1, l2, l3).numpy(dtype)


def exact_clebsch_gordan(l1: Any, l2: Any, l3: Any) -> SurdTensor:
    """Returns the Clebsch-Gordan tensor with exact entries; sign and basis as stated in `eqlib.o3.basis`.

    Law:    as `clebsch_gordan`, without rounding.
    Raises: TypeError, ValueError if a degree is not an integer >= 0.
    Source: Racah's formula for the 3j symbol, Varshalovich et al. (1988), 8.2.1 (3).
    Example:
        >>> exact_clebsch_gordan(1, 1, 1)
        CG(1,1,1) [3, 3, 3], 6 non-zero: (0, 1, 2) √(1/6), (0, 2, 1) -√(1/6), (1, 0, 2) -√(1/6), ...
    """
    return _exact_clebsch_gordan(as_degree(l1, "l1"), as_degree(l2, "l2"), as_degree(l3, "l3"))


@functools.cache
def _exact_clebsch_gordan(l1: int, l2: int, l3: int) -> SurdTensor:
    # A complex harmonic is u_m = (-1)^m (R_m + i R_-m)/sqrt2 for m > 0, u_m = (R_|m| - i R_-|m|)/sqrt2 for m < 0, and
    # C = i^J sum_m 3j(m1, m2, m3) u_m1 u_m2 u_m3 with J = l1+l2+l3. Given |m1|, |m2|, |m3|, only one choice of signs
    # and its negative satisfy m1+m2+m3 = 0, and the two terms are conjugate up to (-1)^J. So every real entry is one
    # 3j symbol, times 1/sqrt2 if no m is zero; it vanishes unless as many components as J (mod 2) are sines.
    J = l1 + l2 + l3
    a, b, c = J - 2 * l3, J - 2 * l2, J - 2 * l1
    entries: dict[tuple[int, ...], Surd] = {}
    if min(a, b, c) >= 0:
        delta = math.prod(map(math.factorial, (J + 1, a, b, c)))
        for m1, m2 in itertools.product(range(l1 + 1), range(-l2, l2 + 1)):
            m3 = -m1 - m2
            if abs(m3) > l3 or (m1 == 0 and m2 < 0):  # the latter is the negative of a choice already met
                continue
            racah = _racah_sum(a, b, c, l1 - m1, l2 + m2)
            if not racah:
                continue
            ms, ls = (m1, m2, m3), (l1, l2, l3)
            factorials = (math.factorial(l + m) * math.factorial(l - m) for l, m in zip(ls, ms, strict=True))
            square = Fraction(racah * racah * math.prod(factorials), delta * (2 if m1 and m2 and m3 else 1))
            sign = (1 if racah > 0 else -1) * _alternating(l1 - l2 - m3)
            for components, phase in _real_components(ms, J):
                index = tuple(l + component for l, component in zip(ls, components, strict=True))
                entries[index] = Surd(sign * phase, square)
    return SurdTensor.of((2 * l1 + 1, 2 * l2 + 1, 2 * l3 + 1), entries, f"CG({l1},{l2},{l3})")


def _racah_sum(a: int, b: int, c: int, p: int, q: int) -> int:
    """Returns the alternating sum of Racah's formula, as products of binomials."""
    ks = range(max(0, p - b, q - c), min(a, p, q) + 1)
    return sum(_alternating(k) * math.comb(a, k) * math.comb(b, p - k) * math.comb(c, q - k) for k in ks)


def _real_components(ms: tuple[int, int, int], J: int) -> list[tuple[tuple[int, ...], int]]:
    """Returns the components (cosine |m| or sine -|m|) of i^J u_m1 u_m2 u_m3 that do not cancel, with their signs."""
    positive = _alternating(sum(m for m in ms if m > 0))
    found: list[tuple[tuple[int, ...], int]] = []
    for components in itertools.product(*((m,) if m == 0 else (abs(m), -abs(m)) for m in ms)):
        sines = [m for m, component in zip(ms, components, strict=True) if component < 0]
        if (J + len(sines)) % 2 == 0:
            negative = sum(m < 0 for m in sines)
            found.append((components, positive * _alternating((J + len(sines)) // 2 + negative)))
    return found


def _alternating(n: int) -> int:
    """Returns (-1)^n as an integer, for n of either sign."""
    return -1 if n & 1 else 1
