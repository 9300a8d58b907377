"""Digits that float32 loses for no reason are told, and what the inputs do not determine is no reason to tell."""

import jax
import jax.numpy as jnp
from flax import linen

from eqlib.testing import check


def notes(f):
    report = check(f, "3x1o", "3x0e", profile="quick", differentiable=False)
    assert report.ok, report
    return [note for note in report.notes if "digits" in note]


def test_a_square_by_cancellation_is_told():
    def square(x):
        vectors = x.array.reshape(3, 3)
        large = jnp.full(3, 1e3, vectors.dtype)
        return jnp.sum((vectors + large) ** 2, -1) - 2 * vectors @ large - large @ large

    (note,) = notes(square)
    assert note.startswith("in float32, 3x0e loses ") and "small difference of large numbers" in note


def test_a_difference_that_is_small_by_nature_is_not():
    """The inputs, rounded, give another difference: no algorithm can know better."""

    def difference(x):
        squares = jnp.sum(x.array.reshape(3, 3) ** 2, -1)
        return jnp.sin(1e3 * squares)

    assert not notes(difference)


def test_random_numbers_are_others_in_float32_and_no_digits_are_lost():
    """A key gives other numbers in each dtype: of a dropout, another mask."""

    def dropped(x):
        kept = jax.random.bernoulli(jax.random.key(0), 0.5, (3, 1))
        return jnp.sum((kept * x.array.reshape(3, 3)) ** 2 + jax.random.normal(jax.random.key(1), ()), -1)

    assert not notes(dropped)


class Normalised(linen.Module):
    """Whose parameters and statistics are of float32."""

    @linen.compact
    def __call__(self, x):
        return linen.LayerNorm()(linen.Dense(8)(jnp.sum(x.array.reshape(3, 3) ** 2, -1)))[:3]


def test_parameters_of_float32_lose_none():
    assert not notes(Normalised())
