"""States beside parameters: those of equinox, which a call uses up, and the running averages of haiku."""

import functools

import equinox
import haiku
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing import check, prove
from eqlib.testing.held import held
from eqlib.testing.parameters import with_parameters


class Decaying(equinox.Module):
    """Scales by its state, which each call changes."""

    factor: equinox.nn.StateIndex

    def __init__(self, begin):
        self.factor = equinox.nn.StateIndex(begin)

    def __call__(self, x, state):
        factor = state.get(self.factor)
        return x * (1 + factor), state.set(self.factor, factor * 2)


class WithItsState(equinox.Module):
    """A module that holds the state of another."""

    inner: Decaying
    state: equinox.nn.State

    def __call__(self, x):
        return self.inner(x, self.state)[0]


def made(begin):
    """A module and its state, made as users do: that of 0.5 is float32 and weak, and a product with it float64 here."""
    with jax.enable_x64(False):
        return equinox.nn.make_with_state(Decaying)(begin)


def first(module, state, x):
    return module(x, state)[0]


def closing_over(module, state):
    return lambda x: module(x, state)[0]


GIVEN = {
    "a closure": lambda module, state: {"fn": closing_over(module, state), "in_": "1o"},
    "a partial": lambda module, state: {"fn": functools.partial(first, module, state), "in_": "1o"},
    "a module": lambda module, state: {"fn": WithItsState(module, state), "in_": "1o"},
    "an example": lambda module, state: {
        "fn": lambda x, state: module(x, state)[0],
        "in_": ("1o", None),
        "example": (None, state),
    },
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_a_state_of_equinox_is_new_at_each_call(given):
    module, state = made(0.5)
    asked = given(module, state) | {"out": "1o", "as_plain_arrays": True}
    assert (report := check(**asked, profile="quick")).ok, str(report)
    assert (proof := prove(**asked)).ok, str(proof)
    assert state.get(module.factor) == 0.5  # the given one is not used up


@pytest.mark.parametrize("begin", [3, np.float32(0.5)], ids=str)
def test_a_state_of_equinox_has_one_dtype_in_every_precision(begin):
    assert (report := check(closing_over(*made(begin)), "1o", "1o", profile="quick")).ok, str(report)


def test_a_state_of_equinox_is_moved():
    fn = closing_over(*made(jnp.full(3, 0.5)))
    assert not check(fn, "1o", "1o", profile="quick").ok and not prove(fn, "1o", "1o").ok


class Counting(equinox.Module):
    """Counts its calls, and returns the running mean of a square."""

    calls: equinox.nn.StateIndex
    square: equinox.nn.StateIndex

    def __init__(self):
        self.calls, self.square = equinox.nn.StateIndex(0), equinox.nn.StateIndex(jnp.zeros(16))

    def __call__(self, x, state):
        squares = state.get(self.square)
        state = state.set(self.calls, state.get(self.calls) + 1)
        return x / (1 + jnp.sqrt(squares + 2.0**-8).sum()), state


def test_of_a_state_of_equinox_statistics_are_moved_and_counts_are_not():
    module, state = equinox.nn.make_with_state(Counting)()
    holds = held(state)
    assert holds is not None and len(holds.values) == len(holds.statistics) == 1
    moved = with_parameters(closing_over(module, state))
    assert np.all(moved(jnp.ones(3)) < 1 / (1 + 16 * 2.0**-4)) and np.all(moved(jnp.ones(3)) == moved(jnp.ones(3)))


def normalised(x, is_training):
    lengths = jnp.sqrt(2.0**-8 + jnp.sum(x.reshape(16, 3) ** 2, axis=-1))
    return (haiku.BatchNorm(True, True, 0.9)(lengths[None], is_training)[0][:, None] * x.reshape(16, 3)).ravel()


def test_running_averages_of_haiku_stay_variances():
    transformed = haiku.transform_with_state(normalised)
    params, state = transformed.init(jax.random.key(0), jnp.ones(48), True)  # of a batch of one the variance is zero
    report = check(lambda x: transformed.apply(params, state, None, x, False)[0], "16x1o", "16x1o", profile="quick")
    assert report.ok, str(report)
