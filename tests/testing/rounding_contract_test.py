"""What a plan does to errors: the table of all products gives what the primitive and its derivative give."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.lowering.contract import contract_p
from eqlib.o3 import Irrep, Irreps
from eqlib.ops.linear import plan_linear
from eqlib.ops.tensor_product import plan_tensor_product
from eqlib.ops.tensor_square import plan_tensor_square
from eqlib.testing import rounding_contract

EPS = float(np.finfo(np.float64).eps)
# The leading axes of the inputs and of the output: where the output has one alone, it is summed over.
LEADING = (
    ([(), ()], ()),
    ([(5,), (5,)], (5,)),
    ([(5,), (1,)], (5,)),
    ([(5,), (5,)], (1,)),
    ([(1,), (1,)], (1,)),
    ([(3, 2), (3, 1)], (1, 2)),
)
_, PRODUCT = plan_tensor_product(Irreps("3x1o + 2x0e + 1e"), Irreps("1o + 2e + 2x0o"))


def drawn(plan, leading, dtype):
    rng = np.random.default_rng(1)
    shapes = [(*axes, size) for axes, size in zip(leading, plan.sizes, strict=False)]
    xs = [jnp.asarray(rng.normal(size=shape), dtype) for shape in shapes]
    return xs, [jnp.asarray(0.01 * rng.random(shape), dtype) for shape in shapes]


def with_both(monkeypatch, plan, leading, of_output, dtype=np.float64):
    """Value and error, by the table and by the primitive."""
    xs, es = drawn(plan, leading, dtype)
    params = {"plan": plan, "leading": of_output, "lowering": None, "precision": jax.lax.Precision.HIGHEST}
    found = []
    for most in (2**14, 0):
        monkeypatch.setattr(rounding_contract, "_MOST_PRODUCTS", most)
        found.append((rounding_contract.value(xs, params), rounding_contract.error(xs, es, EPS, params)))
    return found, contract_p.bind(*xs, **params)


@pytest.mark.parametrize(("leading", "of_output"), LEADING)
def test_the_table_has_the_products_of_every_path(monkeypatch, leading, of_output):
    ((value, error), (same, other)), want = with_both(monkeypatch, PRODUCT, leading, of_output)
    assert value.shape == error.shape == want.shape and np.array_equal(same, want)
    assert np.all(np.abs(value - want) <= error) and np.max(np.abs(value - want)) < 64 * EPS
    assert np.allclose(error, other, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("plan", "leading"),
    [
        (plan_linear(Irreps("4x0e + 3x1o"), Irreps("5x0e + 2x1o"))[1], [(1,), (7,)]),
        (plan_tensor_square(Irreps("2x1o + 0e"))[1], [(7,)]),
    ],
    ids=["channels that are summed", "an input that is read twice"],
)
def test_every_way_in_which_a_plan_reads_its_inputs(monkeypatch, plan, leading):
    ((value, error), (_, other)), want = with_both(monkeypatch, plan, leading, (7,))
    assert np.all(np.abs(value - want) <= error) and np.allclose(error, other, rtol=1e-12, atol=0)


def test_sixteen_bits_are_computed_in_thirty_two(monkeypatch):
    ((value, error), (same, _)), _ = with_both(monkeypatch, PRODUCT, [(5,), (5,)], (5,), jnp.bfloat16)
    assert value.dtype == same.dtype == jnp.bfloat16 and error.dtype == np.float32
    assert np.max(np.abs(np.float32(value) - np.float32(same))) <= 2.0**-8 * np.max(np.abs(np.float32(same)))


def test_a_plan_without_products_is_zero(monkeypatch):
    _, nothing = plan_tensor_product(Irreps("1o"), Irreps("2e"), (Irrep("0e"),))
    ((value, error), _), _ = with_both(monkeypatch, nothing, [(2,), (2,)], (2,))
    assert value.shape == error.shape == (2, 0)
