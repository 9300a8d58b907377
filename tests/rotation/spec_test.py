"""Every function of eqlib.rotation gives, sample by sample, what its definition in spec/rotation/ gives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.rotation
from eqlib import rotation
from tests.rotation.samples import FUNCTIONS, IDENTITIES, RANDOM, arguments, as_tuple, call

# Arguments are of size 3, and what is worst in the definitions, an exponential squared three times, rounds by 8 eps.
ROUNDING = 32 * np.finfo(float).eps


@pytest.mark.parametrize("name", FUNCTIONS)
def test_agrees_with_its_definition(name):
    inputs = arguments(name, (2, 4))
    outputs = call(name, *inputs)
    for index in np.ndindex(2, 4):
        expected = as_tuple(getattr(spec.rotation, name)(*(np.asarray(x[index]) for x in inputs)))
        for output, value in zip(outputs, expected, strict=True):
            np.testing.assert_allclose(output[index], value, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("name", RANDOM)
def test_random_rotations_follow_from_three_uniform_numbers(name):
    key = jax.random.key(5)
    outputs = as_tuple(getattr(rotation, name)(key, (6,), jnp.float64))
    uniform = np.asarray(jax.random.uniform(key, (3, 6), jnp.float64))
    for i in range(6):
        expected = as_tuple(getattr(spec.rotation, name)(*uniform[:, i]))
        for output, value in zip(outputs, expected, strict=True):
            np.testing.assert_allclose(output[i], value, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("name", IDENTITIES)
def test_identity_agrees_with_its_definition(name):
    for output, value in zip(
        as_tuple(getattr(rotation, name)((2, 1))), as_tuple(getattr(spec.rotation, name)()), strict=True
    ):
        assert output.dtype == jnp.float32
        np.testing.assert_array_equal(output, np.broadcast_to(value, (2, 1, *np.shape(value))))


def test_the_poles_and_the_origin_have_azimuth_zero():
    for point in np.array([[0, 1, 0], [0, -1, 0], [0, 0, 0], [0, 2, 0]], float):
        np.testing.assert_array_equal(jnp.stack(rotation.xyz_to_angles(point)), spec.rotation.xyz_to_angles(point))


def test_every_function_is_defined_and_has_laws():
    assert set(spec.rotation.LAWS) == set(rotation.__all__)
