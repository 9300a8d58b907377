"""What linearity in each of two operands means, tried on irregular numbers."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib import IrrepsArray, normal
from tests.to_rounding import require_same


def require_bilinear(op: Callable[..., Any], left: str, right: str) -> None:
    """f(x + 3 x', y) = f(x, y) + 3 f(x', y), and likewise in y."""

    def f(x: jax.Array, y: jax.Array) -> jax.Array:
        return op(IrrepsArray(left, x), IrrepsArray(right, y)).array

    keys = jax.random.split(jax.random.key(0), 4)
    x1, x2 = (normal(left, key, (3,), dtype=jnp.float64).array for key in keys[:2])
    y1, y2 = (normal(right, key, (3,), dtype=jnp.float64).array for key in keys[2:])
    assert np.abs(f(x1, y1)).min() > 0, "the operands must not vanish, or nothing is tested"
    require_same(lambda a, b, y: f(a + 3 * b, y), lambda a, b, y: f(a, y) + 3 * f(b, y), x1, x2, y1)
    require_same(lambda x, a, b: f(x, a + 3 * b), lambda x, a, b: f(x, a) + 3 * f(x, b), x1, y1, y2)
