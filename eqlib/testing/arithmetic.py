"""Float64 for a while, also where a program runs without 64-bit types."""

import contextlib
import gc
from collections.abc import Iterator

import jax


@contextlib.contextmanager
def double_precision() -> Iterator[None]:
    """64-bit types are on inside; nothing changes if they are on already.

    JAX caches what it compiled for a function with its NumPy constants, in the dtype that they had when it was first
    traced, whatever the setting is later, and then refuses a product of float32 with float64. So nothing that was
    compiled under one setting is kept for the other. Drop this when a jitted function that multiplies by a NumPy array
    may be called under both settings in turn.
    """
    if jax.config.read("jax_enable_x64"):
        yield
        return
    jax.clear_caches()
    try:
        with jax.enable_x64(True):
            yield
    finally:
        gc.collect()  # what is still referred to is not cleared
        jax.clear_caches()
