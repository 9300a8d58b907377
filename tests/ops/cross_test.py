"""cross: the conformance suite, and what is particular to it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.cross
from eqlib import IrrepsArray, IrrepsError, normal
from eqlib.ops.cross import cross
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject
from tests.ops.bilinearity import require_bilinear
from tests.to_rounding import require_same


def subject(left, right, edges=()):
    return Subject("cross", cross, (left, right), spec.cross.cross, f"{left}*{right}", edges, degrees=(1, 1))


test_conforms = conforms(
    subject("1o", "1o", edges=(("", ""), ("0x1o", ""), ("0x1o+1e", "0x1e+0x1o+1o"))),
    subject("2x1o+1e", "1o+2x1e"),
)


def test_law_bilinear():
    require_bilinear(cross, "2x1o+1e", "1o+2x1e")


def test_law_antisymmetric():
    """cross(y, x) = -cross(x, y) and cross(x, x) = 0: to rounding, for a fused multiply-add rounds one term only."""
    irreps = "2x1o+1e"
    x, y = (normal(irreps, jax.random.key(seed), (5,), dtype=jnp.float64).array for seed in (0, 1))

    def f(a, b):
        return cross(IrrepsArray(irreps, a), IrrepsArray(irreps, b)).array

    assert np.abs(f(x, y)).max() > 1
    require_same(lambda x, y: f(y, x), lambda x, y: -f(x, y), x, y)
    require_same(lambda x: f(x, x), lambda x: 0.0 * f(x, 0.0 * x), x)


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.float32])
def test_same_numbers_as_numpy(dtype):
    x, y = (normal("2x1o", jax.random.key(seed), (7,), dtype=dtype).array.reshape(7, 2, 3) for seed in (0, 1))
    z = cross(*(IrrepsArray("2x1o", a.reshape(7, 6)) for a in (x, y)))
    assert z.irreps == "2x1e"
    scale = np.linalg.norm(x, axis=-1, keepdims=True) * np.linalg.norm(y, axis=-1, keepdims=True)
    error = np.abs(z.array.reshape(7, 2, 3) - np.cross(np.float64(x), np.float64(y))) / scale
    assert error.max() <= 2 * jnp.finfo(dtype).eps


@pytest.mark.parametrize("left, right", [("1o", "1e"), ("2x1o+1e", "1o+2x1e"), ("0x1o+1o", "1e"), ("", "")])
def test_same_numbers_as_e3nn_jax(left, right):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    x, y = (normal(irreps, jax.random.key(0), (3,), dtype=jnp.float64) for irreps in (left, right))
    want = e3nn_jax.cross(e3nn_jax.IrrepsArray(left, x.array), e3nn_jax.IrrepsArray(right, y.array))
    got = cross(x, y)
    assert list(map(str, got.irreps)) == list(map(str, want.irreps))
    np.testing.assert_allclose(got.array, want.array, atol=1e-12)


def test_irreps_alone_give_irreps():
    assert cross("2x1o", "1o+1e") == "1e+1o"


def test_raises_for_other_degrees_and_other_numbers_of_vectors():
    with pytest.raises(IrrepsError, match="only vectors, of degree l = 1, have one"):
        cross("1o+0e", "1o+0e")
    with pytest.raises(IrrepsError, match="the first has 1 copies and the second 2"):
        cross("1o", "2x1o")
    x = normal("1o+0e", jax.random.key(0))
    assert cross(x.filter(keep="1o + 1e"), x.filter(keep="1o + 1e")).irreps == "1e"


def test_numpy_arrays_are_taken():
    x = IrrepsArray("1o", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(cross(x, x).array, np.zeros(3), atol=1e-14)
