"""The solid harmonics and their plans: exact constants, every derivative, accuracy."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from eqlib.lowering.harmonics import (
    NORMALIZATIONS,
    plan_harmonics_gradient,
    plan_harmonics_step,
    solid_harmonics,
)
from eqlib.o3 import Surd, exact_harmonics
from spec.spherical_harmonics import harmonics

each_normalization = pytest.mark.parametrize("normalization", NORMALIZATIONS)


def polynomials(l, normalization):
    """The exact harmonics of degree l, each {exponents: coefficient}; the factor of `integral` is left out."""
    size = Surd.of(1) if normalization == "norm" else Surd.sqrt(2 * l + 1)
    found = [{} for _ in range(2 * l + 1)]
    for (*exponents, k), value in exact_harmonics(l).entries:
        found[k][tuple(exponents)] = size * value
    return found


def raised(exponents, axis, by):
    return tuple(e + by * (n == axis) for n, e in enumerate(exponents))


def collect(terms):
    """The polynomial that is the sum of monomials (exponents, coefficient)."""
    total = {}
    for exponents, value in terms:
        total[exponents] = total.get(exponents, Surd.of(0)) + value
    return {exponents: value for exponents, value in total.items() if value}


@each_normalization
@pytest.mark.parametrize("l", range(1, 9))
def test_a_step_is_exact(l, normalization):
    """Put through its plan, the vector (x, y, z) and the exact polynomials of degree l-1 give those of degree l."""
    (path,) = plan_harmonics_step(l, normalization).paths
    below, climbed = polynomials(l - 1, normalization), [[] for _ in range(2 * l + 1)]
    for (i, j, k), value in path.coefficients.entries:
        climbed[k] += [(raised(e, i, 1), path.scale * value * c) for e, c in below[j].items()]
    assert list(map(collect, climbed)) == polynomials(l, normalization)


@each_normalization
def test_the_gradient_is_exact(normalization):
    """Every partial derivative of every exact polynomial is what the plan says: constant, signs and all."""
    paths = plan_harmonics_gradient(8, normalization).paths
    assert [path.segments for path in paths] == [(0, l - 1, l) for l in range(1, 9)]
    for path in paths:
        l = path.segments[-1]
        below, planned = polynomials(l - 1, normalization), {}
        for (i, j, k), value in path.coefficients.entries:
            planned.setdefault((i, k), []).extend((e, path.scale * value * c) for e, c in below[j].items())
        for k, polynomial in enumerate(polynomials(l, normalization)):
            for i in range(3):
                partial = collect((raised(e, i, -1), e[i] * c) for e, c in polynomial.items() if e[i])
                assert collect(planned.get((i, k), [])) == partial


@each_normalization
def test_agrees_with_the_specification(normalization):
    points = np.random.default_rng(0).normal(size=(4, 3))
    got = solid_harmonics(jnp.asarray(points), 12, normalization)
    want = [np.concatenate([harmonics(l, x, normalization) for l in range(13)]) for x in points]
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13 * np.abs(want).max())


@pytest.mark.parametrize("lmax", [0, 1, 4])
def test_every_order_of_derivative(lmax):
    """Each derivative agrees with differences of the one below it, and the forward ones with the reverse ones."""
    x = jnp.asarray(np.random.default_rng(1).normal(size=(2, 3))) / 3
    v = jnp.ones_like(x)

    def f(x):
        return jnp.sum(jnp.sin(solid_harmonics(x, lmax, "component")))

    for _ in range(3):
        # Differences with a step of 1e-5 or so: the third derivatives, of size 1e4 here, leave 1e-6.
        check_grads(jax.jit(f), (x,), order=1, atol=1e-5, rtol=1e-5)
        f = functools.partial(lambda f, x: jnp.vdot(jax.grad(f)(x), v), f)


@pytest.mark.parametrize("lmax", [0, 1])
def test_a_derivative_keeps_the_shape_of_a_batch(lmax):
    """Degree 0 is the same for all of the batch, and its shape that of the batch all the same."""
    x = jnp.ones((4, 3))
    f = jax.vmap(lambda x: solid_harmonics(x, lmax, "component"))
    assert [z.shape for z in jax.jvp(f, (x,), (x,))] == [f(x).shape] * 2 == [(4, (lmax + 1) ** 2)] * 2


def test_the_hessian_has_no_trace():
    """Every harmonic is harmonic: its second derivatives, which are not zero, add up to zero."""
    x = jnp.asarray(np.random.default_rng(2).normal(size=3))
    hessian = jax.jit(jax.hessian(functools.partial(solid_harmonics, lmax=6, normalization="component")))(x)
    assert np.all(np.max(np.abs(hessian), axis=(1, 2))[4:] > 0.1)
    # Three numbers of a sum of products of degree 6, twice differentiated.
    assert np.max(np.abs(jnp.trace(hessian, axis1=1, axis2=2))) <= 3 * 6 * np.finfo(float).eps * np.max(np.abs(hessian))


def unit_vectors(count):
    """Directions all over the sphere, among them the axes and neighbours of the pole."""
    x = np.random.default_rng(3).normal(size=(count, 3))
    x = np.concatenate([x, np.eye(3), [[1e-3, 1.0, 2e-3], [1e-6, -1.0, 0.0]]])
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


@pytest.mark.parametrize("lmax, ulps", [(3, 2), (6, 3), (11, 5)])
def test_float32_is_accurate_to_a_few_ulps(lmax, ulps):
    """In ulps of the length of Y_lmax; float64 serves as the exact value."""
    x = jnp.asarray(unit_vectors(4000), np.float32)
    got, want = (solid_harmonics(y, lmax, "norm")[:, lmax**2 :] for y in (x, x.astype(np.float64)))
    assert np.max(np.abs(got - want)) <= ulps * np.finfo(np.float32).eps


def test_no_degree_is_too_high():
    """At degree 30 the squares of a degree still sum to one."""
    Y30 = solid_harmonics(jnp.asarray(unit_vectors(100), np.float32), 30, "norm")[:, 900:]
    # The square of a length that is off by a unit for each of the 30 products.
    np.testing.assert_allclose(jnp.sum(Y30**2, axis=-1), 1, rtol=2 * 30 * np.finfo(np.float32).eps)


def test_compilation_is_fast():
    """The gradient at degree 11 is small enough to compile in a second or two: its size is that of its plans."""
    lines = {}
    for lmax in (5, 11):
        f = jax.jit(jax.grad(lambda x, lmax=lmax: jnp.sum(jnp.sin(solid_harmonics(x, lmax, "component")))))
        lines[lmax] = len(f.lower(jnp.ones((10, 3))).as_text().splitlines())
    assert lines[11] < 6000 and lines[11] / lines[5] < (12 / 6) ** 2 * 1.5
