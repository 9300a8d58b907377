"""A step is what it says: the optimiser of optax, an average of the parameters, and a state of the same types."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from eqlib.training.checks import neighbors_of
from eqlib.training.config import Config, Data, Loss, Optimizer
from eqlib.training.dataset import dataset_of, order_of
from eqlib.training.evaluation import evaluate, predictor_of
from eqlib.training.optimizer import optimizer_of, schedule_of
from eqlib.training.step import first_state, step_of
from tests.training.subjects import Pairs, springs

FRAMES, CUTOFF = springs(12), 3.0
MODEL = Pairs(CUTOFF)


def config(**options) -> Config:
    return Config(output="run", data=Data("water.npz"), model={"name": "Pairs"}, steps=20, batch_size=4, **options)


def dataset(dtype):
    return dataset_of(FRAMES, neighbors_of(FRAMES, CUTOFF), 6, CUTOFF, (1, 8), np.array([-3.0, -4.0]), dtype)


def states(of: Config, steps: int):
    data, step = dataset(of.dtype), step_of(of, MODEL)
    found = [first_state(of, MODEL, data.batch(order_of(0, 0, 12, 4)))]
    for n in range(steps):
        found.append(step(found[-1], data.batch(order_of(n, 0, 12, 4))))
    return found


def test_the_average_is_a_moving_one_that_forgets_the_first_parameters():
    found = states(config(average_decay=0.3, dtype="float64"), 8)
    average = float(found[0].params["k"])
    for n, state in enumerate(found[1:]):
        decay = min(0.3, (1 + n) / (10 + n))
        average = decay * average + (1 - decay) * float(state.params["k"])
        np.testing.assert_allclose(state.average["k"], average, rtol=1e-12)
    assert [int(state.step) for state in found] == list(range(9))


def test_without_average_it_is_the_parameters():
    last = states(config(average_decay=0.0, dtype="float64"), 2)[-1]
    assert last.average == last.params


def test_the_loss_is_summed_and_falls():
    losses = np.diff([float(state.loss) for state in states(config(dtype="float64"), 12)])
    assert (losses > 0).all() and losses[-1] < losses[0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_state_keeps_its_types(dtype):
    with jax.enable_x64(dtype == "float64"):
        of, batch = config(dtype=dtype), dataset(dtype).batch(np.arange(4))
        state = jax.eval_shape(lambda batch: first_state(of, MODEL, batch), batch)
        after = jax.eval_shape(step_of(of, MODEL), state, batch)
    assert jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), state) == jax.tree.map(
        lambda leaf: (leaf.shape, leaf.dtype), after
    )
    floats = {leaf.dtype.name for leaf in jax.tree.leaves(state) if jnp.issubdtype(leaf.dtype, jnp.floating)}
    assert floats == {dtype}


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ({}, lambda rate: optax.adam(rate)),
        ({"name": "amsgrad"}, lambda rate: optax.amsgrad(rate)),
        ({"weight_decay": 0.1}, lambda rate: optax.adamw(rate, weight_decay=0.1)),
        ({"clip_norm": 0.5}, lambda rate: optax.chain(optax.clip_by_global_norm(0.5), optax.adam(rate))),
    ],
)
def test_the_optimiser_is_that_of_optax(options, same):
    own, other = optimizer_of(Optimizer(**options), 20), same(schedule_of(Optimizer(), 20))
    params = {"k": jnp.array([1.0, -2.0])}
    state, other_state = own.init(params), other.init(params)
    for n in range(3):
        gradient = {"k": jnp.array([3.0 + n, 0.1])}
        updates, state = own.update(gradient, state, params)
        expected, other_state = other.update(gradient, other_state, params)
        np.testing.assert_allclose(updates["k"], expected["k"], rtol=1e-12)


def test_the_learning_rate_rises_and_falls_as_its_schedule_says():
    rates = [float(schedule_of(Optimizer(learning_rate=2.0, warmup_steps=4), 20)(n)) for n in range(21)]
    np.testing.assert_allclose(rates[:5], [0.5, 1.0, 1.5, 2.0, 2.0], rtol=1e-6)
    np.testing.assert_allclose(rates[12], 1.0, rtol=1e-6)
    assert rates[20] == 0.0
    constant = schedule_of(Optimizer(learning_rate=2.0, schedule="constant"), 20)
    assert [float(constant(n)) for n in (0, 19)] == [2.0, 2.0]


def test_an_evaluation_is_of_every_frame_whatever_the_batches():
    data, params = dataset("float64"), {"e0": jnp.array(0.1), "k": jnp.array(0.2)}
    predictor = predictor_of(MODEL, Loss(), with_stress=False)
    found = evaluate(predictor, params, data, 5)
    x = FRAMES.positions
    squares = np.sum((x[:, :, None] - x[:, None]) ** 2, axis=-1)
    energies = 0.3 + 0.2 * squares.sum(axis=(1, 2))
    forces = -4 * 0.2 * np.sum(x[:, :, None] - x[:, None], axis=2)
    errors = found.errors()
    left = FRAMES.energies + 10.0
    np.testing.assert_allclose(errors["energy_mae"], 1e3 * np.mean(np.abs(energies - left)) / 3, rtol=1e-12)
    np.testing.assert_allclose(errors["force_rmse"], 1e3 * np.sqrt(np.mean((forces - FRAMES.forces) ** 2)), rtol=1e-12)
    loss = np.mean((energies - left) ** 2) / 3 + np.mean((forces - FRAMES.forces) ** 2)
    np.testing.assert_allclose(found.loss, loss, rtol=1e-12)
