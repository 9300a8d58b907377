"""Random vectors and rotations, and what two laws say of them."""

import numpy as np

from spec import o3

RNG = np.random.default_rng(1)  # starts anew for each test, `conftest.py`


def elements():
    """A random rotation, a random improper rotation, and the inversion."""
    R, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
    return [R * np.linalg.det(R), -R * np.linalg.det(R), -np.eye(3)]


def vector(text):
    irreps = o3.parse(text)
    return irreps, RNG.normal(size=o3.dim(irreps))


def same(x, y):
    """x = y but for rounding: 4500 eps of the largest component, since rotations and sums mix small ones with large."""
    np.testing.assert_allclose(x, y, rtol=0, atol=1e-12 * np.abs(y).max(initial=0))


def equivariant(f, *texts):
    """f(D1 x, D2 y, ...) = D f(x, y, ...), and the output is not 0; f: vectors -> (irreps, z)."""
    irreps, inputs = zip(*map(vector, texts), strict=True)
    irreps_z, z = f(*inputs)
    assert z.size == 0 or np.abs(z).max() > 1e-3
    for R in elements():
        turned = f(*(o3.representation(i, R) @ x for i, x in zip(irreps, inputs, strict=True)))
        assert turned[0] == irreps_z
        same(turned[1], o3.representation(irreps_z, R) @ z)


def bilinear(f, text1, text2):
    """f(a x + x', b y + y') expands into four terms."""
    (_, x1), (_, x2), (_, y1), (_, y2) = vector(text1), vector(text1), vector(text2), vector(text2)
    left = f(2 * x1 + x2, y1 - 3 * y2)[1]
    right = 2 * f(x1, y1)[1] - 6 * f(x1, y2)[1] + f(x2, y1)[1] - 3 * f(x2, y2)[1]
    same(left, right)
