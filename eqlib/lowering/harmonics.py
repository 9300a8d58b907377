"""Solid harmonics of arrays of vectors, and their derivatives of every order, from one straight-line program."""

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp

from eqlib.array_types import Float
from eqlib.lowering.evaluate import evaluate
from eqlib.plan.harmonics import harmonics_program

NORMALIZATIONS = ("component", "norm", "integral")

Vectors = Float[jax.Array, "*batch 3"]
Harmonics = Float[jax.Array, "*batch _"]


def solid_harmonics(x: Vectors, degrees: Sequence[int], normalization: str) -> Harmonics:
    """Evaluates the solid harmonics of some degrees, side by side.

    Law:    Y_l(R x) = D^l(R) Y_l(x); homogeneous of degree l; zero Laplacian.
    Shape:  [..., 3] -> [..., sum of 2l+1 over `degrees`].
    Scale:  on the unit sphere, component: every component has mean square 1; norm: the squares of a degree sum to 1;
            integral: the integral of every squared component is 1.
    Source: Varshalovich, Moskalev, Khersonskii (1988), ch. 5.
    """
    return _evaluated(x, degrees, normalization, of_direction=False)


def harmonics_of_direction(x: Vectors, degrees: Sequence[int], normalization: str) -> Harmonics:
    """As `solid_harmonics`, of x/|x|; at x = 0 those of 0, with derivatives that are 0.

    The largest component is divided out first, so that no square overflows or vanishes. It is a constant to the
    derivatives, which is exact: the direction does not depend on it.
    """
    # Stacked along a first axis: along the last one, of three, a CPU needs as long for it as for degree 3.
    sizes = jnp.stack([jnp.abs(x[..., n]) for n in range(3)])
    largest = jax.lax.stop_gradient(jnp.max(sizes, axis=0))
    scaled = x / jnp.where(largest == 0, 1, largest)[..., None]
    return _evaluated(scaled, degrees, normalization, of_direction=True)


def _evaluated(x: Vectors, degrees: Sequence[int], normalization: str, *, of_direction: bool) -> Harmonics:
    if normalization == "integral":
        return _evaluated(x, degrees, "component", of_direction=of_direction) * (1 / math.sqrt(4 * math.pi))
    (Y,) = evaluate(harmonics_program(tuple(degrees), normalization, of_direction=of_direction), x)
    return Y
