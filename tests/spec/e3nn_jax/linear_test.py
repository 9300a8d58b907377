"""linear, in all the ways it takes weights, agrees with e3nn-jax in float64, where e3nn-jax is right."""

import numpy as np
import pytest

from spec import o3
from spec.linear import indexed_weights, linear, linear_channels, linear_paths, linear_per_channel, mixed_weights
from tests.spec.e3nn_jax.samples import RNG, agree, array, e3nn, jax, jnp

LAYERS = [
    ("2x0e+1o+3x1o+2e", "4x0e+2x1o+3x0o", {}),
    ("1o+2x0e+1o", "2x1o+0e+0x2e+3x0e+1o", {}),
    ("1o+2x0e+1o", "2x1o+0e+0x2e+3x0e+1o", {"biases": True, "path_normalization": "path"}),
    ("1o+2x0e+1o", "2x1o+2x2e+3x0e", {"biases": [False, True], "gradient_normalization": "element"}),
    ("1o+2x0e+0x1o", "2x1o+2x2e+0x0e+3x0e", {"force_irreps_out": True, "biases": True, "gradient_normalization": 0.3}),
    ("1o+2x0e+0x1o+5x1o", "2x1o+2x1o+0x0e+3x0e", {"simplify_irreps_internally": False, "path_normalization": 0.4}),
    ("1o+2x0e+0x1o+5x1o", "2x1o+2x1o+3x0e", {"simplify_irreps_internally": False, "path_normalization": "path"}),
    ("0x1o+2x0e", "2x1o+1x0e", {"simplify_irreps_internally": False, "path_normalization": "path"}),
]


def layer(text_in, text_out, options, shape=(4,), inputs=(), **more):
    """x, and e3nn-jax's layer with random weights: (x, weights, rows of the output)."""
    flax_linear = pytest.importorskip("e3nn_jax.flax").Linear(text_out, **options, **more)
    x = RNG.normal(size=(*shape, o3.dim(o3.parse(text_in))))
    arguments = (*inputs, array(text_in, x))
    shapes = jax.eval_shape(flax_linear.init, jax.random.PRNGKey(0), *arguments)
    weights = {name: RNG.normal(size=w.shape) for name, w in shapes.get("params", {}).items()}
    output = jax.jit(flax_linear.apply)({"params": weights}, *arguments)
    return x, weights, [e3nn.IrrepsArray(output.irreps, row) for row in np.asarray(output.array)]


@pytest.mark.parametrize("text_in, text_out, options", LAYERS)
def test_linear(text_in, text_out, options):
    x, weights, output = layer(text_in, text_out, options)
    for n, row in enumerate(x):
        agree(linear(o3.parse(text_in), row, weights, o3.parse(text_out), **options), output[n])


def test_linear_with_instructions():
    text_in, text_out = "2x0e+1o+3x0e", "4x0e+2x1o+1x0e"
    options = {"instructions": [(2, 0), (1, 1), (0, 0)], "simplify_irreps_internally": False}
    x, weights, output = layer(text_in, text_out, options, irreps_in=e3nn.Irreps(text_in))
    for n, row in enumerate(x):
        agree(linear(o3.parse(text_in), row, weights, o3.parse(text_out), **options), output[n])


@pytest.mark.parametrize("text_in, text_out, options", LAYERS[1:5:2])
def test_linear_indexed(text_in, text_out, options):
    indices = np.array([2, 0, 1, 1])
    x, weights, output = layer(text_in, text_out, options, inputs=[jnp.asarray(indices)], num_indexed_weights=3)
    for n, row in enumerate(x):
        w = indexed_weights(weights, indices[n])
        agree(linear(o3.parse(text_in), row, w, o3.parse(text_out), **options), output[n])


@pytest.mark.parametrize("text_in, text_out, options", LAYERS[1:5:2])
@pytest.mark.parametrize("per_channel", [False, True])
def test_linear_mixed(text_in, text_out, options, per_channel):
    mixing = RNG.normal(size=(4, 6))
    shape = (4, 3) if per_channel else (4,)
    x, weights, output = layer(
        text_in, text_out, options, shape, inputs=[jnp.asarray(mixing)], weights_per_channel=per_channel
    )
    apply = linear_per_channel if per_channel else linear
    g = options.get("gradient_normalization", 1.0)
    for n, row in enumerate(x):
        w = mixed_weights(weights, mixing[n], gradient_normalization=g)
        agree(apply(o3.parse(text_in), row, w, o3.parse(text_out), **options), output[n])


@pytest.mark.parametrize("text_in, text_out, options", LAYERS[1:5:2])
def test_linear_channels(text_in, text_out, options):
    x, weights, output = layer(text_in, text_out, options, (2, 3), channel_out=5)
    for n, channels in enumerate(x):
        agree(
            linear_channels(o3.parse(text_in), channels, weights, o3.parse(text_out), channel_out=5, **options),
            output[n],
        )


@pytest.mark.parametrize("text_in, text_out, options", LAYERS)
def test_linear_paths(text_in, text_out, options):
    options = {
        key: options.get(key, "path" if key == "gradient_normalization" else "element")
        for key in ("path_normalization", "gradient_normalization")
    }
    for biases in (False, True):
        ours = linear_paths(o3.parse(text_in), o3.parse(text_out), biases=biases, **options)
        theirs = e3nn.FunctionalLinear(text_in, text_out, biases=biases, **options).instructions
        for a, b in zip(ours, theirs, strict=True):
            assert (-1 if a.i_in is None else a.i_in, a.i_out, a.shape) == (b.i_in, b.i_out, b.path_shape)
            np.testing.assert_allclose([a.path_weight, a.weight_std], [b.path_weight, b.weight_std], rtol=1e-14)
