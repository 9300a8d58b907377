"""The messages of layers about their options and of `linear` about its weights; tests/nn/options_test.py has more."""
# ruff: noqa: E501  (messages stand on their own lines)

from eqlib import LayoutError
from eqlib.nn import Linear, MultiLayerPerceptron
from tests.messages.case import Case, array

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
        "Linear('1o', num_indexed_weights=-1)",
        ValueError,
        "Linear: num_indexed_weights is -1, and must be an integer, 1 or more.",
        None,
        NAMES,
    ),
    Case(
        "MultiLayerPerceptron([4, -3])",
        ValueError,
        "MultiLayerPerceptron: list_neurons[1] is -3, and must be an integer, 0 or more.",
        None,
        NAMES,
    ),
]  # fmt: skip
