"""The messages of indexing, iteration and updates."""
# ruff: noqa: E501  (messages stand on their own lines)

import jax.numpy as jnp

from eqlib import IrrepsError, LayoutError
from tests.messages.case import Case, array

CASES = [
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
        "  Write x[..., 0:3] for the first of them, x.filter(keep=['1o']) for all copies of an irrep.",
        "x[..., 0:3], x.filter(keep=['1o'])",
        {"x": array("1o + 0e + 1o")},
    ),
    Case(
        "x.at[..., '1o'].set(0)",
        IndexError,
        "cannot index 1x1o+1x0e+1x1o with 1x1o: as a run of segments it stands 2 times in 1x1o+1x0e+1x1o, and once is "
        "needed.\n"
        "  Write x.at[..., 0:3] for the first of them.",
        "x.at[..., 0:3].set(0)",
        {"x": array("1o + 0e + 1o")},
    ),
    Case(
        "x[..., '0e']",
        IndexError,
        "cannot index 2x0e+1x1o with 1x0e: only whole segments have a place, and what stands there is 2x0e.\n"
        "  Write x[..., '2x0e'].",
        "x[..., '2x0e']",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "x.at[..., '0e'].set(0)",
        IndexError,
        "cannot index 2x0e+1x1o with 1x0e: only whole segments have a place, and what stands there is 2x0e.\n"
        "  Write x.at[..., '2x0e'].",
        "x.at[..., '2x0e'].set(0)",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "x[..., '2x0e + 1o']",
        IndexError,
        "cannot index 1x0e+0x2e+2x1o+1x0e+2x1o with 2x0e+1x1o: only whole segments have a place, and what stands there "
        "is 1x0e+2x1o.\n"
        "  Write x[..., 0:7].",
        "x[..., 0:7]",
        {"x": array("0e + 0x2e + 2x1o + 0e + 2x1o")},
    ),
    Case(
        "x[..., '2e + 1o']",
        IndexError,
        "cannot index 1x0e+1x1o with 1x2e+1x1o: there is no 2e in it.\n"
        "  Write x.filter(keep=['2e', '1o']) for all copies that there are of an irrep.",
        "x.filter(keep=['2e', '1o'])",
        {"x": array("0e + 1o")},
    ),
    Case(
        "x.at[..., '2e'].set(0)",
        IndexError,
        "cannot index 1x0e+1x1o with 1x2e: there is no 2e in it.\n"
        "  Write x.at[..., '1x0e'] for one segment at a time.",
        "x.at[..., '1x0e'].set(0)",
        {"x": array("0e + 1o")},
    ),
    Case(
        "x.at[..., '1o + 0e'].set(0)",
        IndexError,
        "cannot index 1x2e+1x0e+1x1o with 1x1o+1x0e: these segments do not stand side by side in this order.\n"
        "  Write x.at[..., '1x0e'] for one segment at a time.",
        "x.at[..., '1x0e'].set(0)",
        {"x": array("2e + 0e + 1o")},
    ),
    Case(
        "x.at[..., '1o'].set(0)",
        IndexError,
        "cannot index Irreps() with 1x1o: there is no 1o in it.\n"
        "  Write x.at[..., ''] for one segment at a time.",
        "x.at[..., ''].set(0)",
        {"x": array("", 2)},
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
        "x.split(['2x0e', '1o'])",
        IndexError,
        "cannot split 2x0e+1x1o at '2x0e': a cut is before a segment, and segments are counted from 0.\n"
        "  Write x.split([1]) to cut before segment 1, x.filter(keep='1o') for irreps by their name.",
        "x.split([1]), x.filter(keep='1o')",
        {"x": array("2x0e + 1o")},
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
        "x.at[0].set(y)",
        IrrepsError,
        "cannot set 1x2e at an index of 1x1o: they are different representations: only the first has 1x1o, only the "
        "second has 1x2e.\n  Write x.at[index].set(0), or values of the irreps 1x1o.",
        "x.at[0].set(0)",
        {"x": array("1o", 2), "y": array("2e")},
    ),
    Case(
        "x[0, 0, 0, 0]",
        IndexError,
        "too many indices for 1x1o of shape (2, 5, 3): 4 for 3 axes, of which the last is that of the irreps.\n"
        "  Write x[0, 0] for one row.",
        "x[0, 0]",
        {"x": array("1o", 2, 5)},
    ),
    Case(
        "x[0, 0]",
        IndexError,
        "too many indices for 1x1o of shape (3,): 2 for 1 axes, of which the last is that of the irreps.\n"
        "  Write x[..., :3] for all components.",
        "x[..., :3]",
        {"x": array("1o")},
    ),
    Case(
        "x.at[0].multiply(2.0)",
        AttributeError,
        "x.at[index] has no multiply: what is written is a representation, and a new value of it comes from the old one.\n"
        "  Write x.at[index].set(x[index] * factor).",
        "x.at[index].set(x[index] * factor)",
        {"x": array("1o", 2), "index": 0, "factor": 2.0},
    ),
    Case(
        "x.at[0].divide(2.0)",
        AttributeError,
        "x.at[index] has no divide: what is written is a representation, and a new value of it comes from the old one.\n"
        "  Write x.at[index].set(x[index] / divisor).",
        "x.at[index].set(x[index] / divisor)",
        {"x": array("1o", 2), "index": 0, "divisor": 2.0},
    ),
    Case(
        "x.at[0].subtract(values)",
        AttributeError,
        "x.at[index] has no subtract: what is written is a representation, and a new value of it comes from the old one.\n"
        "  Write x.at[index].add(-values).",
        "x.at[index].add(-values)",
        {"x": array("1o", 2), "index": 0, "values": array("1o")},
    ),
    Case(
        "x.at[0].get()",
        AttributeError,
        "x.at[index] has no get: what stands at an index is read by the index alone.\n  Write x[index].",
        "x[index]",
        {"x": array("1o", 2), "index": 0},
    ),
    Case(
        "x.at[0].max(values)",
        AttributeError,
        "x.at[index] has no max: a function of its components does not rotate with an irrep.\n"
        "  Write IrrepsArray(x.irreps, x.array.at[index].max(values)) where all irreps are 0e.",
        "IrrepsArray(x.irreps, x.array.at[index].max(values))",
        {"x": array("2x0e", 2), "index": 0, "values": 2.0},
    ),
    Case(
        "x.at[0].power(2)",
        AttributeError,
        "x.at[index] has no power: a function of its components does not rotate with an irrep.\n"
        "  Write x.at[index].set(x[index] ** exponent) where all irreps are scalars.",
        "x.at[index].set(x[index] ** exponent)",
        {"x": array("2x0e", 2), "index": 0, "exponent": 2},
    ),
    Case(
        "x.at[0].apply(jnp.tanh)",
        AttributeError,
        "x.at[index] has no apply: a function of its components does not rotate with an irrep.\n"
        "  Write x.at[index].set(function(x[index])) with an equivariant function.",
        "x.at[index].set(function(x[index]))",
        {"x": array("2x0e", 2), "index": 0, "function": lambda y: 2 * y},
    ),
    Case(
        "x.at[0].foo",
        AttributeError,
        "x.at[index] has no attribute 'foo'.\n  Write x.at[index].set(values) or x.at[index].add(values).",
        "x.at[index].set(values), x.at[index].add(values)",
        {"x": array("1o", 2), "index": 0, "values": array("1o")},
    ),
]  # fmt: skip
