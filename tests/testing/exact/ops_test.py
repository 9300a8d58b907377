"""eqlib's ops are proved equivariant from their own programs: polynomials for all inputs, the rest exactly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.nn.linear import Linear
from eqlib.testing.exact.field_check import MISS
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import prove

TO_3 = "2x0e + 0o + 1o + 1e + 2e + 2o + 3o + 3e"

POLYNOMIALS = {
    "tensor_product": (eqlib.tensor_product, ("0e + 0o + 1o + 1e + 2e + 3o", "0e + 1o + 2e + 3o")),
    "tensor_square": (eqlib.tensor_square, "2x0e + 1o + 2e + 3o"),
    "elementwise_tensor_product": (eqlib.elementwise_tensor_product, (TO_3, TO_3)),
    "dot": (eqlib.dot, (TO_3, TO_3)),
    "dot of each copy": (lambda x, y: eqlib.dot(x, y, per_irrep=True), (TO_3, TO_3)),
    "cross": (eqlib.cross, ("2x1o + 1e", "2x1o + 1e")),
    "squared norm": (lambda x: eqlib.norm(x, squared=True), TO_3),
    "solid harmonics": (lambda x: eqlib.spherical_harmonics(range(4), x, normalize=False), "1o"),
    "solid harmonics, integral": (lambda x: eqlib.spherical_harmonics("1e + 3e", x, False, "integral"), "1e"),
    "linear": (Linear("3x0e + 2x1o + 2e + 3o"), "2x0e + 2x1o + 1e + 2x2e + 3o"),
    "linear with biases": (Linear("3x0e + 2x1o", biases=True), "2x0e + 2x1o"),
}


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomial_op_is_proved_for_all_inputs_and_weights(name):
    op, irreps = POLYNOMIALS[name]
    proof = prove(op, irreps, name=name)
    assert proof.verdict is Decision.PROVED, str(proof)
    assert proof.ok and not proof.notes


def test_linear_with_weights_by_index_is_proved():
    layer = Linear("2x0e + 1o", num_indexed_weights=3)
    proof = prove(layer, ("labels per node", "2x0e + 2x1o per node"), sizes={"node": 3})
    assert proof.verdict is Decision.PROVED, str(proof)


def test_scatter_sum_is_proved_under_rotations_and_permutations():
    def op(x, dst):
        return eqlib.scatter_sum(x, dst=dst, output_size=3)

    proof = prove(
        op, ("0e + 1o + 2e per edge", "nodes per edge"), "0e + 1o + 2e per node", sizes={"node": 3, "edge": 5}
    )
    assert proof.verdict is Decision.PROVED, str(proof)


def test_the_gradient_of_a_product_is_proved():
    def op(x, y):
        def invariant(array):
            return jnp.sum(eqlib.tensor_product(eqlib.IrrepsArray(x.irreps, array), y).array ** 2)

        return jax.grad(invariant)(x.array)

    proof = prove(op, ("0e + 1o + 2e", "0e + 1o"), "0e + 1o + 2e")
    assert proof.verdict is Decision.PROVED, str(proof)


FUNCTIONS = {
    "gate": (eqlib.gate, "4x0e + 3x0o + 1o + 2e + 3o"),
    "scalar_activation": (eqlib.scalar_activation, "3x0e + 2x0o + 1o"),
    "norm": (eqlib.norm, TO_3),
    "norm of the whole": (lambda x: eqlib.norm(x, per_irrep=False), TO_3),
    "norm_activation": (lambda x: eqlib.norm_activation(x, [jax.nn.silu, jnp.tanh, None]), "2x0e + 1o + 2e"),
    "harmonics of a direction": (lambda x: eqlib.spherical_harmonics(range(4), x, normalize=True), "1o"),
    "wide tensor_product": (eqlib.tensor_product, ("8x0e + 8x1o + 8x2e", "0e + 1o + 2e + 3o + 4e")),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_is_checked_exactly(name):
    op, irreps = FUNCTIONS[name]
    proof = prove(op, irreps, name=name, method="prime field")
    assert proof.verdict is Decision.CHECKED_EXACTLY, str(proof)
    assert 0 < proof.miss < MISS


def test_derivative_of_the_norm_is_checked_exactly():
    def op(x):
        return jax.grad(lambda a: jnp.sum(eqlib.norm(eqlib.IrrepsArray(x.irreps, a)).array))(x.array)

    proof = prove(op, "2x0e + 1o + 2e", "2x0e + 1o + 2e")
    assert proof.verdict is Decision.CHECKED_EXACTLY, str(proof)


def test_a_verdict_does_not_depend_on_the_precision_of_the_caller():
    with jax.enable_x64(False):
        assert prove(eqlib.cross, ("1o", "1o")).verdict is Decision.PROVED
    assert prove(eqlib.cross, ("1o", "1o"), example=(np.ones(3, np.float32), None)).verdict is Decision.PROVED
