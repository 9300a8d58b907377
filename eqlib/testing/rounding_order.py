"""What sorting does to errors. That numbers might be in another order, had they not been rounded, is no error.

What is sorted along with keys, as the places of `argsort` are, may be in another order where rounding does not tell
the keys apart: then a bound on its error says how far what is sorted is apart.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp


def _greatest(error: Any, axis: int, like: Any) -> Any:
    """The n-th largest of some numbers moves by no more than the one that moves most."""
    return jnp.broadcast_to(jnp.max(error, axis=axis, keepdims=True), like.shape)


def _sort(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """What is sorted by the keys takes its errors along."""
    keys, axis = eqn.params["num_keys"], eqn.params["dimension"]
    errors = [jnp.zeros_like(jnp.real(x)) if e is None else e for x, e in zip(xs, es, strict=True)]
    along = eqn.primitive.bind(*xs, *errors, **eqn.params)[len(xs) :]
    of_keys = [None if e is None else _greatest(e, axis, e) for e in es[:keys]]
    if all(e is None for e in of_keys) or not values[0].size:
        return [*of_keys, *(None if e is None else moved for e, moved in zip(es[keys:], along[keys:], strict=True))]
    turns = _may_be_next(values[:keys], along[:keys], axis)
    return [*of_keys, *(_exchanged(v, e, turns, axis) for v, e in zip(values[keys:], along[keys:], strict=True))]


def _may_be_next(keys: Sequence[Any], errors: Sequence[Any], axis: int) -> Any:
    """Where rounding does not tell the keys from those before, or from those after."""
    apart = [jnp.abs(_of_neighbours(jnp.subtract, key, axis)) for key in map(_as_numbers, keys)]
    moved = [_of_neighbours(jnp.add, error, axis) for error in map(_as_numbers, errors)]
    close = [d <= e for d, e in zip(apart, moved, strict=True)]
    as_before = functools.reduce(jnp.logical_and, close) & functools.reduce(jnp.logical_or, [e > 0 for e in moved])
    none = jnp.zeros_like(jax.lax.slice_in_dim(keys[0], 0, 1, axis=axis), bool)
    return jnp.concatenate([none, as_before], axis) | jnp.concatenate([as_before, none], axis)


def _of_neighbours(f: Callable[[Any, Any], Any], x: Any, axis: int) -> Any:
    """Of each but the first, and the one before it."""
    return f(*(jax.lax.slice_in_dim(x, start, x.shape[axis] - 1 + start, axis=axis) for start in (1, 0)))


def _as_numbers(x: Any) -> Any:
    return x.astype(jnp.int32) if x.dtype == bool else x


def _exchanged(value: Any, error: Any, turns: Any, axis: int) -> Any:
    """As far as what is sorted is apart, where it may stand in the place of another."""
    if value.dtype == bool:
        return turns | error
    from_first = jnp.abs(value - jax.lax.slice_in_dim(value, 0, 1, axis=axis))  # of complex numbers, too
    apart = 2 * from_first + jnp.max(error, axis=axis, keepdims=True)
    return jnp.where(turns, jnp.max(apart, axis=axis, keepdims=True), error)


def _top_k(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """The places are as far from others as those of numbers that rounding does not tell from the n-th largest."""
    axis = eqn.params.get("axis", -1) % xs[0].ndim
    largest, place = values
    x, e = (jnp.expand_dims(a, axis) for a in (xs[0], es[0]))
    total = e + jnp.expand_dims(jnp.take_along_axis(es[0], place, axis), axis + 1)
    may_be = (total > 0) & (jnp.abs(x - jnp.expand_dims(largest, axis + 1)) <= total)
    at = jax.lax.broadcasted_iota(place.dtype, may_be.shape, axis + 1)
    away = jnp.abs(at - jnp.expand_dims(place, axis + 1))
    return [_greatest(es[0], axis, largest), jnp.max(jnp.where(may_be, away, 0), axis + 1)]


ORDER: dict[str, Callable[..., list[Any]]] = {"sort": _sort, "top_k": _top_k}
