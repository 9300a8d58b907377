"""tensor_product, elementwise_tensor_product, tensor_square, dot, cross and norm obey their laws."""

import numpy as np
import pytest

from spec import o3
from spec.cross import cross
from spec.dot import dot
from spec.elementwise_tensor_product import elementwise_tensor_product
from spec.norm import norm
from spec.tensor_product import tensor_product
from spec.tensor_square import tensor_square
from tests.spec.samples import bilinear, equivariant, vector


@pytest.mark.parametrize("text1, text2", [("2x0e+1o+2x2e", "1e+0o+3o"), ("1o+0e+1o", "2o+1x1o")])
@pytest.mark.parametrize("regroup_output", [False, True])
def test_tensor_product(text1, text2, regroup_output):
    irreps1, irreps2 = o3.parse(text1), o3.parse(text2)

    def f(x, y):
        return tensor_product(irreps1, x, irreps2, y, regroup_output=regroup_output)

    equivariant(f, text1, text2)
    bilinear(f, text1, text2)
    np.testing.assert_allclose(mean_squares(f, text1, text2), 1, rtol=1e-12)


def mean_squares(f, text1, text2):
    """<z_k^2> of a bilinear f, over independent inputs of <x_i x_j> = delta_ij: the sum over all unit vectors."""
    (irreps1, _), (irreps2, _) = vector(text1), vector(text2)
    return sum(f(x, y)[1] ** 2 for x in np.eye(o3.dim(irreps1)) for y in np.eye(o3.dim(irreps2)))


def test_tensor_product_normalised_by_norm():
    """Inputs of mean square norm 1 (components of 1 / dim) give outputs of mean square norm 1."""
    irreps1, irreps2 = o3.parse("2e"), o3.parse("3o")
    squares = mean_squares(lambda x, y: tensor_product(irreps1, x, irreps2, y, irrep_normalization="norm"), "2e", "3o")
    irreps3, _ = tensor_product(irreps1, np.zeros(5), irreps2, np.zeros(7))
    for _, [square] in o3.segments(irreps3, squares / (5 * 7)):
        np.testing.assert_allclose(square.sum(), 1, rtol=1e-12)


def test_tensor_product_without_normalisation_keeps_the_norm():
    """C has unit norm, so sqrt(dim3) C is orthogonal: |x|^2 |y|^2 = sum over i3 of dim3 |z3|^2."""
    (irreps1, x), (irreps2, y) = vector("2e"), vector("3o")
    irreps3, z = tensor_product(irreps1, x, irreps2, y, irrep_normalization="none")
    total = sum((2 * l + 1) * (part @ part) for (l, _), [part] in o3.segments(irreps3, z))
    np.testing.assert_allclose(total, x @ x * (y @ y), rtol=1e-12)


def test_filter_ir_out_selects_from_the_product():
    (irreps1, x), (irreps2, y) = vector("2x1o+2e"), vector("1o+1e")
    kept = [(1, -1), (2, 1)]
    some = tensor_product(irreps1, x, irreps2, y, filter_ir_out=kept)
    whole = o3.segments(*tensor_product(irreps1, x, irreps2, y))
    irreps3, z = o3.assemble([(ir, part) for ir, part in whole if ir in kept])
    assert some[0] == irreps3
    np.testing.assert_array_equal(some[1], z)


def test_elementwise_tensor_product():
    text1, text2 = "2x0o+1o+2e", "1e+2x1o+2e"
    irreps1, irreps2 = o3.parse(text1), o3.parse(text2)

    def f(x, y):
        return elementwise_tensor_product(irreps1, x, irreps2, y)

    equivariant(f, text1, text2)
    bilinear(f, text1, text2)
    np.testing.assert_allclose(mean_squares(f, text1, text2), 1, rtol=1e-12)


@pytest.mark.parametrize("text", ["2x1o+0e", "2e+1o", "3x0o"])
@pytest.mark.parametrize("normalized_input", [False, True])
def test_tensor_square(text, normalized_input):
    irreps, x = vector(text)

    def f(x):
        return tensor_square(irreps, x, normalized_input=normalized_input)

    equivariant(f, text)
    np.testing.assert_allclose(f(-3 * x)[1], 9 * f(x)[1], rtol=1e-12)
    np.testing.assert_allclose(fourth_moments(f, irreps, normalized_input), 1, rtol=1e-12)


def fourth_moments(f, irreps, on_the_sphere):
    """<z_k^2> of a quadratic f, over independent copies, each Gaussian with <x_i x_j> = delta_ij or of length 1."""
    sizes = np.repeat([2 * l + 1 for _, l, _ in irreps], [mul for mul, _, _ in irreps])
    dims, copy, E = np.repeat(sizes, sizes), np.repeat(np.arange(len(sizes)), sizes), np.eye(sum(sizes))
    second = 1 / dims if on_the_sphere else np.ones(len(dims))
    same = copy[:, None] == copy
    moment = np.outer(second, second)  # <x_i^2> <x_k^2>; in one copy <x_i x_i x_k x_k> for i != k
    moment = np.where(same, 1 / (dims * (dims + 2)) if on_the_sphere else 1.0, moment)
    M = np.array([[f(a + b)[1] - f(a)[1] - f(b)[1] for b in E] for a in E]) / 2  # [i, j, k]
    return np.einsum("iik,jjk,ij->k", M, M, moment) + 2 * np.einsum("ijk,ijk,ij->k", M, M, moment)


def test_norm():
    irreps, x = vector("2x0o+1o+2e")
    equivariant(lambda x: norm(irreps, x), "2x0o+1o+2e")
    assert (norm(irreps, x)[1] >= 0).all()
    np.testing.assert_allclose(norm(irreps, x)[1] ** 2, norm(irreps, x, squared=True)[1])
    np.testing.assert_allclose(norm(irreps, x, per_irrep=False)[1], [np.linalg.norm(x)])
    np.testing.assert_allclose(norm(irreps, -2 * x)[1], 2 * norm(irreps, x)[1])


@pytest.mark.parametrize("per_irrep", [False, True])
def test_dot(per_irrep):
    irreps, x = vector("2x0o+1o+2e")
    _, y = vector("2x0o+1o+2e")
    equivariant(lambda x, y: dot(irreps, x, irreps, y, per_irrep=per_irrep), *["2x0o+1o+2e"] * 2)
    np.testing.assert_allclose(dot(irreps, x, irreps, y, per_irrep=per_irrep)[1].sum(), x @ y)
    np.testing.assert_allclose(dot(irreps, 1j * x, irreps, y)[1], [-1j * (x @ y)])


def test_cross():
    (irreps1, x), (irreps2, y) = vector("2x1o+1e"), vector("1e+2x1o")
    equivariant(lambda x, y: cross(irreps1, x, irreps2, y), "2x1o+1e", "1e+2x1o")
    bilinear(lambda x, y: cross(irreps1, x, irreps2, y), "2x1o+1e", "1e+2x1o")
    np.testing.assert_array_equal(cross(irreps1, x, irreps1, y)[1], -cross(irreps1, y, irreps1, x)[1])
    np.testing.assert_array_equal(cross(irreps1, x, irreps1, y)[1], np.cross(x.reshape(3, 3), y.reshape(3, 3)).ravel())
