"""scalar_activation, normalize_function and soft_odd: the conformance suite, and what is particular to them."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.scalar_activation
from eqlib import IrrepsArray, IrrepsError, normal
from eqlib.ops._activations import is_elementwise
from eqlib.ops.scalar_activation import normalize_function, scalar_activation, soft_odd
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject


def acts_of(module, absolute):
    return [lambda x: module.cos(x + 1), module.cos, None, module.tanh, absolute]


def on_numbers(function, in_spec):
    """A function of numbers as an op on even scalars, and its specification."""
    return {
        "fn": lambda x: IrrepsArray(x.irreps, function(x.array)),
        "operands": ("3x0e",),
        "spec": lambda irreps, x: (irreps, in_spec(x)),
    }


test_conforms = conforms(
    Subject(
        "scalar_activation",
        scalar_activation,
        ("2x0e+1o+2x0o",),
        spec.scalar_activation.scalar_activation,
        label="default",
        edges=(("",), ("0x0e+0x1o+0x0o",), ("0x0o+0e",), ("1o",)),
    ),
    Subject(
        "scalar_activation",
        lambda x: scalar_activation(x, acts_of(jnp, jnp.abs), normalize_act=False),
        ("0e+2x0o+2e+0o+0e",),
        lambda irreps, x: spec.scalar_activation.scalar_activation(irreps, x, acts_of(np, np.abs), normalize_act=False),
        label="each-its-own",
    ),
    Subject("soft_odd", **on_numbers(soft_odd, spec.scalar_activation.soft_odd)),
    Subject(
        "normalize_function",
        **on_numbers(normalize_function(jnp.sin), spec.scalar_activation.normalize_function(np.sin)),
        label="sin",
    ),
)


@pytest.mark.parametrize("irreps", ["2x0e+0o+1o+0x0o+3x0e", "0e", "0o+2e", "", "0x0e+1o"])
def test_same_numbers_as_e3nn_jax(irreps):
    e3nn = pytest.importorskip("e3nn_jax")
    x = normal(irreps, jax.random.key(0), (5,), dtype=jnp.float64).array
    for acts in ({}, {"even_act": jax.nn.silu, "odd_act": jnp.tanh}, {"even_act": jnp.exp, "odd_act": jnp.cos}):
        ours = scalar_activation(IrrepsArray(irreps, x), **acts, normalize_act=False)
        theirs = e3nn.scalar_activation(e3nn.IrrepsArray(irreps, x), **acts, normalize_act=False)
        assert str(ours.irreps) == str(theirs.irreps)
        np.testing.assert_allclose(ours.array, theirs.array, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("phi", [jax.nn.silu, jax.nn.gelu, jnp.tanh, jax.nn.relu, soft_odd, jnp.abs, jax.nn.sigmoid])
def test_normalisation_is_that_of_e3nn_jax_up_to_its_constant(phi):
    """It takes the constant from a million quantiles, without the tails: 2e-5 of it at most; eqlib integrates."""
    e3nn = pytest.importorskip("e3nn_jax")
    x = jnp.linspace(0.1, 3.0, 14)
    ours, theirs = normalize_function(phi)(x) / phi(x), e3nn.normalize_function(phi)(x) / phi(x)
    np.testing.assert_allclose(ours, ours[0], rtol=1e-12)
    np.testing.assert_allclose(ours, theirs, rtol=2e-5)


@pytest.mark.parametrize(
    "phi, mean_square",
    [(jax.nn.relu, 1 / 2), (jnp.square, 3.0), (jnp.exp, np.exp(2)), (jnp.sin, (1 - np.exp(-2)) / 2)],
)
def test_law_component_normalised(phi, mean_square):
    """The constants are those of the integrals in closed form, and samples have mean square 1."""
    np.testing.assert_allclose(phi(1.5) / normalize_function(phi)(1.5), np.sqrt(mean_square), rtol=1e-12)
    samples = normal("8x0e+8x0o", jax.random.key(0), (20_000,))
    squares = np.asarray(scalar_activation(samples).array) ** 2
    standard_error = np.std(squares, axis=0) / np.sqrt(len(squares))
    assert np.all(np.abs(np.mean(squares, axis=0) - 1) <= 5 * standard_error) and np.all(standard_error < 0.02)


@pytest.mark.parametrize("phi", [jax.nn.silu, jnp.tanh, soft_odd])
def test_law_idempotent(phi):
    once = normalize_function(phi)
    assert normalize_function(once) is once


def test_law_odd():
    x = jnp.concatenate([jnp.linspace(-40.0, 40.0, 101), jnp.array([1e-200, 1e200, jnp.inf])])
    np.testing.assert_array_equal(soft_odd(-x), -soft_odd(x))


def test_an_activation_of_zero_is_the_activation_at_zero():
    """Whatever the others are: e3nn-jax gives act(1) for a chunk that it knows to be zero (defect A1)."""
    x = IrrepsArray("0e+1o", jnp.array([0.0, 1.0, 1.0, 1.0]))
    np.testing.assert_array_equal(scalar_activation(x, [jnp.exp, None], normalize_act=False).array[0], 1.0)


def test_the_parity_of_the_function_decides_that_of_an_odd_scalar():
    assert scalar_activation("2x0e+0o+1o+2x0o", [jnp.exp, jnp.cos, None, jnp.sin]) == "2x0e+0e+1o+2x0o"


@pytest.mark.parametrize("x64", [True, False])
def test_measures_functions_at_full_precision_inside_transformations(x64):
    """Under jit, vmap and grad, with 64-bit types or without, the constant is the same number."""
    with jax.enable_x64(x64):
        x = jnp.array([[0.5, 0.25]])
        acts = [lambda y: y**2, lambda y: y**3]
        gradient = jax.grad(lambda a: jnp.sum(scalar_activation(IrrepsArray("0e+0o", a), acts).array))
        got = jax.jit(jax.vmap(gradient))(x)
    np.testing.assert_allclose(got[0], [2 * 0.5 / 3**0.5, 3 * 0.25**2 / 15**0.5], rtol=4 * jnp.finfo(got.dtype).eps)


def test_functions_that_depend_on_traced_values():
    """Work as they are on even scalars; what would have to be measured raises, and the hint works."""
    x = IrrepsArray("2x0e", jnp.array([0.5, 1.0]))

    def value(a, irreps="2x0e", normalize_act=True):
        acts = [lambda y: jnp.tanh(a * y)]
        return jnp.sum(scalar_activation(IrrepsArray(irreps, x.array), acts, normalize_act=normalize_act).array)

    for transform in (jax.jit, jax.grad, lambda f: lambda a: jax.vmap(f)(jnp.array([a]))):
        with pytest.raises(IrrepsError, match="depends on values that are being traced"):
            transform(value)(2.0)
        with pytest.raises(IrrepsError, match="Pass normalize_act=False and apply it to even scalars"):
            transform(functools.partial(value, irreps="2x0o", normalize_act=False))(2.0)
    got = jax.grad(functools.partial(value, normalize_act=False))(2.0)
    np.testing.assert_allclose(got, sum(y / np.cosh(2 * y) ** 2 for y in (0.5, 1.0)), rtol=1e-14)


def test_functions_that_cannot_be_hashed():
    class Cube:
        __hash__ = None

        def __call__(self, x):
            return x**3

    z = scalar_activation(IrrepsArray("0o", jnp.array([2.0])), [Cube()])
    np.testing.assert_allclose(z.array, 8 / np.sqrt(15), rtol=1e-15)
    assert z.irreps == "0o"


def test_plain_arrays_are_even_scalars_and_integers_become_floats():
    np.testing.assert_allclose(
        scalar_activation(np.array([[1, 2]]), [jnp.sqrt], normalize_act=False).array, [[1, 2**0.5]]
    )
    z = scalar_activation(IrrepsArray("0e+1o", np.arange(4.0)), [jnp.cos, None], normalize_act=False)
    np.testing.assert_array_equal(z.array, [1.0, 1.0, 2.0, 3.0])


def test_raises():
    x = normal("0e+0o+1o", jax.random.key(0))
    with pytest.raises(IrrepsError, match="cannot apply tanh to the 1o of"):
        scalar_activation(x, [None, None, jnp.tanh])
    with pytest.raises(IrrepsError, match="given 2 functions for the 3 segments"):
        scalar_activation(x, [None, jnp.tanh])
    with pytest.raises(IrrepsError, match="gelu is neither even nor odd"):
        scalar_activation(x, odd_act=jax.nn.gelu)
    with pytest.raises(IrrepsError, match=r"made an array of shape \(2, 1\) from one of shape \(1, 1\)"):
        scalar_activation(x, [lambda y: jnp.concatenate([y, y]), None, None], normalize_act=False)


MIXING = {
    "softmax": jax.nn.softmax,
    "softmax of copies": lambda x: jax.nn.softmax(x, axis=-2),
    "softmax of rows": lambda x: jax.nn.softmax(x, axis=0),
    "sum": lambda x: x.sum(),
    "minus the mean": lambda x: x - x.mean(),
    "cumulated": lambda x: jnp.cumsum(x, axis=0),
    "in another order": lambda x: jnp.flip(x, axis=0),
    "shifted": lambda x: jnp.roll(x, 1, axis=-2),
    "dropout": lambda x: x * jax.random.bernoulli(jax.random.key(0), 0.5, x.shape),
    "of an array of NumPy": lambda x: np.asarray(x) / np.max(x),
}


@pytest.mark.parametrize("act", MIXING.values(), ids=MIXING)
def test_a_function_that_mixes_copies_or_rows_is_refused(act):
    x = IrrepsArray("3x0e", jnp.ones((2, 3)))
    for normalize_act in (True, False):
        with pytest.raises(IrrepsError, match="it is not elementwise, so that each value would depend on the other"):
            scalar_activation(x, [act], normalize_act=normalize_act)
    with pytest.raises(IrrepsError, match=r"cannot normalise .*: it is not elementwise"):
        normalize_function(act)


ELEMENTWISE = {
    "with a branch": lambda x: jnp.piecewise(x, [x < 1, x >= 1], [jnp.sin, jnp.cos]),
    "with a table": lambda x: jnp.interp(x, jnp.linspace(-20.0, 20.0, 9), jnp.arange(9.0)),
    "with a loop": lambda x: jax.lax.fori_loop(0, 3, lambda _, y: jnp.sin(y) * x, x),
    "on a range": lambda x: jnp.where(x > 0, jnp.arccos(x - 1), 1.0),
    "of numbers": jnp.vectorize(lambda t: jax.lax.cond(t > 0, jnp.sin, jnp.tanh, t)),
    "with a derivative of its own": jax.nn.relu6,
    "a step": lambda x: jnp.floor(x) % 2,
    "a constant": jnp.ones_like,
    "kept in memory": jax.checkpoint(jnp.sin),
    "in float32": lambda x: jnp.tanh(x.astype(jnp.float32)).astype(x.dtype),
}


@pytest.mark.parametrize("act", ELEMENTWISE.values(), ids=ELEMENTWISE)
def test_a_function_of_one_number_is_not_refused_also_where_it_is_traced(act):
    x = jnp.array([[0.5, 1.5, 2.5]])
    z = jax.jit(lambda a: scalar_activation(IrrepsArray("3x0e", a), [act], normalize_act=False).array)(x)
    np.testing.assert_allclose(z, act(x), rtol=1e-6)
    jax.vmap(jax.grad(lambda a: scalar_activation(IrrepsArray("3x0e", a), [act], normalize_act=False).array.sum()))(x)


def test_a_function_that_fails_on_other_arrays_is_left_to_the_array_to_which_it_is_applied():
    """It may have constants for each copy, or a range that it checks."""
    x, scale = IrrepsArray("3x0e", jnp.array([[1.0, 2.0, 3.0]])), np.array([[1.0], [10.0], [100.0]])

    def checked(y):
        if not isinstance(y, jax.core.Tracer) and np.max(y) != 3:
            raise RuntimeError("not on my table")
        return jnp.sort(y, axis=-1)

    for act, want in ((lambda y: y * scale, [[1.0, 20.0, 300.0]]), (checked, x.array)):
        np.testing.assert_array_equal(scalar_activation(x, [act], normalize_act=False).array, want)


def test_common_functions_are_found_elementwise_without_an_evaluation(monkeypatch):
    monkeypatch.setattr("eqlib.ops._activations._acts_elementwise", lambda _: pytest.fail("evaluated"))
    found = "gelu silu relu sigmoid tanh elu selu celu softplus leaky_relu mish log_sigmoid soft_sign relu6 hard_tanh"
    for act in (*(getattr(jax.nn, name) for name in found.split()), soft_odd, jnp.abs, jnp.square, jnp.sinc):
        assert is_elementwise.__wrapped__(act)


@pytest.mark.parametrize("phi, square", [(jnp.zeros_like, "0.0"), (lambda x: jnp.exp(x**4), "inf"), (jnp.log, "nan")])
def test_raises_for_functions_without_a_mean_square(phi, square):
    with pytest.raises(ValueError, match=f"its mean square under the normal distribution is {square}"):
        normalize_function(phi)


NEITHER = {
    "odd and a little": lambda x: x**3 + 5e-4,
    "odd and very little": lambda x: jnp.sinh(x) + 1e-9,
    "cut off far out": lambda x: jnp.clip(x, -10.0, 20.0),
    "even but for a slope": lambda x: x**2 + 1e-9 * x,
}


@pytest.mark.parametrize("act", NEITHER.values(), ids=NEITHER)
def test_a_function_that_has_almost_a_parity_has_none(act):
    for normalize in (True, False):
        with pytest.raises(IrrepsError, match="neither even nor odd"):
            scalar_activation("0o", [act], normalize_act=normalize)


PARITY = {
    "1 - 2 sigmoid": (lambda x: 1 - 2 * jax.nn.sigmoid(x), "0o"),
    "sin, a period on": (lambda x: jnp.sin(x + 2 * jnp.pi), "0o"),
    "cosh, beyond all numbers": (lambda x: jnp.cosh(10 * x), "0e"),
    "in float32": (lambda x: jnp.tanh(x.astype(jnp.float32)).astype(x.dtype), "0o"),
    "a step": (jnp.sign, "0o"),
}


@pytest.mark.parametrize(("act", "irreps"), PARITY.values(), ids=PARITY)
def test_rounding_takes_no_parity_away(act, irreps):
    assert scalar_activation("0o", [act], normalize_act=False) == irreps
