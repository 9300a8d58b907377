"""Devices tell each other of the atoms that they own: a message to each neighbour in the grid, and no others."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Float, Integer
from eqlib.graph import Graph
from eqlib.nn.layer import Model, Param
from eqlib.sharding.decomposition import Layout
from eqlib.sharding.halo import permutation

Exchange = Callable[[Float[jax.Array, "owned ..."]], Float[jax.Array, "local ..."]]


def exchange_of(layout: Layout, sends: tuple[Integer[jax.Array, " sent"], ...]) -> Exchange:
    """From the rows of a device's own atoms to those of all that it needs to know of: inside of shard_map.

    Its transpose, which JAX finds, sends what belongs to the atoms of others back to them, where it is summed: so
    forces come home.
    """
    names, grid = layout.mesh.axis_names, layout.mesh.devices.shape
    pairs = [permutation(step, grid, layout.repeats) for step, _ in layout.sizes.sends]

    def exchange(own: Float[jax.Array, "owned ..."]) -> Float[jax.Array, "local ..."]:
        received = (jax.lax.ppermute(own[rows], names, to) for rows, to in zip(sends, pairs, strict=True))
        return jnp.concatenate([own, *received])

    return exchange


def apply_with_exchange(model: Any, exchange: Exchange, owned: int, rounds: int) -> Callable[..., Any]:
    """`model.apply` on a device's atoms, whose halo serves `rounds` rounds of messages: then features are exchanged.

    A round is a layer that a `Model`, or one inside of it, calls with a `Graph`, and first with the features of the
    atoms; so are those of NequIP and MACE. A model without such layers sees as far as the halo reaches.
    """

    def apply(params: Mapping[str, Any], *inputs: Any) -> Any:
        done = 0

        def run(layer: Any, params: Mapping[str, Any], *xs: Any) -> Any:
            nonlocal done
            if any(isinstance(x, Graph) for x in xs):
                if done and done % rounds == 0:
                    xs = (jax.tree.map(lambda x: exchange(x[:owned]), xs[0]), *xs[1:])
                done += 1
            elif isinstance(layer, Model):
                return layer.forward(functools.partial(call, params), *xs)
            return layer.apply(params, *xs)

        def call(params: Mapping[str, Any], name: str, layer: Any, *xs: Any) -> Any:
            return params[name] if isinstance(layer, Param) else run(layer, params[name], *xs)

        return run(model, params, *inputs)

    return apply
