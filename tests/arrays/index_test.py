"""Parts of an array, and updates of parts."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import Irrep, IrrepsArray, MulIrrep

X = IrrepsArray("2x0e + 1o + 0x2e + 2x1e", jnp.arange(22.0).reshape(2, 11))

LAST_AXIS = {
    "1o": ("1o", slice(2, 5)),
    "2x0e+1o": ("2x0e+1o", slice(0, 5)),
    Irrep("1o"): ("1o", slice(2, 5)),
    MulIrrep(2, "1e"): ("2x1e", slice(5, 11)),
    "": ("", slice(0, 0)),
}


@pytest.mark.parametrize("key", LAST_AXIS, ids=str)
def test_by_irreps(key):
    irreps, components = LAST_AXIS[key]
    for leading in ((Ellipsis,), (slice(None),), (1,), (slice(None, None, -1),), (None, Ellipsis), (np.array([1, 1]),)):
        y = X[(*leading, key)]
        assert y.irreps == irreps
        np.testing.assert_array_equal(y.array, X.array[(*leading, components)])


@pytest.mark.parametrize(
    ("start", "stop", "irreps"),
    [(None, 2, "2x0e"), (1, 5, "1x0e+1o"), (2, -3, "1o+0x2e+1e"), (5, None, "2x1e"), (8, 8, ""), (0, 11, X.irreps)],
)
def test_by_components(start, stop, irreps):
    for y in (X[..., start:stop], X[:, start:stop], X.slice_by_dim[start:stop]):
        assert y.irreps == irreps
        np.testing.assert_array_equal(y.array, X.array[:, start:stop])


@pytest.mark.parametrize(
    "index", [0, -1, slice(1), None, (None, 0), ..., (), [1, 0], (0, ...), (slice(None), slice(None))], ids=str
)
def test_by_leading_axes(index):
    index = np.array(index) if isinstance(index, list) else index
    assert X[index].irreps == X.irreps
    np.testing.assert_array_equal(X[index].array, X.array[index])


def test_leading_axes_may_be_indexed_by_traced_integers_and_masks():
    assert jax.jit(lambda x, i: x[i])(X, 1).shape == (11,)
    np.testing.assert_array_equal(X[np.array([False, True])].array, X.array[1:])


@pytest.mark.parametrize(
    "index", [(0, 1), (..., np.array([0, 1])), (0, slice(0, 4, 2)), (..., None), (0, 0, 0), (0, "3o")], ids=str
)
def test_what_is_not_a_representation_raises(index):
    with pytest.raises(IndexError):
        X[index]


def test_iteration_and_length():
    assert len(X) == 2
    assert [row.irreps for row in X] == [X.irreps] * 2
    np.testing.assert_array_equal(list(X)[1].array, X.array[1])


def test_split_is_undone_by_concatenate():
    for positions in (None, [1, 3], []):
        y = eqlib.concatenate(X.split(positions))
        assert y.irreps == X.irreps
        np.testing.assert_array_equal(y.array, X.array)


@pytest.mark.parametrize("convert", [np.asarray, jnp.asarray])
def test_updates_are_out_of_place(convert):
    x = IrrepsArray(X.irreps, convert(X.array))
    y = IrrepsArray("1o", convert(np.array([7.0, 8.0, 9.0])))
    for index in ((..., "1o"), (slice(None), slice(2, 5))):
        z = x.at[index].set(y)
        np.testing.assert_array_equal(z.array[:, 2:5], [[7, 8, 9]] * 2)
        np.testing.assert_array_equal(z.array[:, 5:], X.array[:, 5:])
    np.testing.assert_array_equal(x.at[np.array([0, 0])].add(x[:1]).array[0], 3 * X.array[0])
    np.testing.assert_array_equal(x.at[0].set(0).array, [np.zeros(11), X.array[1]])
    np.testing.assert_array_equal(x.array, X.array)
