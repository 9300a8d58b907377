"""A long program runs as a loop and gives what a short one does: the same programs, at a threshold below them."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from eqlib.lowering import choose_program
from eqlib.lowering.choose_program import LONG, on_any_platform, on_cpu
from eqlib.lowering.evaluate import evaluate
from eqlib.lowering.harmonics import harmonics_of_direction
from eqlib.lowering.xla_blocks import in_blocks
from eqlib.lowering.xla_components import stacked
from eqlib.plan.harmonics import harmonics_program
from eqlib.plan.straight_line import StraightLine, record
from eqlib.plan.tangents import derivative, transpose

NOTHING = record([2, 1], lambda x, y: [[x[1], y[0]], [], [x[0]]])
DIRECTION = harmonics_program((1, 2), "component", of_direction=True)


@pytest.fixture
def looped(monkeypatch):
    """What a function gives if every program is long; with few samples a turn, so that there are several."""

    def call(f, *args):
        with monkeypatch.context() as patch:
            patch.setattr(choose_program, "LONG", -1)
            patch.setattr(choose_program, "SAMPLES_ON_CPU", 4)
            # Another function than `f`, whose compilation JAX may have kept.
            compiled = jax.jit(lambda *xs: f(*xs)).lower(*args)
            assert "while" in compiled.as_text()
            return compiled.compile()(*args)

    return call


def points(*leading, dtype=np.float64):
    return jnp.asarray(np.random.default_rng(0).normal(size=(*leading, 3)), dtype)


def harmonics(x):
    return harmonics_of_direction(x, range(4), "component")


def slope(f):
    return jax.grad(lambda x: jnp.sum(jnp.sin(f(x) / 8)))


@pytest.mark.parametrize("leading", [(), (1,), (9,), (2, 3), (0,), (3, 0)])
@pytest.mark.parametrize("program", [DIRECTION, NOTHING])
def test_agrees_with_one_operation_for_each_step(program, leading):
    rng = np.random.default_rng(1)
    inputs = [jnp.asarray(rng.normal(size=(*leading, size))) for size in program.inputs]
    for got, want in zip(in_blocks(*inputs, program=program, chunk=4), stacked(*inputs, program=program), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize("dtype", [np.float64, np.float32, jnp.bfloat16])
def test_every_order_of_derivative(looped, order, dtype):
    """To some roundings of the largest number: the steps are the same, and a compiler joins some of them in one.

    Each order multiplies by the degree, and by 1/|x|.
    """
    x = points(9)
    x = (x / jnp.linalg.norm(x, axis=-1, keepdims=True)).astype(dtype)
    f = functools.reduce(lambda f, _: slope(f), range(order), harmonics)
    got, want = looped(f, x), jax.jit(f)(x)
    assert got.dtype == want.dtype == dtype
    got, want = (np.asarray(z, np.float64) for z in (got, want))
    assert np.max(np.abs(got - want)) <= 4 * 3**order * float(jnp.finfo(dtype).eps) * np.max(np.abs(want))


def test_there_is_no_direction_at_zero(looped):
    """A root of zero is zero, and so are its derivatives."""
    x = points(5).at[2].set(0)
    got = looped(slope(harmonics), x)
    np.testing.assert_array_equal(got[2], 0)
    np.testing.assert_allclose(got, slope(harmonics)(x), rtol=1e-12, atol=1e-12)


def test_is_the_same_every_time(looped):
    x = points(9, dtype=np.float32)
    np.testing.assert_array_equal(looped(slope(harmonics), x), looped(slope(harmonics), x))


def test_vmap_and_scan(looped):
    x = points(3, 5)
    f = lambda x: slope(slope(harmonics))(x)  # noqa: E731
    want = f(x)
    scanned = lambda x: jax.lax.scan(lambda carry, v: (carry, f(v)), 0, x)[1]  # noqa: E731
    for g in (f, jax.vmap(f), jax.vmap(f, 1, 1), scanned, jax.vmap(jax.vmap(f))):
        np.testing.assert_allclose(looped(g, x), want, rtol=1e-11, atol=1e-11)


def test_shard_map_and_sharded_jit(looped):
    mesh, spec = Mesh(np.array(jax.devices()[:2]), ("batch",)), PartitionSpec("batch")
    x = points(24)
    f = slope(harmonics)
    mapped = jax.shard_map(f, mesh=mesh, in_specs=spec, out_specs=spec)
    split = jax.device_put(x, NamedSharding(mesh, spec))
    for got in (looped(mapped, x), looped(f, split)):
        np.testing.assert_allclose(got, f(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("lowering", [on_cpu, on_any_platform])
def test_long_programs_are_loops_and_those_of_training_are_not(lowering):
    """The second order of degree 6 is what training on forces differentiates; that of degree 11 is long."""
    for lmax, is_long in ((6, False), (11, True)):
        first = transpose(derivative(harmonics_program(tuple(range(lmax + 1)), "component"), (0,)), (1,))
        second = transpose(derivative(first, (0, 1)), (2, 3))
        assert count(first, lowering) == 0
        assert (count(second, lowering) > 0) == is_long == (len(second.steps) > LONG)


def count(program: StraightLine, lowering):
    """The loops of a lowering."""
    xs = [jax.ShapeDtypeStruct((5, size), np.float32) for size in program.inputs]
    eqns = jax.make_jaxpr(functools.partial(lowering, program=program))(*xs).eqns
    return sum(eqn.primitive.name == "scan" for eqn in eqns)


def test_a_longer_program_compiles_to_no_more():
    """But for its table, which is data, and for how its inputs and outputs are laid out."""
    lengths = []
    for lmax in (3, 6):
        program = harmonics_program(tuple(range(lmax + 1)), "component")
        x = points(9)
        text = jax.jit(functools.partial(in_blocks, program=program, chunk=4)).lower(x).compile().as_text()
        lengths.append(text.count("\n"))
    assert lengths[1] <= 1.1 * lengths[0]


def test_evaluate_takes_the_loop_by_itself():
    """A chain of products, longer than is unrolled: x^n."""
    chain = record([1], lambda x: [[functools.reduce(lambda z, _: z * x[0], range(LONG + 1), x[0])]])
    x = jnp.array([[1.0], [1 + 1e-3], [1 - 1e-3]])
    (got,) = evaluate(chain, x)
    np.testing.assert_allclose(got, x ** (LONG + 2), rtol=1e-12)
    back = jax.grad(lambda x: jnp.sum(evaluate(chain, x)[0]))(x)
    np.testing.assert_allclose(back, (LONG + 2) * x ** (LONG + 1), rtol=1e-12)
