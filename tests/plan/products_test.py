"""Sums of products mean what their plans mean, share what can be shared, and are exact."""

import itertools

import numpy as np
import pytest

from eqlib.o3 import Irreps, Surd, SurdTensor
from eqlib.ops.dot import plan_dot
from eqlib.ops.elementwise_tensor_product import plan_elementwise_tensor_product
from eqlib.ops.tensor_square import plan_tensor_square
from eqlib.plan import Path, Plan, Segment, derivative, transpose
from eqlib.plan.products import channels, is_by_channel, sum_of_products, terms_by_channel
from tests.plan.examples import channelwise, cubic, fully_connected, mixing, outer, square, swapped_channels
from tests.plan.meaning import evaluate

ONE = Surd.of(1)


def of_numbers(*values, slots=(0, 0), shape=(2, 2, 1)):
    """A plan of one input without channels, whose coefficients are given entry by entry, path by path."""
    segments = (Segment((), shape[0]),), (Segment((), shape[-1]),)
    tensors = [SurdTensor.of(shape, entries) for entries in values]
    return Plan(segments, slots, tuple(Path((0,) * len(shape), ("",) * len(shape), C, ONE) for C in tensors))


def meaning(plan, *inputs):
    """What `sum_of_products` says, of arrays [size], for each channel; [channels, components] is laid out flat."""
    sums, every = sum_of_products(plan, plan.paths), channels(plan)
    rows = []
    for x, operand in zip(inputs, plan.operands, strict=False):
        ends = np.cumsum([s.size for s in operand])
        parts = [x[e - s.size : e].reshape(-1, s.dim) for e, s in zip(ends, operand, strict=True)]
        rows.append(np.concatenate([np.broadcast_to(part, (every, part.shape[1])) for part in parts], axis=1))
    left, right = ([_product(side, one, rows) for one in side.components] for side in (sums.left, sums.right))
    z = np.zeros((every, sum(s.dim for s in plan.operands[-1])))
    for term in sums.terms:
        z[:, term.output] += float(term.coefficient) * left[term.left] * right[term.right]
    ends = np.cumsum([s.dim for s in plan.operands[-1]])
    return np.concatenate([z[:, e - s.dim : e].ravel() for e, s in zip(ends, plan.operands[-1], strict=True)])


def _product(side, components, rows):
    orders = [components, components[::-1]] if side.are_symmetric else [components]
    return sum(np.prod([rows[n][:, i] for n, i in zip(side.inputs, one, strict=True)], axis=0) for one in orders)


SLOPE = derivative(cubic(), 1)
PLANS = {
    "channelwise": channelwise(),
    "square": square(),
    "cubic": cubic(),
    "slope": SLOPE,
    "gradient": transpose(SLOPE, 2),
    "of weights": transpose(cubic(), 0),
    "curvature": derivative(transpose(SLOPE, 2), 1),
    "third": derivative(derivative(SLOPE, 1), 1),
    "a last operand without channels": outer("4x1o", "1o"),
    "a first operand without channels": outer("1o", "4x1o"),
    "no channels": outer("1o", "1o"),
    "many segments": plan_elementwise_tensor_product(Irreps("3x1o + 3x0e + 3x2e"), Irreps("3x1o + 3x2e + 3x2e"))[1],
}


SYMMETRIC = ("curvature", "third")


@pytest.mark.parametrize("name", PLANS)
def test_means_what_the_plan_means(name):
    plan = PLANS[name]
    assert all(is_by_channel(plan, path) for path in plan.paths)
    assert terms_by_channel(plan) == sum(len(path.coefficients.entries) for path in plan.paths)
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=size) for size in plan.sizes[:-1]]
    expected = evaluate(plan, *inputs)
    np.testing.assert_allclose(meaning(plan, *inputs), expected, rtol=0, atol=1e-13 * np.max(np.abs(expected)))


@pytest.mark.parametrize(
    "plan", [outer(), mixing(), fully_connected(), swapped_channels(), plan_dot(Irreps("2x1o"), False)[1]]
)
def test_paths_that_mix_channels_are_not_by_channel(plan):
    assert not any(is_by_channel(plan, path) for path in plan.paths)
    assert terms_by_channel(plan) == 0


@pytest.mark.parametrize("mul", [2, 4])
def test_a_path_that_sums_over_a_channel_of_one_slot_is_not_by_channel(mul):
    segment, C = Segment((mul,), 3), square().paths[0].coefficients
    operands = (segment,), (segment,), (Segment((mul,), 5),)
    paths = tuple(Path((0, 0, 0), ("u", mode, "u"), C, ONE) for mode in "uv")
    plan = Plan(operands, (0, 1), paths)
    assert channels(plan) == mul
    assert [is_by_channel(plan, path) for path in paths] == [True, False]


@pytest.mark.parametrize("slots", [(), (0,)])
def test_a_path_of_one_slot_or_none_has_no_two_sides(slots):
    C = SurdTensor.of((1,) * (len(slots) + 1), {(0,) * (len(slots) + 1): ONE})
    operands = ((Segment((), 1),),) * (len(slots) + 1)
    plan = Plan(operands, slots, (Path((0,) * len(operands), ("",) * len(operands), C, ONE),))
    assert not is_by_channel(plan, plan.paths[0])


def test_operands_of_two_numbers_of_channels_have_none_in_common():
    plan = Plan(((Segment((3,), 2), Segment((2,), 2)), (Segment((3,), 2),)), (0,), ())
    assert channels(plan) is None


def test_channels_are_those_of_all_segments_or_none():
    assert channels(of_numbers({(0, 1, 0): ONE})) == 1
    assert channels(square()) == 3
    assert channels(cubic()) == 4
    assert channels(mixing()) is None
    empty = Plan(((Segment((0,), 3),), (Segment((0,), 3),)), (0, 0), ())
    assert channels(empty) == 0


def test_what_only_exchanges_slots_of_one_input_is_one_term():
    plan = of_numbers({(0, 1, 0): ONE, (1, 0, 0): ONE * 2, (1, 1, 0): Surd.sqrt(3)})
    sums = sum_of_products(plan, plan.paths)
    found = {(sums.left.components[t.left], sums.right.components[t.right]): t.coefficient for t in sums.terms}
    assert found == {((0,), (1,)): Surd.of(3), ((1,), (1,)): Surd.sqrt(3)}


def test_slots_of_different_inputs_are_not_exchanged():
    plan = of_numbers({(0, 1, 0): ONE, (1, 0, 0): ONE})
    apart = Plan((plan.operands[0], *plan.operands), (0, 1), plan.paths)
    assert len(sum_of_products(apart, apart.paths).terms) == 2


def test_terms_that_cancel_are_left_out():
    plan = of_numbers({(0, 1, 0): Surd.sqrt(2), (1, 0, 0): -Surd.sqrt(2), (0, 0, 0): ONE}, {(0, 0, 0): -ONE})
    assert sum_of_products(plan, plan.paths).terms == ()


def test_coefficients_whose_sum_is_no_surd_stay_apart():
    """Also where what came before them has cancelled."""
    values = [ONE, Surd.sqrt(2), Surd.sqrt(8), -ONE, Surd.sqrt(3), ONE / 2]
    plan = of_numbers(*({(0, 1, 0): value} for value in values))
    terms = sum_of_products(plan, plan.paths).terms
    assert sum(float(t.coefficient) for t in terms) == pytest.approx(sum(map(float, values)), rel=1e-15)
    assert len(terms) == 3


def test_only_some_of_the_paths_can_be_summed():
    plan = PLANS["many segments"]
    some = sum_of_products(plan, plan.paths[2:4])
    dims = list(itertools.accumulate((s.dim for s in plan.operands[-1]), initial=0))
    outputs = {path.segments[-1] for path in plan.paths[2:4]}
    assert {t.output for t in some.terms} == {k for s in outputs for k in range(dims[s], dims[s + 1])}


def test_slots_are_divided_so_that_few_products_are_made():
    """Of w x x x with many weights and few components: by pairs, and no product of three of them."""
    sums = sum_of_products(cubic(), cubic().paths)
    assert sorted([sums.left.inputs, sums.right.inputs]) == [(0, 1), (1, 1)]
    # Every product is needed, and is there once.
    for side, used in ((sums.left, {t.left for t in sums.terms}), (sums.right, {t.right for t in sums.terms})):
        assert used == set(range(len(side.components)))
        assert len(set(side.components)) == len(side.components)


@pytest.mark.parametrize("name", SYMMETRIC)
def test_where_the_sum_is_symmetric_in_two_inputs_there_are_half_as_many_terms(name):
    """Of x_i y_j and x_j y_i one; so there are as many as of x_i x_j."""
    sums, gradient = (sum_of_products(PLANS[one], PLANS[one].paths) for one in (name, "gradient"))
    (pair,) = (side for side in (sums.left, sums.right) if side.are_symmetric)
    assert len(set(pair.inputs)) == 2 and all(i <= j for i, j in pair.components)
    assert len(sums.terms) == len(gradient.terms) if name == "curvature" else len(sums.terms) < len(_monomials(name))


def _monomials(name):
    paths = PLANS[name].paths
    return {(path.segments, index) for path in paths for index, _ in path.coefficients.entries}


@pytest.mark.parametrize(
    "entries, dims, is_symmetric",
    [
        ({(0, 1, 0, 0): ONE, (1, 0, 0, 0): ONE, (1, 1, 0, 0): Surd.sqrt(2)}, (2, 2, 1), True),
        ({(0, 1, 0, 0): ONE, (1, 0, 0, 0): -ONE}, (2, 2, 1), False),
        ({(0, 1, 0, 0): ONE}, (2, 2, 1), False),
        ({(0, 0, 0, 0): ONE, (1, 1, 0, 0): ONE}, (2, 3, 1), False),
    ],
)
def test_two_inputs_are_exchanged_only_where_that_changes_nothing(entries, dims, is_symmetric):
    operands = tuple((Segment((2,), dim),) for dim in (*dims, 1))
    path = Path((0, 0, 0, 0), ("u", "u", "u", "u"), SurdTensor.of((*dims, 1), entries), ONE)
    plan = Plan(operands, (0, 1, 2), (path,))
    sums = sum_of_products(plan, plan.paths)
    assert any(side.are_symmetric for side in (sums.left, sums.right)) == is_symmetric
    x, y, z = (np.random.default_rng(n).normal(size=size) for n, size in enumerate(plan.sizes[:-1]))
    np.testing.assert_allclose(meaning(plan, x, y, z), evaluate(plan, x, y, z), atol=1e-14)


def test_an_input_that_is_read_twice_is_exchanged_with_no_other():
    """x x y, symmetric in all three: of x_i x_j y_k and x_j x_i y_k only one is there."""
    entries = {(i, j, k, 0): ONE for i in range(2) for j in range(2) for k in range(2)}
    path = Path((0, 0, 0, 0), ("u", "u", "u", "u"), SurdTensor.of((2, 2, 2, 1), entries), ONE)
    operands = (Segment((2,), 2),), (Segment((2,), 2),), (Segment((2,), 1),)
    plan = Plan(operands, (0, 0, 1), (path,))
    sums = sum_of_products(plan, plan.paths)
    assert not sums.left.are_symmetric and not sums.right.are_symmetric
    x, y = (np.random.default_rng(n).normal(size=4) for n in range(2))
    np.testing.assert_allclose(meaning(plan, x, y), evaluate(plan, x, y), atol=1e-14)


def test_the_sides_have_as_few_products_as_any_division():
    for name, plan in PLANS.items():
        sums = sum_of_products(plan, plan.paths)
        assert sums is sum_of_products(plan, plan.paths)
        if name in SYMMETRIC:
            continue
        whole = _whole(sums)
        for mask in range(1, 2 ** len(plan.slots) - 1):
            sides = [[s for s in range(len(plan.slots)) if (mask >> s & 1) == k] for k in (0, 1)]
            count = sum(len({tuple(one[s] for s in side) for one in whole}) for side in sides)
            assert len(sums.left.components) + len(sums.right.components) <= count


def _whole(sums):
    """The components of every term in all slots, with those of an input in ascending order."""
    inputs = (*sums.left.inputs, *sums.right.inputs)
    pairs = ((*sums.left.components[t.left], *sums.right.components[t.right]) for t in sums.terms)
    return {tuple(i for _, i in sorted(zip(inputs, one, strict=True))) for one in pairs}


def test_of_two_slots_each_is_a_side():
    sums = sum_of_products(square(), square().paths)
    assert (sums.left.inputs, sums.right.inputs) == ((0,), (0,))
    every = plan_tensor_square(Irreps("1o"))[-1]
    assert terms_by_channel(every) == sum(len(path.coefficients.entries) for path in every.paths)
