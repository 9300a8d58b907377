"""Every message in `tests/messages/` word for word; and the code that a message tells to write instead runs."""

import operator

import jax
import jax.numpy as jnp
import jaxtyping
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray, LayoutError
from tests.messages import arithmetic, building, graphs, indexing, labels, layers, polynomials, regrouping
from tests.messages.case import array

CASES = [
    *arithmetic.CASES,
    *building.CASES,
    *graphs.CASES,
    *indexing.CASES,
    *labels.CASES,
    *layers.CASES,
    *polynomials.CASES,
    *regrouping.CASES,
]


def namespace(names):
    return {"jax": jax, "jnp": jnp, **vars(eqlib), **names}


@pytest.fixture
def without_typechecker(monkeypatch):
    """As programs run: the type checker of the suite would be the first to refuse a 3 that is no function."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.mark.usefixtures("without_typechecker")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.wrong} {case.error.__name__}")
def test_message(case):
    with pytest.raises(case.error) as caught:
        eval(case.wrong, namespace(case.names))
    assert str(caught.value) == case.message
    assert isinstance(caught.value, ValueError | IndexError | NotImplementedError | AttributeError)


@pytest.mark.parametrize("case", [case for case in CASES if case.hint], ids=lambda case: case.hint)
def test_what_the_message_says_to_write_runs(case):
    eval(case.hint, namespace(case.names))


def test_the_example_of_the_talk():
    x = IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
    y = IrrepsArray("1e", jnp.array([0.0, 0.0, 2.0]))
    with pytest.raises(ValueError, match="cannot add 1x1o and 1x1e"):
        x + y


@pytest.mark.parametrize("other", ["text", None, object()], ids=lambda other: type(other).__name__)
def test_operands_that_are_no_numbers_are_left_to_python(other):
    x = array("0e")
    for wrong in (lambda: x + other, lambda: other - x, lambda: x * other, lambda: x / other, lambda: x**other):
        with pytest.raises(TypeError, match=r"unsupported operand|can't multiply sequence"):
            wrong()
    assert (x == other) is False and (x != other) is True
    assert (x == ["text"]) is False and (x == [None, 1.0]) is False


@pytest.mark.parametrize(
    "numbers", [[2.0, 3.0, 4.0], (2, 3, 4), [[2.0], [3.0]], [2.0], [jnp.array(2.0), 3.0, 4.0], [jnp.bfloat16(2)]]
)
def test_a_list_of_numbers_is_the_array_of_them(numbers):
    x, a = array("3x0e"), jnp.array(numbers)
    for op in (operator.add, operator.sub, operator.mul, operator.truediv, operator.eq):
        for got, want in ((op(x, numbers), op(x, a)), (op(numbers, x), op(a, x))):
            assert got.irreps == want.irreps == "3x0e" and got.dtype == want.dtype
            np.testing.assert_array_equal(got.array, want.array)
    np.testing.assert_array_equal((x**numbers).array, (x**a).array)
    with_numpy = IrrepsArray("3x0e", np.ones(3)) * numbers
    np.testing.assert_array_equal(with_numpy.array, (x * numbers).array)
    jax.jit(lambda y, number: y * [number, 1.0, 2.0])(x, 3.0)


def test_irreps_are_no_list_of_numbers():
    with pytest.raises(TypeError, match="unsupported operand"):
        array("0e") * eqlib.Irreps("0e")


@pytest.mark.parametrize("op", [eqlib.tensor_product, eqlib.dot, eqlib.cross], ids=lambda op: op.__name__)
def test_an_op_says_which_leading_axes_do_not_broadcast(op):
    with pytest.raises(LayoutError) as error:
        op(array("1o", 2), array("1o", 3))
    assert str(error.value) == (
        "cannot combine 1x1o and 1x1o: the leading axes (2,) and (3,) do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis."
    )
    assert op(array("1o", 2)[:, None], array("1o", 3)).shape[:-1] == (2, 3)


def test_one_leading_axis_may_be_given_by_its_length():
    assert eqlib.zeros("1o", 5).shape == eqlib.ones("1o", 5).shape == (5, 3)
    assert eqlib.normal("1o", jax.random.key(0), 5).shape == (5, 3)
    assert eqlib.from_chunks("1o", [jnp.ones((5, 1, 3))], 5).shape == (5, 3)
    assert eqlib.rand_matrix(jax.random.key(0), 5).shape == (5, 3, 3)
    assert [z.shape for z in eqlib.rand_axis_angle(jax.random.key(0), 5)] == [(5, 3), (5,)]
