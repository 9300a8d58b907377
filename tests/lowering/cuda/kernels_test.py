"""The compiled kernels, run instruction by instruction: right numbers, and every number of an output written once."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.lowering.cuda import contraction
from eqlib.lowering.cuda.schedule import NoKernel, schedules
from eqlib.plan.indexed import over_edges
from tests.lowering.cuda.passes import (
    PASSES,
    by_kernels,
    conv,
    draw,
    indices,
    meant,
    needs_compiler,
    passes,
    require_close,
    run_on_machine,
)
from tests.plan.examples import channelwise, outer, square

pytestmark = needs_compiler

# Rows without edges, rows with several, edges that lack one end or both, and rows in no order.
ROWS = (4, 6)
IDS = ([0, 3, 4, 1, 3, 0, 2, 0, 4, -1, 3], [2, 0, 2, 6, 5, 5, 2, 0, 6, 1, 2])
EDGES = len(IDS[0])

PLANS = {
    "mixed multiplicities": lambda: conv("40x0e + 3x1o + 1x1e", "0e + 1o", lmax=1),
    "two channels to a thread": lambda: conv("64x0e + 64x1o", "0e + 1o", lmax=1),
    "two blocks of channels": lambda: conv("1o + 192x0e", "1o", lmax=1),
    "one channel": lambda: conv("0e + 1o", "1o"),
    "no weights": lambda: conv("33x1o", "0e + 1o", is_weighted=False),
}


@pytest.fixture(autouse=True)
def few_threads_for_padding(monkeypatch):
    """Rows beyond those of nodes, which only the edges of padding need: with fewer, they take several in turn."""
    monkeypatch.setattr(contraction, "TAIL_ROWS", 2)


@pytest.mark.parametrize("which", PASSES)
@pytest.mark.parametrize("name", PLANS)
def test_kernels_find_what_the_plan_means(name, which):
    """In float64, where a number at a wrong place is wrong by its own size."""
    plan = passes(PLANS[name]())[which]
    inputs, of_edges = draw(plan, EDGES, ROWS), indices(IDS, ROWS)
    require_close(by_kernels(plan, inputs, of_edges), meant(plan, inputs, of_edges), 1e-12)


@pytest.mark.parametrize(
    "at", [(0, None, None, 1), (0, None, 1, None), (1, 0, 1, 0), (1, 1, None, 1), (None, 0, 0, None)]
)
def test_every_operand_may_have_its_rows_anywhere(at):
    """Operands with channels at the row, at another and of the edge itself, read and written; so those without."""
    plan = passes(over_edges(channelwise(), at))["double backward"]
    inputs, of_edges = draw(plan, EDGES, ROWS), indices(IDS, ROWS)
    require_close(by_kernels(plan, inputs, of_edges), meant(plan, inputs, of_edges), 1e-12)


def test_a_polynomial_plan():
    plan = over_edges(square(), (0, 1))
    inputs, of_edges = draw(plan, EDGES, ROWS), indices(IDS, ROWS)
    require_close(by_kernels(plan, inputs, of_edges), meant(plan, inputs, of_edges), 1e-12)


def test_float32_at_the_size_of_a_model():
    """Sums of a few thousand products, each rounded three times."""
    plan = passes(conv("128x0e + 128x1o + 128x2e", "0e + 1o + 2e + 3o", lmax=3))["double backward"]
    inputs, of_edges = draw(plan, EDGES, ROWS, "float32"), indices(IDS, ROWS)
    require_close(by_kernels(plan, inputs, of_edges), meant(plan, inputs, of_edges), 3000 * np.finfo(np.float32).eps)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_16_bits_are_stored_and_32_computed(dtype):
    """Bit by bit what the kernel of float32 finds, rounded once."""
    plan = passes(PLANS["mixed multiplicities"]())["backward"]
    narrow, of_edges = draw(plan, EDGES, ROWS, dtype), indices(IDS, ROWS)
    found = by_kernels(plan, narrow, of_edges)
    wanted = by_kernels(plan, [x.astype("float32") for x in narrow], of_edges)
    for z, w in zip(found, wanted, strict=True):
        assert z.dtype == dtype
        np.testing.assert_array_equal(z, w.astype(dtype))


def test_64_bit_indices():
    plan = passes(PLANS["one channel"]())["backward"]
    inputs = draw(plan, EDGES, ROWS)
    found = by_kernels(plan, inputs, indices(IDS, ROWS, "int64"))
    wanted = by_kernels(plan, inputs, indices(IDS, ROWS, "int32"))
    for z, w in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(z, w)


@pytest.mark.parametrize("edges, rows", [(0, (4, 6)), (3, (4, 0)), (3, (0, 6))])
def test_without_edges_or_without_nodes(edges, rows):
    plan = passes(PLANS["one channel"]())["backward"]
    of_edges = indices(([9] * edges, [9] * edges), rows)
    inputs = draw(plan, edges, rows)
    for z, of in zip(by_kernels(plan, inputs, of_edges), plan.outputs, strict=True):
        assert z.shape == (edges if of.at is None else rows[of.at], of.size)
        assert not np.any(z)


def test_no_value_of_an_edge_that_lacks_a_row_is_used():
    plan = passes(PLANS["one channel"]())["backward"]
    inputs, of_edges = draw(plan, EDGES, ROWS), indices(IDS, ROWS)
    lacks = np.any([np.asarray(index.ids) == index.rows for index in of_edges], axis=0)
    spoilt = [x.at[lacks].set(jnp.nan) if of.at is None else x for x, of in zip(inputs, plan.inputs, strict=True)]
    for z, w in zip(by_kernels(plan, spoilt, of_edges), by_kernels(plan, inputs, of_edges), strict=True):
        np.testing.assert_array_equal(z, w)


def test_rows_order_the_kernel_that_edges_need_move_least_for():
    """Forward, sums of messages stay in registers; backward, so do the cotangents of them, the larger operand."""
    found = passes(conv("64x0e + 64x1o + 64x2e", "0e + 1o + 2e", lmax=2))
    assert [[schedule.by for schedule in schedules(plan)] for plan in found.values()] == [[1]] * 4


def test_a_pass_with_too_many_numbers_for_one_kernel_has_two():
    double = passes(conv("128x0e + 128x1o + 128x2e", "0e + 1o + 2e + 3o", lmax=3))["double backward"]
    assert [schedule.outputs for schedule in schedules(double)] == [(3,), (0, 1, 2)]


@pytest.mark.parametrize(
    "plan, reason",
    [
        (over_edges(outer(), (0, None, 1)), "a path has operands with the channels u, uv, v, and must have one kind"),
        (over_edges(channelwise(), (None,) * 4), "no operand has its rows at an index"),
        (conv("8x0e + 8x1o + 8x2e + 8x3o", "0e + 1o + 2e + 3o + 4e"), "a row has .* numbers for each channel, more"),
    ],
)
def test_what_has_no_kernel_says_why(plan, reason):
    with pytest.raises(NoKernel, match=reason):
        schedules(plan)


def test_complex_numbers_have_no_kernel():
    plan = PLANS["one channel"]()
    with pytest.raises(NoKernel, match="no kernel computes with complex64"):
        by_kernels(plan, draw(plan, EDGES, ROWS, "complex64"), indices(IDS, ROWS))


def test_sums_do_not_depend_on_the_blocks(monkeypatch):
    """What a thread adds up, and in which order, is the same however threads are put together."""
    plan = passes(PLANS["two channels to a thread"]())["forward"]
    inputs, of_edges = draw(plan, EDGES, ROWS), indices(IDS, ROWS)
    shapes = []

    def watched(kernel, *rest):
        shapes.append(kernel.block)
        return run_on_machine(kernel, *rest)

    (found,) = by_kernels(plan, inputs, of_edges, watched)
    schedules.cache_clear()
    monkeypatch.setattr("eqlib.lowering.cuda.blocks.MAX_THREADS", 32)
    monkeypatch.setattr("eqlib.lowering.cuda.blocks.MAX_PER_EDGE_OF_TWO", 0)
    (other,) = by_kernels(plan, inputs, of_edges, watched)
    schedules.cache_clear()
    assert len(set(shapes)) == 2
    np.testing.assert_array_equal(found, other)
