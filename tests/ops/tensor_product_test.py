"""tensor_product: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.tensor_product
from eqlib import IrrepsArray, IrrepsError, normal
from eqlib.o3 import Irreps
from eqlib.ops.tensor_product import plan_tensor_product, tensor_product
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject
from tests.ops.bilinearity import require_bilinear
from tests.ops.moments import variances


def subject(left, right, **keywords):
    in_spec = keywords | ({"filter_ir_out": [(1, 1), (2, -1)]} if "filter_ir_out" in keywords else {})
    return Subject(
        "tensor_product",
        functools.partial(tensor_product, **keywords),
        (left, right),
        functools.partial(spec.tensor_product.tensor_product, **in_spec),
        label=f"{left}*{right}" + "".join(f"-{value}" for value in keywords.values()),
        edges=(("", left), (left, ""), ("0x1o", right), ("0x0e+" + left, "2x0o+0x2e")),
        degrees=(1, 1),
    )


test_conforms = conforms(
    subject("2x0e+1o", "1o+0o+2e"),
    subject("1o+0e+2x1o", "1e", irrep_normalization="norm"),
    subject("1e+1o", "1o", filter_ir_out=("1e", "2o"), irrep_normalization="none", regroup_output=False),
)


def test_law_bilinear():
    require_bilinear(functools.partial(tensor_product, filter_ir_out="0e+1o+2e"), "2x0e+1o", "1o+0e")


def test_law_component_normalised():
    """Independent inputs of unit variance give outputs of unit variance."""
    _, plan = plan_tensor_product(Irreps("4x0e+4x1o+2e"), Irreps("1o+2e"))
    assert set(variances(plan)) == {1}


def test_the_talk_prints_what_its_slide_prints():
    x = IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
    y = IrrepsArray("1o", jnp.array([0.0, 0.0, 2.0]))
    with np.printoptions(precision=2, suppress=True):
        printed = str(tensor_product(x, y))
    assert printed == "1x0e+1x1e+1x2e [ 2.31  1.41 -1.41  0.    1.41  0.   -1.63  1.41  2.83]"


def test_irreps_alone_give_irreps():
    assert tensor_product("2x1e + 2e", "2e") == "1x0e+3x1e+3x2e+3x3e+1x4e"
    assert tensor_product("1o", "1o", filter_ir_out="1e") == tensor_product(input1="1o", input2="1o")[1:2] == "1e"
    assert tensor_product("2x0e", "3x0e") == "6x0e"
    assert tensor_product("1e + 1e", "0e", regroup_output=False) == "1e + 1e"
    with pytest.raises(TypeError, match="positional"):
        tensor_product("1o", "1o", "1e")


def test_raises_for_an_unknown_normalisation_and_mixed_operands():
    x = normal("1o", jax.random.key(0))
    with pytest.raises(IrrepsError, match="no irrep_normalization 'unit'"):
        tensor_product(x, x, irrep_normalization="unit")
    with pytest.raises(IrrepsError, match="irreps for some operands and arrays for others"):
        tensor_product(x, "1o")


def test_degree_eight_is_normalised_too():
    x = normal("8o", jax.random.key(0), dtype=jnp.float64)
    squared = tensor_product(x, x, irrep_normalization="none", filter_ir_out="0e").array[0]
    np.testing.assert_allclose(squared, jnp.sum(x.array**2) / np.sqrt(17), rtol=1e-14)


def test_numpy_arrays_are_taken():
    x = IrrepsArray("1o", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(
        tensor_product(x, x, filter_ir_out="0e", irrep_normalization="none").array, [14 / np.sqrt(3)], atol=1e-14
    )
