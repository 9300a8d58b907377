"""Every function under jit, vmap, scan, broadcasting, empty batches and every dtype."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import rotation
from tests.rotation.samples import FUNCTIONS, IDENTITIES, RANDOM, arguments, as_tuple, call, parameters, trailing_ndim


def assert_all_close(outputs, expected, atol=1e-14):
    for output, value in zip(outputs, expected, strict=True):
        assert output.shape == value.shape
        assert output.dtype == value.dtype
        np.testing.assert_allclose(output, value, rtol=0, atol=atol)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jit_vmap_and_scan_change_nothing(name):
    inputs = arguments(name, (3,))
    function = getattr(rotation, name)

    @jax.jit
    def transformed(*inputs):
        _, scanned = jax.lax.scan(lambda carry, xs: (carry, function(*xs)), 0, inputs)
        return as_tuple(jax.vmap(function)(*inputs)), as_tuple(scanned)

    for outputs in transformed(*inputs):
        assert_all_close(outputs, call(name, *inputs))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_leading_axes_broadcast(name):
    """A batch of the first argument with single ones of the others; and a batch of no rotation at all."""
    first, *others = arguments(name, (3,))
    expected = call(name, first, *(jnp.broadcast_to(x[1], x.shape) for x in others))
    assert_all_close(call(name, first, *(x[1] for x in others)), expected)
    assert_all_close(call(name, first[:0], *(x[1] for x in others)), [x[:0] for x in expected])


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_dtype_is_kept(name, dtype):
    inputs = arguments(name, (3,))
    outputs = call(name, *(x.astype(dtype) for x in inputs))
    for output, value in zip(outputs, call(name, *inputs), strict=True):
        assert output.dtype == dtype
        turns = np.abs(np.asarray(output, np.float64) - value)
        assert np.max(np.minimum(turns, np.abs(turns - 2 * np.pi))) < 40 * float(jnp.finfo(dtype).eps)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numpy_arrays_give_jax_arrays(name):
    inputs = arguments(name, (2,))
    outputs = call(name, *map(np.asarray, inputs))
    assert all(isinstance(output, jax.Array) for output in outputs)
    assert_all_close(outputs, call(name, *inputs), atol=0)


def test_integers_become_floats():
    """A4: a rotation given by integers is not truncated to the identity."""
    np.testing.assert_allclose(rotation.matrix_x(1)[1, 1], np.cos(1.0), rtol=1e-15)
    assert rotation.quaternion_to_matrix(jnp.array([1, 0, 0, 1])).dtype == jnp.float64
    np.testing.assert_array_equal(
        rotation.quaternion_to_matrix(jnp.array([1, 0, 0, 1])), [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    )
    np.testing.assert_allclose(rotation.axis_angle_to_quaternion(jnp.array([0, 2, 0]), 1)[0], np.cos(0.5))


def test_python_numbers_take_the_dtype_of_the_arrays():
    alpha = jnp.ones(2, jnp.float32)
    assert rotation.angles_to_matrix(alpha, 0.5, 1).dtype == jnp.float32
    assert rotation.axis_angle_to_quaternion(jnp.ones(3, jnp.float32), 0.5).dtype == jnp.float32


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_product_of_matrices(name):
    """Nothing for a GPU to round to TF32: no function has a dot product in it."""
    assert "dot_general" not in str(jax.make_jaxpr(getattr(rotation, name))(*arguments(name, (2,))))


@pytest.mark.parametrize("name", RANDOM)
def test_random_shapes_dtypes_and_keys(name):
    function = getattr(rotation, name)
    old, new = as_tuple(function(jax.random.PRNGKey(3), (2, 3))), as_tuple(function(jax.random.key(3), (2, 3)))
    assert_all_close(old, new, atol=0)
    assert all(x.dtype == jnp.float32 and x.shape[:2] == (2, 3) for x in new)
    single = jax.jit(lambda key: function(key, dtype=jnp.float64))(jax.random.key(3))
    assert all(x.dtype == jnp.float64 and x.shape == y.shape[2:] for x, y in zip(as_tuple(single), new, strict=True))


@pytest.mark.parametrize("name", IDENTITIES)
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_identity_shapes_and_dtypes(name, dtype):
    for x in as_tuple(getattr(rotation, name)((2, 3), dtype)):
        assert x.dtype == dtype
        assert x.shape[:2] == (2, 3)


def test_the_samples_cover_every_function():
    assert {*FUNCTIONS, *RANDOM, *IDENTITIES} == set(rotation.__all__)
    assert len(rotation.__all__) == 45
    for name in FUNCTIONS:
        ndims = [trailing_ndim(parameter) for parameter in parameters(name)]
        assert [x.ndim for x in arguments(name, (1, 1))] == [2 + ndim for ndim in ndims]
