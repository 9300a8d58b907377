"""Two programs for one function agree as far as rounding lets them, and no further."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from eqlib.testing.accuracy import EPS
from eqlib.testing.rounding import with_rounding


def require_same(f: Callable[..., Any], g: Callable[..., Any], *arrays: Any) -> None:
    """f = g at these arrays: their difference is at most the sum of the bounds derived from either program.

    The numbers compared are those of the compiled functions, each beside its bound, which is that of `with_rounding`.
    """
    arrays = tuple(map(jax.numpy.asarray, arrays))
    exact = [jax.numpy.zeros(x.shape) for x in arrays]

    @functools.partial(jax.jit, static_argnums=0)
    def with_bound(h: Callable[..., Any], *xs: Any) -> tuple[Any, Any]:
        return h(*xs), with_rounding(h, xs, exact, EPS)[1]

    (got, of_f), (want, of_g) = (tuple(map(np.asarray, with_bound(h, *arrays))) for h in (f, g))
    allowed = of_f + of_g
    assert got.shape == want.shape
    worst = np.max(np.abs(got - want) - allowed, initial=-np.inf)
    assert np.all(np.abs(got - want) <= allowed), f"beyond rounding by {worst}:\n{got}\n{want}\nallowed:\n{allowed}"
