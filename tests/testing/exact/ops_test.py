"""Derivatives of ops are proved as the ops are; the ops themselves are in `proofs/programs`."""

import jax
import jax.numpy as jnp
import numpy as np

import eqlib
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import prove


def test_the_gradient_of_a_product_is_proved():
    def op(x, y):
        def invariant(array):
            return jnp.sum(eqlib.tensor_product(eqlib.IrrepsArray(x.irreps, array), y).array ** 2)

        return jax.grad(invariant)(x.array)

    proof = prove(op, ("0e + 1o + 2e", "0e + 1o"), "0e + 1o + 2e")
    assert proof.verdict is Decision.PROVED, str(proof)


def test_derivative_of_the_norm_is_checked_exactly():
    def op(x):
        return jax.grad(lambda a: jnp.sum(eqlib.norm(eqlib.IrrepsArray(x.irreps, a)).array))(x.array)

    proof = prove(op, "2x0e + 1o + 2e", "2x0e + 1o + 2e")
    assert proof.verdict is Decision.CHECKED_EXACTLY, str(proof)


def test_a_verdict_does_not_depend_on_the_precision_of_the_caller():
    with jax.enable_x64(False):
        assert prove(eqlib.cross, ("1o", "1o")).verdict is Decision.PROVED
    assert prove(eqlib.cross, ("1o", "1o"), example=(np.ones(3, np.float32), None)).verdict is Decision.PROVED
