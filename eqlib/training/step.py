"""One step of a training, and the state before the first."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Float, Integer
from eqlib.training.config import Config, Loss, Optimizer
from eqlib.training.dataset import Batch
from eqlib.training.devices import Total, gradient_on
from eqlib.training.optimizer import optimizer_of
from eqlib.training.prediction import loss_of, predict
from eqlib.training.state import State


def first_state(config: Config, model: Any, batch: Batch) -> State:
    """The state before the first step; the parameters are drawn by the seed."""
    shifts = () if batch.cell is None else (jnp.zeros((len(batch.senders), 3), batch.positions.dtype),)
    graph = (batch.positions, batch.species, batch.senders, batch.receivers, *shifts)
    params = _init_of(model)(jax.random.key(config.seed), *graph)
    params = jax.tree.map(lambda leaf: leaf.astype(config.dtype), params)
    return State(
        step=jnp.zeros((), jnp.int32),
        params=params,
        optimizer=optimizer_of(config.optimizer, config.steps).init(params),
        average=params,
        loss=jnp.zeros((), config.dtype),
    )


def step_of(config: Config, model: Any) -> Callable[[State, Batch], State]:
    """The step, compiled, for batches of `batch_on(config.devices, ...)`: gradient of the loss, optimiser, average."""
    return _step_of(model, config.loss, config.optimizer, config.steps, config.average_decay, config.devices)


# Compiled once in a process, for all trainings that differ in their data and seeds alone.
@functools.cache
def _init_of(model: Any) -> Callable[..., Any]:
    return jax.jit(model.init)


@functools.cache
def _step_of(
    model: Any, weights: Loss, options: Optimizer, steps: int, average_decay: float, devices: int
) -> Callable[[State, Batch], State]:
    optimizer = optimizer_of(options, steps)

    def loss(params: Any, batch: Batch, total: Total) -> Any:
        return loss_of(predict(model, params, batch, with_stress=weights.stress > 0), batch, weights, total)

    loss_and_gradient = gradient_on(devices, loss)

    @jax.jit
    def step(state: State, batch: Batch) -> State:
        value, gradient = loss_and_gradient(state.params, batch)
        updates, optimizer_state = optimizer.update(gradient, state.optimizer, state.params)
        params = jax.tree.map(jnp.add, state.params, updates)
        decay = _decay(average_decay, state.step)
        average = jax.tree.map(lambda old, new: decay * old + (1 - decay) * new, state.average, params)
        return State(state.step + 1, params, optimizer_state, average, state.loss + value)

    return step


def _decay(decay: float, step: Integer[jax.Array, ""]) -> Float[jax.Array, ""]:
    """How much of the average a step leaves; less in the first steps, so that the first parameters are forgotten."""
    return jnp.minimum(decay, (1.0 + step) / (10.0 + step))
