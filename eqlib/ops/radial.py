"""Functions of a distance: bases to expand it in, and envelopes that end smoothly at a cutoff."""

import math
import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError
from eqlib.keywords import also_named
from eqlib.o3 import as_floating
from eqlib.o3.array_namespace import working_dtype

BASES = ("gaussian", "cosine", "smooth_finite", "fourier")


def bessel(x: Any, n: int, x_max: Any = 1.0) -> Float[jax.Array, "... {n}"]:
    """Expands a distance in the spherical Bessel functions of degree 0 that vanish at `x_max`.

    B_k(x) = sqrt(2 / x_max) sin(k pi x / x_max) / x for k = 1 ... n, continued to x = 0 with all its derivatives.

    Law:    the integral of x^2 B_k B_m from 0 to x_max is 1 if k = m, else 0.
    Shape:  [...] -> [..., n].
    Raises: ValueError if n is no integer, n < 0 or x_max <= 0; IrrepsError if x is an IrrepsArray.
    Source: Klicpera, Gross, Guennemann, ICLR 2020, eq. 7.
    Example:
        >>> print(*(f"{value:.3f}" for value in bessel(0.25, 3)))
        4.000 5.657 4.000
    """
    x, dtype = _distances(x, "bessel")
    x_max = _positive("bessel", "x_max", x_max)
    frequencies = np.arange(1, _count("bessel", "n", n, 0) + 1) * np.pi / x_max
    B = _as(math.sqrt(2) * x_max**-0.5 * frequencies, x) * _sinc(x[..., None] * _as(frequencies, x))
    return B.astype(dtype)


@also_named(x="input")
def soft_one_hot_linspace(
    x: Any,
    *,
    start: Any,
    end: Any,
    number: int,
    basis: str | None = None,
    cutoff: bool | None = None,
    start_zero: bool | None = None,
    end_zero: bool | None = None,
) -> Float[jax.Array, "... {number}"]:
    """Expands a number in `number` functions centred at equal spacing in [start, end].

    A centre sits at an end of the interval unless the functions shall vanish there (`start_zero`, `end_zero`, or
    `cutoff` for both): then the centres keep one spacing away. With d the distance to a centre in spacings and
    t = (x - start) / (end - start), `basis` is one of

        gaussian       exp(-d^2) / 1.12
        cosine         cos(pi d / 2) where |d| < 1, else 0
        smooth_finite  1.14136 exp(2 - 2 / (1 - d^2)) where |d| < 1, else 0
        fourier        if the ends vanish: sin(pi k t) / sqrt(1/4 + number/2), k = 1 ... number, where 0 < t < 1, else 0
                       if not: cos(pi k t) / sqrt(1/4 + number/2), k = 0 ... number - 1

    Law:    a function of t alone; with `cutoff`, cosine, smooth_finite and fourier vanish outside [start, end].
    Scale:  the sum of the squares is 1 on average, to about one percent for many functions.
    Shape:  [...] -> [..., number].
    Raises: ValueError if `basis` is unknown, start >= end, number < 0, the ends are not described or are described
            twice, or a single function would have to be centred at both; IrrepsError if x is an IrrepsArray.
    Source: the bases, and their constants, of e3nn.
    Example:
        >>> soft_one_hot_linspace(1.0, start=0.0, end=2.0, number=3, basis="cosine", cutoff=True).round(3)
        Array([0., 1., 0.], dtype=float32)
    """
    x, dtype = _distances(x, "soft_one_hot_linspace")
    number = _count("soft_one_hot_linspace", "number", number, 0)
    ends = _ends(cutoff, start_zero, end_zero)
    length = _positive("soft_one_hot_linspace", "end - start", end - start)
    if basis == "fourier":
        return _fourier((x[..., None] - start) / length, number, ends).astype(dtype)
    if basis not in BASES:
        raise ValueError(f"soft_one_hot_linspace: there is no basis {basis!r}.\n  Write one of {', '.join(BASES)}.")
    step, offset = _spacing(length, number, ends), int(ends[0])
    centres = start + step * (np.arange(number) + offset)
    return _bump(basis, (x[..., None] - _as(centres, x)) / step).astype(dtype)


def poly_envelope(n0: int, n1: int, x_max: Any = 1.0) -> Callable[[Any], Float[jax.Array, "..."]]:
    """Makes the polynomial of least degree that is 1 at x = 0 and 0 at `x_max`, with flat ends; 0 beyond `x_max`.

    `n0` derivatives vanish at 0, and `n1` at `x_max`. With t = x / x_max it is

        f(x) = (1 - t)^(n1 + 1) sum_{k <= n0} binomial(n1 + k, k) t^k

    the sum being the Taylor series of (1 - t)^-(n1 + 1). For 0 <= t <= 1 no term is negative, so nothing cancels. The
    sum is nested, with the exact ratios of neighbouring coefficients.

    Law:    f falls from 1 to 0, and f + (f of n1, n0, mirrored) = 1.
    Shape:  the function takes [...] -> [...].
    Raises: ValueError if n0 < 0, n1 < 0 or x_max <= 0, or if the dtype of x is too small for the sum (n0 + n1 > 130 in
            float32); TypeError if n0 or n1 is no integer.
    Source: the cutoff of Klicpera et al., ICLR 2020, eq. 8, is n0 = p - 1, n1 = 2.
    Example:
        >>> print(*(f"{value:.3f}" for value in poly_envelope(5, 2)(jnp.array([0.0, 0.5, 1.0, 2.0]))))
        1.000 0.855 0.000 0.000
    """
    n0, n1 = _count("poly_envelope", "n0", n0, 0), _count("poly_envelope", "n1", n1, 0)
    x_max = _positive("poly_envelope", "x_max", x_max)

    def envelope(x: Any) -> Float[jax.Array, "..."]:
        x, dtype = _distances(x, "poly_envelope")
        _check_steepness(n0, n1, x.dtype)
        inside = jnp.where(x >= x_max, x_max, x)  # NaN stays NaN
        t, rest = inside / x_max, (x_max - inside) / x_max
        nested = jnp.ones_like(t)
        for k in range(n0, 0, -1):
            nested = 1 + float(Fraction(n1 + k, k)) * t * nested
        return (rest ** (n1 + 1) * nested).astype(dtype)

    return envelope


def soft_envelope(
    x: Any, x_max: Any = 1.0, arg_multiplicator: Any = 2.0, value_at_origin: Any = 1.2
) -> Float[jax.Array, "..."]:
    """Falls from `value_at_origin` at x = 0 to 0 at `x_max` and beyond, with every derivative continuous.

    f(x) = value_at_origin sus(a (1 - x / x_max)) / sus(a) with a = `arg_multiplicator`.

    Law:    soft_envelope(t x, t x_max) = soft_envelope(x, x_max) for t > 0; every derivative vanishes at x_max.
    Shape:  [...] -> [...].
    Raises: ValueError if x_max <= 0 or arg_multiplicator <= 0; IrrepsError if x is an IrrepsArray.
    Source: the function of that name in e3nn-jax.
    Example:
        >>> print(*(f"{value:.3f}" for value in soft_envelope(jnp.array([0.0, 1.0, 2.0, 3.0]), x_max=2.0)))
        1.200 0.728 0.000 0.000
    """
    x, dtype = _distances(x, "soft_envelope")
    x_max = _positive("soft_envelope", "x_max", x_max)
    a = _positive("soft_envelope", "arg_multiplicator", arg_multiplicator)
    return (value_at_origin * _smooth_step(a * ((x_max - x) / x_max), 1 / a)).astype(dtype)


def sus(x: Any) -> Float[jax.Array, "..."]:
    """The smooth unit step: exp(-1 / x) for x > 0, else 0; all its derivatives at 0 are 0.

    Law:    sus(x) rises from 0 to 1; sus(x) = 0 for x <= 0.
    Shape:  [...] -> [...].
    Raises: IrrepsError if x is an IrrepsArray.
    Source: the standard smooth function that is not analytic; the name is that of e3nn.
    Example:
        >>> print(*(f"{value:.3f}" for value in sus(jnp.array([-1.0, 0.0, 2.0]))))
        0.000 0.000 0.607
    """
    x, dtype = _distances(x, "sus")
    return _smooth_step(x).astype(dtype)


def _check_steepness(n0: int, n1: int, dtype: Any) -> None:
    largest = math.comb(n0 + n1 + 1, n0)  # the sum at t = 1
    if largest > float(jnp.finfo(dtype).max):
        raise ValueError(
            f"poly_envelope: n0 = {n0} and n1 = {n1} need numbers up to {Decimal(largest):.0e}, beyond {dtype}.\n"
            "  Write x.astype(jnp.float64), with jax_enable_x64, or fewer flat derivatives."
        )


def _smooth_step(x: Float[jax.Array, "*axes"], shift: Any = 0.0) -> Float[jax.Array, "*axes"]:
    """exp(shift - 1/x) for x > 0, else 0; NaN for NaN, which is on no side of a comparison.

    exp(-1000) is zero in every dtype; powers of 1/x in the derivatives of so small a value might overflow.
    """
    vanishes = x <= 1 / (1000 + shift)
    return jnp.where(vanishes, 0, jnp.exp(shift - 1 / jnp.where(vanishes, 1, x)))


def _sinc(t: Float[jax.Array, "*axes"]) -> Float[jax.Array, "*axes"]:
    """sin(t) / t; near zero by its power series, which has the right derivatives of every order."""
    small = jnp.abs(t) < 0.5
    square = jnp.where(small, t, 0) ** 2
    series = jnp.ones_like(t)
    for k in range(9, 0, -1):
        series = 1 - square * series / ((2 * k) * (2 * k + 1))
    safe = jnp.where(small, 1, t)
    return jnp.where(small, series, jnp.sin(safe) / safe)


def _fourier(
    t: Float[jax.Array, "*axes 1"], number: int, ends: tuple[bool, bool]
) -> Float[jax.Array, "*axes {number}"]:
    if ends[0] != ends[1]:
        raise ValueError(
            "soft_one_hot_linspace: the fourier basis treats both ends alike, and start_zero is not end_zero.\n"
            "  Write cutoff=True or cutoff=False."
        )
    scale = 1 / math.sqrt(0.25 + number / 2)
    if ends[0]:
        return jnp.where((t <= 0) | (t >= 1), 0, jnp.sin(_as(np.pi * np.arange(1, number + 1), t) * t) * scale)
    return jnp.cos(_as(np.pi * np.arange(number), t) * t) * scale


def _bump(basis: str, d: Float[jax.Array, "*axes"]) -> Float[jax.Array, "*axes"]:
    """The function of a basis at the distance d from its centre, in spacings."""
    if basis == "gaussian":
        return jnp.exp(-(d**2)) / 1.12
    if basis == "cosine":
        return jnp.where(jnp.abs(d) >= 1, 0, jnp.cos(math.pi / 2 * d))
    return 1.14136 * _smooth_step(1 + d, 1.0) * _smooth_step(1 - d, 1.0)


def _spacing(length: Any, number: int, ends: tuple[bool, bool]) -> Any:
    spacings = number - 1 + sum(ends)
    if spacings == 0 and number:
        raise ValueError(
            "soft_one_hot_linspace: one function cannot be centred at both ends of the interval.\n"
            "  Write number=2, or cutoff=True for one function in the middle."
        )
    return length / max(spacings, 1)


def _ends(cutoff: bool | None, start_zero: bool | None, end_zero: bool | None) -> tuple[bool, bool]:
    """Whether the functions vanish at the start and at the end."""
    if cutoff is not None and (start_zero is not None or end_zero is not None):
        raise ValueError(
            "soft_one_hot_linspace: cutoff stands for start_zero and end_zero, and both ways were used.\n"
            f"  Write cutoff={cutoff} alone, or start_zero and end_zero."
        )
    ends = (start_zero, end_zero) if cutoff is None else (cutoff, cutoff)
    if ends[0] is None or ends[1] is None:
        raise ValueError(
            "soft_one_hot_linspace: nothing says whether the functions vanish at both ends.\n"
            "  Write cutoff=True or cutoff=False, or start_zero=... and end_zero=..."
        )
    return bool(ends[0]), bool(ends[1])


def _distances(x: Any, name: str) -> tuple[Float[jax.Array, "..."], Any]:
    """The argument in the dtype to compute in, and the dtype of the result; integers become floating numbers."""
    if isinstance(x, IrrepsArray):
        raise IrrepsError(
            f"{name} is a function of plain numbers, and was given an IrrepsArray of {x.irreps}.\n"
            f"  Write {name}(x.array, ...) for scalars; of a vector, take the length first: norm(x).array."
        )
    (x,) = as_floating(jnp.asarray(x))
    return x.astype(working_dtype(x.dtype)), x.dtype


def _as(constants: Any, x: Float[jax.Array, "..."]) -> Float[jax.Array, "..."]:
    return jnp.asarray(constants, x.dtype)


def _count(function: str, name: str, value: Any, least: int) -> int:
    try:
        value = operator.index(value)
    except TypeError as error:
        if isinstance(error, jax.errors.JAXTypeError):  # a tracer, of which JAX says more
            raise
        near = max(least, round(value)) if isinstance(value, float) and math.isfinite(value) else max(least, 2)
        raise ValueError(f"{function}: {name} = {value!r} is no integer.\n  Write {name}={near}.") from None
    if value < least:
        raise ValueError(f"{function}: {name} = {value} is less than {least}.\n  Write {name}={least} or more.")
    return value


def _positive(function: str, name: str, value: Any) -> Any:
    """A number that must be positive, which can only be checked where it is known."""
    if isinstance(value, jax.core.Tracer):
        return value
    if not 0 < float(value) < math.inf:
        raise ValueError(f"{function}: {name} = {value} is not a positive number.\n  Give a finite length above 0.")
    return float(value)
