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
    return None if rule is None else rule(eqn.params, [_whole(*pair) for pair in pairs], run)


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
    """The branch that is taken; that another might be, had its argument not been rounded, is no error of rounding."""
    (index, _), *operands = pairs
    taken = [lambda *xs, branch=branch: [_whole(*pair) for pair in run(branch, xs)] for branch in params["branches"]]
    return jax.lax.switch(index, taken, *operands)


_RULES: dict[str, Callable[[dict[str, Any], list[Pair], Run], list[Pair]]] = {
    "scan": _scan,
    "while": _while,
    "cond": _cond,
}
