"""o3 agrees with e3nn-jax in float64, where e3nn-jax is right."""

import numpy as np
import pytest

from spec import o3
from tests.spec.e3nn_jax.samples import RNG, e3nn, jax, jnp


def test_clebsch_gordan():
    for l1, l2, l3 in [
        (0, 0, 0),
        (1, 1, 0),
        (1, 1, 1),
        (1, 2, 3),
        (2, 2, 2),
        (4, 3, 5),
        (3, 6, 4),
        (8, 8, 8),
        (1, 1, 3),
    ]:
        np.testing.assert_allclose(o3.clebsch_gordan(l1, l2, l3), e3nn.clebsch_gordan(l1, l2, l3), atol=2e-14)


def test_generators():
    for l in range(9):
        np.testing.assert_allclose(o3.generators(l), e3nn.generators(l), atol=1e-13)


@pytest.mark.parametrize("text", ["2x0o+1o+2e+3e", "8o"])
def test_representation(text):
    R, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
    theirs = jax.jit(e3nn.Irreps(text).D_from_matrix)
    for g in (R, -R):
        np.testing.assert_allclose(o3.representation(o3.parse(text), g), theirs(jnp.asarray(g)), atol=1e-12)
