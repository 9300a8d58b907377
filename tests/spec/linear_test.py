"""linear obeys its laws."""

from math import sqrt

import numpy as np
import pytest

from spec import o3
from spec.linear import linear, linear_channels, linear_paths, linear_per_channel, mixed_weights
from tests.spec.samples import RNG, equivariant

OPTIONS = [
    {},
    {"biases": True, "path_normalization": "path"},
    {"gradient_normalization": "element", "force_irreps_out": True},
    {"simplify_irreps_internally": False, "path_normalization": 0.3, "gradient_normalization": 0.6},
]


def random_weights(irreps_in, irreps_out, options):
    """Of the layer with these options, whatever it calls its weights: asks `linear_paths` as `linear` does."""
    simplified = options.get("simplify_irreps_internally", True)
    inputs, outputs = (o3.segments(i, np.zeros(o3.dim(i))) for i in (irreps_in, irreps_out))
    if simplified:
        inputs, outputs = o3.regroup(inputs), o3.simplify(outputs)
    if not options.get("force_irreps_out"):
        outputs = [
            (ir, z) for ir, z in outputs if ir in [ir for ir, _ in inputs] or (options.get("biases") and ir == (0, 1))
        ]
    keywords = {key: value for key, value in options.items() if "irreps" not in key}
    paths = linear_paths(o3.assemble(inputs)[0], o3.assemble(outputs)[0], **keywords)
    return {path.name: RNG.normal(size=path.shape) for path in paths}, paths, outputs


@pytest.mark.parametrize("options", OPTIONS)
def test_linear(options):
    text = "1o+2x0e+2x1o+3e"
    irreps, irreps_out = o3.parse(text), o3.parse("2x1o+3x0e+2x2o")
    weights, paths, outputs = random_weights(irreps, irreps_out, options)
    equivariant(lambda x: linear(irreps, x, weights, irreps_out, **options), text)
    for o, (ir, z) in enumerate(outputs):
        into = [path for path in paths if path.i_out == o and path.i_in is not None]
        if into and len(z):
            variance = sum(path.shape[0] * (path.path_weight * path.weight_std) ** 2 for path in into)
            np.testing.assert_allclose(variance, 1, rtol=1e-14, err_msg=str(ir))


def test_linear_is_linear_and_shows_its_numbers():
    irreps, irreps_out = o3.parse("2x0e+1o"), o3.parse("1o+1x0e+2e")
    weights = {"w[0,1] 2x0e,1x0e": np.array([[3.0], [4.0]]), "w[1,0] 1x1o,1x1o": np.array([[2.0]])}
    irreps_z, z = linear(irreps, np.array([1.0, 2, 5, 6, 7]), weights, irreps_out)
    assert o3.show(irreps_z) == "1x1o+1x0e"
    np.testing.assert_allclose(z, [10, 12, 14, 11 / sqrt(2)])


def test_linear_reaches_a_scalar_by_its_bias_alone():
    irreps_z, z = linear([(1, 1, -1)], np.ones(3), {"b[0] 2x0e": np.array([5.0, 6.0])}, [(2, 0, 1)], biases=True)
    assert irreps_z == [(2, 0, 1)]
    np.testing.assert_array_equal(z, [5, 6])


def test_linear_channels_are_copies():
    """Channels of 1 copy each are mixed as the copies of one vector would be."""
    irreps_out, x = [(2, 1, -1)], RNG.normal(size=(4, 3))
    w = RNG.normal(size=(4, 10))
    _, z = linear_channels([(1, 1, -1)], x, {"w[0,0] 4x1o,10x1o": w}, irreps_out, channel_out=5)
    _, flat = linear([(4, 1, -1)], x.ravel(), {"w[0,0] 4x1o,10x1o": w}, [(10, 1, -1)])
    np.testing.assert_array_equal(z.ravel(), flat)
    assert z.shape == (5, 6)


def test_mixed_weights_and_weights_per_channel():
    irreps, x = [(2, 1, -1)], RNG.normal(size=(3, 6))
    table, mixing = RNG.normal(size=(5, 3, 2, 4)), RNG.normal(size=5)
    w = mixed_weights({"w[0,0] 2x1o,4x1o": table}, mixing)["w[0,0] 2x1o,4x1o"]
    np.testing.assert_allclose(w, np.tensordot(mixing, table, 1) / sqrt(5))
    _, z = linear_per_channel(irreps, x, {"w[0,0] 2x1o,4x1o": w}, [(4, 1, -1)])
    for n in range(3):
        np.testing.assert_array_equal(z[n], linear(irreps, x[n], {"w[0,0] 2x1o,4x1o": w[n]}, [(4, 1, -1)])[1])
