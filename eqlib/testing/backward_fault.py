"""Where a backward pass goes wrong: a derivative that is stopped or written by hand, or a value that is not finite."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.gates.figures import equations
from eqlib.testing.integers import with_one_alone
from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.sampling import adversities
from eqlib.testing.source import line_of_derivative
from eqlib.testing.walk import first_non_finite

# Equations whose derivative is not that of their value, if something is wrong; those most to be suspected come first.
_BY_HAND = ("stop_gradient", "custom_vjp_call", "custom_vjp_call_jaxpr", "custom_jvp_call")


NOT_DERIVED = "its derivative is not derived from its value"


def derivative_by_hand(program: Program) -> str:
    """In words, the equation that is most to be suspected where a derivative is wrong; nothing if there is none."""
    found = list(equations(jax.make_jaxpr(program.call)(*program.arrays).jaxpr))
    for name in _BY_HAND:
        for eqn in found:
            if eqn.primitive.name == name:
                return f"{name}, at {line_of_derivative(eqn)}: {NOT_DERIVED}"
    return ""


def gradient_that_is_not_finite(program: Program, seed: int = 0) -> str:
    """In words, the first equation of value and gradient that is not finite though its operands are."""
    fields = [n for n, one in enumerate(program.operands) if isinstance(one, Field)]

    def gradient(*arrays: Any) -> Any:
        def total(*xs: Any) -> Any:
            every = list(arrays)
            for n, x in zip(fields, xs, strict=True):
                every[n] = x
            return sum(jnp.sum(z) for z in program.call(*every))

        return jax.grad(total, argnums=tuple(range(len(fields))))(*(jnp.asarray(arrays[n]) for n in fields))

    inputs = adversities(program.operands, program.arrays, seed) | with_one_alone(program.operands, program.arrays)
    for arrays in inputs.values():
        found = first_non_finite(gradient, [np.asarray(x) for x in arrays])
        if found is not None:
            return found
    return ""
