"""Plans are data: comparable, hashable, printable, checked when built, closed under derivatives and transposition."""

from dataclasses import FrozenInstanceError
from fractions import Fraction

import numpy as np
import pytest

from eqlib.o3 import Irreps, Surd, SurdTensor, exact_clebsch_gordan
from eqlib.plan import Path, Plan, Segment, derivative, segments, simplify, transpose
from tests.plan.examples import EXAMPLES, ONE, outer
from tests.plan.meaning import evaluate


def cube(weights=(1, 1, 1)):
    """x -> a cubic form of one input of three components, symmetric if all weights are equal."""
    entries = {
        (i, j, k, 0): Surd.of(int(np.dot(weights, (i, 2 * j, 4 * k))) % 5 + 1) for i, j, k in np.ndindex(3, 3, 3)
    }
    if len(set(weights)) == 1:
        entries = {index: Surd.of(sum(index) + 1) for index in entries}
    block = SurdTensor.of((3, 3, 3, 1), entries)
    return Plan(((Segment((), 3),), (Segment((), 1),)), (0, 0, 0), (Path((0, 0, 0, 0), ("",) * 4, block, ONE),))


def draw(plan, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=size) for size in plan.sizes[:-1]]


def test_equal_plans_have_equal_hashes_and_print_their_paths():
    first, again = outer(), outer()
    assert first is not again and first == again and hash(first) == hash(again)
    printed = str(first)
    for part in ("in0: 2x1 + 1x3", "u,v->uv", "√3 CG(1,1,1)", "6 nonzero", f"{first.flops} flops"):
        assert part in printed
    assert f"{first.bytes_moved(4)} bytes per sample in float32" in printed
    assert "hash" not in repr(first)  # that of a string is another in every process


def test_a_plan_cannot_be_changed():
    plan = outer()
    with pytest.raises(FrozenInstanceError):
        plan.paths = ()


def test_flops_count_every_coefficient_once_per_channel():
    plan = outer("4x1o", "2x1o", keep="1e")
    assert plan.flops == 3 * 6 * 8  # two products and a sum, six non-zero entries of epsilon, 4 x 2 channels
    assert plan.bytes_moved(4) == 4 * (12 + 6 + 24)
    assert cube().flops == 4 * 27  # three products and a sum
    assert _linear(Surd.sqrt(2)).flops == 2 * 1


def test_transposing_twice_is_the_identity():
    plan = outer()
    for n in (0, 1):
        back = transpose(transpose(plan, n), n)
        assert back == plan and hash(back) == hash(plan)


@pytest.mark.parametrize("example", EXAMPLES)
def test_transpose_is_the_adjoint(example):
    plan = EXAMPLES[example]()
    x = draw(plan)
    g = np.random.default_rng(1).normal(size=plan.sizes[-1])
    for n in range(plan.num_inputs):
        if plan.degree(n) == 1:
            swapped = [g if m == n else a for m, a in enumerate(x)]
            adjoint = evaluate(transpose(plan, n), *swapped)
            np.testing.assert_allclose(np.dot(evaluate(plan, *x), g), np.dot(x[n], adjoint))


def test_transpose_of_a_nonlinear_input_is_refused():
    with pytest.raises(ValueError, match="degree 3 in input 0"):
        transpose(cube(), 0)
    unread = Plan((*outer().operands[:1], *outer().operands), (1, 2), outer().paths)
    with pytest.raises(ValueError, match="degree 0 in input 0"):
        transpose(unread, 0)


@pytest.mark.parametrize("weights", [(1, 1, 1), (1, 2, 3)])
def test_derivative_of_a_polynomial(weights):
    plan = cube(weights)
    (x,) = draw(plan)
    (v,) = draw(plan, seed=1)
    # f(x + v) = f(x) + f'(x) v + f''(x) v v / 2 + f(v) for a cubic form.
    want = (evaluate(plan, x + v) - evaluate(plan, x - v)) / 2 - evaluate(plan, v)
    size = np.abs(evaluate(plan, np.abs(x) + np.abs(v)))  # no coefficient is negative, so this bounds every sum
    assert np.all(np.abs(evaluate(derivative(plan, 0), x, v) - want) <= 27 * np.finfo(float).eps * size)


def x_y_x():
    """x, y -> x A(y) x: the slots of one input on both sides of that of another."""
    entries = {(i, j, k, 0): Surd.of(1 + i + 3 * j + 9 * k) for i, j, k in np.ndindex(3, 2, 3)}
    operands = ((Segment((), 3),), (Segment((), 2),), (Segment((), 1),))
    path = Path((0, 0, 0, 0), ("",) * 4, SurdTensor.of((3, 2, 3, 1), entries), ONE)
    return Plan(operands, (0, 1, 0), (path,))


def y_x_y():
    """As `x_y_x` with the inputs in the other order, so that the first slot reads the last input."""
    plan = x_y_x()
    return Plan((plan.operands[1], plan.operands[0], plan.operands[2]), (1, 0, 1), plan.paths)


@pytest.mark.parametrize("plan", [x_y_x(), y_x_y(), EXAMPLES["swapped_channels"]()], ids=["x y x", "y x y", "bilinear"])
@pytest.mark.parametrize("n", [0, 1])
def test_derivative_is_half_of_a_central_difference(plan, n):
    """Of a polynomial of degree 1 or 2, whose numbers are small integers, so that nothing is rounded."""
    rng = np.random.default_rng(2)
    x = [rng.integers(-9, 9, size).astype(float) for size in plan.sizes[:-1]]
    v = rng.integers(-9, 9, plan.sizes[n]).astype(float)
    ahead, behind = ([a + sign * v if m == n else a for m, a in enumerate(x)] for sign in (1, -1))
    kept = [a for m, a in enumerate(x) if m != n or plan.degree(n) > 1]
    twice = evaluate(plan, *ahead) - evaluate(plan, *behind)
    np.testing.assert_array_equal(2 * evaluate(derivative(plan, n), *kept, v), twice)


def test_a_symmetric_plan_differentiates_to_its_degree_times_one_slot():
    once = derivative(cube(), 0)
    assert len(once.paths) == 1 and once.paths[0].scale == 3
    assert len(derivative(once, 0).paths) == 1 and derivative(once, 0).paths[0].scale == 6
    assert len(derivative(cube((1, 2, 3)), 0).paths) == 3


def test_derivative_of_a_square_in_two_segments():
    """x -> x[0] * x[1] reads one input in two different segments: two paths that must not be confused."""
    block = SurdTensor.of((1, 1, 1), {(0, 0, 0): ONE})
    operand = (Segment((), 1), Segment((), 1))
    plan = Plan((operand, (Segment((), 1),)), (0, 0), (Path((0, 1, 0), ("", "", ""), block, ONE),))
    x, v = np.array([2.0, 5.0]), np.array([0.5, -1.0])
    np.testing.assert_allclose(evaluate(derivative(plan, 0), x, v), [0.5 * 5.0 - 1.0 * 2.0])


def test_simplify_drops_empty_paths_and_merges_equal_ones():
    plan = outer()
    doubled = Plan(plan.operands, plan.slots, plan.paths * 2)
    merged = simplify(doubled)
    assert len(merged.paths) == len(simplify(plan).paths)
    x = draw(plan)
    np.testing.assert_allclose(evaluate(merged, *x), 2 * evaluate(plan, *x))
    negative = tuple(Path(p.segments, p.modes, p.coefficients, -p.scale) for p in plan.paths)
    assert simplify(Plan(plan.operands, plan.slots, plan.paths + negative)).paths == ()


def _linear(*scales, entries=None, copies=1):
    """x -> the sum of the scales times x, in a path for each."""
    block = SurdTensor.of((1, 1), {(0, 0): ONE} if entries is None else entries)
    operand = (Segment((copies,), 1),)
    return Plan((operand, operand), (0,), tuple(Path((0, 0), ("u", "u"), block, scale) for scale in scales))


@pytest.mark.parametrize(
    "empty",
    [_linear(Surd.of(0)), _linear(ONE, entries={}), _linear(ONE, copies=0)],
    ids=["scale 0", "no coefficient", "no copy"],
)
def test_simplify_drops_a_path_without_effect_and_no_other(empty):
    assert simplify(empty).paths == ()
    assert len(simplify(_linear(Surd.of(0), ONE)).paths) == 1


def test_simplify_keeps_scales_whose_sum_is_no_surd():
    plan = simplify(_linear(Surd.sqrt(2), ONE, ONE))
    assert sorted(float(p.scale) for p in plan.paths) == [pytest.approx(2**0.5), 2.0]


@pytest.mark.parametrize(
    "path, message",
    [
        (Path((0, 0), ("u", "v"), SurdTensor.of((3, 3), {}), ONE), "slots"),
        (Path((0, 0), ("u", "v", "uv"), exact_clebsch_gordan(1, 1, 0), ONE), "slots"),
        (Path((0, 0), ("u", "v"), exact_clebsch_gordan(1, 1, 0), ONE), "slots"),
        (Path((0,) * 4, ("u", "v", "uv"), exact_clebsch_gordan(1, 1, 0), ONE), "slots"),
        (Path((0,) * 4, ("u", "v", "u", "v"), exact_clebsch_gordan(1, 1, 0), ONE), "slots"),
        (Path((0,) * 4, ("u", "v", "u", "v"), SurdTensor.of((3, 3, 1, 1), {}), ONE), "slots"),
        (Path((0, 0, 0), ("u", "u", "u"), exact_clebsch_gordan(1, 0, 1), ONE), "dim 1"),
        (Path((0, 0, 0), ("u", "u", "u"), exact_clebsch_gordan(2, 1, 1), ONE), "dim 5"),
        (Path((0, 0, 0), ("", "v", "v"), exact_clebsch_gordan(1, 1, 0), ONE), "mode ''"),
        (Path((0, 0, 0), ("u", "v", "uv"), exact_clebsch_gordan(1, 1, 0), ONE), "mode 'uv'"),
        (Path((0, 0, 0), ("u", "u", "u"), exact_clebsch_gordan(1, 1, 0), ONE), "'u' is both 2 and 3"),
        (Path((0, 0, 0), ("u", "v", "v"), exact_clebsch_gordan(1, 1, 0), ONE), "'v' is both 3 and 2"),
        (Path((0, 0, 0), ("u", "v", "w"), exact_clebsch_gordan(1, 1, 0), ONE), "read from no input"),
    ],
)
def test_a_path_that_does_not_fit_is_refused(path, message):
    operands = (segments(Irreps("2x1o")), segments(Irreps("3x1o")), segments(Irreps("2x0e")))
    with pytest.raises(ValueError, match=message):
        Plan(operands, (0, 1), (path,))


def test_coefficients_are_exact():
    (path,) = outer("1o", "1o", keep="0e").paths
    assert {value * path.scale for _, value in path.coefficients.entries} == {Surd.sqrt(Fraction(1, 3))}
