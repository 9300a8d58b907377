"""A batch on many devices: each has its share of the frames, and all of them have the parameters."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from eqlib.array_types import Float, Integer
from eqlib.training.dataset import Batch, Dataset
from eqlib.training.errors import ConfigError

AXIS = "frames"

Total = Callable[[Float[jax.Array, "..."]], Float[jax.Array, ""]]


def check_devices(devices: int) -> None:
    """Raises: ConfigError if there are not as many, or if a host of several would have no share."""
    if devices > jax.device_count():
        raise ConfigError(
            f"devices is {devices}, and there are {jax.device_count()}.\n  Write devices = {jax.device_count()}."
        )
    if jax.process_count() > 1 and devices < jax.device_count():
        raise ConfigError(
            f"devices is {devices}, and {jax.process_count()} hosts have {jax.device_count()}, all of which are needed."
            f"\n  Write devices = {jax.device_count()}."
        )


def batch_on(devices: int, dataset: Dataset, chosen: Integer[np.ndarray, " frames"]) -> Batch:
    """The frames of these indices: for one device as they are, for several in equal shares, one after the other.

    Where the frames cannot be divided, frames that do not count fill the last shares.

    Shape:  for several devices every array has an axis more, [devices, ...], of which each holds its own.
    """
    if devices == 1:
        return dataset.batch(chosen)
    shares = np.array_split(chosen, devices)
    batches = [dataset.batch(share, len(shares[0])) for share in shares]
    sharding = NamedSharding(_mesh(devices), PartitionSpec(AXIS))

    def spread(*parts: Any) -> Any:
        whole = np.stack(parts)
        return jax.make_array_from_callback(whole.shape, sharding, lambda rows: whole[rows])

    return jax.tree.map(spread, *batches)


def gradient_on(devices: int, loss: Callable[[Any, Batch, Total], Any]) -> Callable[[Any, Batch], tuple[Any, Any]]:
    """(params, batch) -> the loss and its gradient in the parameters.

    `loss(params, batch, total)` uses the sum `total` over all frames of the batch, wherever they are. Devices exchange
    these sums, and the sum of their gradients.

    Law:    as far as sums in another order allow, the same for any number of devices.
    """
    if devices == 1:
        return jax.value_and_grad(lambda params, batch: loss(params, batch, jnp.sum))

    def total(x: Float[jax.Array, "..."]) -> Float[jax.Array, ""]:
        return jax.lax.psum(jnp.sum(x), AXIS)

    def of_a_share(params: Any, batch: Batch) -> tuple[Any, Any]:
        own = jax.tree.map(lambda x: x[0], batch)
        # The parameters are the same on all devices: of such, JAX sums the gradients.
        return jax.value_and_grad(lambda params: loss(params, own, total))(params)

    same, spread = PartitionSpec(), PartitionSpec(AXIS)
    return jax.shard_map(of_a_share, mesh=_mesh(devices), in_specs=(same, spread), out_specs=(same, same))


def _mesh(devices: int) -> Mesh:
    return Mesh(np.array(jax.devices()[:devices]), (AXIS,))
