"""The ops on irreps, as they are called, with their options."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import eqlib
from eqlib import IrrepsArray
from proofs.programs.irreps import TO_3, drawn, drawn_alike
from proofs.programs.program import PROVED, Program

SOME, SMALL = "0e + 0o + 1o + 1e + 2e + 3o", "0e + 1o"
SETS = {"sizes": {"node": 3, "edge": 5}}


def edges(irreps: str) -> tuple[str, str]:
    """A field on the edges, and the node at which each ends."""
    return f"{irreps} per edge", "nodes per edge"


def linear(weights: Any, x: IrrepsArray) -> IrrepsArray:
    return eqlib.linear(x, weights, "3x0e + 2x1o + 2e")


def conv(x: IrrepsArray, y: IrrepsArray, senders: jax.Array, receivers: jax.Array) -> IrrepsArray:
    irreps = eqlib.tensor_product(x.irreps, y.irreps)
    weights = jnp.linspace(0.5, 1.5, irreps.num_irreps) * jnp.ones((len(y.array), 1))
    return eqlib.conv(x, y, weights, eqlib.Graph(senders, receivers, len(x.array)))


def symmetric_contraction(x: IrrepsArray) -> IrrepsArray:
    paths = eqlib.symmetric_contraction_paths(x.irreps, "0e + 1o")
    weights = jnp.linspace(0.5, 1.5, len(paths))[:, None] * jnp.ones(x.irreps[0].mul)
    return eqlib.symmetric_contraction(x, weights, "0e + 1o")


def scatter_sum(x: IrrepsArray, dst: jax.Array) -> IrrepsArray:
    return eqlib.scatter_sum(x, dst=dst, output_size=3)


def scatter_mean(x: IrrepsArray, dst: jax.Array) -> IrrepsArray:
    return eqlib.scatter_mean(x, dst=dst, output_size=3)


def scatter_max(x: IrrepsArray, dst: jax.Array) -> IrrepsArray:
    return eqlib.scatter_max(x, dst=dst, output_size=3, initial=0.0)


def activated(x: IrrepsArray) -> IrrepsArray:
    return eqlib.norm_activation(x, [jax.nn.silu, jnp.tanh, None])


PRODUCTS = (
    Program(
        "tensor_product",
        eqlib.tensor_product,
        ((SOME, "0e + 1o + 2e + 3o"), drawn(2, 1), drawn(2, 2)),
        exact=PROVED,
        checked=(SMALL, "1o"),
    ),
    Program(
        "tensor_product",
        eqlib.tensor_product,
        (("8x0e + 8x1o + 8x2e", "0e + 1o + 2e + 3o + 4e"),),
        exact=PROVED,
        bound=None,
        label="wide",
    ),
    Program("tensor_square", eqlib.tensor_square, ("2x0e + 1o + 2e + 3o", *drawn(2, 3)), exact=PROVED, checked=SMALL),
    Program(
        "elementwise_tensor_product",
        eqlib.elementwise_tensor_product,
        ((TO_3, TO_3), drawn_alike(2, 4)),
        exact=PROVED,
        checked=("2x1o", "2x1o"),
    ),
    Program("dot", eqlib.dot, ((TO_3, TO_3), drawn_alike(2, 5)), exact=PROVED),
    Program(
        "dot",
        lambda x, y: eqlib.dot(x, y, per_irrep=True),
        ((TO_3, TO_3), drawn_alike(2, 6)),
        exact=PROVED,
        checked=("2x1o", "2x1o"),
        label="of each copy",
    ),
    Program("cross", eqlib.cross, (("2x1o + 1e", "2x1o + 1e"), ("1e", "1o")), exact=PROVED),
    Program(
        "linear",
        linear,
        ((None, "2x0e + 2x1o + 1e + 2x2e + 3o"),),
        exact=PROVED,
        options={"example": (np.linspace(-1.0, 2.0, 12), None)},
    ),
)

HARMONICS = (
    Program(
        "spherical_harmonics",
        lambda x: eqlib.spherical_harmonics(range(4), x, normalize=False),
        ("1o",),
        exact=PROVED,
        label="solid",
    ),
    Program(
        "spherical_harmonics",
        lambda x: eqlib.spherical_harmonics("1e + 3e", x, False, "integral"),
        ("1e",),
        exact=PROVED,
        checked="1e",
        label="of an axis",
    ),
    Program(
        "spherical_harmonics",
        lambda x: eqlib.spherical_harmonics(range(4), x, normalize=True),
        ("1o",),
        label="of a direction",
    ),
)

NONLINEAR = (
    Program("norm", eqlib.norm, (TO_3, *drawn(1, 7)), checked=SMALL),
    Program(
        "norm",
        lambda x: eqlib.norm(x, squared=True),
        (TO_3, *drawn(2, 8)),
        exact=PROVED,
        checked="0e + 2o",
        label="squared",
    ),
    Program("norm", lambda x: eqlib.norm(x, per_irrep=False), (TO_3,), bound=None, label="of the whole"),
    Program("norm_activation", activated, ("2x0e + 1o + 2e", *drawn(2, 9)), checked="0e + 1o + 0o"),
    Program("gate", eqlib.gate, ("4x0e + 3x0o + 1o + 2e + 3o",), checked="2x0e + 0o + 1o"),
    Program("scalar_activation", eqlib.scalar_activation, ("3x0e + 2x0o",)),
    Program("soft_odd", eqlib.soft_odd, ("3x0o",), "3x0o", options={"as_plain_arrays": True}),
    Program(
        "normalize_function",
        eqlib.normalize_function(jnp.tanh),
        ("3x0o",),
        "3x0o",
        options={"as_plain_arrays": True},
    ),
)

SCATTERS = (
    Program(
        "scatter_sum",
        scatter_sum,
        (edges(TO_3),),
        f"{TO_3} per node",
        exact=PROVED,
        options=SETS,
    ),
    Program("scatter_mean", scatter_mean, (edges(SMALL),), f"{SMALL} per node", exact=PROVED, options=SETS),
    Program("scatter_max", scatter_max, (edges("3x0e"),), "3x0e per node", exact=None, options=SETS),
)

MESSAGES = (
    Program("symmetric_contraction", symmetric_contraction, ("2x0e + 2x1o", "0e + 1o + 2e"), exact=PROVED),
    Program(
        "conv",
        conv,
        ((f"{SMALL} per node", "0e + 1o + 2e per edge", "nodes per edge", "nodes per edge"),),
        exact=PROVED,
        options=SETS,
    ),
)

PROGRAMS = (*PRODUCTS, *HARMONICS, *NONLINEAR, *SCATTERS, *MESSAGES)
