"""The state of a training: all that its future depends on, beside its config and its frames."""

from typing import Any, NamedTuple

import jax

from eqlib.array_types import Float, Integer


class State(NamedTuple):
    """Between two steps. With the config and the data it decides every step that follows.

    step       the number of steps done
    params     the parameters
    optimizer  the state of the optimiser
    average    the exponential moving average of the parameters
    loss       the sum of the losses since the last evaluation
    """

    step: Integer[jax.Array, ""]
    params: Any
    optimizer: Any
    average: Any
    loss: Float[jax.Array, ""]
