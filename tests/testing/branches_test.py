"""A branch that nothing that was tried takes is named; what is taken, or is not the user's, is not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.testing import check
from eqlib.testing.branches import never_taken
from eqlib.testing.program import program


def squared(x):
    return jnp.sum(x * x)


def in_a_loop(x):
    return jax.lax.fori_loop(0, 3, lambda i, y: jnp.where(i > 5, 2.0 * y, y), x)


def while_short(x):
    grown = lambda y: jax.lax.cond(squared(y) > 1e30, lambda z: z, lambda z: 2.0 * z, y)  # noqa: E731
    return jax.lax.while_loop(lambda y: squared(y) < 1.0, grown, x + 1e-3 * x)


def for_each(x):
    one = lambda y: jax.lax.cond(squared(y) > 1e30, lambda z: z, lambda z: 2.0 * z, y)  # noqa: E731
    return jax.vmap(one)(jnp.stack([x, 2.0 * x])).sum(0)


def nested(x):
    inner = lambda y: jnp.where(squared(y) < 1.0, y, 3.0 * y)  # noqa: E731
    return jax.lax.cond(squared(x) > 1.0, inner, lambda y: y, x)


def of_three(x):
    arms = [lambda y: y, lambda y: 2.0 * y, lambda y: 3.0 * y]
    return jax.lax.switch(jnp.where(squared(x) > 1.0, 2, 0), arms, x)


NEVER = {
    "where": (lambda x: jnp.where(squared(x) > 1e30, 2.0 * x, x), ["where", "true"]),
    "where, of the other sign": (lambda x: jnp.where(squared(x) < 1e30, 2.0 * x, x), ["where", "false"]),
    "cond": (lambda x: jax.lax.cond(squared(x) > 1e30, lambda y: 2.0 * y, lambda y: y, x), ["cond", "true"]),
    "switch": (of_three, ["switch", "1"]),
    "select": (lambda x: jnp.select([squared(x) > 1e30], [2.0 * x], x), ["select", "true"]),
    "in a loop": (in_a_loop, ["where", "true"]),
    "in a loop of unknown length": (while_short, ["cond", "true"]),
    "in a vmap": (for_each, ["cond", "true"]),
    "in a call": (jax.jit(lambda x: jnp.where(squared(x) > 1e30, 2.0 * x, x)), ["where", "true"]),
    "in a branch": (nested, ["where", "true"]),
}


@pytest.mark.parametrize(("fn", "words"), NEVER.values(), ids=NEVER)
def test_a_branch_that_is_never_taken_is_named(fn, words):
    by, arm = words
    tried = [np.array([0.1, 0.2, 0.3]), np.array([1.0, 2.0, 3.0])]
    (note,) = never_taken(program(fn, "1o", "1o"), ([x] for x in tried))
    assert note.startswith(f"the branch of {by} at tests/testing/branches_test.py:"), note
    assert note.endswith(f" for {arm} was never taken with what was tried"), note


def test_the_note_is_in_the_report_which_stays_ok():
    report = check(lambda x: jnp.where(squared(x) > 1e30, x.at[0].add(1.0), x), "1o", "1o", profile="quick")
    assert report.ok and len(report.notes) == 1 and "for true was never taken" in report.notes[0], str(report)


TAKEN = {
    "a branch on a length": lambda x: jnp.where(squared(x) > 1.0, x, 2.0 * x),
    "a branch on a component, which a rotation takes": lambda x: x * jnp.where(x[2] > 2.5, 1.0, 2.0) ** 0,
    "a mask that is constant": jax.jit(lambda x: jnp.where(jnp.arange(3) < 5, x, 0.0)),
    "an index": lambda x: jnp.stack([x, x])[jnp.where(squared(x) > 1.0, 1, 0)],
    "a guard of JAX": lambda x: jax.nn.leaky_relu(1.0 + squared(x)) * x,
    "no branch": lambda x: x * squared(x),
}


@pytest.mark.parametrize("fn", TAKEN.values(), ids=TAKEN)
def test_what_is_taken_or_not_written_by_the_user_is_not_named(fn):
    report = check(fn, "1o", "1o", profile="quick")
    assert report.ok and not [note for note in report.notes if "never taken" in note], str(report)


def test_the_branches_of_eqlib_are_not_named():
    made = program(lambda x: eqlib.gate(x), "2x0e + 1x0e + 1x1o")
    assert never_taken(made, [made.arrays]) == []


def test_what_jax_cannot_trace_has_no_branches_to_see():
    made = program(lambda x: x if float(x[0]) < 1e30 else 2.0 * x, "1o", "1o")
    assert not made.traced and never_taken(made, [made.arrays]) == []


def test_calls_with_derivatives_by_hand_are_followed():
    def gated(x):
        y = jax.nn.relu(squared(x)) * jax.checkpoint(lambda z: 2.0 * z)(x)
        return jnp.where(squared(x) > 1e30, x, y)

    made = program(gated, "1o", "1o")
    assert len(never_taken(made, [made.arrays])) == 1
