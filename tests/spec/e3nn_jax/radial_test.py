"""The functions of a distance agree with e3nn-jax in float64, where e3nn-jax is right."""

import numpy as np
import pytest

from spec import radial as spec_radial
from tests.spec.e3nn_jax.samples import e3nn, jnp

DISTANCES = [-0.3, 0.0, 1e-3, 0.4, 0.99, 1.0, 1.7, 2.5]


def compare(f, g):
    for x in DISTANCES:
        np.testing.assert_allclose(f(x), g(jnp.asarray(x)), rtol=1e-12, atol=1e-12)


def test_bessel():
    compare(lambda x: spec_radial.bessel(x, 6, 1.3), lambda x: e3nn.bessel(x, 6, 1.3))


@pytest.mark.parametrize("basis", ["gaussian", "cosine", "smooth_finite", "fourier"])
@pytest.mark.parametrize("ends", [(True, True), (True, False), (False, True), (False, False)])
def test_soft_one_hot_linspace(basis, ends):
    if basis == "fourier" and ends[0] != ends[1]:
        with pytest.raises(AssertionError):
            spec_radial.soft_one_hot_linspace(
                0.1, start=0, end=1, number=3, basis=basis, start_zero=True, end_zero=False
            )
        return
    for number in (5,):
        options = {"start": -0.1, "end": 1.9, "number": number, "basis": basis}
        options |= {"cutoff": ends[0]} if ends[0] == ends[1] else {"start_zero": ends[0], "end_zero": ends[1]}
        compare(
            lambda x, o=options: spec_radial.soft_one_hot_linspace(x, **o),
            lambda x, o=options: e3nn.soft_one_hot_linspace(x, **o),
        )


@pytest.mark.parametrize("n0, n1", [(0, 0), (1, 2), (5, 2), (4, 6)])
def test_poly_envelope(n0, n1):
    compare(spec_radial.poly_envelope(n0, n1, 1.7), e3nn.poly_envelope(n0, n1, 1.7))


def test_envelopes():
    compare(spec_radial.sus, e3nn.sus)
    compare(spec_radial.soft_envelope, e3nn.soft_envelope)
    compare(lambda x: spec_radial.soft_envelope(x, 1.5, 3.0, 2.0), lambda x: e3nn.soft_envelope(x, 1.5, 3.0, 2.0))
