"""Functions that are wrong are refuted, for the right reason and at the right line; nasty ones that are right pass."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.o3 import clebsch_gordan
from eqlib.testing.exact.proof import Decision, Proof
from eqlib.testing.proving import prove


def product_of(C):
    return lambda x, y: jnp.einsum("i,j,ijk->k", x, y, C)


def off_by(fraction):
    C = clebsch_gordan(1, 1, 2)
    C[0, 0, 2] *= 1 + fraction
    return C


def layer_norm(x):
    return (x - jnp.mean(x)) / jnp.sqrt(jnp.var(x) + 1e-5)


def neighbor_off_by_one(positions, senders, receivers):
    edges = positions[(senders + 1) % len(positions)] - positions[receivers]
    return jax.ops.segment_sum(jnp.sum(edges**2, -1), receivers, len(positions))


def broken_for_large(x):
    return jnp.where(jnp.sum(x * x) > 4, x * jnp.array([1.0, 1.0, 1.1]), x)


def broken_in_a_branch(x):
    def stretch(x):
        return x * jnp.array([1.0, 1.0, 1.1])

    return jax.lax.cond(jnp.sum(x * x) > 4, stretch, lambda x: x, x)


@jax.custom_vjp
def with_wrong_gradient(x):
    return jnp.sum(x * x)


with_wrong_gradient.defvjp(lambda x: (jnp.sum(x * x), x), lambda x, g: (g * x * jnp.array([2.0, 2.0, 2.02]),))

# What is wrong: the function, its irreps, which elements break it, and where it goes wrong, if that can be told.
FAULTS = {
    "a coefficient off by 1e-12": (product_of(off_by(1e-12)), ("1o", "1o"), "2e", "rotation", None),
    "two axes of the coefficients exchanged": (
        product_of(clebsch_gordan(2, 1, 1)[:, [0, 2, 1]]),
        ("2e", "1o"),
        "1o",
        "rotation",
        None,
    ),
    "swish on a vector": (jax.nn.swish, "1o", "1o", "rotation, inversion", "logistic"),
    "the wrong parity": (jnp.cross, ("1o", "1o"), "1o", "inversion", None),
    "an absolute position": (lambda p: jnp.sum(p**2, -1), "points", "0e per node", "translation", "integer_pow"),
    "wrong for x > 4 only": (broken_for_large, "1o", "1o", "rotation", "select_n"),
    "a branch that is wrong": (broken_in_a_branch, "1o", "1o", "rotation", "cond"),
    "an activation neither even nor odd": (jax.nn.silu, "0o", "0o", "inversion", "logistic"),
    "LayerNorm over components": (layer_norm, "1o", "1o", "rotation", "reduce_sum"),
    "a branch on an axis": (lambda x: jnp.where(x[0] > 0, x, 1.001 * x), "1o", "1o", "rotation, inversion", None),
    "the transpose of a rotation": (lambda R: jnp.einsum("ij->ji", R.reshape(3, 3))[0], "3x1o", "1o", "rotation", None),
    "a neighbour off by one": (
        neighbor_off_by_one,
        ("points", "nodes per edge", "nodes per edge"),
        "0e per node",
        "permutation",
        None,
    ),
    "a bias on a vector": (lambda x: x + 1e-9, "1o", "1o", "rotation, inversion", "add"),
    "an absolute value, small": (lambda x: x + 1e-9 * jnp.abs(x), "1o", "1o", "rotation, inversion", None),
    "the greatest component": (lambda x: x * jnp.max(x), "1o", "1o", "rotation, inversion", None),
    "a grid": (lambda x: jnp.round(x * 2**14) / 2**14, "1o", "1o", "rotation", "round"),
    "a clip at a large value": (lambda x: jnp.clip(x, -1e3, 1e3), "1o", "1o", "rotation", "max"),
    "a sum by position in the list": (
        lambda x: jnp.cumsum(x, axis=0),
        "1o per node",
        "1o per node",
        "permutation",
        None,
    ),
    "a gradient that is wrong": (jax.grad(with_wrong_gradient), "1o", "1o", "rotation", None),
    "a loop": (
        lambda x: jax.lax.scan(lambda c, t: (c + t * x**2, None), x, jnp.ones(2))[0],
        "1o",
        "1o",
        "rotation, inversion",
        None,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_refuted(fault):
    function, in_, out, broken, primitive = FAULTS[fault]
    proof = prove(function, in_, out, name=fault, as_plain_arrays=True, sizes={"node": 4, "edge": 7})
    assert proof.verdict is Decision.REFUTED and not proof.ok, str(proof)
    assert proof.lines[0].startswith(f"broken: {broken};"), str(proof)
    assert primitive is None or proof.lines[-1].startswith(f"first:  {primitive}, at "), str(proof)


def test_the_line_of_the_fault_is_named():
    def model(x):
        y = x / jnp.sqrt(1 + jnp.sum(x * x))
        z = jnp.tanh(y)  # the fault
        return z * jnp.exp(-jnp.sum(z * z))

    proof = prove(model, "1o", "1o", as_plain_arrays=True)
    line = model.__code__.co_firstlineno + 2
    assert f"faults_test.py:{line} (test_the_line" in proof.lines[-1], str(proof)
    assert proof.lines[-1].startswith("first:  tanh, at ")


def test_a_refutation_reads_as_written():
    def stretched(x):
        return {"a": x["1o"] * eqlib.IrrepsArray("0e", jnp.array([2.0])), "b": x.array * 2}

    proof = prove(stretched, "0o + 1o", {"a": "1o", "b": "0e + 1o"})
    shown, _, maker = str(proof).partition("; it is made by ")
    assert maker.startswith("mul, at tests/testing/exact/faults_test.py:")
    assert shown == (
        "stretched: refuted\n"
        "  in: 1x0o+1x1o; out: ['a']: 1x1o, ['b']: 1x0e+1x1o\n"
        "  broken: inversion; kept: rotation\n"
        "  g:      the inversion\n"
        "  out:    ['b']: 1x0e\n"
        "  error:  3.9e-01 of the output in float64\n"
        "  first:  every value transforms linearly, and the output not as the irreps that are told"
    )
    assert json.loads(proof.to_json())["verdict"] == "refuted"


def test_a_constant_that_is_almost_right_is_named():
    proof = prove(product_of(off_by(1e-12)), ("1o", "1o"), "2e", as_plain_arrays=True)
    assert any("units in the last place from -√(1/30)" in note for note in proof.notes), str(proof)


VACUOUS = {
    "zero": (lambda x: 0 * x, "1o", "1o"),
    "a constant": (lambda x: jnp.ones(1), "1o", "0e"),
    "a difference of equals": (lambda x: x - (2 * x - x), "1o", "1o"),
    "a branch never taken": (lambda x: jnp.where(jnp.sum(x * x) < jnp.sum(x * x), x, 0 * x), "1o", "1o"),
    "scalars alone": (lambda x, s: s**2, ("1o", "0e"), "0e"),
    "the cross product with itself": (lambda x: jnp.cross(x, x), "1o", "1e"),
}


@pytest.mark.parametrize("name", VACUOUS)
def test_what_does_not_move_is_vacuous(name):
    function, in_, out = VACUOUS[name]
    proof = prove(function, in_, out, as_plain_arrays=True)
    assert proof.verdict is Decision.VACUOUS and not proof.ok, str(proof)


def attention(scores, values):
    return jax.nn.softmax(scores) @ values.reshape(4, 3)


def while_loop(x):
    return jax.lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] * jnp.sum(c[1] * x)), (0, x))[1]


def sequence(x):
    def step(carry, row):
        return carry + row * jnp.sum(carry * row), jnp.sum(row**2)

    last, squares = jax.lax.scan(step, x[:3], x.reshape(3, 3), reverse=True)
    return last * jnp.prod(squares)


def unit(x):
    largest = jax.lax.stop_gradient(jnp.max(jnp.abs(x)))
    scaled = x / largest
    return scaled / jnp.sqrt(jnp.sum(scaled**2))


# Right, though a checker might think otherwise.
RIGHT = {
    "coefficients": (product_of(clebsch_gordan(1, 1, 2)), ("1o", "1o"), "2e"),
    "coefficients with a common factor": (product_of(0.35172934 * clebsch_gordan(2, 2, 2)), ("2e", "2e"), "2e"),
    "coefficients rounded to float32": (
        product_of(clebsch_gordan(1, 1, 2).astype(np.float32)),
        ("1o", "1o"),
        "2e",
    ),
    "a branch on a length": (lambda x: jnp.where(jnp.sum(x * x) > 4, x, 2 * x), "1o", "1o"),
    "two branches": (lambda x: jax.lax.cond(jnp.sum(x * x) > 4, lambda x: x, lambda x: 3 * x, x), "1o", "1o"),
    "a loop of loops": (while_loop, "1o", "1o"),
    "a sum along a sequence": (sequence, "3x1o", "1o"),
    "its gradient": (jax.grad(lambda x: jnp.sum(sequence(x) ** 2)), "3x1o", "3x1o"),
    "a clip of a length": (lambda x: jnp.clip(jnp.sum(x * x), 0, 1) * x, "1o", "1o"),
    "a unit vector without overflow": (unit, "1o", "1o"),
    "its derivative": (jax.grad(lambda x: unit(x) @ jnp.array([1.0, 2.0, 3.0]) * 0 + jnp.sum(unit(x) * x)), "1o", "1o"),
    "attention": (attention, ("4x0e", "4x1o"), "1o"),
    "odd of odd": (jnp.tanh, "0o", "0o"),
    "odd by parts": (lambda x: jnp.where(x > 0, jnp.sqrt(jnp.abs(x)), -jnp.sqrt(jnp.abs(x))), "0o", "0o"),
    "odd made even": (jnp.abs, "0o", "0e"),
    "relu of a length": (lambda x: jax.nn.relu(jnp.sum(x * x) - 1) * x, "1o", "1o"),
    "a centre": (lambda p: p - jnp.mean(p, 0), "points", "1o per node"),
    "a centre that moves": (lambda p: p + jnp.mean(p, 0) - p[:1] * 0 - jnp.mean(p, 0), "points", "points"),
    "distances": (lambda p: jnp.sum((p[:, None] - p[None]) ** 2, -1), "points", "0e per node per node"),
    "the farthest": (lambda p: jnp.max(jnp.sum((p - jnp.mean(p, 0)) ** 2, -1)), "points", "0e"),
    "rematerialised": (jax.checkpoint(lambda x: jnp.sin(jnp.sum(x * x)) * x), "1o", "1o"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name):
    function, in_, out = RIGHT[name]
    proof = prove(function, in_, out, name=name, as_plain_arrays=True, sizes={"node": 4})
    assert proof.ok and proof.trusted, str(proof)


UNDECIDED = {
    "singular values": (
        lambda x: x * jnp.linalg.svd(jnp.outer(x, x))[1][0],
        "the primitive 'svd' has no exact meaning here",
    ),
    "a place beside an equality": (
        lambda x: jnp.where(jnp.sum(x * x) == 1, x, x * jnp.argmax(jnp.stack([jnp.sum(x), jnp.sum(x**2)]))),
        "a place in an order of numbers, in a program that also asks whether numbers are equal",
    ),
    "a loop until": (
        lambda x: jax.lax.while_loop(lambda y: jnp.sum(y * y) < 9, lambda y: 2 * y, x),
        "a loop whose number of rounds depends on the inputs",
    ),
    "a branch on relu = 0": (
        lambda x: jnp.where(jax.nn.relu(jnp.sum(x * x) - 1) == 0, x * jnp.array([1.0, 1.0, 2.0]), x),
        "an equality that holds for some inputs and not for others",
    ),
    "a branch on where the greatest is": (
        lambda x: jnp.where(x * x == jnp.max(x * x), x, 2 * x),
        "an equality that holds for some inputs and not for others",
    ),
    "a branch on a whole number": (
        lambda x: jnp.where(jnp.floor(jnp.sum(x * x)) == 1, x, x * jnp.array([1.0, 1.0, 2.0])),
        "an equality that holds for some inputs and not for others",
    ),
    "bits": (lambda x: x * jax.lax.population_count(x.view(np.int64))[0], "bitcast_convert_type"),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_has_no_rule_is_named_with_its_line(name):
    function, reason = UNDECIDED[name]
    proof = prove(function, "1o", "1o", as_plain_arrays=True)
    assert proof.verdict is Decision.NOT_DECIDED and not proof.ok, str(proof)
    assert reason in proof.lines[0] and "faults_test.py:" in proof.lines[0], str(proof)


def test_what_holds_by_more_than_is_known_of_a_function_is_not_called_wrong():
    """That -1 < 1, and that the squares of sine and cosine sum to 1, are not known here."""
    proof = prove(lambda x: jnp.clip(x, -1, 1), "0o", "0o", as_plain_arrays=True)
    assert proof.verdict is Decision.NOT_DECIDED, str(proof)
    assert "for some functions in the place of a comparison" in proof.lines[0]
    proof = prove(lambda x: x * (jnp.sin(x[0]) ** 2 + jnp.cos(x[0]) ** 2), "1o", "1o", as_plain_arrays=True)
    assert proof.verdict is Decision.NOT_DECIDED, str(proof)


def test_a_table_that_rounding_breaks_is_not_called_wrong():
    """Sums of different roots round to no root of a small fraction, so their rounding is all that breaks the law."""
    C = clebsch_gordan(1, 1, 2)
    mixed = np.einsum("ijk,kl->ijl", C, np.eye(5) * (np.sqrt(2) + np.sqrt(3)) * np.exp(0.1 * np.zeros(5)))
    assert prove(product_of(mixed), ("1o", "1o"), "2e", as_plain_arrays=True).ok
    rounded = np.round(mixed * 2.0**43) / 2.0**43
    proof = prove(product_of(rounded), ("1o", "1o"), "2e", as_plain_arrays=True)
    assert proof.verdict is Decision.NOT_DECIDED, str(proof)
    assert "the rounding of constants" in proof.lines[0]


def test_only_a_polynomial_is_proved_by_polynomials():
    proof = prove(jnp.tanh, "0o", "0o", as_plain_arrays=True, method="polynomial")
    assert proof.verdict is Decision.NOT_DECIDED
    assert "tanh, which is no polynomial" in proof.lines[0]


def test_a_method_that_does_not_exist_is_refused():
    with pytest.raises(ValueError) as error:
        prove(jnp.tanh, "0o", "0o", method="magic")
    assert str(error.value) == (
        "prove: there is no method 'magic'.\n  Write one of 'auto', 'polynomial', 'prime field'."
    )


def test_a_proof_says_how_sure_it_is():
    proof = Proof("f", "in: 1x0o; out: 1x0o", Decision.CHECKED_EXACTLY, miss=3e-20)
    assert (
        str(proof) == "f: checked exactly (a wrong program passes with probability below 3e-20)\n  in: 1x0o; out: 1x0o"
    )
    fields = json.loads(proof.to_json())
    assert fields["ok"] and fields["verdict"] == "checked exactly" and fields["trusted"]


def test_rounding_of_an_ill_conditioned_function_refutes_nothing():
    """At a turn by 1e6, a rounding of the turn is one of 1e-10 in the vector that it is applied to."""

    def turned(log, v):
        return eqlib.angles_to_matrix(*eqlib.log_coordinates_to_angles(log)) @ v

    proof = prove(turned, ("1e", "1o"), "1o")
    assert proof.verdict is Decision.NOT_DECIDED, str(proof)
