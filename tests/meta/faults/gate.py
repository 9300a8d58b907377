"""Mistakes in gate."""

from typing import Any

import jax.numpy as jnp

import spec.gate
from eqlib.arrays.combine import concatenate
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.ops.gate import gate
from eqlib.testing.subject import Subject
from tests.meta.faults.fault import Fault, then

GATE = Subject("gate", gate, ("2x0e+2x0o+1o+1e",), spec.gate.gate)


def gates_in_front(x: IrrepsArray) -> IrrepsArray:
    """The first scalars multiply the vectors, the last are activated and kept."""
    free, gates, vectors = x[..., "2x0e"], x[..., "2x0o"], x[..., "1o+1e"]
    return gate(concatenate([gates, free, vectors], axis=-1))


def ungated_parity(z: IrrepsArray, *_: Any) -> IrrepsArray:
    """An odd gate is not seen to change the parity of what it multiplies."""
    return IrrepsArray("2x0e+1o+1e", z.array)


def first_gate_for_all(x: IrrepsArray) -> IrrepsArray:
    """Every vector is multiplied by the first gate."""
    return gate(IrrepsArray(x.irreps, x.array.at[..., 3].set(x.array[..., 2])))


FAULTS = (
    Fault("gates taken from the front", GATE, gates_in_front, "agrees_with_spec"),
    Fault("the parity of a gate forgotten", GATE, then(GATE, ungated_parity), "is_equivariant"),
    Fault("one gate for all vectors", GATE, first_gate_for_all, "agrees_with_spec"),
    Fault("a gate left unnormalised", GATE, lambda x: gate(x, normalize_act=False), "agrees_with_spec"),
    Fault(
        "components gated one by one",
        GATE,
        lambda x: gate(IrrepsArray(x.irreps, x.array.at[..., 4:].set(jnp.tanh(x.array[..., 4:])))),
        "is_equivariant",
    ),
)
