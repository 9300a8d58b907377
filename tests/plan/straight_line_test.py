"""Straight-line programs: what is recorded, what they mean, their derivatives and transposes; in exact fractions."""

import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from eqlib.o3 import Surd
from eqlib.plan.harmonics import harmonics_program
from eqlib.plan.straight_line import Arithmetic, StraightLine, record
from eqlib.plan.tangents import derivative, restricted, transpose
from tests.plan.arithmetic import Fractions, run


def cubic(x, y):
    """Of degrees 3 and 2, linear in y, and with a constant."""
    a = x[0] * x[1] + y[0] * (3 * x[0])
    return [[a * x[1], 3 - 2 * a], [y[0] * x[0] * x[0], 5]]


CUBIC = record([2, 1], cubic)
POINT = [[2, Fraction(1, 3)], [Fraction(-5, 7)]]
ALONG = [[1, -2], [Fraction(3, 2)]]


def test_means_what_was_recorded():
    assert run(CUBIC, *POINT) == cubic(*POINT)


def test_nothing_is_found_twice_and_nothing_is_left_over():
    program = record([2], lambda x: [[x[0] * x[1] + x[1] * x[0], 0 * x[0], x[0] + 0], [x[1] * x[0], x[0] * x[0] * 0]])
    assert [step.op for step in program.steps] == ["mul", "scale", "constant"]
    assert program.flops == 2 and not program.is_zero(1)
    assert record([1], lambda x: [[x[0] - x[0]], []]).is_zero(0)


def test_a_program_is_data():
    assert not isinstance(CUBIC.inputs, Arithmetic) and isinstance(Fractions(), Arithmetic)
    assert "hash" not in repr(CUBIC)  # that of a string is another in every process
    with pytest.raises(FrozenInstanceError):
        CUBIC.steps = ()


def test_an_output_is_zero_if_every_component_is_the_constant_zero():
    program = record([2], lambda x: [[x[0] * x[1]], [x[0] + x[1]], [3], [0, 0], [0, x[0] * x[1]], [x[0]], [x[1], 0]])
    assert [step.op for step in program.steps] == ["mul", "add", "constant", "constant"]
    assert [program.is_zero(n) for n in range(7)] == [False, False, False, True, False, False, False]


def test_constants_are_folded():
    assert str(record([1], lambda x: [[2 * (0 * x[0] + 3 + 2)]])) == "in0: v0\nv1 = 10\nout0: v1"


def test_multiples_are_gathered_where_the_sum_is_exact():
    three = record([1], lambda x: [[Surd.sqrt(3) * x[0] + Surd.sqrt(12) * x[0]]])
    assert str(three) == "in0: v0\nv1 = √27 v0\nout0: v1"
    assert record([1], lambda x: [[3 * (Surd.of(Fraction(1, 3)) * x[0])]]).steps == ()
    different = record([1], lambda x: [[Surd.sqrt(3) * x[0] + x[0]]])
    assert [step.op for step in different.steps] == ["scale", "add"]


@pytest.mark.parametrize("moved", [(0,), (1,), (0, 1)])
def test_the_derivative_is_that_of_the_polynomial(moved):
    """Central differences with two steps give the derivative of a polynomial of degree 4 or less exactly."""

    def differences(step):
        ahead, behind = (run(CUBIC, *shifted(moved, sign * step)) for sign in (1, -1))
        return [[(a - b) / (2 * step) for a, b in zip(*rows, strict=True)] for rows in zip(ahead, behind, strict=True)]

    rows = zip(differences(1), differences(2), strict=True)
    exact = [[(4 * a - b) / 3 for a, b in zip(*pair, strict=True)] for pair in rows]
    assert run(derivative(CUBIC, moved), *POINT, *(ALONG[n] for n in moved)) == exact


def shifted(moved, step):
    """The point, moved along in some of its rows."""
    rows = enumerate(zip(POINT, ALONG, strict=True))
    return [[x + step * dx * (n in moved) for x, dx in zip(*pair, strict=True)] for n, pair in rows]


def test_the_derivative_of_an_inverse_root():
    """Of 1/sqrt(x^2 + y^2) at (3, 4): -(x dx + y dy) / r^3; and at 0, where the root is 0, it is 0."""
    program = derivative(record([2], lambda x: [[(x[0] * x[0] + x[1] * x[1]).inverse_root()]]), (0,))
    assert run(program, [3, 4], [1, 2]) == [[Fraction(-11, 125)]]
    assert run(program, [0, 0], [1, 2]) == [[0]]


@pytest.mark.parametrize("moved", [(0,), (1,), (0, 1)])
def test_the_transpose_has_the_same_inner_products(moved):
    forward, linear = derivative(CUBIC, moved), tuple(range(2, 2 + len(moved)))
    tangents, seeds = [ALONG[n] for n in moved], [[2, Fraction(1, 5)], [7, -1]]
    ahead, back = run(forward, *POINT, *tangents), run(transpose(forward, linear), *POINT, *seeds)
    assert inner(ahead, seeds) == inner(tangents, back) != 0


def inner(rows, others):
    return sum(a * b for row, other in zip(rows, others, strict=True) for a, b in zip(row, other, strict=True))


def test_a_transpose_of_the_transpose_is_the_program():
    forward = derivative(CUBIC, (0, 1))
    back = transpose(forward, (2, 3))
    again = transpose(back, (2, 3))
    assert run(again, *POINT, *ALONG) == run(forward, *POINT, *ALONG)


@pytest.mark.parametrize(
    "compute", [lambda x: [[x[0] * x[0]]], lambda x: [[x[0] + 1]], lambda x: [[1]], lambda x: [[x[0].inverse_root()]]]
)
def test_what_is_not_linear_has_no_transpose(compute):
    with pytest.raises(ValueError, match="is not linear in these inputs together: transpose its derivative instead"):
        transpose(record([1], compute), (0,))


def test_programs_of_programs_are_found_once():
    forward = derivative(CUBIC, (0, 1))
    assert forward is derivative(CUBIC, (0, 1))
    assert transpose(forward, (2, 3)) is transpose(forward, (2, 3))
    assert restricted(CUBIC, (1,)) is restricted(CUBIC, (1,))


def test_some_of_the_outputs():
    for n in range(2):
        assert run(restricted(CUBIC, (n,)), *POINT) == [run(CUBIC, *POINT)[n]]
    assert restricted(CUBIC, (1,)).flops < CUBIC.flops


WRITE = """
import pickle, sys
from eqlib.plan.harmonics import harmonics_program
sys.stdout.buffer.write(pickle.dumps(harmonics_program((0, 1, 2), "norm")))
"""


def test_a_program_from_another_process_is_found():
    written = subprocess.run([sys.executable, "-c", WRITE], capture_output=True, check=True).stdout
    program, expected = pickle.loads(written), harmonics_program((0, 1, 2), "norm")
    assert isinstance(program, StraightLine) and program == expected and hash(program) == hash(expected)
