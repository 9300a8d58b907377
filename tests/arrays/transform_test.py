"""The action of O(3): a group action, the same for every way to write a rotation, batched, precise in every dtype."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray

IRREPS = "0e + 0o + 2x1o + 1e + 2o + 3o"
ANGLES = np.array([[0.3, -1.2], [1.1, 2.0], [-2.0, 0.1]])


def test_group_action():
    x = eqlib.normal(IRREPS, jax.random.key(0), (2,))
    R, S = eqlib.o3.matrix_from_angles(*ANGLES), -eqlib.o3.matrix_from_angles(*ANGLES[::-1])
    np.testing.assert_allclose(
        x.transform_by_matrix(S).transform_by_matrix(R).array, x.transform_by_matrix(R @ S).array, atol=1e-12
    )
    np.testing.assert_allclose(x.transform_by_matrix(np.eye(3)).array, x.array, atol=1e-15)


def test_the_array_is_multiplied_by_the_matrix_of_its_irreps():
    x = eqlib.normal(IRREPS, jax.random.key(0), (2,))
    D = x.irreps.D_from_angles(*ANGLES, 1)
    y = x.transform_by_angles(*ANGLES, 1)
    np.testing.assert_allclose(y.array, jnp.einsum("bij,bj->bi", D, x.array), atol=1e-12)
    np.testing.assert_allclose(y.transform_by_angles(*ANGLES, 1, inverse=True).array, x.array, atol=1e-12)


def test_every_way_to_write_a_rotation():
    x, axis, angle, k = eqlib.normal(IRREPS, jax.random.key(0)), np.array([0.6, 0.0, -0.8]), 0.7, np.array([0, 1])
    q = np.array([np.cos(angle / 2), *(np.sin(angle / 2) * axis)])
    R = eqlib.o3.matrix_from_axis_angle(axis, angle)
    expected = np.stack([x.transform_by_matrix(R).array, x.transform_by_matrix(-R).array])
    for y in (
        x.transform_by_axis_angle(axis, angle, k),
        x.transform_by_axis_angle(3 * axis, angle, k),
        x.transform_by_quaternion(q, k),
        x.transform_by_log_coordinates(angle * axis, k),
    ):
        np.testing.assert_allclose(y.array, expected, atol=1e-12)


def test_half_turns_and_small_rotations_are_not_lost():
    x = IrrepsArray("1o", jnp.array([1.0, 2.0, 3.0]))
    half_turn = x.transform_by_log_coordinates(jnp.array([0.0, 0.0, np.pi]))
    np.testing.assert_allclose(half_turn.array, [-1, -2, 3], atol=1e-15)
    small = x.transform_by_quaternion(jnp.array([1.0, 0.0, 0.5e-9, 0.0]))
    # The difference of numbers up to 3 has a rounding of 4 eps.
    np.testing.assert_allclose(small.array - x.array, [3e-9, 0, -1e-9], rtol=0, atol=4 * np.finfo(float).eps)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16, jnp.float16, jnp.float64, jnp.complex64], ids=str)
def test_dtype_and_precision(dtype):
    x = eqlib.normal(IRREPS, jax.random.key(0), dtype=jnp.float64).astype(dtype)
    y = x.transform_by_angles(0.3, 1.1, -2.0)
    assert y.dtype == dtype
    exact = x.astype(jnp.promote_types(dtype, jnp.float64)).transform_by_angles(0.3, 1.1, -2.0)
    np.testing.assert_allclose(y.array.astype(exact.dtype), exact.array, atol=10 * float(jnp.finfo(dtype).eps))


def test_matrix_products_run_at_full_precision():
    x, R = eqlib.normal(IRREPS, jax.random.key(0), (4,)), jnp.eye(3)
    jaxpr = str(jax.make_jaxpr(lambda x, R: x.transform_by_matrix(R).array)(x, R))
    assert jaxpr.count("dot_general") > 0
    assert jaxpr.count("dot_general") == jaxpr.count("precision=(Precision.HIGHEST, Precision.HIGHEST)")


def test_derivative_of_a_rotation_is_the_generator():
    x = eqlib.normal("1o + 2o", jax.random.key(0))
    slope = jax.jit(jax.jacfwd(lambda w: x.transform_by_log_coordinates(w).array))(jnp.zeros(3))
    np.testing.assert_allclose(slope, jnp.einsum("aij,j->ia", x.irreps.generators(), x.array), atol=1e-12)
