"""The dtype in which sums are computed, whatever the user has set for the promotion of dtypes."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def at_least_float32(dtype: Any) -> np.dtype[Any]:
    """The dtype itself, or float32 for what has 16 bits: also where JAX is told to refuse implicit promotions.

    Example:
        >>> at_least_float32("bfloat16"), at_least_float32("float64")
        (dtype('float32'), dtype('float64'))
    """
    with jax.numpy_dtype_promotion("standard"):
        return jnp.promote_types(dtype, jnp.float32)
