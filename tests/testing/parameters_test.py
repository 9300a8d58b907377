"""Parameters are moved away from zeros and ones, and what is no parameter is not."""

import equinox
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen, nnx

from eqlib.testing import check, prove
from eqlib.testing.parameters import held, with_parameters
from tests.meta import modules
from tests.meta.layers import FAULTS, RIGHT

OF_MODULES = {case.name: case for case in (*FAULTS, *RIGHT) if type(case.fn).__module__ == modules.__name__}


@pytest.mark.parametrize("name", OF_MODULES)
def test_prove_takes_parameters_that_are_held_for_unknowns(name):
    case = OF_MODULES[name]
    proof = prove(case.fn, case.in_, case.out, name=name)
    assert str(proof.verdict) == "refuted" if case.found_by else proof.ok, str(proof)


class Weights(linen.Module):
    """What its parameters and its state are."""

    @linen.compact
    def __call__(self, x):
        mean = self.variable("batch_stats", "mean", lambda: jnp.zeros(3))
        weights = {k: self.param(k, getattr(linen.initializers, k), (2, 3)) for k in ("zeros", "ones")}
        return weights | {"mean": mean.value, "number": self.param("number", lambda _: jnp.arange(2))}


def test_zeros_and_ones_are_moved_and_state_is_not():
    made = with_parameters(Weights())(jnp.ones(3))
    assert np.all(made["zeros"] != 0) and np.all(made["ones"] > 0) and len(np.unique(made["ones"])) == 6
    assert np.all(made["mean"] == 0) and np.all(made["number"] == np.arange(2))
    assert np.max(np.abs(made["zeros"])) < 1.5
    again = with_parameters(Weights())(jnp.ones(3))
    assert np.array_equal(made["ones"], again["ones"])


class Statistics(nnx.Module):
    def __init__(self):
        self.mean = nnx.BatchStat(jnp.zeros(3))
        self.scale = nnx.Param(jnp.eye(3))

    def __call__(self, x):
        return self.mean[...], self.scale[...]


def test_a_module_of_nnx_is_copied():
    module = Statistics()
    mean, scale = with_parameters(module)(None)
    assert np.all(mean == 0) and np.all(scale != 0) and np.array_equal(module.scale[...], np.eye(3))


class Arrays(equinox.Module):
    untrained: jax.Array
    trained: jax.Array
    table: np.ndarray
    count: jax.Array

    def __call__(self):
        return self.trained


def test_of_other_pytrees_only_arrays_that_are_not_trained():
    module = Arrays(jnp.zeros(3), jnp.arange(3.0), np.ones(3), jnp.ones(3, int))
    holds = held(module)
    assert holds is not None and holds.guessed == (".untrained",)
    other = with_parameters(module)
    assert np.all(other.untrained != 0) and other.trained is module.trained
    assert other.table is module.table and other.count is module.count


@pytest.mark.parametrize("fn", [jnp.tanh, lambda x: x, jax.jit(jnp.tanh), modules.mixed])
def test_functions_hold_nothing(fn):
    assert held(fn) is None and with_parameters(fn) is fn


def test_what_was_taken_for_a_parameter_is_told_where_it_is_refused():
    module = modules.Summed(jnp.ones(3))
    report = check(module, "1o", "0e", profile="quick")
    assert not report.ok and report.notes[-1] == (
        "all entries are the same in .metric, and were moved, as training does; "
        "hold what is constant as an array of NumPy"
    )
    proof = prove(module, "1o", "0e")
    assert not proof.ok and proof.notes[-1] == report.notes[-1]
    assert (
        check(modules.Crossed(jnp.asarray(modules.EPSILON), jnp.ones(())), ("1o", "1o"), "1e", profile="quick").notes
        == ()
    )
