"""Blocks of steps: every step once, none before what it reads, and few of them with room left."""

import pytest

from eqlib.plan.blocks import blocks
from eqlib.plan.harmonics import harmonics_program
from eqlib.plan.straight_line import record
from eqlib.plan.tangents import derivative, transpose

FORWARD = harmonics_program((0, 1, 2, 3, 4), "component", of_direction=True)
BACKWARD = transpose(derivative(FORWARD, (0,)), (1,))


@pytest.mark.parametrize("width", [1, 3, 16])
@pytest.mark.parametrize("program", [FORWARD, BACKWARD])
def test_every_step_once_and_after_what_it_reads(program, width):
    first = sum(program.inputs)
    found, known = blocks(program, width), set(range(first))
    for block in found:
        assert 0 < len(block) <= width
        assert all(known.issuperset(program.steps[n - first].reads) for n in block)
        known.update(block)
    assert sorted(n for block in found for n in block) == list(range(first, first + len(program.steps)))


def test_few_blocks_have_room_left():
    """There are hardly more than the steps, or the longest chain of them, ask for."""
    depth = [0] * sum(BACKWARD.inputs)
    for step in BACKWARD.steps:
        depth.append(1 + max((depth[n] for n in step.reads), default=0))
    for width in (4, 8, 16):
        assert len(blocks(BACKWARD, width)) <= 1.1 * max(len(BACKWARD.steps) / width, max(depth)) + 1


def test_the_longest_chain_comes_first_and_of_equal_ones_the_step_that_was_recorded_first():
    program = record([2], lambda x: [[x[0] * x[1] * x[0] * x[0], x[1] * x[1] * x[1]]])
    assert [step.reads for step in program.steps] == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 5)]
    assert blocks(program, 1) == [(2,), (3,), (5,), (4,), (6,)]
    assert blocks(program, 2) == [(2, 5), (3, 6), (4,)]


def test_no_steps_are_no_blocks():
    assert blocks(record([2], lambda x: [[x[1], x[0]]]), 4) == []
