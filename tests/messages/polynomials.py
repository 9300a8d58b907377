"""The messages of `symmetric_contraction`."""
# ruff: noqa: E501  (messages stand on their own lines)

import jax.numpy as jnp

from eqlib import IrrepsError, LayoutError
from tests.messages.case import Case, array

NAMES = {"x": array("2x0e + 2x1o"), "weights": jnp.ones((3, 2)), "irreps_out": "0e", "degree": 2, "mul": 2}

CASES = [
    Case(
        "symmetric_contraction(x, weights, irreps_out, degree=2)",
        IrrepsError,
        "symmetric_contraction: the irreps of 2x0e+1x1o have not one multiplicity, and so are no channels.\n"
        "  Bring them to one by a linear map, such as eqlib.flax.Linear('2x0e+2x1o').",
        None,
        NAMES | {"x": array("2x0e + 1o")},
    ),
    Case(
        "symmetric_contraction(x, weights, '0e + 0o', degree=2)",
        IrrepsError,
        "symmetric_contraction: no polynomial of 2x0e+2x1o up to degree 2 is 0o.\n"
        "  Leave out 0o, or write a greater degree.",
        "symmetric_contraction(x, weights, '0e', degree=2)",
        NAMES,
    ),
    Case(
        "symmetric_contraction(x, jnp.ones((4, 2)), irreps_out, degree=2)",
        LayoutError,
        "symmetric_contraction: weights has shape (4, 2), and must be [..., 3, 2]: 3 paths, 2 channels.\n"
        "  Write weights of the shape (len(symmetric_contraction_paths(x.irreps, irreps_out, degree=degree)), mul).",
        "symmetric_contraction(x, jnp.ones((len(symmetric_contraction_paths(x.irreps, irreps_out, degree=degree)), mul)), irreps_out, degree=degree)",
        NAMES,
    ),
    Case(
        "symmetric_contraction(x, jnp.ones((4, 3, 2)), irreps_out, degree=2, index=4)",
        LayoutError,
        "symmetric_contraction: the index has the value 4, and must be in [0, 4).\n"
        "  Number the species of the data from 0, and give weights a row for each.",
        None,
        NAMES,
    ),
    Case(
        "symmetric_contraction(x, jnp.ones((4, 3, 2)), irreps_out, degree=2, index=1.0)",
        LayoutError,
        "symmetric_contraction: the index holds float64, and must hold integers, the rows of the weights.\n"
        "  Write index.astype(int).",
        "symmetric_contraction(x, jnp.ones((4, 3, 2)), irreps_out, degree=2, index=jnp.array(1.0).astype(int))",
        NAMES,
    ),
    Case(
        "symmetric_contraction(x, weights, irreps_out, degree=0)",
        ValueError,
        "symmetric_contraction: degree is 0, and must be an integer, 1 or more.\n  Write degree=2.",
        "symmetric_contraction(x, weights, irreps_out, degree=2)",
        NAMES,
    ),
]
