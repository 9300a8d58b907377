"""What linearity in each of two operands means, tried on irregular numbers."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib import normal


def require_bilinear(op: Callable[..., Any], left: str, right: str) -> None:
    """f(x + 3 x', y) = f(x, y) + 3 f(x', y), and likewise in y."""
    keys = jax.random.split(jax.random.key(0), 4)
    x1, x2 = (normal(left, key, (3,), dtype=jnp.float64) for key in keys[:2])
    y1, y2 = (normal(right, key, (3,), dtype=jnp.float64) for key in keys[2:])
    assert np.abs(op(x1, y1).array).min() > 0, "the operands must not vanish, or nothing is tested"
    np.testing.assert_allclose(op(x1 + 3 * x2, y1).array, (op(x1, y1) + 3 * op(x2, y1)).array, atol=1e-13)
    np.testing.assert_allclose(op(x1, y1 + 3 * y2).array, (op(x1, y1) + 3 * op(x1, y2)).array, atol=1e-13)
