"""A segment without copies holds nothing: no op refuses an array because of one, nor computes otherwise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import Graph, Irreps, IrrepsArray, IrrepsError
from eqlib.nn import Linear, MultiLayerPerceptron

# For each op: the irreps that it takes, and the op.
OPS = {
    "+": ("2x0e", lambda x: x + 1.0),
    "-": ("2x0e", lambda x: 1.0 - x),
    "+ array": ("2x0e", lambda x: x + jnp.arange(2.0)),
    "==": ("2x0e", lambda x: x == 1.0),
    "!=": ("2x0e", lambda x: x != 1.0),
    "1 /": ("2x0e + 0o", lambda x: 1 / x),
    "x / x": ("2x0e + 0o", lambda x: x / x),
    "** 2": ("2x0e + 0o", lambda x: x**2),
    "** 3": ("2x0e + 0o", lambda x: x**3),
    "** -1": ("2x0e + 0o", lambda x: x**-1),
    "** 0.5": ("2x0e", lambda x: x**0.5),
    "** complex": ("2x0e", lambda x: x**1j),
    "** array": ("2x0e", lambda x: x ** jnp.arange(2.0)),
    "where": ("0e + 1o", lambda x: eqlib.where(jnp.array([True, False]), x, 0)),
    "scatter_max": ("2x0e", lambda x: eqlib.scatter_max(x[None], dst=jnp.array([0]), output_size=1)),
    "cross": ("2x1o + 1e", lambda x: eqlib.cross(x, x)),
    "dot": ("0e + 1o", lambda x: eqlib.dot(x, x)),
    "elementwise": ("0e + 1o", lambda x: eqlib.elementwise_tensor_product(x, x)),
    "scalar_activation": ("2x0e + 0o", lambda x: eqlib.scalar_activation(x, odd_act=jnp.tanh)),
    "functions": ("2x0e", lambda x: eqlib.scalar_activation(x, [jax.nn.gelu] * len(x.irreps))),
    "norm_activation": ("0e + 1o", lambda x: eqlib.norm_activation(x, [jax.nn.gelu] * len(x.irreps))),
    "gate": ("2x0e + 1o", lambda x: eqlib.gate(x, odd_act=jnp.exp)),
    "harmonics": ("1o", lambda x: eqlib.spherical_harmonics([0, 1], x, True)),
    "extend_with_zeros": ("0e + 1o", lambda x: x.extend_with_zeros("0e + 0e + 1o + 2x2e")),
    "index": ("0e + 1o", lambda x: x[..., "0e + 1o"]),
    "at": ("0e + 1o", lambda x: x.at[..., "0e + 1o"].set(2 * x)),
    "linear": ("0e + 1o", lambda x: eqlib.linear(x, jnp.ones(2), "0e + 1o + 0x2e")),
    "mixing": ("2x0e", lambda x: eqlib.linear(IrrepsArray("1o", jnp.ones(3)), jnp.ones((2, 1)), "1o", mixing=x)),
    "Linear": ("2x0e", lambda x: applied(Linear("1o"), x, IrrepsArray("1o", jnp.ones(3)))),
    "MLP": ("2x0e", lambda x: applied(MultiLayerPerceptron([2]), x)),
    "conv": ("0e", lambda x: eqlib.conv(IrrepsArray("1o", jnp.ones((2, 3))), jnp.ones((1, 1)), x[None], GRAPH)),
    "symmetric": ("0e + 1o", lambda x: eqlib.symmetric_contraction(x, jnp.ones((5, 1)), "0e + 0x1e", degree=3)),
}
GRAPH = Graph(senders=[0], receivers=[1], num_nodes=2)


def applied(layer, *inputs):
    return layer.apply(layer.init(jax.random.key(0), *inputs), *inputs)


def with_empty_segments(irreps):
    """Segments without copies before, between and after: of scalars, of vectors, of either parity."""
    irreps = Irreps(irreps)
    return Irreps("0x1o + 0x0o") + irreps[:1] + Irreps("0x2e + 0x0e") + irreps[1:] + Irreps("0x0o + 0x1e")


def result(op, irreps):
    values = jnp.linspace(0.5, 1.5, Irreps(irreps).dim)
    return op(IrrepsArray(irreps, values))


@pytest.mark.parametrize("name", OPS)
def test_the_same_without_and_with_segments_of_no_copies(name):
    irreps, op = OPS[name]
    want, got = result(op, irreps), result(op, with_empty_segments(irreps))
    assert got.irreps.remove_zero_multiplicities() == want.irreps.remove_zero_multiplicities()
    np.testing.assert_array_equal(got.array, want.array)


@pytest.mark.parametrize("name", ["** 2", "** 3", "** -1", "1 /", "scalar_activation"])
def test_the_irreps_are_those_of_e3nn_jax(name):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    irreps, (_, op) = with_empty_segments(OPS[name][0]), OPS[name]
    x = e3nn_jax.IrrepsArray(str(irreps), jnp.linspace(0.5, 1.5, irreps.dim))
    theirs = {"scalar_activation": lambda x: e3nn_jax.scalar_activation(x, odd_act=jnp.tanh)}
    want = theirs.get(name, op)(x)
    assert str(result(op, irreps).irreps) == str(want.irreps)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: x + 1.0,
        lambda x: x == 1.0,
        lambda x: 1 / x,
        lambda x: x / x,
        lambda x: x**2,
        lambda x: eqlib.scatter_max(x[None], dst=jnp.array([0]), output_size=1),
        lambda x: eqlib.scalar_activation(x, [jax.nn.gelu] * 2),
        lambda x: eqlib.cross(x, x),
    ],
)
def test_a_copy_is_refused_as_before(wrong):
    with pytest.raises(IrrepsError):
        result(wrong, "0x0o + 2x2e")
