"""A function that raises is told by what is wrong with it, and not with the way in which it was tried."""

from typing import Any

import haiku
import jax
import jax.numpy as jnp
import pytest
from flax import linen
from flax.errors import InvalidRngError, ModifyScopeVariableError

import eqlib
from eqlib import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.testing import check
from eqlib.testing.calling import notes_of
from eqlib.testing.profile import QUICK


class Dropped(linen.Module):
    """It wants a key, which a check does not give it."""

    reshaped: Any

    @linen.compact
    def __call__(self, x: Any) -> Any:
        return linen.Dropout(0.5, deterministic=False)(self.reshaped(x)).reshape(-1)


def misnamed(x: Any) -> Any:
    return jnp.sin(x) if x[0] > 0 and undefined else x  # noqa: F821  # pyright: ignore[reportUndefinedVariable]


# What only a plain array lets happen: an IrrepsArray refuses a reshape or an index, or JAX refuses it.
OF_ARRAYS = {
    "a reshape": (Dropped(lambda x: x.reshape(4, 3)), InvalidRngError, "LayoutError: the shape (4, 3) does not fit"),
    "a reshape of jnp": (Dropped(lambda x: jnp.reshape(x, (4, 3))), InvalidRngError, "TypeError: reshape requires"),
    "no value of JAX": (Dropped(lambda x: x), InvalidRngError, "TypeError: Error interpreting argument"),
    "an index": (misnamed, NameError, "IndexError: cannot index 4x1o"),
    "irreps of another layer": (
        lambda x: IrrepsArray("5x1o", jnp.concatenate([x, x])),
        LayoutError,
        "TypeError: ",
    ),
}


@pytest.mark.parametrize(("fn", "error", "note"), OF_ARRAYS.values(), ids=OF_ARRAYS)
def test_what_an_irreps_array_is_refused_for_does_not_hide_what_is_wrong(fn, error, note):
    with pytest.raises(error) as raised:
        check(fn, "4x1o", "4x1o")
    assert any(f"given IrrepsArrays, it raises {note}" in line for line in notes_of(raised.value))


# What is wrong with the irreps is told, though a plain array would fail in another way.
OF_IRREPS = {
    "a sum of other irreps": (lambda x: x + x.filter("0e"), IrrepsError),
    "a sum, also of arrays": (lambda x: IrrepsArray("12x0e", x.array) + x, IrrepsError),
    "an array that does not fit": (lambda x: IrrepsArray("5x1o", x.array), LayoutError),
    "an index of irreps": (lambda x: x.filter("1o")[0], IndexError),
}


@pytest.mark.parametrize(("fn", "error"), OF_IRREPS.values(), ids=OF_IRREPS)
def test_what_is_wrong_with_irreps_is_told(fn, error):
    with pytest.raises(error) as raised:
        check(fn, "4x1o", "4x1o")
    assert any("it raises AttributeError" in line for line in notes_of(raised.value))


class Normalized(linen.Module):
    """It changes its running mean, unless it is told not to."""

    @linen.compact
    def __call__(self, x: Any, train: bool = True) -> Any:
        mean = self.variable("batch_stats", "mean", lambda: jnp.zeros(()))
        if train and not self.is_initializing():
            mean.value = 0.9 * mean.value + 0.1 * eqlib.norm(x).array.mean()
        return (1.0 + mean.value) * x


def with_state(x: Any) -> Any:
    return haiku.get_state("scale", [], init=jnp.ones) * x


def test_a_module_that_changes_its_variables_is_told_how_to_be_checked():
    module = Normalized()
    with pytest.raises(ModifyScopeVariableError) as raised:
        check(module, "4x1o")
    assert any("module.apply(variables, x, train=False)" in line for line in notes_of(raised.value))
    variables = module.init(jax.random.key(0), eqlib.zeros("4x1o"))
    assert check(lambda x: module.apply(variables, x, train=False), "4x1o", profile=QUICK).ok


def test_a_module_that_draws_is_told_how_to_be_given_a_key():
    with pytest.raises(InvalidRngError) as raised:
        check(Dropped(lambda x: x.array), "4x1o", "4x1o")
    assert any('rngs={"dropout": jax.random.key(0)}' in line for line in notes_of(raised.value))
    with pytest.raises(ValueError, match="You must pass a non-None PRNGKey") as raised:
        check(haiku.transform(lambda x: x * haiku.dropout(haiku.next_rng_key(), 0.5, jnp.ones(()))), "4x1o")
    assert any("transformed.apply(params, jax.random.key(0), x)" in line for line in notes_of(raised.value))


def test_a_function_with_a_state_is_told_how_to_be_checked():
    transformed = haiku.transform_with_state(with_state)
    with pytest.raises(LayoutError, match=r"transformed\.apply\(params, state, jax\.random\.key\(0\), x\)\[0\]"):
        check(transformed, "4x1o")
    params, state = transformed.init(jax.random.key(0), eqlib.zeros("4x1o"))
    assert check(lambda x: transformed.apply(params, state, jax.random.key(0), x)[0], "4x1o", profile=QUICK).ok


def test_what_is_the_same_in_every_way_is_told_once():
    def fails(x: Any) -> Any:
        raise RuntimeError("out of order")

    with pytest.raises(RuntimeError) as raised:
        check(fails, "1o", "1o")
    assert notes_of(raised.value) == []


def test_what_a_function_of_the_host_raises_is_told_in_its_words():
    def refuses(x: Any) -> Any:
        raise ArithmeticError("no vectors, please")

    def calls_back(x: Any) -> Any:
        return jax.pure_callback(refuses, jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    with pytest.raises(RuntimeError, match="it calls back raises ArithmeticError: no vectors, please"):
        check(calls_back, "1o", "1o", profile=QUICK)


def test_a_function_of_the_host_that_rounds_is_a_matter_of_precision():
    def calls_back(x: Any) -> Any:
        doubled = jax.pure_callback(lambda x: 2 * x, jax.ShapeDtypeStruct(x.shape, jnp.float32), x.astype(jnp.float32))
        return doubled.astype(x.dtype)

    report = check(calls_back, "1o", "1o", as_plain_arrays=True, profile=QUICK)
    assert report.diagnosis is not None and report.diagnosis.fault == "precision"
