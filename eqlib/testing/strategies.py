"""Hypothesis strategies for what a test of equivariance is given: irreps, arrays, rotations, graphs and plans.

Shapes come from bounded pools, so that what is compiled for one example serves others; values are free. Each says to
what it shrinks: the example that Hypothesis shows is the smallest that still fails. Tests need
`settings(deadline=None)`: what is compiled first takes longer than the 200 ms that Hypothesis allows.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from eqlib.array_types import Float, Integer
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.o3 import Irreps
from eqlib.ops.linear import plan_linear
from eqlib.ops.norm import plan_norm
from eqlib.ops.tensor_product import plan_tensor_product
from eqlib.ops.tensor_square import plan_tensor_square
from eqlib.plan import Plan, transpose
from eqlib.testing.elements import Element

Strategy = st.SearchStrategy
Draw = Callable[..., Any]  # st.DrawFn is a protocol that no type checker can check at run time

# The simplest first, to which examples shrink: scalars, each parity, copies, a degree left out, an order not sorted.
POOL = ("0e", "0o", "1o", "1e", "2x0e", "2x1o", "2e", "0e + 1o", "2x0e + 0o + 1o + 2x1e", "2e + 0e + 2x1o", "3o + 1e")

# The ways in which values are adverse, the simplest first.
ADVERSITIES = ("zero", "one-hot", "equal", "whole", "power of two", "tiny", "huge")

# Numbers of nodes and of edges, the smallest first: an atom alone, a pair, one with more edges than pairs.
GRAPH_SIZES = ((1, 0), (2, 2), (3, 8), (5, 12))

_WHOLE = st.integers(-4, 4)
_SCALES = {"tiny": 2.0**-20, "huge": 2.0**20}


def irreps(*, wide: bool = False, max_degree: int = 4, max_mul: int = 3, max_terms: int = 4) -> Strategy[Irreps]:
    """Irreps of the pool `POOL`, so that few shapes are compiled; with `wide`, any within the limits.

    Shrinks to 0e: to an earlier member of the pool; with `wide`, to fewer terms, and each to fewer copies, a lower
    degree and even parity.
    Raises: ValueError if a limit is given and `wide` is not.
    Example:
        >>> from hypothesis import find
        >>> find(irreps(), lambda x: x.dim > 3), find(irreps(wide=True), lambda x: x.lmax > 1)
        (2x1o, 1x2e)
    """
    if wide:
        term = st.tuples(st.integers(1, max_mul), st.tuples(st.integers(0, max_degree), st.sampled_from((1, -1))))
        return st.lists(term, min_size=1, max_size=max_terms).map(Irreps)
    if (max_degree, max_mul, max_terms) != (4, 3, 4):
        raise ValueError("irreps: the pool has its own limits.\n  Write irreps(wide=True, ...) for limits of yours.")
    return st.sampled_from(POOL).map(Irreps)


@st.composite
def irreps_arrays(
    draw: Draw,
    irreps: Any,
    *,
    leading: tuple[int, ...] = (),
    dtype: Any = np.float32,
    adversities: Sequence[str] = ADVERSITIES,
) -> IrrepsArray:
    """Arrays of these irreps, or of irreps that a strategy draws, with values that break careless code.

    "zero"; "one-hot", a single 1; "equal", all copies and all samples the same; "whole", small whole numbers;
    "power of two", of both signs, so that products are exact; "tiny" and "huge", whole numbers times 2^-20 and 2^20.

    Shape:  [*leading, irreps].
    Shrinks to zeros: to an earlier adversity, and each number towards zero.
    Raises: ValueError for an adversity of another name.
    Example:
        >>> from hypothesis import find
        >>> find(irreps_arrays("0e + 1o"), lambda x: x.array[2] > 0)
        1x0e+1x1o [0. 0. 1. 0.]
    """
    if unknown := set(adversities) - set(ADVERSITIES):
        raise ValueError(f"irreps_arrays: there is no adversity {unknown.pop()!r}.\n  Write some of {ADVERSITIES}.")
    found = Irreps(draw(irreps) if isinstance(irreps, st.SearchStrategy) else irreps)
    adversity, shape = draw(st.sampled_from(list(adversities))), (*leading, found.dim)
    size = math.prod(shape)
    # Drawn alike for each adversity, so that an example of one can shrink to an example of an earlier one.
    numbers = np.array(draw(st.lists(_WHOLE, min_size=size, max_size=size)), np.float64).reshape(shape)
    return IrrepsArray(found, jnp.asarray(_adverse(adversity, numbers, found), dtype))


def _adverse(adversity: str, numbers: Float[np.ndarray, "*shape"], irreps: Irreps) -> Float[np.ndarray, "*shape"]:
    if adversity == "zero" or not numbers.size:
        return np.zeros_like(numbers)
    if adversity == "one-hot":  # where the first number is that is not zero
        return (np.arange(numbers.size) == np.argmax(numbers != 0)).reshape(numbers.shape).astype(np.float64)
    if adversity == "equal":
        first = numbers.reshape(-1, irreps.dim)[0]
        copies = [first[columns][: ir.dim] for (_, ir), columns in zip(irreps, irreps.slices(), strict=True)]
        same = np.concatenate([np.tile(x, mul) for x, (mul, _) in zip(copies, irreps, strict=True)])
        return np.broadcast_to(same, numbers.shape)
    if adversity == "power of two":
        return np.where(numbers % 2, -1.0, 1.0) * 2.0**numbers
    return numbers * _SCALES.get(adversity, 1.0)


@st.composite
def rotations(draw: Draw, *, inversion: bool = True) -> Element:
    """Rotations of small whole quaternions, with or without the inversion; the 3x3 matrix is `matrix`.

    Shrinks to the identity: to fewer and smaller components about the axes, and to no inversion.
    Example:
        >>> from hypothesis import find
        >>> find(rotations(), lambda g: True), find(rotations(), lambda g: g.inverts).kind
        (Element(quaternion=(1, 0, 0, 0), inverts=False, translation=(0.0, 0.0, 0.0), permutations={}), 'inversion')
    """
    axis = draw(st.tuples(_WHOLE, _WHOLE, _WHOLE))
    w = draw(st.sampled_from((1, 2, 3, 4, 0) if any(axis) else (1,)))  # 0 is a half turn, about an axis
    return Element((w, *axis), inverts=draw(st.booleans()) if inversion else False)


@dataclass(frozen=True)
class Graph:
    """Positions of nodes, and edges between them.

    points      [node, 3], all different, in float32
    senders     [edge], in int32
    receivers   [edge], none of them the sender
    """

    points: Float[np.ndarray, "node 3"]
    senders: Integer[np.ndarray, " edge"]
    receivers: Integer[np.ndarray, " edge"]


@st.composite
def graphs(draw: Draw, sizes: Sequence[tuple[int, int]] = GRAPH_SIZES) -> Graph:
    """Graphs in space of these numbers of nodes and of edges, on a lattice of spacing 1/2.

    Edges may occur twice, and nodes may have none; no node is its own neighbour.

    Shrinks to the first size: an atom alone at the origin; the positions towards the origin, the edges to 0 -> 1.
    Example:
        >>> from hypothesis import find
        >>> find(graphs(), lambda graph: len(graph.senders) > 0).points
        array([[0. , 0. , 0. ],
               [0. , 0. , 0.5]], dtype=float32)
    """
    nodes, edges = draw(st.sampled_from(list(sizes)))
    place = st.tuples(_WHOLE, _WHOLE, _WHOLE)
    places = draw(st.lists(place, min_size=nodes, max_size=nodes, unique=True))
    ends = st.tuples(st.integers(0, max(nodes - 1, 0)), st.integers(1, max(nodes - 1, 1)))
    pairs = np.array(draw(st.lists(ends, min_size=edges, max_size=edges)), np.int32).reshape(edges, 2)
    senders, receivers = pairs[:, 0], (pairs[:, 0] + pairs[:, 1]) % np.int32(nodes)
    return Graph(np.array(places, np.float32).reshape(nodes, 3) / 2, senders, receivers)


@st.composite
def plans(draw: Draw) -> Plan:
    """Plans of norms, linear layers, tensor products and squares over the pool of irreps, and their transposes.

    Shrinks to the norm of one scalar.
    Example:
        >>> from hypothesis import find
        >>> print(find(plans(), lambda plan: plan.num_inputs == 2))
        in0: 1x1x1
        in1: 1x1
        out: 1x1
          in0[0] * in1[0] -> out[0]  uw,u->w  1 δ  1 nonzero
        3 flops, 12 bytes per sample in float32
    """
    x = draw(irreps())
    op = draw(st.sampled_from(("norm", "linear", "tensor product", "tensor square")))
    if op == "norm":
        return plan_norm(x)[1]
    if op == "tensor square":
        return plan_tensor_square(x)[1]
    plan = plan_linear(x, x)[1] if op == "linear" else plan_tensor_product(x, draw(irreps()))[1]
    n = draw(st.sampled_from((None, *range(plan.num_inputs))))
    return plan if n is None else transpose(plan, n)
