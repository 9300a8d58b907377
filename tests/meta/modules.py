"""Modules that users write, whose parameters begin at zeros and ones: wrong ones are right until they are trained."""

from collections.abc import Callable
from typing import Any

import equinox
import flax.linen as nn
import haiku
import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

EPSILON = np.zeros((3, 3, 3))
EPSILON[[0, 1, 2], [1, 2, 0], [2, 0, 1]] = 1.0
EPSILON[[0, 1, 2], [2, 0, 1], [1, 2, 0]] = -1.0


def mixed(layer: Callable[..., Any], x: Any) -> Any:
    """A layer of channels on four vectors."""
    return layer(x.reshape(4, 3).T).T.reshape(12)


class Biased(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        return mixed(nn.Dense(4), x)


class BiasedInNnx(nnx.Module):
    def __init__(self) -> None:
        self.layer = nnx.Linear(4, 4, rngs=nnx.Rngs(0))

    def __call__(self, x: Any) -> Any:
        return mixed(self.layer, x)


@haiku.without_apply_rng
@haiku.transform
def biased_in_haiku(x: Any) -> Any:
    return mixed(haiku.Linear(4), x)


class Scaled(nn.Module):
    """A factor of each component."""

    @nn.compact
    def __call__(self, x: Any) -> Any:
        return x * self.param("scale", nn.initializers.ones, (3,))


class ScaledInEquinox(equinox.Module):
    scale: jax.Array

    def __call__(self, x: Any) -> Any:
        return x * self.scale


class Residual(nn.Module):
    """A branch that begins with weights of zero."""

    branch: Callable[..., Any]

    @nn.compact
    def __call__(self, x: Any) -> Any:
        last = nn.Dense(4, use_bias=False, kernel_init=nn.initializers.zeros)
        return x + mixed(last, self.branch(x))


class Gate(nn.Module):
    """Scalars with a bias, which begins at zero."""

    @nn.compact
    def __call__(self, s: Any, v: Any) -> Any:
        return mixed(lambda x: x * jax.nn.sigmoid(nn.Dense(4)(s)), v)


class NormalisedByComponent(nn.Module):
    """Each component of vectors less a running mean, over a running deviation."""

    @nn.compact
    def __call__(self, x: Any) -> Any:
        return nn.BatchNorm(use_running_average=True, use_bias=False, use_scale=False, epsilon=2.0**-8)(x)


def closing_over(module: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: module(x)


class RunningNorm(nn.Module):
    """Scalars less a running mean over a running deviation, which are state and no parameters."""

    @nn.compact
    def __call__(self, x: Any) -> Any:
        return nn.BatchNorm(use_running_average=True)(x)


class BySquares(nn.Module):
    """Divided by the root of a running sum of squares, which has not run yet."""

    @nn.compact
    def __call__(self, x: Any) -> Any:
        squares = self.variable("batch_stats", "squares", lambda: jnp.zeros(16))
        return x / jnp.sqrt(2.0**-8 + squares.value).sum()


class Crossed(equinox.Module):
    """A table that is constant, and a weight that is not trained yet."""

    table: jax.Array
    weight: jax.Array

    def __call__(self, x: Any, y: Any) -> Any:
        return self.weight * jnp.einsum("ijk,j,k->i", self.table, x, y)


class Summed(equinox.Module):
    """A metric that is an array of NumPy, and so no parameter, though its entries are all the same."""

    metric: Any

    def __call__(self, x: Any) -> Any:
        return jnp.sum(self.metric * x * x)[None]
