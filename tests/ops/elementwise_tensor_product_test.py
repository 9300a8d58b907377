"""elementwise_tensor_product: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.elementwise_tensor_product
from eqlib import IrrepsArray, IrrepsError, normal
from eqlib.o3 import Irreps
from eqlib.ops.elementwise_tensor_product import elementwise_tensor_product, plan_elementwise_tensor_product
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject
from tests.ops.bilinearity import require_bilinear
from tests.ops.moments import variances


def subject(left, right, **keywords):
    in_spec = keywords | ({"filter_ir_out": [(0, 1), (2, 1)]} if "filter_ir_out" in keywords else {})
    return Subject(
        "elementwise_tensor_product",
        functools.partial(elementwise_tensor_product, **keywords),
        (left, right),
        functools.partial(spec.elementwise_tensor_product.elementwise_tensor_product, **in_spec),
        label=f"{left}*{right}" + "".join(f"-{value}" for value in keywords.values()),
        edges=(("", ""), ("0x1o", ""), ("0x1o+2x0e", "2x1o"), ("0x1o+2x0e", "0x1e+1o+0x2e+0e")),
        degrees=(1, 1),
    )


test_conforms = conforms(
    subject("2x0e+1o", "1o+0o+2e"),
    subject("1o+2x1o", "2x1e+1o", filter_ir_out=("0e", "2e"), irrep_normalization="norm"),
    subject("2e", "1o", irrep_normalization="none"),
)


def test_law_bilinear():
    require_bilinear(elementwise_tensor_product, "2x0e+1o", "1o+0o+2e")


def test_law_component_normalised():
    """Independent inputs of unit variance give outputs of unit variance."""
    _, plan = plan_elementwise_tensor_product(Irreps("8x0e+8x1o+8x2e"), Irreps("8x2e+8x1o+8x1o"))
    assert set(variances(plan)) == {1}


@pytest.mark.parametrize(
    "left, right", [("2x0e+1o", "1e+0o+0o"), ("3x1o+2e", "2x2o+2x1e"), ("0x1o+2x3e", "2x1o"), ("3o", "3e")]
)
@pytest.mark.parametrize("keywords", [{}, {"irrep_normalization": "norm"}, {"filter_ir_out": "1o+1e"}])
def test_same_numbers_as_e3nn_jax(left, right, keywords):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    x, y = (normal(irreps, jax.random.key(0), (3,), dtype=jnp.float64) for irreps in (left, right))
    want = e3nn_jax.elementwise_tensor_product(
        e3nn_jax.IrrepsArray(left, x.array), e3nn_jax.IrrepsArray(right, y.array), **keywords
    )
    got = elementwise_tensor_product(x, y, **keywords)
    assert list(map(str, got.irreps)) == list(map(str, want.irreps))
    np.testing.assert_allclose(got.array, want.array, atol=1e-12)


def test_integers_become_floating():
    z = elementwise_tensor_product(IrrepsArray("1o", jnp.array([1, 2, 3])), IrrepsArray("0e", jnp.array([2])))
    np.testing.assert_allclose(z.array, [2.0, 4.0, 6.0], rtol=1e-15)


def test_unsigned_integers_become_floating_too():
    """e3nn-jax truncates the coefficients to the unsigned dtype, and returns zeros."""
    x = IrrepsArray("1o", jnp.array([1, 2, 3], jnp.uint32))
    z = elementwise_tensor_product(x, x, filter_ir_out="0e", irrep_normalization="none")
    np.testing.assert_allclose(z.array, [14 / np.sqrt(3)], rtol=1e-15)


def test_irreps_alone_give_irreps():
    assert elementwise_tensor_product("2x0e+1o", "1e+0o+0o") == "1e+0o+1e"
    assert elementwise_tensor_product("1o", "1o", filter_ir_out="1e") == "1e"


def test_raises_for_other_numbers_of_copies_and_unknown_normalisations():
    with pytest.raises(IrrepsError, match="the first has 2 copies and the second 3, and the product goes copy by copy"):
        elementwise_tensor_product("2x1o", "3x0e")
    with pytest.raises(IrrepsError, match="no irrep_normalization 'unit'"):
        elementwise_tensor_product("1o", "1o", irrep_normalization="unit")
    with pytest.raises(IrrepsError, match="irreps for some operands and arrays for others"):
        elementwise_tensor_product(normal("1o", jax.random.key(0)), "1o")


def test_numpy_arrays_are_taken():
    x = IrrepsArray("1o", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(
        elementwise_tensor_product(x, x, filter_ir_out="0e", irrep_normalization="none").array,
        [14 / np.sqrt(3)],
        atol=1e-14,
    )
