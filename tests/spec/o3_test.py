"""o3: Clebsch-Gordan coefficients, generators and representations obey their laws."""

import numpy as np
import pytest

from spec import o3
from tests.spec.samples import elements


def test_parse_and_show():
    irreps = o3.parse("2x0e + 1o + 0x3e")
    assert irreps == [(2, 0, 1), (1, 1, -1), (0, 3, 1)]
    assert o3.show(irreps) == "2x0e+1x1o+0x3e"
    assert o3.parse("") == []


def test_order_and_regroup():
    irreps, x = o3.parse("1o+0e+2x1o+0x0e+1e+0o"), np.arange(14.0)
    regrouped, y = o3.assemble(o3.regroup(o3.segments(irreps, x)))
    assert o3.show(regrouped) == "1x0e+1x0o+3x1o+1x1e"
    np.testing.assert_array_equal(y, [3, 13, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12])


def test_align_cuts_where_either_is_cut():
    x, y = np.arange(3.0).reshape(3, 1), np.arange(9.0).reshape(3, 3)
    cut = o3.align([((0, 1), x)], [((1, 1), y[:2]), ((1, -1), y[2:])])
    assert [(len(a), ir, len(b)) for _, a, ir, b in cut] == [(2, (1, 1), 2), (1, (1, -1), 1)]


@pytest.mark.parametrize("l1, l2", [(0, 0), (1, 1), (1, 2), (2, 2), (3, 1), (4, 3)])
def test_clebsch_gordan_is_an_orthonormal_intertwiner(l1, l2):
    R = elements()[0]
    D1, D2 = o3.wigner_D(l1, R), o3.wigner_D(l2, R)
    columns = []
    for l3 in range(abs(l1 - l2), l1 + l2 + 1):
        C = o3.clebsch_gordan(l1, l2, l3)
        columns.append(np.sqrt(2 * l3 + 1) * C.reshape(-1, 2 * l3 + 1))
        turned = np.einsum("ijk,ia,jb,kc->abc", C, D1, D2, o3.wigner_D(l3, R))
        np.testing.assert_allclose(turned, C, atol=1e-14)
        swapped = (-1) ** (l1 + l2 + l3) * o3.clebsch_gordan(l2, l1, l3).transpose(1, 0, 2)
        np.testing.assert_allclose(swapped, C, atol=1e-15)
    U = np.concatenate(columns, axis=1)
    np.testing.assert_allclose(U.T @ U, np.eye(len(U)), atol=1e-14)


def test_clebsch_gordan_of_vectors():
    """1 x 1 -> 0 is the scalar product, -> 1 the cross product."""
    np.testing.assert_allclose(o3.clebsch_gordan(1, 1, 0)[:, :, 0], np.eye(3) / np.sqrt(3), atol=1e-16)
    epsilon = np.cross(np.eye(3)[:, None], np.eye(3)[None, :])
    np.testing.assert_allclose(o3.clebsch_gordan(1, 1, 1), epsilon / np.sqrt(6), atol=1e-16)
    assert not o3.clebsch_gordan(1, 1, 3).any()


def test_clebsch_gordan_of_degree_8():
    """float64 accuracy: unit norm, and the orthogonality of 8 x 8 -> 8."""
    C = o3.clebsch_gordan(8, 8, 8)
    np.testing.assert_allclose(17 * np.einsum("ijk,ijl->kl", C, C), np.eye(17), atol=1e-14)


@pytest.mark.parametrize("l", range(9))
def test_generators_commute_as_rotations_do(l):
    X = o3.generators(l)
    for a, b, c in [(0, 1, 2), (1, 2, 0), (2, 0, 1)]:
        np.testing.assert_allclose(X[a] @ X[b] - X[b] @ X[a], X[c], atol=2e-14)
    np.testing.assert_allclose(X, -X.transpose(0, 2, 1), atol=1e-15)
    casimir = sum(X[a] @ X[a] for a in range(3))
    np.testing.assert_allclose(casimir, -l * (l + 1) * np.eye(2 * l + 1), atol=1e-13)


@pytest.mark.parametrize("l", [0, 1, 2, 5, 8])
def test_generators_are_the_derivative_of_wigner_D(l):
    for a, X in enumerate(o3.generators(l)):
        t = 1e-3
        step = [o3.wigner_D(l, turn(a, n * t)) for n in (-2, -1, 1, 2)]
        slope = (step[0] - 8 * step[1] + 8 * step[2] - step[3]) / (12 * t)
        # The first term left out, for which X^5 has eigenvalues up to l^5, and the rounding of D in the differences.
        np.testing.assert_allclose(slope, X, rtol=0, atol=l**5 * t**4 / 30 + 10 * np.finfo(float).eps / t)


def turn(axis, angle):
    """The right-handed rotation about a coordinate axis."""
    R = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    R[[i, j, i, j], [i, j, j, i]] = np.cos(angle), np.cos(angle), -np.sin(angle), np.sin(angle)
    return R


@pytest.mark.parametrize("text", ["1o", "2x0o+1e+2o", "3e+4o", "8o"])
def test_representation_is_an_orthogonal_homomorphism(text):
    irreps = o3.parse(text)
    R, S, inversion = elements()
    D = o3.representation(irreps, R)
    np.testing.assert_allclose(D @ o3.representation(irreps, S), o3.representation(irreps, R @ S), atol=1e-13)
    np.testing.assert_allclose(D.T @ D, np.eye(len(D)), atol=1e-13)
    parities = [p for mul, l, p in irreps for _ in range(mul * (2 * l + 1))]
    np.testing.assert_allclose(o3.representation(irreps, inversion), np.diag(parities), atol=1e-15)


def test_the_representation_1o_is_the_matrix_itself():
    for R in elements():
        np.testing.assert_allclose(o3.representation([(1, 1, -1)], R), R, atol=1e-15)
