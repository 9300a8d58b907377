"""Two programs for one function agree as far as rounding lets them, and no further."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from eqlib.testing.accuracy import EPS
from eqlib.testing.rounding import with_rounding


def require_same(f: Callable[..., Any], g: Callable[..., Any], *arrays: Any) -> None:
    """f = g at these arrays: their difference is at most the sum of the bounds derived from either program.

    The numbers compared are those of the compiled functions; the bounds are those of `with_rounding`.
    """
    arrays = tuple(map(jax.numpy.asarray, arrays))
    exact = [jax.numpy.zeros(x.shape) for x in arrays]
    allowed = sum(np.asarray(jax.jit(lambda *xs, h=h: with_rounding(h, xs, exact, EPS)[1])(*arrays)) for h in (f, g))
    got, want = (np.asarray(jax.jit(h)(*arrays)) for h in (f, g))
    assert got.shape == want.shape
    worst = np.max(np.abs(got - want) - allowed, initial=-np.inf)
    assert np.all(np.abs(got - want) <= allowed), f"beyond rounding by {worst}:\n{got}\n{want}\nallowed:\n{allowed}"
