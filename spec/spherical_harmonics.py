"""The real spherical harmonics, as polynomials of the vector (x, y, z).

The polar axis is y and the azimuth goes from z to x (spec.o3).  For m >= 0, with r^2 = x^2 + y^2 + z^2,

    Y_l^m   =  N  r^(l-m) P_l^(m)(y / r)  Re (z + i x)^m
    Y_l^-m  =  N  r^(l-m) P_l^(m)(y / r)  Im (z + i x)^m

where P_l^(m) is the m-th derivative of the Legendre polynomial; its product with sin(polar angle)^m, here a part of
(z + i x)^m, is the associated Legendre function without the sign (-1)^m.  As P_l(t) = (d/dt)^l (t^2 - 1)^l / (2^l l!),

    r^(l-m) P_l^(m)(y / r)  =  2^-l  sum_k (-1)^k (2l - 2k)! / (k! (l - k)! (l - m - 2k)!)  y^(l-m-2k) r^2k

The constant N sets the size on the unit sphere:

    integral    the integral of (Y_l^m)^2 is 1:    N^2 = (2l + 1) / (4 pi) (l - m)! / (l + m)!, twice that if m > 0
    component   the mean of (Y_l^m)^2 is 1:        N^2 as above, times 4 pi
    norm        sum_m (Y_l^m)^2 is 1:              N^2 as above, times 4 pi / (2l + 1)

Source: Varshalovich et al. (1988), ch. 5; Wikipedia, "Table of spherical harmonics", real form, at (z, x, y).
"""

from fractions import Fraction
from math import comb, factorial, pi, sqrt

import numpy as np

from spec.o3 import assemble

LAWS = {"spherical_harmonics": ("equivariant", "homogeneous", "component_normalised", "harmonic", "orthogonal")}


def spherical_harmonics(irreps_out, irreps, x, *, normalize, normalization="component"):
    """(irreps_out, z): Y_l of one vector x, of irreps 1x1o or 1x1e; every copy of an irrep is the same.

    `irreps_out`: a list of irreps (mul, l, p) with p = p_x^l, or of degrees l, or one degree.
    `normalize`: x / |x| is meant (0 remains 0); else Y_l(x) grows as |x|^l.
    """
    [(mul, l_in, p_in)] = irreps
    assert mul == 1 and l_in == 1, "the harmonics are functions of one vector"
    x = np.asarray(x)
    if normalize and x.any():
        x = x / np.linalg.norm(x)
    wanted = [irreps_out] if isinstance(irreps_out, int) else irreps_out
    wanted = [(1, ir, p_in**ir) if isinstance(ir, int) else ir for ir in wanted]
    assert all(p == p_in**l for _, l, p in wanted), "Y_l has the parity of x to the power l"
    return assemble([((l, p), np.tile(harmonics(l, x, normalization), (mul, 1))) for mul, l, p in wanted])


def harmonics(l, vector, normalization):
    """Y_l^m(vector) for m = -l ... l.  The polynomial is summed exactly, at the vector as given."""
    x, y, z = (Fraction(float(component)) for component in vector)
    Y = np.zeros(2 * l + 1)
    for m in range(l + 1):
        polar = legendre(l, m, y, x * x + y * y + z * z)
        real, imaginary = power(z, x, m)
        N = constant(l, m, normalization)
        Y[l - m], Y[l + m] = N * float(polar * imaginary), N * float(polar * real)
    return Y


def legendre(l, m, y, r2):
    """r^(l-m) P_l^(m)(y / r), a polynomial in y and r^2."""
    return sum(
        Fraction(
            (-1) ** k * factorial(2 * l - 2 * k), 2**l * factorial(k) * factorial(l - k) * factorial(l - m - 2 * k)
        )
        * y ** (l - m - 2 * k)
        * r2**k
        for k in range((l - m) // 2 + 1)
    )


def power(z, x, m):
    """Re and Im of (z + i x)^m = sum_k comb(m, k) z^(m-k) (i x)^k."""
    parts = [0, 0]
    for k in range(m + 1):
        parts[k % 2] += (-1) ** (k // 2) * comb(m, k) * z ** (m - k) * x**k
    return parts


def constant(l, m, normalization):
    """N."""
    square = Fraction(factorial(l - m), factorial(l + m)) * (2 if m > 0 else 1)
    return sqrt(square * {"integral": (2 * l + 1) / (4 * pi), "component": 2 * l + 1, "norm": 1}[normalization])
