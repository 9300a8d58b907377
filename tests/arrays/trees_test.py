"""IrrepsArray under the transformations of JAX, its construction, its printing, and the names it had."""

import copy
import pickle

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import Irrep, Irreps, IrrepsArray, MulIrrep

X = IrrepsArray("2x0e + 1o", jnp.arange(10.0).reshape(2, 5))


def test_transformations():
    f = lambda x: 2 * x + x  # noqa: E731
    assert jax.jit(f)(X).irreps == jax.vmap(f)(X).irreps == X.irreps
    np.testing.assert_array_equal(jax.jit(f)(X).array, 3 * X.array)
    np.testing.assert_array_equal(jax.vmap(f, in_axes=0, out_axes=1)(X[:, None]).array, 3 * X.array[None])
    gradient = jax.grad(lambda x: (x.array**2).sum())(X)
    assert gradient.irreps == X.irreps
    np.testing.assert_array_equal(gradient.array, 2 * X.array)
    final, steps = jax.lax.scan(lambda total, x: (total + x, total), eqlib.zeros(X.irreps, ()), X)
    assert final.irreps == steps.irreps == X.irreps and steps.shape == (2, 5)
    np.testing.assert_array_equal(final.array, X.array.sum(0))
    primal, tangent = jax.jvp(f, (X,), (X,))
    np.testing.assert_array_equal(primal.array, tangent.array)


def test_irreps_have_no_leaves_and_are_static():
    for irreps in (Irrep("1o"), MulIrrep(2, "1o"), Irreps("2x0e + 1o")):
        assert jax.tree.leaves(irreps) == []
        assert jax.tree.map(lambda a: a, irreps) == irreps
        assert jax.jit(lambda irreps: irreps)(irreps) == irreps
    with pytest.raises(ValueError, match="different pytree metadata"):
        jax.tree.map(lambda a, b: a, X, IrrepsArray("5x0e", X.array))


def test_the_path_of_the_leaf_is_the_name_of_the_attribute():
    assert jax.tree_util.keystr(jax.tree_util.tree_flatten_with_path(X)[0][0][0]) == ".array"


def test_printing_of_traced_arrays():
    texts = []
    jax.jit(lambda x: texts.append(repr(x)) or x)(X)
    assert texts[0].startswith("2x0e+1x1o ") and "float64[2,5]" in texts[0]


def test_the_line_of_the_talk():
    x = IrrepsArray("0e + 1e + 2e", jnp.array([2.3094, 1.4142, -1.4142, 0, 1.4142, 0, -1.63299, 1.4142, 2.8284]))
    with np.printoptions(precision=2, suppress=True):
        assert repr(x) == "1x0e+1x1e+1x2e [ 2.31  1.41 -1.41  0.    1.41  0.   -1.63  1.41  2.83]"


def test_attributes():
    assert (X.shape, X.ndim, X.dtype, len(X), X.zero_flags) == ((2, 5), 2, jnp.float64, 2, (False, False))
    assert [chunk.shape for chunk in X.chunks] == [(2, 2, 1), (2, 1, 3)]
    np.testing.assert_array_equal(X.chunks[1][:, 0], X.array[:, 2:])


def test_arrays_are_frozen_and_not_hashable():
    with pytest.raises(AttributeError):
        X.array = X.array
    with pytest.raises(TypeError, match="unhashable"):
        hash(X)


def test_copies():
    for y in (copy.copy(X), copy.deepcopy(X), pickle.loads(pickle.dumps(X))):
        assert y.irreps == X.irreps and type(y) is IrrepsArray
        np.testing.assert_array_equal(y.array, X.array)


def test_lists_of_numbers_become_arrays():
    assert isinstance(IrrepsArray("1o", [1.0, 2.0, 3.0]).array, jax.Array)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (lambda: IrrepsArray.from_list("2x0e + 1o", X.chunks, (2,)), lambda: X),
        (lambda: IrrepsArray.as_irreps_array(jnp.ones(3)), lambda: eqlib.as_irreps_array(jnp.ones(3))),
        (lambda: IrrepsArray.zeros("1o", (2,)), lambda: eqlib.zeros("1o", (2,))),
        (lambda: IrrepsArray.zeros_like(X), lambda: eqlib.zeros_like(X)),
        (lambda: X.remove_nones(), lambda: X),
        (lambda: X.sorted(), lambda: X.sort()),
        (lambda: X.filtered("0e"), lambda: X.filter("0e")),
        (lambda: X.repeat(2).regroup().factor_mul_to_last_axis(), lambda: X.repeat(2).regroup().mul_to_axis()),
        (lambda: X.repeat_mul_by_last_axis(), lambda: X.axis_to_mul()),
    ],
)
def test_former_names_warn_and_work(old, new):
    with pytest.warns(DeprecationWarning, match="is deprecated: write"):
        y = old()
    assert y.irreps == new().irreps
    np.testing.assert_array_equal(y.array, new().array)


def test_the_former_list_of_chunks_warns_and_works():
    with pytest.warns(DeprecationWarning, match=r"write x\.chunks"):
        chunks = X.list
    assert [chunk.shape for chunk in chunks] == [(2, 2, 1), (2, 1, 3)]


def test_former_arguments_warn():
    with pytest.warns(DeprecationWarning, match="zero_flags and chunks are ignored"):
        IrrepsArray("1o", jnp.ones(3), zero_flags=(False,))


@pytest.mark.parametrize("axis", [0, 1, 2, -2])
def test_mul_to_axis_is_undone_by_axis_to_mul(axis):
    x = IrrepsArray("4x0e + 2x1o", jnp.arange(60.0).reshape(2, 3, 10))
    y = x.mul_to_axis(2, axis=axis)
    assert y.irreps == "2x0e + 1o" and y.shape[axis] == 2 and y.ndim == 4
    np.testing.assert_array_equal(y.axis_to_mul(axis=axis).array, x.array)
