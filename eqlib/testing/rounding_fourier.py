"""What Fourier transforms do to errors: sums of as many terms as they are long, each times a number of modulus one."""

import math
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

# For each of log2 n steps, in units of eps: a complex product, a sum, and a root of unity that is rounded.
_STEP = 8


def fourier(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """Errors add up, and the transform has its own: log2 n steps on a sequence whose length in l2 it keeps.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, theorem 24.2.
    """
    lengths = eqn.params["fft_lengths"]
    axes, n = tuple(range(-len(lengths), 0)), math.prod(lengths)
    is_inverse = "I" in str(eqn.params["fft_type"].name)
    # Half of a spectrum stands for all of it.
    copies = 2 if eqn.params["fft_type"].name == "IRFFT" else 1
    passed = copies * jnp.sum(es[0], axis=axes, keepdims=True)
    size = jnp.sqrt(copies * jnp.sum(jnp.abs(xs[0]) ** 2, axis=axes, keepdims=True))
    own = _STEP * (1 + math.log2(n)) * eps * math.sqrt(n) * size
    return [jnp.broadcast_to((passed + own) / (n if is_inverse else 1), values[0].shape)]
