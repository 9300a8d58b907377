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
