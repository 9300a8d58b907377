"""Roots count once for each class modulo squares: distances of points are independent, their multiples are not."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.field_check import MISS, independent_roots
from eqlib.testing.exact.proof import Decision
from eqlib.testing.exact.traced import trace
from eqlib.testing.proving import prove


def lengths(positions):
    i, j = np.triu_indices(len(positions), 1)
    return jnp.sum((positions[i] - positions[j]) ** 2, -1)


def traced(f, nodes):
    options = {"example": None, "as_plain_arrays": True, "name": None, "seed": 0}
    return trace(f, "points", "0e", sizes={"node": nodes}, **options)


@pytest.mark.parametrize("nodes", [2, 3, 4])
def test_independent_roots_are_counted(nodes):
    def f(positions):
        squares = lengths(positions)
        return jnp.sum(jnp.sqrt(squares) + jnp.sqrt(4 * squares) + jnp.sqrt(squares**3)) + jnp.sqrt(jnp.prod(squares))

    assert independent_roots(traced(f, nodes), 0, Reading()) == nodes * (nodes - 1) // 2


def test_many_dependent_roots_do_not_spoil_the_bound():
    def f(positions):
        return jnp.sum(jnp.sqrt(lengths(positions)[:, None] * jnp.arange(1.0, 30.0) ** 2))

    proof = prove(f, "points", "0e", sizes={"node": 3}, as_plain_arrays=True)
    assert proof.verdict is Decision.CHECKED_EXACTLY and proof.miss < MISS, str(proof)


def test_where_no_bound_is_small_nothing_is_decided():
    """Sixty roots of independent sums: as far as is known, a wrong program might vanish at most points."""

    def f(positions):
        return jnp.sum(jnp.sqrt(lengths(positions)))

    proof = prove(f, "points", "0e", sizes={"node": 12}, as_plain_arrays=True)
    assert proof.verdict is Decision.NOT_DECIDED, str(proof)
    assert "it holds wherever it was tried" in proof.lines[0] and "fewer nodes and edges" in proof.lines[1]
