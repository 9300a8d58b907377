"""The specifications agree with e3nn-jax in float64, where e3nn-jax is right."""

import numpy as np
import pytest

from spec import o3
from spec import radial as spec_radial
from spec.cross import cross
from spec.dot import dot
from spec.elementwise_tensor_product import elementwise_tensor_product
from spec.gate import gate, sigmoid
from spec.linear import connections, indexed_weights, linear, linear_channels, linear_per_channel, mixed_weights
from spec.norm import norm
from spec.norm_activation import norm_activation
from spec.scalar_activation import gelu, normalize_function, scalar_activation, soft_odd
from spec.scatter import scatter_max, scatter_mean, scatter_sum
from spec.spherical_harmonics import spherical_harmonics
from spec.tensor_product import tensor_product
from spec.tensor_square import tensor_square

jax = pytest.importorskip("jax")
e3nn = pytest.importorskip("e3nn_jax")
jnp = jax.numpy

RNG = np.random.default_rng(0)
IRREPS = ["2x0e+1o", "1x1e+2x1o+0x2e+2x0o+1x1e", "3o+2x2e", ""]


def vector(text):
    irreps = o3.parse(text)
    return irreps, RNG.normal(size=o3.dim(irreps))


def array(text, x):
    return e3nn.IrrepsArray(text, jnp.asarray(x))


def compiled(f, *arrays, **options):
    """f(*arrays) of e3nn-jax, compiled in one piece: many times faster here than op by op."""
    return jax.jit(lambda *arrays: f(*arrays, **options))(*arrays)


def agree(specified, reference, tolerance=1e-12):
    """The irreps print alike and the numbers agree; `reference` has the type IrrepsArray."""
    irreps, z = specified
    assert o3.show(irreps) == ("" if len(reference.irreps) == 0 else str(reference.irreps))
    assert z.shape == reference.shape
    np.testing.assert_allclose(z, np.asarray(reference.array), rtol=tolerance, atol=tolerance)


def irs(pairs):
    return [e3nn.Irrep(*pair) for pair in pairs]


def test_clebsch_gordan():
    for l1, l2, l3 in [
        (0, 0, 0),
        (1, 1, 0),
        (1, 1, 1),
        (1, 2, 3),
        (2, 2, 2),
        (4, 3, 5),
        (3, 6, 4),
        (8, 8, 8),
        (1, 1, 3),
    ]:
        np.testing.assert_allclose(o3.clebsch_gordan(l1, l2, l3), e3nn.clebsch_gordan(l1, l2, l3), atol=2e-14)


def test_generators():
    for l in range(9):
        np.testing.assert_allclose(o3.generators(l), e3nn.generators(l), atol=1e-13)


@pytest.mark.parametrize("text", ["2x0o+1o+2e+3e", "8o"])
def test_representation(text):
    R, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
    theirs = jax.jit(e3nn.Irreps(text).D_from_matrix)
    for g in (R, -R):
        np.testing.assert_allclose(o3.representation(o3.parse(text), g), theirs(jnp.asarray(g)), atol=1e-12)


@pytest.mark.parametrize("text1, text2", [("2x0e+1o", "0o+2o"), ("1o+0x2e+2e+1o", "1e+2x1o"), ("3o", "2e"), ("", "1o")])
def test_tensor_product(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    agree(tensor_product(irreps1, x, irreps2, y), e3nn.tensor_product(array(text1, x), array(text2, y)))


@pytest.mark.parametrize("irrep_normalization", ["component", "norm", "none"])
def test_options_of_tensor_product(irrep_normalization):
    text1, text2 = "1o+0x2e+2e+1o", "1e+2x1o"
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    kept = [(1, 1), (0, -1), (2, 1)]
    options = {"irrep_normalization": irrep_normalization, "regroup_output": irrep_normalization == "none"}
    agree(
        tensor_product(irreps1, x, irreps2, y, filter_ir_out=kept, **options),
        e3nn.tensor_product(array(text1, x), array(text2, y), filter_ir_out=irs(kept), **options),
    )


@pytest.mark.parametrize(
    "text1, text2",
    [("2x0e+1o", "1e+2x0o"), ("3x1o+2e", "1o+3x2e"), ("1o+0x2e+2x1e", "3x1o"), ("0x1o+2x0e", "2x1e"), ("", "")],
)
def test_elementwise_tensor_product(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    for options in [{}, {"irrep_normalization": "norm"}, {"irrep_normalization": "none"}]:
        agree(
            elementwise_tensor_product(irreps1, x, irreps2, y, **options),
            compiled(e3nn.elementwise_tensor_product, array(text1, x), array(text2, y), **options),
        )
    kept = [(1, 1), (0, 1)]
    agree(
        elementwise_tensor_product(irreps1, x, irreps2, y, filter_ir_out=kept),
        compiled(e3nn.elementwise_tensor_product, array(text1, x), array(text2, y), filter_ir_out=irs(kept)),
    )


@pytest.mark.parametrize("irrep_normalization", ["component", "norm", "none"])
@pytest.mark.parametrize("normalized_input", [False, True])
def test_tensor_square(irrep_normalization, normalized_input):
    options = {"irrep_normalization": irrep_normalization, "normalized_input": normalized_input}
    for text, regroup_output in [("2x1o+0x2e+0o+1o", irrep_normalization != "norm"), ("2e", True), ("", True)]:
        (irreps, x), options["regroup_output"] = vector(text), regroup_output
        agree(tensor_square(irreps, x, **options), e3nn.tensor_square(array(text, x), **options))


@pytest.mark.parametrize("normalization", ["integral", "component", "norm"])
def test_spherical_harmonics(normalization):
    text = "0e+2x1o+2e+0x4e+5o+0e"
    for normalize in (False, True):
        theirs = jax.jit(lambda x, n=normalize: e3nn.spherical_harmonics(text, x, n, normalization))
        for x in (RNG.normal(size=3), np.array([0.0, 1.0, 0.0]), np.zeros(3)):
            agree(
                spherical_harmonics(o3.parse(text), [(1, 1, -1)], x, normalize=normalize, normalization=normalization),
                theirs(array("1o", x)),
            )
    agree(
        spherical_harmonics([0, 1, 2, 3], [(1, 1, 1)], x, normalize=True, normalization=normalization),
        e3nn.spherical_harmonics([0, 1, 2, 3], array("1e", x), True, normalization),
    )


def test_spherical_harmonics_of_high_degree():
    x = RNG.normal(size=3)
    agree(
        spherical_harmonics(11, [(1, 1, -1)], x, normalize=True),
        e3nn.spherical_harmonics(11, array("1o", x), True),
    )


@pytest.mark.parametrize("text", IRREPS)
def test_norm(text):
    irreps, x = vector(text)
    for options in [{}, {"squared": True}, {"per_irrep": False}, {"per_irrep": False, "squared": True}]:
        agree(norm(irreps, x, **options), e3nn.norm(array(text, x), **options))


@pytest.mark.parametrize(
    "text1, text2", [("2x0e+1o", "0e+0e+1o"), ("1o+0x2e+1o+2e", "2x1o+2e"), ("", ""), ("0x1o", "")]
)
def test_dot(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    for options in [{}, {"per_irrep": True}]:
        agree(dot(irreps1, x, irreps2, y, **options), e3nn.dot(array(text1, x), array(text2, y), **options))
    agree(dot(irreps1, 1j * x, irreps2, y), e3nn.dot(array(text1, 1j * x), array(text2, y)))


@pytest.mark.parametrize("text1, text2", [("1o", "1e"), ("2x1o+1e", "1o+2x1o"), ("1o+0x1e+1o", "1x1e+1x1o")])
def test_cross(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    agree(cross(irreps1, x, irreps2, y), e3nn.cross(array(text1, x), array(text2, y)))


# linear

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
def test_connections(text_in, text_out, options):
    options = {
        key: options.get(key, "path" if key == "gradient_normalization" else "element")
        for key in ("path_normalization", "gradient_normalization")
    }
    for biases in (False, True):
        ours = connections(o3.parse(text_in), o3.parse(text_out), biases=biases, **options)
        theirs = e3nn.FunctionalLinear(text_in, text_out, biases=biases, **options).instructions
        for a, b in zip(ours, theirs, strict=True):
            assert (-1 if a.i_in is None else a.i_in, a.i_out, a.shape) == (b.i_in, b.i_out, b.path_shape)
            np.testing.assert_allclose([a.path_weight, a.weight_std], [b.path_weight, b.weight_std], rtol=1e-14)


# Activations


def test_activations_by_name():
    x = np.linspace(-4, 4, 33)
    for ours, theirs in [(gelu, jax.nn.gelu), (sigmoid, jax.nn.sigmoid), (soft_odd, e3nn.soft_odd)]:
        np.testing.assert_allclose(ours(x), theirs(jnp.asarray(x)), rtol=1e-12, atol=1e-15)


def quantile_rule(phi):
    """phi / c as e3nn-jax integrates: the mean over 1 000 001 quantiles of the normal distribution."""
    c = np.sqrt(np.mean(np.asarray(phi(e3nn._src.activation.normalspace(1_000_001))) ** 2))
    return lambda x: np.asarray(phi(x)) / c


@pytest.mark.parametrize("phi", [jax.nn.silu, jax.nn.gelu, jnp.tanh, jax.nn.relu, e3nn.soft_odd])
def test_normalize_function(phi):
    """e3nn-jax's rule leaves out the two tails, of weight 1e-6 each; its constants are low by up to 2e-5."""
    x = np.linspace(-3, 3, 13)
    exact, theirs = normalize_function(phi)(x), e3nn.normalize_function(phi)(x)
    np.testing.assert_allclose(exact, theirs, rtol=2e-5, atol=1e-15)
    np.testing.assert_allclose(quantile_rule(phi)(x), theirs, rtol=1e-12, atol=1e-15)


ACTS = {"even_act": jax.nn.silu, "odd_act": jnp.tanh}


@pytest.mark.parametrize("text", ["2x0e+0o+1o+0x0o+3x0e", "0e", "0o+2e", ""])
def test_scalar_activation(text):
    irreps, x = vector(text)
    for options in [{"normalize_act": False}, {"normalize_act": False, **ACTS}]:
        agree(scalar_activation(irreps, x, **options), compiled(e3nn.scalar_activation, array(text, x), **options))
    agree(scalar_activation(irreps, x), e3nn.scalar_activation(array(text, x)), tolerance=2e-5)


def test_scalar_activation_of_each_segment():
    text = "2x0e+0o+1o+2x0o+0e"
    irreps, x = vector(text)
    acts = [jnp.exp, jnp.cos, None, jnp.sin, None]
    agree(
        scalar_activation(irreps, x, acts, normalize_act=False),
        e3nn.scalar_activation(array(text, x), acts, normalize_act=False),
    )


def test_norm_activation():
    text = "2x0e+3x1o+2e+0o"
    irreps, x = vector(text)
    x[2:5] = 0.0
    for normalization in ("component", "norm"):
        acts = [None, jnp.tanh, jnp.exp, jax.nn.silu]
        agree(
            norm_activation(irreps, x, acts, normalization=normalization),
            e3nn.norm_activation(array(text, x), acts, normalization=normalization),
        )


@pytest.mark.parametrize(
    "text",
    [
        "15x0e+2x1e+1x2e",
        "2x0e+3x0o+2x1e+1x2e",
        "1o+2x0e+2x1e+0o+3x0o+2o",
        "3x0o+2x0e",
        "0x0e+3x0o+0x1o",
        "1x0e+0x0o+2x0e+1o",
        "0x0e+2x0e+1o",
        "",
    ],
)
def test_gate(text):
    irreps, x = vector(text)
    agree(gate(irreps, x, normalize_act=False), compiled(e3nn.gate, array(text, x), normalize_act=False))


def test_gate_normalised():
    irreps, x = vector("2x0e+3x0o+2x1e+1x2e")
    agree(gate(irreps, x), e3nn.gate(array("2x0e+3x0o+2x1e+1x2e", x)), tolerance=5e-5)


# scatter


@pytest.mark.parametrize(
    "ours, theirs", [(f, getattr(e3nn, f.__name__)) for f in (scatter_sum, scatter_mean, scatter_max)]
)
def test_scatter(ours, theirs):
    text, x = "5x0e", RNG.normal(size=(6, 5))
    irreps, dst, nel = o3.parse(text), np.array([3, 1, 3, 3, 0, 1]), np.array([1, 0, 3, 2, 0])
    agree(
        ours(irreps, x, dst=dst, output_size=5), compiled(theirs, array(text, x), dst=jnp.asarray(dst), output_size=5)
    )
    agree(
        ours(irreps, x, dst=dst - 2, map_back=True),
        compiled(theirs, array(text, x), dst=jnp.asarray(dst - 2), map_back=True),
    )
    agree(ours(irreps, x, nel=nel), compiled(theirs, array(text, x), nel=jnp.asarray(nel)))
    if theirs is not e3nn.scatter_mean:  # which needs jax.tree_map there
        agree(
            ours(irreps, x, nel=nel, map_back=True),
            compiled(theirs, array(text, x), nel=jnp.asarray(nel), map_back=True),
        )
    if theirs is e3nn.scatter_max:
        agree(
            ours(irreps, x, dst=dst, output_size=5, initial=0.2),
            theirs(array(text, x), dst=jnp.asarray(dst), output_size=5, initial=0.2),
        )


# radial functions

DISTANCES = [-0.3, 0.0, 1e-3, 0.4, 0.99, 1.0, 1.7, 2.5]


def compare(f, g):
    for x in DISTANCES:
        np.testing.assert_allclose(f(x), g(jnp.asarray(x)), rtol=1e-12, atol=1e-12)


def test_bessel():
    compare(lambda x: spec_radial.bessel(x, 6, 1.3), lambda x: e3nn.bessel(x, 6, 1.3))


@pytest.mark.parametrize("basis", ["gaussian", "cosine", "smooth_finite", "fourier"])
@pytest.mark.parametrize("ends", [(True, True), (True, False), (False, True), (False, False)])
def test_soft_one_hot_linspace(basis, ends):
    if basis == "fourier" and ends[0] != ends[1]:
        with pytest.raises(AssertionError):
            spec_radial.soft_one_hot_linspace(
                0.1, start=0, end=1, number=3, basis=basis, start_zero=True, end_zero=False
            )
        return
    for number in (5,):
        options = {"start": -0.1, "end": 1.9, "number": number, "basis": basis}
        options |= {"cutoff": ends[0]} if ends[0] == ends[1] else {"start_zero": ends[0], "end_zero": ends[1]}
        compare(
            lambda x, o=options: spec_radial.soft_one_hot_linspace(x, **o),
            lambda x, o=options: e3nn.soft_one_hot_linspace(x, **o),
        )


@pytest.mark.parametrize("n0, n1", [(0, 0), (1, 2), (5, 2), (4, 6)])
def test_poly_envelope(n0, n1):
    compare(spec_radial.poly_envelope(n0, n1, 1.7), e3nn.poly_envelope(n0, n1, 1.7))


def test_envelopes():
    compare(spec_radial.sus, e3nn.sus)
    compare(spec_radial.soft_envelope, e3nn.soft_envelope)
    compare(lambda x: spec_radial.soft_envelope(x, 1.5, 3.0, 2.0), lambda x: e3nn.soft_envelope(x, 1.5, 3.0, 2.0))
