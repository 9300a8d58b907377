"""The messages of the operators."""
# ruff: noqa: E501  (messages stand on their own lines)

import jax.numpy as jnp
import numpy as np

from eqlib import IrrepsError, LayoutError
from tests.messages.case import Case, array, xy

CASES = [
    Case(
        "x ** 1j",
        IrrepsError,
        "cannot raise 1x0o to the power 1j: under inversion 0o changes sign, and its power keeps a parity only if the exponent is an integer known in advance.\n"
        "  Write norm(x) ** exponent for the power of its absolute value.",
        "norm(x) ** 1j",
        {"x": array("0o")},
    ),
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
        "  No component of one is a component of the other. Write x.irreps == y.irreps to compare the irreps alone.",
        "x.irreps == y.irreps",
        xy("2x0e + 1o", "1o + 3x2e"),
    ),
    Case(
        "x != y",
        IrrepsError,
        "cannot compare 1x1o and 1x1e: they differ only in parity: an inversion changes the sign of one and not of the "
        "other.\n"
        "  No component of one is a component of the other. Write x.irreps != y.irreps to compare the irreps alone.",
        "x.irreps != y.irreps",
        xy("1o", "1e"),
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
        "cannot add 1x1o and a constant: only 0e may be shifted by a constant other than the literal 0, and the irreps "
        "are not all 0e: rotations or the inversion change the array and not the constant.\n"
        "  To keep both side by side: concatenate([x, as_irreps_array(constant)]), the constant as an array with the "
        "leading axes of x.",
        "concatenate([x, as_irreps_array(jnp.atleast_1d(constant))])",
        {"x": array("1o"), "constant": jnp.array(0.0)},
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
        "tensor_product(x, 2.0)",
        LayoutError,
        "cannot combine 1x1o and 2.0: a plain array is read as scalars, one for each entry of its last axis, and a number has no axis.\n"
        "  Write 2.0 * x for a multiple of x, jnp.reshape(2.0, 1) for one scalar.",
        "2.0 * x, tensor_product(x, jnp.reshape(2.0, 1))",
        {"x": array("1o")},
    ),
    Case(
        "elementwise_tensor_product(x, y)",
        LayoutError,
        "cannot combine an array of shape () and 1x1o: a plain array is read as scalars, one for each entry of its last axis, and a number has no axis.\n"
        "  Write x * y for a multiple of y, jnp.reshape(x, 1) for one scalar.",
        "x * y, elementwise_tensor_product(jnp.reshape(x, 1), y)",
        {"x": jnp.array(2.0), "y": array("1o")},
    ),
    Case(
        "norm(-3)",
        LayoutError,
        "cannot read -3: a plain array is read as scalars, one for each entry of its last axis, and a number has no axis.\n"
        "  Write jnp.reshape(-3, 1) for one scalar.",
        "norm(jnp.reshape(-3, 1))",
        {},
    ),
    Case(
        "x + a",
        LayoutError,
        "cannot add 3x0e and a constant of shape (2,): the last axis of the constant has length 2; it must be 1, or one "
        "value for each of the 3 scalars.\n"
        "  Write x + a[..., :1] for one value.",
        "x + a[..., :1]",
        {"x": array("3x0e"), "a": np.ones(2)},
    ),
    Case(
        "a / x",
        LayoutError,
        "cannot divide a constant of shape (2,) by 3x0e: the last axis of the constant has length 2; it must be 1, or "
        "one value for each of the 3 scalars.\n"
        "  Write a[..., None] / x for one value.",
        "a[..., None] / x",
        {"x": array("3x0e", 2), "a": np.ones(2)},
    ),
    Case(
        "x - a",
        LayoutError,
        "cannot subtract a list from 3x0e: the last axis of the constant has length 2; it must be 1, or one value for each "
        "of the 3 scalars.\n"
        "  Write x - jnp.array(a)[..., :1] for one value.",
        "x - jnp.array(a)[..., :1]",
        {"x": array("3x0e"), "a": [1.0, 2.0]},
    ),
    Case(
        "x * ['a']",
        LayoutError,
        "cannot multiply 1x1o by a list: it is no array, but of anything else than numbers, or of rows of different "
        "lengths.\n"
        "  Write jnp.array([1.0]) for one number, jnp.array([[1.0], [2.0]]) for one in each of two rows.",
        "x * jnp.array([1.0]), x * jnp.array([[1.0], [2.0]])",
        {"x": array("1o", 2)},
    ),
    Case(
        "x + [[1.0], [2.0, 3.0]]",
        LayoutError,
        "cannot add 1x0e and a list: it is no array, but of anything else than numbers, or of rows of different lengths.\n"
        "  Write jnp.array([1.0]) for one number, jnp.array([[1.0], [2.0]]) for one in each of two rows.",
        "x + jnp.array([1.0]), x + jnp.array([[1.0], [2.0]])",
        {"x": array("0e", 2)},
    ),
    Case(
        "x * [2.0, 3.0]",
        IrrepsError,
        "cannot multiply 1x1o by an array of shape (2,): its last axis has length 2; a factor is common to all components "
        "of a copy, since different factors do not commute with rotations: 1 factor, or 1 for the 1 copies.\n"
        "  Write x * jnp.array(a)[..., None] for 1 factor, or elementwise_tensor_product(x, y) for irreps.",
        "x * jnp.array(a)[..., None]",
        {"x": array("1o", 2), "a": [2.0, 3.0]},
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
]  # fmt: skip
