"""`contract_indexed` means what its plan means, for every transformation and order of derivative."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, PartitionSpec

from eqlib.lowering import xla_indexed
from eqlib.lowering.contract_indexed import contract_indexed
from eqlib.lowering.index import Index, index_of
from eqlib.lowering.whole_arrays import compute_whole
from eqlib.o3 import Irrep
from eqlib.ops.conv import plan_conv
from eqlib.plan.indexed import over_edges
from tests.plan.examples import channelwise, fully_connected, mixing, outer, square
from tests.plan.meaning import evaluate_indexed

# Of seven edges two have an end that is no row; some rows have no edge, and some several.
IDS, ROWS = (np.array([2, 0, 2, 3, 1, 2, 0]), np.array([1, 1, 0, 2, -1, 0, 1])), (3, 4)
EDGES = 7

EXAMPLES = {
    "conv": plan_conv("3x0e + 3x1o", "0e + 1o")[1],
    "conv-two-copies": plan_conv("2x0e + 1o", "2x1o + 0e")[1],
    "conv-unread": plan_conv("0e", "0e + 1o", (Irrep("0e"),))[1],  # no path reads the vector: its gradient has no part
    "conv-unweighted": plan_conv("2x0o + 2x1o", "1o", is_weighted=False)[1],
    "channelwise": over_edges(channelwise(), (0, None, None, 1)),
    "weights-at-nodes": over_edges(channelwise(), (0, None, 1, None)),
    "mixing": over_edges(mixing(), (None, 0, 1)),
    "fully-connected": over_edges(fully_connected(), (0, 0, 1, 1)),
    "outer-of-edges": over_edges(outer(), (None, None, None)),
    "square": over_edges(square(), (0, 1)),
}
each = pytest.mark.parametrize("example", EXAMPLES)
# Every kind of operand at every kind of place, and every form of the arithmetic.
some = pytest.mark.parametrize(
    "example", ["conv-two-copies", "conv-unread", "weights-at-nodes", "fully-connected", "square"]
)


@pytest.fixture(autouse=True)
def several_chunks(monkeypatch):
    """Seven edges in chunks of three: the last one repeats two."""
    monkeypatch.setattr(xla_indexed, "edges_per_chunk", lambda plan, itemsize: 3)


def indices(ids=IDS):
    return [index_of(jnp.asarray(i), rows) for i, rows in zip(ids, ROWS, strict=True)]


def draw(operands, leading=(), seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    counts = [EDGES if rows.at is None else ROWS[rows.at] for rows in operands]
    return [
        jnp.asarray(rng.normal(size=(*leading, count, rows.size)), dtype)
        for count, rows in zip(counts, operands, strict=True)
    ]


def quickly(f):
    """Compiled in the shortest time: the code of the compiler is not what is tested."""
    return jax.jit(f, compiler_options={"xla_backend_optimization_level": 0})


def whole(plan, *inputs):
    return compute_whole(plan, inputs, indices(), EDGES, jax.lax.Precision.HIGHEST)[0]


@each
def test_agrees_with_the_meaning_of_the_plan(example):
    plan = EXAMPLES[example]
    inputs = draw(plan.inputs)
    (expected,) = evaluate_indexed(plan, [np.asarray(x) for x in inputs], IDS, ROWS)
    (got,) = quickly(functools.partial(contract_indexed, plan))(inputs, indices())
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-13 * np.max(np.abs(expected)))
    np.testing.assert_allclose(whole(plan, *inputs), expected, rtol=0, atol=1e-13 * np.max(np.abs(expected)))


@some
def test_every_order_of_derivative_is_that_of_whole_arrays(example):
    """Three gradients of functions of all inputs, each of the one before."""
    plan = EXAMPLES[example]
    inputs = draw(plan.inputs)

    def derivatives(f):
        def energy(*xs):
            return jnp.sum(jnp.tanh(f(*xs)))

        def of_force(*xs):
            return sum(jnp.sum(jnp.sin(g)) for g in jax.grad(energy, range(len(xs)))(*xs))

        def of_curvature(*xs):
            return sum(jnp.sum(jnp.sin(g)) for g in jax.grad(of_force, range(len(xs)))(*xs))

        return quickly(lambda *xs: [jax.grad(g, range(len(xs)))(*xs) for g in (energy, of_force, of_curvature)])

    got = derivatives(lambda *xs: contract_indexed(plan, xs, indices())[0])(*inputs)
    want = derivatives(functools.partial(whole, plan))(*inputs)
    for one, other in zip(jax.tree.leaves(got), jax.tree.leaves(want), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12 * max(1.0, np.max(np.abs(other))))


@pytest.mark.parametrize("example", ["conv", "fully-connected", "square"])
def test_vmap_over_any_operand(example):
    """What is not mapped is shared by the samples, and the gradients that they give it are added."""
    plan = EXAMPLES[example]
    batches, every = draw(plan.inputs, (2,)), tuple(range(len(plan.inputs)))

    def f(*xs):
        return jnp.sin(contract_indexed(plan, xs, indices())[0])

    alone = quickly(jax.value_and_grad(lambda *xs: f(*xs).sum(), every))
    for mapped in np.ndindex(*(2,) * len(batches)):
        if any(mapped):
            axes = [0 if m else None for m in mapped]
            given = [x if m else x[0] for x, m in zip(batches, mapped, strict=True)]
            over = jax.vmap(f, axes)
            value, gradients = quickly(jax.value_and_grad(lambda *xs: over(*xs).sum(), every))(*given)  # noqa: B023
            one, other = (alone(*(x[n] if m else x for x, m in zip(given, mapped, strict=True))) for n in range(2))
            np.testing.assert_allclose(value, one[0] + other[0], rtol=0, atol=1e-12)
            for got, m, *parts in zip(gradients, mapped, one[1], other[1], strict=True):
                want = np.stack(parts) if m else sum(parts)
                np.testing.assert_allclose(got, want, rtol=0, atol=1e-12 * max(1.0, np.max(np.abs(want))))


def test_vmap_over_the_edges_of_graphs():
    """Each sample has a graph of its own; what is not mapped besides is shared."""
    plan = EXAMPLES["conv"]
    others = tuple((i + 1) % (rows + 1) for i, rows in zip(IDS, ROWS, strict=True))
    inputs = draw(plan.inputs)
    several = jax.tree.map(lambda *a: jnp.stack(a), indices(), indices(others))
    got = jax.vmap(lambda index: contract_indexed(plan, inputs, index)[0])(several)
    for z, ids in zip(got, (IDS, others), strict=True):
        (expected,) = evaluate_indexed(plan, [np.asarray(x) for x in inputs], ids, ROWS)
        np.testing.assert_allclose(z, expected, rtol=0, atol=1e-13 * np.max(np.abs(expected)))


def test_scan_and_jvp():
    plan = EXAMPLES["conv"]
    batches = draw(plan.inputs, (2,))
    f = lambda *xs: contract_indexed(plan, xs, indices())[0]  # noqa: E731
    _, scanned = jax.lax.scan(lambda carry, xs: (carry, f(*xs)), 0, tuple(batches))
    for n in range(2):
        np.testing.assert_allclose(scanned[n], f(*(x[n] for x in batches)), rtol=0, atol=1e-13)
    primals, tangents = ([x[n] for x in batches] for n in range(2))
    got = jax.jvp(f, primals, tangents)
    want = jax.jvp(functools.partial(whole, plan), primals, tangents)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def test_edges_split_over_devices_and_their_sums_added():
    plan = EXAMPLES["conv"]
    mesh = Mesh(np.array(jax.devices()[:2]), ("edges",))
    split, alike = PartitionSpec("edges"), PartitionSpec()
    x, y, w = draw(plan.inputs)
    ids = [jnp.append(i, -1) for i in IDS]
    pad = lambda a: jnp.append(a, a[:1], axis=0)  # noqa: E731

    def loss(x, y, w, *ids):
        def part(x, y, w, *ids):
            found = [index_of(i, rows) for i, rows in zip(ids, ROWS, strict=True)]
            return jax.lax.psum(contract_indexed(plan, (x, y, w), found)[0], "edges")

        over = jax.shard_map(part, mesh=mesh, in_specs=(alike, *(split,) * 4), out_specs=alike)
        return jnp.sum(jnp.sin(over(x, y, w, *ids)))

    got = jax.jit(jax.value_and_grad(loss, (0, 1, 2)))(x, pad(y), pad(w), *ids)
    want = jax.jit(jax.value_and_grad(lambda *xs: jnp.sum(jnp.sin(whole(plan, *xs))), (0, 1, 2)))(x, y, w)
    np.testing.assert_allclose(got[0], want[0], rtol=1e-12)
    for one, other in zip(got[1], want[1], strict=True):
        np.testing.assert_allclose(one[: len(other)], other, rtol=0, atol=1e-12)


def test_dtypes_are_preserved_and_sixteen_bits_summed_in_thirty_two():
    plan = EXAMPLES["conv-two-copies"]
    f = quickly(lambda *xs: jax.vjp(lambda *ys: contract_indexed(plan, ys, indices())[0], *xs))
    for dtype, eps in ((np.float32, 2**-23), (jnp.bfloat16, 2**-8), (np.float16, 2**-11)):
        inputs = draw(plan.inputs, dtype=dtype)
        (z, pullback), (wide, of_wide) = f(*inputs), f(*(x.astype(np.float64) for x in inputs))
        ones, wide_ones = jnp.ones_like(z), jnp.ones_like(wide)
        for got, want in zip((z, *pullback(ones)), (wide, *of_wide(wide_ones)), strict=True):
            assert got.dtype == dtype
            # One rounding of what was summed in at least 32 bits; some twenty terms of at most the largest sum.
            error = np.abs(np.asarray(got, np.float64) - want)
            assert np.max(error) <= (eps + 40 * 2**-23) * np.max(np.abs(want))


def test_without_edges_the_sums_are_zero():
    plan = EXAMPLES["conv"]
    x, y, w = draw(plan.inputs)
    nothing = [index_of(jnp.zeros(0, int), rows) for rows in ROWS]
    f = lambda *xs: contract_indexed(plan, xs, nothing)[0]  # noqa: E731
    z, pullback = jax.vjp(f, x, y[:0], w[:0])
    np.testing.assert_array_equal(z, np.zeros((ROWS[1], plan.outputs[0].size)))
    assert [g.shape for g in pullback(z)] == [x.shape, y[:0].shape, w[:0].shape]
    assert not pullback(z)[0].any()


def test_what_padding_holds_reaches_nothing():
    """Not even what is not a number; and its gradient is zero."""
    plan = EXAMPLES["conv"]
    inputs = draw(plan.inputs)
    padding = (IDS[0] >= ROWS[0]) | (IDS[1] < 0)
    spoilt = [inputs[0], *(jnp.where(padding[:, None], jnp.nan, x) for x in inputs[1:])]
    f = jax.jit(lambda *xs: jax.vjp(lambda *ys: contract_indexed(plan, ys, indices())[0], *xs))
    (z, pullback), (spoilt_z, spoilt_pullback) = f(*inputs), f(*spoilt)
    np.testing.assert_array_equal(z, spoilt_z)
    for one, other in zip(pullback(z), spoilt_pullback(z), strict=True):
        np.testing.assert_array_equal(one, other)
    assert padding.sum() == 2
    assert not pullback(z)[2][padding].any()


def test_repetition_gives_the_same_bits():
    plan = EXAMPLES["conv"]
    inputs = draw(plan.inputs, dtype=np.float32)
    f = jax.jit(
        lambda *xs: jax.value_and_grad(lambda *ys: contract_indexed(plan, ys, indices())[0].sum(), (0, 1, 2))(*xs)
    )
    for one, other in zip(jax.tree.leaves(f(*inputs)), jax.tree.leaves(f(*inputs)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_inputs_that_do_not_fit_are_refused():
    plan = EXAMPLES["conv"]
    x, y, w = draw(plan.inputs)
    with pytest.raises(ValueError, match=r"input 1 has shape \(6, 4\); the plan reads \(7, 4\)"):
        contract_indexed(plan, (x, y[:-1], w), indices())


def test_an_index_has_its_edges_in_the_order_of_their_rows():
    index = index_of(jnp.array([2, 0, 2, 5, 0, -1], jnp.int32), 4)
    assert isinstance(index, Index)
    np.testing.assert_array_equal(index.ids, [2, 0, 2, 4, 0, 4])
    np.testing.assert_array_equal(index.order, [1, 4, 0, 2, 3, 5])
    np.testing.assert_array_equal(index.starts, [0, 2, 2, 4, 4])
    assert {a.dtype for a in index} == {np.dtype(np.int32)}
