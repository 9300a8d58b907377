"""The linear layer: which parameters it has, what it accepts, and what it says otherwise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import IrrepsArray, IrrepsError, LayoutError, linear, normal
from eqlib.nn import Linear

X = normal("2x0e+1o", jax.random.key(0), (4,), dtype=jnp.float64)
CHANNELS = normal("2x0e+1o", jax.random.key(0), (4, 3), dtype=jnp.float64)
FEATURES = jax.random.normal(jax.random.key(1), (4, 5), jnp.float64)
KEY = jax.random.key(2)

KINDS = {
    "vanilla": (Linear("2x0e+1o"), (X,), (2, 2)),
    "indexed": (Linear("2x0e+1o", num_indexed_weights=7), (jnp.arange(4), X), (7, 2, 2)),
    "mixed": (Linear("2x0e+1o"), (FEATURES, X), (5, 2, 2)),
    "per channel": (Linear("2x0e+1o", weights_per_channel=True), (CHANNELS,), (3, 2, 2)),
    "indexed per channel": (
        Linear("2x0e+1o", weights_per_channel=True, num_indexed_weights=7),
        (jnp.arange(4), CHANNELS),
        (7, 3, 2, 2),
    ),
    "mixed per channel": (Linear("2x0e+1o", weights_per_channel=True), (FEATURES, CHANNELS), (5, 3, 2, 2)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_sample_is_a_linear_map_with_its_weights(kind):
    """Shared, from a table or mixed, the same for every channel or not: sample by sample it is `linear`."""
    layer, inputs, shape = KINDS[kind]
    params = layer.init(KEY, *inputs)
    assert list(params) == ["w[0,0] 2x0e,2x0e", "w[1,1] 1x1o,1x1o"]
    assert params["w[0,0] 2x0e,2x0e"].shape == shape
    z = layer.apply(params, *inputs)
    x = inputs[-1]
    for n in range(4):
        w = params
        if "indexed" in kind:
            w = {name: w[name][n] for name in w}
        if "mixed" in kind:
            w = {name: jnp.tensordot(FEATURES[n], w[name], 1) / np.sqrt(5) for name in w}
        np.testing.assert_allclose(z.array[n], linear(x[n], w, "2x0e+1o").array, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "path_normalization, gradient_normalization", [("element", "element"), ("path", "path"), ("element", 0.5)]
)
def test_outputs_have_unit_variance_at_initialisation(path_normalization, gradient_normalization):
    """Whatever the split between the map and the weights."""
    layer = Linear(
        "64x0e+64x1o",
        simplify_irreps_internally=False,
        path_normalization=path_normalization,
        gradient_normalization=gradient_normalization,
    )
    x = normal("80x0e+64x1o+8x0e", jax.random.key(0), (30,), dtype=jnp.float32)
    features = jax.random.normal(jax.random.key(1), (30, 16), jnp.float32)
    for inputs in ((x,), (features, x)):
        for chunk in apply(layer, *inputs).chunks:
            # Of 30 samples in 64 columns or so, the lengths of samples and of columns are each good to 3 %.
            np.testing.assert_allclose(jnp.mean(chunk**2), 1.0, atol=0.2)


def test_a_zero_input_has_the_same_parameters():
    """DEFECTS A29: they depend on irreps, not on data, so a layer initialised on zeros takes any input."""
    layer = Linear("2x0e+1o")
    zero = IrrepsArray(X.irreps, jnp.zeros_like(X.array))
    assert list(layer.params(zero)) == list(layer.params(X))
    assert layer.apply(layer.init(KEY, zero), X).irreps == "2x0e+1o"


def test_a_bias_reaches_a_scalar_alone():
    """DEFECTS A30."""
    layer = Linear("2x0e+1o", biases=True)
    x = X[..., "1o"]
    assert layer.apply(layer.init(KEY, x), x).irreps == "2x0e+1o"
    assert not jnp.any(layer.init(KEY, x)["b[0] 2x0e"])


def test_dtypes():
    """Parameters have the dtype of the input; of integers float32, as in e3nn-jax, also where there is float64."""
    for dtype in (jnp.bfloat16, jnp.float32, jnp.float64):
        x = X.astype(dtype)
        params = Linear("1o").init(KEY, x)
        assert params["w[1,0] 1x1o,1x1o"].dtype == dtype
        assert Linear("1o").apply(params, x).dtype == dtype
    for dtype in (jnp.int8, jnp.uint32, jnp.int64, jnp.bool_):
        x = jnp.arange(3).astype(dtype)
        inputs = {"vanilla": (x,), "indexed": (jnp.array(2), x), "mixed": (jnp.ones(2, jnp.float64), x)}
        for kind, want in (("vanilla", jnp.float32), ("indexed", jnp.float32), ("mixed", jnp.float64)):
            layer = Linear("0e", num_indexed_weights=4 if kind == "indexed" else None)
            params = layer.init(KEY, *inputs[kind])
            assert params["w[0,0] 3x0e,1x0e"].dtype == layer.apply(params, *inputs[kind]).dtype == want


def test_parameter_initializer():
    layer = Linear("1o", parameter_initializer=lambda: jax.nn.initializers.constant(2.0))
    np.testing.assert_array_equal(layer.init(KEY, X)["w[1,0] 1x1o,1x1o"], [[2.0]])


def test_equal_options_are_equal_layers():
    """A layer is a value, in whatever notation its irreps and instructions are written."""
    options = {"irreps_in": "2x0e + 1o", "simplify_irreps_internally": False}
    left, right = (Linear("0e", instructions=pairs, **options) for pairs in ([(0, 0)], ((0, 0),)))
    assert left == right and hash(left) == hash(right)


def apply(layer, *inputs):
    return layer.apply(layer.init(KEY, *inputs), *inputs)


@pytest.mark.parametrize(
    "error, message, call",
    [
        (IrrepsError, "no linear_type 'dense'", lambda: Linear("0e", linear_type="dense")),
        (IrrepsError, "made for 3x0e and called with 2x0e\\+1x1o", lambda: apply(Linear("0e", "3x0e"), X)),
        (IrrepsError, "cannot reach 1x2e from 2x0e\\+1x1o", lambda: apply(Linear("2e"), X)),
        (IrrepsError, "needs irreps_in", lambda: Linear("0e").inputs()),
        (IrrepsError, "needs channel_in", lambda: Linear("0e", "0e", channel_out=2).inputs()),
        (IrrepsError, "needs weights_dim", lambda: Linear("0e", "0e", linear_type="mixed").inputs()),
        (IrrepsError, "needs num_indexed_weights", lambda: Linear("0e", "0e", linear_type="indexed").inputs()),
        (IrrepsError, "the weights must be scalars", lambda: apply(Linear("0e"), X[..., "1o"], X)),
        (
            IrrepsError,
            "instructions number the segments of irreps_in",
            lambda: apply(Linear("0e", instructions=[(0, 0)], simplify_irreps_internally=False), X),
        ),
        (LayoutError, "keeps them apart", lambda: Linear("0e", channel_out=2, weights_per_channel=True)),
        (LayoutError, "an integer is the index", lambda: apply(Linear("0e"), jnp.arange(4), X)),
        (LayoutError, "weights_dim=features", lambda: apply(Linear("0e", weights_dim=3), FEATURES, X)),
        (LayoutError, "channel_in=x.shape", lambda: apply(Linear("0e", channel_out=2), X[0])),
        (LayoutError, "\\[..., 7, 5\\]", lambda: apply(Linear("0e", channel_out=2, channel_in=7), CHANNELS)),
    ],
)
def test_raises(error, message, call):
    with pytest.raises(error, match=message):
        call()
