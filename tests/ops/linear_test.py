"""linear: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.linear
import spec.o3
from eqlib import Irreps, IrrepsArray, linear, normal
from eqlib.ops._linear_paths import linear_paths
from eqlib.ops.linear import plan_linear
from eqlib.testing.conformance import conforms
from eqlib.testing.numbers import as_lists
from eqlib.testing.subject import Subject
from tests.ops.linear_weights import by_name, weights_of
from tests.to_rounding import require_same


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


def test_law_linear():
    """linear(a x + y) = a linear(x) + linear(y) at fixed weights."""
    irreps_in, irreps_out = "2x0e+1o+0e", "1o+2x0e+1o"
    x, y = (normal(irreps_in, jax.random.key(n), (5,), dtype=jnp.float64).array for n in (0, 1))
    weights = weights_of(irreps_in, irreps_out)

    def f(a):
        return linear(IrrepsArray(irreps_in, a), weights, irreps_out).array

    require_same(lambda x, y: f(3 * x + y), lambda x, y: 3 * f(x) + f(y), x, y)


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
    for path in linear_paths(irreps_in, irreps_out, **options):
        variance[path.i_out] += irreps_in[path.i_in].mul * float(path.path_weight) ** 2 * path.weight_std**2
    np.testing.assert_allclose(variance, 1.0, rtol=1e-14)
    weights = {
        path.name: path.weight_std * np.ones(path.shape) for path in linear_paths(irreps_in, irreps_out, **options)
    }
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
