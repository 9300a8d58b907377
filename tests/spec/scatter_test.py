"""scatter_sum, scatter_mean and scatter_max obey their laws."""

import numpy as np
import pytest

from spec import o3
from spec.scatter import scatter_max, scatter_mean, scatter_sum
from tests.spec.samples import RNG, elements


def test_scatter():
    irreps, x = o3.parse("2x0e+1o"), RNG.normal(size=(5, 5))
    dst, nel = [2, 0, 2, 0, 2], [2, 3]
    for f in (scatter_sum, scatter_mean):
        _, z = f(irreps, x, dst=dst, output_size=4)
        order = RNG.permutation(5)
        np.testing.assert_allclose(f(irreps, x[order], dst=np.array(dst)[order], output_size=4)[1], z, rtol=1e-14)
        np.testing.assert_array_equal(f(irreps, x, dst=dst, map_back=True)[1], z[dst])
        np.testing.assert_array_equal(f(irreps, x, nel=nel)[1], f(irreps, x, dst=[0, 0, 1, 1, 1], output_size=2)[1])
        for R in elements():
            D = o3.representation(irreps, R)
            np.testing.assert_allclose(f(irreps, x @ D.T, dst=dst, output_size=4)[1], z @ D.T, rtol=1e-12)
    np.testing.assert_allclose(scatter_sum(irreps, x, dst=dst, output_size=4)[1].sum(0), x.sum(0))
    np.testing.assert_allclose(scatter_mean(irreps, x, dst=dst, output_size=4)[1][2], x[[0, 2, 4]].mean(0))


def test_rows_after_the_last_segment_go_nowhere():
    x = np.ones((5, 1))
    assert scatter_sum([(1, 0, 1)], x, nel=[1, 2])[1].tolist() == [[1], [2]]
    assert scatter_sum([(1, 0, 1)], x, nel=[1, 2], map_back=True)[1].ravel().tolist() == [1, 2, 2, 0, 0]
    assert scatter_mean([(1, 0, 1)], x, nel=[1, 0, 2])[1].ravel().tolist() == [1, 0, 1]


def test_scatter_max():
    x = np.array([[1.0], [-5], [3], [-4]])
    assert scatter_max([(1, 0, 1)], x, dst=[0, 1, 0, 1], output_size=3)[1].ravel().tolist() == [3, -4, -np.inf]
    assert scatter_max([(1, 0, 1)], x, nel=[2, 2], initial=2.0)[1].ravel().tolist() == [2, 3]
    with pytest.raises(AssertionError, match="not equivariant"):
        scatter_max([(1, 1, -1)], np.ones((2, 3)), nel=[2])
