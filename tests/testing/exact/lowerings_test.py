"""Each lowering computes its plan, without rounding: what proofs take `contract` for is what a device runs."""

import pytest

import eqlib.lowering.xla as xla
from eqlib.lowering.choose import LOWERINGS
from eqlib.o3 import Irreps
from eqlib.ops.dot import plan_dot
from eqlib.ops.linear import plan_linear
from eqlib.ops.norm import plan_norm
from eqlib.ops.tensor_product import plan_tensor_product
from eqlib.ops.tensor_square import plan_tensor_square
from eqlib.plan import derivative, transpose
from eqlib.testing.exact.lowerings import computes_its_plan
from tests.plan.examples import EXAMPLES

TO_3 = Irreps("2x0e + 1o + 2e + 3o")
PLANS = {
    **{name: make() for name, make in EXAMPLES.items()},
    "tensor_product": plan_tensor_product(TO_3, Irreps("0e + 1o + 2e + 3o"))[-1],
    "tensor_square": plan_tensor_square(TO_3)[-1],
    "dot": plan_dot(TO_3, True)[-1],
    "norm": plan_norm(TO_3)[-1],
    "linear": plan_linear(TO_3, Irreps("3x0e + 2x1o + 3o"))[-1],
}

each_plan = pytest.mark.parametrize("name", PLANS)
each_lowering = pytest.mark.parametrize("lowering", [None, *LOWERINGS])


@each_plan
@each_lowering
def test_lowering_computes_its_plan(name, lowering):
    plan = PLANS[name]
    assert computes_its_plan(plan, lowering, [(2, 3)] * (plan.num_inputs + 1))


@pytest.mark.parametrize("name", [name for name in PLANS if name != "tensor_product"])
@each_lowering
def test_lowering_computes_derivatives_and_transposes_and_sums_over_what_is_shared(name, lowering):
    plan = PLANS[name]
    for n in range(plan.num_inputs):
        slope = derivative(plan, n)
        assert computes_its_plan(slope, lowering, [(3,)] * (slope.num_inputs + 1))
        if plan.degree(n) == 1:
            back = transpose(plan, n)
            assert computes_its_plan(back, lowering, [*([(3, 2)] * back.num_inputs), (1, 2)])


def test_a_lowering_that_drops_a_coefficient_is_caught(monkeypatch):
    def first_path_only(path, terms, leading, precision):
        return xla.einsum_path(path, terms, leading, precision) * (path.segments[-1] == 0)

    monkeypatch.setitem(xla.FORMS, "straight_line", first_path_only)
    assert not computes_its_plan(PLANS["outer"], "straight_line", [(2,)] * 3)
    assert computes_its_plan(PLANS["outer"], "einsum", [(2,)] * 3)


def test_a_lowering_that_rounds_twice_is_not_what_is_caught(monkeypatch):
    """Rounding is no part of the meaning: precision is the business of `check`."""

    def twice(path, terms, leading, precision):
        return xla.einsum_path(path, terms, leading, precision) * 3.0 / 3.0

    monkeypatch.setitem(xla.FORMS, "straight_line", twice)
    assert computes_its_plan(PLANS["outer"], "straight_line", [(2,)] * 3)
