"""The meaning of each primitive, in real numbers, is what JAX computes: the interpreter over float64 against JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.ad_checkpoint import checkpoint_name
from jax.experimental.layout import Layout, with_layout_constraint

import eqlib
from eqlib.lowering.in_order import in_order
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.degree import CONSTANT, UNKNOWN
from eqlib.testing.exact.domain import Undecided, Value
from eqlib.testing.exact.interpreter import Interpreter
from eqlib.testing.exact.moves import MOVES, lifted
from eqlib.testing.exact.polynomial_domain import Polynomials
from eqlib.testing.exact.rules import EVEN, ODD, PLAIN, POSITIVE, RULES


class Reals:
    """float64 in one slot, where functions are what they are called."""

    slots = 1

    def lift(self, array):
        return Value(np.asarray(array, np.float64)[None], CONSTANT)

    def exact(self, numbers):
        return np.array([[float(x.factor) * np.sqrt(x.root) for x in numbers]])

    def add(self, a, b):
        return self._value(a.data + b.data)

    def mul(self, a, b):
        return self._value(a.data * b.data)

    def neg(self, a):
        return self._value(-a.data)

    def sum(self, a, axes):
        return self._value(a.data.sum(tuple(axis + 1 for axis in axes)))

    def scatter_add(self, a, targets, updates):
        flat = a.data.reshape(-1).copy()
        np.add.at(flat, targets[targets >= 0], updates.data.reshape(-1)[targets >= 0])
        return self._value(flat.reshape(a.data.shape))

    def matmul(self, a, b):
        return self._value(a.data @ b.data)

    def inverse(self, a):
        return self._value(1 / a.data)

    def root(self, a):
        return self._value(np.sqrt(a.data))

    def cube_root(self, a):
        return self._value(np.cbrt(a.data))

    def sign(self, a):
        return self._value(np.sign(a.data))

    def equal(self, a, b):
        return np.asarray(a.data == b.data)[0]

    def ranks(self, a):
        return np.argsort(np.argsort(a.data[0], axis=None)).reshape(a.shape).astype(np.uint64)

    def choose(self, a, axes, *, least=False):
        return self._value((np.min if least else np.max)(a.data, axis=tuple(axis + 1 for axis in axes)))

    def function(self, name, *arguments):
        special = {
            "logistic": lambda x: jax.nn.sigmoid(x) - 0.5,
            "truncate": np.trunc,
            "the binary exponent": lambda x: np.frexp(x)[1],
            "a power of 2": np.exp2,
            "rem": np.fmod,
            "atan2": np.arctan2,
            "asin": np.arcsin,
            "acos": np.arccos,
            "atan": np.arctan,
            "asinh": np.arcsinh,
            "acosh": np.arccosh,
            "atanh": np.arctanh,
            "lgamma": jax.lax.lgamma,
            "digamma": jax.lax.digamma,
            "erf": jax.lax.erf,
            "erf_inv": jax.lax.erf_inv,
            "bessel_i0e": jax.lax.bessel_i0e,
            "bessel_i1e": jax.lax.bessel_i1e,
            "round": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
            "pow": np.power,
        }
        f = special.get(name) or getattr(np, name)
        return self._value(np.asarray(f(*(a.data for a in arguments)), np.float64))

    odd = even = exponential = function

    def _value(self, data):
        return Value(np.asarray(data, np.float64), UNKNOWN)


def interpreted(f, *arrays):
    domain = Reals()
    program = jax.make_jaxpr(f)(*arrays)
    inputs = [domain.lift(x) if np.issubdtype(x.dtype, np.floating) else x for x in arrays]
    return [lifted(domain, z).data[0] for z in Interpreter(domain).run(program, inputs)]


RNG = np.random.default_rng(0)
X, Y, INDEX = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 3)), np.array([2, 0, 5, 1])
SMALL = np.array([0.1, -0.3, 0.7, -0.9])
POSITIVES = np.abs(X) + 1.1


def function_of_jax(name):
    return lambda x: getattr(jax.lax, name)(x)


PROGRAMS = {
    **{name: (function_of_jax(name), SMALL) for name in (*ODD, *EVEN, *POSITIVE) if name != "round"},
    **{name: (function_of_jax(name), POSITIVES) for name in PLAIN if name != "acos"},
    "acos": (jax.lax.acos, SMALL),
    "round": (lambda x: jax.lax.round(x), X),
    "arithmetic": (lambda x: (2 * x - 1) / (x**2 + 1) - x**3 + x**-2 + jnp.square(x) - (-x), X),
    "constants of the same shape": (lambda x: x * np.arange(12.0).reshape(3, 4), X),
    "powers": (lambda x: x**0.5 + x**1.5 + x**-0.5 + x**2.3, POSITIVES),
    "roots": (lambda x: jnp.sqrt(x) + jax.lax.rsqrt(x) + jnp.cbrt(x), POSITIVES),
    "logarithms": (lambda x: jnp.log1p(x) + jnp.expm1(x) + jnp.logaddexp(x, 2 * x), POSITIVES),
    "activations": (lambda x: jax.nn.silu(x) + jax.nn.gelu(x) + jax.nn.softplus(x) + jax.nn.relu(x), X),
    "softmax": (jax.nn.softmax, X),
    "comparisons": (lambda x: jnp.stack([x > 0.1, x < 0.1, x >= 0.1, x <= 0.1, x == x, x != x]) * 1.0, X),
    "logic": (lambda x: jnp.where((x > 0) & (x < 1) | ~(x > -1) ^ (x < -1.5), x, 2 * x), X),
    "all and any": (lambda x: jnp.all(x > -1, 0) * 1.0 + jnp.any(x > 1, 0), X),
    "equal truths": (lambda x: ((x > 0) == (x < 0.5)) * 1.0 + ((x > 0) != (x < 0.5)) * 2.0, X),
    "extremes": (lambda x: jnp.maximum(x, 0.2) + jnp.minimum(x, -0.2) + jnp.clip(x, -0.5, 0.5), X),
    "reductions": (lambda x: jnp.max(x, 0) + jnp.min(x, 0) + jnp.sum(x, 0) + jnp.mean(x, 0) + jnp.prod(x, 0), X),
    "sums along": (lambda x: jnp.cumsum(x, 1) + jax.lax.cumsum(x, axis=0, reverse=True), X),
    "truncation": (lambda x: x.astype(int).astype(float) + jnp.trunc(x), X),
    "division with rest": (lambda x: jax.lax.rem(x, 0.7) + jnp.arctan2(x, 1 + x), X),
    "matrix products": (lambda x, y: jnp.einsum("ij,jk,kl->il", x, y, x) @ y, X, Y),
    "a batched product": (lambda x, y: jnp.einsum("ij,ji->i", x, y), X, Y),
    "an outer product": (lambda x, y: jnp.einsum("ij,kl->kjil", x, y), X, Y),
    "shapes": (lambda x: jnp.transpose(x)[::-1, 1:].reshape(-1)[None] + jnp.flip(jnp.stack([x, x], 1)).sum(), X),
    "joining": (lambda x, y: jnp.concatenate([x, y.T], 0)[:, 1::2], X, Y),
    "splitting": (lambda x: jnp.split(x, [1, 3], axis=1)[1] + jnp.squeeze(x[:, :1], 1)[:, None], X),
    "padding": (lambda x: jax.lax.pad(x, 7.0, [(1, 2, 1), (-1, 3, 2)]), X),
    "slices that are told": (lambda x: jax.lax.dynamic_slice(x, (1, 2), (2, 2)), X),
    "an update": (lambda x: jax.lax.dynamic_update_slice(x, 2 * x[:1], (1, 0)), X),
    "rows by index": (lambda x, i: x.at[i].get(mode="fill", fill_value=0.0, wrap_negative_indices=False)[:2], X, INDEX),
    "rows clipped": (lambda x, i: x.at[i].get(mode="clip"), X, INDEX),
    "sums by index": (lambda y, i: jnp.zeros((4, 3)).at[i].add(y, mode="drop"), Y, INDEX),
    "values by index": (lambda x, i: x.at[i[:2], 1].set(x[0, :2]), X, INDEX),
    "a scan": (lambda x: jax.lax.scan(lambda c, r: (c + r**2, c * r), x[0], x), X),
    "a backward scan": (lambda x: jax.lax.scan(lambda c, r: (c * r, r), x[0], x, reverse=True), X),
    "a loop": (lambda x: jax.lax.fori_loop(0, 3, lambda n, c: c * n + x, x), X),
    "branches": (lambda x: jax.lax.cond(x[0, 0] > 0, jnp.sin, jnp.cos, x) + jax.lax.cond(True, jnp.sin, jnp.cos, x), X),
    "derivatives": (jax.grad(lambda x: jnp.sum(jax.nn.silu(x) ** 2 * jnp.max(x))), X),
    "second derivatives": (jax.hessian(lambda x: jnp.sum(jnp.tanh(x) * jnp.sum(x * x))), X),
    "parts of a number": (lambda x: jnp.frexp(x)[0] + jnp.ldexp(x, jnp.frexp(x)[1]), X),
    "a clamp": (lambda x: jax.lax.clamp(-0.3, x, 0.4), X),
    "signs": (lambda x: jnp.sign(x) * jax.lax.erfc(x) + jnp.isfinite(x), X),
    "tiles": (lambda x: jnp.tile(x, (2, 3)), X),
    "rows": (lambda x: jnp.unstack(x, axis=1)[2] + jax.grad(lambda x: jnp.sum(jnp.stack([x, 2 * x]) ** 2))(x)[:, 0], X),
    "what changes no number": (lambda x: jax.lax.optimization_barrier(checkpoint_name(jnp.copy(x), "x")), X),
    "an order in memory": (lambda x: with_layout_constraint(x, Layout((1, 0))), X),
    "the order of the axes": (in_order, X),
    "a precision": (lambda x: jax.lax.reduce_precision(x, 11, 52), X),
    "a checkpoint": (jax.grad(lambda x: jnp.sum(jax.checkpoint(jnp.sin)(x) ** 2)), X),
    "places": (lambda x: x[jnp.argmax(x, 0), jnp.argmin(x, 0) % 3] + x[0, jnp.argmax(x[0])], X),
    "sorting": (lambda x: jax.lax.sort((x, 2 * x, x + 1), num_keys=2)[2] + jnp.argsort(-x, axis=0), X),
    "the first few": (lambda x: x[:, None, 1] * jax.lax.top_k(x, 2)[0] + jax.lax.top_k(-x, 2)[1], X),
    "the greatest by index": (
        lambda y, i: jax.ops.segment_max(y, i, 7)[i] - jax.ops.segment_min(y, i // 2, 3)[i // 2],
        Y,
        INDEX,
    ),
    "extremes by index": (lambda y, i: y.at[i % 3].max(y + 0.1) * y.at[i].min(0 * y, mode="drop"), Y, INDEX),
    "a solution": (lambda x, y: jnp.linalg.solve(x @ y + 2 * jnp.eye(3), y.T), X, Y),
    "derivative of a solution": (jax.grad(lambda x: jnp.sum(jnp.linalg.solve(x @ x.T, x) ** 3)), X),
    "a factor": (lambda x: jnp.linalg.cholesky(jnp.stack([x @ x.T, jnp.eye(3)])), X),
    "triangles": (lambda x: jax.scipy.linalg.solve_triangular(x @ x.T, x, trans=1, unit_diagonal=True), X),
    "a convolution": (
        lambda x: jax.lax.conv_general_dilated(
            x.reshape(2, 3, 2), x[:, :2].reshape(1, 2, 3), (2,), [(1, 2)], (2,), (1,), ("NWC", "OIW", "CNW")
        ),
        X,
    ),
    "vmap": (jax.vmap(lambda x, y: jnp.outer(x, y).sum(0), in_axes=(0, 1)), X, Y),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_means_what_jax_computes(name):
    f, *arrays = PROGRAMS[name]
    expected = jax.tree.leaves(f(*map(jnp.asarray, arrays)))
    for got, want in zip(interpreted(f, *arrays), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


OPS = {
    "tensor_product": (lambda x: eqlib.tensor_product(x, x).array, "2x0e + 1o + 2e"),
    "gate": (lambda x: eqlib.gate(x).array, "3x0e + 1o + 2e"),
    "norm": (lambda x: eqlib.norm(x).array, "2x0e + 1o + 2e"),
    "harmonics": (lambda x: eqlib.spherical_harmonics([0, 1, 2, 3], x, normalize=True).array, "1o"),
}


@pytest.mark.parametrize("name", OPS)
def test_op_means_what_jax_computes(name):
    op, irreps = OPS[name]
    x = np.random.default_rng(1).normal(size=(2, eqlib.Irreps(irreps).dim))

    def f(x):
        return op(eqlib.IrrepsArray(irreps, x))

    def slope(x):
        return jax.grad(lambda x: jnp.sum(f(x) ** 3))(x)

    for g in (f, slope):
        np.testing.assert_allclose(interpreted(g, x)[0], g(jnp.asarray(x)), rtol=1e-12, atol=1e-12)


def test_every_rule_is_met_by_some_program():
    """A rule that no program here meets is a meaning that nothing holds to what JAX computes."""
    met = set()

    def collect(jaxpr):
        for eqn in jaxpr.eqns:
            met.add(eqn.primitive.name)
            for parameter in jax.tree.leaves(list(eqn.params.values()), is_leaf=lambda x: hasattr(x, "eqns")):
                inner = getattr(parameter, "jaxpr", parameter)
                if hasattr(inner, "eqns"):
                    collect(inner)

    for f, *arrays in PROGRAMS.values():
        collect(jax.make_jaxpr(f)(*arrays).jaxpr)
    for op, irreps in OPS.values():
        collect(
            jax.make_jaxpr(lambda x, op=op, i=irreps: op(eqlib.IrrepsArray(i, x)))(
                np.ones(eqlib.Irreps(irreps).dim)
            ).jaxpr
        )
    functions_by_name = {"frexp", "ldexp"}
    of_other_versions = {"one_minus_square"} if jax.__version_info__ < (0, 12) else set()
    assert {*RULES, *MOVES} - met == functions_by_name | of_other_versions


def test_a_polynomial_has_no_rule_for_what_is_none():
    program = jax.make_jaxpr(lambda x: jnp.sin(2 * x))(1.0)
    domain = Polynomials(Reading())
    with pytest.raises(Undecided, match=r"sin, which is no polynomial, at .*interpreter_test.py"):
        Interpreter(domain).run(program, [domain.symbols(())])


def test_a_call_that_only_has_the_name_of_a_known_function_is_not_taken_for_it():
    @jax.jit
    def ldexp(x, exponent):
        return x * exponent

    exponents = np.array([[1, 2, 3, 4]] * 3, np.int32)
    (got,) = interpreted(lambda x: ldexp(x, exponents), X)
    np.testing.assert_allclose(got, X * exponents)
