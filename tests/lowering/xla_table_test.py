"""The loop over a table of terms computes its plan, in every pattern of who has which axis."""

import functools
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.lowering import choose, chunks, contract, explain
from eqlib.lowering.xla import compute
from eqlib.o3 import Irreps, Surd, SurdTensor
from eqlib.ops.symmetric_contraction import plan_symmetric_contraction
from eqlib.plan import Path, Plan, Segment, derivative, transpose
from eqlib.testing.exact.lowerings import computes_its_plan
from tests.plan.examples import channelwise, cubic, square
from tests.plan.meaning import evaluate

ONE = Surd.of(1)
SLOPE = derivative(cubic(), 1)
PLANS = {
    "channelwise": channelwise(),
    "square": square(),
    "cubic": cubic(),
    "gradient": transpose(SLOPE, 2),
    "of weights": transpose(cubic(), 0),
    "curvature": derivative(transpose(SLOPE, 2), 1),
    "third": derivative(derivative(SLOPE, 1), 1),
}
LEADING = {
    "one sample": ((), (), ()),
    "samples": ((7,), (7,), (7,)),
    "a shared input": ((7,), (1,), (7,)),
    "a shared output": ((7,), (7,), (1,)),
    "all shared": ((1,), (1,), (1,)),
    "in part": ((2, 7), (1, 7), (2, 1)),
}


@pytest.fixture
def always(monkeypatch):
    monkeypatch.setattr(choose, "MIN_TABLE_TERMS", 0)


def leading_of(plan, leading):
    """The leading shape of the first input, of all others, and of the output."""
    return [leading[0], *[leading[1]] * (plan.num_inputs - 1), leading[2]]


@pytest.mark.parametrize("leading", LEADING)
@pytest.mark.parametrize("name", PLANS)
def test_computes_its_plan_exactly(always, name, leading):
    plan = PLANS[name]
    assert computes_its_plan(plan, None, leading_of(plan, LEADING[leading]))


@pytest.mark.parametrize("leading", ["samples", "a shared input", "a shared output", "in part"])
def test_chunks_compute_the_plan_exactly(monkeypatch, leading):
    monkeypatch.setattr(chunks, "threads", lambda: 1)
    monkeypatch.setattr(chunks, "BYTES_PER_THREAD", 2**17)
    assert computes_its_plan(cubic(), None, leading_of(cubic(), LEADING[leading]))


def test_what_the_loop_reads_again_and_again_makes_chunks_smaller():
    """Of one plan, as a table and written out."""
    inputs = [jax.ShapeDtypeStruct((100_000, size), np.float32) for size in cubic().sizes[:-1]]

    def chunk(lowering):
        f = functools.partial(compute, plan=cubic(), leading=(100_000,), lowering=lowering, precision=None)
        loop = next(eqn for eqn in jax.make_jaxpr(f)(*inputs).eqns if eqn.primitive.name == "scan")
        return 100_000 // loop.params["length"]

    assert chunk(None) < chunk("straight_line") / 4


def test_is_chosen_where_there_are_many_terms_that_mix_no_channels():
    paths, shapes = cubic().paths, ((4,), (4,), (4,))
    assert "table, 5 paths: at least 200 terms" in explain(cubic())
    assert "straight_line" in explain(cubic(), is_cpu=False)
    assert choose.choose(cubic(), paths[0], shapes, "einsum").lowering == "einsum"
    assert choose.choose(square(), square().paths[0], shapes[:2], None).lowering == "straight_line"


def test_paths_that_mix_channels_are_added():
    mixed = replace(cubic().paths[0], modes=("u", "u", "u", "v", "u"))
    plan = replace(cubic(), paths=(*cubic().paths, mixed))
    assert choose.choose(plan, mixed, ((4,),) * 3, None).lowering == "einsum"
    assert computes_its_plan(plan, None, [(3,), (3,), (3,)])


def test_of_terms_that_cancel_there_is_nothing(always):
    C = SurdTensor.of((3, 3, 3), {(0, 1, 2): ONE, (1, 0, 2): -ONE})
    plan = Plan(((Segment((2,), 3),), (Segment((2,), 3),)), (0, 0), (Path((0, 0, 0), ("u", "u", "u"), C, ONE),))
    z = compute(jnp.ones((5, 6)), plan=plan, leading=(5,), lowering=None, precision=None)
    np.testing.assert_array_equal(z, np.zeros((5, 6)))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_stays_in_what_depends_on_it(value):
    """Here a component of one copy of l = 1: the samples and copies apart, the outputs that have it in no term."""
    plan = cubic()
    w, x = (np.random.default_rng(0).normal(size=(3, size)) for size in plan.sizes[:-1])
    small, large = np.array(x), np.array(x)
    x[1, 3], small[1, 3], large[1, 3] = value, 0, 1e9
    one, other = (np.array([evaluate(plan, *pair) for pair in zip(w, y, strict=True)]) for y in (small, large))
    np.testing.assert_array_equal(~np.isfinite(contract(plan, w, x)), one != other)


def test_the_program_does_not_grow_with_the_terms():
    """Of a hundred terms and of some thousand."""

    def lines(plan):
        inputs = [jax.ShapeDtypeStruct((6, size), np.float32) for size in plan.sizes[:-1]]
        f = functools.partial(compute, plan=plan, leading=(6,), lowering=None, precision=None)
        return jax.jit(f).lower(*inputs).as_text().count("\n")

    irreps = Irreps("8x0e + 8x1o + 8x2e + 8x3o")
    *_, large = plan_symmetric_contraction(irreps, tuple(ir for _, ir in irreps), 3)
    assert lines(large) <= 1.5 * lines(cubic())


def test_sixteen_bits_are_summed_in_thirty_two():
    w, x = (jnp.asarray(np.random.default_rng(0).normal(size=(5, n)), jnp.bfloat16) for n in cubic().sizes[:-1])
    wide = contract(cubic(), w.astype(jnp.float32), x.astype(jnp.float32))
    np.testing.assert_array_equal(contract(cubic(), w, x), wide.astype(jnp.bfloat16))


def test_complex_numbers_are_multiplied_by_real_coefficients():
    rng = np.random.default_rng(0)
    w, x = (rng.normal(size=(2, size)) + 1j * rng.normal(size=(2, size)) for size in cubic().sizes[:-1])
    found, by_einsum = (contract(cubic(), w, x, lowering=lowering) for lowering in (None, "einsum"))
    np.testing.assert_allclose(found, by_einsum, rtol=0, atol=1e-12 * np.max(np.abs(by_einsum)))
