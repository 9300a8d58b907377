"""Which comparisons rounding may turn, and what follows for what they select: a bound holds for either branch.

The error of a truth value is whether it may be the other one; None, like that of whole numbers, where it is not.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

_COMPARISONS = frozenset({"eq", "ge", "gt", "le", "lt", "ne"})
_MOVES = frozenset({"broadcast_in_dim", "copy", "expand_dims", "not", "reshape", "slice", "squeeze", "transpose"})
# The truth value that decides the result alone, if there is one.
_LOGIC = {"and": False, "or": True, "eq": None, "ne": None, "xor": None}


def may_turn(eqn: Any, run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], eps: Any) -> Any:
    """Where rounding may turn the truth value that a primitive gives; None if it may nowhere."""
    name = eqn.primitive.name
    if all(e is None for e in es):
        return None
    if name in _COMPARISONS and all(jnp.issubdtype(jnp.result_type(x), jnp.inexact) for x in xs):
        return None if eqn.invars[0] is eqn.invars[1] else _compared(xs, es, eps)
    if name in _MOVES:
        return run(es[0]) if name != "not" else es[0]
    if name in _LOGIC and all(jnp.result_type(x) == np.bool_ for x in xs):
        return _joined(xs, es, _LOGIC[name])
    return None


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
