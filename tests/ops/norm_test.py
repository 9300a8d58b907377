"""norm: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.norm
from eqlib import IrrepsArray, normal
from eqlib.ops.norm import norm
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject

IRREPS = "2x0e+1o+2x2o"
FORMS = [{}, {"squared": True}, {"per_irrep": False}, {"squared": True, "per_irrep": False}]


def subject(irreps, edges=(), **keywords):
    return Subject(
        "norm",
        functools.partial(norm, **keywords),
        (irreps,),
        functools.partial(spec.norm.norm, **keywords),
        label=irreps + "".join(f"-{key}-{value}" for key, value in keywords.items()),
        edges=edges,
        degrees=(2 if keywords.get("squared") else 1,),
    )


EDGES = (("",), ("0x1o",), ("0x0e+2x1o+0x2e",))
test_conforms = conforms(
    subject("2x0e+1o+2e", EDGES),
    subject("2x1o+0o", squared=True),
    subject("0e+1o", EDGES, per_irrep=False),
)


@pytest.mark.parametrize("form", FORMS)
def test_law_invariant(form):
    x = normal(IRREPS, jax.random.key(0), (5,), dtype=jnp.float64)
    R = -jnp.array([[2.0, -1.0, 2.0], [2.0, 2.0, -1.0], [-1.0, 2.0, 2.0]]) / 3
    turned = norm(x.transform_by_matrix(R), **form)
    assert turned.irreps.is_scalar()
    np.testing.assert_allclose(turned.array, norm(x, **form).array, rtol=1e-12)


@pytest.mark.parametrize("factor", [-3.0, 0.1, 0.0])
def test_law_homogeneous(factor):
    """norm(t x) = |t| norm(x), also for negative t."""
    x = normal(IRREPS, jax.random.key(0), (5,), dtype=jnp.float64)
    np.testing.assert_allclose(norm(factor * x).array, abs(factor) * norm(x).array, rtol=1e-14)


@pytest.mark.parametrize("form", FORMS)
def test_law_non_negative(form):
    """Positive, and zero only where the vector is zero."""
    x = normal(IRREPS, jax.random.key(0), (50,), dtype=jnp.float64)
    assert np.all(norm(x, **form).array > 0)
    np.testing.assert_array_equal(norm(0.0 * x, **form).array, 0.0)


@pytest.mark.parametrize("irreps", ["2x0e+1o", "1o+0x0e+1o", "3x4o+0o", "0x1e"])
@pytest.mark.parametrize("form", FORMS)
def test_same_numbers_as_e3nn_jax(irreps, form):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    x = normal(irreps, jax.random.key(0), (3,), dtype=jnp.float64)
    want = e3nn_jax.norm(e3nn_jax.IrrepsArray(irreps, x.array), **form)
    got = norm(x, **form)
    assert list(map(str, got.irreps)) == list(map(str, want.irreps))
    np.testing.assert_allclose(got.array, want.array, atol=1e-12)


@pytest.mark.parametrize("per_irrep", [True, False])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_every_derivative_of_the_length_of_zero_is_zero(order, per_irrep):
    def f(a):
        return norm(IrrepsArray("1o", a), per_irrep=per_irrep).array

    for _ in range(order):
        f = jax.jacrev(f)
    np.testing.assert_array_equal(f(jnp.zeros(3)), 0.0)


def test_the_square_is_a_polynomial_with_its_true_derivatives_at_zero():
    hessian = jax.hessian(lambda a: norm(IrrepsArray("2o", a), squared=True).array[0])(jnp.zeros(5))
    np.testing.assert_array_equal(hessian, 2 * np.eye(5))


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64, jnp.bfloat16])
@pytest.mark.parametrize("per_irrep", [True, False])
def test_lengths_whose_squares_overflow_or_underflow(dtype, per_irrep):
    """From near the least normal number to near the greatest; the gradient is the unit vector at every scale."""
    limits = jnp.finfo(dtype)
    for exponent in (limits.minexp + 4, limits.minexp // 2 - 10, 0, limits.maxexp // 2 + 10, limits.maxexp - 4):
        array = jnp.ldexp(jnp.ones(3, jnp.float64), exponent).astype(dtype) * jnp.array([1.0, -2.0, 2.0], dtype)

        def length(a):
            return norm(IrrepsArray("1o", a), per_irrep=per_irrep).array[0]

        value, gradient = jax.jit(jax.value_and_grad(length))(array)
        assert float(value) == 3.0 * 2.0**exponent
        np.testing.assert_allclose(np.float64(gradient), np.array([1, -2, 2]) / 3, rtol=4 * float(limits.eps))


def test_each_copy_has_its_own_scale():
    """A huge copy beside a tiny one does not hide it."""
    x = IrrepsArray("3x1o", jnp.array([3e30, 4e30, 0, 3e-30, 0, 4e-30, 0, 0, 0], jnp.float32))
    np.testing.assert_allclose(norm(x).array, np.float32([5e30, 5e-30, 0]), rtol=4 * np.finfo(np.float32).eps)


def test_what_is_not_finite_stays_so():
    x = IrrepsArray("3x1o", jnp.array([1, jnp.inf, 2, -jnp.inf, 0, 0, jnp.nan, 1, 1]))
    np.testing.assert_array_equal(norm(x).array, [np.inf, np.inf, np.nan])


@pytest.mark.parametrize("form", FORMS)
def test_the_length_of_a_complex_vector_is_real(form):
    z = IrrepsArray("1o", jnp.array([3 + 4j, 0, 12j]))
    assert norm(z, **form).dtype == jnp.float64
    np.testing.assert_allclose(norm(z, **form).array, [169.0 if form.get("squared") else 13.0], rtol=1e-15)


def test_integers_become_floating():
    np.testing.assert_allclose(norm(IrrepsArray("1o+0o", jnp.array([2, 3, 6, -1]))).array, [7.0, 1.0])


def test_irreps_alone_give_irreps():
    assert norm("2x1o+2e") == "2x0e+0e"
    assert norm("2x1o+2e", per_irrep=False) == "0e"


def test_numpy_arrays_are_taken():
    x = IrrepsArray("1o", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(norm(x).array, [np.sqrt(14)], atol=1e-14)
