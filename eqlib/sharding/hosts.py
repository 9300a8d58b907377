"""Many hosts: one program runs in a process on each, and sees the devices of all."""

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh

from eqlib.array_types import Array, Shaped


def mesh_of(*shape: int) -> Mesh:
    """A mesh of the first devices that there are, in all processes, with axes "a", "b", "c" for the vectors of a cell.

    Devices that are near in jax.devices(), as those of one host, are neighbours along the last axis.

    Raises: ValueError if there are fewer devices.
    Example:
        >>> mesh_of(1, 1).axis_names
        ('a', 'b')
    """
    needed, devices = int(np.prod(shape)), jax.devices()
    if not 1 <= needed <= len(devices) or not 1 <= len(shape) <= 3:
        raise ValueError(
            f"mesh_of: a mesh of shape {shape} needs one to three axes and {needed} devices, and there are "
            f"{len(devices)}.\n  Write mesh_of({len(devices)}); on a CPU, XLA_FLAGS=--xla_force_host_platform_device_"
            f"count={max(needed, 1)} makes as many."
        )
    return Mesh(np.array(devices[:needed]).reshape(shape), ("a", "b", "c")[: len(shape)])


def on_this_host(values: Shaped[Array, "..."]) -> Shaped[np.ndarray, "..."]:
    """All of an array that may be spread over the devices of many hosts."""
    is_elsewhere = isinstance(values, jax.Array) and not values.is_fully_addressable
    return np.asarray(multihost_utils.process_allgather(values, tiled=True) if is_elsewhere else values)
