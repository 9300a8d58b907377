"""linear with weights from a table: what an index may be, what it refuses, and what it costs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import LayoutError, linear, normal
from tests.ops.linear_weights import weights_of


@pytest.mark.parametrize("dtype", [jnp.uint8, jnp.uint32, jnp.int64])
@pytest.mark.parametrize("samples", [1, 50])
def test_an_index_may_be_of_any_integer_type(dtype, samples):
    """DEFECTS B23: e3nn-jax refuses unsigned indices. Entry by entry, the table is what the samples get."""
    irreps_in, irreps_out = "9x0e+1o", "2x0e+1o"
    table = weights_of(irreps_in, irreps_out, (4,))
    x = normal(irreps_in, jax.random.key(0), (samples,), dtype=jnp.float64)
    index = jnp.arange(samples, dtype=dtype) % jnp.asarray(4, dtype)
    want = [
        linear(x[n], {name: w[int(index[n])] for name, w in table.items()}, irreps_out).array for n in range(samples)
    ]
    got = jax.jit(lambda x, index: linear(x, table, irreps_out, index=index))(x, index)
    np.testing.assert_allclose(got.array, jnp.stack(want), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("samples", [1, 50])
def test_an_index_out_of_range_is_refused_where_it_is_known_and_nan_elsewhere(samples):
    table = weights_of("9x0e", "2x0e", (4,))
    x = normal("9x0e", jax.random.key(0), (samples,), dtype=jnp.float64)
    for wrong in (4, -5):
        with pytest.raises(LayoutError) as raised:
            linear(x, table, "2x0e", index=jnp.full(samples, wrong))
        assert str(raised.value) == (
            f"index has the value {wrong}, and must be in [-4, 4).\n"
            "  The first axis of the weights has one entry per index."
        )
        index = jnp.zeros(samples, int).at[0].set(wrong)
        got = jax.jit(lambda index: linear(x, table, "2x0e", index=index).array)(index)
        assert np.isnan(got[0]).all() and np.isfinite(got[1:]).all()
    last = linear(x, {name: w[3] for name, w in table.items()}, "2x0e")
    np.testing.assert_allclose(linear(x, table, "2x0e", index=jnp.full(samples, -1)).array, last.array, rtol=1e-13)


def test_indexed_weights_are_not_copied_for_every_sample():
    """A few entries, many samples: neither the map nor its gradient holds an array of samples times weights."""
    irreps, samples = "64x0e", 64
    table = {name: w.astype(jnp.float32) for name, w in weights_of(irreps, irreps, (4,)).items()}
    x = normal(irreps, jax.random.key(0), (samples,))
    index = jnp.arange(samples) % 4

    def loss(table, x):
        return jnp.sum(linear(x, table, irreps, index=index).array ** 2)

    compiled = jax.jit(jax.grad(loss, argnums=(0, 1))).lower(table, x).compile()
    per_sample = samples * 64 * 64 * 4  # bytes of the weights, were each sample to have its own
    assert compiled.memory_analysis().temp_size_in_bytes < per_sample
