"""Parameters are moved away from zeros and ones, and what is no parameter is not."""

import functools

import equinox
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen, nnx

from eqlib.testing import check, prove
from eqlib.testing.held import held
from eqlib.testing.parameters import moved_values, unmoved, with_parameters
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
        table = self.variable("constants", "table", lambda: jnp.ones(3))
        weights = {k: self.param(k, getattr(linen.initializers, k), (2, 3)) for k in ("zeros", "ones")}
        return weights | {
            "mean": mean.value,
            "table": table.value,
            "number": self.param("number", lambda _: jnp.arange(2)),
        }


def test_zeros_and_ones_are_moved_and_other_state_is_not():
    made = with_parameters(Weights())(jnp.ones(3))
    assert np.all(made["zeros"] != 0) and np.all(made["ones"] > 0) and len(np.unique(made["ones"])) == 6
    assert np.all(made["mean"] != 0) and np.all(made["table"] == 1) and np.all(made["number"] == np.arange(2))
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
    assert (
        np.all(mean != 0)
        and np.all(scale != 0)
        and np.all(module.mean[...] == 0)
        and np.array_equal(module.scale[...], np.eye(3))
    )


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


class Split(nnx.Module):
    """A factor of each component, which begins at one, and what calls it otherwise."""

    def __init__(self):
        self.scale = nnx.Param(jnp.ones(3))

    def __call__(self, x):
        return x * self.scale[...]

    def encode(self, x):
        return self(x)


SPLIT, SCALED = Split(), modules.ScaledInEquinox(jnp.ones(3))


def closing_over(module):
    return lambda x: module(x)


class ScaledInLinen(linen.Module):
    @linen.compact
    def __call__(self, x):
        return x * self.param("scale", linen.initializers.ones, (3,))


PARAMS = ScaledInLinen().init(jax.random.key(0), jnp.ones(3))


def applied(params):
    return lambda x: ScaledInLinen().apply(params, x)


def one_of(several):
    return lambda x: several[1](several[0](x))


class Opaque:
    """What holds a module, and is none."""

    def __init__(self):
        self.inner = SPLIT

    def __call__(self, x):
        return self.inner(x)


WRAPPED = {
    "a partial": functools.partial(lambda module, x: module(x), SPLIT),
    "a partial with a keyword": functools.partial(lambda x, module: module(x), module=SPLIT),
    "a partial of the module": functools.partial(SPLIT),
    "a bound method": SPLIT.encode,
    "a bound method of equinox": SCALED.__call__,
    "a closure": closing_over(SPLIT),
    "a closure, of equinox": closing_over(SCALED),
    "a closure over a list": one_of([SCALED, SPLIT]),
    "a closure over parameters of linen": applied(PARAMS),
    "a partial with parameters of linen": functools.partial(ScaledInLinen().apply, PARAMS),
    "a default": lambda x, module=SPLIT: module(x),
    "a default of parameters": lambda x, params=PARAMS: ScaledInLinen().apply(params, x),
}


@pytest.mark.parametrize("fn", WRAPPED.values(), ids=WRAPPED)
def test_modules_inside_of_functions_are_moved(fn):
    report = check(fn, "1o", "1o", profile="quick")
    assert not report.ok and report.verdict.value == "not equivariant", str(report)
    assert np.all(SPLIT.scale[...] == 1) and np.all(SCALED.scale == 1) and np.all(PARAMS["params"]["scale"] == 1)
    assert str(prove(fn, "1o", "1o").verdict) == "refuted"


UNMOVED = {
    "a global name": (lambda x: SPLIT(x), "SPLIT"),
    "a global name of parameters": (lambda x: ScaledInLinen().apply(PARAMS, x), "PARAMS"),
    "a jitted closure": (jax.jit(closing_over(SPLIT)), "module"),
    "an attribute": (Opaque(), "inner"),
    "an attribute of what has the method": (Opaque().__call__, "inner"),
}


@pytest.mark.parametrize(("fn", "name"), UNMOVED.values(), ids=UNMOVED)
def test_what_cannot_be_moved_is_told(fn, name):
    note = f"the parameters of {name} were not moved from the zeros and ones at which they begin, which hide faults: "
    assert any(told.startswith(note) for told in check(fn, "1o", "1o", profile="quick").notes)
    assert any(told.startswith(note) for told in prove(fn, "1o", "1o").notes)


def test_a_function_of_what_is_trained_or_constant_has_no_note():
    layer = nnx.Linear(1, 1, use_bias=False, rngs=nnx.Rngs(0))
    trained = modules.ScaledInEquinox(2.0 * jnp.arange(1.0, 4.0))
    for fn in (jax.jit(lambda x: trained(x)), jax.jit(lambda x: x * jnp.ones(3)), closing_over(layer), jnp.tanh):
        assert unmoved(fn) == ()


class Normalised(linen.Module):
    """Vectors normalised component by component, by running statistics: right until they have run."""

    @linen.compact
    def __call__(self, x):
        return linen.BatchNorm(use_running_average=True, use_bias=False, use_scale=False, epsilon=2.0**-8)(x)


def test_running_statistics_are_moved_by_check_and_by_prove():
    assert not check(Normalised(), "1o", "1o", profile="quick").ok
    assert str(prove(Normalised(), "1o", "1o").verdict) == "refuted"
    assert check(Normalised(), "3x0e", "3x0e", profile="quick").ok and prove(Normalised(), "3x0e", "3x0e").ok


class WithATable(linen.Module):
    """A table that is constant, and in a collection of its own."""

    @linen.compact
    def __call__(self, x):
        return x * self.variable("constants", "metric", lambda: jnp.ones(3)).value


def test_a_table_of_constants_is_left_alone_by_check_and_by_prove():
    assert check(WithATable(), "1o", "1o", profile="quick").ok and prove(WithATable(), "1o", "1o").ok


class BySquaresOfNnx(nnx.Module):
    def __init__(self):
        self.squares, self.bias = nnx.BatchStat(jnp.zeros(16)), nnx.Param(jnp.zeros(16))

    def __call__(self, x):
        return x / (1 + jnp.sqrt(2.0**-8 + self.squares[...]).sum() + self.bias[...].sum() ** 2)


OF_SQUARES = BySquaresOfNnx()
OF_SUMS = [modules.BySquares(), OF_SQUARES, lambda x: OF_SQUARES(x), functools.partial(OF_SQUARES)]


@pytest.mark.parametrize(
    "fn", [modules.BySquares(), OF_SQUARES, lambda x: OF_SQUARES(x), functools.partial(OF_SQUARES)]
)
def test_statistics_that_are_sums_of_squares_stay_so(fn):
    assert check(fn, "1o", "1o", profile="quick").ok


def test_statistics_of_both_signs_and_parameters_keep_both():
    held_by = held(OF_SQUARES)
    (bias, squares) = (held_by.values[n] for n in (0, 1))
    assert held_by.statistics == {1} and squares is not bias
    made = with_parameters(BySquaresOfNnx())
    assert np.isfinite(made(jnp.ones(3))).all()
    rng = np.random.default_rng(0)
    zeros, signed = np.zeros(16), np.resize([-1.0, 0.0, 1.0], 16)
    assert np.all(moved_values(zeros, rng, is_statistic=True) > 0) and np.any(moved_values(zeros, rng) < 0)
    moved = moved_values(signed, rng, is_statistic=True)
    assert np.array_equal(np.sign(moved)[signed != 0], signed[signed != 0]) and np.any(moved[signed == 0] < 0)
