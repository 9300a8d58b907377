"""The operators are those of a vector space and of its scalars, they keep dtypes, and every one is equivariant."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray

IRREPS = "2x0e + 0o + 2x1o + 1e + 2e"
WEIGHTS = jnp.arange(1.0, 8.0)


def close(x, y):
    assert x.irreps == y.irreps
    np.testing.assert_allclose(x.array, y.array, atol=1e-12)


def rotations():
    """A rotation, an inversion and both."""
    R = eqlib.o3.matrix_from_angles(0.3, 1.1, -2.0)
    return R, -np.eye(3), -R


def xy(irreps=IRREPS, *leading_shape):
    keys = jax.random.split(jax.random.key(0))
    return [eqlib.normal(irreps, key, leading_shape) for key in keys]


EQUIVARIANT = {
    "x + y": lambda x, y: x + y,
    "x - y": lambda x, y: x - y,
    "-x": lambda x, y: -x,
    "2 x": lambda x, y: 2 * x,
    "x / 3": lambda x, y: x / 3,
    "x * weights": lambda x, y: x * WEIGHTS,
    "weights * x": lambda x, y: np.asarray(WEIGHTS) * x,
    "x / weights": lambda x, y: x / WEIGHTS,
    "x * scalars": lambda x, y: x * IrrepsArray("3x0e + 4x0e", WEIGHTS),
    "x / scalars": lambda x, y: x / IrrepsArray("7x0e", WEIGHTS),
    "x == y": lambda x, y: x == y,
    "x == x + 0": lambda x, y: x == x + 0,
    "x == 0": lambda x, y: x == 0,
    "x != y": lambda x, y: x != y,
    "(0o) ** 2": lambda x, y: x["0o"] ** 2,
    "(0o) ** 3": lambda x, y: x["0o"] ** 3,
    "1 / (0o)": lambda x, y: 1 / x["0o"],
    "1 + (0e)": lambda x, y: 1 + x["2x0e"],
    "(0o) * (2e)": lambda x, y: x["0o"] * y["2e"],
    "(0o) / (0o)": lambda x, y: x["0o"] / y["0o"],
    "where": lambda x, y: eqlib.where(np.arange(7) % 2 == 0, x, y),
    "sum": lambda x, y: eqlib.sum(x),
    "mean": lambda x, y: eqlib.mean(x),
    "filter": lambda x, y: x.filter(lmax=1),
    "regroup": lambda x, y: eqlib.concatenate([x, y]).regroup(),
    "update": lambda x, y: x.at[..., "2e"].set(y["2e"]),
    "repeat": lambda x, y: x.repeat(2),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUIVARIANT)
def test_equivariance(name):
    f, (x, y) = EQUIVARIANT[name], xy()
    for R in rotations():
        close(f(x.transform_by_matrix(R), y.transform_by_matrix(R)), f(x, y).transform_by_matrix(R))


def test_vector_space():
    (x, y), a, b = xy(IRREPS, 3), 2.0, -0.5
    close(x + y, y + x)
    close((x + y) - y, x)
    close(a * (x + y), a * x + a * y)
    close((a + b) * x, a * x + b * x)
    close(x + (-x), eqlib.zeros_like(x))
    close(sum([x, y]), x + y)


def test_scalars_multiply_from_both_sides_and_parities_multiply():
    x, s = IrrepsArray("1o + 1e", jnp.arange(6.0)), IrrepsArray("0o + 0e", jnp.array([2.0, 3.0]))
    close(x * s, IrrepsArray("1e + 1e", jnp.array([0.0, 2, 4, 9, 12, 15])))
    close(s * x, x * s)
    close((x * s) / s, x)


def test_products_go_copy_by_copy_whatever_the_segments():
    x, s = IrrepsArray("2x1o", jnp.ones(6)), IrrepsArray("0e + 0o", jnp.array([2.0, 3.0]))
    close(x * s, IrrepsArray("1o + 1e", jnp.array([2.0, 2, 2, 3, 3, 3])))


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64, jnp.bfloat16, jnp.complex64, jnp.int32])
def test_python_numbers_do_not_change_the_dtype(dtype):
    x = eqlib.ones("2x0e", (), dtype)
    for y in (2 * x, x * 2, x + 1, x - 1, 1 - x, x**2, -x, x + x, x * x, x * jnp.ones(2, dtype)):
        assert y.dtype == dtype
    assert (x == 1).dtype == bool


def test_integers_are_promoted_where_numbers_are_not_integers():
    x = eqlib.ones("1o", (), jnp.int32)
    np.testing.assert_array_equal((x * 0.5).array, [0.5, 0.5, 0.5])
    np.testing.assert_array_equal((x / 2).array, [0.5, 0.5, 0.5])


def test_numpy_stays_numpy():
    x = IrrepsArray(IRREPS, np.ones((3, 17), np.float32))
    for y in (x + x, 2 * x, x / 2, x * np.ones(7, np.float32), x == x, x[0], x.regroup(), x.reshape(1, 3, -1),
              x.at[0].set(0), x.mul_to_axis(1), x.axis_to_mul(), x.transform_by_angles(1.0, 2.0, 3.0), eqlib.sum(x),
              eqlib.concatenate([x, x]), eqlib.zeros_like(x), x.extend_with_zeros(x.irreps + "0e")):  # fmt: skip
        assert isinstance(y.array, np.ndarray)
        assert y.dtype in (np.float32, bool)


def test_truth_of_an_array_is_that_of_its_one_number():
    x = IrrepsArray("1o", jnp.ones(3))
    assert x == x
    with pytest.raises(ValueError, match="ambiguous"):
        bool(IrrepsArray("2x0e", np.ones(2)) == IrrepsArray("2x0e", np.ones(2)))
