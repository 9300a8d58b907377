"""dot: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.dot
from eqlib import IrrepsArray, IrrepsError, normal
from eqlib.ops.dot import dot
from eqlib.ops.tensor_product import tensor_product
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject
from tests.ops.bilinearity import require_bilinear

IRREPS = "2x0e+1o+2x2o"


def subject(left, right, **keywords):
    return Subject(
        "dot",
        functools.partial(dot, **keywords),
        (left, right),
        functools.partial(spec.dot.dot, **keywords),
        label=f"{left}*{right}" + "".join(f"-{key}" for key in keywords),
        edges=(("", ""), ("0x1o", ""), ("0x1o+2x0e", "0e+0x2e+0e")),
        degrees=(1, 1),
    )


test_conforms = conforms(subject("2x0e+1o+1o", "0e+0e+2x1o"), subject(IRREPS, IRREPS, per_irrep=True))


def complex_normal(seed):
    parts = (normal(IRREPS, jax.random.key(key), (5,), dtype=jnp.float64).array for key in (seed, seed + 100))
    real, imaginary = parts
    return IrrepsArray(IRREPS, real + 1j * imaginary)


@pytest.mark.parametrize("per_irrep", [False, True])
def test_law_invariant(per_irrep):
    """Rotations and the inversion, applied to both operands, leave every product as it is."""
    x, y = (normal(IRREPS, jax.random.key(seed), (5,), dtype=jnp.float64) for seed in (0, 1))
    R = -jnp.array([[2.0, -1.0, 2.0], [2.0, 2.0, -1.0], [-1.0, 2.0, 2.0]]) / 3
    turned = dot(x.transform_by_matrix(R), y.transform_by_matrix(R), per_irrep=per_irrep)
    assert turned.irreps.is_scalar()
    np.testing.assert_allclose(turned.array, dot(x, y, per_irrep=per_irrep).array, rtol=1e-12)


@pytest.mark.parametrize("per_irrep", [False, True])
def test_law_sesquilinear(per_irrep):
    """Linear in y, conjugate-linear in x, and dot(y, x) is the conjugate of dot(x, y)."""
    f = functools.partial(dot, per_irrep=per_irrep)
    require_bilinear(f, IRREPS, IRREPS)
    x, y = complex_normal(0), complex_normal(1)
    np.testing.assert_allclose(f(x, 2j * y).array, 2j * f(x, y).array, rtol=1e-13)
    np.testing.assert_allclose(f(2j * x, y).array, -2j * f(x, y).array, rtol=1e-13)
    np.testing.assert_allclose(f(y, x).array, f(x, y).array.conj(), rtol=1e-13)


def test_dot_is_the_sum_of_the_products_of_components():
    x, y = complex_normal(0), complex_normal(1)
    want = [np.vdot(a, b) for a, b in zip(x.array, y.array, strict=True)]
    np.testing.assert_allclose(dot(x, y).array[:, 0], want, rtol=1e-13)
    np.testing.assert_allclose(dot(x, y, per_irrep=True).array.sum(-1), want, rtol=1e-13)


@pytest.mark.parametrize("irreps", ["2x0e+1o", "0e+0e+2x1o+1e", "3x4o+0o"])
@pytest.mark.parametrize("per_irrep", [False, True])
@pytest.mark.parametrize("factor", [1.0, 1.0 + 2.0j])
def test_same_numbers_as_e3nn_jax(irreps, per_irrep, factor):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    x, y = (factor**n * normal(irreps, jax.random.key(n), (3,), dtype=jnp.float64) for n in (1, 2))
    want = e3nn_jax.dot(*(e3nn_jax.IrrepsArray(irreps, a.array) for a in (x, y)), per_irrep=per_irrep)
    got = dot(x, y, per_irrep=per_irrep)
    assert list(map(str, got.irreps)) == list(map(str, want.irreps))
    np.testing.assert_allclose(got.array, want.array, atol=1e-12)


def test_numpy_arrays_without_leading_axes_give_their_product():
    """e3nn-jax takes the float64 sum for "nothing was summed", and returns zero."""
    a = IrrepsArray("1o", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(dot(a, a).array, [14.0])


def test_per_irrep_broadcasts():
    """e3nn-jax raises, for it takes the leading axes of the first operand alone."""
    x, y = normal("2x0e+1o", jax.random.key(0), (4,)), normal("2x0e+1o", jax.random.key(1))
    z = dot(y, x, per_irrep=True)
    np.testing.assert_array_equal(z.array, jax.vmap(lambda a: dot(y, a, per_irrep=True))(x).array)


def test_nothing_has_the_product_zero():
    assert dot("", "") == "0e"
    np.testing.assert_array_equal(dot(*[IrrepsArray("", jnp.zeros((2, 0)))] * 2).array, np.zeros((2, 1)))


def test_irreps_alone_give_irreps():
    assert dot("2x0e+1o", "0e+0e+1o") == "0e"
    assert dot("2x0e+1o", "0e+0e+1o", per_irrep=True) == "2x0e+1x0e"


def test_raises_for_different_irreps():
    x, y = normal("1o+0e", jax.random.key(0)), normal("0e+1o", jax.random.key(1))
    with pytest.raises(IrrepsError, match=r"different order.\n  Write dot\(x.regroup\(\), y.regroup\(\)\)"):
        dot(x, y)
    assert dot(x.regroup(), y.regroup()).irreps == "0e"
    with pytest.raises(IrrepsError, match=r"they differ only in parity.*only equal irreps have an invariant product"):
        dot("1o", "1e")
    y = normal("2x1o+0e", jax.random.key(1))
    with pytest.raises(IrrepsError, match=r"they differ in multiplicity[^\n]*\n  Write tensor_product"):
        dot(x, y)
    assert tensor_product(x, y, filter_ir_out="0e").irreps == "3x0e"
