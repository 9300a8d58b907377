"""Weights of linear by name, as the specification counts them."""

import math

import jax
import jax.numpy as jnp

import spec.linear
from eqlib import Irreps
from eqlib.ops._linear_paths import linear_irreps, linear_paths
from eqlib.testing.numbers import as_lists


def by_name(flat, irreps_in, irreps_out, biases=False, force_irreps_out=False, **options):
    """The flat weights [..., number] as arrays by name, cut as the specification counts them."""
    extent = {"biases": biases, "force_irreps_out": force_irreps_out}
    inner = linear_irreps(Irreps(irreps_in), Irreps(irreps_out), **extent)
    found, start = {}, 0
    for path in spec.linear.linear_paths(*map(as_lists, inner), biases=biases, **options):
        size = math.prod(path.shape)
        found[path.name] = flat[..., start : start + size].reshape(*flat.shape[:-1], *path.shape)
        start += size
    assert start == flat.shape[-1]
    return found


def weights_of(irreps_in, irreps_out, leading=(), seed=3, **options):
    """Normal weights by name for a map of these irreps."""
    number = sum(math.prod(path.shape) for path in linear_paths(*linear_irreps(Irreps(irreps_in), Irreps(irreps_out))))
    flat = jax.random.normal(jax.random.key(seed), (*leading, number), jnp.float64)
    return by_name(flat, irreps_in, irreps_out, **options)
