"""Plans over edges as programs of one channel: the right numbers, and no step twice."""

import itertools
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from eqlib.o3 import Surd, SurdTensor
from eqlib.plan import Path, Plan, Segment
from eqlib.plan.indexed import over_edges, restricted
from eqlib.plan.per_channel import ChannelsMix, channels_of, per_channel
from tests.lowering.cuda.passes import PASSES, conv, passes
from tests.plan.arithmetic import Floats
from tests.plan.examples import channelwise, mixing, outer, square
from tests.plan.meaning import evaluate_indexed


def product(shape, entries, modes, **extents):
    """A product of one path: each operand has one segment."""
    operands = tuple((Segment(tuple(extents[c] for c in mode), dim),) for mode, dim in zip(modes, shape, strict=True))
    path = Path((0,) * len(shape), modes, SurdTensor.of(shape, {i: Surd.of(x) for i, x in entries.items()}), Surd.of(2))
    slots = tuple(range(len(shape) - 1))
    return over_edges(Plan(operands, slots, (path,)), (*(None for _ in slots), 0))


COMPLEX = {(0, 0, 0): 1, (1, 1, 0): -1, (0, 1, 1): 1, (1, 0, 1): 1}
DETERMINANT = {(i, j, k, 0): (i - j) * (j - k) * (k - i) // 2 for i, j, k in itertools.permutations(range(3))}
EDGES, CHANNELS = 3, {"several": "2x0e + 3x1o + 1x1e", "alike": "2x0e + 2x1o", "one": "0e + 1o"}
PLANS = {name: conv(irreps, "0e + 1o") for name, irreps in CHANNELS.items()}
PLANS |= {
    "channelwise": over_edges(channelwise(), (0, None, None, 1)),
    "no weights": conv("3x1o", "1o", is_weighted=False),
    "square": over_edges(square(), (None, 0)),
    "complex": product((2, 2, 2), COMPLEX, ("u", "", "u"), u=3),
    "determinants": product((3, 3, 3, 1), DETERMINANT, ("u", "u", "u", "u"), u=2),
    "their sum": product((3, 3, 3, 1), DETERMINANT, ("u", "u", "u", ""), u=2),
    "zero": product((1, 3, 3), {}, ("u", "u", "u"), u=2),
}
STEPS = {
    "several": (135, 415, 415, 1199),
    "alike": (59, 189, 179, 515),
    "one": (88, 260, 266, 774),
    "channelwise": (18, 51, 41, 113),
    "no weights": (40, 89, 106, 183),
    "square": (24, 24, 26, 48),
    "complex": (9, 20, 19, 36),
    "determinants": (20, 56, 48, 107),
    "their sum": (23, 71, 41, 154),
    "zero": (0, 0, 0, 0),
}


def split(x, segments, channels):
    """The components of rows, each [rows, channels]: what one channel has, all have; what one lacks is zero."""
    for segment in segments:
        part, x = x[:, : segment.size], x[:, segment.size :]
        part = part.reshape(len(part), channels_of(segment), segment.dim)
        for i in range(segment.dim):
            if channels_of(segment) == 1:
                yield np.repeat(part[:, :, i], channels, axis=1)
            else:
                yield np.pad(part[:, :, i], ((0, 0), (0, channels - channels_of(segment))))


def joined(components, segments, shape):
    """Rows of an output; where it has one channel, the sums over all."""
    found, components = [np.zeros((shape[0], 0))], iter(components)
    for segment in segments:
        part = np.stack([np.broadcast_to(next(components), shape) for _ in range(segment.dim)], axis=-1)
        part = part.sum(axis=1) if channels_of(segment) == 1 else part[:, : channels_of(segment)]
        found.append(part.reshape(shape[0], -1))
    return np.concatenate(found, axis=1)


@pytest.mark.parametrize("which", PASSES)
@pytest.mark.parametrize("name", PLANS)
def test_channels_together_are_what_the_plan_means(name, which):
    """Every edge has rows of its own, so that each output is what one edge computes."""
    plan = passes(PLANS[name])[which]
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(EDGES, rows.size)) for rows in plan.inputs]
    found = per_channel(plan)
    values = [[*split(x, rows.segments, found.channels)] for x, rows in zip(inputs, plan.inputs, strict=True)]
    is_first = np.broadcast_to(np.arange(found.channels) == 0, (EDGES, found.channels)) * 1.0
    outputs = found.program.run([*values, [is_first]], Floats())
    ids = [np.arange(EDGES)] * 2
    for row, rows, want in zip(outputs, plan.outputs, evaluate_indexed(plan, inputs, ids, (EDGES, EDGES)), strict=True):
        got = joined(row, rows.segments, (EDGES, found.channels))
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-13 * max(1, np.max(np.abs(want), initial=0)))


@pytest.mark.parametrize(
    "plan, channels",
    [
        (over_edges(outer(), (0, None, 1)), "u, uv, v"),
        (over_edges(mixing(), (0, None, 1)), "u, uw, w"),
        (product((1, 1, 1), {(0, 0, 0): 1}, ("u", "uv", "uv"), u=2, v=2), "u, uv"),
    ],
)
def test_channels_that_mix_are_refused(plan, channels):
    with pytest.raises(ChannelsMix, match=f"a path has operands with the channels {channels}, and must have one kind"):
        per_channel(plan)


def test_a_program_is_found_once_and_stays():
    found = per_channel(PLANS["complex"])
    assert found is per_channel(PLANS["complex"])
    with pytest.raises(FrozenInstanceError):
        found.channels = 1


def test_the_matrix_of_an_edge_is_found_once():
    """The gradients of features and of weights apply the matrix that the forward pass does: no product with a
    coefficient is added."""
    found = passes(conv("8x0e + 8x1o", "0e + 1o + 2e"))
    gradients = restricted(found["backward"], tuple(range(4)), (0, 2))
    scales = [
        sum(step.op == "scale" for step in per_channel(plan).program.steps) for plan in (found["forward"], gradients)
    ]
    assert scales[0] == scales[1] > 0


@pytest.mark.parametrize("name", STEPS)
def test_no_step_is_added(name):
    """What an edge costs a kernel. Should it cost less, these numbers are to be the new ones."""
    assert tuple(per_channel(passes(PLANS[name])[which]).program.flops for which in PASSES) == STEPS[name]


def test_steps_grow_with_the_components_and_not_with_the_channels():
    steps = {mul: len(per_channel(conv(f"{mul}x0e + {mul}x1o", "0e + 1o")).program.steps) for mul in (2, 64)}
    assert steps[2] == steps[64]


def test_coefficients_stay_exact():
    factors = {step.factor for step in per_channel(conv("8x1o", "1o")).program.steps if step.op == "scale"}
    assert all(isinstance(factor, Surd) for factor in factors)
    assert any(factor.rational() is None for factor in factors)


def test_a_segment_without_copies_is_left_out():
    assert channels_of(Segment((0,), 3)) == 0
    found = per_channel(conv("0x1o + 4x0e", "0e"))
    assert found.channels == 4
    nothing = product((3, 1), {(0, 0): 1}, ("u", "u"), u=0)
    assert per_channel(nothing).channels == per_channel(PLANS["one"]).channels == 1
