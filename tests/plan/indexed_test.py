"""Plans over edges: closed under derivatives and transposes, which mean what they say."""

import numpy as np
import pytest

from eqlib.plan import indexed
from eqlib.plan.indexed import IndexedPlan, Rows, Term, over_edges
from tests.plan.examples import channelwise, outer, square
from tests.plan.meaning import evaluate_indexed

IDS, ROWS = [np.array([2, 0, 2, 3, 1]), np.array([1, 1, 0, 2, 2])], [3, 2]  # of two edges an end is no row

EXAMPLES = {
    "from 0 to 1": lambda: over_edges(channelwise(), (0, None, None, 1)),
    "of edges": lambda: over_edges(outer(), (None, None, None)),
    "to the row it comes from": lambda: over_edges(outer(), (1, 0, 1)),
    "quadratic": lambda: over_edges(square(), (0, 1)),
}
each = pytest.mark.parametrize("example", EXAMPLES)


def draw(operands, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(5 if rows.at is None else ROWS[rows.at], rows.size)) for rows in operands]


def inner(xs, ys):
    return sum(np.vdot(x, y) for x, y in zip(xs, ys, strict=True))


@each
def test_derivative_is_the_derivative(example):
    """The plans are polynomials of degree 2 or 3 in all inputs together, of which central differences of fourth order
    are exact but for rounding."""
    plan = EXAMPLES[example]()
    x, dx = draw(plan.inputs), draw(plan.inputs, seed=1)
    moved = tuple(range(len(x)))
    moving = indexed.derivative(plan, moved)
    got = evaluate_indexed(moving, [*x, *dx], IDS, ROWS)

    def at(t):
        return evaluate_indexed(plan, [a + t * b for a, b in zip(x, dx, strict=True)], IDS, ROWS)

    for z, *values in zip(got, at(1.0), at(-1.0), at(2.0), at(-2.0), strict=True):
        near, far = values[0] - values[1], values[2] - values[3]
        np.testing.assert_allclose(z, (8 * near - far) / 12, rtol=0, atol=1e-13 * max(1.0, np.max(np.abs(values))))


@each
def test_derivative_in_one_input_leaves_out_what_does_not_read_it(example):
    plan = EXAMPLES[example]()
    moving = indexed.derivative(plan, (0,))
    assert all(len(plan.inputs) in term.reads for term in moving.terms)
    assert moving.inputs == (*plan.inputs, plan.inputs[0])


@each
def test_transpose_is_the_transpose(example):
    plan = EXAMPLES[example]()
    inputs = len(plan.inputs)
    moving = indexed.derivative(plan, tuple(range(inputs)))
    linear = tuple(range(inputs, 2 * inputs))
    backward = indexed.transpose(moving, linear)
    x, dx, g = draw(plan.inputs), draw(plan.inputs, seed=1), draw(plan.outputs, seed=2)
    forth = inner(evaluate_indexed(moving, [*x, *dx], IDS, ROWS), g)
    back = inner(evaluate_indexed(backward, [*x, *g], IDS, ROWS), dx)
    np.testing.assert_allclose(forth, back, rtol=1e-12)
    assert backward.outputs == plan.inputs


def test_transposing_twice_gives_the_plan_again():
    plan = EXAMPLES["from 0 to 1"]()
    for n in range(3):
        once = indexed.transpose(plan, (n,))
        assert indexed.transpose(once, (2,)) == IndexedPlan(
            (*(rows for m, rows in enumerate(plan.inputs) if m != n), plan.inputs[n]),
            plan.outputs,
            (Term(plan.terms[0].plan, tuple(2 if m == n else m - (m > n) for m in range(3)), 0),),
        )


def test_transposing_to_several_outputs_and_back():
    moving = indexed.derivative(EXAMPLES["from 0 to 1"](), (0, 1, 2))
    back = indexed.transpose(moving, (3, 4, 5))
    assert back.outputs == moving.inputs[3:]
    assert indexed.transpose(back, (3,)) == moving


def test_transpose_asks_for_what_is_linear():
    plan = EXAMPLES["from 0 to 1"]()
    with pytest.raises(ValueError, match="a term reads 2 of the inputs"):
        indexed.transpose(plan, (0, 1))
    with pytest.raises(ValueError, match="a term reads 0 of the inputs"):
        indexed.transpose(plan, ())


def test_a_term_that_does_not_fit_is_refused():
    plan = channelwise()
    with pytest.raises(ValueError, match="its plan does not fit"):
        IndexedPlan((Rows(plan.operands[0]),) * 3, (Rows(plan.operands[-1]),), (Term(plan, (0, 1, 2), 0),))
    with pytest.raises(ValueError, match="its plan does not fit"):
        IndexedPlan((Rows(plan.operands[1]),) * 3, (Rows(plan.operands[-1]),), (Term(plan, (0, 1, 2), 0),))
    with pytest.raises(ValueError, match="shorter"):
        over_edges(plan, (0, None, 1))


def test_restricted_to_the_inputs_that_are_not_zero():
    plan = indexed.derivative(EXAMPLES["from 0 to 1"](), (0, 1, 2))
    kept = indexed.restricted(plan, (0, 1, 2, 4), (0,))
    assert [term.reads for term in kept.terms] == [(0, 2, 3)]
    x = draw(kept.inputs)
    zeros = [np.zeros((5 if rows.at is None else ROWS[rows.at], rows.size)) for rows in plan.inputs]
    given = [x[(0, 1, 2, 4).index(n)] if n in (0, 1, 2, 4) else zeros[n] for n in range(6)]
    np.testing.assert_array_equal(evaluate_indexed(kept, x, IDS, ROWS)[0], evaluate_indexed(plan, given, IDS, ROWS)[0])
