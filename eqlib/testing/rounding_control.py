"""Errors through loops and branches: they run as before, on pairs of a value and a bound on its error."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.testing.rounding_rules import is_rounded, no_error
from eqlib.testing.scans import scanned

Pair = tuple[Any, Any]
# Runs a jaxpr on values and errors: the interpreter, which this module must not import.
Run = Callable[[Any, Sequence[Pair]], list[Pair]]


def of_control_flow(eqn: Any, pairs: Sequence[Pair], run: Run) -> list[Pair] | None:
    """The pairs that a loop or a branch gives; None for an equation that is neither."""
    rule = _RULES.get(eqn.primitive.name)
    if rule is None:
        return None
    which = pairs[:1] if rule is _cond else []  # whether it may be another is the error of an index
    return rule(eqn.params, [*which, *(_whole(*pair) for pair in pairs[len(which) :])], run)


def _whole(value: Any, error: Any) -> Pair:
    """An error for each entry, as loops need it; none of what is not rounded."""
    if not is_rounded(value):
        return value, None
    if error is None:
        return value, no_error(value)
    return value, jnp.broadcast_to(error, jnp.shape(value)).astype(no_error(value).dtype)


def _scan(params: dict[str, Any], pairs: list[Pair], run: Run) -> list[Pair]:
    body = params["jaxpr"]
    consts, carry, xs = scanned(params, pairs)

    def step(carry: list[Pair], x: list[Pair]) -> tuple[list[Pair], list[Pair]]:
        out = [_whole(*pair) for pair in run(body, [*consts, *carry, *x])]
        return out[: len(carry)], out[len(carry) :]

    last, stacked = jax.lax.scan(step, carry, xs, length=params["length"], reverse=params["reverse"])
    return [*last, *stacked]


def _while(params: dict[str, Any], pairs: list[Pair], run: Run) -> list[Pair]:
    condition, body = params["cond_jaxpr"], params["body_jaxpr"]
    of_condition, of_body = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]

    def goes_on(carry: list[Pair]) -> Any:
        ((value, _),) = run(condition, [*pairs[:of_condition], *carry])
        return value

    def step(carry: list[Pair]) -> list[Pair]:
        return [_whole(*pair) for pair in run(body, [*pairs[of_condition:of_body], *carry])]

    return jax.lax.while_loop(goes_on, step, pairs[of_body:])


def _cond(params: dict[str, Any], pairs: list[Pair], run: Run) -> list[Pair]:
    """The branch that is taken; where rounding may turn what decides, whichever is furthest away, as of `where`."""
    (index, turns), *operands = pairs
    taken = [lambda *xs, branch=branch: [_whole(*pair) for pair in run(branch, xs)] for branch in params["branches"]]
    if turns is None:
        return jax.lax.switch(index, taken, *operands)
    # A loop over the branches has each of them compiled once; that which is taken runs in the place of the others.
    every = jnp.where(turns != 0, jnp.arange(len(taken), dtype=jnp.int32), jnp.asarray(index, jnp.int32))
    found = jax.lax.map(lambda k: jax.lax.switch(k, taken, *operands), every)
    return [_of_branches(index, *pair) for pair in found]


def _of_branches(index: Any, values: Any, errors: Any) -> Pair:
    """Of results that are stacked: that of the index, and how far the error leads, or another branch."""
    value = values[index]
    if errors is None:
        return value, None
    return value, jnp.max(jnp.where(values == value, 0.0, jnp.abs(values - value)) + errors, axis=0)


_RULES: dict[str, Callable[[dict[str, Any], list[Pair], Run], list[Pair]]] = {
    "scan": _scan,
    "while": _while,
    "cond": _cond,
}
