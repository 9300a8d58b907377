"""The messages of what cuts, folds or transforms the axes of an array."""
# ruff: noqa: E501  (messages stand on their own lines)

import jax.numpy as jnp

from eqlib import IrrepsError, LayoutError
from tests.messages.case import Case, array

CASES = [
    Case(
        "x.rechunk('')",
        IrrepsError,
        "cannot rechunk 1x1o as Irreps(): they are different representations: only the first has 1x1o.\n"
        "  A cut changes no irrep. Write x.filter(keep='') to keep those irreps alone.",
        "x.filter(keep='')",
        {"x": array("1o")},
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
        "cannot reshape 1x1o of shape (5, 3) to (2, 2, 3): the leading axes (5,) have 5 rows, and (2, 2) "
        "would have 4.\n"
        "  Write x.reshape((-1, x.irreps.dim)) for all of them on one axis.",
        "x.reshape((-1, x.irreps.dim))",
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
        "1x2e.\n  A cut changes no irrep, nor the number of components: 3, not 5.",
        None,
        {"x": array("1o")},
    ),
    Case(
        "x.rechunk('2x0e')",
        IrrepsError,
        "cannot rechunk 2x0e+1x1o as 2x0e: they are different representations: only the first has 1x1o.\n"
        "  A cut changes no irrep. Write x.filter(keep='2x0e') to keep those irreps alone.",
        "x.filter(keep='2x0e').irreps == '2x0e' or 1 / 0",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "x.rechunk('2x0e + 1e')",
        IrrepsError,
        "cannot rechunk 2x0e+1x1o as 2x0e+1x1e: they differ only in parity: an inversion changes the sign of one and "
        "not of the other.\n"
        "  A cut changes no irrep. Write IrrepsArray('2x0e+1x1e', x.array) for a new meaning.",
        "IrrepsArray('2x0e+1x1e', x.array)",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "x.repeat(-1)",
        ValueError,
        "cannot repeat 1x1o -1 times: it takes an integer >= 0; write .repeat(2).",
        "x.repeat(2)",
        {"x": array("1o")},
    ),
    Case(
        "x.filter(keep=3)",
        ValueError,
        "filter: keep=3 names no irreps, and is no predicate on (mul, ir).\n"
        "  Write .filter(keep='0e + 1o') for irreps, .filter(lmax=2) for degrees.",
        "x.filter(keep='0e + 1o'), x.filter(lmax=2)",
        {"x": array("1o")},
    ),
    Case(
        "x.transform_by_matrix(R)",
        LayoutError,
        "cannot transform 1x1o by matrices: the leading axes (4,) and (3,) do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis.",
        "x[:, None].transform_by_matrix(R)",
        {"x": array("1o", 4), "R": jnp.stack([jnp.eye(3)] * 3)},
    ),
    Case(
        "x.reshape(-1, 2, 3)",
        LayoutError,
        "cannot reshape 1x1o of shape (5, 3) to (-1, 2, 3): the leading axes (5,) have 5 rows.\n"
        "  Write x.reshape((-1, x.irreps.dim)) for all of them on one axis.",
        "x.reshape((-1, x.irreps.dim))",
        {"x": array("1o", 5)},
    ),
    Case(
        "x.broadcast_to((4, 5, 3))",
        LayoutError,
        "cannot broadcast 1x1o of shape (3, 5, 3) to (4, 5, 3): counted from the right, an axis of (3, 5) is neither 1 "
        "nor that of (4, 5).\n"
        "  Write x[..., None, :].broadcast_to((*x.shape[:-1], 5, -1)) for 5 of each row.",
        "x[..., None, :].broadcast_to((*x.shape[:-1], 5, -1))",
        {"x": array("1o", 3, 5)},
    ),
    Case(
        "x.broadcast_to(3)",
        LayoutError,
        "cannot broadcast 1x1o of shape (5, 3) to (3,): counted from the right, an axis of (5,) is neither 1 nor that of "
        "().\n"
        "  Write x[..., None, :].broadcast_to((*x.shape[:-1], 1, -1)) for 1 of each row.",
        "x[..., None, :].broadcast_to((*x.shape[:-1], 1, -1))",
        {"x": array("1o", 5)},
    ),
    Case(
        "x.mul_to_axis('2')",
        LayoutError,
        "cannot factor '2' out of the multiplicities of 2x0e: it is no integer, 1 or more.\n"
        "  Write x.mul_to_axis() for the greatest factor of all.",
        "x.mul_to_axis()",
        {"x": array("2x0e")},
    ),
    Case(
        "x.axis_to_mul(1.5)",
        LayoutError,
        "axis 1.5 is no integer: there are 2 axes, the last being that of 2x0e.\n"
        "  Write axis=0 for the first, axis=-2 for the one before the irreps.",
        "x.axis_to_mul(axis=0), x.axis_to_mul(axis=-2)",
        {"x": array("2x0e", 3)},
    ),
    Case(
        "sum(x, axis=2)",
        LayoutError,
        "axis 2 is out of range: the array has 2 axes.\n"
        "  Write axis=-1 for the copies of every irrep, axis=0 for the first axis, axis=None for all.",
        "[sum(x, axis=axis) for axis in (-1, 0, None)]",
        {"x": array("2x0e", 3)},
    ),
    Case(
        "mean(x, axis='0')",
        LayoutError,
        "axis '0' is no integer: the array has 2 axes.\n"
        "  Write axis=-1 for the copies of every irrep, axis=0 for the first axis, axis=None for all.",
        "[mean(x, axis=axis) for axis in (-1, 0, None)]",
        {"x": array("2x0e", 3)},
    ),
    Case(
        "bessel(x, 2.5)",
        ValueError,
        "bessel: n = 2.5 is no integer.\n  Write n=2.",
        "bessel(x, n=2)",
        {"x": jnp.ones(3)},
    ),
    Case(
        "poly_envelope('2', 2)",
        ValueError,
        "poly_envelope: n0 = '2' is no integer.\n  Write n0=2.",
        "poly_envelope(n0=2, n1=2)",
        {},
    ),
    Case(
        "scatter_sum(x, dst=jnp.arange(2), output_size=2, mode='foo')",
        LayoutError,
        "there is no mode 'foo' of scattering, which says what becomes of a row whose destination is out of range.\n"
        "  Write mode='drop' to leave it out, mode='clip' to send it to the nearest, or leave out `mode`.",
        "[scatter_sum(x, dst=jnp.arange(2), output_size=2, **mode) for mode in ({'mode': 'drop'}, {'mode': 'clip'}, {})]",
        {"x": jnp.ones(2)},
    ),
]  # fmt: skip
