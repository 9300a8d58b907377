"""The floor: bytes that must be moved and operations of the plans, and never more than is needed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from bench._floor import Machine, Needs
from eqlib.ops.tensor_product import plan_tensor_product

ROWS = 5
X, Y = np.ones((ROWS, 12), np.float32), np.ones((ROWS, 3), np.float32)


def product(x, y):
    return eqlib.tensor_product(eqlib.IrrepsArray("4x1o", x), eqlib.IrrepsArray("1o", y)).array


def test_a_plan_needs_what_it_says() -> None:
    _, plan = plan_tensor_product(eqlib.Irreps("4x1o"), eqlib.Irreps("1o"))
    assert Needs.of(product, [X, Y]) == Needs(ROWS * plan.bytes_moved(4), ROWS * plan.flops)


def test_a_gradient_needs_the_operations_of_the_derived_plans() -> None:
    _, plan = plan_tensor_product(eqlib.Irreps("4x1o"), eqlib.Irreps("1o"))
    needs = Needs.of(jax.grad(lambda x, y: jnp.sum(product(x, y)), argnums=(0, 1)), [X, Y])
    assert needs.bytes == 2 * (X.nbytes + Y.nbytes)
    assert needs.flops >= 2 * ROWS * plan.flops


def test_of_what_is_no_plan_the_bytes_alone_are_known() -> None:
    assert Needs.of(lambda x: jnp.sin(x).sum(), [X]) == Needs(X.nbytes + 4, 0)


@pytest.mark.parametrize(("machine", "ms"), [(Machine(1e6, 1e9), 3.0), (Machine(1e9, 1e6), 7.0)])
def test_the_slower_of_the_two_is_the_floor(machine: Machine, ms: float) -> None:
    assert Needs(bytes=3_000, flops=7_000).milliseconds(machine) == pytest.approx(ms)
