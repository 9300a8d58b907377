"""linear: the conformance suite, and what is particular to it."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.linear
import spec.o3
from eqlib import Irreps, IrrepsArray, IrrepsError, LayoutError, linear, normal
from eqlib.ops._connections import connections, linear_irreps
from eqlib.ops.linear import plan_linear
from eqlib.testing.conformance import conforms
from eqlib.testing.numbers import as_lists
from eqlib.testing.subject import Subject


def by_name(flat, irreps_in, irreps_out, biases=False, force_irreps_out=False, **options):
    """The flat weights [..., number] as arrays by name, cut as the specification counts them."""
    extent = {"biases": biases, "force_irreps_out": force_irreps_out}
    inner = linear_irreps(Irreps(irreps_in), Irreps(irreps_out), **extent)
    found, start = {}, 0
    for c in spec.linear.connections(*map(as_lists, inner), biases=biases, **options):
        size = math.prod(c.shape)
        found[c.name] = flat[..., start : start + size].reshape(*flat.shape[:-1], *c.shape)
        start += size
    assert start == flat.shape[-1]
    return found


def subject(irreps_in, irreps_out, number, edges=(), **options):
    """Operands: x, then the flat weights as scalars."""

    def in_spec(irreps, x, _, w):
        weights = by_name(w, Irreps([(mul, (l, p)) for mul, l, p in irreps]), irreps_out, **options)
        return spec.linear.linear(irreps, x, weights, spec.o3.parse(irreps_out), **options)

    return Subject(
        "linear",
        lambda x, w: linear(x, w.array, irreps_out, **options),
        (irreps_in, f"{number}x0e"),
        in_spec,
        label=f"{irreps_in}->{irreps_out}" + "".join(f"-{value}" for value in options.values()),
        edges=edges,
        degrees=None if options.get("biases") else (1, 1),
    )


def mixed(irreps_in, irreps_out, number, d):
    """Operands: x, the flat tables of weights, the mixing coefficients."""

    def op(x, w, mixing):
        tables = jnp.moveaxis(w.array.reshape(*w.shape[:-1], d, number), -2, 0)
        return linear(x, tables, irreps_out, mixing=mixing)

    def in_spec(irreps, x, _, w, __, mixing):
        weights = by_name(w.reshape(d, number), irreps_in, irreps_out)
        mixed = spec.linear.mixed_weights(weights, mixing)
        return spec.linear.linear(irreps, x, mixed, spec.o3.parse(irreps_out))

    operands = (irreps_in, f"{d * number}x0e", f"{d}x0e")
    return Subject("linear", op, operands, in_spec, label="mixed", degrees=(1, 1, 1))


test_conforms = conforms(
    subject("2x0e+1o+0e", "1o+2x0e+1o+2e", 8),
    subject("1o+0e+2x1o", "2x1o+3x0e+2e", 12, biases=True, path_normalization="path", gradient_normalization=0.5),
    subject(
        "2x0e+2e",
        "0e+2x2e+0x1o",
        4,
        force_irreps_out=True,
        edges=(("", "0x0e"), ("0x1o+0e", "1x0e"), ("0x2e", "0x0e"), ("1o", "0x0e")),
    ),
    mixed("2x0e+1o", "0e+2x1o", 4, 3),
)


def weights_of(irreps_in, irreps_out, leading=(), seed=3, **options):
    """Normal weights by name for a map of these irreps."""
    number = sum(math.prod(c.shape) for c in connections(*linear_irreps(Irreps(irreps_in), Irreps(irreps_out))))
    flat = jax.random.normal(jax.random.key(seed), (*leading, number), jnp.float64)
    return by_name(flat, irreps_in, irreps_out, **options)


def test_law_linear():
    """linear(a x + y) = a linear(x) + linear(y) at fixed weights."""
    irreps_in, irreps_out = "2x0e+1o+0e", "1o+2x0e+1o"
    x, y = (normal(irreps_in, jax.random.key(n), (5,), dtype=jnp.float64) for n in (0, 1))
    f = functools.partial(linear, weights=weights_of(irreps_in, irreps_out), irreps_out=irreps_out)
    np.testing.assert_allclose(f(3 * x + y).array, (3 * f(x) + f(y)).array, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("path_normalization", ["element", "path", 0.3])
@pytest.mark.parametrize("gradient_normalization", ["element", "path", 0.3])
def test_law_component_normalised(path_normalization, gradient_normalization):
    """Inputs of unit variance and weights of the stated deviation give outputs of unit variance, exactly."""
    options = {
        "path_normalization": {"element": 0.0, "path": 1.0}.get(path_normalization, path_normalization),
        "gradient_normalization": {"element": 0.0, "path": 1.0}.get(gradient_normalization, gradient_normalization),
    }
    irreps_in, irreps_out = Irreps("5x0e+2x1o+3x0e"), Irreps("4x0e+1o")
    variance = np.zeros(len(irreps_out))
    for c in connections(irreps_in, irreps_out, **options):
        variance[c.i_out] += irreps_in[c.i_in].mul * float(c.path_weight) ** 2 * c.weight_std**2
    np.testing.assert_allclose(variance, 1.0, rtol=1e-14)
    weights = {c.name: c.weight_std * np.ones(c.shape) for c in connections(irreps_in, irreps_out, **options)}
    assert sum(float(jnp.sum(w**2)) for w in weights.values()) > 0
    x = normal(irreps_in, jax.random.key(0), (3,), dtype=jnp.float64)
    rms = [
        f(x, weights, irreps_out) for f in (in_plan(options), from_keywords(path_normalization, gradient_normalization))
    ]
    np.testing.assert_allclose(rms[0], rms[1].array, rtol=1e-13)


def in_plan(options):
    """The sum over the paths of the plan, written as a loop."""

    def f(x, weights, irreps_out):
        _, plan = plan_linear(x.irreps, irreps_out, **options)
        z = [np.zeros((3, mul, ir.dim)) for mul, ir in irreps_out]
        for path, w in zip(plan.paths, weights.values(), strict=True):
            _, read, write = path.segments
            z[write] += float(path.scale) * np.einsum("uw,bui->bwi", w, x.chunks[read])
        return np.concatenate([chunk.reshape(3, -1) for chunk in z], axis=-1)

    return f


def from_keywords(path_normalization, gradient_normalization):
    """linear itself, on the segments as they are."""
    return functools.partial(
        linear,
        path_normalization=path_normalization,
        gradient_normalization=gradient_normalization,
        simplify_irreps_internally=False,
    )


def test_exact_scales():
    """The usual normalisations are exact roots of fractions."""
    path = plan_linear(Irreps("3x0e+2x1o+3x0e"), Irreps("4x0e"))[1].paths[0]
    assert str(path.scale) == "√(1/6)"
    assert str(plan_linear(Irreps("3x0e"), Irreps("0e"), weights_dim=5)[1].paths[0].scale) == "√(1/15)"


E3NN_CASES = {
    "unsorted": ("1o+2x0e+0e", "2x1o+3x0e+2e", (2, 3), {"path_normalization": 0.3, "gradient_normalization": 0.4}),
    "forced": ("3x0e+2x1o", "0e+2e+0e+1o", (4,), {"force_irreps_out": True, "path_normalization": "path"}),
    "biases": ("3x0e+2x1o", "1o+3x0e", (4,), {"biases": True}),
    "channels": ("3x0e+2x1o+0e", "1o+3x0e", (4, 3), {"channel_out": 5}),
    "as given": (
        "3x0e+2x1o+0e",
        "1o+3x0e+1o",
        (4,),
        {"instructions": ((0, 1), (1, 2), (1, 0)), "simplify_irreps_internally": False},
    ),
}


@pytest.mark.parametrize("case", E3NN_CASES)
def test_same_numbers_as_e3nn_jax(case):
    """The irreps, names of weights and numbers of e3nn-jax's flax layer."""
    e3nn = pytest.importorskip("e3nn_jax")
    irreps_in, irreps_out, leading, options = E3NN_CASES[case]
    compare(e3nn, irreps_in, irreps_out, leading, options, options, ())


def test_same_numbers_as_e3nn_jax_indexed():
    """Weights from a table."""
    e3nn = pytest.importorskip("e3nn_jax")
    samples = 40
    index = jnp.arange(samples) % 3
    theirs, ours = {"num_indexed_weights": 3, "biases": True}, {"index": index, "biases": True}
    compare(e3nn, "3x0e+9x1o", "1o+3x0e", (samples,), theirs, ours, (index,))


def test_same_numbers_as_e3nn_jax_mixed():
    """Weights that are a linear function of other features, another one for every channel."""
    e3nn = pytest.importorskip("e3nn_jax")
    mixing = jax.random.normal(jax.random.key(1), (4, 6), jnp.float64)
    theirs = {"weights_per_channel": True, "gradient_normalization": "element"}
    ours = {"mixing": mixing[:, None], "gradient_normalization": "element"}
    compare(e3nn, "3x0e+2x1o", "1o+3x0e", (4, 3), theirs, ours, (mixing,))


def compare(e3nn, irreps_in, irreps_out, leading, theirs, ours, inputs):
    x = jax.random.normal(jax.random.key(0), (*leading, Irreps(irreps_in).dim), jnp.float64)
    more = {"irreps_in": e3nn.Irreps(irreps_in)} if "instructions" in theirs else {}
    layer = e3nn.flax.Linear(irreps_out, **theirs, **more)
    variables = jax.jit(layer.init)(jax.random.key(2), *inputs, e3nn.IrrepsArray(irreps_in, x))
    want = jax.jit(layer.apply)(variables, *inputs, e3nn.IrrepsArray(irreps_in, x))
    got = linear(IrrepsArray(irreps_in, x), variables["params"], irreps_out, **ours)
    assert str(got.irreps) == str(want.irreps)
    np.testing.assert_allclose(got.array, want.array, rtol=1e-12, atol=1e-12)


def test_a_bias_alone_reaches_a_scalar():
    """DEFECTS A30: e3nn-jax drops the output 0e, and its bias, if the input has no 0e."""
    weights = {"b[0] 2x0e": jnp.array([5.0, 6.0])}
    z = linear(IrrepsArray("1o", jnp.ones((3, 3))), weights, "2x0e", biases=True)
    assert z.irreps == "2x0e"
    np.testing.assert_array_equal(z.array, [[5.0, 6.0]] * 3)


def test_zeros_are_like_any_other_data():
    """DEFECTS A29: in e3nn-jax a chunk known to be zero takes its weights away."""
    irreps = "2x0e+1o"
    weights = weights_of(irreps, irreps)
    x = normal(irreps, jax.random.key(0), dtype=jnp.float64)
    zeroed = IrrepsArray(irreps, x.array.at[:2].set(0.0))
    assert linear(zeroed, weights, irreps).irreps == irreps
    np.testing.assert_array_equal(linear(zeroed, weights, irreps).chunks[1], linear(x, weights, irreps).chunks[1])


@pytest.mark.parametrize("dtype", [jnp.uint8, jnp.uint32, jnp.int64])
@pytest.mark.parametrize("samples", [1, 50])
def test_an_index_may_be_of_any_integer_type(dtype, samples):
    """DEFECTS B23: e3nn-jax refuses unsigned indices. Entry by entry, the table is what the samples get."""
    irreps_in, irreps_out = "9x0e+1o", "2x0e+1o"
    table = weights_of(irreps_in, irreps_out, (4,))
    x = normal(irreps_in, jax.random.key(0), (samples,), dtype=jnp.float64)
    index = jnp.arange(samples, dtype=dtype) % jnp.asarray(4, dtype)
    want = [
        linear(x[n], {name: w[int(index[n])] for name, w in table.items()}, irreps_out).array for n in range(samples)
    ]
    got = jax.jit(lambda x, index: linear(x, table, irreps_out, index=index))(x, index)
    np.testing.assert_allclose(got.array, jnp.stack(want), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("samples", [1, 50])
def test_an_index_out_of_range_is_refused_where_it_is_known_and_nan_elsewhere(samples):
    table = weights_of("9x0e", "2x0e", (4,))
    x = normal("9x0e", jax.random.key(0), (samples,), dtype=jnp.float64)
    for wrong in (4, -5):
        with pytest.raises(LayoutError) as raised:
            linear(x, table, "2x0e", index=jnp.full(samples, wrong))
        assert str(raised.value) == (
            f"index has the value {wrong}, and must be in [-4, 4).\n"
            "  The first axis of the weights has one entry per index."
        )
        index = jnp.zeros(samples, int).at[0].set(wrong)
        got = jax.jit(lambda index: linear(x, table, "2x0e", index=index).array)(index)
        assert np.isnan(got[0]).all() and np.isfinite(got[1:]).all()
    last = linear(x, {name: w[3] for name, w in table.items()}, "2x0e")
    np.testing.assert_allclose(linear(x, table, "2x0e", index=jnp.full(samples, -1)).array, last.array, rtol=1e-13)


def test_indexed_weights_are_not_copied_for_every_sample():
    """A few entries, many samples: neither the map nor its gradient holds an array of samples times weights."""
    irreps, samples = "64x0e", 64
    table = {name: w.astype(jnp.float32) for name, w in weights_of(irreps, irreps, (4,)).items()}
    x = normal(irreps, jax.random.key(0), (samples,))
    index = jnp.arange(samples) % 4

    def loss(table, x):
        return jnp.sum(linear(x, table, irreps, index=index).array ** 2)

    compiled = jax.jit(jax.grad(loss, argnums=(0, 1))).lower(table, x).compile()
    per_sample = samples * 64 * 64 * 4  # bytes of the weights, were each sample to have its own
    assert compiled.memory_analysis().temp_size_in_bytes < per_sample


def test_leading_axes_of_the_weights_are_samples():
    """Weights of each channel, and weights shared by a batch, are one rule of broadcasting."""
    irreps = "2x0e+1o"
    x = normal(irreps, jax.random.key(0), (5, 3), dtype=jnp.float64)
    weights = weights_of(irreps, irreps, (3,))
    z = linear(x, weights, irreps)
    for n in range(3):
        want = linear(x[:, n], {name: w[n] for name, w in weights.items()}, irreps)
        np.testing.assert_allclose(z.array[:, n], want.array, rtol=1e-13, atol=1e-14)


def test_the_precision_of_products_can_be_asked_for():
    x, weights = normal("8x0e", jax.random.key(0), (4,)), jnp.ones(64)
    text = jax.jit(lambda x: linear(x, weights, "8x0e", precision=jax.lax.Precision.DEFAULT)).lower(x).as_text()
    assert "dot_general" in text and "HIGHEST" not in text


def test_channels_agree_with_the_specification():
    irreps_in, irreps_out = "2x0e+1o", "1o+0e"
    x = normal(irreps_in, jax.random.key(0), (3,), dtype=jnp.float64)
    weights = weights_of("6x0e+3x1o", "4x1o+4x0e")
    z = linear(x, weights, irreps_out, channel_out=4)
    irreps, want = spec.linear.linear_channels(
        spec.o3.parse(irreps_in), np.asarray(x.array), weights, spec.o3.parse(irreps_out), channel_out=4
    )
    assert as_lists(z.irreps) == irreps
    np.testing.assert_allclose(z.array, want, rtol=1e-13, atol=1e-14)


X = IrrepsArray("2x0e+1o", jnp.ones(5))


@pytest.mark.parametrize(
    "message, call",
    {
        "cannot reach 2x2e from 2x0e\\+1x1o: by Schur": lambda: linear(X, {}, "2x2e"),
        "cannot reach 1x0e from 2x0e\\+1x1o: no instruction": lambda: linear(
            X, {}, "0e+1o", instructions=[(1, 1)], simplify_irreps_internally=False
        ),
        "instruction \\(0, 1\\) leads from 2x0e to 1x1o": lambda: linear(
            X, {}, "0e+1o", instructions=[(0, 1), (0, 0)], simplify_irreps_internally=False
        ),
        "instruction \\(0, 7\\) names no segments": lambda: linear(
            X, {}, "0e", instructions=[(0, 0), (0, 7)], simplify_irreps_internally=False
        ),
        "occurs twice": lambda: linear(X, {}, "0e", instructions=[(0, 0)] * 2, simplify_irreps_internally=False),
        "number the segments as they are given": lambda: linear(X, {}, "0e", instructions=[(0, 0)]),
        "1x1o cannot have a bias": lambda: linear(X, {}, "0e+1o", biases=[True, True]),
        "1 biases for the 2 segments": lambda: linear(X, {}, "0e+1o", biases=[True]),
        "no normalization 'unit'": lambda: linear(X, {}, "0e", path_normalization="unit"),
        "the weights are \\['w'\\]; they must be \\['w\\[0,0\\] 2x0e,1x0e'\\]": lambda: linear(X, {"w": 1.0}, "0e"),
        "mixing must be scalars, and these are 1x1o": lambda: linear(X, jnp.ones((3, 2)), "0e", mixing=X["1o"]),
        "by index or by mixing, not by both": lambda: linear(X, jnp.ones((3, 2)), "0e", index=0, mixing=jnp.ones(3)),
    }.items(),
)
def test_raises_irreps_error(message, call):
    with pytest.raises(IrrepsError, match=message):
        call()


@pytest.mark.parametrize(
    "message, call",
    {
        "have shape \\(1, 2\\); the last axes must be \\(2, 1\\)": lambda: linear(
            X, {"w[0,0] 2x0e,1x0e": jnp.ones((1, 2))}, "0e"
        ),
        "have shape \\(3,\\); the last axis must have length 2": lambda: linear(X, jnp.ones(3), "0e"),
        "no table of 3 entries": lambda: linear(X, jnp.ones((4, 2)), "0e", mixing=jnp.ones(3)),
        "no table of some entries": lambda: linear(X, jnp.ones(2), "0e", index=0),
        "an index is an integer": lambda: linear(X, jnp.ones((4, 2)), "0e", index=0.5),
        "has none": lambda: linear(X, jnp.ones(2), "0e", channel_out=2),
    }.items(),
)
def test_raises_layout_error(message, call):
    with pytest.raises(LayoutError, match=message):
        call()


def test_the_hint_of_an_unreached_output_runs():
    np.testing.assert_array_equal(linear(X, {}, "2x2e", force_irreps_out=True).array, np.zeros(10))
