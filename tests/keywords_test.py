"""An operand may be given by its name here or by its name in e3nn-jax, as an array or as irreps, but only once."""

import inspect
import re

import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray, IrrepsError
from eqlib.keywords import also_named

X = IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
Y = IrrepsArray("1o", jnp.array([0.0, 0.0, 2.0]))


@also_named(x="input1", y="input2")
def ordered(x, y=0, *, scale=1):
    """What was given, in order."""
    return x, y, scale


@pytest.mark.parametrize(
    "args, keywords",
    [
        ((1, 2), {}),
        ((1,), {"y": 2}),
        ((1,), {"input2": 2}),
        ((), {"x": 1, "y": 2}),
        ((), {"input2": 2, "input1": 1}),
        ((), {"y": 2, "input1": 1}),
    ],
    ids=str,
)
def test_the_names_mean_the_same(args, keywords):
    assert ordered(*args, **keywords) == (1, 2, 1)
    assert ordered(*args, **keywords, scale=3) == (1, 2, 3)


def test_the_function_looks_as_it_did():
    assert str(inspect.signature(ordered)) == "(x, y=0, *, scale=1)"
    assert ordered.__name__ == "ordered" and ordered.__doc__ == "What was given, in order."


def test_a_default_stays():
    assert ordered(input1=1) == (1, 0, 1)


def test_a_name_of_neither_library_is_left_to_python():
    with pytest.raises(TypeError, match=re.escape("ordered() got an unexpected keyword argument 'input3'")):
        ordered(1, input3=2)
    with pytest.raises(TypeError, match=re.escape("ordered() missing 1 required positional argument: 'x'")):
        ordered(input2=2)


TWICE = {
    "eqlib.tensor_product(X, Y, input1=X)": (
        "tensor_product was given x, and again as input1, its name in e3nn-jax.\n  Leave out input1=..."
    ),
    "eqlib.cross(x=X, y=Y, b=Y)": "cross was given y, and again as b, its name in e3nn-jax.\n  Leave out b=...",
    "X.reshape(1, 3, shape=(1, 3))": "reshape was given shape, and again by its name.\n  Leave out shape=...",
}


@pytest.mark.parametrize("wrong", TWICE)
def test_an_operand_given_twice_is_refused(wrong):
    with pytest.raises(TypeError) as error:
        eval(wrong)
    assert str(error.value) == TWICE[wrong]
    eval(re.sub(r", (input1|b|shape)=[^)]*\)?\)$", ")", wrong))


def test_a_shape_is_one_value_by_name():
    rows = eqlib.zeros("1o", (2, 3))
    assert rows.reshape(shape=(6, -1)).shape == rows.reshape(6, -1).shape == (6, 3)
    assert rows.broadcast_to(shape=(4, 2, 3, -1)).shape == (4, 2, 3, 3)


@pytest.mark.parametrize(
    "args, keywords",
    [
        (("1o", "2e"), {}),
        (("1o",), {"y": "2e"}),
        (("1o",), {"input2": "2e"}),
        ((), {"y": "2e", "x": "1o"}),
        ((), {"input2": eqlib.Irreps("2e"), "input1": eqlib.Irrep("1o")}),
    ],
    ids=str,
)
def test_irreps_alone_give_irreps_by_every_name(args, keywords):
    assert eqlib.tensor_product(*args, **keywords) == "1o + 2o + 3o"
    assert eqlib.tensor_product(*args, **keywords, filter_ir_out="2o") == "2o"


@pytest.mark.parametrize(
    "code, irreps",
    [
        ("eqlib.dot(b='1o', a='1o')", "0e"),
        ("eqlib.norm(array='2x1o', per_irrep=False)", "0e"),
        ("eqlib.gate(input='0e + 1o', even_act=jnp.tanh)", "1o"),
        ("eqlib.tensor_square(x='1o')", "0e + 2e"),
        ("eqlib.scalar_activation(acts=[jnp.tanh], input='0o')", "0o"),
    ],
)
def test_irreps_alone_by_name_in_other_ops(code, irreps):
    assert eval(code) == irreps


def test_an_op_given_irreps_and_arrays_by_name_is_refused():
    with pytest.raises(IrrepsError) as error:
        eqlib.tensor_product(y="1o", x=X)
    assert str(error.value) == (
        "tensor_product was given irreps for some operands and arrays for others.\n"
        "  Write tensor_product(x.irreps, y.irreps) for the irreps of the product, or give only arrays."
    )
    assert eqlib.tensor_product(y=Y.irreps, x=X.irreps) == eqlib.tensor_product(X, Y).irreps


def test_arrays_by_name_give_the_numbers_of_arrays_by_position():
    want = eqlib.tensor_product(X, Y)
    for z in (eqlib.tensor_product(y=Y, x=X), eqlib.tensor_product(X, input2=Y)):
        assert z.irreps == want.irreps
        np.testing.assert_array_equal(z.array, want.array)
