"""The parameters of a module under check, away from the zeros and ones at which they begin.

A bias of zeros on vectors, or a scale of ones for each component, is equivariant until it is trained. So each entry of
a parameter is moved: a zero to a small number, any other by a factor, so that what is positive stays so. Of running
statistics that begin without negative numbers none becomes negative: they may be variances, or sums of squares.

What is a parameter, is for the framework to say: `init` does of flax linen, haiku and eqlib, nnx.Param of flax nnx, and
torch of its modules. Running statistics begin at zeros and ones, too, and are moved as parameters are; any other state
is left alone. In other pytrees, such as a module of equinox, arrays of weights and of constants look alike. There an
array of JAX whose entries are all the same is taken for a parameter that is not yet trained, and all others for what
they are.

A module need not be what is checked: it, or a dict, list or tuple of parameters or modules, may be in a
functools.partial, be closed over by a function, or be the default of an argument; or the method of one may be checked.
What a function finds among global names, or in the attributes of another object, is left alone, and named.

No framework is imported here: whoever has a module of one has imported it.
"""

import functools
import inspect
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.errors import LayoutError
from eqlib.testing import torch_functions
from eqlib.testing.effort import jit_with_least_effort
from eqlib.testing.hints import WITH_STATE

Call = Callable[..., Any]

# The deviation of what zeros become, and of the logarithm of the factor of other entries.
_SPREAD = 0.3

# In which parameters are given to a function, as the `params` of flax and haiku are.
_CONTAINERS = (Mapping, list, tuple)

# The collections of linen that are moved: any other may be a table that is constant.
_STATISTICS = "batch_stats"
_OF_LINEN = ("params", _STATISTICS)


class Held(NamedTuple):
    """A module as a function of the parameters that it holds.

    values       the parameters
    with_values  the module, or the container of modules, that holds others
    guessed      where those are that are taken for parameters by their looks
    statistics   the numbers of those values that are running statistics
    """

    values: list[Any]
    with_values: Callable[[Sequence[Any]], Any]
    guessed: tuple[str, ...] = ()
    statistics: frozenset[int] = frozenset()


def held(fn: Any) -> Held | None:
    """The parameters that a module of nnx, or another that is a pytree, holds; None if there are none."""
    found = _of_parts(fn) or (_of_nnx(fn) if _is_of("flax.nnx", fn) else _of_pytree(fn))
    return found if found.values else None


def unmoved(fn: Any) -> tuple[str, ...]:
    """A note, if a function refers to modules that are not trained yet, and whose parameters cannot be moved."""
    function = inspect.unwrap(fn) if callable(fn) else fn
    if isinstance(function, types.FunctionType):
        known = inspect.getclosurevars(function)
        beyond = known.globals | (known.nonlocals if function is not fn else {})
        torch = {name: value for name, value in known.nonlocals.items() if torch_functions.is_module(value)}
    else:
        beyond, torch = _attributes(getattr(fn, "__self__", fn)), {}
    names = [name for name, value in beyond.items() if _is_module(value) and _begins(value)]
    names += [name for name, value in torch.items() if _begins(value)]
    if not names:
        return ()
    return (
        f"the parameters of {', '.join(names)} were not moved from the zeros and ones at which they begin, which hide "
        "faults: give the module itself, or close over it",
    )


def _attributes(value: Any) -> Mapping[str, Any]:
    """Those of an object that is no module and no pytree, in which JAX finds nothing."""
    leaves = jax.tree.leaves(value)
    is_opaque = len(leaves) == 1 and leaves[0] is value and not torch_functions.is_module(value)
    return getattr(value, "__dict__", {}) if is_opaque else {}


def has_init(fn: Any) -> bool:
    """Whether a module makes its parameters by `init`, and takes them in `apply`."""
    return hasattr(fn, "init") and hasattr(fn, "apply")


def with_parameters(fn: Any) -> Call:
    """A function of inputs alone, with parameters that are not those of an initialisation."""
    if not has_init(fn):
        holds = held(fn)
        if holds is None:
            return fn
        return holds.with_values(_moved(holds.values, lambda path: path[0].idx in holds.statistics))
    key, apply = jax.random.key(0), apply_of(fn)
    made: list[Any] = []

    def call(*inputs: Any) -> Any:
        if not made:
            made.append(_parameters(fn, key, inputs))
        return apply(made[0], *inputs)

    return call


def moved_module(module: Any) -> Call:
    """A module of torch as a function of tensors in each dtype, with parameters that are not those it begins with."""
    rng = np.random.default_rng(0)
    return torch_functions.in_each_dtype(module, lambda values, is_one: moved_values(values, rng, is_one))


def guesses(fn: Any) -> tuple[str, ...]:
    """A note, if arrays of a module were taken for parameters by their looks."""
    holds = None if has_init(fn) else held(fn)
    if holds is None or not holds.guessed:
        return ()
    return (
        f"all entries are the same in {', '.join(holds.guessed)}, and were moved, as training does; "
        "hold what is constant as an array of NumPy",
    )


def apply_of(module: Any) -> Call:
    """A module as a function of parameters and inputs: haiku's takes a key, too, but for hk.without_apply_rng.

    Raises: LayoutError for a function of hk.transform_with_state, which returns its state beside what transforms.
    """
    names = [*inspect.signature(module.apply).parameters]
    if names[1:2] == ["state"]:
        raise LayoutError(WITH_STATE)
    takes_key = names[1:2] == ["rng"]
    return (lambda params, *inputs: module.apply(params, None, *inputs)) if takes_key else module.apply


def is_floating(leaf: Any) -> bool:
    """Whether a leaf is an array of real numbers, and no integers or keys."""
    return hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.floating)


def _parameters(fn: Any, key: Any, inputs: tuple[Any, ...]) -> Any:
    """Parameters for inputs of these shapes, made in float32 as training makes them, and used in every dtype."""

    def standing_for(x: Any) -> Any:
        if not hasattr(x, "dtype"):
            return x
        return np.ones(x.shape, np.float32 if jnp.issubdtype(x.dtype, jnp.floating) else x.dtype)

    given = jax.tree.map(standing_for, inputs)
    # Compiled ahead of time: this is reached while the function is traced, and parameters are numbers.
    made = jit_with_least_effort(fn.init).lower(key, *given).compile()(key, *given)
    parameters, with_parameters = split(fn, made)
    with jax.ensure_compile_time_eval():
        return with_parameters(_moved(parameters, lambda path: _is_of("flax.linen", fn) and path[0].key == _STATISTICS))


def split(fn: Any, made: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The parameters of what `init` made, and the function that makes the whole with others; linen also keeps state."""
    if not _is_of("flax.linen", fn):
        return made, lambda parameters: parameters
    return {name: made[name] for name in _OF_LINEN if name in made}, lambda parameters: {**made, **parameters}


def moved_values(value: Any, rng: np.random.Generator, is_statistic: bool = False) -> Any:
    """An array of real numbers, moved, in float64; a statistic without negative numbers may be a sum of squares."""
    values, normal = np.asarray(value, np.float64), _SPREAD * rng.standard_normal(np.shape(value))
    of_zeros = np.abs(normal) if is_statistic and np.all(values >= 0) else normal
    return np.where(values == 0, of_zeros, values * np.exp(normal))


def _moved(tree: Any, is_statistic: Callable[[Any], bool]) -> Any:
    """The tree with other entries in its arrays of real numbers, the same at each call.

    is_statistic  of the path of a leaf, whether that is a running statistic
    """
    rng = np.random.default_rng(0)

    def moved(path: Any, x: Any) -> Any:
        return jnp.asarray(moved_values(x, rng, is_statistic(path)).astype(x.dtype)) if is_floating(x) else x

    return jax.tree_util.tree_map_with_path(moved, tree)


def _is_of(framework: str, fn: Any) -> bool:
    return framework in sys.modules and isinstance(fn, sys.modules[framework].Module)


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
    held_by = {n: held(part) for n, part in enumerate(parts) if _is_module(part) or isinstance(part, _CONTAINERS)}
    inside = {n: one for n, one in held_by.items() if one is not None}

    def with_values(values: Sequence[Any]) -> Call:
        left, new = iter(values), list(parts)
        for n, one in inside.items():
            new[n] = one.with_values([next(left) for _ in one.values])
        return rebuilt(new)

    values = [value for one in inside.values() for value in one.values]
    are_statistics = [n in one.statistics for one in inside.values() for n in range(len(one.values))]
    guessed = tuple(name for one in inside.values() for name in one.guessed)
    return Held(values, with_values, guessed, frozenset(n for n, is_one in enumerate(are_statistics) if is_one))


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


def _is_module(value: Any) -> bool:
    """Whether a value is a module that holds its parameters, of a framework of JAX."""
    return any(_is_of(framework, value) for framework in ("flax.nnx", "equinox"))


def _begins(module: Any) -> bool:
    """Whether some parameter of a module is as it was made: all of its entries are the same."""
    if torch_functions.is_module(module):
        return any(len(np.unique(torch_functions.numbers(p))) == 1 for p in module.parameters())
    holds = held(module)
    return holds is not None and any(map(_is_untrained, holds.values))


def _of_pytree(fn: Any) -> Held:
    """A function is a leaf of its own, without parameters."""
    paths, treedef = jax.tree_util.tree_flatten_with_path(fn)
    leaves = [leaf for _, leaf in paths]
    untrained = [n for n, leaf in enumerate(leaves) if _is_untrained(leaf)]

    def with_values(values: Sequence[Any]) -> Any:
        given = dict(zip(untrained, values, strict=True))
        return jax.tree.unflatten(treedef, [given.get(n, leaf) for n, leaf in enumerate(leaves)])

    names = tuple(jax.tree_util.keystr(paths[n][0]) for n in untrained)
    return Held([leaves[n] for n in untrained], with_values, names)


def _is_untrained(leaf: Any) -> bool:
    if not (isinstance(leaf, jax.Array) and is_floating(leaf)) or isinstance(leaf, jax.core.Tracer):
        return False
    values = np.asarray(leaf, np.float64)
    return values.size > 0 and bool(np.all(values == values.flat[0]))
