"""The laws of the specifications, tested with NumPy alone."""

from importlib import import_module
from itertools import pairwise
from math import comb, pi, sqrt
from pathlib import Path

import numpy as np
import pytest

from spec import o3, radial
from spec.cross import cross
from spec.dot import dot
from spec.elementwise_tensor_product import elementwise_tensor_product
from spec.gate import gate
from spec.linear import connections, linear, linear_channels, linear_per_channel, mixed_weights
from spec.norm import norm
from spec.norm_activation import norm_activation
from spec.scalar_activation import gelu, normalize_function, parity, scalar_activation, soft_odd
from spec.scatter import scatter_max, scatter_mean, scatter_sum
from spec.spherical_harmonics import spherical_harmonics
from spec.tensor_product import tensor_product
from spec.tensor_square import tensor_square

RNG = np.random.default_rng(1)


def elements():
    """A random rotation, a random improper rotation, and the inversion."""
    R, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
    return [R * np.linalg.det(R), -R * np.linalg.det(R), -np.eye(3)]


def vector(text):
    irreps = o3.parse(text)
    return irreps, RNG.normal(size=o3.dim(irreps))


def equivariant(f, *texts):
    """f(D1 x, D2 y, ...) = D f(x, y, ...), and the output is not 0; f: vectors -> (irreps, z)."""
    irreps, inputs = zip(*map(vector, texts), strict=True)
    irreps_z, z = f(*inputs)
    assert z.size == 0 or np.abs(z).max() > 1e-3
    for R in elements():
        turned = f(*(o3.representation(i, R) @ x for i, x in zip(irreps, inputs, strict=True)))
        assert turned[0] == irreps_z
        np.testing.assert_allclose(turned[1], o3.representation(irreps_z, R) @ z, rtol=1e-12, atol=1e-12)


def bilinear(f, text1, text2):
    """f(a x + x', b y + y') expands into four terms."""
    (_, x1), (_, x2), (_, y1), (_, y2) = vector(text1), vector(text1), vector(text2), vector(text2)
    left = f(2 * x1 + x2, y1 - 3 * y2)[1]
    right = 2 * f(x1, y1)[1] - 6 * f(x1, y2)[1] + f(x2, y1)[1] - 3 * f(x2, y2)[1]
    np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("path", sorted(Path(o3.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_every_law_is_explained(path):
    """`LAWS` names functions of its module, and laws that spec/README.md explains."""
    if path.stem not in ("__init__", "rotation"):
        module, readme = import_module(f"spec.{path.stem}"), path.with_name("README.md").read_text()
        assert module.LAWS
        for function, laws in module.LAWS.items():
            assert callable(getattr(module, function)) and laws
            for law in laws:
                assert f"| {law} |" in readme, f"spec/README.md does not explain {law!r}"


# O(3)


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
        np.testing.assert_allclose(slope, X, atol=1e-8)


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


# Products


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


# Invariants and vectors


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


# Spherical harmonics


def sphere(degree):
    """Points and weights that integrate every polynomial of the degree over the unit sphere; the weights sum to 1."""
    heights, weights = np.polynomial.legendre.leggauss(degree // 2 + 1)
    azimuths = 2 * pi * np.arange(degree + 1) / (degree + 1)
    ring = np.sqrt(1 - heights**2)[:, None]
    points = [
        ring * np.sin(azimuths),
        np.broadcast_to(heights[:, None], (len(heights), degree + 1)),
        ring * np.cos(azimuths),
    ]
    return np.stack(points, axis=-1).reshape(-1, 3), np.repeat(weights / 2, degree + 1) / (degree + 1)


def harmonics(degrees, x, **options):
    return spherical_harmonics(degrees, [(1, 1, -1)], x, **options)


def test_spherical_harmonics_are_orthonormal():
    degrees = [0, 1, 2, 3, 5]
    points, weights = sphere(10)
    Y = np.array([harmonics(degrees, x, normalize=False)[1] for x in points])
    np.testing.assert_allclose(Y.T @ (weights[:, None] * Y), np.eye(Y.shape[1]), atol=1e-13)


@pytest.mark.parametrize("l", [1, 2, 4, 8, 11])
def test_spherical_harmonics(l):
    equivariant(lambda x: harmonics(l, x, normalize=True), "1o")
    equivariant(lambda x: harmonics(l, x, normalize=False), "1o")
    x = RNG.normal(size=3)
    np.testing.assert_allclose(
        harmonics(l, -2 * x, normalize=False)[1], (-2) ** l * harmonics(l, x, normalize=False)[1]
    )
    unit = {name: harmonics(l, x, normalize=True, normalization=name)[1] for name in ("norm", "component", "integral")}
    squares = [unit[name] @ unit[name] for name in ("norm", "component", "integral")]
    np.testing.assert_allclose(squares, [1, 2 * l + 1, (2 * l + 1) / (4 * pi)], rtol=1e-13)


@pytest.mark.parametrize("l", [1, 2, 3, 6])
def test_spherical_harmonics_are_harmonic(l):
    """The mean over a sphere is the value at its centre."""
    centre, (points, weights) = RNG.normal(size=3), sphere(l)
    mean = sum(w * harmonics(l, centre + 0.7 * x, normalize=False)[1] for x, w in zip(points, weights, strict=True))
    np.testing.assert_allclose(mean, harmonics(l, centre, normalize=False)[1], rtol=1e-12, atol=1e-12)


def test_spherical_harmonics_are_the_coupling_of_lower_ones():
    """Y_2 of a vector is its product with itself: the signs of the harmonics and of C belong together."""
    x = RNG.normal(size=3)
    coupled = np.einsum("i,j,ijk->k", x, x, o3.clebsch_gordan(1, 1, 2))
    Y = harmonics(2, x, normalize=False)[1]
    np.testing.assert_allclose(Y / np.linalg.norm(Y), coupled / np.linalg.norm(coupled), rtol=1e-13, atol=1e-15)


def test_spherical_harmonics_of_known_vectors():
    expected = [11.618950038622, 7.745966692415, -2.236067977500, 23.237900077245, 15.491933384830]
    np.testing.assert_allclose(harmonics(2, [1, 2, 3], normalize=False)[1], expected, rtol=1e-12)  # integers, too
    np.testing.assert_allclose(harmonics(3, [0, 1, 0], normalize=True)[1], sqrt(7) * np.eye(7)[3])
    np.testing.assert_array_equal(harmonics([0, 1, 2], np.zeros(3), normalize=True)[1], np.eye(9)[0])


# Linear maps


OPTIONS = [
    {},
    {"biases": True, "path_normalization": "path"},
    {"gradient_normalization": "element", "force_irreps_out": True},
    {"simplify_irreps_internally": False, "path_normalization": 0.3, "gradient_normalization": 0.6},
]


def random_weights(irreps_in, irreps_out, options):
    """Of the layer with these options, whatever it calls its weights: asks `connections` as `linear` does."""
    simplified = options.get("simplify_irreps_internally", True)
    inputs, outputs = (o3.segments(i, np.zeros(o3.dim(i))) for i in (irreps_in, irreps_out))
    if simplified:
        inputs, outputs = o3.regroup(inputs), o3.simplify(outputs)
    if not options.get("force_irreps_out"):
        outputs = [
            (ir, z) for ir, z in outputs if ir in [ir for ir, _ in inputs] or (options.get("biases") and ir == (0, 1))
        ]
    keywords = {key: value for key, value in options.items() if "irreps" not in key}
    paths = connections(o3.assemble(inputs)[0], o3.assemble(outputs)[0], **keywords)
    return {path.name: RNG.normal(size=path.shape) for path in paths}, paths, outputs


@pytest.mark.parametrize("options", OPTIONS)
def test_linear(options):
    text = "1o+2x0e+2x1o+3e"
    irreps, irreps_out = o3.parse(text), o3.parse("2x1o+3x0e+2x2o")
    weights, paths, outputs = random_weights(irreps, irreps_out, options)
    equivariant(lambda x: linear(irreps, x, weights, irreps_out, **options), text)
    for o, (ir, z) in enumerate(outputs):
        into = [path for path in paths if path.i_out == o and path.i_in is not None]
        if into and len(z):
            variance = sum(path.shape[0] * (path.path_weight * path.weight_std) ** 2 for path in into)
            np.testing.assert_allclose(variance, 1, rtol=1e-14, err_msg=str(ir))


def test_linear_is_linear_and_shows_its_numbers():
    irreps, irreps_out = o3.parse("2x0e+1o"), o3.parse("1o+1x0e+2e")
    weights = {"w[0,1] 2x0e,1x0e": np.array([[3.0], [4.0]]), "w[1,0] 1x1o,1x1o": np.array([[2.0]])}
    irreps_z, z = linear(irreps, np.array([1.0, 2, 5, 6, 7]), weights, irreps_out)
    assert o3.show(irreps_z) == "1x1o+1x0e"
    np.testing.assert_allclose(z, [10, 12, 14, 11 / sqrt(2)])


def test_linear_reaches_a_scalar_by_its_bias_alone():
    irreps_z, z = linear([(1, 1, -1)], np.ones(3), {"b[0] 2x0e": np.array([5.0, 6.0])}, [(2, 0, 1)], biases=True)
    assert irreps_z == [(2, 0, 1)]
    np.testing.assert_array_equal(z, [5, 6])


def test_linear_channels_are_copies():
    """Channels of 1 copy each are mixed as the copies of one vector would be."""
    irreps_out, x = [(2, 1, -1)], RNG.normal(size=(4, 3))
    w = RNG.normal(size=(4, 10))
    _, z = linear_channels([(1, 1, -1)], x, {"w[0,0] 4x1o,10x1o": w}, irreps_out, channel_out=5)
    _, flat = linear([(4, 1, -1)], x.ravel(), {"w[0,0] 4x1o,10x1o": w}, [(10, 1, -1)])
    np.testing.assert_array_equal(z.ravel(), flat)
    assert z.shape == (5, 6)


def test_mixed_weights_and_weights_per_channel():
    irreps, x = [(2, 1, -1)], RNG.normal(size=(3, 6))
    table, mixing = RNG.normal(size=(5, 3, 2, 4)), RNG.normal(size=5)
    w = mixed_weights({"w[0,0] 2x1o,4x1o": table}, mixing)["w[0,0] 2x1o,4x1o"]
    np.testing.assert_allclose(w, np.tensordot(mixing, table, 1) / sqrt(5))
    _, z = linear_per_channel(irreps, x, {"w[0,0] 2x1o,4x1o": w}, [(4, 1, -1)])
    for n in range(3):
        np.testing.assert_array_equal(z[n], linear(irreps, x[n], {"w[0,0] 2x1o,4x1o": w[n]}, [(4, 1, -1)])[1])


# Nonlinearities


@pytest.mark.parametrize("phi", [np.tanh, gelu, soft_odd, np.sin])
def test_normalize_function(phi):
    """The mean of (phi / c)^2 over the normal distribution is 1: by Gauss-Hermite here, by Gauss-Legendre there."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    psi = normalize_function(phi)
    np.testing.assert_allclose(weights @ psi(nodes) ** 2 / sqrt(2 * pi), 1, rtol=1e-7)
    np.testing.assert_allclose(normalize_function(psi)(1.3), psi(1.3), rtol=1e-14)


def test_normalize_function_of_known_moments():
    """<x^2> = 1, <x^4> = 3, <e^2x> = e^2, and relu has half of <x^2>."""
    known = [(lambda x: x, 1), (np.square, sqrt(3)), (np.exp, np.e), (lambda x: np.maximum(x, 0), sqrt(1 / 2))]
    for phi, c in known:
        np.testing.assert_allclose(normalize_function(phi)(0.7), phi(0.7) / c, rtol=1e-13)


def test_parity():
    assert [parity(phi) for phi in (np.cos, np.abs, np.sin, soft_odd)] == [1, 1, -1, -1]
    with pytest.raises(AssertionError, match="neither even nor odd"):
        parity(gelu)


def test_scalar_activation():
    text = "2x0e+2x0o+1o+0o"
    irreps, x = vector(text)
    equivariant(lambda x: scalar_activation(irreps, x), text)
    acts = [np.exp, np.cos, None, np.sin]
    equivariant(lambda x: scalar_activation(irreps, x, acts), text)
    assert o3.show(scalar_activation(irreps, x, acts)[0]) == "2x0e+2x0e+1x1o+1x0o"


def test_scalar_activation_of_zero_is_the_activation_at_zero():
    _, z = scalar_activation([(1, 0, 1), (1, 1, -1)], np.zeros(4), [np.exp, None], normalize_act=False)
    np.testing.assert_array_equal(z, [1, 0, 0, 0])


@pytest.mark.parametrize("normalization", ["component", "norm"])
def test_norm_activation(normalization):
    text = "2x0o+2x1o+2e"
    irreps, x = vector(text)
    acts = [np.exp, np.tanh, None]
    equivariant(lambda x: norm_activation(irreps, x, acts, normalization=normalization), text)
    assert not norm_activation(irreps, 0 * x, acts, normalization=normalization)[1].any()


@pytest.mark.parametrize(
    "text, out",
    [
        ("15x0e+2x1e+1x2e", "12x0e+2x1e+1x2e"),
        ("12x0e+3x0o+2x1e+1x2e", "12x0e+2x1o+1x2o"),
        ("12x0e+3x0o", "12x0e+3x0o"),
        ("1o+0o+1x0e+2x0o+2x2o", "1x0o+1x1o+2x2e"),
        ("2x0o+2x1o", "2x1e"),
    ],
)
def test_gate(text, out):
    irreps = o3.parse(text)
    assert o3.show(gate(irreps, np.zeros(o3.dim(irreps)))[0]) == out
    equivariant(lambda x: gate(irreps, x), text)


def test_gate_keeps_the_size():
    """Gaussian scalars and gates of variance 1: the mean square of each component of the output is 1."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    irreps, mean = o3.parse("1x0e+1x0o+2x0e+0o+2x1o+1e"), 0.0
    for scalar, weight in zip(nodes, weights / sqrt(2 * pi), strict=True):
        z = gate(irreps, np.concatenate([np.full(5, scalar), np.ones(9)]))[1]
        mean = mean + weight * z**2
    np.testing.assert_allclose(mean, np.ones(11), rtol=1e-6)


# Rows


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


# Functions of a distance


def test_bessel_is_orthonormal():
    nodes, weights = np.polynomial.legendre.leggauss(60)
    r, c = (nodes + 1) * 0.85, 1.7
    B = np.array([radial.bessel(x, 6, c) for x in r])
    np.testing.assert_allclose(B.T @ (weights * 0.85 * r**2 * B.T).T, np.eye(6), atol=1e-13)
    np.testing.assert_allclose(radial.bessel(0.0, 6, c), radial.bessel(1e-9, 6, c), rtol=1e-12)


@pytest.mark.parametrize("basis, deviation", [("cosine", 1e-14), ("gaussian", 1e-3), ("smooth_finite", 1e-3)])
def test_the_squares_of_the_bases_sum_to_one(basis, deviation):
    """On average over one spacing, far from the ends; cosine: everywhere."""
    squares = [
        np.sum(radial.soft_one_hot_linspace(x, start=-3.0, end=3.0, number=13, basis=basis, cutoff=False) ** 2)
        for x in (np.arange(40) + 0.5) / 80
    ]
    assert abs(np.mean(squares) - 1) < deviation
    if basis == "cosine":
        np.testing.assert_allclose(squares, 1, rtol=1e-14)


def test_fourier_has_mean_square_one():
    x = (np.arange(1000) + 0.5) / 1000
    for cutoff in (False, True):
        y = [radial.soft_one_hot_linspace(t, start=0, end=1, number=8, basis="fourier", cutoff=cutoff) for t in x]
        assert abs(np.mean(np.sum(np.square(y), axis=1)) - 1) < 0.07


def test_cutoff_vanishes_at_the_ends():
    for basis in ("cosine", "smooth_finite", "fourier"):
        for x in (-0.5, 0.0, 2.0, 2.1):
            y = radial.soft_one_hot_linspace(x, start=0, end=2, number=4, basis=basis, cutoff=True)
            np.testing.assert_allclose(y, 0, atol=1e-15)
    with pytest.raises(AssertionError, match="no spacing"):
        radial.soft_one_hot_linspace(0.3, start=0, end=1, number=1, basis="gaussian", cutoff=False)


@pytest.mark.parametrize("n0, n1", [(0, 0), (1, 2), (4, 3)])
def test_poly_envelope_has_flat_ends(n0, n1):
    """1 - f is comb(n0 + n1 + 1, n1) t^(n0 + 1) near 0, and f is comb(n0 + n1 + 1, n0) (1 - t)^(n1 + 1) near 1."""
    f, h = radial.poly_envelope(n0, n1, 2.0), 1e-2
    assert (f(0.0), f(2.0), f(3.0)) == (1, 0, 0)
    near0, near1 = (1 - f(2 * h)) / h ** (n0 + 1), f(2 - 2 * h) / h ** (n1 + 1)
    np.testing.assert_allclose(near0, comb(n0 + n1 + 1, n1), rtol=10 * h)
    np.testing.assert_allclose(near1, comb(n0 + n1 + 1, n0), rtol=10 * h)


def test_poly_envelope_of_high_degree_descends():
    f = radial.poly_envelope(30, 30)
    values = [f(x) for x in np.linspace(0, 1, 101)]
    assert all(1 + 1e-14 >= a >= b - 1e-14 for a, b in pairwise(values)) and values[-1] == 0


def test_soft_envelope():
    assert radial.soft_envelope(0.0, 2.0) == pytest.approx(1.2)
    assert radial.soft_envelope(2.0, 2.0) == radial.soft_envelope(9.0, 2.0) == radial.sus(-1.0) == radial.sus(0.0) == 0
    assert radial.sus(2.0) == pytest.approx(np.exp(-0.5))


def test_integers_are_numbers():
    """tensor_square, norm, dot of integers: no truncation."""
    np.testing.assert_allclose(tensor_square([(1, 1, -1)], [1, 2, 3])[1][0], 14 / sqrt(15))
    np.testing.assert_allclose(dot([(1, 1, -1)], [1, 2, 3], [(1, 1, -1)], [1, 2, 3])[1], [14])
    np.testing.assert_allclose(
        norm_activation([(1, 1, -1)], [3, 0, 4], [np.reciprocal], normalization="norm")[1], [0.6, 0, 0.8]
    )
