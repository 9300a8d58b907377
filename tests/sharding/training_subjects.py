"""Trainings whose frames are shared among devices: gradients of NequIP, and a few steps of a model that is known."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from eqlib.models import NequIP
from eqlib.training import Config, Data, Loss
from eqlib.training.checks import neighbors_of
from eqlib.training.dataset import Dataset, dataset_of, order_of
from eqlib.training.devices import batch_on, gradient_on
from eqlib.training.prediction import loss_of, predict
from eqlib.training.step import first_state, step_of
from tests.sharding.subjects import params_of
from tests.training.subjects import Pairs, springs

CUTOFF, SIZE, STEPS = 3.0, 12, 3
NEQUIP = NequIP(num_species=2, cutoff=CUTOFF, lmax=0, features=2, num_layers=1, radial_neurons=(4,), readout=2)


def dataset() -> Dataset:
    """Frames of water, of which every third has lost a hydrogen: devices have different numbers of atoms."""
    numbers = np.tile([8, 1, 1], (20, 1))
    numbers[::3, 2] = 0
    frames = springs(20, numbers=numbers)
    return dataset_of(frames, neighbors_of(frames, CUTOFF), 6, CUTOFF, (1, 8), np.array([-3.0, -4.0]), "float64")


def gradients(devices: int, params: Any = None) -> Any:
    """Loss and gradient of NequIP in a batch that eight devices cannot divide equally."""
    model, weights = NEQUIP, Loss(energy=2.0, forces=3.0)

    def loss(params: Any, batch: Any, total: Any) -> Any:
        return loss_of(predict(model, params, batch, with_stress=False), batch, weights, total)

    batch = batch_on(devices, dataset(), np.arange(SIZE))
    return jax.jit(gradient_on(devices, loss))(params_of(model) if params is None else params, batch)


def training(devices: int) -> tuple[Any, Any, Callable[[int], Any]]:
    """The first state, the step, and the batch of every step."""
    of = Config(
        "run", Data("water.npz"), {"name": "Pairs"}, steps=20, batch_size=SIZE, devices=devices, dtype="float64"
    )
    data, model = dataset(), Pairs(CUTOFF)

    def batch_of(n: int) -> Any:
        return batch_on(devices, data, order_of(n, 0, len(data), SIZE))

    return first_state(of, model, data.batch(np.arange(SIZE))), step_of(of, model), batch_of


def states(devices: int, params: Any = None) -> Any:
    """Parameters, their average and the sum of losses after a few steps."""
    state, step, batch_of = training(devices)
    if params is not None:
        state = state._replace(params=params, average=params)
    for n in range(STEPS):
        state = step(state, batch_of(n))
    return {"params": state.params, "average": state.average, "loss": state.loss}
