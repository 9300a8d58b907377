"""The solid harmonics: the specification, every derivative, accuracy, and the size of their programs."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from eqlib.lowering.harmonics import NORMALIZATIONS, solid_harmonics
from eqlib.plan.harmonics import harmonics_program
from eqlib.plan.tangents import derivative, transpose
from spec.spherical_harmonics import harmonics

each_normalization = pytest.mark.parametrize("normalization", NORMALIZATIONS)


@each_normalization
def test_agrees_with_the_specification(normalization):
    points = np.random.default_rng(0).normal(size=(4, 3))
    got = solid_harmonics(jnp.asarray(points), range(13), normalization)
    want = [np.concatenate([harmonics(l, x, normalization) for l in range(13)]) for x in points]
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13 * np.abs(want).max())


@pytest.mark.parametrize("lmax", [0, 1, 3])
def test_every_order_of_derivative(lmax):
    """Each derivative agrees with differences of the one below it, and the forward ones with the reverse ones."""
    x = jnp.asarray(np.random.default_rng(1).normal(size=(2, 3))) / 3
    v = jnp.ones_like(x)

    def f(x):
        return jnp.sum(jnp.sin(solid_harmonics(x, range(lmax + 1), "component")))

    for _ in range(3):
        # Differences with a step of 1e-5 or so: the third derivatives, of size 1e4 here, leave 1e-6.
        check_grads(jax.jit(f), (x,), order=1, atol=1e-5, rtol=1e-5)
        f = functools.partial(lambda f, x: jnp.vdot(jax.grad(f)(x), v), f)


@pytest.mark.parametrize("lmax", [0, 1])
def test_a_derivative_keeps_the_shape_of_a_batch(lmax):
    """Degree 0 is the same for all of the batch, and its shape that of the batch all the same."""
    x = jnp.ones((4, 3))
    f = jax.vmap(lambda x: solid_harmonics(x, range(lmax + 1), "component"))
    assert [z.shape for z in jax.jvp(f, (x,), (x,))] == [f(x).shape] * 2 == [(4, (lmax + 1) ** 2)] * 2


def test_the_hessian_has_no_trace():
    """Every harmonic is harmonic: its second derivatives, which are not zero, add up to zero."""
    x = jnp.asarray(np.random.default_rng(2).normal(size=3))
    hessian = jax.jit(jax.hessian(functools.partial(solid_harmonics, degrees=range(7), normalization="component")))(x)
    assert np.all(np.max(np.abs(hessian), axis=(1, 2))[4:] > 0.1)
    # Three numbers of a sum of products of degree 6, twice differentiated.
    assert np.max(np.abs(jnp.trace(hessian, axis1=1, axis2=2))) <= 3 * 6 * np.finfo(float).eps * np.max(np.abs(hessian))


def unit_vectors(count):
    """Directions all over the sphere, among them the axes and neighbours of the pole."""
    x = np.random.default_rng(3).normal(size=(count, 3))
    x = np.concatenate([x, np.eye(3), [[1e-3, 1.0, 2e-3], [1e-6, -1.0, 0.0]]])
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


@pytest.mark.parametrize("lmax, ulps", [(3, 2), (6, 2), (11, 3)])
def test_float32_is_accurate_to_a_few_ulps(lmax, ulps):
    """In ulps of the length of Y_lmax; float64 serves as the exact value."""
    x = jnp.asarray(unit_vectors(4000), np.float32)
    got, want = (solid_harmonics(y, [lmax], "norm") for y in (x, x.astype(np.float64)))
    assert np.max(np.abs(got - want)) <= ulps * np.finfo(np.float32).eps


def test_no_degree_is_too_high():
    """At degree 20 the squares of a degree still sum to one."""
    Y20 = solid_harmonics(jnp.asarray(unit_vectors(100), np.float32), [20], "norm")
    # The square of a length that is off by a unit for each of the 20 products.
    np.testing.assert_allclose(jnp.sum(Y20**2, axis=-1), 1, rtol=2 * 20 * np.finfo(np.float32).eps)


def test_programs_are_small():
    """Four steps for each degree and order >= 0, one for each component; derivatives cost a small multiple of that."""
    for lmax, columns in ((3, 16), (6, 49)):
        program = harmonics_program(tuple(range(lmax + 1)), "component")
        forward = derivative(program, (0,))
        backward = transpose(forward, (1,))
        twice = transpose(derivative(backward, (0, 1)), (2, 3))
        assert program.flops < 3.5 * columns
        assert forward.flops < 9 * columns and backward.flops < 10 * columns and twice.flops < 24 * columns
