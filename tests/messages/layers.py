"""The messages of layers about their options and of `linear` about its weights; tests/nn/options_test.py has more."""
# ruff: noqa: E501  (messages stand on their own lines)

import jax
import jax.numpy as jnp

from eqlib import IrrepsError, LayoutError
from eqlib.nn import Linear, MultiLayerPerceptron
from tests.messages.case import Case, array, xy

NAMES = {"Linear": Linear, "MultiLayerPerceptron": MultiLayerPerceptron}

CASES = [
    Case(
        "linear(x, [jnp.ones((2, 1))], '0e + 1o')",
        LayoutError,
        "the weights are a list of length 1, and there are 2: w[0,0] 2x0e,1x0e of shape (2, 1); w[1,1] 1x1o,1x1o of shape (1, 1).\n"
        "  Write one array for each, in this order, such as [jnp.ones((2, 1)), jnp.ones((1, 1))].",
        "linear(x, [jnp.ones((2, 1)), jnp.ones((1, 1))], '0e + 1o')",
        {"x": array("2x0e + 1o")},
    ),
    Case(
        "linear(x, [jnp.ones(1)], '0e', force_irreps_out=True)",
        LayoutError,
        "the weights are a list of length 1, and there are 0: none.\n"
        "  Write one array for each, in this order, such as [].",
        "linear(x, [], '0e', force_irreps_out=True)",
        {"x": array("1o")},
    ),
    Case(
        "layer.apply(layer.init(key, y), x)",
        IrrepsError,
        "linear from 1x0e+2x1o to 1x1o has the weights ['w[1,0] 2x1o,1x1o'] and was given ['w[1,0] 1x1o,1x1o']: a weight is "
        "named after the segments that it joins, so these are of a map between other irreps.\n"
        "  For a layer write layer.init(key, x) with an x of the irreps to which it is applied; for linear, weights such as "
        "{'w[1,0] 2x1o,1x1o': jnp.ones((2, 1))}.",
        "layer.apply(layer.init(key, x), x), linear(x, {'w[1,0] 2x1o,1x1o': jnp.ones((2, 1))}, '1o')",
        xy("0e + 2x1o", "0e + 1o", key=jax.random.key(0), layer=Linear("1o")),
    ),
    Case(
        "linear(x, {'w[0,0] 1x0e,2x0e': jnp.ones((1, 2))}, '2x0e', biases=True)",
        IrrepsError,
        "linear from 1x0e to 2x0e has the weights ['b[0] 2x0e', 'w[0,0] 1x0e,2x0e'] and was given ['w[0,0] 1x0e,2x0e']: a "
        "weight is named after the segments that it joins, so these are of a map with other biases.\n"
        "  For a layer write layer.init(key, x) with an x of the irreps to which it is applied; for linear, weights such as "
        "{'w[0,0] 1x0e,2x0e': jnp.ones((1, 2)), 'b[0] 2x0e': jnp.ones((2,))}.",
        "linear(x, {'w[0,0] 1x0e,2x0e': jnp.ones((1, 2)), 'b[0] 2x0e': jnp.ones((2,))}, '2x0e', biases=True)",
        {"x": array("0e")},
    ),
    Case(
        "Linear('1o', num_indexed_weights=3).init(key, x)",
        LayoutError,
        "Linear has num_indexed_weights=3, so every sample needs its index, and was called with 1 input.\n"
        "  Write layer(index, x).",
        "Linear('1o', num_indexed_weights=3).init(key, index, x)",
        NAMES | {"key": jax.random.key(0), "index": jnp.array([0, 2, 1, 1]), "x": array("1o", 4)},
    ),
    Case(
        "Linear('1o', weights_dim=2).init(key, x)",
        LayoutError,
        "Linear has weights_dim=2, so every sample needs its features, and was called with 1 input.\n"
        "  Write layer(features, x).",
        "Linear('1o', weights_dim=2).init(key, features, x)",
        NAMES | {"key": jax.random.key(0), "features": jnp.ones((4, 2)), "x": array("1o", 4)},
    ),
    Case(
        "Linear('1o', linear_type='vanilla').init(key, x, x)",
        LayoutError,
        "Linear has linear_type='vanilla', so all samples share the weights, and was called with 2 inputs.\n"
        "  Write layer(x).",
        "Linear('1o', linear_type='vanilla').init(key, x)",
        NAMES | {"key": jax.random.key(0), "x": array("1o", 4)},
    ),
    Case(
        "Linear('1o', linear_type='vanilla', num_indexed_weights=3).init(key, x)",
        LayoutError,
        "Linear has num_indexed_weights=3 and linear_type='vanilla': 'vanilla' is for weights that all samples share, "
        "and the rest for weights of each sample.\n  Leave one of the two out.",
        "Linear('1o', linear_type='vanilla').init(key, x)",
        NAMES | {"key": jax.random.key(0), "x": array("1o", 4)},
    ),
    Case(
        "Linear('1o').init(key, x, x, x)",
        LayoutError,
        "Linear takes x, and before it at most the features of each sample, and was called with 3 inputs.\n"
        "  Write layer(x), or layer(features, x).",
        "Linear('1o').init(key, x)",
        NAMES | {"key": jax.random.key(0), "x": array("1o", 4)},
    ),
    Case(
        "Linear('1o', num_indexed_weights=-1)",
        ValueError,
        "Linear: num_indexed_weights is -1, and must be an integer, 1 or more.\n  Write num_indexed_weights=2.",
        "Linear('1o', num_indexed_weights=2)",
        NAMES,
    ),
    Case(
        "MultiLayerPerceptron([4, -3])",
        ValueError,
        "MultiLayerPerceptron: list_neurons[1] is -3, and must be an integer, 0 or more.\n  Write list_neurons=(2, 2).",
        "MultiLayerPerceptron(list_neurons=(2, 2))",
        NAMES,
    ),
    Case(
        "linear(x, jnp.ones((5, 1)), '1o', index=jnp.zeros(4, int))",
        LayoutError,
        "cannot give 1x1o its weights by index: the leading axes (4,) and (3,) do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis.",
        "linear(x[:, None], jnp.ones((5, 1)), '1o', index=jnp.zeros(4, int))",
        {"x": array("1o", 3)},
    ),
    Case(
        "linear(x, jnp.ones((5, 1)), '1o', mixing=jnp.ones((4, 5)))",
        LayoutError,
        "cannot give 1x1o its weights by mixing: the leading axes () and (4,) and (3,) do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis.",
        "linear(x[:, None], jnp.ones((5, 1)), '1o', mixing=jnp.ones((4, 5)))",
        {"x": array("1o", 3)},
    ),
    Case(
        "linear(x, jnp.ones((4, 1)), '1o')",
        LayoutError,
        "cannot give 1x1o its weights: the leading axes (4,) and (3,) do not broadcast.\n"
        "  Counted from the right, axes must be equal or 1: x[:, None] inserts an axis.",
        "linear(x[:, None], jnp.ones((4, 1)), '1o')",
        {"x": array("1o", 3)},
    ),
]  # fmt: skip
