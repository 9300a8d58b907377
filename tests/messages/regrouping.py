"""The messages of what cuts, folds or transforms the axes of an array."""

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
]  # fmt: skip
