"""Scalars through activations, vectors times scalars that were kept for them.

Of the scalars (0e, 0o) of x, in their order, the last are gates: one for each copy that is not a scalar (a "vector",
of whatever degree), in order.  The others are activated (`even_act`, `odd_act`).  The gates are activated
(`even_gate_act`, `odd_gate_act`) and multiply the vectors: a gate that is still odd changes the parity of its vector.
"""

import numpy as np

from spec.elementwise_tensor_product import elementwise_tensor_product
from spec.o3 import assemble, segments
from spec.scalar_activation import gelu, scalar_activation, soft_odd

LAWS = {"gate": ("equivariant", "component_normalised")}


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def gate(
    irreps, x, *, even_act=gelu, odd_act=soft_odd, even_gate_act=sigmoid, odd_gate_act=np.tanh, normalize_act=True
):
    """(irreps_out, z): the activated scalars, then the gated vectors; in the order of x, neither sorted nor merged."""
    scalars = [(ir, x1) for ir, x1 in segments(irreps, x) if ir[0] == 0]
    vectors = [(ir, x1) for ir, x1 in segments(irreps, x) if ir[0] != 0]
    extra, gates = split(scalars, at=copies(scalars) - copies(vectors))
    extra = scalar_activation(*assemble(extra), even_act=even_act, odd_act=odd_act, normalize_act=normalize_act)
    gates = scalar_activation(
        *assemble(gates), even_act=even_gate_act, odd_act=odd_gate_act, normalize_act=normalize_act
    )
    gated = elementwise_tensor_product(*gates, *assemble(vectors)) if copies(vectors) else ([], [])
    return extra[0] + gated[0], np.concatenate([extra[1], gated[1]])


def copies(segments):
    """The number of copies."""
    return sum(len(x) for _, x in segments)


def split(segments, at):
    """The first `at` copies, and the others; a segment without copies stays on each side that it touches."""
    assert at >= 0, "fewer scalars than vectors to gate"
    first, others = [], []
    for ir, x in segments:
        if at > 0 or at == len(x) == 0:
            first.append((ir, x[: max(at, 0)]))
        if at <= 0 or at < len(x):
            others.append((ir, x[max(at, 0) :]))
        at -= len(x)
    return first, others
