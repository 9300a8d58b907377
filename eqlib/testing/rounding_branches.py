"""Which comparisons rounding may turn, and what follows for what they select: a bound holds for either branch.

The error of a truth value is whether it may be the other one, and None where it may not. That of a whole number
which is made of truth values, as the index of a branch is, says by how much it may be off, and so does that of the
place of the greatest of some numbers: of another that rounding does not tell from it (`rounding_order` has the places
of what is sorted). A table that is read at a place which may be another one, may give any of its numbers.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_COMPARISONS = frozenset({"eq", "ge", "gt", "le", "lt", "ne"})
_MOVES = frozenset(
    {"broadcast_in_dim", "copy", "expand_dims", "not", "reshape", "rev", "slice", "squeeze", "transpose"}
)
_PLACES = frozenset({"argmax", "argmin"})
_READS = frozenset({"dynamic_slice", "gather"})
_ORDER = frozenset({"sort", "top_k"})
_INDEX = frozenset({"add", "clamp", "convert_element_type", "reduce_sum", "select_n", "sub"})
# The truth value that decides the result alone, if there is one.
_LOGIC = {"and": False, "or": True, "eq": None, "ne": None, "xor": None}


def may_turn(eqn: Any, run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], eps: Any) -> Any:
    """Where rounding may turn the truth value that a primitive gives; None if it may nowhere."""
    name = eqn.primitive.name
    if all(e is None for e in es):
        return None
    if name in _INDEX and not any(jnp.issubdtype(jnp.result_type(x), jnp.inexact) for x in xs):
        return _of_index(eqn, run, xs, es)
    if name in _PLACES:
        return _of_place(eqn, run, xs[0], es[0])
    if name in _READS and jnp.issubdtype(jnp.result_type(xs[0]), jnp.integer):
        return of_read(run, xs, es)
    if name in ("eq", "ne") and all(jnp.issubdtype(jnp.result_type(x), jnp.integer) for x in xs):
        return _same_place(xs, es)
    if name in _COMPARISONS and all(jnp.issubdtype(jnp.result_type(x), jnp.inexact) for x in xs):
        return None if eqn.invars[0] is eqn.invars[1] else _compared(xs, es, eps)
    if name in _MOVES:
        return run(es[0]) if name != "not" else es[0]
    if name == "concatenate":
        return run(*(jnp.zeros_like(x) if e is None else e for x, e in zip(xs, es, strict=True)))
    if name in _LOGIC and all(jnp.result_type(x) == np.bool_ for x in xs):
        return _joined(xs, es, _LOGIC[name])
    return None


def without_indices(name: str, xs: Sequence[Any], es: Sequence[Any]) -> list[Any]:
    """The errors of what an operation reads; those of whole numbers only where it makes other numbers of them."""
    if name in _INDEX | _MOVES | _READS | _ORDER | {"concatenate", "eq", "ne"}:
        return list(es)
    return [None if jnp.issubdtype(jnp.result_type(x), jnp.integer) else e for x, e in zip(xs, es, strict=True)]


def of_selected(run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], value: Any) -> Any:
    """The error of what is selected; where the comparison may turn, the way to whichever is furthest away."""
    errors = [jnp.zeros_like(jnp.real(x)) if e is None else e for x, e in zip(xs[1:], es[1:], strict=True)]
    chosen = run(xs[0], *errors)
    if es[0] is None:
        return chosen
    furthest = chosen
    for x, e in zip(xs[1:], errors, strict=True):
        furthest = jnp.maximum(furthest, jnp.abs(x - value) + e)
    return jnp.where(es[0], furthest, chosen)


def of_read(run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any]) -> Any:
    """The error of what is read from a table: where the place may be another, as far as its numbers are apart."""
    table, error = xs[0], jnp.zeros_like(jnp.real(xs[0])) if es[0] is None else es[0]
    moved = run(error, *xs[1:])
    turns = [jnp.any(e > 0) for e in es[1:] if e is not None]
    if not turns or not table.size:
        return moved
    apart = 2 * jnp.max(jnp.abs(table - table.reshape(-1)[0]))  # of complex numbers, too
    return jnp.where(functools.reduce(jnp.logical_or, turns), apart + jnp.max(error), moved)


def _of_place(eqn: Any, run: Callable[..., Any], x: Any, error: Any) -> Any:
    """How far away another number is that may be the greatest, or the least, if it had not been rounded."""
    (axis,), place = eqn.params["axes"], run(x)
    at = jnp.expand_dims(place, axis)
    total = error + jnp.take_along_axis(error, at, axis)
    may_be = (total > 0) & (jnp.abs(x - jnp.take_along_axis(x, at, axis)) <= total)
    away = jnp.abs(jax.lax.broadcasted_iota(place.dtype, x.shape, axis) - at)
    return jnp.max(jnp.where(may_be, away, 0), axis)


def _same_place(xs: Sequence[Any], es: Sequence[Any]) -> Any:
    """Whether two whole numbers, of which one may be off, may be the same, and others than they seem."""
    total = sum(jnp.zeros_like(x) if e is None else e for x, e in zip(xs, es, strict=True))
    return (total > 0) & (jnp.abs(xs[0] - xs[1]) <= total)


def _of_index(eqn: Any, run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any]) -> Any:
    """Of a truth value that is read as 0 or 1, of what is selected by one, and of sums of such numbers."""
    name = eqn.primitive.name
    if not jnp.issubdtype(eqn.outvars[0].aval.dtype, jnp.integer):
        return None
    if name == "select_n":
        return of_selected(run, xs, es, run(*xs))
    if name in ("add", "sub"):
        return sum(e for e in es if e is not None)
    error = es[1] if name == "clamp" else es[0]
    return error if error is None or name == "clamp" else run(error)


def _compared(xs: Sequence[Any], es: Sequence[Any], eps: Any) -> Any:
    """A number beside a constant; two that rounding moves may move together, as each of some with the greatest."""
    moved = [jnp.zeros_like(jnp.real(x)) if e is None else e for x, e in zip(xs, es, strict=True)]
    is_constant = [e <= eps * jnp.abs(x) for x, e in zip(xs, moved, strict=True)]
    total = moved[0] + moved[1]
    return (total > 0) & (jnp.abs(xs[0] - xs[1]) <= total) & (is_constant[0] | is_constant[1])


def _joined(xs: Sequence[Any], es: Sequence[Any], decisive: bool | None) -> Any:
    """Of two truth values, unless one of them alone decides and may not be turned."""
    turns = [jnp.zeros_like(x) if e is None else e for x, e in zip(xs, es, strict=True)]
    if decisive is None:
        return turns[0] | turns[1]
    decided = [(x == decisive) & ~t for x, t in zip(xs, turns, strict=True)]
    return (turns[0] | turns[1]) & ~decided[0] & ~decided[1]
