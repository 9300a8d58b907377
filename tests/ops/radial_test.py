"""The radial functions: the conformance suite, and what is particular to each."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.polynomial import Polynomial

import spec.radial
from eqlib import IrrepsArray, IrrepsError
from eqlib.ops.radial import bessel, poly_envelope, soft_envelope, soft_one_hot_linspace, sus
from eqlib.testing.conformance import conforms
from eqlib.testing.rounding import with_rounding
from eqlib.testing.subject import Subject
from tests.to_rounding import require_same

DISTANCES = jnp.array([-0.3, 0.0, 1e-9, 1e-3, 0.1, 0.4, 0.99, 1.0, 1.3, 1.7, 2.5])


def subject(op, f, specified, label=""):
    """A radial function acts on each number alone: its argument and its values are scalars."""

    def values(irreps, x):
        z = np.concatenate([np.zeros(0), *(np.atleast_1d(specified(number)) for number in x)])
        return [(z.size, 0, 1)], z

    def flat(x):
        z = f(x.array)
        return z.reshape(*x.shape[:-1], -1) if z.size else jnp.zeros((*x.shape[:-1], len(z.shape[len(x.shape) - 1 :])))

    return Subject(op, flat, ("4x0e",), values, label)


def alike(op, f, specified, **keywords):
    """A subject whose function and specification take the same keywords."""
    label = "-".join(map(str, keywords.values()))
    return subject(op, functools.partial(f, **keywords), functools.partial(specified, **keywords), label)


ONE_HOT = {"start": -1.0, "end": 1.5, "number": 3}

test_conforms = conforms(
    alike("bessel", bessel, spec.radial.bessel, n=3, x_max=1.5),
    alike(
        "soft_one_hot_linspace",
        soft_one_hot_linspace,
        spec.radial.soft_one_hot_linspace,
        **ONE_HOT,
        basis="smooth_finite",
        cutoff=True,
    ),
    alike(
        "soft_one_hot_linspace",
        soft_one_hot_linspace,
        spec.radial.soft_one_hot_linspace,
        **ONE_HOT,
        basis="gaussian",
        start_zero=False,
        end_zero=True,
    ),
    subject("poly_envelope", poly_envelope(3, 4, 1.5), spec.radial.poly_envelope(3, 4, 1.5)),
    alike("soft_envelope", soft_envelope, spec.radial.soft_envelope, x_max=1.5),
    alike("sus", sus, spec.radial.sus),
)

BASES = [(basis, *ends) for basis in ("gaussian", "cosine", "smooth_finite") for ends in np.ndindex(2, 2)]
BASES += [("fourier", 0, 0), ("fourier", 1, 1)]


@pytest.mark.parametrize("basis, start_zero, end_zero", BASES)
def test_soft_one_hot_linspace_same_numbers_as_e3nn_jax(basis, start_zero, end_zero):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    keywords = {"start": -0.1, "end": 1.9, "number": 5, "basis": basis}
    keywords |= {"start_zero": bool(start_zero), "end_zero": bool(end_zero)}
    want = e3nn_jax.soft_one_hot_linspace(DISTANCES, **keywords)
    np.testing.assert_allclose(soft_one_hot_linspace(DISTANCES, **keywords), want, atol=1e-12)


def test_same_numbers_as_e3nn_jax():
    e3nn_jax = pytest.importorskip("e3nn_jax")
    for f, g in (
        (functools.partial(bessel, n=6, x_max=1.3), functools.partial(e3nn_jax.bessel, n=6, x_max=1.3)),
        *((poly_envelope(n0, n1, 1.7), e3nn_jax.poly_envelope(n0, n1, 1.7)) for n0, n1 in ((0, 0), (5, 2), (4, 6))),
        (soft_envelope, e3nn_jax.soft_envelope),
        (lambda x: soft_envelope(x, 1.5, 3.0, 2.0), lambda x: e3nn_jax.soft_envelope(x, 1.5, 3.0, 2.0)),
        (sus, e3nn_jax.sus),
    ):
        np.testing.assert_allclose(f(DISTANCES), g(DISTANCES), rtol=1e-12, atol=1e-12)


def integral(f, start, end):
    """The integral of a function by Gauss and Legendre's rule of 100 points."""
    nodes, weights = np.polynomial.legendre.leggauss(100)
    x = (end + start) / 2 + (end - start) / 2 * nodes
    return jnp.tensordot(weights * (end - start) / 2, f(jnp.asarray(x)), 1)


def test_law_orthonormal():
    """The integral of x^2 B_k B_m from 0 to x_max is delta_km."""

    def products(x):
        B = x[:, None] * bessel(x, 8, 2.5)
        return B[:, :, None] * B[:, None, :]

    np.testing.assert_allclose(integral(products, 0, 2.5), np.eye(8), atol=1e-12)


@pytest.mark.parametrize("basis", ["gaussian", "cosine", "smooth_finite", "fourier"])
def test_law_mean_square_one(basis):
    """The squares of many functions sum to one, on average over the interval."""
    f = functools.partial(soft_one_hot_linspace, start=0.0, end=1.0, number=60, basis=basis, cutoff=False)
    mean = jnp.mean(jnp.sum(f(jnp.linspace(0, 1, 20001)) ** 2, axis=-1))
    np.testing.assert_allclose(mean, 1, atol=1 / 60)  # at the ends one of the 60 has no neighbour


def derivatives(f, order, x):
    """The derivatives of orders 0 ... order at x."""
    found = [f]
    for _ in range(order):
        found.append(jax.grad(found[-1]))
    return np.array(jax.jit(lambda x: [g(x) for g in found])(x))


@pytest.mark.parametrize("n0, n1", [(0, 0), (1, 2), (5, 2), (3, 4)])
def test_law_flat_ends(n0, n1):
    """1 at 0 with n0 derivatives zero, 0 at x_max with n1; the derivative after those is not zero."""
    f = poly_envelope(n0, n1, 2.0)
    near, far = derivatives(f, n0 + 1, 0.0), derivatives(f, n1 + 1, 2.0 * (1 - 1e-16))
    np.testing.assert_allclose(near[: n0 + 1], np.eye(n0 + 1)[0], atol=1e-14)
    np.testing.assert_allclose(far[: n1 + 1], 0, atol=1e-13)
    assert abs(near[-1]) > 0.4 and abs(far[-1]) > 0.4


def test_law_vanishes_outside():
    """Zero with all derivatives at the cutoff and beyond, positive inside."""
    for f in (lambda x: soft_envelope(x, 2.0), lambda x: sus(2.0 - x)):
        for x in (2.0, 2.0 + 1e-9, 5.0):
            np.testing.assert_array_equal(derivatives(f, 3, x), 0)
        assert f(1.9) > 0 and abs(f(2.0 - 1e-2)) < 1e-20
    assert soft_envelope(0.0, 2.0) == pytest.approx(1.2, rel=1e-15)


def _rounding(f, x, eps):
    """The bound derived for values of `f`, if `x` is rounded to half a unit too."""
    return np.asarray(jax.jit(lambda x: with_rounding(f, [x], [eps / 2 * x], eps)[1])(x))


def test_poly_envelope_of_high_degree_descends():
    """e3nn-jax gives -0.137 for (30, 30) in float32."""
    x = jnp.linspace(0.0, 1.0, 1001)
    for n0, n1 in ((10, 10), (30, 30), (40, 70)):
        f = poly_envelope(n0, n1)(x.astype(np.float32))
        assert f.dtype == np.float32 and f[0] == 1 and f[-1] == 0
        # The power that vanishes at the end may underflow; it multiplies a sum that is at most a binomial coefficient.
        underflow = 2.0**-126 * math.comb(n0 + n1 + 1, n0)
        bound = _rounding(poly_envelope(n0, n1), x, 2.0**-23) + underflow
        # In float32 the argument is rounded first, by half a unit, and the slope passes that on.
        assert np.all(np.diff(f) <= bound[1:] + bound[:-1]) and np.all(f >= 0)
        assert np.all(np.abs(f - poly_envelope(n0, n1)(x)) <= bound)
        mirrored = poly_envelope(n1, n0)(1 - x)
        np.testing.assert_allclose(poly_envelope(n0, n1)(x) + mirrored, 1, atol=1e-12)


def test_bessel_is_smooth_at_zero():
    """The derivatives at 0 are those of the power series: 0, -f^3/3, 0, f^5/5, times sqrt(2 / x_max)."""
    f = np.pi * 2 / 1.5
    want = np.sqrt(2 / 1.5) * np.array([f, 0, -(f**3) / 3, 0, f**5 / 5])
    np.testing.assert_allclose(derivatives(lambda x: bessel(x, 2, 1.5)[1], 4, 0.0), want, rtol=1e-12)
    # sqrt(2) sin(pi x) / x as its series: up to pi x = 1/2, 13 terms leave out less than 1e-30, derivatives too.
    series = Polynomial(
        [0 if n % 2 else np.sqrt(2) * (-1) ** (n // 2) * np.pi ** (n + 1) / math.factorial(n + 1) for n in range(26)]
    )

    def derivative(x):
        return bessel(x, 1, 1.0)[0]

    for order in range(3):
        horner = functools.partial(jnp.polyval, jnp.asarray(series.deriv(order).coef[::-1]))
        # On both sides of where the series takes over.
        require_same(jax.vmap(derivative), horner, jnp.array([1e-7, 0.1591, 0.1592]))
        derivative = jax.grad(derivative)
    tiny = jax.grad(lambda x: bessel(x, 8, 1.0)[7])(jnp.float32(1e-6))
    np.testing.assert_allclose(tiny, -np.sqrt(2) * (8 * np.pi) ** 3 / 3 * 1e-6, rtol=8 * np.finfo(np.float32).eps)


@pytest.mark.parametrize("name", ["bessel", "one_hot", "poly", "soft", "sus"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_derivatives_are_finite_wherever_one_looks(name, dtype):
    """At 0, at the cutoff, and as near to either as the dtype allows, to third order."""
    f = {
        "bessel": lambda x: bessel(x, 4),
        "one_hot": lambda x: soft_one_hot_linspace(x, start=0, end=1, number=4, basis="smooth_finite", cutoff=True),
        "poly": poly_envelope(4, 4),
        "soft": soft_envelope,
        "sus": sus,
    }[name]
    tiny = [10.0**-n for n in (*range(1, 10), 20, 30, 37)]
    x = jnp.asarray([0.0, 0.2, 0.4, 1.0, *tiny, *(1 - t for t in tiny), *(1 + t for t in tiny)], dtype)
    for _ in range(3):
        f = functools.partial(lambda f, x: jax.jvp(f, (x,), (jnp.ones_like(x),))[1], f)
        values = jax.jit(f)(x)
        assert values.dtype == dtype and np.all(np.isfinite(values))


@pytest.mark.parametrize("transform", [lambda f: f, jax.jit])
def test_nan_stays_nan(transform):
    """A distance that is no number has no value, also of a function that vanishes beyond a cutoff."""
    bases = [
        functools.partial(soft_one_hot_linspace, start=0.0, end=1.0, number=4, basis=basis, cutoff=cutoff)
        for basis in ("gaussian", "cosine", "smooth_finite", "fourier")
        for cutoff in (True, False)
    ]
    for f in (*bases, sus, soft_envelope, poly_envelope(5, 2, 2.0), lambda x: bessel(x, 4)):
        assert np.all(np.isnan(transform(f)(jnp.array([jnp.nan]))))
        assert np.all(np.isfinite(transform(f)(jnp.array([0.3]))))


def test_integers_and_storage_dtypes():
    """Integers are read as the numbers they are (e3nn-jax gives NaN); bfloat16 is computed in float32."""
    keywords = {"start": 0, "end": 4, "number": 3, "basis": "cosine", "cutoff": True}
    for f in (
        sus,
        soft_envelope,
        poly_envelope(2, 2),
        lambda x: bessel(x, 4, 5),
        lambda x: soft_one_hot_linspace(x, **keywords),
    ):
        whole = jnp.arange(4)
        np.testing.assert_array_equal(f(whole), f(whole.astype(float)))
        assert np.all(np.isfinite(f(whole)))
        half = jnp.linspace(0, 0.9, 7).astype(jnp.bfloat16)
        assert f(half).dtype == jnp.bfloat16
        np.testing.assert_array_equal(f(half), f(half.astype(np.float32)).astype(jnp.bfloat16))


def test_the_ends_of_the_interval_may_be_traced():
    """A cutoff that is itself optimised: it only scales the distance, so its derivative follows from that of x."""
    one_hot = functools.partial(soft_one_hot_linspace, start=0.0, number=3, basis="gaussian", cutoff=True)
    for f, scaled in (
        (lambda c: bessel(0.3, 2, c), lambda c: bessel(0.3 / c, 2, 1.0) / (c * jnp.sqrt(c))),
        (lambda c: soft_envelope(0.3, c), lambda c: soft_envelope(0.3 / c, 1.0)),
        (lambda c: poly_envelope(3, 2, c)(0.3), lambda c: poly_envelope(3, 2, 1.0)(0.3 / c)),
        (lambda c: one_hot(0.3, end=c), lambda c: one_hot(0.3 / c, end=1.0)),
    ):
        value_and_slope, as_scaled = (
            lambda c, h=h: jnp.stack(jax.jvp(h, (c,), (jnp.ones_like(c),))) for h in (f, scaled)
        )
        require_same(value_and_slope, as_scaled, 1.3)
        assert np.all(jax.jit(value_and_slope)(1.3)[1] != 0)


def test_no_functions_at_all():
    assert bessel(jnp.ones(3), 0).shape == (3, 0)
    keywords = {"start": 0.0, "end": 1.0, "number": 0, "cutoff": False}
    assert soft_one_hot_linspace(jnp.ones(3), basis="cosine", **keywords).shape == (3, 0)
    assert sus(jnp.ones((0, 2))).shape == (0, 2)


HOT = functools.partial(soft_one_hot_linspace, 0.3, start=0.0, end=1.0)
ERRORS = {
    "n = -1 is less than 0": lambda: bessel(0.3, -1),
    "bessel: x_max = 0.0 is not a positive number": lambda: bessel(0.3, 4, 0.0),
    "n0 = -1 is less than 0": lambda: poly_envelope(-1, 2),
    "poly_envelope: x_max = nan is not a positive number": lambda: poly_envelope(1, 2, np.nan),
    "arg_multiplicator = -2.0 is not a positive number": lambda: soft_envelope(0.3, 1.0, -2.0),
    "end - start = -2.0 is not a positive": lambda: soft_one_hot_linspace(
        0.3, start=1.0, end=-1.0, number=3, basis="cosine", cutoff=True
    ),
    "there is no basis 'bump'": lambda: HOT(number=3, basis="bump", cutoff=True),
    "there is no basis None": lambda: HOT(number=3, cutoff=True),
    "nothing says whether the functions vanish": lambda: HOT(number=3, basis="cosine"),
    "cutoff stands for start_zero and end_zero": lambda: HOT(number=3, basis="cosine", cutoff=True, end_zero=True),
    "one function cannot be centred at both ends": lambda: HOT(number=1, basis="gaussian", cutoff=False),
    "treats both ends alike": lambda: HOT(number=3, basis="fourier", start_zero=True, end_zero=False),
}


@pytest.mark.parametrize("text", ERRORS)
def test_raises(text):
    with pytest.raises(ValueError) as caught:
        ERRORS[text]()
    assert text in str(caught.value)


def test_raises_where_an_envelope_is_too_steep_for_the_dtype():
    f = poly_envelope(100, 100)
    with pytest.raises(ValueError, match="poly_envelope: n0 = 100 and n1 = 100 need numbers up to 2e\\+59"):
        f(jnp.float32(0.3))
    assert f(jnp.float64(0.3)) == pytest.approx(1, abs=1e-8)  # it has fallen by 1.5e-9


def test_raises_for_an_irreps_array():
    x = IrrepsArray("3x0e", jnp.ones(3))
    with pytest.raises(IrrepsError, match=r"bessel is a function of plain numbers, and was given .* 3x0e"):
        bessel(x, 4)
    with pytest.raises(IrrepsError, match="poly_envelope is a function of plain numbers"):
        poly_envelope(1, 2)(x)
