"""What e3nn-jax 0.21 gets wrong about irreps and arrays, and eqlib right; the names are those of a list of defects."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import Irrep, Irreps, IrrepsArray


def vector(*values):
    return IrrepsArray("1o", jnp.asarray(values))


def test_A2_power_zero_of_zeros_is_one_for_every_later_operation():
    y = eqlib.zeros("0e") ** 0
    np.testing.assert_array_equal(y.array, [1.0])
    np.testing.assert_array_equal(y.chunks[0], [[1.0]])


def test_A3_axis_to_mul_keeps_batch_and_multiplicity_apart():
    y = IrrepsArray("0e", jnp.arange(6.0).reshape(2, 3, 1)).axis_to_mul(axis=0)
    assert y.irreps == "2x0e"
    np.testing.assert_array_equal(y.array, [[0, 3], [1, 4], [2, 5]])


def test_A4_rotations_of_integer_arrays_are_not_truncated():
    x, axis = vector(1, 0, 0), jnp.array([0.0, 1.0, 0.0])
    R = eqlib.o3.matrix_from_axis_angle(axis, 0.5)
    expected = [np.cos(0.5), 0, -np.sin(0.5)]
    for y in (
        x.transform_by_axis_angle(axis, 0.5),
        x.transform_by_matrix(R),
        x.transform_by_angles(jnp.asarray(0.5), 0, 0),
        x.transform_by_quaternion(jnp.array([np.cos(0.25), 0, np.sin(0.25), 0])),
        x.transform_by_log_coordinates(0.5 * axis),
    ):
        np.testing.assert_allclose(y.array, expected, atol=1e-12)


def test_A20_weights_of_one_change_no_bit():
    x = eqlib.normal("1o", jax.random.key(0), (4,), dtype=jnp.float32)
    for weights in (jnp.ones((4, 1)), np.ones((4, 1)), IrrepsArray("0e", jnp.ones((4, 1), jnp.float32))):
        np.testing.assert_array_equal((x * weights).array, x.array)


def test_A24_inequality_is_the_negation_of_equality():
    assert Irreps("0e") == "0e"
    assert (Irreps("0e") != "0e") is False


def test_A25_a_comparison_is_invariant():
    x = IrrepsArray("0o", jnp.array([1.0]))
    with pytest.raises(eqlib.IrrepsError, match="would not be invariant"):
        _ = x == 1.0
    for y in (x == 0, x == x, x != 0):
        assert y.irreps == "0e" and y.dtype == bool
    assert bool(x != 0) and not bool(x == 0) and bool(-x != 0)


def test_A26_the_mean_of_no_copies_is_not_a_copy():
    y = eqlib.mean(IrrepsArray("0x0e + 1o", jnp.ones(3)))
    assert y.irreps == "0x0e + 1o"
    np.testing.assert_array_equal(y.array, [1.0, 1.0, 1.0])


def test_B5_numpy_on_the_left():
    x = IrrepsArray("1o", jnp.array([[1.0, 2.0, 3.0]]))
    np.testing.assert_array_equal((np.float32(2.0) * x).array, 2 * x.array)
    assert (np.ones((4, 1)) * x).shape == (4, 3)
    np.testing.assert_array_equal(np.asarray(x), x.array)
    np.testing.assert_array_equal((np.float64(1.0) + IrrepsArray("0e", jnp.array([2.0]))).array, [3.0])
    np.testing.assert_array_equal((np.ones(1) - IrrepsArray("0e", np.array([2.0]))).array, [-1.0])
    np.testing.assert_array_equal((jnp.ones(1) / IrrepsArray("0e", np.array([2.0]))).array, [0.5])


@pytest.mark.parametrize("irreps", ["", "0x1o", "0x0e + 0x1o"])
def test_B6_irreps_without_copies_work_everywhere(irreps):
    x = IrrepsArray(irreps, jnp.zeros((4, 0)))
    assert (x * 2.0).irreps == (x / 2.0).irreps == x.irreps
    assert (x + x).shape == (-x).shape == x.reshape(-1, 0).shape == (x == x).shape == (4, 0)
    assert x.mul_to_axis().shape == (4, 1, 0) and x.axis_to_mul().shape == (0,) and x.axis_to_irreps().shape == (0,)
    assert x.sort().irreps.dim == x.regroup().irreps.dim == x[..., 0:].irreps.dim == 0
    assert x.transform_by_matrix(jnp.eye(3)).shape == (4, 0)
    assert eqlib.concatenate([x, x]).shape == (4, 0) and eqlib.stack([x, x]).shape == (2, 4, 0)
    assert eqlib.sum(x, axis=0).shape == (0,) and eqlib.mean(x).irreps == x.irreps
    assert eqlib.normal(irreps, jax.random.key(0), (4,), normalize=True).shape == (4, 0)


def test_B6_weights_beside_a_segment_without_copies():
    x = IrrepsArray("1o + 0x1e", jnp.ones(3))
    assert (x * jnp.array([2.0])).irreps == x.irreps
    np.testing.assert_array_equal((x * jnp.array([2.0])).array, [2.0, 2.0, 2.0])


def test_B7_slices_of_copies_of_zeros_and_slices_of_nothing():
    assert eqlib.zeros("4x0e").slice_by_mul[1:3].irreps == "2x0e"
    assert eqlib.zeros("4x0e").slice_by_mul[3:1].shape == (0,)


def test_B8_sums_of_zeros_broadcast():
    x = eqlib.from_chunks("0e + 1o", [None, jnp.ones((1, 3))], ())
    y = x + eqlib.ones("0e + 1o", (5,))
    assert [chunk.shape for chunk in y.chunks] == [(5, 1, 1), (5, 1, 3)]


def test_B9_a_filter_may_ask_for_the_multiplicity():
    y = IrrepsArray("1x0e + 2x0e", jnp.arange(3.0)).filter(keep=lambda mul_ir: mul_ir.mul > 1)
    assert y.irreps == "2x0e"
    np.testing.assert_array_equal(y.array, [1.0, 2.0])


def test_B10_every_axis_can_be_exchanged_and_the_last_is_refused():
    x = IrrepsArray("0e + 1e", jnp.arange(24.0).reshape(2, 3, 4))
    np.testing.assert_array_equal(x.axis_to_irreps(axis=0).array[1], [4, 5, 6, 7, 16, 17, 18, 19])
    assert IrrepsArray("2x0e", jnp.ones((5, 2))).mul_to_axis(axis=0).shape == (2, 5, 1)
    for call in (x.mul_to_axis, x.axis_to_mul, x.axis_to_irreps):
        with pytest.raises(eqlib.LayoutError, match="last axis is that of the irreps"):
            call(axis=-1)


def test_B12_batches_of_rotations():
    R = eqlib.o3.matrix_from_angles(*np.random.default_rng(0).normal(size=(3, 5)))
    x = eqlib.normal("0e + 2x1o + 2e", jax.random.key(0), (5,))
    assert Irreps("0e + 2x1o").D_from_matrix(R).shape == (5, 7, 7)
    y = x.transform_by_matrix(R)
    for i in range(5):
        np.testing.assert_allclose(y.array[i], x[i].transform_by_matrix(R[i]).array, atol=1e-12)
    assert x.transform_by_matrix(R[:, None]).shape == (5, 5, 12)


def test_B15_numpy_integers_are_integers():
    assert Irreps("0e") * np.int64(2) == Irreps([(np.int64(2), "0e")]) == "2x0e"


def test_B16_irreps_are_unequal_to_what_is_no_irrep():
    assert (Irrep("0e") == None) is False  # noqa: E711
    assert (Irrep("0e") == "foo") is False


def test_B24_numpy_and_jax_arrays_together_give_jax_arrays():
    x, y = IrrepsArray("1o", np.ones((2, 3))), IrrepsArray("1o", jnp.zeros((2, 3)))
    mask = np.array([[True], [False]])
    for z in (eqlib.concatenate([x, y]), eqlib.stack([x, y]), eqlib.where(mask, x, y), x + y, x == y):
        assert isinstance(z.array, jax.Array)


def test_B25_trees_may_hold_anything():
    x = IrrepsArray("1o", jnp.ones((2, 3)))
    assert jax.tree.map(lambda a: a.sum(-1), x).array.shape == (2,)
    leaf = object()
    assert jax.tree.map(lambda _: leaf, x).array is leaf
    assert jax.tree.map(lambda _: None, x).array is None
    assert jax.eval_shape(lambda x: 2 * x, x).array == jax.ShapeDtypeStruct((2, 3), x.dtype)
    components = jax.vmap(lambda x: x.array, in_axes=-1)(x)
    assert components.shape == (3, 2)


def test_B26_bfloat16_stays_bfloat16():
    x = eqlib.normal("1o + 2e", jax.random.key(0), dtype=jnp.bfloat16)
    y = x.transform_by_matrix(jnp.eye(3, dtype=jnp.float32))
    assert y.dtype == jnp.bfloat16
    np.testing.assert_array_equal(y.array, x.array)


def test_a_slice_that_is_as_long_as_a_vector_and_is_none():
    with pytest.raises(IndexError, match="lies inside one 1o"):
        _ = IrrepsArray("2x1o", jnp.arange(6.0))[1:4]


def test_a_new_axis_beside_an_index_does_not_hide_the_axis_of_the_irreps():
    assert IrrepsArray("0e + 1o", jnp.ones((2, 4)))[None, 0].shape == (1, 4)


def test_inequality_of_arrays_compares_their_values():
    x = IrrepsArray("0e + 1o", jnp.arange(4.0))
    np.testing.assert_array_equal((x != x).array, [False, False])
    np.testing.assert_array_equal((x != x + x).array, [False, True])
