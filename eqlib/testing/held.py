"""What a function holds that training changes: a module, one in a closure, a partial or a default, or its parameters.

Of flax nnx, nnx.Param and nnx.BatchStat say what is a parameter and what a running statistic. In other pytrees, such as
a module or a State of equinox, arrays of weights and of constants look alike. There an array of JAX whose entries are
all the same is taken for a parameter that is not yet trained, and all others for what they are.

No framework is imported here: whoever has a module of one has imported it.
"""

import functools
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

Call = Callable[..., Any]

# In which parameters are given to a function, as the `params` of flax and haiku are.
_CONTAINERS = (Mapping, list, tuple)

# The collection of linen that has running statistics.
STATISTICS = "batch_stats"

# The keys below which dicts have some: that collection, and what hk.ExponentialMovingAverage keeps.
_OF_STATISTICS = (STATISTICS, "hidden", "average")


class Held(NamedTuple):
    """A module as a function of the parameters that it holds.

    values       the parameters
    with_values  the module, or the container of modules, that holds others
    guessed      where those are that are taken for parameters by their looks
    statistics   the numbers of those values that are running statistics
    is_used_up   whether a call may use it up, as it does a state of equinox, so that the next needs it anew
    """

    values: list[Any]
    with_values: Callable[[Sequence[Any]], Any]
    guessed: tuple[str, ...] = ()
    statistics: frozenset[int] = frozenset()
    is_used_up: bool = False


def held(fn: Any) -> Held | None:
    """The parameters that a module of nnx, or another that is a pytree, holds; None if there are none."""
    found = _of_parts(fn) or (_of_nnx(fn) if is_of("flax.nnx", fn) else _of_pytree(fn))
    return found if found.values or found.is_used_up else None


def is_module(value: Any) -> bool:
    """Whether a value is a module that holds its parameters, of a framework of JAX; or a state of equinox."""
    return any(is_of(framework, value) for framework in ("flax.nnx", "equinox")) or _is_state(value)


def is_of(framework: str, fn: Any) -> bool:
    """Whether something is a module of a framework, named as it is imported."""
    return framework in sys.modules and isinstance(fn, sys.modules[framework].Module)


def is_floating(leaf: Any) -> bool:
    """Whether a leaf is an array of real numbers, and no integers or keys."""
    return hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.floating)


def is_untrained(leaf: Any) -> bool:
    """Whether a leaf looks like a parameter that is as it was made: all entries of an array of JAX are the same."""
    if not (isinstance(leaf, jax.Array) and is_floating(leaf)) or isinstance(leaf, jax.core.Tracer):
        return False
    values = np.asarray(leaf, np.float64)
    return values.size > 0 and bool(np.all(values == values.flat[0]))


def renewed(value: Any) -> Any:
    """A pytree as it was given, for a call that may use it up; a weak type, which is another in float64, is fixed."""
    return jax.tree.map(lambda x: jnp.asarray(x, x.dtype) if getattr(x, "weak_type", False) else x, value)


def _of_nnx(fn: Any) -> Held:
    nnx = sys.modules["flax.nnx"]
    graph, parameters, statistics, rest = nnx.split(fn, nnx.Param, nnx.BatchStat, ...)
    values, treedef = jax.tree.flatten((parameters, statistics))
    with_values = lambda values: nnx.merge(graph, *jax.tree.unflatten(treedef, values), rest)  # noqa: E731
    are_parameters = len(jax.tree.leaves(parameters))
    return Held(values, with_values, statistics=frozenset(range(are_parameters, len(values))))


def _of_parts(fn: Any) -> Held | None:
    """Of a functools.partial, a bound method or a function with a closure or defaults: what is held in it."""
    if isinstance(fn, functools.partial):
        names, parts = list(fn.keywords), [fn.func, *fn.args, *fn.keywords.values()]
        end = 1 + len(fn.args)
        rebuilt = lambda new: functools.partial(new[0], *new[1:end], **dict(zip(names, new[end:], strict=True)))  # noqa: E731
    elif isinstance(fn, types.MethodType):
        parts, rebuilt = [fn.__self__], lambda new: types.MethodType(fn.__func__, new[0])
    elif isinstance(fn, types.FunctionType):
        parts = [*map(_content, fn.__closure__ or ()), *(fn.__defaults__ or ())]
        rebuilt = functools.partial(_with_parts, fn)
    else:
        return None
    held_by = {n: held(part) for n, part in enumerate(parts) if is_module(part) or isinstance(part, _CONTAINERS)}
    inside = {n: one for n, one in held_by.items() if one is not None}

    def with_values(values: Sequence[Any]) -> Call:
        left, new = iter(values), list(parts)
        for n, one in inside.items():
            new[n] = one.with_values([next(left) for _ in one.values])
        return rebuilt(new)

    values = [value for one in inside.values() for value in one.values]
    are_statistics = [n in one.statistics for one in inside.values() for n in range(len(one.values))]
    guessed = tuple(name for one in inside.values() for name in one.guessed)
    statistics = frozenset(n for n, is_one in enumerate(are_statistics) if is_one)
    return Held(values, with_values, guessed, statistics, any(one.is_used_up for one in inside.values()))


def _with_parts(fn: types.FunctionType, parts: Sequence[Any]) -> Call:
    """The function with what it closes over, and its defaults; what is as it was, it shares with the given one."""
    closure = fn.__closure__ or ()
    cells = [
        cell if content is _content(cell) else types.CellType(content)
        for cell, content in zip(closure, parts, strict=False)
    ]
    defaults = tuple(parts[len(closure) :]) or None
    new = types.FunctionType(fn.__code__, fn.__globals__, fn.__name__, defaults, tuple(cells) or None)
    new.__kwdefaults__ = fn.__kwdefaults__
    return new


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # of what is not defined yet
        return None


def _of_pytree(fn: Any) -> Held:
    """A function is a leaf of its own, without parameters."""
    paths, treedef = jax.tree_util.tree_flatten_with_path(fn)
    leaves = [leaf for _, leaf in paths]
    untrained = [n for n, leaf in enumerate(leaves) if is_untrained(leaf)]

    def with_values(values: Sequence[Any]) -> Any:
        given = dict(zip(untrained, values, strict=True))
        return renewed(jax.tree.unflatten(treedef, [given.get(n, leaf) for n, leaf in enumerate(leaves)]))

    where = [paths[n][0] for n in untrained]
    states = [path for path, x in jax.tree_util.tree_flatten_with_path(fn, is_leaf=_is_state)[0] if _is_state(x)]
    statistics = frozenset(n for n, path in enumerate(where) if _is_statistic(path, states))
    names = tuple(map(jax.tree_util.keystr, where))
    return Held([leaves[n] for n in untrained], with_values, names, statistics, bool(states))


def _is_statistic(path: tuple[Any, ...], states: Sequence[tuple[Any, ...]]) -> bool:
    """Whether a leaf of a pytree is a running statistic: in a state of equinox, or below a key of such a dict."""
    in_state = any(path[: len(state)] == state for state in states)
    return in_state or any(getattr(key, "key", None) in _OF_STATISTICS for key in path)


def _is_state(value: Any) -> bool:
    """Whether a value is a state of equinox, which its `set` uses up: a function needs a new one at each call."""
    return "equinox" in sys.modules and isinstance(value, sys.modules["equinox"].nn.State)
