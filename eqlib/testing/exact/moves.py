"""Operations that only move entries: what they do to numbers they do to their places."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float, Integer, Shaped
from eqlib.testing.exact.degree import largest
from eqlib.testing.exact.domain import Domain, Operand, Undecided, Value

Move = Callable[[dict[str, Any], Sequence[np.ndarray]], Any]


def _slice(params: dict[str, Any], xs: Sequence[Shaped[np.ndarray, "..."]]) -> Shaped[np.ndarray, "..."]:
    strides = params["strides"] or (1,) * xs[0].ndim
    corners = zip(params["start_indices"], params["limit_indices"], strides, strict=True)
    return xs[0][tuple(slice(*corner) for corner in corners)]


def _broadcast(params: dict[str, Any], xs: Sequence[Shaped[np.ndarray, "..."]]) -> Shaped[np.ndarray, "..."]:
    shape = [1] * len(params["shape"])
    for axis, extent in zip(params["broadcast_dimensions"], xs[0].shape, strict=True):
        shape[axis] = extent
    return np.broadcast_to(xs[0].reshape(shape), params["shape"])


def _split(params: dict[str, Any], xs: Sequence[Shaped[np.ndarray, "..."]]) -> list[Shaped[np.ndarray, "..."]]:
    return np.split(xs[0], np.cumsum(params["sizes"])[:-1], axis=params["axis"])


def _unstack(params: dict[str, Any], xs: Sequence[Shaped[np.ndarray, "..."]]) -> list[Shaped[np.ndarray, "..."]]:
    return list(np.moveaxis(xs[0], params["axis"], 0))


def _pad(params: dict[str, Any], xs: Sequence[Shaped[np.ndarray, "..."]]) -> Shaped[np.ndarray, "..."]:
    x, value = xs
    shape, kept, places = [], [], []
    for n, (low, high, interior) in zip(x.shape, params["padding_config"], strict=True):
        shape.append(low + max(n + (n - 1) * interior, 0) + high)
        place = low + np.arange(n) * (interior + 1)
        kept.append(np.flatnonzero((place >= 0) & (place < shape[-1])))
        places.append(place[kept[-1]])
    padded = np.full(shape, value)
    padded[np.ix_(*places)] = x[np.ix_(*kept)]
    return padded


_IN_NUMPY: dict[str, Move] = {
    "reshape": lambda params, xs: xs[0].reshape(params["new_sizes"]),
    "transpose": lambda params, xs: xs[0].transpose(params["permutation"]),
    "squeeze": lambda params, xs: np.squeeze(xs[0], tuple(params["dimensions"])),
    "rev": lambda params, xs: np.flip(xs[0], tuple(params["dimensions"])),
    "concatenate": lambda params, xs: np.concatenate(xs, params["dimension"]),
    "stack": lambda params, xs: np.stack(xs, params["axis"]),
    "unstack": _unstack,
    "tile": lambda params, xs: np.tile(xs[0], params["reps"]),
    "slice": _slice,
    "broadcast_in_dim": _broadcast,
    "split": _split,
    "pad": _pad,
}
# What JAX does to numbers of places; the first operands are moved, and the others say where.
_IN_JAX = {"gather": 1, "dynamic_slice": 1, "dynamic_update_slice": 2}

MOVES = frozenset({*_IN_NUMPY, *_IN_JAX, "scatter"})


def move(domain: Domain, primitive: Any, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Value]:
    """The entries of the inputs, moved as the primitive moves them.

    Raises: Undecided if where they go depends on what is not known.
    """
    name = primitive.name
    moved = _moved(name, len(inputs))
    values = [lifted(domain, inputs[n]) for n in moved]
    places, start = [], 0
    for v in values:
        count = int(np.prod(v.shape, dtype=int))
        places.append(np.arange(start, start + count).reshape(v.shape))
        start += count
    pool = np.concatenate([v.data.reshape(domain.slots, -1) for v in values], axis=1)
    if name in _IN_NUMPY:
        results = _IN_NUMPY[name](params, places)
    else:
        results, pool = _moved_by_jax(domain, primitive, params, inputs, dict(zip(moved, places, strict=True)), pool)
    results = results if isinstance(results, list) else [results]
    degree = largest([v.degree for v in values])
    return [Value(pool[:, place.reshape(-1)].reshape(domain.slots, *place.shape), degree) for place in results]


def moved_in_numpy(name: str, params: dict[str, Any], arrays: Sequence[Shaped[np.ndarray, "..."]]) -> Any:
    """The result of a primitive that NumPy can do; None for another."""
    return _IN_NUMPY[name](params, arrays) if name in _IN_NUMPY else None


def _moved(name: str, count: int) -> list[int]:
    """The operands whose entries are moved."""
    if name in _IN_NUMPY:
        return list(range(count))
    return [0, 2] if name == "scatter" else list(range(_IN_JAX[name]))


def _moved_by_jax(
    domain: Domain,
    primitive: Any,
    params: dict[str, Any],
    inputs: Sequence[Operand],
    places: dict[int, Integer[np.ndarray, "..."]],
    pool: Shaped[np.ndarray, "slot _"],
) -> tuple[Integer[np.ndarray, "..."], Shaped[np.ndarray, "slot _"]]:
    operands = [jnp.asarray(places[n] if n in places else known(primitive.name, x)) for n, x in enumerate(inputs)]
    fill = -1
    if primitive.name == "gather":
        params = params | {"fill_value": fill}
    found = np.asarray(primitive.bind(*operands, **params))
    if (found == fill).any():  # what lies outside is a number of its own, at the end of the pool
        outside = lifted(domain, np.asarray(np.nan)).data.reshape(domain.slots, 1)
        pool = np.concatenate([pool, outside], axis=1)
    return found, pool


def scatter_add(domain: Domain, primitive: Any, params: dict[str, Any], inputs: Sequence[Operand]) -> Value:
    """Each update added to the entry to which it is sent.

    Where it is sent is told by the transpose of the operation, which is linear in the updates: it brings to each of
    them the number of its entry.
    """
    into, index, updates = inputs
    a, u = lifted(domain, into), lifted(domain, updates)
    return domain.scatter_add(a, targets_of(primitive, params, a, index, u), u)


def targets_of(
    primitive: Any, params: dict[str, Any], a: Value, index: Operand, u: Value
) -> Integer[np.ndarray, " update"]:
    """The number of the entry of `a` to which each update goes, flat; -1 if it goes nowhere."""
    places = jnp.asarray(known(primitive.name, index))

    def sent(x: Float[jax.Array, "..."]) -> Any:
        return primitive.bind(jnp.zeros(a.shape), places, x, **params)

    numbers = 1.0 + jnp.arange(np.prod(a.shape, dtype=int)).reshape(a.shape)
    (targets,) = jax.linear_transpose(sent, jax.ShapeDtypeStruct(u.shape, numbers.dtype))(numbers)
    return np.asarray(targets).astype(int).reshape(-1) - 1


def lifted(domain: Domain, x: Operand) -> Value:
    """A constant as the exact number that it stands for."""
    return x if isinstance(x, Value) else domain.lift(np.asarray(x))


def known(name: str, x: Operand) -> Shaped[np.ndarray, "..."]:
    """An operand that may not depend on the inputs."""
    if isinstance(x, Value):
        raise Undecided(f"{name} with indices that depend on the inputs")
    return np.asarray(x)
