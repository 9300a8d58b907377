"""Functions of a distance: bases to expand it in, and envelopes that end smoothly at a cutoff.

They take one number x; the bases return an array over their functions.
"""

from math import comb, cos, exp, pi, sin, sqrt

import numpy as np

LAWS = {
    "bessel": ("orthonormal",),
    "soft_one_hot_linspace": ("mean_square_one",),
    "poly_envelope": ("flat_ends",),
    "soft_envelope": ("vanishes_outside",),
    "sus": ("vanishes_outside",),
}


def bessel(x, n, x_max=1.0):
    """B_k(x) = sqrt(2 / x_max) sin(k pi x / x_max) / x for k = 1 ... n, and its limit at x = 0.

    Orthonormal: the integral of x^2 B_k B_m from 0 to x_max is 1 if k = m, else 0.
    Source: Klicpera, Gross, Guennemann, ICLR 2020, eq. 7.
    """
    frequencies = [k * pi / x_max for k in range(1, n + 1)]
    return sqrt(2 / x_max) * np.array([sin(f * x) / x if x != 0 else f for f in frequencies])


def soft_one_hot_linspace(x, *, start, end, number, basis, cutoff=None, start_zero=None, end_zero=None):
    """`number` functions centred at equal spacing in [start, end]; the sum of their squares is about 1 on average.

    A centre sits at an end of the interval unless the functions shall vanish there (`start_zero`, `end_zero`, or
    `cutoff` for both): then the centres keep one spacing away.  With d the distance to the centre in spacings,

        gaussian       exp(-d^2) / 1.12
        cosine         cos(pi d / 2)                                            where |d| < 1, else 0
        smooth_finite  1.14136 e^2 sus(1 + d) sus(1 - d) = 1.14136 exp(2 - 2 / (1 - d^2))    where |d| < 1, else 0

    and with t = (x - start) / (end - start), the two ends being alike,

        fourier        sin(pi k t) / sqrt(1/4 + number/2), k = 1 ... number      where 0 < t < 1, else 0   (cutoff)
                       cos(pi k t) / sqrt(1/4 + number/2), k = 0 ... number - 1                            (no cutoff)
    """
    if cutoff is not None:
        assert start_zero is None and end_zero is None, "cutoff stands for both"
        start_zero = end_zero = cutoff
    if basis == "fourier":
        assert start_zero == end_zero, "the fourier basis treats both ends alike"
        t, size = (x - start) / (end - start), sqrt(0.25 + number / 2)
        if not start_zero:
            return np.array([cos(pi * k * t) / size for k in range(number)])
        return np.array([sin(pi * k * t) / size if 0 < t < 1 else 0.0 for k in range(1, number + 1)])
    spacings = number - 1 + bool(start_zero) + bool(end_zero)
    assert spacings > 0, "one function cannot be centred at both ends: it has no spacing"
    step = (end - start) / spacings
    centres = [start + (k + bool(start_zero)) * step for k in range(number)]
    bump = {
        "gaussian": lambda d: exp(-(d**2)) / 1.12,
        "cosine": lambda d: cos(pi / 2 * d) if abs(d) < 1 else 0.0,
        "smooth_finite": lambda d: 1.14136 * exp(2.0) * sus(1 + d) * sus(1 - d),
    }[basis]
    return np.array([bump((x - centre) / step) for centre in centres])


def sus(x):
    """The smooth unit step: exp(-1 / x) for x > 0, else 0; 1 at infinity.  All its derivatives at 0 are 0."""
    return exp(-1 / x) if x > 0 else 0.0


def soft_envelope(x, x_max=1.0, arg_multiplicator=2.0, value_at_origin=1.2):
    """From `value_at_origin` at x = 0 down to 0 at x_max and beyond, every derivative continuous."""
    return value_at_origin * sus(arg_multiplicator * (1 - x / x_max)) / sus(arg_multiplicator)


def poly_envelope(n0, n1, x_max=1.0):
    """The polynomial f of least degree with f(0) = 1, f(x_max) = 0, and n0 (n1) derivatives zero at 0 (at x_max).

    With t = x / x_max:  f = (1 - t)^(n1 + 1)  sum_{k <= n0}  comb(n1 + k, k) t^k,  and 0 for x >= x_max.
    The sum is the Taylor series of (1 - t)^-(n1 + 1), cut after t^n0: so f = 1 + O(t^(n0 + 1)).
    """

    def f(x):
        t = x / x_max if x < x_max else 1.0
        return (1 - t) ** (n1 + 1) * sum(comb(n1 + k, k) * t**k for k in range(n0 + 1))

    return f
