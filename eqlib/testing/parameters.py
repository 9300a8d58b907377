"""The parameters of a module under check, away from the zeros and ones at which they begin.

A bias of zeros on vectors, or a scale of ones for each component, is equivariant until it is trained. So each entry of
a parameter is moved: a zero to a small number, any other by a factor, so that what is positive stays so. Of running
statistics that begin without negative numbers none becomes negative: they may be variances, or sums of squares.

What is a parameter, is for the framework to say: `init` does of flax linen, haiku and eqlib, and torch of its modules;
`eqlib.testing.held` finds those that a module, or a function, holds. Running statistics begin at zeros and ones, too,
and are moved as parameters are; any other state is left alone.

A module need not be what is checked: it, or a dict, list or tuple of parameters or modules, may be in a
functools.partial, be closed over by a function, or be the default of an argument; or the method of one may be checked.
What a function finds among global names, or in the attributes of another object, is left alone, and named.
"""

import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.errors import LayoutError
from eqlib.testing import torch_functions
from eqlib.testing.effort import jit_with_least_effort
from eqlib.testing.held import STATISTICS, held, is_floating, is_module, is_of, is_untrained
from eqlib.testing.hints import WITH_STATE

Call = Callable[..., Any]

# The deviation of what zeros become, and of the logarithm of the factor of other entries.
_SPREAD = 0.3

# The collections of linen that are moved: any other may be a table that is constant.
_OF_LINEN = ("params", STATISTICS)


def unmoved(fn: Any) -> tuple[str, ...]:
    """A note, if a function refers to modules, or dicts of parameters, that are not trained and cannot be moved."""
    function = inspect.unwrap(fn) if callable(fn) else fn
    if isinstance(function, types.FunctionType):
        known = inspect.getclosurevars(function)
        beyond = known.globals | (known.nonlocals if function is not fn else {})
        torch = {name: value for name, value in known.nonlocals.items() if torch_functions.is_module(value)}
    else:
        beyond, torch = _attributes(getattr(fn, "__self__", fn)), {}
    names = [n for n, value in beyond.items() if (is_module(value) or isinstance(value, Mapping)) and _begins(value)]
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
        moved = _moved(holds.values, lambda path: path[0].idx in holds.statistics)
        return (lambda *inputs: holds.with_values(moved)(*inputs)) if holds.is_used_up else holds.with_values(moved)
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
        return with_parameters(_moved(parameters, lambda path: is_of("flax.linen", fn) and path[0].key == STATISTICS))


def split(fn: Any, made: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The parameters of what `init` made, and the function that makes the whole with others; linen also keeps state."""
    if not is_of("flax.linen", fn):
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


def _begins(module: Any) -> bool:
    """Whether some parameter of a module is as it was made: all of its entries are the same."""
    if torch_functions.is_module(module):
        return any(len(np.unique(torch_functions.numbers(p))) == 1 for p in module.parameters())
    holds = held(module)
    return holds is not None and any(map(is_untrained, holds.values))
