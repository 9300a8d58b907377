"""Every message word for word; and the code that a message tells to write instead runs."""
# ruff: noqa: E501  (messages stand on their own lines)

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray, IrrepsError, LayoutError


class Case(NamedTuple):
    """`wrong` raises `error` with `message`; `hint` is what it says to write, with these names."""

    wrong: str
    error: type[Exception]
    message: str
    hint: str | None
    names: dict[str, Any]


def array(irreps, *leading_shape):
    return IrrepsArray(irreps, jnp.ones((*leading_shape, eqlib.Irreps(irreps).dim)))


def xy(x, y, **names):
    return {"x": array(x), "y": array(y), **names}


CASES = [
    Case(
        "x + y",
        IrrepsError,
        "cannot add 1x1o and 1x1e: they differ only in parity: an inversion changes the sign of one and not of the other.\n"
        "  To keep both side by side: concatenate([x, y]).",
        "concatenate([x, y])",
        xy("1o", "1e"),
    ),
    Case(
        "x + y",
        IrrepsError,
        "cannot add 1x0e+1x1o and 1x1o+1x0e: the same representation in a different order.\n"
        "  Write x.regroup() + y.regroup().",
        "x.regroup() + y.regroup()",
        xy("0e + 1o", "1o + 0e"),
    ),
    Case(
        "x - y",
        IrrepsError,
        "cannot subtract 2x0e from 1x0e+1x0e: the same representation, cut into different segments.\n"
        "  Write x.simplify() - y.simplify().",
        "x.simplify() - y.simplify()",
        xy("0e + 0e", "2x0e"),
    ),
    Case(
        "x == y",
        IrrepsError,
        "cannot compare 2x0e+1x1o and 1x1o+3x2e: they are different representations: only the first has 2x0e, "
        "only the second has 3x2e.\n"
        "  To keep both side by side: concatenate([x, y]).",
        "concatenate([x, y])",
        xy("2x0e + 1o", "1o + 3x2e"),
    ),
    Case(
        "x + y",
        IrrepsError,
        "cannot add 2x1o and 3x1o: they differ in multiplicity: 2 and 3 copies of 1o.\n"
        "  To keep both side by side: concatenate([x, y]).",
        "concatenate([x, y])",
        xy("2x1o", "3x1o"),
    ),
    Case(
        "x + constant",
        IrrepsError,
        "cannot add 1x1o and a constant: only 0e may be shifted by a constant, and the irreps are not all 0e: "
        "rotations or the inversion change the array and not the constant.\n"
        "  To keep both side by side: concatenate([x, as_irreps_array(constant)]), the constant as an array with the "
        "leading axes of x.",
        "concatenate([x, as_irreps_array(jnp.atleast_1d(constant))])",
        {"x": array("1o"), "constant": 1.0},
    ),
    Case(
        "x + y",
        LayoutError,
        "cannot add 1x1o and 1x1o: the leading axes (4,) and (3,) do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis.",
        "x[:, None] + y",
        {"x": array("1o", 4), "y": array("1o", 3)},
    ),
    Case(
        "x + a",
        LayoutError,
        "cannot add 3x0e and a constant of shape (2,): the last axis of the constant has length 2; it must be 1, or one "
        "value for each of the 3 scalars.",
        None,
        {"x": array("3x0e"), "a": np.ones(2)},
    ),
    Case(
        "x * a",
        IrrepsError,
        "cannot multiply 1x0e+1x1o by an array of shape (4,): its last axis has length 4; a factor is common to all "
        "components of a copy, since different factors do not commute with rotations: 1 factor, or 2 for the 2 copies.\n"
        "  Write x * a[..., None] for 1 factor, or elementwise_tensor_product(x, y) for irreps.",
        "x * a[..., None]",
        {"x": array("0e + 1o", 4), "a": jnp.arange(4.0)},
    ),
    Case(
        "x / a",
        IrrepsError,
        "cannot divide 1x0e+1x1o by an array of shape (4,): its last axis has length 4; a factor is common to all "
        "components of a copy, since different factors do not commute with rotations: 1 factor, or 2 for the 2 copies.\n"
        "  Write x / a[..., :1] for 1 factor.",
        "x / a[..., :1]",
        {"x": array("0e + 1o", 7), "a": jnp.ones(4)},
    ),
    Case(
        "x * y",
        IrrepsError,
        "cannot multiply 1x1o by 2x0e: the first has 1 copies and the second 2, and the product goes copy by copy.\n"
        "  Write tensor_product(x, y) for all products of the copies.",
        "tensor_product(x, y)",
        xy("1o", "2x0e"),
    ),
    Case(
        "x * y",
        IrrepsError,
        "cannot multiply 1x1o by 1x1e: the product of two irreps of degree l > 0 is not an irrep but a sum of several.\n"
        "  Write elementwise_tensor_product(x, y) for copy by copy, tensor_product(x, y) for all with all.",
        "elementwise_tensor_product(x, y)",
        xy("1o", "1e"),
    ),
    Case(
        "x / y",
        IrrepsError,
        "cannot divide 1x0e by 1x1o: an irrep of degree l > 0 has no inverse that rotates with it.\n"
        "  To divide by its length, write x / norm(y).",
        "x / norm(y)",
        xy("0e", "1o"),
    ),
    Case(
        "1 / x",
        IrrepsError,
        "cannot divide a constant by 1x1o: an irrep of degree l > 0 has no inverse that rotates with it.\n"
        "  To divide by its length, write 1 / norm(x).",
        "1 / norm(x)",
        {"x": array("1o")},
    ),
    Case(
        "x ** exponent",
        IrrepsError,
        "cannot raise 1x1o to the power 2: the powers of the components of an irrep of degree l > 0 do not rotate as an "
        "irrep.\n"
        "  Write norm(x) ** exponent for its length, tensor_square(x) for its products with itself.",
        "norm(x) ** exponent",
        {"x": array("1o"), "exponent": 2},
    ),
    Case(
        "x ** exponent",
        IrrepsError,
        "cannot raise 1x0o to the power 0.5: under inversion 0o changes sign, and its power keeps a parity only if the "
        "exponent is an integer known in advance.\n"
        "  Write norm(x) ** exponent for the power of its absolute value.",
        "norm(x) ** exponent",
        {"x": array("0o"), "exponent": 0.5},
    ),
    Case(
        "x == constant",
        IrrepsError,
        "cannot compare 1x1o and a constant: rotations or the inversion change the array and not the constant, so the "
        "answer would not be invariant.\n"
        "  Write x == 0, or compare invariants: norm(x) == constant.",
        "norm(x) == constant",
        {"x": array("1o"), "constant": 1.0},
    ),
    Case(
        "IrrepsArray('1o', jnp.ones(4))",
        LayoutError,
        "IrrepsArray: Array shape (4,) incompatible with irreps 1x1o: the last axis must have length 3, the dimension of "
        "1x1o.",
        None,
        {},
    ),
    Case(
        "IrrepsArray('1o', values)",
        LayoutError,
        "IrrepsArray: set is not an array; the last axis must have length 3 for 1x1o.\n"
        "  Write IrrepsArray('1x1o', jnp.asarray(values)).",
        None,
        {"values": {1.0, 2.0, 3.0}},
    ),
    Case(
        "IrrepsArray(irreps, x)",
        LayoutError,
        "IrrepsArray: the array already has irreps, 2x1o.\n"
        "  Write x.rechunk(irreps) to cut it otherwise, IrrepsArray(irreps, x.array) to give it a new meaning.",
        "x.rechunk(irreps)",
        {"x": array("2x1o"), "irreps": "1o + 1o"},
    ),
    Case(
        "list(x)",
        ValueError,
        "cannot iterate over 1x0e+1x1o: its only axis is that of the irreps, and a component of an irrep is not a "
        "representation.\n"
        "  Write for chunk in x.chunks, or for segment in x.split().",
        "x.split()",
        {"x": array("0e + 1o")},
    ),
    Case(
        "x[..., 1]",
        IndexError,
        "cannot index 1x0e+1x1o with the integer 1: a component of an irrep is not a representation.\n"
        "  Write x[..., 1:2] for a scalar, x.array[..., 1] for the number alone.",
        "x.array[..., 1]",
        {"x": array("0e + 1o")},
    ),
    Case(
        "x[..., 1:3]",
        IndexError,
        "cannot slice 1x0e+1x1o at 1:3: 3 lies inside one 1o, and a part of an irrep is not a representation.\n"
        "  The nearest boundaries are 1 and 4.",
        "x[..., 1:4]",
        {"x": array("0e + 1o")},
    ),
    Case(
        "x[..., '1o']",
        IndexError,
        "cannot index 1x1o+1x0e+1x1o with 1x1o: as a run of segments it stands 2 times in 1x1o+1x0e+1x1o, and once is "
        "needed.\n"
        "  Write x.filter(keep=['1o']) for all copies of an irrep, x.slice_by_chunk[i:j] for segments.",
        "x.filter(keep=['1o'])",
        {"x": array("1o + 0e + 1o")},
    ),
    Case(
        "x['1o']",
        IndexError,
        "irreps index the last axis of an array, here axis 1 of (2, 4): write x[..., '1o'].",
        "x[..., '1o']",
        {"x": array("0e + 1o", 2)},
    ),
    Case(
        "x[..., None]",
        IndexError,
        "cannot add an axis after that of the irreps: write x[..., None, :] for one before it.",
        "x[..., None, :]",
        {"x": array("0e + 1o", 2)},
    ),
    Case(
        "x.at[0].set(1.0)",
        NotImplementedError,
        "cannot set values at an index of 1x1o: float has no irreps, and only 0 needs none.\n"
        "  Write x.at[index].set(IrrepsArray('1x1o', values)).",
        "x.at[index].set(IrrepsArray('1x1o', values))",
        {"x": array("1o", 2), "index": 0, "values": jnp.ones(3)},
    ),
    Case(
        "x.at[0].add(values)",
        LayoutError,
        "cannot add values at an index of 1x1o: float64 values would be truncated to int32.\n"
        "  Write x.astype('float64').at[index].add(values).",
        "x.astype('float64').at[index].add(values)",
        {"x": array("1o", 2).astype(jnp.int32), "index": 0, "values": array("1o")},
    ),
    Case(
        "x.rechunk('0e + 1o')",
        IrrepsError,
        "cannot rechunk 1x1o+1x0e as 1x0e+1x1o: the same representation in a different order, and a cut moves no "
        "component.\n"
        "  Write x.regroup() to sort the irreps.",
        "x.regroup()",
        {"x": array("1o + 0e")},
    ),
    Case(
        "x.extend_with_zeros('2x0e')",
        IrrepsError,
        "cannot extend 1x1o+1x0e with zeros to 2x0e: 1x1o is not among the segments that are left.\n"
        "  Segments must occur in the order of the array: sort it with x.regroup().",
        "x.regroup().extend_with_zeros('0e + 0o + 1o')",
        {"x": array("1o + 0e")},
    ),
    Case(
        "x.mul_to_axis(3)",
        LayoutError,
        "cannot factor 3 out of the multiplicities of 2x0e+4x1o: it does not divide every one.\n"
        "  Write x.mul_to_axis() for the greatest factor of all.",
        "x.mul_to_axis()",
        {"x": array("2x0e + 4x1o")},
    ),
    Case(
        "x.axis_to_mul(axis=-1)",
        LayoutError,
        "axis -1 cannot be used: the last axis is that of the irreps, 1x1o.\n"
        "  Write axis=-2 for the leading axis beside it.",
        "x.axis_to_mul(axis=-2)",
        {"x": array("1o", 2)},
    ),
    Case(
        "x.reshape(2, 2, 3)",
        LayoutError,
        "cannot reshape 1x1o of shape (5, 3) to (2, 2, 3): the leading axes (5,) have 5 rows.",
        None,
        {"x": array("1o", 5)},
    ),
    Case(
        "x.reshape(15)",
        LayoutError,
        "the shape (15,) does not fit 1x1o: its last entry must be -1 or 3, the dimension of the irreps.\n"
        "  To change the irreps, write x.axis_to_mul(), x.mul_to_axis() or x.rechunk().",
        "x.axis_to_mul()",
        {"x": array("1o", 5)},
    ),
    Case(
        "x.rechunk('2e')",
        IrrepsError,
        "cannot rechunk 1x1o as 1x2e: they are different representations: only the first has 1x1o, only the second has "
        "1x2e.\n  A cut changes no irrep. Write x.filter(keep='1x2e') to keep those irreps alone.",
        "x.filter(keep='1x2e')",
        {"x": array("1o")},
    ),
    Case(
        "x.at[0].set(y)",
        IrrepsError,
        "cannot set 1x2e at an index of 1x1o: they are different representations: only the first has 1x1o, only the "
        "second has 1x2e.\n  Write x.at[index].set(0), or values of the irreps 1x1o.",
        "x.at[0].set(0)",
        {"x": array("1o", 2), "y": array("2e")},
    ),
    Case(
        "stack([x, y])",
        IrrepsError,
        "cannot stack 1x0e+1x1o and 1x1o+1x0e: the same representation in a different order.\n"
        "  Write stack([x.regroup(), y.regroup()], axis=0).",
        "stack([x.regroup(), y.regroup()], axis=0)",
        xy("0e + 1o", "1o + 0e"),
    ),
    Case(
        "concatenate([x, y])",
        LayoutError,
        "cannot concatenate arrays whose other leading axes are (2,) and (): they must be equal.\n"
        "  Write x.broadcast_to((*leading_shape, -1)) first.",
        "concatenate([x, y.broadcast_to((*leading_shape, -1))])",
        {"x": array("1o", 2), "y": array("1o"), "leading_shape": (2,)},
    ),
    Case(
        "where(mask, x, y)",
        LayoutError,
        "where: the last axis of the mask has length 3; it must be 1, or 2 for the 2 copies of 1x0e+1x1o.\n"
        "  Write where(mask[..., None], x, y) for a mask of the leading axes.",
        "where(mask[..., None], x, y)",
        {"mask": jnp.ones(3, bool), "x": array("0e + 1o", 3), "y": array("0e + 1o", 3)},
    ),
    Case(
        "from_chunks('1o', [None], (), None)",
        LayoutError,
        "from_chunks: no chunk tells the dtype, since there is none or all are None.\n"
        "  Write from_chunks('1x1o', chunks, (), jnp.float32).",
        "from_chunks('1x1o', chunks, (), jnp.float32)",
        {"chunks": [None]},
    ),
    Case(
        "from_chunks('2x1o', [jnp.ones((3, 2))], ())",
        LayoutError,
        "from_chunks: chunk 0, for 2x1o, has shape (3, 2); the leading shape, the multiplicity and the dimension of the "
        "irrep make (2, 3).",
        None,
        {},
    ),
    Case(
        "as_irreps_array(a)",
        LayoutError,
        "as_irreps_array: an array without axes has no axis for the irreps.\n  Write as_irreps_array(a[None]).",
        "as_irreps_array(a[None])",
        {"a": jnp.asarray(1.0)},
    ),
    Case(
        "normal('1o')",
        ValueError,
        "normal: random numbers need a key, for the same key gives the same numbers.\n"
        "  Write normal('1x1o', jax.random.key(0)).",
        "normal('1x1o', jax.random.key(0))",
        {},
    ),
    Case(
        "x.transform_by_matrix(R)",
        LayoutError,
        "cannot transform 1x1o by matrices: the leading axes (4,) and (3,) do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis.",
        "x[:, None].transform_by_matrix(R)",
        {"x": array("1o", 4), "R": jnp.stack([jnp.eye(3)] * 3)},
    ),
]  # fmt: skip


def namespace(names):
    return {"jax": jax, "jnp": jnp, **vars(eqlib), **names}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.wrong} {case.error.__name__}")
def test_message(case):
    with pytest.raises(case.error) as caught:
        eval(case.wrong, namespace(case.names))
    assert str(caught.value) == case.message
    assert isinstance(caught.value, ValueError | IndexError | NotImplementedError)


@pytest.mark.parametrize("case", [case for case in CASES if case.hint], ids=lambda case: case.hint)
def test_what_the_message_says_to_write_runs(case):
    eval(case.hint, namespace(case.names))


def test_the_example_of_the_talk():
    x = IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
    y = IrrepsArray("1e", jnp.array([0.0, 0.0, 2.0]))
    with pytest.raises(ValueError, match="cannot add 1x1o and 1x1e"):
        x + y


@pytest.mark.parametrize("other", ["text", None, [1.0], object()], ids=lambda other: type(other).__name__)
def test_operands_that_are_no_numbers_are_left_to_python(other):
    x = array("0e")
    for wrong in (lambda: x + other, lambda: other - x, lambda: x * other, lambda: x / other, lambda: x**other):
        with pytest.raises(TypeError, match=r"unsupported operand|can't multiply sequence"):
            wrong()
    assert (x == other) is False and (x != other) is True


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
