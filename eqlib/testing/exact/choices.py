"""Orders of numbers: which is the greatest, which come first.

The order is an unknown one, the same for the same numbers: it tells invariant numbers apart, and nothing else. So a
place that is found by it is known, and what is gathered from there, too.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from eqlib.array_types import Integer
from eqlib.testing.exact.domain import Domain, Operand, Value, together
from eqlib.testing.exact.moves import lifted, targets_of

Rule = Callable[[Any, dict[str, Any], Sequence[Operand]], list[Operand]]


def _place(find: Callable[..., Integer[np.ndarray, "..."]]) -> Rule:
    """The place of the greatest or of the least; of several, the first."""

    def rule(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
        (axis,) = params["axes"]
        return [np.asarray(find(domain.ranks(lifted(domain, inputs[0])), axis=axis), params["index_dtype"])]

    return rule


def _sort(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    axis, count = params["dimension"], params["num_keys"]
    keys = [domain.ranks(x) if isinstance(x, Value) else np.asarray(x) for x in inputs[:count]]
    return [_taken(x, np.lexsort(keys[::-1], axis=axis), axis) for x in inputs]


def _top_k(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    a = lifted(domain, inputs[0])
    axis = params.get("axis", -1) % len(a.shape)
    order = np.argsort(~domain.ranks(a), axis=axis, kind="stable")
    order = np.take(order, np.arange(params["k"]), axis=axis)
    return [_taken(a, order, axis), order.astype(np.int32)]


def _taken(x: Operand, order: Integer[np.ndarray, "..."], axis: int) -> Operand:
    if not isinstance(x, Value):
        return np.take_along_axis(np.asarray(x), order, axis=axis)
    data = np.take_along_axis(x.data, np.broadcast_to(order, (len(x.data), *order.shape)), axis=axis + 1)
    return x.moved(data)


def _scatter(neutral: float) -> Rule:
    """Of the numbers that are sent to an entry, and what is there, the greatest or the least."""

    def rule(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
        into, index, updates = inputs
        is_neutral = not isinstance(into, Value) and bool(np.all(np.asarray(into) == neutral))
        a, u = lifted(domain, into), lifted(domain, updates)
        names = {name: value for name, value in params.items() if name != "dtypes"}
        sent = targets_of(jax.lax.scatter_add_p, names, a, index, u)
        size = int(np.prod(a.shape, dtype=int))
        hit = np.isin(np.arange(size), sent)
        owners = np.concatenate([np.where(hit & is_neutral, -1, np.arange(size)), sent])
        pool = together([a, u], np.concatenate([x.data.reshape(domain.slots, -1) for x in (a, u)], axis=1))
        ranks = domain.ranks(pool) if neutral < 0 else ~domain.ranks(pool)
        order = np.lexsort([ranks, owners])
        chosen = order[np.searchsorted(owners[order], np.arange(size), side="right") - 1]
        return [pool.moved(pool.data[:, chosen].reshape(a.data.shape))]

    return rule


CHOICES: dict[str, Rule] = {
    "argmax": _place(np.argmax),
    "argmin": _place(np.argmin),
    "sort": _sort,
    "top_k": _top_k,
    "scatter-max": _scatter(-np.inf),
    "scatter-min": _scatter(np.inf),
}
