"""norm_activation: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.norm_activation
from eqlib import IrrepsArray, IrrepsError, normal
from eqlib.ops.norm_activation import norm_activation
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject


def subject(irreps, acts, edges=(), **keywords):
    return Subject(
        "norm_activation",
        lambda x: norm_activation(x, acts, **keywords),
        (irreps,),
        functools.partial(spec.norm_activation.norm_activation, acts=acts, **keywords),
        label="-".join([irreps, *keywords.values()]),
        edges=edges,
    )


test_conforms = conforms(
    subject("2x0e+2x1o+2e", [None, jnp.tanh, jnp.cos], edges=(("0x0e+0x1o+0x2e",), ("0x0e+1o+0x2e",))),
    subject("0o+2x1e", [jax.nn.sigmoid, jax.nn.softplus], normalization="norm"),
    subject("", []),
)


@pytest.mark.parametrize("normalization", ["component", "norm"])
@pytest.mark.parametrize("irreps", ["2x0e+3x1o+2e+0o", "0x0e+1o+0x2o+4o", "1e+0o+0e+2o"])
def test_same_numbers_as_e3nn_jax(irreps, normalization):
    e3nn = pytest.importorskip("e3nn_jax")
    x = normal(irreps, jax.random.key(0), (5,), dtype=jnp.float64).array.at[2].set(0.0)
    acts = [None, jnp.tanh, jnp.exp, jax.nn.silu]
    ours = norm_activation(IrrepsArray(irreps, x), acts, normalization=normalization)
    theirs = e3nn.norm_activation(e3nn.IrrepsArray(irreps, x), acts, normalization=normalization)
    assert str(ours.irreps) == str(theirs.irreps)
    np.testing.assert_allclose(ours.array, theirs.array, rtol=1e-12, atol=1e-15)


def test_a_length_of_one_means_components_of_size_one():
    lengths = []
    norm_activation(IrrepsArray("2o", jnp.ones(5)), [lambda length: lengths.append(length) or length])
    lengths = [np.ravel(length) for length in lengths if not isinstance(length, jax.core.Tracer)]
    np.testing.assert_allclose([length for length in lengths if length.any()][-1], 1.0, rtol=1e-15)


@pytest.mark.parametrize(
    "act, derivative", [(jnp.cos, 1.0), (jnp.exp, 1.0), (jnp.sqrt, 0.0), (jnp.reciprocal, 0.0), (jnp.log, 0.0)]
)
def test_a_copy_that_is_zero_has_the_derivative_act_of_zero(act, derivative):
    """Which it is not allowed to have where act(0) is infinite; others are not disturbed by it."""
    x = IrrepsArray("2x1o", jnp.array([0.0, 0.0, 0.0, 0.6, 0.0, 0.8]))
    jacobian = jax.jacobian(lambda a: norm_activation(IrrepsArray("2x1o", a), [act], normalization="norm").array)
    np.testing.assert_array_equal(norm_activation(x, [act]).array[:3], 0.0)
    first, second = jax.jit(lambda a: (jacobian(a), jax.jacfwd(jacobian)(a)))(x.array)
    np.testing.assert_allclose(first[:3, :3], derivative * np.eye(3))
    assert np.isfinite(first).all() and np.isfinite(second).all()


def test_a_function_may_be_learned():
    x = IrrepsArray("2x1o", jnp.array([0.0, 0.0, 0.0, 3.0, 0.0, 4.0]))
    z = jax.grad(lambda c: jnp.sum(norm_activation(x, [lambda n: c / n], normalization="norm").array))
    np.testing.assert_allclose(jax.jit(z)(2.0), 7 / 5)


def test_arrays_alone_are_scalars_and_irreps_alone_give_irreps():
    assert norm_activation("2x1o+0e", [jnp.tanh, None]) == "2x1o+0e"
    np.testing.assert_allclose(norm_activation(np.array([-2.0, 3.0]), [jnp.square]).array, [-8.0, 27.0])
    np.testing.assert_allclose(norm_activation(IrrepsArray("0e", jnp.array([2])), [jnp.sqrt]).array, [2 * 2**0.5])


def test_raises_for_wrong_numbers_of_functions_and_an_unknown_normalisation():
    x = normal("1o+0e", jax.random.key(0))
    with pytest.raises(IrrepsError, match="given 1 functions for the 2 segments of 1x1o"):
        norm_activation(x, [jnp.tanh])
    with pytest.raises(IrrepsError, match="no normalization 'integral' of lengths"):
        norm_activation(x, [jnp.tanh, None], normalization="integral")


def test_raises_for_functions_that_mix_copies():
    x = IrrepsArray("3x1o", jnp.ones(9))
    for mixing in (lambda n: n.sum(), lambda n: n / n.sum(), lambda n: jax.nn.softmax(n, axis=-2)):
        with pytest.raises(IrrepsError, match="it is not elementwise"):
            norm_activation(x, [mixing])
    with pytest.raises(IrrepsError, match=r"made an array of shape \(6, 1\) from one of shape \(3, 1\)"):
        norm_activation(x, [lambda n: jnp.concatenate([n, n])])


def test_a_function_may_be_constant_or_differ_from_copy_to_copy():
    x, scale = IrrepsArray("2x1o", jnp.ones(6)), np.array([[1.0], [2.0]])
    np.testing.assert_array_equal(norm_activation(x, [lambda n: 3.0]).array, 3 * x.array)
    np.testing.assert_array_equal(norm_activation(x, [lambda n: scale * n]).array, [1, 1, 1, 2, 2, 2])
