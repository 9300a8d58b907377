"""Frames that are shared among devices train the same parameters as on one."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.sharding.traffic import traffic
from eqlib.testing.accuracy import EPS
from eqlib.testing.rounding import with_rounding_each
from eqlib.training import Config, ConfigError, Data
from eqlib.training.devices import batch_on, check_devices
from tests.sharding.subjects import params_of
from tests.sharding.training_subjects import NEQUIP, SIZE, dataset, gradients, states, training


def require_within(eight: Any, kind: str, f: Callable[..., Any], params: Any) -> None:
    """Eight devices and one are each within the bound, for every order of summation, of f(devices, params)."""
    leaves, structure = jax.tree.flatten(params)
    places = []

    def on_one(*leaves: Any) -> list[Any]:
        found = jax.tree.leaves_with_path(f(1, structure.unflatten(leaves)))
        places[:] = [jax.tree_util.keystr(place) for place, _ in found]
        return [leaf for _, leaf in found]

    @jax.jit
    def with_bounds(*leaves: Any) -> list[Any]:
        return with_rounding_each(on_one, leaves, [jnp.zeros_like(x) for x in leaves], EPS)

    pairs = with_bounds(*map(jnp.asarray, leaves))
    for place, (value, bound) in zip(places, pairs, strict=True):
        found = eight[0][kind + place]
        assert np.all(np.abs(found - value) <= 2 * np.asarray(bound)), place


def test_the_loss_and_its_gradient_are_those_of_one_device(eight):
    """Of NequIP, in shares of two frames and of one, some of which have fewer atoms."""
    require_within(eight, "gradients", gradients, params_of(NEQUIP))


def test_some_steps_lead_to_the_same_parameters(eight):
    """With Adam, and with the moving average."""
    require_within(eight, "states", states, {"e0": 0.0, "k": 1.0})


def test_devices_exchange_sums_alone():
    """Of frames, atoms, squared errors of energies and of forces; and the gradients of two parameters."""
    state, step, batch_of = training(2)
    found = traffic(step.lower(state, batch_of(0)).compile().as_text())
    assert {kind: one.bytes for kind, one in found.items()} == {"all-reduce": 8 * (4 + 2)}


def test_devices_share_the_frames_and_what_fills_a_share_does_not_count():
    batch = batch_on(2, dataset(), np.arange(5))
    assert batch.positions.shape == (2, 3 * 3 + 2, 3)
    np.testing.assert_array_equal(batch.is_frame, [[1, 1, 1], [1, 1, 0]])
    assert {len(shard.data) for shard in batch.positions.addressable_shards} == {1}
    one = batch_on(1, dataset(), np.arange(SIZE))
    assert isinstance(one.positions, np.ndarray) and one.positions.shape == (SIZE * 3 + 2, 3)


def test_devices_that_are_not_there_or_have_no_frame_are_refused():
    with pytest.raises(ConfigError) as raised:
        Config("run", Data("water.npz"), {"name": "Pairs"}, batch_size=4, devices=8)
    assert str(raised.value) == (
        "devices is 8, and batch_size is 4: each device has a frame of the step, or more.\n"
        "  Write devices = 4, or batch_size = 8."
    )
    with pytest.raises(ConfigError) as raised:
        check_devices(64)
    count = jax.device_count()
    assert str(raised.value) == f"devices is 64, and there are {count}.\n  Write devices = {count}."
