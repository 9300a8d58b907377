"""Bounds through loops and branches are those of the same computation written out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing.rounding import with_rounding

X = jnp.array([0.5, -1.25, 2.0])


def step(x):
    return x + 0.1 * x * jnp.sum(x * x)


def written_out(x):
    return step(step(step(x)))


LOOPS = {
    "fori_loop": lambda x: jax.lax.fori_loop(0, 3, lambda _, y: step(y), x),
    "scan": lambda x: jax.lax.scan(lambda y, _: (step(y), None), x, length=3)[0],
    "scan of outputs": lambda x: jax.lax.scan(lambda y, _: (step(y), step(y)), x, length=3)[1][-1],
    "while_loop": lambda x: jax.lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, step(c[1])), (0, x))[1],
    "cond": lambda x: jax.lax.cond(x[0] > 0, written_out, lambda y: y, x),
    "switch": lambda x: jax.lax.switch(1, [lambda y: y, written_out], x),
    "a reversed scan": lambda x: jax.lax.scan(lambda y, f: (step(y) * f, None), x, jnp.ones(3), reverse=True)[0],
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_has_the_bound_of_what_it_does(name):
    eps = 2.0**-20
    value, bound = jax.jit(lambda x: with_rounding(LOOPS[name], [x], [1e-3 * jnp.ones(3)], eps))(X)
    want, wanted = with_rounding(written_out, [X], [1e-3 * jnp.ones(3)], eps)
    np.testing.assert_allclose(value, want, rtol=1e-14)
    # A factor of one is rounded like any other: three roundings more, of some 40.
    np.testing.assert_allclose(bound, wanted, rtol=1e-13 if name != "a reversed scan" else 0.1)
    assert np.all(np.asarray(bound) > 0)


def test_a_function_that_stops_at_nothing_is_named():
    with pytest.raises(
        NotImplementedError,
        match=r"there is no rule for the rounding of svd, at tests/testing/rounding_control_test.py",
    ):
        with_rounding(lambda x: jnp.linalg.svd(jnp.outer(x, x))[0], [X], [X * 0], 1e-7)


def over_three(x):
    return 3.0 * x


def of_either(x, index):
    """Twice x, or three times, by an index that is made of s > 0, where s cancels."""
    s = x[0] * 3.0 - x[0] - x[0] - x[0]
    return jax.lax.switch(index(s), [lambda y: 2.0 * y, over_three, over_three], x)


INDICES = {
    "a truth value": lambda s: (s > 0).astype(int),
    "a sum of truth values": lambda s: (s > 0).astype(int) + (s > 1.0),
    "a count": lambda s: jnp.sum(jnp.stack([s, s]) > 0),
    "what is selected": lambda s: jnp.where(s > 0, 2, 0),
    "the other way round": lambda s: 1 - (s <= 0),
}


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
def test_either_branch_is_bounded_where_rounding_may_turn_the_index(index):
    value, bound = jax.jit(lambda x: with_rounding(lambda x: of_either(x, index), [x], [x * 0], 1e-7))(X)
    np.testing.assert_array_equal(value, 2.0 * X)
    assert np.all(bound >= np.abs(X)) and np.all(bound < 1.001 * np.abs(X))


def test_a_branch_that_rounding_cannot_turn_is_bounded_alone():
    decided = lambda x: jax.lax.cond(x[0] > 0.1, lambda y: 2.0 * y, over_three, x)  # noqa: E731
    _, bound = with_rounding(decided, [X], [X * 0], 1e-7)
    assert np.all(bound < 1e-6)


def test_what_a_branch_returns_beside_numbers_is_kept():
    """A whole number, a truth value, a key, and what is infinite in either branch."""
    arms = [lambda y: (1, y[0] > 0, jax.random.key(3), y / 0.0, y)] * 2

    def tree(x):
        return jax.lax.cond(x[0] * 3.0 - x[0] - x[0] - x[0] > 0, *arms, x)

    def numbers(x):
        count, sign, key, infinite, y = tree(x)
        return y + count + sign + jax.random.normal(key, ()) + jnp.where(jnp.isinf(infinite), 0.0, infinite)

    value, bound = with_rounding(numbers, [X], [X * 0], 1e-7)
    np.testing.assert_allclose(value, numbers(X), rtol=1e-15)
    assert np.all(np.isfinite(bound))


def test_what_a_table_has_at_another_index_is_within_the_bound():
    """As of a where, of which rounding may turn the condition; and where it may not, there is no error."""
    rows = jnp.arange(6.0).reshape(2, 3)
    table = lambda c: lambda x: rows[(x[0] * 3.0 - x[0] - x[0] - x[0] > c).astype(int)] * x  # noqa: E731
    value, bound = with_rounding(table(0.0), [X], [X * 0], 1e-7)
    np.testing.assert_array_equal(value, table(0.0)(X))
    assert np.all(np.abs(rows[1] * X - rows[0] * X) <= bound) and np.all(bound <= 2.5 * np.max(rows) * np.abs(X))
    assert np.all(with_rounding(table(1.0), [X], [X * 0], 1e-7)[1] < 1e-6)
