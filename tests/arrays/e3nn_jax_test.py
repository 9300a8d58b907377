"""IrrepsArray gives the irreps, the order and the numbers of e3nn-jax, wherever e3nn-jax has no defect."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib

e3nn_jax = pytest.importorskip("e3nn_jax")

SEEDS = range(3)


def random_irreps(rng, lmax=3, size=5):
    return [
        (int(rng.integers(1, 3, endpoint=True)), (int(rng.integers(0, lmax, endpoint=True)), int(rng.choice([1, -1]))))
        for _ in range(rng.integers(1, size, endpoint=True))
    ]


def both(irreps, array):
    """The same array for eqlib and for e3nn-jax."""
    return eqlib.IrrepsArray(irreps, array), e3nn_jax.IrrepsArray(irreps, array)


def assert_same(ours, theirs):
    assert str(ours.irreps) == str(theirs.irreps)
    assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours.array, theirs.array, rtol=1e-12, atol=1e-12)
    for chunk, expected in zip(ours.chunks, theirs.chunks, strict=True):
        np.testing.assert_allclose(chunk, 0 if expected is None else expected, rtol=1e-12, atol=1e-12)


# Each takes (e3, x, y): the library, and two arrays [4, 5, irreps] of equal irreps.
# NumPy arrays, since JAX compiles every operation anew for every shape; below are those that e3nn-jax has only in JAX.
OPERATIONS = {
    "negation": lambda e3, x, y: -x,
    "addition": lambda e3, x, y: x + y,
    "addition broadcasts": lambda e3, x, y: x + y[0],
    "addition of zero": lambda e3, x, y: 0 + x + 0,
    "subtraction": lambda e3, x, y: x - y,
    "subtraction from zero": lambda e3, x, y: 0.0 - x,
    "multiplication by a number": lambda e3, x, y: 2.5 * x,
    "multiplication by an array without axes": lambda e3, x, y: x * np.asarray(2.5),
    "multiplication by one factor for each row": lambda e3, x, y: x * np.arange(20.0).reshape(4, 5, 1),
    "multiplication by one factor for each copy": lambda e3, x, y: x * np.arange(1.0, 1 + x.irreps.num_irreps),
    "multiplication by scalars": lambda e3, x, y: x * e3.IrrepsArray(
        [(1, "0o")] + [(x.irreps.num_irreps - 1, "0e")] * (x.irreps.num_irreps > 1),
        np.arange(5.0 * x.irreps.num_irreps).reshape(5, -1),
    ),
    "multiplication of scalars": lambda e3, x, y: e3.IrrepsArray(
        [(x.irreps.num_irreps, "0o")], np.ones(x.irreps.num_irreps)
    ) * x,
    "division by a number": lambda e3, x, y: x / 3,
    "division by one divisor for each copy": lambda e3, x, y: x / np.arange(1.0, 1 + x.irreps.num_irreps),
    "division by scalars": lambda e3, x, y: x / e3.IrrepsArray(
        [(x.irreps.num_irreps, "0o")], np.arange(1.0, 1 + x.irreps.num_irreps)
    ),
    "comparison": lambda e3, x, y: x == y,
    "comparison with itself": lambda e3, x, y: x == x,
    "sort": lambda e3, x, y: x.sort(),
    "regroup": lambda e3, x, y: x.regroup(),
    "simplify": lambda e3, x, y: x.simplify(),
    "unify": lambda e3, x, y: x.unify(),
    "filter keep": lambda e3, x, y: x.filter(keep="0e + 1o + 2x2o"),
    "filter drop": lambda e3, x, y: x.filter(drop=["0e", "1o"]),
    "filter lmax": lambda e3, x, y: x.filter(lmax=1),
    "rechunk": lambda e3, x, y: x.rechunk([(1, ir) for mul, ir in x.irreps for _ in range(mul)]),
    "extend_with_zeros": lambda e3, x, y: x.extend_with_zeros("5x7e" + x.irreps + "2x6o"),
    "first row": lambda e3, x, y: x[0],
    "rows": lambda e3, x, y: x[1:3, ::2],
    "rows by an array": lambda e3, x, y: x[np.array([0, 2, 2])],
    "rows by a mask": lambda e3, x, y: x[np.array([True, False, True, True])],
    "new axis": lambda e3, x, y: x[:, None],
    "first segment": lambda e3, x, y: x[..., : x.irreps[0].dim],
    "after the first copy": lambda e3, x, y: x[..., x.irreps[0].ir.dim :],
    "one entry and segments": lambda e3, x, y: x[2, 3, x.irreps[0].dim :],
    "slice_by_mul": lambda e3, x, y: x.slice_by_mul[1:4],
    "slice_by_dim": lambda e3, x, y: x.slice_by_dim[x.irreps[0].dim :],
    "slice_by_chunk": lambda e3, x, y: x.slice_by_chunk[::2],
    "at set": lambda e3, x, y: x.at[1].set(y[0]),
    "at set zero": lambda e3, x, y: x.at[1:3, 0].set(0),
    "at add": lambda e3, x, y: x.at[np.array([0, 0, 3])].add(y[:3]),
    "reshape": lambda e3, x, y: x.reshape((2, -1, 5, x.irreps.dim)),
    "broadcast_to": lambda e3, x, y: x.broadcast_to((3, 4, 5, -1)),
    "astype": lambda e3, x, y: x.astype(np.float32),
    "mul_to_axis": lambda e3, x, y: e3.concatenate([x, x]).regroup().mul_to_axis(2),
    "axis_to_mul": lambda e3, x, y: x.axis_to_mul(),
    "axis_to_irreps": lambda e3, x, y: x.axis_to_irreps(),
    "transform_by_angles": lambda e3, x, y: x.transform_by_angles(0.3, np.asarray(1.2), -2.0, 1),
    "transform_by_angles inverse": lambda e3, x, y: x.transform_by_angles(0.3, 1.2, -2.0, inverse=True),
    "transform_by_matrix": lambda e3, x, y: x.transform_by_matrix(-e3nn_jax.angles_to_matrix(0.1, 2.0, 3.0)),
    "transform_by_log_coordinates": lambda e3, x, y: x.transform_by_log_coordinates(jnp.array([0.3, -1.0, 2.0]), 1),
    "transform_by_axis_angle": lambda e3, x, y: x.transform_by_axis_angle(jnp.array([0.6, 0.0, -0.8]), 0.7),
    "concatenate": lambda e3, x, y: e3.concatenate([x, y]),
    "concatenate rows": lambda e3, x, y: e3.concatenate([x, y], axis=0),
    "stack": lambda e3, x, y: e3.stack([x, y], axis=1),
    "sum": lambda e3, x, y: e3.sum(x),
    "sum of rows": lambda e3, x, y: e3.sum(x, axis=0, keepdims=True),
    "sum of copies": lambda e3, x, y: e3.sum(x, axis=-1),
    "mean": lambda e3, x, y: e3.mean(x),
    "mean of rows": lambda e3, x, y: e3.mean(x, axis=(0, 1)),
    "where": lambda e3, x, y: e3.where(np.arange(5)[:, None] % 2 == 0, x, y),
    "zeros_like": lambda e3, x, y: e3.zeros_like(x),
    "ones_like": lambda e3, x, y: e3.ones_like(x),
    "from_chunks": lambda e3, x, y: e3.from_chunks(x.irreps, [None, *x.chunks[1:]], (4, 5), x.dtype),
}  # fmt: skip


ONLY_IN_JAX = (
    "at",
    "mul_to_axis",
    "axis_to_mul",
    "transform",
    "addition broadcasts",
    "from_chunks",
    "extend_with_zeros",
)


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation(name):
    is_jax = name.startswith(ONLY_IN_JAX)
    for seed in SEEDS[:1] if is_jax else SEEDS:
        rng = np.random.default_rng(seed)
        irreps = [(2, (1, -1)), (1, (0, -1)), (1, (1, 1))] if is_jax else random_irreps(rng)
        shape = (4, 5, eqlib.Irreps(irreps).dim)
        convert = jnp.asarray if is_jax else np.asarray
        (x, x_), (y, y_) = (both(irreps, convert(rng.normal(size=shape))) for _ in range(2))
        assert_same(OPERATIONS[name](eqlib, x, y), OPERATIONS[name](e3nn_jax, x_, y_))


SCALAR_OPERATIONS = {
    "power": lambda x: x**3,
    "even power": lambda x: x**2,
    "reciprocal": lambda x: 1.0 / x,
}


@pytest.mark.parametrize("name", SCALAR_OPERATIONS)
def test_operation_on_scalars(name):
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        irreps = random_irreps(rng, lmax=0)
        x, x_ = both(irreps, rng.normal(size=(3, eqlib.Irreps(irreps).dim)))
        assert_same(SCALAR_OPERATIONS[name](x), SCALAR_OPERATIONS[name](x_))


def test_operations_on_invariant_scalars():
    x, x_ = both("2x0e + 0e", jnp.array([1.0, 2.0, 3.0]))
    for operation in (lambda x: x + 1.0, lambda x: 1.0 - x, lambda x: x**0.5, lambda x: x == 2.0, lambda x: 2 * x):
        assert_same(operation(x), operation(x_))


@pytest.mark.parametrize(
    "options", [{}, {"normalization": "norm"}, {"normalize": True}, {"dtype": jnp.float32}], ids=str
)
def test_random_numbers(options):
    key = jax.random.PRNGKey(1)
    ours, theirs = (library.normal("2x1o + 2x1e", key, (2, 3), **options) for library in (eqlib, e3nn_jax))
    assert_same(ours, theirs)


def test_printing():
    for irreps, array in (("1o + 2x0e", jnp.arange(5)), ("1o", jnp.ones((2, 3))), ("", jnp.ones((2, 0)))):
        x, x_ = both(irreps, array)
        assert repr(x) == repr(x_)
