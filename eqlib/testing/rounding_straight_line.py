"""What a straight-line program does to errors: each of its steps passes them on, and rounds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.plan.straight_line import Step, StraightLine

_OPS = ("add", "mul", "scale", "inverse_root", "constant")


def of_straight_line(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """The errors of the outputs; what has 16 bits is computed in 32, and rounded once more at the end.

    The steps are taken in a loop, of which XLA compiles the body alone, however long the program is.
    """
    program: StraightLine = eqn.params["program"]
    errors = [jnp.zeros_like(x) if e is None else e for x, e in zip(xs, es, strict=True)]
    given = [jnp.moveaxis(jnp.concatenate(rows, axis=-1), -1, 0) for rows in (xs, errors)]
    found = _after(program, given[0], given[1], jnp.minimum(eps, 2.0**-23))
    last = jnp.where(eps > 2.0**-23, eps, 0.0)
    rows = [jnp.moveaxis(found[np.array(row, int)], 0, -1) for row in program.outputs]
    return [row + last * jnp.abs(value) for row, value in zip(rows, values, strict=True)]


def _after(program: StraightLine, given: Any, errors: Any, eps: Any) -> Any:
    """The error of every value of a program, [value, *leading]."""
    first, steps = sum(program.inputs), program.steps
    if not steps:
        return errors
    table = _table(steps, given.dtype)
    room = [(0, len(steps)), *[(0, 0)] * (given.ndim - 1)]

    def take(n: Any, state: tuple[Any, Any]) -> tuple[Any, Any]:
        known, error = state
        row = jax.tree.map(lambda column: column[n], table)
        results = [
            jax.lax.select_n(row.op, *(jnp.broadcast_to(z, known.shape[1:]) for z in of_each_op))
            for of_each_op in zip(*_results(row, known, error, eps), strict=True)
        ]
        return tuple(of.at[first + n].set(z) for of, z in zip(state, results, strict=True))

    return jax.lax.fori_loop(0, len(steps), take, (jnp.pad(given, room), jnp.pad(errors, room)))[1]


class _Row(NamedTuple):
    """A step, in numbers; `inexact` is 1 if its factor is rounded."""

    op: Any
    left: Any
    right: Any
    factor: Any
    inexact: Any


def _table(steps: Sequence[Step], dtype: Any) -> _Row:
    """All steps, a column per field: the first three of indices, the others of numbers of the values' dtype."""
    columns = [np.array(column) for column in zip(*map(_row, steps), strict=True)]
    return _Row(*map(jnp.asarray, columns[:3]), *(jnp.asarray(column, dtype) for column in columns[3:]))


def _row(step: Step) -> _Row:
    factor = float(step.factor)
    exact = factor == float(np.float32(factor).astype(jnp.bfloat16))
    return _Row(_OPS.index(step.op), *(*step.reads, 0, 0)[:2], factor, float(not exact))


def _results(row: _Row, known: Any, error: Any, eps: Any) -> list[tuple[Any, Any]]:
    """The value and its error, if the step is each of the ops."""
    (a, b), (ea, eb) = ((of[row.left], of[row.right]) for of in (known, error))
    size = jnp.abs(row.factor)
    is_zero = a <= 0
    root = jnp.where(is_zero, 0, 1 / jnp.sqrt(jnp.where(is_zero, 1, a)))
    nearest = jnp.maximum(a - ea, 0)
    steepest = jnp.where(ea > 0, nearest ** (-1.5) / 2 * ea, 0.0)
    rounds = jnp.where(size == 1, 0, 1) + row.inexact
    return [
        (a + b, ea + eb + eps * jnp.abs(a + b)),
        (a * b, jnp.abs(a) * eb + jnp.abs(b) * ea + ea * eb + eps * jnp.abs(a * b)),
        (row.factor * a, size * ea + rounds * eps * size * jnp.abs(a)),
        # The slope -a^(-3/2)/2, and the roundings of a root and of a division; without a bound, if it may be zero.
        (root, steepest + 2 * eps * root),
        (row.factor, row.inexact * eps * size),
    ]
