"""What is NumPy's stays NumPy's, in its own dtype, where e3nn-jax keeps it; the numbers are those of JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray

OPS = {
    "norm": lambda x: eqlib.norm(x),
    "norm of all": lambda x: eqlib.norm(x, per_irrep=False),
    "norm squared": lambda x: eqlib.norm(x, squared=True),
    "dot": lambda x: eqlib.dot(x, x[..., ::-1, :]),
    "dot per irrep": lambda x: eqlib.dot(x, x[..., ::-1, :], per_irrep=True),
    "cross": lambda x: eqlib.cross(x.filter("1o + 1e"), x[..., ::-1, :].filter("1o + 1e")),
    "concatenate": lambda x: eqlib.concatenate([x, x]),
    "stack": lambda x: eqlib.stack([x, x]),
    "sum": lambda x: eqlib.sum(x, axis=0),
    "mean": lambda x: eqlib.mean(x, axis=0),
}
TOLERANCE = {"float64": 1e-14, "float32": 1e-6, "complex128": 1e-14, "bfloat16": 2e-2}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", OPS)
def test_numpy_stays_numpy_and_has_the_numbers_of_jax(name, dtype):
    x = np.random.default_rng(0).normal(size=(3, 2, 18)).astype(jnp.dtype(dtype))
    x[0, 0] = 0
    x = IrrepsArray("2x0e + 1o + 2x1e + 0x0e + 1o + 2x0o + 2x0e", x)
    got = OPS[name](x)
    want = jax.jit(OPS[name])(IrrepsArray(x.irreps, jnp.asarray(x.array)))
    assert type(got.array) is np.ndarray and got.dtype == want.dtype and got.irreps == want.irreps
    exactly = np.result_type(x.dtype, np.float32)
    close = TOLERANCE[dtype]
    np.testing.assert_allclose(
        got.array.astype(exactly), np.asarray(want.array).astype(exactly), rtol=close, atol=4 * close
    )


@pytest.mark.parametrize("name", OPS)
def test_no_rows_and_integers(name):
    irreps = "2x0e + 1o + 2x1e"
    assert OPS[name](IrrepsArray(irreps, np.zeros((2, 0, 11)))).dtype == np.float64
    of_integers = OPS[name](IrrepsArray(irreps, np.arange(22).reshape(2, 1, 11)))
    of_floats = OPS[name](IrrepsArray(irreps, np.arange(22.0).reshape(2, 1, 11)))
    np.testing.assert_array_equal(of_integers.array, of_floats.array)


def test_float64_of_numpy_loses_no_digit_where_jax_has_float32_alone():
    x = IrrepsArray("1o", np.array([1.0, 1e-9, 0.0]))
    with jax.enable_x64(False):
        found = eqlib.norm(x), eqlib.norm(x, squared=True), eqlib.dot(x, x), eqlib.cross(x, x)
    assert [z.dtype for z in found] == [np.float64] * 4
