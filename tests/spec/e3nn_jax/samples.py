"""Random operands of both, and what agreement is."""

import numpy as np
import pytest

from spec import o3
from tests.spec.samples import RNG, vector

__all__ = ["IRREPS", "RNG", "agree", "array", "compiled", "e3nn", "irs", "jax", "jnp", "vector"]

jax = pytest.importorskip("jax")
e3nn = pytest.importorskip("e3nn_jax")
jnp = jax.numpy

IRREPS = ["2x0e+1o", "1x1e+2x1o+0x2e+2x0o+1x1e", "3o+2x2e", ""]


def array(text, x):
    return e3nn.IrrepsArray(text, jnp.asarray(x))


def compiled(f, *arrays, **options):
    """f(*arrays) of e3nn-jax, compiled in one piece: many times faster here than op by op."""
    return jax.jit(lambda *arrays: f(*arrays, **options))(*arrays)


def agree(specified, reference, tolerance=1e-12):
    """The irreps print alike, the numbers agree to `tolerance` of the largest; `reference` has the type IrrepsArray."""
    irreps, z = specified
    assert o3.show(irreps) == ("" if len(reference.irreps) == 0 else str(reference.irreps))
    assert z.shape == reference.shape
    np.testing.assert_allclose(z, reference.array, rtol=0, atol=tolerance * np.abs(z).max(initial=0))


def irs(pairs):
    return [e3nn.Irrep(*pair) for pair in pairs]
