"""Factorisations and solvers over exact numbers, by elimination: no rows are exchanged, as nothing is rounded.

What does not depend on that, such as the solution of an equation, is as JAX has it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from eqlib.testing.exact.domain import Domain, Operand, Undecided, Value, subtract, together
from eqlib.testing.exact.moves import lifted

Rule = Callable[[Any, dict[str, Any], Sequence[Operand]], list[Operand]]


def _at(a: Value, *index: Any) -> Value:
    return a.moved(a.data[(..., *index)])


def eliminated(domain: Domain, a: Value) -> Value:
    """The factors L, of unit diagonal, and U of a square matrix [..., n, n], in one.

    Raises: Undecided if a leading minor is zero.
    """
    n = a.shape[-1]
    if a.shape[-2] != n:
        raise Undecided("a factorisation of a matrix that is not square")
    for k in range(n):
        pivot, below = _at(a, slice(k, k + 1), slice(k, k + 1)), slice(k + 1, n)
        if (pivot.data == 0).any():
            raise Undecided("a factorisation of a matrix with a leading minor that is zero")
        if k == n - 1:
            break
        factors = domain.mul(_at(a, below, slice(k, k + 1)), domain.inverse(pivot))
        rest = subtract(domain, _at(a, below, below), domain.mul(factors, _at(a, slice(k, k + 1), below)))
        data = a.data.copy()
        data[..., below, k], data[..., below, below] = factors.data[..., 0], rest.data
        a = together([a, factors, rest], data)
    return a


def _lu(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    both = eliminated(domain, lifted(domain, inputs[0]))
    order = np.broadcast_to(np.arange(both.shape[-1], dtype=np.int32), both.shape[:-1])
    return [both, order, order]


def _cholesky(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    both = eliminated(domain, lifted(domain, inputs[0]))
    n = both.shape[-1]
    diagonal = domain.root(both.moved(np.diagonal(both.data, axis1=-2, axis2=-1)[..., None, :]))
    below = domain.mul(both, domain.lift(np.tri(n, k=-1)))
    return [domain.mul(domain.add(below, domain.lift(np.eye(n))), diagonal)]


def _triangular_solve(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    """op(A) X = B, or X op(A) = B, by substitution, row by row."""
    a, b = (lifted(domain, x) for x in inputs)
    flips = params["transpose_a"] != (not params["left_side"])
    matrix = a.moved(np.swapaxes(a.data, -1, -2)) if flips else a
    right = b if params["left_side"] else b.moved(np.swapaxes(b.data, -1, -2))
    n, from_top = a.shape[-1], params["lower"] != flips
    found: dict[int, Value] = {}
    for i in range(n) if from_top else reversed(range(n)):
        row = _at(right, slice(i, i + 1), slice(None))
        for j, x in found.items():
            row = subtract(domain, row, domain.mul(_at(matrix, slice(i, i + 1), slice(j, j + 1)), x))
        if not params["unit_diagonal"]:
            row = domain.mul(row, domain.inverse(_at(matrix, slice(i, i + 1), slice(i, i + 1))))
        found[i] = row
    data = np.concatenate([found[i].data for i in range(n)], axis=-2)
    solution = together(list(found.values()), data)
    return [solution if params["left_side"] else solution.moved(np.swapaxes(data, -1, -2))]


LINEAR_ALGEBRA: dict[str, Rule] = {"lu": _lu, "cholesky": _cholesky, "triangular_solve": _triangular_solve}
