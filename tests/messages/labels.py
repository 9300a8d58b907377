"""The messages of what names irreps, and of the options that name them."""

import jax
import jax.numpy as jnp

from eqlib import Irreps, IrrepsError
from tests.messages.case import Case, array, xy

CASES = [
    Case(
        "Irreps([('0e', 2)])",
        ValueError,
        "Unable to interpret \"('0e', 2)\" as an irrep. A term is (mul, irrep), as in (2, \"1o\"), or an irrep alone. "
        "MulIrrep: the multiplicity comes first, then the irrep; write MulIrrep(2, '0e').",
        "Irreps([MulIrrep(2, '0e')])",
        {},
    ),
    Case(
        "Irreps([('foo', 2)])",
        ValueError,
        "Unable to interpret \"('foo', 2)\" as an irrep. A term is (mul, irrep), as in (2, \"1o\"), or an irrep alone. "
        "MulIrrep: a multiplicity is an integer >= 0, not 'foo'; write MulIrrep(2, '1o').",
        "MulIrrep(2, '1o')",
        {},
    ),
    Case(
        "Irreps([1.5])",
        ValueError,
        "Unable to interpret \"1.5\" as an irrep. A term is (mul, irrep), as in (2, \"1o\"), or an irrep alone.",
        "Irreps([(2, '1o')])",
        {},
    ),
    Case(
        "MulIrrep(-1, (0, 1))",
        ValueError,
        "MulIrrep: a multiplicity is an integer >= 0, not -1; write MulIrrep(2, '0e').",
        "MulIrrep(2, '0e')",
        {},
    ),
    Case(
        "Irrep(True, 1)",
        ValueError,
        "Irrep: the degree l is an integer >= 0, not True; write for example Irrep(1, -1).",
        "Irrep(1, -1)",
        {},
    ),
    Case(
        "Irrep(2, True)",
        ValueError,
        "Irrep: the parity p is 1 (even) or -1 (odd), not True; write Irrep(2, 1).",
        "Irrep(2, 1)",
        {},
    ),
    Case(
        "Irreps('1o').repeat(2.5)",
        ValueError,
        "cannot repeat 1x1o 2.5 times: it takes an integer >= 0; write .repeat(2).",
        "Irreps('1o').repeat(2)",
        {},
    ),
    Case(
        "Irreps('0e + 1o').filter(drop=3)",
        ValueError,
        "filter: drop=3 names no irreps, and is no predicate on (mul, ir).\n"
        "  Write .filter(drop='0e + 1o') for irreps, .filter(lmax=2) for degrees.",
        "Irreps('0e + 1o').filter(drop='0e + 1o'), Irreps('0e + 1o').filter(lmax=2)",
        {},
    ),
    Case(
        "tensor_product(x, y, filter_ir_out=3)",
        IrrepsError,
        "filter_ir_out=3 names no irreps.\n"
        "  Write filter_ir_out='0e + 1o', or a list of irreps: filter_ir_out=['0e', '1o'].",
        "tensor_product(x, y, filter_ir_out='0e + 1o'), tensor_product(x, y, filter_ir_out=['0e', '1o'])",
        xy("1o", "1o"),
    ),
    Case(
        "gate(x, even_act=3)",
        IrrepsError,
        "3 is no function, and was to be applied to scalars of 1x0e.\n"
        "  Write a function of one number, such as jax.numpy.tanh, or None to leave them as they are.",
        "gate(x, even_act=jax.numpy.tanh), gate(x, even_act=None)",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "scalar_activation(x, jnp.tanh)",
        IrrepsError,
        "scalar_activation was given tanh for 2x0e+1x0o, and takes a list: one function, or None, for each segment.\n"
        "  Write [act] * len(x.irreps) for one function on every segment.",
        "scalar_activation(x, [jnp.tanh] * len(x.irreps))",
        {"x": array("2x0e + 0o")},
    ),
    Case(
        "norm_activation(x, 'tanh')",
        IrrepsError,
        "norm_activation was given 'tanh' for 2x0e+1x1o, and takes a list: one function, or None, for each segment.\n"
        "  Write [act] * len(x.irreps) for one function on every segment.",
        "norm_activation(x, [jnp.tanh] * len(x.irreps))",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "norm_activation(x, [3, None])",
        IrrepsError,
        "3 is no function, and was to be applied to scalars of 2x0e+1x1o.\n"
        "  Write a function of one number, such as jax.numpy.tanh, or None to leave them as they are.",
        "norm_activation(x, [jax.numpy.tanh, None])",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "scalar_activation(x, acts)",
        IrrepsError,
        "scalar_activation was given 1 functions for the 3 segments of 1x0e+1x1o+1x2e: each has one, or None.\n"
        "  Write [*acts, None, None] to leave the last as they are.",
        "scalar_activation(x, [*acts, None, None])",
        {"x": array("0e + 1o + 2e"), "acts": [jnp.tanh]},
    ),
    Case(
        "norm_activation(x, acts)",
        IrrepsError,
        "norm_activation was given 2 functions for the 1 segments of 1x0e: each has one, or None.\n"
        "  Write acts[:1].",
        "norm_activation(x, acts[:1])",
        {"x": array("0e"), "acts": [jnp.tanh, jnp.tanh]},
    ),
    Case(
        "scalar_activation(x, [jax.nn.softmax])",
        IrrepsError,
        "cannot apply softmax to scalars of 3x0e: it is not elementwise, so that each value would depend on the other "
        "copies and on the other rows.\n"
        "  Write a function of one number, such as jax.numpy.tanh; act(x.filter('0e').array) for all 0e together.",
        "act(x.filter('0e').array)",
        {"x": array("3x0e"), "act": jax.nn.softmax},
    ),
    Case(
        "gate(x, even_act=jax.nn.softmax)",
        IrrepsError,
        "cannot apply softmax to scalars of 1x0e: it is not elementwise, so that each value would depend on the other "
        "copies and on the other rows.\n"
        "  Write a function of one number, such as jax.numpy.tanh; act(x.filter('0e').array) for all 0e together.",
        "act(x.filter('0e').array)",
        {"x": array("2x0e + 1o"), "act": jax.nn.softmax},
    ),
    Case(
        "normalize_function(jax.nn.softmax)",
        IrrepsError,
        "cannot normalise softmax: it is not elementwise, so that its values are not those of one normal number.\n"
        "  Write a function of one number, such as jax.numpy.tanh, and apply the other one to its values.",
        "jax.nn.softmax(normalize_function(jax.numpy.tanh)(jnp.ones(3)))",
        {},
    ),
    Case(
        "spherical_harmonics(1.5, x, True)",
        IrrepsError,
        "spherical_harmonics: 1.5 names no irreps: a degree is an integer 0, 1, 2, ...\n"
        "  Write a degree, 2, a list of degrees, [0, 1, 2], or irreps, '0e + 1o + 2e'.",
        "[spherical_harmonics(wanted, x, True) for wanted in (2, [0, 1, 2], '0e + 1o + 2e')]",
        {"x": array("1o")},
    ),
    Case(
        "spherical_harmonics(2, x, 'yes')",
        IrrepsError,
        "spherical_harmonics: normalize is 'yes', and must be True or False.\n"
        "  Write normalize=True for the harmonics of x/|x|, normalize=False for polynomials in x.",
        "spherical_harmonics(2, x, normalize=True), spherical_harmonics(2, x, normalize=False)",
        {"x": array("1o")},
    ),
    Case(
        "spherical_harmonics(2, x, True, algorithm='foo')",
        IrrepsError,
        "spherical_harmonics: there is no algorithm 'foo'; one serves every degree.\n"
        "  Leave out `algorithm`.",
        "spherical_harmonics(2, x, True)",
        {"x": array("1o")},
    ),
    Case(
        "Irrep('1o') * 3",
        ValueError,
        "1o * 3 is no product of irreps: the multiplicity comes first.\n  Write 3 * Irrep('1o') for so many copies.",
        "3 * Irrep('1o')",
        {},
    ),
    Case(
        "2.5 * Irrep('1o')",
        ValueError,
        "2.5 * 1o: a multiplicity is an integer >= 0.\n  Write 2 * Irrep('1o').",
        "2 * Irrep('1o')",
        {},
    ),
    Case(
        "irreps * 1.5",
        ValueError,
        "1x0e+1x1o * 1.5: a multiplicity is an integer >= 0.\n  Write 2 * irreps.",
        "2 * irreps",
        {"irreps": Irreps("0e + 1o")},
    ),
    Case(
        "irreps // 1.5",
        ValueError,
        "2x0e // 1.5: a multiplicity is an integer >= 0.\n  Write irreps // 2.",
        "irreps // 2",
        {"irreps": Irreps("2x0e")},
    ),
    Case(
        "irreps['0e']",
        IndexError,
        "cannot index 1x0e+1x1o with '0e': its segments are counted from 0.\n"
        "  Write irreps.filter(keep='0e') for the segments of an irrep, irreps.count(ir) for its copies.",
        "irreps.filter(keep='0e'), irreps.count('0e')",
        {"irreps": Irreps("0e + 1o")},
    ),
    Case(
        "Irrep('1o') < 1.5",
        ValueError,
        "Irrep: 1.5 does not name an irrep; write a label, Irrep('1o'), or l and p, Irrep(1, -1).",
        "Irrep('1o') < Irrep(1, -1)",
        {},
    ),
]  # fmt: skip
