"""spherical_harmonics agrees with e3nn-jax in float64, where e3nn-jax is right."""

import numpy as np
import pytest

from spec import o3
from spec.spherical_harmonics import spherical_harmonics
from tests.spec.e3nn_jax.samples import RNG, agree, array, e3nn, jax


@pytest.mark.parametrize("normalization", ["integral", "component", "norm"])
def test_spherical_harmonics(normalization):
    text = "0e+2x1o+2e+0x4e+5o+0e"
    for normalize in (False, True):
        theirs = jax.jit(lambda x, n=normalize: e3nn.spherical_harmonics(text, x, n, normalization))
        for x in (RNG.normal(size=3), np.array([0.0, 1.0, 0.0]), np.zeros(3)):
            agree(
                spherical_harmonics(o3.parse(text), [(1, 1, -1)], x, normalize=normalize, normalization=normalization),
                theirs(array("1o", x)),
            )
    agree(
        spherical_harmonics([0, 1, 2, 3], [(1, 1, 1)], x, normalize=True, normalization=normalization),
        e3nn.spherical_harmonics([0, 1, 2, 3], array("1e", x), True, normalization),
    )


def test_spherical_harmonics_of_high_degree():
    x = RNG.normal(size=3)
    agree(
        spherical_harmonics(11, [(1, 1, -1)], x, normalize=True),
        e3nn.spherical_harmonics(11, array("1o", x), True),
    )
