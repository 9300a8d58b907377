"""FunctionalLinear: a linear map as a value."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import FunctionalLinear, Irreps, IrrepsArray, IrrepsError

IRREPS_IN, IRREPS_OUT = "2x0e+1o+0e+0x1o", "1o+2x0e+2e"
F = FunctionalLinear(IRREPS_IN, IRREPS_OUT, path_normalization="path", gradient_normalization=0.5)
X = IrrepsArray(IRREPS_IN, jax.random.normal(jax.random.key(0), (6,), jnp.float64))
WS = jax.random.normal(jax.random.key(1), (F.num_weights,), jnp.float64)


def test_same_as_e3nn_jax():
    """Instructions, mask, outputs and matrix."""
    e3nn = pytest.importorskip("e3nn_jax")
    theirs = e3nn.FunctionalLinear(IRREPS_IN, IRREPS_OUT, path_normalization="path", gradient_normalization=0.5)
    assert [tuple(ins)[:3] for ins in F.instructions] == [tuple(ins)[:3] for ins in theirs.instructions]
    numbers = [[tuple(ins)[3:] for ins in f.instructions] for f in (F, theirs)]
    np.testing.assert_allclose(*numbers, rtol=1e-14)
    np.testing.assert_array_equal(F.output_mask, theirs.output_mask)
    assert repr(F) == repr(theirs)
    want = theirs(WS, e3nn.IrrepsArray(IRREPS_IN, X.array))
    np.testing.assert_allclose(F(WS, X).array, want.array, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(F.matrix(F.split_weights(WS)), theirs.matrix(theirs.split_weights(WS)), atol=1e-14)


def test_the_matrix_is_the_map():
    """A list of weights and flat ones are the same; leading axes broadcast."""
    x = IrrepsArray(IRREPS_IN, jax.random.normal(jax.random.key(2), (5, 6), jnp.float64))
    np.testing.assert_allclose(F(WS, x).array, x.array @ F.matrix(WS), rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(F(F.split_weights(WS), x).array, F(WS, x).array)
    many = jnp.stack([WS, 2 * WS])
    np.testing.assert_allclose(F(F.split_weights(many), X).array, F(many, X).array)
    np.testing.assert_allclose(F(many, X).array[1], 2 * F(WS, X).array, rtol=1e-14)


def test_instructions_and_biases():
    f = FunctionalLinear("2x0e+1o", "0e+1o+0e", instructions=[(0, 2), (1, 1)], biases=[True, False, False])
    assert [(ins.i_in, ins.i_out) for ins in f.instructions] == [(0, 2), (1, 1), (-1, 0)]
    assert f.num_weights == 4 and f.output_mask.all()
    z = f(jnp.array([1.0, 1.0, 3.0, 7.0]), IrrepsArray("2x0e+1o", jnp.ones(5)))
    np.testing.assert_allclose(z.array, [7.0, 3.0, 3.0, 3.0, np.sqrt(2.0)], rtol=1e-15)
    with pytest.raises(IrrepsError, match="affine"):
        f.matrix(jnp.ones(4))


def test_it_is_a_value():
    """DEFECTS B14: two that are equal are equal, so that compiled functions that hold one are compiled once."""
    again = FunctionalLinear(Irreps(IRREPS_IN), Irreps(IRREPS_OUT), None, False, 1.0, 0.5)
    assert again == F and hash(again) == hash(F)
    assert FunctionalLinear(IRREPS_IN, IRREPS_OUT) != F


def test_raises_for_what_is_not_equivariant():
    with pytest.raises(IrrepsError, match="Schur"):
        FunctionalLinear("0e", "1o", [(0, 0)])
    with pytest.raises(IrrepsError, match="cannot rechunk"):
        F(WS, IrrepsArray("6x0e", jnp.ones(6)))
