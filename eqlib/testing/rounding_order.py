"""What sorting does to errors. That numbers might be in another order, had they not been rounded, is no error."""

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp


def _greatest(error: Any, axis: int, like: Any) -> Any:
    """The n-th largest of some numbers moves by no more than the one that moves most."""
    return jnp.broadcast_to(jnp.max(error, axis=axis, keepdims=True), like.shape)


def _sort(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """What is sorted by the keys takes its errors along."""
    keys, axis = eqn.params["num_keys"], eqn.params["dimension"]
    carried = [n for n, e in enumerate(es) if e is not None and n >= keys]
    moved = eqn.primitive.bind(*xs, *(es[n] for n in carried), **eqn.params)[len(xs) :]
    along = dict(zip(carried, moved, strict=True))
    return [
        None if e is None else along[n] if n in along else _greatest(e, axis, v)
        for n, (e, v) in enumerate(zip(es, values, strict=True))
    ]


def _top_k(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    return [_greatest(es[0], eqn.params.get("axis", -1), values[0]), None]


ORDER: dict[str, Callable[..., list[Any]]] = {"sort": _sort, "top_k": _top_k}
