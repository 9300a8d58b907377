"""Mistakes in what edges carry from node to node."""

import functools
from typing import Any

import jax
import jax.numpy as jnp

import spec.conv
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.graph import Graph
from eqlib.ops.conv import conv
from eqlib.testing.subject import Subject
from tests.meta.faults.fault import Fault

# The last edge is padding; one node receives from two.
SENDERS, RECEIVERS, NODES = (1, 2, 0, -1), (0, 0, 3, 1), 4
IRREPS, COPIES = ("0e+1o", "1o"), 4


def over(graph: Graph) -> Any:
    """conv on a graph, its weights an operand as any other."""
    return lambda x, y, w: conv(x, y, w.array, graph)


CONV = Subject(
    "conv",
    over(Graph(SENDERS, RECEIVERS, NODES)),
    (*IRREPS, f"{COPIES}x0e"),
    functools.partial(spec.conv.conv, senders=SENDERS, receivers=RECEIVERS, num_nodes=NODES),
    sample=(NODES,),
    degrees=(1, 1, 1),
)


def with_weights(change: Any) -> Any:
    """conv with other weights."""
    return lambda x, y, w: CONV(x, y, IrrepsArray(w.irreps, change(w.array)))


def with_edges(change: Any) -> Any:
    """conv with other features of the edges."""
    return lambda x, y, w: CONV(x, IrrepsArray(y.irreps, change(y.array)), w)


def weighted_by_component(x: IrrepsArray, y: IrrepsArray, w: IrrepsArray) -> IrrepsArray:
    """A weight for each component of a message, and not for each copy."""
    z = CONV(x, y, w)
    return IrrepsArray(z.irreps, z.array * jnp.resize(jnp.sum(w.array, axis=0), z.irreps.dim))


FAULTS = (
    Fault("messages against the edges", CONV, over(Graph(RECEIVERS, SENDERS, NODES)), "agrees_with_spec"),
    Fault(
        "padding that sends",
        CONV,
        over(Graph([s % NODES for s in SENDERS], [r % NODES for r in RECEIVERS], NODES)),
        "agrees_with_spec",
    ),
    Fault("the weights of the next edge", CONV, with_weights(lambda w: jnp.roll(w, 1, 0)), "agrees_with_spec"),
    Fault("no weights", CONV, lambda x, y, w: CONV(x, y, w * 0 + 1), "depends_on_every_operand"),
    Fault("a weight for each component", CONV, weighted_by_component, "is_equivariant"),
    Fault("edges that stop the gradient", CONV, with_edges(jax.lax.stop_gradient), "derivatives_are_right"),
)
