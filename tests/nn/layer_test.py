"""A layer is data and a pure function; a model is written once, as its forward pass."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import IrrepsArray, gate, normal
from eqlib.nn import Layer, Linear, Model, MultiLayerPerceptron, Param
from eqlib.nn.layer import paths_of, shapes_of
from tests.to_rounding import require_same


@dataclass(frozen=True)
class Block(Model):
    """Two linear layers with a gate between, weighted by a perceptron of a distance, and a parameter of its own."""

    irreps: str = "4x0e+2x0e+2x1o"

    def forward(self, call, x, distance):
        hidden = gate(call("up", Linear(self.irreps), x))
        weights = call("radial", MultiLayerPerceptron((3, hidden.irreps.num_irreps), jax.nn.silu), distance)
        shift = call("shift", Param((1,), jax.nn.initializers.ones, x.dtype))
        return call("down", Linear("2x0e+1o"), hidden * weights) * shift

    def inputs(self):
        return IrrepsArray("3x0e+1o", jax.ShapeDtypeStruct((6,), jnp.float32)), jax.ShapeDtypeStruct((1,), jnp.float32)


@dataclass(frozen=True)
class Forces(Model):
    """A model that differentiates a model inside."""

    def forward(self, call, positions):
        return -jax.grad(lambda r: jnp.sum(call("energy", MultiLayerPerceptron((4, 1), jnp.tanh), r)))(positions)


X = normal("3x0e+1o", jax.random.key(0), (5,), dtype=jnp.float32)
DISTANCE = jnp.linspace(0.0, 1.0, 5, dtype=jnp.float32)[:, None]


def test_the_parameters_of_a_model_are_those_of_its_layers():
    assert shapes_of(Block().params(X, DISTANCE)) == {
        "up": {"w[0,0] 3x0e,6x0e": ((3, 6), "float32"), "w[1,1] 1x1o,2x1o": ((1, 2), "float32")},
        "radial": {
            "Dense_0": {"kernel": ((1, 3), "float32")},
            "Dense_1": {"kernel": ((3, 6), "float32")},
        },
        "shift": ((1,), "float32"),
        "down": {"w[0,0] 4x0e,2x0e": ((4, 2), "float32"), "w[1,1] 2x1o,1x1o": ((2, 1), "float32")},
    }


def test_a_model_is_equivariant_as_a_whole():
    x, distance = X.astype(jnp.float64), DISTANCE.astype(jnp.float64)
    params = Block().init(jax.random.key(1), x, distance)
    R = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])  # exact: only the sums of the layers round

    def block(array):
        return Block().apply(params, IrrepsArray(x.irreps, array), distance)

    def turned(array):
        return block(IrrepsArray(x.irreps, array).transform_by_matrix(R).array).array

    require_same(turned, lambda array: block(array).transform_by_matrix(R).array, x.array)
    assert block(x.array).irreps == "2x0e+1o"
    assert float(jnp.std(turned(x.array))) > 0.1


def test_parameters_are_found_on_shapes_alone():
    """Petabytes of parameters are described in no time, and shapes may stand for arrays."""
    x = jax.ShapeDtypeStruct((7, 10**7), jnp.bfloat16)
    specs = MultiLayerPerceptron((10**7, 10**7)).params(x)
    assert shapes_of(specs)["Dense_1"] == {"kernel": ((10**7, 10**7), "bfloat16")}
    assert shapes_of(Block().params(*Block().inputs())) == shapes_of(Block().params(X, DISTANCE))

    @dataclass(frozen=True)
    class Huge(Model):
        def forward(self, call, x):
            return call("inside", MultiLayerPerceptron((10**7, 10**7)), x)

    assert shapes_of(Huge().params(x))["inside"] == shapes_of(specs)


def test_a_model_may_differentiate_a_layer_inside():
    r = jnp.ones(3)
    params = Forces().init(jax.random.key(0), r)
    energy = MultiLayerPerceptron((4, 1), jnp.tanh)
    want = -jax.grad(lambda r: jnp.sum(energy.apply(params["energy"], r)))(r)
    np.testing.assert_array_equal(Forces().apply(params, r), want)


def test_layers_differ_in_their_initial_values():
    """Every parameter takes a key of its own."""
    params = Block("3x0e+3x0e+1o").init(jax.random.key(0), X, DISTANCE)
    values = np.concatenate([np.ravel(p) for p in jax.tree.leaves(params) if p.size > 1])
    assert len(np.unique(values)) == len(values)
    assert paths_of(Block().params(X, DISTANCE))[2] == ("radial", "Dense_0", "kernel")


def test_one_name_is_one_layer():
    @dataclass(frozen=True)
    class Twice(Model):
        second: str

        def forward(self, call, x):
            return call("same", Linear(self.second), call("same", Linear("3x0e+1o"), x))

    assert list(Twice("3x0e+1o").params(X)) == ["same"]
    with pytest.raises(ValueError, match="Twice calls 'same' twice with different parameters"):
        Twice("2x0e").params(X)


def test_a_layer_without_its_methods_says_so():
    for method in ("params", "apply", "inputs"):
        with pytest.raises(NotImplementedError, match="Layer does not say what"):
            getattr(Layer(), method)(*([{}] if method == "apply" else []))
    with pytest.raises(NotImplementedError, match="Model does not say what it computes"):
        Model().params()
