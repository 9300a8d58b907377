"""The code of the talk "e3nn: a modular framework to build E(3)-equivariant models", slide by slide, with eqlib."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib as e3nn


def printed(x):
    with np.printoptions(precision=2, suppress=True):
        return str(x)


def test_irreps_array():
    irreps = e3nn.Irreps("3x0e + 1o")
    array = jnp.array([0.0, 0.5, 0.5, 1.0, 2.0, 3.0])
    x = e3nn.IrrepsArray(irreps, array)
    assert x.irreps == "3x0e + 1o"
    assert x.array is array
    assert printed(x) == "3x0e+1x1o [0.  0.5 0.5 1.  2.  3. ]"


def test_representations_are_like_data_types():
    """Three scalars and two vectors: the scalars stay, the components of each vector change together."""
    a = e3nn.IrrepsArray("3x0e + 2x1o", jnp.arange(1.0, 10.0))
    R = e3nn.rand_matrix(jax.random.key(0))
    turned = a.transform_by_matrix(R)
    np.testing.assert_array_equal(turned["3x0e"].array, a["3x0e"].array)
    np.testing.assert_allclose(turned["2x1o"].array.reshape(2, 3), a["2x1o"].array.reshape(2, 3) @ R.T, rtol=1e-13)
    D = a.irreps.D_from_matrix(R)
    np.testing.assert_allclose(turned.array, D @ a.array, rtol=1e-13)
    np.testing.assert_allclose(D[3:6, 3:6], R, atol=1e-15)


def test_composition_is_equivariant_or_raises():
    def f(x: e3nn.IrrepsArray) -> e3nn.IrrepsArray:
        assert x.irreps == "1o"
        return e3nn.concatenate([e3nn.norm(x).repeat(16), x.repeat(16)]).regroup()

    def h(x: e3nn.IrrepsArray) -> e3nn.IrrepsArray:
        assert x.irreps == "16x0e + 16x1o"
        return e3nn.tensor_product(x["16x0e"], x["16x1o"])

    x = e3nn.IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
    R = e3nn.rand_matrix(jax.random.key(1), dtype=jnp.float64)
    turned = h(f(x.transform_by_matrix(R)))
    np.testing.assert_allclose(turned.array, h(f(x)).transform_by_matrix(R).array, rtol=1e-13)
    with pytest.raises(AssertionError):
        h(x)
    with pytest.raises(e3nn.IrrepsError):
        e3nn.cross(x, e3nn.norm(x))


def test_sums_and_multiples():
    x = e3nn.IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
    y = e3nn.IrrepsArray("1o", jnp.array([0.0, 0.0, 2.0]))
    alpha = 3.0
    assert printed(x + y) == "1x1o [1. 1. 4.]"
    assert printed(x - y) == "1x1o [1. 1. 0.]"
    assert printed(alpha * x) == "1x1o [3. 3. 6.]"


def test_a_vector_and_a_pseudovector_do_not_add():
    x = e3nn.IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
    y = e3nn.IrrepsArray("1e", jnp.array([0.0, 0.0, 2.0]))
    with pytest.raises(ValueError, match="cannot add 1x1o and 1x1e: they differ only in parity"):
        x + y


def test_tensor_product():
    x = e3nn.IrrepsArray("1o", jnp.array([1.0, 1.0, 2.0]))
    y = e3nn.IrrepsArray("1o", jnp.array([0.0, 0.0, 2.0]))
    z = e3nn.tensor_product(x, y)
    assert printed(z) == "1x0e+1x1e+1x2e [ 2.31  1.41 -1.41  0.    1.41  0.   -1.63  1.41  2.83]"


def test_the_famous_example():
    """3 x 3 = 1 + 3 + 5: the dot product, the cross product, and the symmetric traceless part."""
    (x1, y1, z1), (x2, y2, z2) = (1.0, 1.0, 2.0), (0.5, -1.0, 2.0)
    x, y = (e3nn.IrrepsArray("1o", jnp.array(v)) for v in ([x1, y1, z1], [x2, y2, z2]))
    z = e3nn.tensor_product(x, y)
    c = 3**0.5
    dot = [x1 * x2 + y1 * y2 + z1 * z2]
    cross = [y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2]
    symmetric = [
        c * (x1 * z2 + z1 * x2),
        c * (x1 * y2 + y1 * x2),
        2 * y1 * y2 - x1 * x2 - z1 * z2,
        c * (y1 * z2 + z1 * y2),
        c * (z1 * z2 - x1 * x2),
    ]
    np.testing.assert_allclose(z["0e"].array, np.array(dot) / 3**0.5, rtol=1e-13)
    np.testing.assert_allclose(z["1e"].array, np.array(cross) / 2**0.5, rtol=1e-13)
    np.testing.assert_allclose(z["2e"].array, np.array(symmetric) / 6**0.5, rtol=1e-13)


@pytest.mark.parametrize("l1, l2", [(0, 0), (1, 2), (3, 2), (4, 4)])
def test_clebsch_gordan_theorem(l1, l2):
    product = e3nn.tensor_product(f"{l1}e", f"{l2}e")
    assert [ir.l for _, ir in product] == list(range(abs(l1 - l2), l1 + l2 + 1))
    assert product.dim == (2 * l1 + 1) * (2 * l2 + 1)


@pytest.mark.parametrize("name, dim", [("0e", 1), ("1e", 3), ("2e", 5), ("0o", 1), ("1o", 3), ("2o", 5)])
def test_irreps_of_o3(name, dim):
    ((mul, ir),) = e3nn.Irreps(name)
    assert (mul, ir.dim, ir.p) == (1, dim, 1 if name[1] == "e" else -1)


def test_linear_mixing():
    pytest.importorskip("flax")
    a = e3nn.IrrepsArray("3x0e + 2x1o", jnp.arange(1.0, 10.0))
    lin = e3nn.flax.Linear("1o + 3x0e + 1o")
    w = lin.init(jax.random.key(0), a)
    b = lin.apply(w, a)
    assert b.irreps.dim == 9 and b.irreps.regroup() == "3x0e + 2x1o"
    R = e3nn.rand_matrix(jax.random.key(1))
    turned = lin.apply(w, a.transform_by_matrix(R))
    np.testing.assert_allclose(turned.array, b.transform_by_matrix(R).array, rtol=0, atol=1e-13)


def test_backup_slides():
    """jit compiles away what differentiation leaves; grad and vmap compose with every op."""

    def h(v):
        x = e3nn.IrrepsArray("1o", v)
        return e3nn.dot(x, x).array[0] ** 3

    v = jnp.array([1.0, 2.0, 2.0])
    np.testing.assert_allclose(jax.jit(jax.grad(h))(v), 6 * 9.0**2 * v, rtol=1e-13)
    points = jnp.stack([v, 2 * v])
    np.testing.assert_allclose(jax.vmap(jax.grad(h))(points), 6 * jnp.array([[81.0], [36.0**2]]) * points, rtol=1e-13)
