"""Chunks of the leading axes give what the whole axes give, in every pattern of who has which axis."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.lowering import chunks, contract
from eqlib.lowering.chunks import merged_axes
from eqlib.plan import transpose
from eqlib.testing.exact.lowerings import computes_its_plan
from tests.plan.examples import mixing, outer


@pytest.fixture
def of_a_few_rows(monkeypatch):
    """Chunks of three rows or so, of what the tests of this file give."""
    monkeypatch.setattr(chunks, "threads", lambda: 1)
    monkeypatch.setattr(chunks, "BYTES_PER_THREAD", 2**10)
    jax.clear_caches()
    yield
    jax.clear_caches()


def has_loop(plan, shapes):
    f = functools.partial(contract, plan)
    arrays = [jnp.ones((*shape, size)) for shape, size in zip(shapes, plan.sizes, strict=False)]
    return "while" in jax.jit(f).lower(*arrays).as_text()


# Seven and eleven rows leave a remainder in every chunk of more than one.
@pytest.mark.parametrize(
    "plan, leading",
    [
        (outer(), [(7,), (7,), (7,)]),
        (outer(), [(7,), (1,), (7,)]),
        (outer(), [(2, 7), (2, 1), (2, 7)]),
        (transpose(outer(), 1), [(7,), (7,), (1,)]),
        (transpose(outer(), 1), [(11, 2), (11, 2), (1, 2)]),
        (transpose(mixing(), 0), [(1,), (11,), (11,)]),
        (transpose(mixing((8, 8), 8), 0), [(32,), (32,), (1,)]),
    ],
)
def test_chunks_compute_the_plan_exactly(of_a_few_rows, plan, leading):
    assert has_loop(plan, leading[:-1])
    assert computes_its_plan(plan, None, leading)


def test_repeated_rows_are_written_twice_and_added_once(of_a_few_rows):
    """Ones that are summed over 11 rows, in chunks that overlap, are 11."""
    plan = transpose(mixing(), 0)
    cotangent, x = (jnp.ones((11, size)) for size in plan.sizes[:-1])
    per_row = contract(plan, cotangent[:1], x[:1])
    f = jax.jit(jax.grad(lambda w: jnp.sum(contract(mixing(), w, x))))
    np.testing.assert_allclose(f(jnp.ones(mixing().sizes[0])), 11 * per_row[0], rtol=1e-14)


def test_sixteen_bits_are_summed_in_thirty_two_over_all_chunks(of_a_few_rows):
    """Of 2^10 ones in bfloat16, of 8 bits, a sum in bfloat16 would be 256."""
    plan = mixing()
    x = jnp.ones((2**10, plan.sizes[1]), jnp.bfloat16)
    f = jax.jit(jax.grad(lambda w: jnp.sum(contract(plan, w, x).astype(jnp.float32))))
    got = f(jnp.zeros(plan.sizes[0], jnp.bfloat16))
    want = jax.grad(lambda w: jnp.sum(contract(plan, w, x[:1].astype(jnp.float32))))(jnp.zeros(plan.sizes[0]))
    np.testing.assert_allclose(got.astype(np.float64), 2**10 * want, rtol=2.0**-8)


def test_what_is_not_finite_stays_where_it_is(of_a_few_rows):
    plan = outer()
    x, y = (jnp.ones((11, size)) for size in plan.sizes[:-1])
    z = jax.jit(functools.partial(contract, plan))(x.at[0, 0].set(jnp.nan), y)
    assert jnp.isnan(z[0]).any() and jnp.isfinite(z[1:]).all()


def test_temporary_memory_does_not_grow_with_the_rows():
    """What a chunk reads and writes is all that there is besides inputs and output."""
    plan = outer("32x0e + 32x1o", "0e + 1o")

    def temporary(rows):
        inputs = [jnp.ones((rows, size), jnp.float32) for size in plan.sizes[:-1]]
        compiled = jax.jit(functools.partial(contract, plan)).lower(*inputs).compile()
        return compiled.memory_analysis().temp_size_in_bytes

    few = 4 * chunks.BYTES_PER_THREAD * chunks.threads() // sum(plan.sizes)
    assert temporary(16 * few) <= 1.5 * temporary(4 * few)


@pytest.mark.parametrize(
    "leading, merged",
    [
        ([(2, 3), (2, 3), (2, 3)], [(6,), (6,), (6,)]),
        ([(2, 3), (1, 3), (2, 3)], [(2, 3), (1, 3), (2, 3)]),
        ([(2, 3, 5), (1, 1, 5), (2, 3, 5)], [(6, 5), (1, 5), (6, 5)]),
        ([(2, 1, 3), (2, 1, 3), (1, 1, 1)], [(6,), (6,), (1,)]),
        ([(1, 1), (1, 1), (1, 1)], [(), (), ()]),
        ([(0, 3), (0, 3), (0, 3)], [(0,), (0,), (0,)]),
    ],
)
def test_neighbouring_axes_that_the_same_operands_have_are_one(leading, merged):
    inputs, out = merged_axes([jnp.ones((*shape, 4)) for shape in leading[:-1]], leading[-1])
    assert [x.shape[:-1] for x in inputs] + [out] == merged
