"""`evaluate` means what its straight-line program means, for every lowering, transformation and order of derivative."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jax.test_util import check_grads

from eqlib.lowering.evaluate import evaluate, evaluate_p
from eqlib.lowering.xla_blocks import in_blocks
from eqlib.lowering.xla_components import COLUMNS, interleaved, stacked
from eqlib.o3 import Surd
from eqlib.plan.harmonics import harmonics_program
from eqlib.plan.straight_line import record
from eqlib.plan.tangents import derivative, transpose
from eqlib.testing.exact.lowerings import computes_its_program

each_lowering = pytest.mark.parametrize("lowering", [interleaved, stacked, functools.partial(in_blocks, chunk=3)])


def mixed(x, y):
    """Products, multiples, a root, a constant, a zero; more columns than are written at once, and none at all."""
    length = (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]).inverse_root()
    first = [length * x[0] * y[0], Surd.sqrt(2) * y[1] - x[1] * y[0]]
    return [first, [2, 0, *(n * x[0] * x[n % 3] for n in range(1, COLUMNS + 3))], []]


MIXED = record([3, 2], mixed)
LINEAR = derivative(record([2, 1], lambda x, y: [[x[0] * x[1] * y[0]], [y[0]], [3]]), (0, 1))


def draw(program, leading=(), seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [jnp.asarray(rng.normal(size=(*leading, size)), dtype) for size in program.inputs]


def expected(inputs):
    """What `mixed` means, in NumPy."""
    x, y = (np.moveaxis(np.asarray(v), -1, 0) for v in inputs)
    multiples = [n * x[0] * x[n % 3] for n in range(1, COLUMNS + 3)]
    rows = [
        [x[0] * y[0] / np.sqrt(np.sum(x * x, axis=0)), np.sqrt(2) * y[1] - x[1] * y[0]],
        [np.full(x[0].shape, 2.0), 0 * x[0], *multiples],
    ]
    return [*(np.stack(row, axis=-1) for row in rows), np.zeros((*x[0].shape, 0))]


@each_lowering
@pytest.mark.parametrize("program", [MIXED, LINEAR, transpose(LINEAR, (2, 3)), harmonics_program((0, 2, 3), "norm")])
def test_a_lowering_computes_its_program(program, lowering):
    assert computes_its_program(program, lowering, [2, 3])


def test_a_lowering_that_drops_a_column_is_caught():
    def faulty(*inputs, program):
        return [z.at[..., -1:].set(0) for z in interleaved(*inputs, program=program)]

    assert not computes_its_program(MIXED, faulty, [2])


@each_lowering
@pytest.mark.parametrize("leading", [(), (5,), (2, 3), (0,)])
def test_agrees_with_its_meaning(lowering, leading):
    inputs = draw(MIXED, leading)
    found = jax.jit(functools.partial(lowering, program=MIXED))(*inputs)
    for got, again, want in zip(found, evaluate(MIXED, *inputs), expected(inputs), strict=True):
        # Of numbers below 1e2, a few roundings.
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-13)
        np.testing.assert_allclose(again, want, rtol=0, atol=1e-13)


def test_leading_axes_broadcast_and_derivatives_sum_over_them():
    x, y = draw(MIXED, (4, 2))
    shared = x[:1, :1]
    f = lambda x, y: jnp.sum(jnp.sin(evaluate(MIXED, x, y)[0]))  # noqa: E731
    got, each = jax.grad(f)(shared, y), jax.grad(f)(jnp.broadcast_to(shared, x.shape), y)
    np.testing.assert_allclose(got, jnp.sum(each, axis=(0, 1), keepdims=True), rtol=1e-12)


def test_every_order_of_derivative():
    """By differences with a step of 1e-4, which leave out third derivatives of size 1e2 times 1e-8."""
    inputs = draw(MIXED, (2,))

    def f(*xs):
        first, second, _ = evaluate(MIXED, *xs)
        return jnp.sum(jnp.sin(first)) + jnp.sum(jnp.sin(second / 8))

    for _ in range(2):
        check_grads(jax.jit(f), inputs, order=1, atol=1e-5, rtol=1e-5)
        f = functools.partial(lambda f, *xs: sum(jnp.sum(jnp.cos(g)) for g in jax.grad(f, (0, 1))(*xs)), f)


def test_the_derivative_is_one_program_of_what_moves():
    """Outputs that do not move have a tangent that is known to be zero."""
    x, y = draw(MIXED, (2,))
    jaxpr = jax.make_jaxpr(lambda y, dy: jax.jvp(lambda y: evaluate(MIXED, x, y), (y,), (dy,))[1])(y, y)
    programs = [eqn.params["program"] for eqn in jaxpr.eqns if eqn.primitive is evaluate_p]
    assert [len(p.outputs) for p in programs] == [3, 1]
    _, second, none = jax.jvp(lambda y: evaluate(MIXED, x, y), (y,), (y,))[1]
    np.testing.assert_array_equal(second, 0.0)
    assert none.shape == (2, 0)


def test_what_is_linear_has_a_transpose():
    x, y, dx, dy = draw(LINEAR, (3,))
    f = lambda dx, dy: evaluate(LINEAR, x, y, dx, dy)  # noqa: E731
    seeds = [jnp.ones((3, 1)), 2 * jnp.ones((3, 1)), jnp.ones((3, 1))]
    for g in (seeds, [0 * seeds[0], seeds[1], seeds[2]]):
        back = jax.jit(jax.linear_transpose(f, dx, dy))(g)
        inner = [sum(jnp.sum(a * b) for a, b in zip(*rows, strict=True)) for rows in ((f(dx, dy), g), ((dx, dy), back))]
        np.testing.assert_allclose(*inner, rtol=1e-13)


def test_vmap_over_any_operand_and_axis():
    x, y = draw(MIXED, (3, 2))
    f = functools.partial(evaluate, MIXED)
    for axes in ((0, 0), (0, None), (None, 0), (1, 0), (0, 1)):
        given = [v if axis is not None else v[0] for v, axis in zip((x, y), axes, strict=True)]
        given = [v.swapaxes(0, 1) if axis == 1 else v for v, axis in zip(given, axes, strict=True)]
        rows = [
            [v[n] if axis == 0 else v[:, n] if axis == 1 else v for n in range(3)]
            for v, axis in zip(given, axes, strict=True)
        ]
        want = [jnp.stack(z) for z in zip(*(f(*pair) for pair in zip(*rows, strict=True)), strict=True)]
        for got, one in zip(jax.vmap(f, axes)(*given), want, strict=True):
            np.testing.assert_allclose(got, one, atol=1e-13)


def test_scan_and_remat():
    inputs = draw(MIXED, (3,))
    f = lambda *xs: evaluate(MIXED, *xs)[0]  # noqa: E731
    scanned = lambda *xs: jax.lax.scan(lambda carry, v: (carry, jax.checkpoint(f)(*v)), 0, xs)[1]  # noqa: E731
    for transformed in (lambda f: f, lambda f: jax.grad(lambda *xs: jnp.sum(jnp.sin(f(*xs))))):
        got, want = (jax.jit(transformed(g))(*inputs) for g in (scanned, f))
        np.testing.assert_allclose(got, want, atol=1e-13)


def test_shard_map_and_sharded_jit():
    mesh, spec = Mesh(np.array(jax.devices()[:2]), ("batch",)), PartitionSpec("batch")
    x, y = draw(MIXED, (4,))
    f = lambda x, y: evaluate(MIXED, x, y)[0]  # noqa: E731
    split = [jax.device_put(v, NamedSharding(mesh, spec)) for v in (x, y)]
    np.testing.assert_allclose(jax.jit(f)(*split), f(x, y), atol=1e-13)
    mapped = jax.shard_map(f, mesh=mesh, in_specs=(spec, PartitionSpec()), out_specs=spec)
    loss = lambda f: lambda *xs: jnp.sum(f(*xs) ** 2)  # noqa: E731
    found, wanted = (jax.jit(jax.grad(loss(g), (0, 1)))(x, y[:1]) for g in (mapped, f))
    for got, want in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-12)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, np.float16])
def test_sixteen_bit_inputs_are_rounded_once(dtype):
    inputs = draw(MIXED, (7,), dtype=dtype)
    for got, want in zip(
        evaluate(MIXED, *inputs), evaluate(MIXED, *(x.astype(np.float32) for x in inputs)), strict=True
    ):
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, want.astype(dtype))


def test_integers_are_promoted_not_truncated():
    whole = [jnp.array([3, 4, 0]), jnp.array([1, 2])]
    np.testing.assert_allclose(evaluate(MIXED, *whole)[0], [0.6, 2 * np.sqrt(2) - 4], rtol=1e-6)


def test_what_does_not_fit_the_program_is_refused():
    x, _ = draw(MIXED, (2,))
    with pytest.raises(ValueError, match="takes 2 inputs; 1 were given"):
        evaluate(MIXED, x)
    with pytest.raises(ValueError, match=r"input 1 has shape \(2, 3\); the program reads \[..., 2\]"):
        evaluate(MIXED, x, x)
